"""From triangles to pixels: exact path lengths, silhouettes and slab occupancies.

A closed surface is hit by a ray in pairs: a front face on entering, a back face on
leaving. The sum of ``+depth`` over back faces and ``-depth`` over front faces is the
length of the ray inside, with no voxels in between. When every surface carries the
change ("jump") of each material on entering, one pass gives every path length.

Conventions. ``projected`` is (n, 3): u_px to the right, v_px down, depth_mm away
from the source. The centre of the pixel in row r and column c is at u = c, v = r.
A triangle that is counter-clockwise seen from outside the body is a front face when
its projected area is negative.

Watertight rule: a pixel belongs to a span when ``x_left <= column < x_right``, and a
crossing of an edge with a row is computed from the upper end point to the lower one
whatever triangle asks. Neighbours therefore get the same bits, and no pixel between
them is hit twice or missed. The sign comes from the order of the vertices and not
from a rounded area, so that needles cancel as well.

``raster_reference`` holds the slow definition that the tests compare with.
"""

from dataclasses import dataclass
from math import ceil

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spineseg.core.errors import SpinesegError
from spineseg.imaging import raster_kernels as kernels

# jumps of one direction are summed in a plane of their own (one addition a hit, not one
# for each material), so many at a time as fit into the processor's cache
_PLANES = 4


@dataclass(frozen=True)
class Slabs:
    """Equally spaced slabs along the depth axis.

    start_mm: depth of the front of the first slab.  thickness_mm: of each slab.
    count: number of slabs.  pitch_mm: front to front; None means no gap.
    """

    start_mm: float
    thickness_mm: float
    count: int
    pitch_mm: float | None = None

    @property
    def step_mm(self) -> float:
        """Distance from the front of one slab to the front of the next."""
        return self.thickness_mm if self.pitch_mm is None else self.pitch_mm


def path_lengths(
    projected: ArrayLike,
    triangles: NDArray[np.integer],
    surface: NDArray[np.integer],
    jumps: ArrayLike,
    shape: tuple[int, int],
) -> NDArray[np.float32]:
    """Return the length of every ray in every material, (C, H, W), in mm.

    Args:
        projected: (n, 3) u_px, v_px, depth_mm.
        triangles: (m, 3) rows of ``projected``, closed and outward surfaces.
        surface: (m,) row of ``jumps`` that a triangle belongs to.
        jumps: (s, C) change of each material on entering the surface.
        shape: rows and columns of the picture.

    Raises:
        SpinesegError: if an index points outside its table or a vertex is not finite.
    """
    bits = np.zeros(len(np.asarray(jumps)), np.uint64)
    return trace(projected, triangles, surface, jumps, bits, shape)[0]


def trace(
    projected: ArrayLike,
    triangles: NDArray[np.integer],
    surface: NDArray[np.integer],
    jumps: ArrayLike,
    bits: ArrayLike,
    shape: tuple[int, int],
) -> tuple[NDArray[np.float32], NDArray[np.uint64]]:
    """Return path lengths (C, H, W) in mm and silhouettes (H, W) of one pass.

    Args:
        projected: as in :func:`path_lengths`, like the four that follow.
        triangles: (m, 3).
        surface: (m,).
        jumps: (s, C).
        bits: (s,) bit field that a surface sets where it covers a pixel.
        shape: rows and columns.

    Raises:
        SpinesegError: as :func:`path_lengths`.
    """
    points, faces = _checked(projected, triangles)
    table = np.ascontiguousarray(jumps, np.float32)
    fields = np.ascontiguousarray(bits, np.uint64)
    _same_length("bit field", "surface", len(fields), len(table))
    rows = _surface_rows(surface, len(faces), len(table))
    # a closed surface is entered as often as left, so any constant may be taken from
    # the depths; near zero, float32 sums keep 1e-4 mm
    points[:, 2] -= points[:, 2].mean() if len(points) else 0.0
    directions, plane_of, scale_of = _directions(table)
    out = np.zeros((table.shape[1], *shape), np.float32)
    mask = np.zeros(shape, np.uint64)
    pixels = shape[0] * shape[1]
    scratch = np.empty(min(_PLANES, len(directions)) * pixels + 3, np.float32)
    for first in range(0, len(directions), _PLANES):
        batch = directions[first : first + _PLANES]
        planes = scratch[: len(batch) * pixels + 3]
        planes.fill(0.0)
        chosen = np.where(plane_of < first + len(batch), plane_of - first, -1)
        kernels.add_hits(points, faces, rows, chosen, scale_of, fields, planes, mask)
        kernels.combine(planes[:-3].reshape(len(batch), *shape), batch, out)
    return out, mask


