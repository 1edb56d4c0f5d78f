"""The outline of a mask as sides of pixels, and lines along a part of it.

Points are (x, y) in mm, x to the right and y down from the picture's top left corner.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spineseg.metrics.inputs import Mask

Points = NDArray[np.float64]
_GOLDEN, _NARROWINGS = (5**0.5 - 1) / 2, 20


@dataclass(frozen=True, eq=False)
class Outline:
    """Sides of pixels on an outline: their middles, and outward normals.

    A normal is as long as the side, so that its share along a direction is the length
    that is seen from there. points, outwards: (n, 2) as (x, y) in mm.
    """

    points: Points
    outwards: Points

    def turned(self, turn: Points) -> "Outline":
        """Return the outline after a rotation."""
        return Outline(self.points @ turn.T, self.outwards @ turn.T)


def outline_mm(mask: Mask, steps: NDArray[np.float64]) -> Outline:
    """Return the pixel sides between fore- and background, in mm."""
    framed = np.pad(mask, 1).astype(np.int8)
    row, column = np.nonzero(np.diff(framed, axis=0))
    flat = np.stack([column - 0.5, row], axis=1)
    up = np.diff(framed, axis=0)[row, column] * steps[1]
    inner_row, inner_column = np.nonzero(np.diff(framed, axis=1))
    steep = np.stack([inner_column, inner_row - 0.5], axis=1)
    left = np.diff(framed, axis=1)[inner_row, inner_column] * steps[0]
    outwards = np.zeros((len(flat) + len(steep), 2))
    outwards[: len(flat), 1], outwards[len(flat) :, 0] = -up, -left
    return Outline(np.concatenate([flat, steep]) * steps[::-1], outwards)


def quantile_line(
    t: Points, height: Points, seen: Points, share: float
) -> tuple[float, float]:
    """Return the heights at 0 and 1 of the line with ``share`` of the points below."""
    steepest = float(np.ptp(height))  # a line from corner to corner of the band

    def best(slope: float) -> tuple[float, float]:
        return _best_level(height - slope * t, seen, share)

    # the loss is convex in the slope: a golden section looks at one new slope a step
    low, high = -steepest, steepest
    left, right = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
    at_left, at_right = best(left), best(right)
    for _ in range(_NARROWINGS):
        if at_left[0] <= at_right[0]:
            high, right, at_right = right, left, at_left
            left = high - _GOLDEN * (high - low)
            at_left = best(left)
        else:
            low, left, at_left = left, right, at_right
            right = low + _GOLDEN * (high - low)
            at_right = best(right)
    slope = (low + high) / 2
    level = best(slope)[1]
    return level, level + slope


def _best_level(rest: Points, seen: Points, share: float) -> tuple[float, float]:
    """Return the loss and the value with ``share`` of the weight below it."""
    order = np.argsort(rest)
    below = np.cumsum(seen[order])
    level = float(rest[order[np.searchsorted(below, share * below[-1])]])
    away = rest - level
    return float(seen @ np.where(away > 0, share * away, (share - 1) * away)), level
