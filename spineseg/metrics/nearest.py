"""Exact nearest distances between two sets of grid points.

Two engines share the work. Most boundary pixels of a prediction lie within a few
pixels of the target: for these a walk over the rows around the point, nearest row
first, is some ten times faster than a tree. Whatever is not settled within the reach
of the walk is asked of a k-d tree. Both are exact, and neither makes a distance map:
memory is linear in the points and the rows of the picture.
"""

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray
from scipy.spatial import KDTree

Points = NDArray[np.intp]
Distances = NDArray[np.float64]
Steps = tuple[float, ...]

# beyond this many rows (2-D) or this radius of rows (3-D) the tree is faster
_REACH = {2: 16, 3: 5}


def nearest_distances(points: Points, others: Points, steps_mm: Steps) -> Distances:
    """Return the distance of each point to the nearest of the others.

    Args:
        points: (n, ndim) indices, ndim 2 or 3.
        others: (m, ndim) indices in array order, as ``np.argwhere`` gives them.
        steps_mm: size of a grid step along each axis.

    Returns:
        (n,) distances; ``inf`` if there are no others.
    """
    if not len(others):
        return np.full(len(points), np.inf)
    if not len(points):
        return np.empty(0)
    distances = near_by_walk(points, others, steps_mm)
    far = np.isnan(distances)
    if far.any():
        distances[far] = near_by_tree(points[far], others, steps_mm)
    return distances


def near_by_tree(points: Points, others: Points, steps_mm: Steps) -> Distances:
    """Return the nearest distances by a k-d tree; the definition of the other."""
    # no balancing: the tree is asked once, building it costs as much as asking
    tree = KDTree(others * steps_mm, 32, compact_nodes=False, balanced_tree=False)
    return np.asarray(tree.query(points * steps_mm)[0], dtype=np.float64)


def near_by_walk(points: Points, others: Points, steps_mm: Steps) -> Distances:
    """Return the nearest distances within reach; ``nan`` where that is too short.

    A "row" is a line of pixels along the last axis; the other axes number the rows.
    """
    reach = _REACH[points.shape[1]]
    shape, corner = _row_grid(points, others, reach)
    rows = _row_numbers(points, shape, corner)
    other_rows = _row_numbers(others, shape, corner)
    starts = np.zeros(math.prod(shape) + 1, np.intp)
    np.cumsum(np.bincount(other_rows, minlength=math.prod(shape)), out=starts[1:])
    jumps, jumps_mm2, reach_mm2 = _jumps(shape, reach, steps_mm[:-1])
    squared = _walk(
        rows,
        points[:, -1],
        starts,
        np.ascontiguousarray(others[:, -1]),
        jumps,
        jumps_mm2,
        reach_mm2,
        steps_mm[-1],
    )
    return np.sqrt(squared)


def _row_grid(
    points: Points, others: Points, reach: int
) -> tuple[tuple[int, ...], NDArray[np.intp]]:
    """Return shape and corner of the grid of rows, wide enough for every jump."""
    low = np.minimum(points[:, :-1].min(axis=0), others[:, :-1].min(axis=0)) - reach
    high = np.maximum(points[:, :-1].max(axis=0), others[:, :-1].max(axis=0)) + reach
    return tuple((high - low + 1).tolist()), low


def _row_numbers(
    points: Points, shape: tuple[int, ...], corner: NDArray[np.intp]
) -> NDArray[np.intp]:
    axes = tuple((points[:, :-1] - corner).T)
    return np.asarray(np.ravel_multi_index(axes, shape))


def _jumps(
    shape: tuple[int, ...], reach: int, steps_mm: Steps
) -> tuple[NDArray[np.intp], Distances, float]:
    """Return the rows around a row, nearest first: offset and squared distance."""
    offsets = np.stack(
        np.meshgrid(*[np.arange(-reach, reach + 1)] * len(shape), indexing="ij"), -1
    ).reshape(-1, len(shape))
    squared = ((offsets * steps_mm) ** 2).sum(axis=1)
    reach_mm2 = ((reach + 1) * min(steps_mm)) ** 2  # nearest row that is left out
    order = np.argsort(squared, kind="stable")
    order = order[squared[order] < reach_mm2]
    strides = [math.prod(shape[axis + 1 :]) for axis in range(len(shape))]
    return offsets[order] @ np.array(strides), squared[order], reach_mm2


@njit(cache=True)
def _walk(rows, columns, starts, others, jumps, jumps_mm2, reach_mm2, step_mm):
    squared = np.empty(len(rows))
    for i in range(len(rows)):
        best = np.inf
        for k in range(len(jumps)):
            if jumps_mm2[k] >= best:
                break
            first, end = starts[rows[i] + jumps[k]], starts[rows[i] + jumps[k] + 1]
            low, high = first, end
            while low < high:  # first column of this row at or right of the point
                middle = (low + high) // 2
                if others[middle] < columns[i]:
                    low = middle + 1
                else:
                    high = middle
            for j in range(max(low - 1, first), min(low + 1, end)):
                across = (others[j] - columns[i]) * step_mm
                best = min(best, across * across + jumps_mm2[k])
        squared[i] = best if best <= reach_mm2 else np.nan
    return squared
