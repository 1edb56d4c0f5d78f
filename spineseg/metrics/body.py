"""Corners and end-plates of a vertebral body, found in its mask.

A body is read as a reader reads it: a ruler is laid on each of its four sides, and the
corners are where the rulers cross. The mask's outline runs between pixels, so a corner
is not bound to the grid. Two lines are fitted to each end-plate:

- the *ruler* on the rims, which nine tenths of the outline do not pass. End-plates are
  hollow; heights and discs are measured from rim to rim, not from the hollow's ground.
- the *middle line* with as many points above as below it, for the tilt. On a frontal
  radiograph front and back rim of a tipped plate lie one over the other as an ellipse,
  whose middle line keeps the plate's tilt while a ruler rests on either rim.

Both are quantile regressions (Koenker and Bassett 1978, doi:10.2307/1913643), so a few
wrong pixels, however far out, do not move them. What has no corners, such as an
ellipse, is measured all the same: it fills its four sides as a waisted body does.
Points are (x, y) in mm, x to the right and y down from the picture's top left corner.
Sources of the measures themselves: :mod:`spineseg.metrics.clinical`.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from spineseg.core.errors import SpinesegError
from spineseg.metrics.boundary import bounding_box
from spineseg.metrics.inputs import Mask, Spacing, mask_of, spacing_per_axis
from spineseg.metrics.outline import Outline, Points, outline_mm, quantile_line

SMALLEST_PX = 8
"""Rows and columns below which four sides cannot be told apart."""
SPILLED, FILLED = 0.08, 0.72
"""At most this share of a mask lies outside of its four sides, at least this share of
the figure is mask: a waist is allowed, an arch is not."""
_RIM, _MIDDLE = 0.9, 0.5
_NEAR_CORNER = 0.03
_TURNS_DEG = np.arange(-44, 45, 2)
_ROUNDS = 4


@dataclass(frozen=True)
class Plate:
    """One end-plate as seen in a picture.

    left_mm, right_mm: its rims, (x, y). tilt_deg: of its middle line, positive where
    the right end is higher.
    """

    left_mm: tuple[float, float]
    right_mm: tuple[float, float]
    tilt_deg: float


@dataclass(frozen=True)
class Body:
    """The two end-plates of one vertebral body."""

    upper: Plate
    lower: Plate


def body_of(mask: Mask, spacing_mm: Spacing, turn_deg: float = 0.0) -> Body:
    """Return the end-plates of the one vertebral body in a mask.

    Args:
        mask: (rows, columns) bool, one body, without its arch. Holes are filled.
        spacing_mm: size of a pixel; 1.0 to measure in pixels.
        turn_deg: how far the spine leans in the picture at this body, positive
            anticlockwise; the upper plate is the side within 45 degrees of it.

    Raises:
        SpinesegError: if the mask is empty, smaller than 8 pixels, in several pieces
            or touches the picture's border, or if four sides do not describe it.
    """
    steps = _steps(spacing_mm)
    whole, corner = _one_piece(mask)
    turn = _rotation(turn_deg)
    upright = outline_mm(whole, steps).turned(turn)
    quad = _upright_rectangle(upright.points)
    for _ in range(_ROUNDS):
        quad = _crossings([_line(upright, quad, side, _RIM) for side in range(4)])
    _four_sided(whole, quad @ turn, steps)
    tilts = [_tilt_deg(_line(upright, quad, side, _MIDDLE)) for side in (0, 2)]
    placed = quad @ turn + corner * steps[::-1]
    left_up, right_up, right_low, left_low = (tuple(p) for p in placed.tolist())
    return Body(
        Plate(left_up, right_up, tilts[0] + turn_deg),
        Plate(left_low, right_low, tilts[1] + turn_deg),
    )


def _steps(spacing_mm: Spacing) -> NDArray[np.float64]:
    if spacing_mm is None:
        raise SpinesegError(
            "a body is measured in millimetres",
            found="spacing_mm=None",
            expected="the size of a pixel",
            remedy="Give spacing_mm=1.0 to measure in pixels",
        )
    return np.array(spacing_per_axis(spacing_mm, 2))


def _one_piece(mask: Mask) -> tuple[Mask, NDArray[np.float64]]:
    """Return the filled mask in its own box, and the box's corner (x, y) in pixels."""
    mask = mask_of(mask, "body's mask")
    if mask.ndim != 2:
        raise SpinesegError(
            "a body is measured in one picture",
            found=f"a mask of {mask.ndim} axes",
            expected="2",
            remedy="Take the slice through the middle of the spine",
        )
    box = bounding_box(mask)
    crop = mask[box]
    if min(crop.shape) < SMALLEST_PX:
        raise SpinesegError(
            "the body is too small to measure" if crop.size else "the mask is empty",
            found=f"{crop.shape[0]} x {crop.shape[1]} pixels",
            expected=f"at least {SMALLEST_PX} x {SMALLEST_PX}",
        )
    if any(s.start == 0 or s.stop == n for s, n in zip(box, mask.shape, strict=True)):
        raise SpinesegError(
            "the body touches the border of the picture: a part of it is not seen"
        )
    _, pieces = ndimage.label(crop, np.ones((3, 3)))  # pyright: ignore
    if pieces != 1:
        raise SpinesegError(
            "the mask of one body has several pieces",
            found=f"{pieces} pieces",
            expected="1",
            remedy="Keep the piece that is the body, often the largest",
        )
    filled = np.asarray(ndimage.binary_fill_holes(crop))
    return filled, np.array([box[1].start, box[0].start], float)


