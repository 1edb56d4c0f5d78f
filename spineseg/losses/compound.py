"""The sums of losses that the papers train with."""

from collections.abc import Callable, Mapping

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from spineseg.core.errors import SpinesegError
from spineseg.losses.entropy import bce_loss, cross_entropy_loss
from spineseg.losses.overlap import dice_loss, focal_tversky_loss, multiclass_dice_loss
from spineseg.losses.structure import hausdorff_dt_loss_as_printed, ssim_loss


def bce_dice_loss(
    logits: Float[Tensor, "b *rest"],
    target: Float[Tensor, "b *rest"],
    bce_weight: float = 1.0,
    dice_weight: float = 1.0,
) -> Float[Tensor, ""]:
    """Return the weighted sum of BCE and Dice (cvmunet, inception_unet: one each)."""
    return bce_weight * bce_loss(logits, target) + dice_weight * dice_loss(
        logits, target
    )


def ce_dice_loss(
    logits: Float[Tensor, "b k *rest"],
    target: Int[Tensor, "b *rest"],
    ce_weight: float = 1.0,
    dice_weight: float = 1.0,
) -> Float[Tensor, ""]:
    """Return the weighted sum of cross entropy and class Dice (inception_unet)."""
    entropy = cross_entropy_loss(logits, target)
    return ce_weight * entropy + dice_weight * multiclass_dice_loss(logits, target)


CERVSPINENET_WEIGHTS = {
    "dice": 0.5,
    "focal_tversky": 0.3,
    "hausdorff": 0.1,
    "ssim": 0.1,
}
"""Eq. 14 of cervspinenet; they sum to one."""

_TERMS = {
    "dice": dice_loss,
    "focal_tversky": focal_tversky_loss,
    "hausdorff": hausdorff_dt_loss_as_printed,
    "ssim": ssim_loss,
}


def cervspinenet_loss(
    logits: Float[Tensor, "b c h w"],
    target: Float[Tensor, "b c h w"],
    weights: Mapping[str, float] | None = None,
) -> Float[Tensor, ""]:
    """Return the compound loss of cervspinenet, Eq. 14, with its printed terms.

    Args:
        logits: before the sigmoid.
        target: mask of zeros and ones.
        weights: of the terms ``dice``, ``focal_tversky``, ``hausdorff``, ``ssim``; a
            term left out is not computed (the paper's Table 5).

    Raises:
        SpinesegError: if a term is unknown or the shapes differ.
    """
    chosen = CERVSPINENET_WEIGHTS if weights is None else weights
    unknown = set(chosen) - set(_TERMS)
    if unknown or not chosen:
        raise SpinesegError(
            "unknown or no terms of the loss",
            found=sorted(unknown),
            expected=sorted(_TERMS),
        )
    terms = [weight * _TERMS[name](logits, target) for name, weight in chosen.items()]
    return torch.stack(terms).sum()


def deep_supervision_loss(
    loss: Callable[[Tensor, Tensor], Tensor],
    outputs: Mapping[str, Tensor],
    targets: Mapping[str, Tensor],
    weights: Mapping[str, float],
) -> Float[Tensor, ""]:
    """Return the weighted sum of one loss over several heads (inception_unet).

    The paper supervises its main output and an auxiliary one at the bottleneck and
    gives no weights; one each is the reading of its framework.

    Raises:
        SpinesegError: if outputs, targets and weights do not name the same heads.
    """
    if not (set(outputs) == set(targets) == set(weights)) or not weights:
        raise SpinesegError(
            "outputs, targets and weights name different heads",
            found=f"{sorted(outputs)}, {sorted(targets)}, {sorted(weights)}",
            expected="the same names",
        )
    terms = [weights[head] * loss(outputs[head], targets[head]) for head in weights]
    return torch.stack(terms).sum()


class BCEDiceLoss(nn.Module):
    """Module of :func:`bce_dice_loss`."""

    def __init__(self, bce_weight: float = 1.0, dice_weight: float = 1.0) -> None:
        super().__init__()
        self.bce_weight, self.dice_weight = bce_weight, dice_weight

    def forward(self, logits: Tensor, target: Tensor) -> Tensor:
        """Return the loss of a batch."""
        return bce_dice_loss(logits, target, self.bce_weight, self.dice_weight)


class CEDiceLoss(nn.Module):
    """Module of :func:`ce_dice_loss`."""

    def __init__(self, ce_weight: float = 1.0, dice_weight: float = 1.0) -> None:
        super().__init__()
        self.ce_weight, self.dice_weight = ce_weight, dice_weight

    def forward(self, logits: Tensor, target: Tensor) -> Tensor:
        """Return the loss of a batch."""
        return ce_dice_loss(logits, target, self.ce_weight, self.dice_weight)


class CervSpineNetLoss(nn.Module):
    """Module of :func:`cervspinenet_loss`."""

    def __init__(self, weights: Mapping[str, float] | None = None) -> None:
        super().__init__()
        self.weights = weights

    def forward(self, logits: Tensor, target: Tensor) -> Tensor:
        """Return the loss of a batch."""
        return cervspinenet_loss(logits, target, self.weights)


class DeepSupervisionLoss(nn.Module):
    """Module of :func:`deep_supervision_loss`; takes outputs and targets by head."""

    def __init__(
        self, loss: Callable[[Tensor, Tensor], Tensor], weights: Mapping[str, float]
    ) -> None:
        super().__init__()
        self.loss, self.weights = loss, weights

    def forward(
        self, outputs: Mapping[str, Tensor], targets: Mapping[str, Tensor]
    ) -> Tensor:
        """Return the loss of a batch."""
        return deep_supervision_loss(self.loss, outputs, targets, self.weights)
