"""Compiled loops of :mod:`spineseg.imaging.raster`, whose docstring has the rules.

Points are (n, 3) of u_px, v_px and depth. A triangle is prepared once as rows
(top, bottom), edges (x and y of the upper corner, columns per row of the long and
the upper edge, x and y of the middle corner, columns per row of the lower edge), plane
(depth at the origin, per column, per row) and the parity of sorting its corners.
"""

import numba as nb
import numpy as np
from numpy.typing import NDArray

Rows = tuple[int, int]
Edges = tuple[float, float, float, float, float, float, float]
Plane = tuple[float, float, float]
Prepared = tuple[Rows, Edges, Plane, float]

_SHORT = 16  # columns up to which a sum of steps is exact enough
_BATCH = 2048  # spans that stay in the fastest cache


@nb.njit(cache=True, nogil=True, error_model="numpy")
def _first_at(x: float, count: float) -> int:
    """Return the first pixel at or after x, kept within the picture."""
    return int(min(max(np.ceil(x), 0.0), count))


@nb.njit(cache=True, nogil=True, error_model="numpy")
def _slope(x0: float, y0: float, x1: float, y1: float) -> float:
    """Return columns per row along an edge; 0 for a level edge, which has no rows."""
    return (x1 - x0) / (y1 - y0) if y1 > y0 else 0.0


@nb.njit(cache=True, nogil=True, error_model="numpy")
def _sorted_edges(
    x0: float, y0: float, x1: float, y1: float, x2: float, y2: float
) -> tuple[Edges, float]:
    """Return the edges of a triangle from top to bottom and the parity of sorting."""
    parity = 1.0
    if y1 < y0:
        x0, y0, x1, y1, parity = x1, y1, x0, y0, -1.0
    if y2 < y1:
        x1, y1, x2, y2, parity = x2, y2, x1, y1, -parity
        if y1 < y0:
            x0, y0, x1, y1, parity = x1, y1, x0, y0, -parity
    long, upper = _slope(x0, y0, x2, y2), _slope(x0, y0, x1, y1)
    return (x0, y0, long, upper, x1, y1, _slope(x1, y1, x2, y2)), parity


@nb.njit(cache=True, nogil=True, error_model="numpy")
def _covers(
    points: NDArray[np.float64],
    faces: NDArray[np.int32],
    k: int,
    height: float,
    width: float,
) -> bool:
    """Return whether triangle k has an area and pixels of the picture in its frame."""
    a, b, c = faces[k, 0], faces[k, 1], faces[k, 2]
    x0, y0, x1, y1 = points[a, 0], points[a, 1], points[b, 0], points[b, 1]
    x2, y2 = points[c, 0], points[c, 1]
    top = max(np.ceil(min(y0, min(y1, y2))), 0.0)
    bottom = min(np.ceil(max(y0, max(y1, y2))), height)
    left = max(np.ceil(min(x0, min(x1, x2))), 0.0)
    right = min(np.ceil(max(x0, max(x1, x2))), width)
    area = (x1 - x0) * (y2 - y0) - (y1 - y0) * (x2 - x0)
    # one question, not three: the answers are hard to guess for the processor
    return (top < bottom) & (left < right) & (area != 0.0)


@nb.njit(cache=True, nogil=True, error_model="numpy")
def _prepare(
    points: NDArray[np.float64], faces: NDArray[np.int32], k: int, height: float
) -> Prepared:
    """Return triangle k, which :func:`_covers` pixels, ready to be scanned."""
    a, b, c = faces[k, 0], faces[k, 1], faces[k, 2]
    x0, y0, x1, y1 = points[a, 0], points[a, 1], points[b, 0], points[b, 1]
    x2, y2 = points[c, 0], points[c, 1]
    top = _first_at(min(y0, min(y1, y2)), height)
    bottom = _first_at(max(y0, max(y1, y2)), height)
    area = (x1 - x0) * (y2 - y0) - (y1 - y0) * (x2 - x0)
    d0 = points[a, 2]
    d1, d2 = points[b, 2] - d0, points[c, 2] - d0
    gx = (d1 * (y2 - y0) - d2 * (y1 - y0)) / area
    gy = (d2 * (x1 - x0) - d1 * (x2 - x0)) / area
    edges, parity = _sorted_edges(x0, y0, x1, y1, x2, y2)
    return (top, bottom), edges, (d0 - gx * x0 - gy * y0, gx, gy), parity


@nb.njit(cache=True, nogil=True, error_model="numpy")
def _span(edges: Edges, r: int, width: float) -> tuple[int, int, float]:
    """Return the half-open columns of row r and the sign from long to short edge."""
    x0, y0, long, upper, x1, y1, lower = edges
    first = _first_at(x0 + long * (r - y0), width)
    short = x0 + upper * (r - y0) if r < y1 else x1 + lower * (r - y1)
    last = _first_at(short, width)
    if last < first:
        return last, first, -1.0
    return first, last, 1.0


@nb.njit(cache=True, nogil=True, error_model="numpy")
def _pour(
    count: int,
    starts: NDArray[np.int64],
    lengths: NDArray[np.int64],
    ramps: NDArray[np.float32],
    bits: NDArray[np.uint64],
    out: NDArray[np.float32],
    mask: NDArray[np.uint64],
) -> None:
    """Add collected spans, ramps of value and step from a start, to a flat array.

    The bits go to the same place of the flat mask, which is one plane long. Most spans
    are one to three pixels, so three are written without asking: zeros go to what lies
    behind a shorter span, and ``out`` is three longer than its pixels.
    """
    zero, pixels = np.float32(0.0), len(mask)
    for j in range(count):
        start, length = starts[j], lengths[j]
        if bits[j]:
            for i in range(start % pixels, start % pixels + length):
                mask[i] |= bits[j]
        value, step = ramps[j, 0], ramps[j, 1]
        second = value + step
        out[start] += value
        out[start + 1] += second if length > 1 else zero
        out[start + 2] += second + step if length > 2 else zero
        if length > _SHORT:
            for i in range(3, length):
                out[start + i] += value + step * np.float32(i)
        else:
            value = second + step
            for i in range(3, length):
                value += step
                out[start + i] += value


