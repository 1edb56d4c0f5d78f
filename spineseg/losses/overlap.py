"""Losses from the overlap of two masks: Dice and its relatives.

b: images of a batch; k: classes.  Binary losses take logits and a target of the same
shape; class losses take logits ``b k ...`` and integer labels ``b ...``.

Sources: V-Net, Milletari et al. 2016, doi:10.1109/3DV.2016.79 (Dice);
Salehi et al. 2017, doi:10.1007/978-3-319-67389-9_44 (Tversky);
Abraham and Khan 2019, doi:10.1109/ISBI.2019.8759329 (focal Tversky).
"""

from jaxtyping import Float, Int
from torch import Tensor, nn

from spineseg.losses.shapes import check_binary, one_hot

EPSILON = 1e-6
"""Keeps the ratio of two empty masks at one: agreeing on nothing costs nothing."""


def dice_loss(
    logits: Float[Tensor, "b *rest"],
    target: Float[Tensor, "b *rest"],
    epsilon: float = EPSILON,
) -> Float[Tensor, ""]:
    """Return one minus the soft Dice coefficient of each image, averaged.

    Eq. 8 of cervspinenet, the Dice term of cvmunet and inception_unet. Two empty
    masks give zero.

    Raises:
        SpinesegError: if the shapes differ.
    """
    check_binary(logits, target)
    return soft_dice_loss(logits.sigmoid(), target, epsilon).mean()


def pooled_dice_loss(
    logits: Float[Tensor, "b *rest"],
    target: Float[Tensor, "b *rest"],
    epsilon: float = EPSILON,
) -> Float[Tensor, ""]:
    """Return one minus the soft Dice coefficient of the whole batch as one picture.

    What frameworks compute that flatten the batch: an image with an empty target
    then weighs almost nothing, where :func:`dice_loss` gives it its full share.
    """
    check_binary(logits, target)
    return soft_dice_loss(
        logits.sigmoid().flatten()[None], target.flatten()[None], epsilon
    ).mean()


def multiclass_dice_loss(
    logits: Float[Tensor, "b k *rest"],
    target: Int[Tensor, "b *rest"],
    epsilon: float = EPSILON,
) -> Float[Tensor, ""]:
    """Return one minus the soft Dice of softmax, averaged over images and classes.

    The background is a class like any other, as in inception_unet.
    """
    hot = one_hot(target, logits)
    per_class = soft_dice_loss(
        logits.softmax(1).flatten(0, 1), hot.flatten(0, 1), epsilon
    )
    return per_class.mean()


def soft_dice_loss(
    probability: Float[Tensor, "b *rest"],
    target: Float[Tensor, "b *rest"],
    epsilon: float = EPSILON,
) -> Float[Tensor, " b"]:
    """Return one minus the Dice coefficient of probabilities, for each row."""
    p, y = probability.flatten(1), target.flatten(1)
    overlap = (p * y).sum(1)
    return 1 - (2 * overlap + epsilon) / (p.sum(1) + y.sum(1) + epsilon)


def tversky_index(
    logits: Float[Tensor, "b *rest"],
    target: Float[Tensor, "b *rest"],
    alpha: float = 0.7,
    beta: float = 0.3,
    epsilon: float = EPSILON,
) -> Float[Tensor, " b"]:
    """Return TP / (TP + alpha FN + beta FP) of each image (cervspinenet, Eq. 10).

    alpha weighs what was missed, beta what was invented; alpha = beta = 1/2 is the
    Dice coefficient.
    """
    check_binary(logits, target)
    p, y = logits.sigmoid().flatten(1), target.flatten(1)
    hit, missed, invented = (p * y).sum(1), ((1 - p) * y).sum(1), (p * (1 - y)).sum(1)
    return (hit + epsilon) / (hit + alpha * missed + beta * invented + epsilon)


def tversky_loss(
    logits: Float[Tensor, "b *rest"],
    target: Float[Tensor, "b *rest"],
    alpha: float = 0.7,
    beta: float = 0.3,
) -> Float[Tensor, ""]:
    """Return one minus the Tversky index, averaged over the images."""
    return (1 - tversky_index(logits, target, alpha, beta)).mean()


def focal_tversky_loss(
    logits: Float[Tensor, "b *rest"],
    target: Float[Tensor, "b *rest"],
    alpha: float = 0.75,
    beta: float = 0.3,
    gamma: float = 0.75,
) -> Float[Tensor, ""]:
    """Return (1 - T)^gamma, averaged over the images (cervspinenet, Eq. 11).

    The defaults are the paper's; alpha + beta = 1.05 there (claim ledger), where
    the cited source has them sum to one.
    """
    miss = 1 - tversky_index(logits, target, alpha, beta)
    # gamma < 1 has an infinite slope at zero: keep a perfect image's gradient finite
    return miss.clamp_min(EPSILON).pow(gamma).mean()


class DiceLoss(nn.Module):
    """Module of :func:`dice_loss`."""

    def __init__(self, epsilon: float = EPSILON) -> None:
        super().__init__()
        self.epsilon = epsilon

    def forward(self, logits: Tensor, target: Tensor) -> Tensor:
        """Return the loss of a batch."""
        return dice_loss(logits, target, self.epsilon)


class PooledDiceLoss(nn.Module):
    """Module of :func:`pooled_dice_loss`."""

    def __init__(self, epsilon: float = EPSILON) -> None:
        super().__init__()
        self.epsilon = epsilon

    def forward(self, logits: Tensor, target: Tensor) -> Tensor:
        """Return the loss of a batch."""
        return pooled_dice_loss(logits, target, self.epsilon)


class MulticlassDiceLoss(nn.Module):
    """Module of :func:`multiclass_dice_loss`."""

    def __init__(self, epsilon: float = EPSILON) -> None:
        super().__init__()
        self.epsilon = epsilon

    def forward(self, logits: Tensor, target: Tensor) -> Tensor:
        """Return the loss of a batch."""
        return multiclass_dice_loss(logits, target, self.epsilon)


class TverskyLoss(nn.Module):
    """Module of :func:`tversky_loss`."""

    def __init__(self, alpha: float = 0.7, beta: float = 0.3) -> None:
        super().__init__()
        self.alpha, self.beta = alpha, beta

    def forward(self, logits: Tensor, target: Tensor) -> Tensor:
        """Return the loss of a batch."""
        return tversky_loss(logits, target, self.alpha, self.beta)


class FocalTverskyLoss(nn.Module):
    """Module of :func:`focal_tversky_loss`."""

    def __init__(
        self, alpha: float = 0.75, beta: float = 0.3, gamma: float = 0.75
    ) -> None:
        super().__init__()
        self.alpha, self.beta, self.gamma = alpha, beta, gamma

    def forward(self, logits: Tensor, target: Tensor) -> Tensor:
        """Return the loss of a batch."""
        return focal_tversky_loss(logits, target, self.alpha, self.beta, self.gamma)
