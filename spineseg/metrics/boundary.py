"""The boundary of a mask: its pixels, and the overlap of bands along it.

A boundary pixel is a foreground pixel with a background pixel beside it (sharing a
side; a face in 3-D); what lies outside the picture is background. MONAI and MedPy
take the same set.

Boundary IoU: Cheng et al. 2021, "Boundary IoU: improving object-centric image
segmentation evaluation", doi:10.1109/CVPR46437.2021.01508.
"""

import math

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from spineseg.core.errors import SpinesegError
from spineseg.metrics.empty import when_empty
from spineseg.metrics.inputs import (
    Mask,
    Spacing,
    demand_millimetres,
    mask_pair,
    spacing_per_axis,
)


def bounding_box(mask: Mask) -> tuple[slice, ...]:
    """Return the smallest box that holds the foreground, empty slices if none."""
    box = []
    for axis in range(mask.ndim):
        others = tuple(a for a in range(mask.ndim) if a != axis)
        hits = np.flatnonzero(mask.any(axis=others))
        box.append(slice(hits[0], hits[-1] + 1) if hits.size else slice(0, 0))
    return tuple(box)


def inner_boundary(mask: Mask) -> Mask:
    """Return the foreground pixels with a background pixel at one of their sides."""
    inner = mask.copy()
    for axis in range(mask.ndim):
        kept, seen = np.moveaxis(inner, axis, 0), np.moveaxis(mask, axis, 0)
        kept[1:] &= seen[:-1]
        kept[:-1] &= seen[1:]
        kept[:1] = kept[-1:] = False  # outside the picture is background
    return mask & ~inner


def boundary_points(mask: Mask) -> NDArray[np.intp]:
    """Return the indices of the boundary pixels, (n, ndim), in array order."""
    box = bounding_box(mask)
    crop = mask[box]
    flat = np.flatnonzero(inner_boundary(crop))
    points = np.stack(np.unravel_index(flat, crop.shape), axis=1)
    return points + [axis.start for axis in box]


def boundary_iou(prediction: Mask, target: Mask, width_px: int | None = None) -> float:
    """Return the IoU of the two bands of ``width_px`` inside the two boundaries.

    The band holds the foreground pixels that ``width_px`` erosions with a 3 x 3
    square remove, as in the authors' code: distance is counted as a king walks.

    Args:
        prediction: boolean mask.
        target: boolean mask of the same shape.
        width_px: width of the band; by default 2 % of the picture's diagonal, rounded,
            at least 1.

    Raises:
        SpinesegError: if the masks do not fit, or the width is below 1.
    """
    prediction, target = mask_pair(prediction, target)
    width = _default_width(prediction.shape) if width_px is None else width_px
    if width < 1:
        raise SpinesegError("a band has no width", found=width, expected=">= 1 px")
    fixed = when_empty("boundary_iou", not prediction.any(), not target.any())
    if fixed is not None:
        return fixed
    return _band_iou(_king_band(prediction, width), _king_band(target, width))


def boundary_iou_mm(
    prediction: Mask, target: Mask, width_mm: float, spacing_mm: Spacing
) -> float:
    """Return the boundary IoU with a band of Euclidean width, in millimetres.

    Unlike :func:`boundary_iou` it does not change with the size of the picture, and
    pixels need not be square. A pixel is in the band if the centre of the nearest
    background pixel is at most ``width_mm`` away.

    Raises:
        SpinesegError: if the masks or the spacing do not fit, there is no spacing, or
            the band is so narrow that no pixel fits in.
    """
    demand_millimetres(width_mm, spacing_mm)
    prediction, target = mask_pair(prediction, target)
    steps = spacing_per_axis(spacing_mm, prediction.ndim)
    if width_mm < min(steps):
        raise SpinesegError(
            "the band is narrower than a pixel",
            found=f"{width_mm} mm",
            expected=f"at least {min(steps)} mm",
        )
    fixed = when_empty("boundary_iou_mm", not prediction.any(), not target.any())
    if fixed is not None:
        return fixed
    return _band_iou(
        _ball_band(prediction, width_mm, steps), _ball_band(target, width_mm, steps)
    )


def _default_width(shape: tuple[int, ...]) -> int:
    return max(1, round(0.02 * math.hypot(*shape)))


def _band_iou(one: Mask, other: Mask) -> float:
    return np.count_nonzero(one & other) / np.count_nonzero(one | other)


def _king_band(mask: Mask, width_px: int) -> Mask:
    box = bounding_box(mask)
    kept = np.pad(mask[box], width_px)  # what lies outside the picture is background
    for axis in range(mask.ndim):
        kept = _all_of(kept, axis, 2 * width_px + 1)
    band = mask.copy()
    band[box] &= ~kept
    return band


def _all_of(mask: Mask, axis: int, length: int) -> Mask:
    """Tell of each run of ``length`` pixels along an axis whether all are set."""
    rows, covered = np.moveaxis(mask, axis, 0), 1
    while covered < length:  # doubling: a handful of passes whatever the length
        step = min(covered, length - covered)
        rows, covered = rows[:-step] & rows[step:], covered + step
    return np.moveaxis(rows, 0, axis)


def _ball_band(mask: Mask, width_mm: float, steps: tuple[float, ...]) -> Mask:
    box = bounding_box(mask)
    depth = ndimage.distance_transform_edt(np.pad(mask[box], 1), sampling=steps)
    inside = np.asarray(depth)[(slice(1, -1),) * mask.ndim]
    band = mask.copy()
    band[box] &= inside <= width_mm * (1 + 1e-9)
    return band
