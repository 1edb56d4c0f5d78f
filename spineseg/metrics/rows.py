"""A number that is printed as a Hausdorff distance and is none.

``scipy.spatial.distance.directed_hausdorff`` takes lists of points. Given two pictures
of H x W pixels it reads each picture as H points in W dimensions: each *row* of
pixels becomes one point. Public evaluation scripts do this and print the result as
"aver_hd"; the values of one of the five papers fit it (spec ``cvmunet`` 9.5, inferred
from its numbers, its code was not seen). It is here to be recognised.
"""

import numpy as np
from numpy.typing import NDArray

from spineseg.core.errors import SpinesegError
from spineseg.metrics.inputs import Mask, mask_pair


def hausdorff_of_rows(prediction: Mask, target: Mask) -> float:
    """Return the Hausdorff distance between the sets of rows of two pictures.

    Two rows are sqrt(number of pixels in which they differ) apart; a row may be matched
    with any row of the other picture. So the number has the unit square root of pixels,
    never exceeds sqrt(W), cannot be scaled to millimetres, ignores the order of the
    rows, changes when the picture is turned by a quarter, and is finite for an empty
    mask: sqrt of the widest row.

    Raises:
        SpinesegError: if the masks do not fit or are not 2-D.
    """
    prediction, target = mask_pair(prediction, target)
    if prediction.ndim != 2:
        raise SpinesegError(
            "rows need a picture", found=f"{prediction.ndim} axes", expected="2"
        )
    differing = _differing_pixels(_distinct(prediction), _distinct(target))
    worst = max(differing.min(axis=1).max(), differing.min(axis=0).max())
    return float(np.sqrt(worst))


def _distinct(mask: Mask) -> NDArray[np.float32]:
    return np.unique(mask, axis=0).astype(np.float32)


def _differing_pixels(
    ours: NDArray[np.float32], theirs: NDArray[np.float32]
) -> NDArray[np.float32]:
    # |a - b|^2 of zeros and ones; exact in float32 below 2^24 pixels a row
    sizes = ours.sum(axis=1)[:, None] + theirs.sum(axis=1)[None, :]
    return sizes - 2 * ours @ theirs.T
