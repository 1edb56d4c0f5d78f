"""One loss of one output, made a loss of all outputs of a network with several."""

from collections.abc import Callable, Mapping, Sequence

from torch import Tensor
from torch.nn import functional

from spineseg import losses

Heads = Mapping[str, Tensor]
Loss = Callable[[Tensor, Tensor], Tensor]


def dual(loss: Loss) -> Callable[[Heads, Tensor], Tensor]:
    """Return a loss of the main and the auxiliary output, added.

    The auxiliary output is smaller; its target is the mask at that size, nearest
    neighbour (inception_unet; the paper gives no weights, one each is its framework's
    default).
    """

    def both(outputs: Heads, target: Tensor) -> Tensor:
        return _weighed(loss, outputs, target, {"logits": 1.0, "auxiliary": 1.0})

    return both


def deep(
    loss: Loss, weights: Callable[[int], Sequence[float]]
) -> Callable[[Heads, Tensor], Tensor]:
    """Return a loss of an output at several sizes, finest first (deep supervision).

    Args:
        loss: of one output.
        weights: of the outputs, given how many there are.
    """

    def all_sizes(outputs: Heads, target: Tensor) -> Tensor:
        given = dict(zip(outputs, weights(len(outputs)), strict=True))
        return _weighed(loss, outputs, target, given)

    return all_sizes


def one_each(outputs: int) -> list[float]:
    """Return the same weight for each output."""
    return [1.0] * outputs


def _weighed(
    loss: Loss, outputs: Heads, target: Tensor, weights: Mapping[str, float]
) -> Tensor:
    targets = {name: _sized(target, y.shape[-2:]) for name, y in outputs.items()}
    return losses.deep_supervision_loss(loss, outputs, targets, weights)


def _sized(target: Tensor, size: tuple[int, ...]) -> Tensor:
    if target.shape[-2:] == size:
        return target
    maps = target if target.ndim == 4 else target[:, None]
    small = functional.interpolate(maps.float(), size, mode="nearest-exact")
    return (small if target.ndim == 4 else small[:, 0]).to(target.dtype)