@nb.njit(cache=True, nogil=True, error_model="numpy")
def _choose(
    points: NDArray[np.float64],
    faces: NDArray[np.int32],
    begin: int,
    shape: tuple[float, float],
    chosen: NDArray[np.int64],
) -> int:
    """Write down which of a batch of triangles cover pixels; return how many do."""
    count = 0
    for k in range(begin, min(begin + _BATCH, len(faces))):
        chosen[count] = k
        count += 1 if _covers(points, faces, k, shape[0], shape[1]) else 0
    return count


@nb.njit(cache=True, nogil=True, error_model="numpy")
def add_hits(
    points: NDArray[np.float64],
    faces: NDArray[np.int32],
    surface: NDArray[np.int32],
    plane_of: NDArray[np.int64],
    scale_of: NDArray[np.float64],
    bits_of: NDArray[np.uint64],
    planes: NDArray[np.float32],
    mask: NDArray[np.uint64],
) -> None:
    """Add sign x depth x scale of every hit to its surface's plane, and set its bits.

    Surfaces whose ``plane_of`` is negative are passed over. ``planes`` is flat, three
    longer than planes x H x W. Visible triangles are chosen, spans collected and poured
    out in batches: the processor guesses three loops better apart than nested.
    """
    rows, columns = mask.shape
    height, width = float(rows), float(columns)
    starts = np.empty(_BATCH + rows, np.int64)
    lengths = np.empty(_BATCH + rows, np.int64)
    ramps = np.empty((_BATCH + rows, 2), np.float32)
    fields, flat = np.empty(_BATCH + rows, np.uint64), mask.reshape(-1)
    chosen, count = np.empty(_BATCH + 1, np.int64), 0
    for begin in range(0, len(faces), _BATCH):
        visible = _choose(points, faces, begin, (height, width), chosen)
        for k in chosen[:visible]:
            if plane_of[surface[k]] < 0:
                continue
            (top, bottom), edges, depth, parity = _prepare(points, faces, k, height)
            row, scale = surface[k], parity * float(scale_of[surface[k]])
            for r in range(top, bottom):
                first, last, sign = _span(edges, r, width)
                starts[count] = (plane_of[row] * rows + r) * columns + first
                lengths[count] = last - first
                start = depth[0] + depth[2] * r + depth[1] * first
                ramps[count, 0] = sign * scale * start
                ramps[count, 1] = sign * scale * depth[1]
                fields[count] = bits_of[row]
                count += 1 if last > first else 0
            if count >= _BATCH:
                _pour(count, starts, lengths, ramps, fields, planes, flat)
                count = 0
    _pour(count, starts, lengths, ramps, fields, planes, flat)


@nb.njit(cache=True, nogil=True, error_model="numpy")
def combine(
    planes: NDArray[np.float32],
    jumps: NDArray[np.float32],
    out: NDArray[np.float32],
) -> None:
    """Add jumps (p, C) x planes (p, H, W) to ``out`` (C, H, W)."""
    for r in range(planes.shape[1]):
        for p in range(planes.shape[0]):
            for q in range(out.shape[0]):
                jump = jumps[p, q]
                if jump != 0.0:
                    target, source = out[q, r], planes[p, r]
                    for c in range(len(target)):
                        target[c] += jump * source[c]


@nb.njit(cache=True, nogil=True, error_model="numpy")
def add_bits(
    points: NDArray[np.float64],
    faces: NDArray[np.int32],
    bits: NDArray[np.uint64],
    out: NDArray[np.uint64],
) -> None:
    """Set the bits of every triangle in the pixels that it covers."""
    height, width = float(out.shape[0]), float(out.shape[1])
    for k in range(len(faces)):
        if bits[k] == 0 or not _covers(points, faces, k, height, width):
            continue
        (top, bottom), edges, _, _ = _prepare(points, faces, k, height)
        for r in range(top, bottom):
            first, last, _ = _span(edges, r, width)
            for c in range(first, last):
                out[r, c] |= bits[k]


@nb.njit(cache=True, nogil=True, error_model="numpy")
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
    count = inside.shape[0]
    height, width = float(inside.shape[1]), float(inside.shape[2])
    for k in range(len(faces)):
        if not _covers(points, faces, k, height, width):
            continue
        (top, bottom), edges, (base, gx, gy), parity = _prepare(
            points, faces, k, height
        )
        for r in range(top, bottom):
            first, last, sign = _span(edges, r, width)
            share = np.float32(sign * parity)
            for c in range(first, last):
                hit = base + gy * r + gx * c
                if hit >= count:
                    beyond[count - 1, r, c] += share
                elif hit > 0.0:
                    j = int(hit)
                    inside[j, r, c] += share * np.float32(min((hit - j) / filled, 1.0))
                    if j > 0:
                        beyond[j - 1, r, c] += share


@nb.njit(cache=True, nogil=True, error_model="numpy")
def sum_from_behind(inside: NDArray[np.float32], beyond: NDArray[np.float32]) -> None:
    """Add to each slab the full thickness of every hit that lies behind it."""
    count, height, width = inside.shape
    for j in range(count - 1, -1, -1):
        for r in range(height):
            near, far = inside[j, r], beyond[j, r]
            if j + 1 < count:
                behind = beyond[j + 1, r]
                for c in range(width):
                    far[c] += behind[c]
            for c in range(width):
                near[c] += far[c]
