"""Does a map depend on what the network has learned, and does it find a known cause?

Sources: Adebayo et al. 2018, arXiv:1810.03292 (weights and labels randomised).
"""

from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Float
from scipy.stats import rankdata
from torch import Tensor, nn

from spineseg.core.errors import SpinesegError
from spineseg.explain.watch import evaluating


class Step(NamedTuple):
    """A step of the cascade: this layer and all after it are random."""

    layer: str
    similarity: Float[Tensor, "b"]


def layers_as_run(model: nn.Module, x: Float[Tensor, "b i y x"]) -> list[str]:
    """Return the modules with parameters of their own, in the order they first run."""
    names: list[str] = []

    def note(name: str) -> Callable[..., None]:
        return lambda *_: None if name in names else names.append(name)

    handles = [
        module.register_forward_hook(note(name))
        for name, module in model.named_modules()
        if any(True for _ in module.parameters(recurse=False))
    ]
    try:
        with evaluating(model), torch.no_grad():
            model(x)
    finally:
        for handle in handles:
            handle.remove()
    return names


def randomised(
    model: nn.Module, x: Float[Tensor, "b i y x"], draw: np.random.Generator
) -> Iterator[tuple[str, nn.Module]]:
    """Yield networks whose layers are random from the output up to the named one.

    Each parameter is redrawn from the normal distribution of its own mean and standard
    deviation, so that a constant one stays. Buffers stay. The given network is not
    changed; the yielded one is the same copy, further randomised each time.

    Args:
        model: the trained network.
        x: pictures, to see in which order the layers run.
        draw: where the random numbers come from.
    """
    copy = deepcopy(model)
    modules = dict(copy.named_modules())
    for name in reversed(layers_as_run(model, x)):
        with torch.no_grad():
            for weight in modules[name].parameters(recurse=False):
                noise = torch.from_numpy(draw.standard_normal(tuple(weight.shape)))
                spread = weight.std(unbiased=False)
                weight.copy_(weight.mean() + spread * noise.to(weight))
        yield name, copy


def weight_cascade(
    explain: Callable[[nn.Module], Float[Tensor, "b h w"]],
    model: nn.Module,
    x: Float[Tensor, "b i y x"],
    draw: np.random.Generator,
) -> list[Step]:
    """Return how alike maps stay while the network is randomised from its output.

    Args:
        explain: from a network to its maps of the pictures.
        model: the trained network; not changed.
        x: the pictures.
        draw: where the random weights come from.
    """
    first = explain(model)
    return [
        Step(name, rank_similarity(first, explain(copy)))
        for name, copy in randomised(model, x, draw)
    ]


def rank_similarity(
    a: Float[Tensor, "b h w"], b: Float[Tensor, "b h w"]
) -> Float[Tensor, "b"]:
    """Return Spearman's correlation of two maps; nan where one of them is flat.

    Raises:
        SpinesegError: if the shapes differ.
    """
    if a.shape != b.shape:
        raise SpinesegError(
            "maps of different sizes", found=f"{tuple(a.shape)}, {tuple(b.shape)}"
        )
    x, y = (rankdata(m.detach().cpu().flatten(1).numpy(), axis=1) for m in (a, b))
    x, y = (r - r.mean(axis=1, keepdims=True) for r in (x, y))
    size = np.sqrt((x**2).sum(axis=1) * (y**2).sum(axis=1))
    with np.errstate(invalid="ignore"):
        return torch.from_numpy((x * y).sum(axis=1) / size).to(a.dtype)


def exchanged_labels(
    labels: Float[Tensor, "n ..."], draw: np.random.Generator
) -> Float[Tensor, "n ..."]:
    """Return the labels in another order, in which no picture keeps its own.

    Train a network on them as on the true ones: if its maps look the same, they do not
    show what was learned about the labels.

    Raises:
        SpinesegError: if there are fewer than two pictures.
    """
    if len(labels) < 2:
        raise SpinesegError(
            "labels cannot be exchanged", found=len(labels), expected="two or more"
        )
    order = draw.permutation(len(labels))
    to = np.empty_like(order)
    to[order] = np.roll(order, 1)  # one cycle through all: nobody stays
    return labels[torch.from_numpy(to)]
