"""Points from masks: one in the middle of each connected piece."""

import numpy as np
import torch
from jaxtyping import Float, Integer
from numpy.typing import NDArray
from scipy import ndimage
from torch import Tensor

ALL_NEIGHBOURS = np.ones((3, 3))


def centroids(mask: Integer[Tensor, "b h w"]) -> Float[Tensor, "b n 2"]:
    """Return (x, y) in pixels of the middle of each piece of the foreground.

    The middle of the first pixel is (0.5, 0.5). Pixels that touch at a corner are one
    piece. Pictures with fewer pieces than others are filled up with nan; n is 0 if all
    masks are empty. The centroid of a bent piece may lie beside it.

    Source: Sawant et al. 2026, Sec. 2.5.3 (one positive point a process).

    Args:
        mask: 0 for background; any other label counts.
    """
    found = [_of_one(m) for m in mask.cpu().numpy()]
    most = max(map(len, found), default=0)
    out = np.full((len(found), most, 2), np.nan, np.float32)
    for row, points in zip(out, found, strict=True):
        row[: len(points)] = points
    return torch.from_numpy(out).to(mask.device)


def _of_one(mask: NDArray[np.integer]) -> NDArray[np.float32]:
    pieces = np.zeros(mask.shape, np.int32)
    ndimage.label(mask > 0, ALL_NEIGHBOURS, output=pieces)
    numbers = range(1, int(pieces.max()) + 1)
    middles = ndimage.center_of_mass(mask > 0, pieces, numbers)
    return np.array(middles, np.float32).reshape(-1, 2)[:, ::-1] + 0.5
