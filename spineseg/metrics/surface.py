"""Distances between the boundaries of two masks.

forth: for each boundary pixel of the prediction, the distance to the nearest boundary
pixel of the target; back: the same with the roles exchanged. All metrics here are
different summaries of these two lists, and public libraries part exactly there:

===================== ================================ =============================
name                  summary                          the same as
===================== ================================ =============================
``hausdorff``         largest of all                   MONAI, MedPy, torchmetrics
``hd95_pooled``       95 % point of both lists joined  MedPy ``hd95``
``hd95_directed_max`` larger of the two 95 % points    MONAI ``percentile=95``
``assd``              mean of both lists joined        MONAI, MedPy 0.5 ``assd``
``masd``              mean of the two means            MedPy 0.4 ``assd``
``nsd``               share of both lists <= tolerance MONAI surface Dice
===================== ================================ =============================

:mod:`spineseg.metrics.contour` has DeepMind's variant, which weights by length.
Names after Maier-Hein, Reinke et al. 2024, "Metrics Reloaded",
doi:10.1038/s41592-023-02151-z. Empty masks: :mod:`spineseg.metrics.empty`.
"""

from dataclasses import dataclass

import numpy as np

from spineseg.core.errors import SpinesegError
from spineseg.metrics.boundary import boundary_points
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
class SurfaceDistances:
    """Nearest distances of boundary pixels; in mm with a spacing, else in pixels."""

    forth: Distances
    back: Distances

    @property
    def joined(self) -> Distances:
        """Both lists in one."""
        return np.concatenate([self.forth, self.back])


def surface_distances(
    prediction: Mask, target: Mask, spacing_mm: Spacing = None
) -> SurfaceDistances:
    """Return the distances forth and back; ``inf`` where the other mask is empty.

    Memory is linear in the picture, time in the boundaries as long as they are near
    each other: no distance map is made, see :mod:`spineseg.metrics.nearest`.

    Args:
        prediction: boolean mask.
        target: boolean mask of the same shape.
        spacing_mm: one number, or one an axis in array order; ``None`` for pixels.

    Raises:
        SpinesegError: if the masks or the spacing do not fit, or the masks are
            neither 2-D nor 3-D.
    """
    prediction, target = mask_pair(prediction, target)
    if prediction.ndim not in (2, 3):
        raise SpinesegError(
            "boundaries are taken of pictures and volumes",
            found=f"masks of {prediction.ndim} axes",
            expected="2 or 3",
        )
    steps = spacing_per_axis(spacing_mm, prediction.ndim)
    ours, theirs = boundary_points(prediction), boundary_points(target)
    return SurfaceDistances(
        nearest_distances(ours, theirs, steps), nearest_distances(theirs, ours, steps)
    )


def _fixed(metric: str, distances: SurfaceDistances) -> float | None:
    return when_empty(metric, not distances.forth.size, not distances.back.size)


def hausdorff_of(distances: SurfaceDistances) -> float:
    """Return the largest distance forth or back."""
    fixed = _fixed("hausdorff", distances)
    if fixed is not None:
        return fixed
    return float(max(distances.forth.max(), distances.back.max()))


def hd95_pooled_of(distances: SurfaceDistances) -> float:
    """Return the 95 % point of both lists joined, linear between ranks."""
    fixed = _fixed("hd95_pooled", distances)
    return float(np.quantile(distances.joined, 0.95)) if fixed is None else fixed


def hd95_directed_max_of(distances: SurfaceDistances) -> float:
    """Return the larger of the 95 % points forth and back, linear between ranks."""
    fixed = _fixed("hd95_directed_max", distances)
    if fixed is not None:
        return fixed
    return float(max(np.quantile(d, 0.95) for d in (distances.forth, distances.back)))


def assd_of(distances: SurfaceDistances) -> float:
    """Return the mean of both lists joined: the longer boundary weighs more."""
    fixed = _fixed("assd", distances)
    return float(distances.joined.mean()) if fixed is None else fixed


def masd_of(distances: SurfaceDistances) -> float:
    """Return the mean of the two directed means: both boundaries weigh the same."""
    fixed = _fixed("masd", distances)
    if fixed is not None:
        return fixed
    return float((distances.forth.mean() + distances.back.mean()) / 2)


def nsd_of(distances: SurfaceDistances, tolerance_mm: float) -> float:
    """Return the share of boundary pixels, of both, within the tolerance.

    A distance equal to the tolerance is within; 1e-9 of it is allowed for rounding.
    """
    fixed = _fixed("nsd", distances)
    if fixed is not None:
        return fixed
    return float(np.mean(distances.joined <= tolerance_mm * (1 + 1e-9)))


def hausdorff(prediction: Mask, target: Mask, spacing_mm: Spacing = None) -> float:
    """Return the Hausdorff distance of the boundaries, :func:`hausdorff_of`."""
    return hausdorff_of(surface_distances(prediction, target, spacing_mm))


def hd95_pooled(prediction: Mask, target: Mask, spacing_mm: Spacing = None) -> float:
    """Return the 95 % Hausdorff distance as MedPy has it, :func:`hd95_pooled_of`."""
    return hd95_pooled_of(surface_distances(prediction, target, spacing_mm))


def hd95_directed_max(
    prediction: Mask, target: Mask, spacing_mm: Spacing = None
) -> float:
    """Return the 95 % distance as MONAI has it, :func:`hd95_directed_max_of`."""
    return hd95_directed_max_of(surface_distances(prediction, target, spacing_mm))


def assd(prediction: Mask, target: Mask, spacing_mm: Spacing = None) -> float:
    """Return the average symmetric surface distance, :func:`assd_of`."""
    return assd_of(surface_distances(prediction, target, spacing_mm))


def masd(prediction: Mask, target: Mask, spacing_mm: Spacing = None) -> float:
    """Return the mean average surface distance, :func:`masd_of`."""
    return masd_of(surface_distances(prediction, target, spacing_mm))


def nsd(
    prediction: Mask, target: Mask, tolerance_mm: float, spacing_mm: Spacing
) -> float:
    """Return the normalised surface distance, also surface Dice, :func:`nsd_of`.

    The spacing must be said: a tolerance in millimetres means nothing without it.

    Raises:
        SpinesegError: if the masks or the spacing do not fit, there is no spacing, or
            the tolerance is negative.
    """
    demand_millimetres(tolerance_mm, spacing_mm)
    return nsd_of(surface_distances(prediction, target, spacing_mm), tolerance_mm)


def hausdorff_of_regions(
    prediction: Mask, target: Mask, spacing_mm: Spacing = None
) -> float:
    """Return the Hausdorff distance of the filled masks, not of their boundaries.

    A pixel inside the other mask has distance 0, so a hole in the middle of a
    prediction costs its own radius and not its depth. scikit-image and SimpleITK
    compute this when they are given masks.

    Raises:
        SpinesegError: if the masks or the spacing do not fit.
    """
    prediction, target = mask_pair(prediction, target)
    steps = spacing_per_axis(spacing_mm, prediction.ndim)
    fixed = when_empty("hausdorff_of_regions", not prediction.any(), not target.any())
    if fixed is not None:
        return fixed
    return max(
        _farthest(prediction, target, steps), _farthest(target, prediction, steps)
    )


def _farthest(mask: Mask, other: Mask, steps: tuple[float, ...]) -> float:
    # from outside a mask the nearest of its pixels is always on its boundary
    outside = np.argwhere(mask & ~other)
    return nearest_distances(outside, boundary_points(other), steps).max(initial=0.0)
