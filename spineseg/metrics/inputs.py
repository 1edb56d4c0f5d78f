"""What a metric accepts: two boolean arrays of one shape, and a spacing."""

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from spineseg.core.errors import SpinesegError

Mask: TypeAlias = NDArray[np.bool_]
Spacing: TypeAlias = float | Sequence[float] | None


def mask_pair(prediction: Any, target: Any) -> tuple[Mask, Mask]:
    """Return the two masks after a look at their kind and shape.

    Numbers are refused: whether 255, 1 or 0.3 means foreground is for the caller to
    say, and a label map read as a mask merges its structures without a word.

    Raises:
        SpinesegError: if a mask is not boolean, or the shapes differ.
    """
    masks = mask_of(prediction, "prediction"), mask_of(target, "target")
    same_shape(*masks)
    return masks


def mask_of(array: Any, name: str) -> Mask:
    """Return ``array`` if it is a boolean array with pixels in it.

    Raises:
        SpinesegError: if it is not.
    """
    mask = np.asarray(array)
    if mask.dtype != np.bool_:
        raise SpinesegError(
            f"the {name} is not a mask",
            found=f"an array of {mask.dtype}",
            expected="an array of bool",
            remedy="Compare first, for example labels == 3 or probability > 0.5",
        )
    if not mask.size:
        raise SpinesegError(f"the {name} has no pixels", found=f"shape {mask.shape}")
    return mask


def same_shape(prediction: NDArray[Any], target: NDArray[Any]) -> None:
    """Refuse two arrays that do not lie on one grid.

    Raises:
        SpinesegError: if the shapes differ.
    """
    if prediction.shape != target.shape:
        raise SpinesegError(
            "prediction and target do not lie on one grid",
            found=f"shapes {prediction.shape} and {target.shape}",
            expected="equal shapes",
            remedy="Resample the prediction to the grid of the target",
        )


def demand_millimetres(length_mm: float, spacing_mm: Spacing) -> None:
    """Refuse a length in millimetres that cannot be told in pixels.

    Raises:
        SpinesegError: if there is no spacing, or the length is negative or no number.
    """
    if spacing_mm is None:
        raise SpinesegError(
            "a length in millimetres needs a spacing",
            found="spacing_mm=None",
            expected="the size of a pixel",
            remedy="Give spacing_mm=1.0 to read the length in pixels",
        )
    if not length_mm >= 0:
        raise SpinesegError(
            "a length cannot be negative", found=length_mm, expected=">= 0 mm"
        )


def spacing_per_axis(spacing_mm: Spacing, ndim: int) -> tuple[float, ...]:
    """Return one spacing an axis; ``None`` gives ones, that is distances in pixels.

    Args:
        spacing_mm: one number for all axes, or one number an axis in array order.
        ndim: number of axes.

    Raises:
        SpinesegError: if the count is wrong, or a spacing is not a positive number.
    """
    if spacing_mm is None:
        return (1.0,) * ndim
    given = np.asarray(spacing_mm, float)
    steps = np.full(ndim, given) if given.ndim == 0 else given
    if steps.shape != (ndim,) or not (np.isfinite(steps) & (steps > 0)).all():
        raise SpinesegError(
            "the spacing does not fit the masks",
            found=spacing_mm,
            expected=f"one positive number, or {ndim} of them in array order",
        )
    return tuple(steps.tolist())
