"""Metrics that look at the whole picture: SSIM and the mean absolute error.

Both also reward every pixel of background that is left black. On a small structure
that is nearly all of the picture, and the numbers crowd below 1 (or above 0).
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import ndimage

from spineseg.core.errors import SpinesegError
from spineseg.metrics.empty import when_empty
from spineseg.metrics.inputs import Mask, mask_of, mask_pair, same_shape

_RADIUS_PX = 5
_SIGMA_PX = 1.5
_C1, _C2 = 0.01**2, 0.03**2


def ssim(prediction: Mask, target: Mask) -> float:
    """Return the mean structural similarity of two masks read as 0 and 1.

    Wang et al. 2004 (doi:10.1109/TIP.2003.819861): Gaussian window of 11 pixels with
    sigma 1.5, C1 = 0.01^2, C2 = 0.03^2, mean over the places where the whole window
    lies in the picture, as scikit-image has it (torchmetrics adds a reflected border).
    Where both masks are flat and equal the local value is 1.

    Raises:
        SpinesegError: if the masks do not fit, or a side is shorter than 11 pixels.
    """
    prediction, target = mask_pair(prediction, target)
    if min(prediction.shape) < 2 * _RADIUS_PX + 1:
        raise SpinesegError(
            "the picture is smaller than the window of SSIM",
            found=f"shape {prediction.shape}",
            expected="at least 11 pixels on each side",
        )
    x, y = prediction.astype(float), target.astype(float)
    mean_x, mean_y = _local_mean(x), _local_mean(y)
    var_x = _local_mean(x * x) - mean_x**2
    var_y = _local_mean(y * y) - mean_y**2
    cov = _local_mean(x * y) - mean_x * mean_y
    luminance = (2 * mean_x * mean_y + _C1) / (mean_x**2 + mean_y**2 + _C1)
    return float(np.mean(luminance * (2 * cov + _C2) / (var_x + var_y + _C2)))


def _local_mean(picture: NDArray[np.float64]) -> NDArray[np.float64]:
    blurred = ndimage.gaussian_filter(picture, _SIGMA_PX, radius=_RADIUS_PX)
    return blurred[(slice(_RADIUS_PX, -_RADIUS_PX),) * picture.ndim]


def mae(prediction: ArrayLike, target: Mask) -> float:
    """Return the mean of |prediction - target| over the whole picture.

    Args:
        prediction: boolean mask, or probabilities in [0, 1]; for a mask the result is
            1 - accuracy.
        target: boolean mask.

    Raises:
        SpinesegError: if the shapes differ, the target is no mask, or the prediction
            leaves [0, 1].
    """
    error, _ = _absolute_error(prediction, target)
    return float(error.mean())


def mae_foreground(prediction: ArrayLike, target: Mask) -> float:
    """Return the mean of |prediction - target| over the true foreground alone.

    For a mask the result is 1 - recall, so painting everything gives a perfect 0.

    Args:
        prediction: boolean mask, or probabilities in [0, 1].
        target: boolean mask.

    Raises:
        SpinesegError: as :func:`mae`.
    """
    error, target = _absolute_error(prediction, target)
    fixed = when_empty("mae_foreground", not np.any(prediction), not target.any())
    return float(error[target].mean()) if fixed is None else fixed


def _absolute_error(
    prediction: ArrayLike, target: Mask
) -> tuple[NDArray[np.float64], Mask]:
    guess, truth = np.asarray(prediction, float), mask_of(target, "target")
    same_shape(guess, truth)
    if not ((guess >= 0) & (guess <= 1)).all():  # also refuses nan
        raise SpinesegError(
            "the prediction is no probability",
            found=f"values from {guess.min()} to {guess.max()}",
            expected="values from 0 to 1",
            remedy="Apply the sigmoid or softmax first",
        )
    return np.abs(guess - truth), truth
