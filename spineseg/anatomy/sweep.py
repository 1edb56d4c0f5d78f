"""Closed meshes from curves: tubes, lofts and plates, all oriented outwards.

n: stations along a path; m: points around a section; a path runs from its first
control point to its last, a section lies in the plane spanned by ``side`` and ``up``
with ``side = tangent x up``.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.interpolate import PchipInterpolator

from spineseg.anatomy.scene import Mesh
from spineseg.core.errors import SpinesegError

Array = NDArray[np.float64]


def spline(control: ArrayLike, count: int) -> Array:
    """Resample a Catmull-Rom curve through ``control`` at ``count`` parameters.

    The curve passes through every control point, which sit at equal parameters.

    Args:
        control: (k, ...) values, k >= 2; trailing axes are interpolated together.
        count: number of samples; the first and last are the end points.

    Raises:
        SpinesegError: if there are fewer than two control points.
    """
    p = np.asarray(control, float)
    if len(p) < 2:
        raise SpinesegError(
            "a curve needs control points", found=len(p), expected="2 or more"
        )
    p = np.concatenate([2 * p[:1] - p[1:2], p, 2 * p[-1:] - p[-2:-1]])
    t = np.linspace(0, len(p) - 3, count)
    i = np.minimum(t.astype(int), len(p) - 4)
    u = (t - i).reshape(-1, *[1] * (p.ndim - 1))
    a, b, c, d = p[i], p[i + 1], p[i + 2], p[i + 3]
    slope, bend, twist = c - a, 2 * a - 5 * b + 4 * c - d, 3 * (b - c) + d - a
    return b + 0.5 * u * (slope + u * (bend + u * twist))


def profile(values: ArrayLike, count: int) -> Array:
    """Spread positive values evenly over ``count`` stations without overshoot.

    Monotone cubic interpolation, so that a radius never turns negative between two
    positive ones; a scalar is repeated.
    """
    v = np.atleast_1d(np.asarray(values, float))
    if len(v) == 1:
        return np.full(count, v[0])
    x = np.linspace(0, 1, len(v))
    return np.asarray(PchipInterpolator(x, v)(np.linspace(0, 1, count)))


def section(count: int, exponent: float = 2.0) -> Array:
    """Return ``(count, 2)`` points of a unit superellipse: 2 round, 8 nearly square."""
    angle = np.linspace(0, 2 * np.pi, count, endpoint=False)
    unit = np.stack([np.cos(angle), np.sin(angle)], -1)
    return np.sign(unit) * np.abs(unit) ** (2 / exponent)


def frames_along(path: ArrayLike, up: ArrayLike) -> tuple[Array, Array]:
    """Return the unit vectors ``side`` and ``up`` at every station of a path.

    Args:
        path: (n, 3) stations, mm.
        up: (3,) or (n, 3) direction that the section's second axis should follow; its
            part along the path is removed.

    Raises:
        SpinesegError: if the path stands still or runs along ``up`` somewhere.
    """
    centre = np.asarray(path, float)
    tangent = np.gradient(centre, axis=0)
    upward = np.broadcast_to(np.asarray(up, float), centre.shape)
    length = np.linalg.norm(tangent, axis=1, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        tangent = tangent / length
        upward = upward - (upward * tangent).sum(1, keepdims=True) * tangent
        height = np.linalg.norm(upward, axis=1, keepdims=True)
        upward = upward / height
    if not (length > 1e-9).all() or not (height > 1e-6).all():
        raise SpinesegError(
            "a sweep has no section frame",
            found=f"station {int(np.argmin(np.minimum(length, height)))}",
            expected="a path that moves and is nowhere parallel to `up`",
        )
    return np.cross(tangent, upward), upward


def loft(rings: ArrayLike) -> Mesh:
    """Join rings of points to a closed tube with flat caps.

    Args:
        rings: (n, m, 3), mm; each ring is closed by itself, n >= 2, m >= 3.
    """
    r = np.asarray(rings, float)
    n, m, _ = r.shape
    ends = r[[0, -1]].mean(1)
    vertices = np.concatenate([r.reshape(-1, 3), ends])
    return outwards(vertices, _tube_triangles(n, m))


def sweep(
    control: ArrayLike,
    side_mm: ArrayLike,
    up_mm: ArrayLike,
    up: ArrayLike = (0, 0, 1),
    *,
    stations: int = 40,
    around: int = 14,
    exponent: float = 2.0,
    round_ends: bool = False,
) -> Mesh:
    """Sweep an elliptic section along a smooth curve and close its ends.

    Args:
        control: (k, 3) points the curve passes through, mm.
        side_mm: half axis across ``up``, one value or several spread along the path.
        up_mm: half axis along ``up``, likewise.
        up: direction of the second half axis, (3,) or (stations, 3).
        stations: sections along the path.
        around: points of each section.
        exponent: of the superellipse; 2 is an ellipse.
        round_ends: end in half an ellipsoid instead of a flat cap.
    """
    path = spline(control, stations)
    a, b = profile(side_mm, stations), profile(up_mm, stations)
    if round_ends:
        path, a, b = _rounded(path, a, b)
        up = np.asarray(up, float)
        if up.ndim == 2:
            extra = (len(path) - len(up)) // 2
            up = np.concatenate([up[:1]] * extra + [up] + [up[-1:]] * extra)
    return tube(path, a, b, up, around=around, exponent=exponent)


def tube(
    path: ArrayLike,
    side_mm: ArrayLike,
    up_mm: ArrayLike,
    up: ArrayLike = (0, 0, 1),
    *,
    around: int = 14,
    exponent: float = 2.0,
) -> Mesh:
    """Close a tube around the stations of ``path`` as they are (see :func:`sweep`)."""
    centre = np.asarray(path, float)
    side, upward = frames_along(centre, up)
    a = np.broadcast_to(np.asarray(side_mm, float), len(centre))[:, None, None]
    b = np.broadcast_to(np.asarray(up_mm, float), len(centre))[:, None, None]
    unit = section(around, exponent)
    ring = a * unit[:, :1] * side[:, None] + b * unit[:, 1:] * upward[:, None]
    return loft(centre[:, None] + ring)


def _rounded(path: Array, a: Array, b: Array, steps: int = 4) -> tuple[Array, ...]:
    """Add shrinking sections before and after a path, a quarter circle each."""
    angle = np.linspace(np.pi / 2, 0, steps + 1)[:-1]
    ahead, shrink = np.sin(angle), np.maximum(np.cos(angle), 0.05)
    start, end = path[0] - path[1], path[-1] - path[-2]
    start, end = start / np.linalg.norm(start), end / np.linalg.norm(end)
    r0, r1 = min(a[0], b[0]), min(a[-1], b[-1])
    first = path[0] + r0 * ahead[:, None] * start
    last = path[-1] + r1 * ahead[::-1, None] * end
    around = [np.concatenate([r[0] * shrink, r, r[-1] * shrink[::-1]]) for r in (a, b)]
    return np.concatenate([first, path, last]), around[0], around[1]


def sheet(
    control: ArrayLike,
    thickness_mm: ArrayLike,
    rows: int = 28,
    columns: int = 28,
    *,
    taper: bool = True,
) -> tuple[Array, Array, Array]:
    """Resample a curved sheet: points, thickness and unit normals.

    Args:
        control: (k, l, 3) points that the sheet passes through, mm.
        thickness_mm: (k, l) thickness at those points.
        rows: samples along the first axis.
        columns: samples along the second axis.
        taper: let the thickness shrink to a rounded rim.

    Returns:
        (rows, columns, 3) points, (rows, columns) thickness and (rows, columns, 3)
        unit normals.
    """
    c = np.concatenate(
        [np.asarray(control, float), np.asarray(thickness_mm, float)[..., None]], -1
    )
    c = spline(c, rows)
    c = np.swapaxes(spline(np.swapaxes(c, 0, 1), columns), 0, 1)
    points, thickness = c[..., :3], np.maximum(c[..., 3], 0.4)
    if taper:
        thickness = thickness * _rim(rows)[:, None] * _rim(columns)
    normal = np.cross(np.gradient(points, axis=0), np.gradient(points, axis=1))
    return points, thickness, normal / np.linalg.norm(normal, axis=-1, keepdims=True)


def _rim(count: int) -> Array:
    """Thickness factor that stays one and drops to a small value at both ends."""
    return np.sqrt(np.maximum(1 - np.abs(np.linspace(-1, 1, count)) ** 14, 0.02))


def thicken(points: ArrayLike, thickness_mm: ArrayLike, normal: ArrayLike) -> Mesh:
    """Close a sheet of points to a plate of the given thickness (see :func:`sheet`)."""
    p, half = np.asarray(points, float), np.asarray(thickness_mm, float)[..., None] / 2
    offset = np.asarray(normal, float) * half
    vertices = np.concatenate(
        [(p + offset).reshape(-1, 3), (p - offset).reshape(-1, 3)]
    )
    return outwards(vertices, _plate_triangles(*p.shape[:2]))


def plate(
    control: ArrayLike, thickness_mm: ArrayLike, rows: int = 28, columns: int = 28
) -> Mesh:
    """Return a closed curved plate through a grid of control points."""
    return thicken(*sheet(control, thickness_mm, rows, columns))


def outwards(vertices: ArrayLike, triangles: NDArray[np.int32]) -> Mesh:
    """Return the mesh, its triangles flipped if they enclose a negative volume."""
    v = np.asarray(vertices, float)
    # relative to a vertex: the sign must not drown far from the origin
    a, b, c = np.moveaxis((v - v[0])[triangles], 1, 0)
    if np.einsum("ij,ij->", a, np.cross(b, c)) < 0:
        triangles = triangles[:, ::-1]
    return Mesh(v.astype(np.float32), np.ascontiguousarray(triangles, np.int32))


@lru_cache(maxsize=256)
def _tube_triangles(n: int, m: int) -> NDArray[np.int32]:
    i, j = np.arange(n - 1)[:, None] * m, np.arange(m)
    after = (j + 1) % m
    a, b, c, d = i + j, i + after, i + m + after, i + m + j
    last, top = (n - 1) * m, n * m
    parts = [
        np.stack([a, b, c], -1).reshape(-1, 3),
        np.stack([a, c, d], -1).reshape(-1, 3),
        np.stack([np.full(m, top), after, j], -1),
        np.stack([np.full(m, top + 1), last + j, last + after], -1),
    ]
    return np.concatenate(parts).astype(np.int32)


@lru_cache(maxsize=64)
def _plate_triangles(n: int, m: int) -> NDArray[np.int32]:
    top = np.arange(n * m).reshape(n, m)
    low = top + n * m
    sides = [
        (top[:-1, :-1], top[1:, :-1], top[1:, 1:], top[:-1, 1:]),
        (low[:-1, :-1], low[:-1, 1:], low[1:, 1:], low[1:, :-1]),
        (top[0, :-1], top[0, 1:], low[0, 1:], low[0, :-1]),
        (low[-1, :-1], low[-1, 1:], top[-1, 1:], top[-1, :-1]),
        (low[:-1, 0], low[1:, 0], top[1:, 0], top[:-1, 0]),
        (top[:-1, -1], top[1:, -1], low[1:, -1], low[:-1, -1]),
    ]
    halves = [
        np.stack(three, -1).reshape(-1, 3)
        for a, b, c, d in sides
        for three in ((a, b, c), (a, c, d))
    ]
    return np.concatenate(halves).astype(np.int32)
