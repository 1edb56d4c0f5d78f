"""From a network to a prediction: pad, tile, flip, and label.

Each piece takes a function from pictures to numbers and returns another, so that they
stack: ``with_flips(probabilities(tiled(padded(model), 256, 64)))``.
"""

from collections.abc import Callable, Iterable

import numpy as np
import torch
from jaxtyping import Float
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from spineseg.core.errors import SpinesegError

Predict = Callable[[Tensor], Tensor]
"""From pictures ``b c h w`` to numbers ``b k h w``."""

FLIPS = {"none": (), "horizontal": (-1,), "vertical": (-2,), "both": (-2, -1)}


def padded(model: Predict, multiple: int | None = None) -> Predict:
    """Let a network see pictures of any size.

    Rows and columns are mirrored at the end up to the next multiple and the surplus of
    the answer is cut off.

    Args:
        model: the network.
        multiple: that both sides must have; None asks ``model.multiple``, else 1.
    """
    step = multiple or int(getattr(model, "multiple", 1))

    def predict(x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b k h w"]:
        height, width = x.shape[-2:]
        more = (0, -width % step, 0, -height % step)
        if not any(more):
            return model(x)
        # a mirror reaches as far as the picture; beyond that the edge is drawn out
        fits = more[1] < width and more[3] < height
        wide = functional.pad(x, more, mode="reflect" if fits else "replicate")
        return model(wide)[..., :height, :width]

    return predict


def tiled(predict: Predict, tile_px: int, overlap_px: int) -> Predict:
    """Predict a large picture in overlapping squares and blend them.

    A pixel's weight falls linearly to the border of its tile, so that no seam shows. A
    picture that fits into one tile is left whole.

    Raises:
        SpinesegError: if the overlap is not smaller than the tile.
    """
    if not 0 <= overlap_px < tile_px:
        raise SpinesegError(
            "tiles must overlap by less than their size",
            found=f"overlap {overlap_px} of {tile_px}",
        )
    ramp = torch.minimum(torch.arange(1, tile_px + 1), torch.arange(tile_px, 0, -1))

    def blended(x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b k h w"]:
        height, width = x.shape[-2:]
        if height <= tile_px and width <= tile_px:
            return predict(x)
        total, weights = torch.zeros(()), torch.zeros(())
        for top in starts(height, tile_px, tile_px - overlap_px):
            for left in starts(width, tile_px, tile_px - overlap_px):
                area = (..., slice(top, top + tile_px), slice(left, left + tile_px))
                part = predict(x[area])
                weight = (
                    ramp[: part.shape[-2], None] * ramp[None, : part.shape[-1]]
                ).to(part)
                if not total.dim():
                    total = part.new_zeros(*part.shape[:2], height, width)
                    weights = part.new_zeros(height, width)
                total[area] += part * weight
                weights[area] += weight
        return total / weights

    return blended


def starts(length: int, tile: int, step: int) -> list[int]:
    """Return where tiles begin so that all is covered and none reaches beyond."""
    if length <= tile:
        return [0]
    return [*range(0, length - tile, step), length - tile]


def probabilities(predict: Predict) -> Predict:
    """Turn logits into probabilities: sigmoid for one channel, softmax for more."""

    def predicted(x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b k h w"]:
        logits = predict(x)
        return logits.sigmoid() if logits.shape[1] == 1 else logits.softmax(1)

    return predicted


def with_flips(
    predict: Predict, flips: Iterable[str] = ("none", "horizontal")
) -> Predict:
    """Average over mirrored copies of the picture, each mirrored back.

    Average probabilities, not logits: put :func:`probabilities` inside.

    Raises:
        SpinesegError: if a flip is unknown, or none is named.
    """
    names = tuple(flips)
    if not names or not set(names) <= set(FLIPS):
        raise SpinesegError(
            "unknown flips, or none", found=names, expected=", ".join(FLIPS)
        )

    def averaged(x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b k h w"]:
        axes = [FLIPS[name] for name in names]
        return torch.stack([predict(x.flip(a)).flip(a) for a in axes]).mean(0)

    return averaged


def to_labels(
    probability: Float[Tensor, "b k h w"], threshold: float = 0.5
) -> NDArray[np.uint8]:
    """Return label numbers ``b h w``: above the threshold, or the likeliest class."""
    if probability.shape[1] == 1:
        return (probability[:, 0] > threshold).byte().cpu().numpy()
    return probability.argmax(1).byte().cpu().numpy()
