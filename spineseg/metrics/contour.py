"""Distances along the contour line between pixels, weighted by its length (2-D).

The other way to take a boundary, of DeepMind's surface-distance library (Nikolov et
al. 2021, doi:10.2196/26151): not the outer row of foreground pixels but the line that
runs between fore- and background. It crosses the corner points where the four pixels
around differ. Each corner carries the length of the line in its cell: half a diagonal
where one pixel differs from the other three, a side where the line runs straight, a
whole diagonal at a saddle. Percentiles and shares are taken over length, not over a
number of pixels, so a slanted border counts with its true weight.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spineseg.core.errors import SpinesegError
from spineseg.metrics.boundary import bounding_box
from spineseg.metrics.empty import when_empty
from spineseg.metrics.inputs import (
    Mask,
    Spacing,
    demand_millimetres,
    mask_pair,
    spacing_per_axis,
)
from spineseg.metrics.nearest import Distances, nearest_distances


@dataclass(frozen=True, eq=False)
class ContourDistances:
    """Distances forth and back, each with the length of contour it stands for."""

    forth: Distances
    forth_lengths: Distances
    back: Distances
    back_lengths: Distances


def contour_distances(
    prediction: Mask, target: Mask, spacing_mm: Spacing = None
) -> ContourDistances:
    """Return the distances between the two contour lines, with lengths.

    Raises:
        SpinesegError: if masks or spacing do not fit, or the masks are not 2-D.
    """
    prediction, target = mask_pair(prediction, target)
    if prediction.ndim != 2:
        raise SpinesegError(
            "contour lengths are known in 2-D only",
            found=f"masks of {prediction.ndim} axes",
            expected="2",
            remedy="Use hd95_directed_max or nsd, which weight by pixels",
        )
    steps = spacing_per_axis(spacing_mm, 2)
    ours, our_lengths = contour_corners(prediction, steps)
    theirs, their_lengths = contour_corners(target, steps)
    return ContourDistances(
        nearest_distances(ours, theirs, steps),
        our_lengths,
        nearest_distances(theirs, ours, steps),
        their_lengths,
    )


def contour_corners(
    mask: Mask, steps: tuple[float, ...]
) -> tuple[NDArray[np.intp], Distances]:
    """Return the corner points on the contour and the length of line at each.

    Corner (i, j) is the point between pixels (i - 1, j - 1) and (i, j).
    """
    box = bounding_box(mask)
    crop = np.pad(mask[box], 1).astype(np.uint8)
    # which of the four pixels around the corner are foreground
    code = 8 * crop[:-1, :-1] + 4 * crop[:-1, 1:] + 2 * crop[1:, :-1] + crop[1:, 1:]
    corners = np.argwhere((code > 0) & (code < 15))
    lengths = _lengths_by_code(*steps)[code[tuple(corners.T)]]
    return corners + [axis.start for axis in box], lengths


def _lengths_by_code(row_mm: float, column_mm: float) -> Distances:
    diagonal = math.hypot(row_mm, column_mm)
    lengths = np.zeros(16)
    lengths[[1, 2, 4, 8, 7, 11, 13, 14]] = diagonal / 2  # one pixel is different
    lengths[[3, 12]] = column_mm  # upper against lower pair: the line runs along a row
    lengths[[5, 10]] = row_mm
    lengths[[6, 9]] = diagonal  # a saddle: two corners cut off
    return lengths


def hd95_by_length(prediction: Mask, target: Mask, spacing_mm: Spacing = None) -> float:
    """Return the larger of the two 95 % points over contour length, 2-D.

    The 95 % point is the first distance at which 95 % of the length is reached, a
    distance that occurs; the pixel versions interpolate between two.

    Raises:
        SpinesegError: see :func:`contour_distances`.
    """
    d = contour_distances(prediction, target, spacing_mm)
    fixed = when_empty("hd95_by_length", not d.forth.size, not d.back.size)
    if fixed is not None:
        return fixed
    return max(
        _percent_point(d.forth, d.forth_lengths), _percent_point(d.back, d.back_lengths)
    )


def nsd_by_length(
    prediction: Mask, target: Mask, tolerance_mm: float, spacing_mm: Spacing
) -> float:
    """Return the share of contour length, of both, within the tolerance, 2-D.

    Raises:
        SpinesegError: see :func:`contour_distances`; also if there is no spacing, or
            the tolerance is negative.
    """
    demand_millimetres(tolerance_mm, spacing_mm)
    d = contour_distances(prediction, target, spacing_mm)
    fixed = when_empty("nsd_by_length", not d.forth.size, not d.back.size)
    if fixed is not None:
        return fixed
    reach = tolerance_mm * (1 + 1e-9)
    within = d.forth_lengths[d.forth <= reach].sum()
    within += d.back_lengths[d.back <= reach].sum()
    return float(within / (d.forth_lengths.sum() + d.back_lengths.sum()))


def _percent_point(distances: Distances, lengths: Distances) -> float:
    order = np.argsort(distances, kind="stable")
    reached = np.cumsum(lengths[order]) / lengths.sum()
    place = int(np.searchsorted(reached, 0.95))
    return float(distances[order[min(place, len(order) - 1)]])
