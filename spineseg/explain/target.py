"""What is to be explained: one number for each picture, made from the logits.

A segmentation has a logit for every pixel and class, so a map of "the" reason does not
exist: first say which class, and at which pixels.
"""

from collections.abc import Callable

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from spineseg.core.errors import SpinesegError

Target = Callable[[Tensor], Tensor]
"""From logits ``b k h w`` to one number for each picture, ``b``."""


def mean_logit(channel: int, pixels: Bool[Tensor, "*b h w"]) -> Target:
    """Explain the mean logit of one class over given pixels.

    Args:
        channel: of the class in the logits.
        pixels: one mask for all pictures, or one for each.

    Raises:
        SpinesegError: when called: if a mask is empty, is no mask or has another
            size, or if there is no such channel.
    """

    def target(logits: Float[Tensor, "b k h w"]) -> Float[Tensor, "b"]:
        chosen = _channel(logits, channel)
        if pixels.dtype != torch.bool or pixels.shape[-2:] != chosen.shape[-2:]:
            raise SpinesegError(
                "the pixels are no mask of this picture",
                found=f"{pixels.dtype}, {tuple(pixels.shape)}",
                expected=f"torch.bool, {tuple(chosen.shape[-2:])}",
            )
        return _mean(chosen, pixels.to(chosen.device))

    return target


def mean_logit_where_predicted(channel: int, threshold: float = 0.0) -> Target:
    """Explain the mean logit of one class where it is above a threshold.

    The pixels are taken from the picture itself and count as constant.

    Raises:
        SpinesegError: when called: if no pixel of a picture is above the threshold.
    """

    def target(logits: Float[Tensor, "b k h w"]) -> Float[Tensor, "b"]:
        chosen = _channel(logits, channel)
        return _mean(chosen, chosen.detach() > threshold)

    return target


def _channel(logits: Tensor, channel: int) -> Tensor:
    if logits.dim() != 4 or not 0 <= channel < logits.shape[1]:
        raise SpinesegError(
            "the logits have no such channel",
            found=f"channel {channel} of logits {tuple(logits.shape)}",
            expected="b k h w with 0 <= channel < k",
        )
    return logits[:, channel]


def _mean(chosen: Float[Tensor, "b h w"], pixels: Tensor) -> Float[Tensor, "b"]:
    where = pixels.expand_as(chosen)
    count = where.flatten(1).sum(1)
    if not bool((count > 0).all()):
        raise SpinesegError(
            "no pixel to explain in a picture",
            found=f"pixels for each picture: {count.tolist()}",
            remedy="Choose other pixels or a lower threshold",
        )
    return torch.where(where, chosen, 0).flatten(1).sum(1) / count


def one_number_each(values: Tensor, pictures: int) -> Tensor:
    """Return what a target gave, if it gave one number for each picture.

    Raises:
        SpinesegError: if not.
    """
    if values.shape != (pictures,):
        raise SpinesegError(
            "a target must give one number for each picture",
            found=tuple(values.shape),
            expected=(pictures,),
        )
    return values
