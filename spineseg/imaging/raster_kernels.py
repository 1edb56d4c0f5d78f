"""Compiled loops of :mod:`spineseg.imaging.raster`, whose docstring has the rules."""

import numba as nb
import numpy as np
from numpy.typing import NDArray


@nb.njit(cache=True, nogil=True)
def sorted_by_row(
    faces: NDArray[np.int32], k: int, points: NDArray[np.float64]
) -> tuple[int, int, int, float]:
    """Return the corners of triangle k from top to bottom and the parity of that."""
    a, b, c = faces[k, 0], faces[k, 1], faces[k, 2]
    parity = 1.0
    if points[b, 1] < points[a, 1]:
        a, b, parity = b, a, -parity
    if points[c, 1] < points[b, 1]:
        b, c, parity = c, b, -parity
        if points[b, 1] < points[a, 1]:
            a, b, parity = b, a, -parity
    return a, b, c, parity


@nb.njit(cache=True, nogil=True)
def slope(points: NDArray[np.float64], upper: int, lower: int) -> float:
    """Return columns per row along an edge; 0 for a level edge, which has no rows."""
    rise = points[lower, 1] - points[upper, 1]
    return (points[lower, 0] - points[upper, 0]) / rise if rise > 0.0 else 0.0


@nb.njit(cache=True, nogil=True)
def column(x: float, width: int) -> int:
    """Return the first column at or right of x, kept within the picture."""
    if x <= 0.0:
        return 0
    return width if x > width else int(np.ceil(x))


@nb.njit(cache=True, nogil=True)
def span(
    points: NDArray[np.float64],
    corners: tuple[int, int, int],
    slopes: tuple[float, float, float],
    r: int,
    width: int,
) -> tuple[int, int, float]:
    """Return the half-open columns of row r and the sign from long to short edge."""
    a, b, _ = corners
    long_x = points[a, 0] + slopes[0] * (r - points[a, 1])
    if r < points[b, 1]:
        short_x = points[a, 0] + slopes[1] * (r - points[a, 1])
    else:
        short_x = points[b, 0] + slopes[2] * (r - points[b, 1])
    first, last = column(long_x, width), column(short_x, width)
    if last >= first:
        return first, last, 1.0
    return last, first, -1.0


@nb.njit(cache=True, nogil=True)
def setup(
    points: NDArray[np.float64],
    faces: NDArray[np.int32],
    k: int,
    height: int,
    width: int,
) -> tuple[
    int, int, tuple[int, int, int], tuple[float, float, float], float, float, float
]:
    """Return rows, corners, slopes, parity and depth gradients of triangle k.

    The row range is empty where the triangle covers no pixel centre.
    """
    a, b, c, parity = sorted_by_row(faces, k, points)
    xa, ya, xb, yb = points[a, 0], points[a, 1], points[b, 0], points[b, 1]
    xc, yc = points[c, 0], points[c, 1]
    top = column(ya, height)
    bottom = column(yc, height)
    left = column(min(xa, min(xb, xc)), width)
    right = column(max(xa, max(xb, xc)), width)
    area = (xb - xa) * (yc - ya) - (yb - ya) * (xc - xa)
    if left >= right or area == 0.0:
        bottom = top
    slopes = (0.0, 0.0, 0.0)
    gx, gy = 0.0, 0.0
    if bottom > top:
        slopes = (slope(points, a, c), slope(points, a, b), slope(points, b, c))
        db, dc = points[b, 2] - points[a, 2], points[c, 2] - points[a, 2]
        gx = (db * (yc - ya) - dc * (yb - ya)) / area
        gy = (dc * (xb - xa) - db * (xc - xa)) / area
    return top, bottom, (a, b, c), slopes, parity, gx, gy


@nb.njit(cache=True, nogil=True)
def add_depths(
    points: NDArray[np.float64],
    faces: NDArray[np.int32],
    surface: NDArray[np.int32],
    jumps: NDArray[np.float32],
    out: NDArray[np.float32],
) -> None:
    """Add sign x depth x jump of every hit to every channel of ``out``."""
    channels, height, width = out.shape
    for k in range(len(faces)):
        top, bottom, corners, slopes, parity, gx, gy = setup(
            points, faces, k, height, width
        )
        a = corners[0]
        for r in range(top, bottom):
            first, last, sign = span(points, corners, slopes, r, width)
            if last <= first:
                continue
            sign *= parity
            depth = points[a, 2] + gx * (first - points[a, 0]) + gy * (r - points[a, 1])
            for q in range(channels):
                jump = jumps[surface[k], q]
                if jump != 0.0:
                    start, step = (
                        np.float32(sign * depth * jump),
                        np.float32(sign * gx * jump),
                    )
                    line = out[q, r]
                    for c in range(first, last):
                        line[c] += start + step * np.float32(c - first)


@nb.njit(cache=True, nogil=True)
def add_bits(
    points: NDArray[np.float64],
    faces: NDArray[np.int32],
    bits: NDArray[np.uint64],
    out: NDArray[np.uint64],
) -> None:
    """Set the bits of every triangle in the pixels that it covers."""
    height, width = out.shape
    for k in range(len(faces)):
        if bits[k] == 0:
            continue
        top, bottom, corners, slopes, _, _, _ = setup(points, faces, k, height, width)
        for r in range(top, bottom):
            first, last, _ = span(points, corners, slopes, r, width)
            for c in range(first, last):
                out[r, c] |= bits[k]


@nb.njit(cache=True, nogil=True)
def add_slabs(
    points: NDArray[np.float64],
    faces: NDArray[np.int32],
    filled: float,
    inside: NDArray[np.float32],
    beyond: NDArray[np.float32],
) -> None:
    """Add every hit to the slab it lies in and to all slabs in front of it.

    Depths are in slab steps; ``filled`` is the share of a step that the slab fills.
    """
    count, height, width = inside.shape
    for k in range(len(faces)):
        top, bottom, corners, slopes, parity, gx, gy = setup(
            points, faces, k, height, width
        )
        a = corners[0]
        for r in range(top, bottom):
            first, last, sign = span(points, corners, slopes, r, width)
            sign *= parity
            depth = points[a, 2] + gx * (first - points[a, 0]) + gy * (r - points[a, 1])
            for c in range(first, last):
                hit = depth + gx * (c - first)
                if hit >= count:
                    beyond[count - 1, r, c] += sign
                elif hit > 0.0:
                    j = int(hit)
                    inside[j, r, c] += sign * min((hit - j) / filled, 1.0)
                    if j > 0:
                        beyond[j - 1, r, c] += sign


@nb.njit(cache=True, nogil=True)
def sum_from_behind(inside: NDArray[np.float32], beyond: NDArray[np.float32]) -> None:
    """Add to each slab the full thickness of every hit that lies behind it."""
    count, height, width = inside.shape
    for j in range(count - 1, -1, -1):
        for r in range(height):
            for c in range(width):
                if j + 1 < count:
                    beyond[j, r, c] += beyond[j + 1, r, c]
                inside[j, r, c] += beyond[j, r, c]
