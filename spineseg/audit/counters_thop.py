"""Counting as the printed tables were counted: the rules of the package thop 0.1.1.

"FLOPs" of that package are multiply-accumulates of some layers and single operations
of others, and its "Params" are those of the layers it knows. So this counter is wrong
on purpose, and its mistakes are listed:

- a transposed convolution counts stride^2 times too much;
- only exact types count: a subclass, a function, an unknown layer count nothing;
- only a layer that is called counts, so a fused call hides the layers it reads;
- weights outside the known layers (positions, class tokens, the scan's A and D) are
  not parameters.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import prod
from typing import Any

import torch
from torch import Tensor, nn

Rule = Callable[[Any, Tensor, Tensor], float]


@dataclass(frozen=True)
class Count:
    """What was counted.

    Args:
        parameters: numbers that are learned.
        macs: multiply-accumulates, by the counter's own convention.
    """

    parameters: int
    macs: float


def _conv(m: Any, x: Tensor, y: Tensor) -> float:
    return y.numel() * (m.in_channels // m.groups) * prod(m.kernel_size)


def _linear(m: nn.Linear, x: Tensor, y: Tensor) -> float:
    return y.numel() * m.in_features


def _norm(m: Any, x: Tensor, y: Tensor) -> float:
    affine = getattr(m, "affine", False) or getattr(m, "elementwise_affine", False)
    return x.numel() * (4 if affine else 2)


def _upsample(m: nn.Upsample, x: Tensor, y: Tensor) -> float:
    return y.numel() * {"nearest": 1, "bilinear": 11, "linear": 5}.get(m.mode, 0)


def _adaptive(m: Any, x: Tensor, y: Tensor) -> float:
    return (prod(a // b for a, b in zip(x.shape[2:], y.shape[2:], strict=True)) + 1) * (
        y.numel()
    )


def _softmax(m: nn.Softmax, x: Tensor, y: Tensor) -> float:
    row = x.shape[-1 if m.dim is None else m.dim]
    return x.numel() // row * (3 * row - 1)


def _nothing(m: nn.Module, x: Tensor, y: Tensor) -> float:
    return 0


def _each(m: nn.Module, x: Tensor, y: Tensor) -> float:
    return y.numel()


def _each_in_eval(m: nn.Module, x: Tensor, y: Tensor) -> float:
    return 0 if m.training else x.numel()


RULES: dict[type[nn.Module], Rule] = {
    **dict.fromkeys((nn.Conv1d, nn.Conv2d, nn.ConvTranspose2d), _conv),
    nn.Linear: _linear,
    **dict.fromkeys((nn.BatchNorm1d, nn.BatchNorm2d, nn.LayerNorm), _norm),
    nn.InstanceNorm2d: _norm,
    nn.Upsample: _upsample,
    nn.AvgPool2d: _each,
    nn.AdaptiveAvgPool2d: _adaptive,
    nn.Softmax: _softmax,
    nn.PReLU: _each_in_eval,
    **dict.fromkeys((nn.ReLU, nn.ReLU6, nn.LeakyReLU, nn.MaxPool2d), _nothing),
    **dict.fromkeys((nn.Dropout, nn.Sequential, nn.ZeroPad2d), _nothing),
}


def count_as_printed(model: nn.Module, shape: tuple[int, int, int, int]) -> Count:
    """Return parameters and "FLOPs" of a model in eval mode, by thop's rules.

    Args:
        model: on any device; on "meta" nothing is computed.
        shape: of the input, b c h w; the tables use one picture of three channels.
    """
    found: list[float] = []
    called: set[nn.Module] = set()
    handles = []
    for module in model.modules():
        rule = RULES.get(type(module))
        if rule is not None:
            handles.append(module.register_forward_hook(_note(rule, found, called)))
    was_training = model.training
    device = next(model.parameters()).device
    try:
        with torch.no_grad():
            model.eval()(torch.zeros(shape, device=device))
    finally:
        model.train(was_training)
        for handle in handles:
            handle.remove()
    weights = (p for m in called for p in m.parameters(recurse=False))
    return Count(sum(p.numel() for p in weights), sum(found))


def _note(
    rule: Rule, found: list[float], called: set[nn.Module]
) -> Callable[..., None]:
    def hook(module: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> None:
        found.append(rule(module, inputs[0], output))
        called.add(module)

    return hook