def _rotation(deg: float) -> Points:
    """Return the matrix that sets a body upright which leans by ``deg``."""
    turn = np.deg2rad(deg)
    return np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])


def _upright_rectangle(points: Points) -> Points:
    """Return the smallest rectangle that holds nearly all points, from upper left."""
    smallest = None
    for deg in _TURNS_DEG:
        turn = _rotation(float(deg))
        low, high = np.quantile(points @ turn.T, [0.08, 0.92], axis=0)
        area = float(np.prod(high - low))
        if smallest is None or area < smallest[0]:
            (x, y), (right, down) = low, high
            quad = np.array([[x, y], [right, y], [right, down], [x, down]])
            smallest = area, quad @ turn
    assert smallest is not None  # there are turns
    return smallest[1]


def _line(outline: Outline, quad: Points, side: int, share: float) -> Points:
    """Return two points of the line on one side: 0 upper, 1 right, 2 lower, 3 left.

    ``share`` of the outline that belongs to the side, as seen from outside, lies inside
    of it; the flanks of a spur are not seen.
    """
    start, ends = quad, np.roll(quad, -1, axis=0)
    length = np.hypot(*(ends - start).T)
    along = (ends - start) / length[:, None]
    outwards = np.stack([along[:, 1], -along[:, 0]], axis=1)
    from_start = outline.points[:, None] - start
    t = np.einsum("nsk,sk->ns", from_start, along) / length
    away = np.einsum("nsk,sk->ns", from_start, outwards)
    beyond = (t - np.clip(t, 0, 1)) * length
    nearest = np.argmin(np.hypot(away, beyond), axis=1)
    seen = outline.outwards @ outwards[side]
    within = abs(t[:, side] - 0.5) < 0.5 - _NEAR_CORNER
    mine = (nearest == side) & within & (seen > 0)
    if np.count_nonzero(mine) < 4:
        raise _unlike_a_body("a side has no outline")
    at_start, at_end = quantile_line(t[mine, side], away[mine, side], seen[mine], share)
    lift = np.array([[at_start], [at_end]]) * outwards[side]
    return np.stack([start[side], ends[side]]) + lift


def _crossings(lines: list[Points]) -> Points:
    """Return the corners between neighbouring lines, from upper left clockwise."""
    corners = []
    for before, line in zip([lines[-1], *lines[:-1]], lines, strict=True):
        one, other = before[1] - before[0], line[1] - line[0]
        cross = one[0] * other[1] - one[1] * other[0]
        if abs(cross) < 1e-9 * np.hypot(*one) * np.hypot(*other):
            raise _unlike_a_body("two neighbouring sides are parallel")
        gap = line[0] - before[0]
        corners.append(
            before[0] + one * (gap[0] * other[1] - gap[1] * other[0]) / cross
        )
    return np.array(corners)


def _four_sided(mask: Mask, quad: Points, steps: NDArray[np.float64]) -> None:
    """Refuse a mask that its four-sided figure does not describe."""
    edge = np.roll(quad, -1, axis=0) - quad
    # with room around it: a figure that is far too large must show
    room = max(mask.shape) // 2
    full = np.pad(mask, room)
    y, x = np.indices(full.shape) + 0.5 - room
    inside = np.ones(x.shape, bool)
    for (x0, y0), (dx, dy) in zip(quad, edge, strict=True):
        inside &= dx * (y * steps[0] - y0) >= dy * (x * steps[1] - x0)
    both = np.count_nonzero(inside & full)
    spilled = 1 - both / np.count_nonzero(mask)
    filled = both / max(np.count_nonzero(inside), 1)
    if spilled > SPILLED or filled < FILLED:
        raise _unlike_a_body(f"{spilled:.0%} of it outside, figure {filled:.0%} full")


def _unlike_a_body(found: str) -> SpinesegError:
    return SpinesegError(
        "the mask does not look like a vertebral body with four sides",
        found=found,
        expected=f"at most {SPILLED:.0%} outside, at least {FILLED:.0%} full",
        remedy="Give the body alone, without arch and processes, and its turn_deg",
    )


def _tilt_deg(line: Points) -> float:
    """Return how far a plate's line rises to the right, between -90 and 90."""
    x, y = line[1] - line[0]
    return float(np.rad2deg(np.arctan(-y / x)))
