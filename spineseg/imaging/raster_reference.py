"""The rasteriser's definition in plain NumPy: every pixel against every triangle.

Slow (memory and time grow with triangles x pixels) and meant for tests: what
:mod:`spineseg.imaging.raster` computes must agree with these few lines.
"""

import numpy as np
from numpy.typing import NDArray

from spineseg.imaging.raster import Slabs


def signed_hits(
    projected: NDArray[np.float64],
    triangles: NDArray[np.integer],
    shape: tuple[int, int],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return sign (m, H, W) and depth in mm (m, H, W) of each triangle at each pixel.

    The sign is +1 where a back face covers the pixel, -1 for a front face, else 0. An
    edge from p to q counts for the rows ``min(p_v, q_v) <= r < max(p_v, q_v)`` and for
    the columns at or right of where it crosses the row; the three edges of a triangle
    cancel outside it.
    """
    rows, columns = np.mgrid[: shape[0], : shape[1]].astype(float)
    corners = np.asarray(projected, float)[triangles][..., None, None]
    sign = np.zeros((len(triangles), *shape))
    for i in range(3):
        p, q = corners[:, i], corners[:, (i + 1) % 3]
        down = q[:, 1] > p[:, 1]
        upper, lower = np.where(down[:, None], p, q), np.where(down[:, None], q, p)
        with np.errstate(divide="ignore", invalid="ignore"):
            slope = (lower[:, 0] - upper[:, 0]) / (lower[:, 1] - upper[:, 1])
            crossing = upper[:, 0] + slope * (rows - upper[:, 1])
            active = (upper[:, 1] <= rows) & (rows < lower[:, 1])
            sign += np.where(active & (crossing <= columns), np.where(down, -1, 1), 0)
    return sign, _plane_depth(corners, rows, columns)


def path_lengths(
    projected: NDArray[np.float64],
    triangles: NDArray[np.integer],
    surface: NDArray[np.integer],
    jumps: NDArray[np.floating],
    shape: tuple[int, int],
) -> NDArray[np.float64]:
    """Return path lengths (C, H, W) in mm; see :func:`raster.path_lengths`."""
    sign, depth = signed_hits(projected, triangles, shape)
    return np.einsum("mhw,mc->chw", sign * depth, np.asarray(jumps, float)[surface])


def silhouettes(
    projected: NDArray[np.float64],
    triangles: NDArray[np.integer],
    bits: NDArray[np.uint64],
    shape: tuple[int, int],
) -> NDArray[np.uint64]:
    """Return the union of bits (H, W); see :func:`raster.silhouettes`."""
    sign, _ = signed_hits(projected, triangles, shape)
    covered = np.where(sign != 0, np.asarray(bits, np.uint64)[:, None, None], 0)
    return np.bitwise_or.reduce(covered.astype(np.uint64), axis=0)


def slab_occupancy(
    projected: NDArray[np.float64],
    triangles: NDArray[np.integer],
    slabs: Slabs,
    shape: tuple[int, int],
) -> NDArray[np.float64]:
    """Return filled fractions (slabs, H, W); see :func:`raster.slab_occupancy`.

    The length of a body in front of a depth limit is the sum of
    ``sign * min(depth, limit)``; a slab is the difference between two limits.
    """
    sign, depth = signed_hits(projected, triangles, shape)
    planes = []
    for k in range(slabs.count):
        front = slabs.start_mm + k * slabs.step_mm
        clipped = np.clip(depth - front, 0.0, slabs.thickness_mm)
        planes.append((sign * clipped).sum(axis=0) / slabs.thickness_mm)
    return np.stack(planes)


def _plane_depth(
    corners: NDArray[np.float64],
    rows: NDArray[np.float64],
    columns: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return the depth of each triangle's plane at every pixel, by barycentres."""
    a, b, c = corners[:, 0], corners[:, 1], corners[:, 2]
    area = (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (
        c[:, 0] - a[:, 0]
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        to_b = (columns - a[:, 0]) * (c[:, 1] - a[:, 1]) - (rows - a[:, 1]) * (
            c[:, 0] - a[:, 0]
        )
        to_c = (b[:, 0] - a[:, 0]) * (rows - a[:, 1]) - (b[:, 1] - a[:, 1]) * (
            columns - a[:, 0]
        )
        depth = a[:, 2] + (to_b * (b[:, 2] - a[:, 2]) + to_c * (c[:, 2] - a[:, 2])) / (
            area
        )
    return np.where(area == 0.0, 0.0, depth)
