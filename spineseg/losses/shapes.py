"""What every loss asks of its two tensors."""

from jaxtyping import Float, Int
from torch import Tensor
from torch.nn import functional

from spineseg.core.errors import SpinesegError


def check_binary(logits: Tensor, target: Tensor) -> None:
    """Refuse tensors of different shapes: broadcasting would hide a mistake.

    Raises:
        SpinesegError: if the shapes differ or the target is not a float tensor.
    """
    if logits.shape != target.shape:
        raise SpinesegError(
            "logits and target differ in shape",
            found=f"{tuple(logits.shape)} and {tuple(target.shape)}",
            expected="equal shapes",
        )
    if not target.is_floating_point():
        raise SpinesegError(
            "a binary target must be a float tensor of zeros and ones",
            found=str(target.dtype),
            remedy="Call target.float()",
        )


def one_hot(
    target: Int[Tensor, "b *rest"], logits: Float[Tensor, "b k *rest"]
) -> Float[Tensor, "b k *rest"]:
    """Return the labels as one channel a class, in the type of the logits.

    Raises:
        SpinesegError: if the shapes do not belong together or a label is no class.
    """
    classes = logits.shape[1]
    if target.shape != (logits.shape[0], *logits.shape[2:]):
        raise SpinesegError(
            "labels do not fit the logits",
            found=f"{tuple(target.shape)} and {tuple(logits.shape)}",
            expected="labels b ... beside logits b k ...",
        )
    low, high = (int(target.min()), int(target.max())) if target.numel() else (0, 0)
    if low < 0 or high >= classes:
        raise SpinesegError(
            "a label is none of the classes",
            found=f"labels {low} to {high}",
            expected=f"0 to {classes - 1}",
        )
    return functional.one_hot(target.long(), classes).movedim(-1, 1).to(logits.dtype)
