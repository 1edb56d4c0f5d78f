"""Signed distances: shapes as functions, negative inside, millimetres.

Every function takes points of shape (..., 3) and returns one value a point. The
values are true distances for spheres, capsules and boxes, and bounds near the surface
for the rest, which is all that meshing needs. Smooth minimum and rounded primitives
after I. Quilez, "Distance functions" (the formulas are common knowledge).
"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

Points = NDArray[np.floating]
Field = NDArray[np.floating]
Shape = Callable[[Points], Field]
Flat = tuple[Sequence[float], float]
"""A direction and a factor: thinner by that factor along that direction."""


def smooth_min(a: Field, b: Field, blend_mm: float) -> Field:
    """Unite two shapes with a fillet that is ``blend_mm`` wide."""
    h = np.clip(0.5 + 0.5 * (b - a) / np.float32(blend_mm), 0, 1)
    return b + (a - b) * h - np.float32(blend_mm) * h * (1 - h)


def smooth_max(a: Field, b: Field, blend_mm: float) -> Field:
    """Intersect two shapes with a rounded edge that is ``blend_mm`` wide."""
    return -smooth_min(-a, -b, blend_mm)


def smooth_step(x: ArrayLike, low: float, high: float) -> Field:
    """Rise from 0 at ``low`` to 1 at ``high`` with flat ends."""
    t = np.clip((np.asarray(x, np.float32) - low) / (high - low), 0, 1)
    return t * t * (3 - 2 * t)


def norm(v: Points) -> Field:
    """Euclidean length over the last axis (faster than numpy.linalg.norm)."""
    return np.sqrt(np.einsum("...i,...i->...", v, v))


def sphere(p: Points, centre: ArrayLike, radius: float) -> Field:
    """Return the distance to a sphere."""
    return norm(p - np.asarray(centre, np.float32)) - np.float32(radius)


def ellipsoid(p: Points, centre: ArrayLike, radii: ArrayLike) -> Field:
    """Return the first-order distance to an axis-parallel ellipsoid."""
    r = np.asarray(radii, np.float32)
    q = (p - np.asarray(centre, np.float32)) / r
    k0 = norm(q)
    return k0 * (k0 - 1) / (norm(q / r) + np.float32(1e-9))


def round_cone(
    p: Points,
    start: ArrayLike,
    end: ArrayLike,
    start_radius: float,
    end_radius: float | None = None,
    flat: Flat | None = None,
) -> Field:
    """Return the distance to a capsule whose radius changes from start to end.

    ``flat=(direction, factor)`` makes it thinner by ``factor`` along ``direction``:
    space is stretched there, which turns tubes into bands and plates.
    """
    a = np.asarray(start, np.float32)
    d = np.asarray(end, np.float32) - a
    q = p - a
    grow = np.float32(start_radius if end_radius is None else end_radius)
    grow -= np.float32(start_radius)
    if flat is not None:
        n = np.asarray(flat[0], np.float32)
        n = n / norm(n)
        q = q + np.float32(flat[1] - 1) * (q @ n)[..., None] * n
        d = d + np.float32(flat[1] - 1) * (d @ n) * n
    h = np.clip((q @ d) / max(float(d @ d), 1e-9), 0, 1)
    distance = norm(q - h[..., None] * d) - (np.float32(start_radius) + grow * h)
    return distance if flat is None else distance / np.float32(np.sqrt(flat[1]))


def rounded_box(
    p: Points,
    centre: ArrayLike,
    half: ArrayLike,
    radius: float,
    axes: ArrayLike | None = None,
) -> Field:
    """Return the distance to a box with rounded edges.

    half: half sizes with the rounding included. axes: (3, 3), rows are the box's own
    directions; the world's by default.
    """
    q = p - np.asarray(centre, np.float32)
    if axes is not None:
        q = q @ np.asarray(axes, np.float32).T
    q = np.abs(q) - (np.asarray(half, np.float32) - np.float32(radius))
    return norm(np.maximum(q, 0)) + np.minimum(q.max(-1), 0) - np.float32(radius)


def axes_along(direction: ArrayLike, up: ArrayLike = (0, 0, 1)) -> NDArray[np.float64]:
    """Return right-handed axes (rows) whose first points along ``direction``."""
    x = np.asarray(direction, float)
    x = x / np.linalg.norm(x)
    y = np.cross(np.asarray(up, float), x)
    y /= np.linalg.norm(y)
    return np.stack([x, y, np.cross(x, y)])


def mirrored(p: Points) -> Points:
    """Return the points with x replaced by its size: one half stands for both."""
    return np.concatenate([np.abs(p[..., :1]), p[..., 1:]], axis=-1)


def grid_points(low_mm: ArrayLike, high_mm: ArrayLike, spacing_mm: float) -> Points:
    """Return the (nx, ny, nz, 3) points of a grid that covers the box."""
    low, high = np.asarray(low_mm, float), np.asarray(high_mm, float)
    counts = np.ceil((high - low) / spacing_mm).astype(int) + 1
    axes = [
        (lo + spacing_mm * np.arange(n)).astype(np.float32)
        for lo, n in zip(low, counts, strict=True)
    ]
    return np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1)


def unit_field(field: Field, spacing_mm: float) -> Field:
    """Return the field divided by its slope: a distance near the surface.

    Blended and stretched shapes do not rise by one per millimetre; a cortex cut as a
    level set needs that. The slope is held within 0.35 to 3.
    """
    slope = np.sqrt(sum(g * g for g in np.gradient(field, spacing_mm)))
    return (field / np.clip(slope, 0.35, 3)).astype(np.float32)
