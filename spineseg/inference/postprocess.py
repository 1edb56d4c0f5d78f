"""What is done to a label map after the network: the largest pieces, no crumbs."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from spineseg.core.errors import SpinesegError


def largest_components(
    labels: NDArray[Any], keep: int = 1, smallest_px: int = 1
) -> NDArray[Any]:
    """Keep the largest connected pieces of each label.

    Pieces touch by a side or a corner. Of equal pieces the first in reading order is
    kept.

    Args:
        labels: label numbers or booleans, any number of dimensions.
        keep: pieces of each label.
        smallest_px: smaller pieces are dropped in any case.

    Raises:
        SpinesegError: if ``keep`` is less than one.
    """
    if keep < 1:
        raise SpinesegError("at least one piece is kept", found=keep)
    result = np.zeros_like(labels)
    touch = np.ones((3,) * labels.ndim, bool)
    for label in np.unique(labels):
        if not label:
            continue
        found: Any = ndimage.label(labels == label, touch)
        pieces, count = found
        sizes = np.bincount(pieces.ravel(), minlength=count + 1)[1:]
        # stable: of equal sizes the first piece wins
        order = np.argsort(-sizes, kind="stable")[:keep]
        kept = [k + 1 for k in order if sizes[k] >= smallest_px]
        result[np.isin(pieces, kept)] = label
    return result