def _directions(
    jumps: NDArray[np.float32],
) -> tuple[NDArray[np.float32], NDArray[np.int64], NDArray[np.float64]]:
    """Return unlike jumps (p, C), the one of each surface, and the factor on it.

    A fat layer and an organ change the soft tissue by different amounts but in the
    same direction; they share a plane.
    """
    table = jumps.astype(float)
    largest = np.abs(table).argmax(axis=1) if len(table) else np.zeros(0, int)
    scale_of = table[np.arange(len(table)), largest]
    unit = table / np.where(scale_of == 0.0, 1.0, scale_of)[:, None]
    directions, plane_of = np.unique(unit.round(7), axis=0, return_inverse=True)
    return directions.astype(np.float32), plane_of.ravel().astype(np.int64), scale_of


def silhouettes(
    projected: ArrayLike,
    triangles: NDArray[np.integer],
    bits: NDArray[np.uint64],
    shape: tuple[int, int],
) -> NDArray[np.uint64]:
    """Return for every pixel the union of the bits of the triangles that cover it.

    Args:
        projected: (n, 3) as in :func:`path_lengths`; depths are not used.
        triangles: (m, 3); surfaces need not be closed.
        bits: (m,) bit field of each triangle; 0 is skipped.
        shape: rows and columns of the picture.

    Raises:
        SpinesegError: as :func:`path_lengths`.
    """
    points, faces = _checked(projected, triangles)
    field = np.ascontiguousarray(bits, np.uint64)
    _same_length("bit field", "triangle", len(field), len(faces))
    out = np.zeros(shape, np.uint64)
    kernels.add_bits(points, faces, field, out)
    return out


def slab_occupancy(
    projected: ArrayLike,
    triangles: NDArray[np.integer],
    slabs: Slabs,
    shape: tuple[int, int],
    origin_px: tuple[float, float] = (0.0, 0.0),
) -> NDArray[np.float32]:
    """Return the fraction of each slab that a closed body fills, (slabs, H, W).

    The fraction along the depth axis is exact, so a slab of 4 mm costs no more than
    one of 0.5 mm. In the plane the pixel centre decides.

    Args:
        projected: (n, 3) as in :func:`path_lengths`.
        triangles: (m, 3) of one closed body, or of disjoint ones.
        slabs: where the slabs lie along the depth axis.
        shape: rows and columns of the output.
        origin_px: (u, v) of the output's first pixel, to draw a window only.

    Raises:
        SpinesegError: as :func:`path_lengths`.
    """
    points, faces = _checked(projected, triangles)
    points[:, 0] -= origin_px[0]
    points[:, 1] -= origin_px[1]
    points[:, 2] = (points[:, 2] - slabs.start_mm) / slabs.step_mm
    inside = np.zeros((slabs.count, *shape), np.float32)
    beyond = np.zeros((slabs.count, *shape), np.float32)
    kernels.add_slabs(points, faces, slabs.thickness_mm / slabs.step_mm, inside, beyond)
    kernels.sum_from_behind(inside, beyond)
    return inside


def window_of(
    projected: NDArray[np.floating], shape: tuple[int, int]
) -> tuple[slice, slice]:
    """Return the rows and columns of the picture that the points may cover."""
    if len(projected) == 0:
        return slice(0, 0), slice(0, 0)
    low, high = projected[:, :2].min(axis=0), projected[:, :2].max(axis=0)
    rows = max(ceil(low[1]), 0), min(ceil(high[1]), shape[0])
    columns = max(ceil(low[0]), 0), min(ceil(high[0]), shape[1])
    return slice(rows[0], max(rows)), slice(columns[0], max(columns))


def _checked(
    projected: ArrayLike, triangles: NDArray[np.integer]
) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
    points = np.array(projected, np.float64)
    faces = np.ascontiguousarray(triangles, np.int32)
    if points.ndim != 2 or points.shape[1] != 3:
        raise SpinesegError(
            "projected points need three columns", found=points.shape, expected="(n, 3)"
        )
    if not np.isfinite(points.sum()):
        raise SpinesegError(
            "a projected vertex is not finite",
            remedy="Check that every vertex lies in front of the source",
        )
    if len(faces) and (faces.min() < 0 or faces.max() >= len(points)):
        raise SpinesegError(
            "a triangle names a vertex that does not exist",
            found=f"{faces.min()} to {faces.max()}",
            expected=f"0 to {len(points) - 1}",
        )
    return points, faces


def _same_length(what: str, of: str, found: int, expected: int) -> None:
    if found != expected:
        raise SpinesegError(
            f"one {what} for each {of} is needed", found=found, expected=expected
        )


def _surface_rows(
    surface: NDArray[np.integer], triangles: int, surfaces: int
) -> NDArray[np.int32]:
    rows = np.ascontiguousarray(surface, np.int32)
    _same_length("surface", "triangle", len(rows), triangles)
    if triangles and (rows.min() < 0 or rows.max() >= surfaces):
        raise SpinesegError(
            "a triangle names a surface that does not exist",
            found=f"{rows.min()} to {rows.max()}",
            expected=f"0 to {surfaces - 1}",
        )
    return rows
