"""Look into a network while it runs, and leave it as it was.

A layer is named as in ``model.named_modules()``. Hooks are gone when the block ends,
also after an exception; every submodule keeps its own training mode; parameters and
their gradients are never written.

b: pictures; c: channels; h, w: rows and columns; l: tokens, h w of them.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from difflib import get_close_matches

import torch
from einops import rearrange
from jaxtyping import Float
from torch import Tensor, nn

from spineseg.core.errors import SpinesegError

Layout = Callable[[Tensor], Tensor]
"""From what a layer returns to ``b c h w``."""


def channels_first(a: Tensor) -> Float[Tensor, "b c h w"]:
    """Return the features of a convolution as they are."""
    return _need(a, 4)


def channels_last(a: Tensor) -> Float[Tensor, "b c h w"]:
    """Return ``b h w c``, as state-space and SAM blocks have it, channels first."""
    return rearrange(_need(a, 4), "b h w c -> b c h w")


def tokens(height: int, width: int, skip: int = 0) -> Layout:
    """Return the layout of transformer tokens ``b l c``, row by row.

    Args:
        height: rows of the grid of tokens.
        width: its columns.
        skip: leading tokens that are no patch (class token, prompts).
    """

    def arrange(a: Tensor) -> Tensor:
        _fits(_need(a, 3).shape[1], height, width, skip)
        return rearrange(a[:, skip:], "b (h w) c -> b c h w", h=height)

    return arrange


def sequence(height: int, width: int) -> Layout:
    """Return the layout of a scan ``b c l`` that reads a picture row by row."""

    def arrange(a: Tensor) -> Tensor:
        _fits(_need(a, 3).shape[2], height, width, 0)
        return rearrange(a, "b c (h w) -> b c h w", h=height)

    return arrange


def _need(a: Tensor, axes: int) -> Tensor:
    if a.dim() != axes:
        raise SpinesegError(
            "the layer's output has another number of axes than the layout",
            found=tuple(a.shape),
            expected=f"{axes} axes",
            remedy="Choose channels_first, channels_last, tokens(...) or sequence(...)",
        )
    return a


def _fits(length: int, height: int, width: int, skip: int) -> None:
    if length != height * width + skip:
        raise SpinesegError(
            "the tokens do not fill the grid",
            found=f"{length} tokens, {skip} of them skipped",
            expected=f"{height} x {width}",
        )


def find_layer(model: nn.Module, name: str) -> nn.Module:
    """Return a submodule by its name.

    Raises:
        SpinesegError: if there is none; says the nearest names.
    """
    known = dict(model.named_modules())
    if name not in known:
        near = get_close_matches(name, known, n=5, cutoff=0.2) or list(known)[1:6]
        raise SpinesegError(
            "the network has no such layer",
            found=repr(name),
            expected=f"a name of named_modules(), for example {', '.join(near)}",
        )
    return known[name]


@contextmanager
def evaluating(model: nn.Module) -> Iterator[None]:
    """Put a network into evaluation mode; give each submodule its own mode back."""
    before = {module: module.training for module in model.modules()}
    model.eval()
    try:
        yield
    finally:
        for module, training in before.items():
            module.training = training


@contextmanager
def watched(model: nn.Module, names: Sequence[str]) -> Iterator[dict[str, Tensor]]:
    """Collect what the named layers return while the block runs.

    Raises:
        SpinesegError: if a layer is unknown, or returns no tensor.
    """
    seen: dict[str, Tensor] = {}

    def keep(name: str) -> Callable[..., None]:
        def hook(_module: nn.Module, _inputs: object, output: object) -> None:
            if not isinstance(output, Tensor):
                raise SpinesegError(
                    f"the layer {name} does not return one tensor",
                    found=type(output).__name__,
                    remedy="Name a layer inside it",
                )
            seen[name] = output

        return hook

    with ExitStack() as stack:
        for name in names:
            handle = find_layer(model, name).register_forward_hook(keep(name))
            stack.callback(handle.remove)
        yield seen


def seen_at(seen: dict[str, Tensor], name: str) -> Tensor:
    """Return what a layer returned.

    Raises:
        SpinesegError: if the layer never ran.
    """
    if name not in seen:
        raise SpinesegError("the layer did not run", found=repr(name))
    return seen[name]


def feature_maps(
    model: nn.Module,
    x: Float[Tensor, "b i y x"],
    layer: str,
    layout: Layout = channels_first,
) -> Float[Tensor, "b c h w"]:
    """Return what a layer makes of pictures, detached.

    Raises:
        SpinesegError: see :func:`watched`; or if the layout does not fit.
    """
    with evaluating(model), torch.no_grad(), watched(model, [layer]) as seen:
        model(x)
    return layout(seen_at(seen, layer)).detach()
