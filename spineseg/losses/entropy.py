"""Losses from the probability of the right answer at each pixel.

Sources: Lin et al. 2017, doi:10.1109/ICCV.2017.324 (focal loss). Formulas as in
inception_unet (loss section) and cvmunet.
"""

from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn import functional

from spineseg.losses.shapes import check_binary, one_hot


def bce_loss(
    logits: Float[Tensor, "b *rest"], target: Float[Tensor, "b *rest"]
) -> Float[Tensor, ""]:
    """Return the binary cross entropy of logits, averaged over all pixels."""
    check_binary(logits, target)
    return functional.binary_cross_entropy_with_logits(logits, target)


def cross_entropy_loss(
    logits: Float[Tensor, "b k *rest"], target: Int[Tensor, "b *rest"]
) -> Float[Tensor, ""]:
    """Return the categorical cross entropy of logits, averaged over all pixels."""
    one_hot(target, logits)  # its checks: torch accepts -100 as "ignore"
    return functional.cross_entropy(logits, target.long())


def focal_loss(
    logits: Float[Tensor, "b *rest"],
    target: Float[Tensor, "b *rest"],
    alpha: float = 0.5,
    gamma: float = 2.0,
) -> Float[Tensor, ""]:
    """Return -alpha_i (1 - p_i)^gamma log p_i, averaged over all pixels.

    p_i is the probability given to the truth. alpha weighs the foreground and
    1 - alpha the background; with the paper's 0.5 and gamma = 0 it is half the binary
    cross entropy.
    """
    check_binary(logits, target)
    entropy = functional.binary_cross_entropy_with_logits(
        logits, target, reduction="none"
    )
    right = logits.sigmoid() * target + (-logits).sigmoid() * (1 - target)
    weight = alpha * target + (1 - alpha) * (1 - target)
    return (weight * (1 - right) ** gamma * entropy).mean()


def multiclass_focal_loss(
    logits: Float[Tensor, "b k *rest"],
    target: Int[Tensor, "b *rest"],
    gamma: float = 2.0,
) -> Float[Tensor, ""]:
    """Return -(1 - p)^gamma log p of the true class, averaged over all pixels."""
    one_hot(target, logits)
    log_right = -functional.cross_entropy(logits, target.long(), reduction="none")
    return (-((1 - log_right.exp()) ** gamma) * log_right).mean()


class BCELoss(nn.Module):
    """Module of :func:`bce_loss`."""

    def forward(self, logits: Tensor, target: Tensor) -> Tensor:
        """Return the loss of a batch."""
        return bce_loss(logits, target)


class CrossEntropyLoss(nn.Module):
    """Module of :func:`cross_entropy_loss`."""

    def forward(self, logits: Tensor, target: Tensor) -> Tensor:
        """Return the loss of a batch."""
        return cross_entropy_loss(logits, target)


class FocalLoss(nn.Module):
    """Module of :func:`focal_loss`."""

    def __init__(self, alpha: float = 0.5, gamma: float = 2.0) -> None:
        super().__init__()
        self.alpha, self.gamma = alpha, gamma

    def forward(self, logits: Tensor, target: Tensor) -> Tensor:
        """Return the loss of a batch."""
        return focal_loss(logits, target, self.alpha, self.gamma)


class MulticlassFocalLoss(nn.Module):
    """Module of :func:`multiclass_focal_loss`."""

    def __init__(self, gamma: float = 2.0) -> None:
        super().__init__()
        self.gamma = gamma

    def forward(self, logits: Tensor, target: Tensor) -> Tensor:
        """Return the loss of a batch."""
        return multiclass_focal_loss(logits, target, self.gamma)
