"""Attention: how much each token takes from each other, and how that adds up.

b: pictures; m: heads; n: tokens; A: attention of a block, its rows are queries; R:
rollout, R = A_L ... A_2 A_1 with A' = (A + I) / 2 in each block.

A rollout follows the attention weights alone. It knows nothing of values, perceptrons
or the class, so it is no explanation of one class.

Source: Abnar and Zuidema 2020, arXiv:2005.00928, Sec. 3 (mean over heads, identity).
"""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import torch
from einops import rearrange, reduce
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional
from torch.overrides import TorchFunctionMode

from spineseg.core.errors import SpinesegError
from spineseg.explain.watch import evaluating, find_layer

Fusion = Literal["mean", "max", "min"]


class _Recorder(TorchFunctionMode):
    """Note the weights of every scaled dot product attention that runs inside."""

    def __init__(self) -> None:
        super().__init__()
        self.inside: list[str] = []
        self.weights: dict[str, list[Tensor]] = {}

    def __torch_function__(
        self, func: Any, types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        kwargs = kwargs or {}
        if func is functional.scaled_dot_product_attention and self.inside:
            weights = attention_weights(*args, **kwargs)
            self.weights.setdefault(self.inside[-1], []).append(weights)
        return func(*args, **kwargs)


def attention_weights(
    query: Float[Tensor, "*b q d"],
    key: Float[Tensor, "*b k d"],
    value: Tensor | None = None,
    attn_mask: Tensor | None = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    scale: float | None = None,
    **rest: Any,
) -> Float[Tensor, "*b q k"]:
    """Return softmax(q k' scale + mask), the weights behind torch's fused attention.

    Arguments are those of ``scaled_dot_product_attention``; ``value`` and dropout do
    not change the weights.

    Raises:
        SpinesegError: for grouped queries, which are not supported.
    """
    if rest.get("enable_gqa"):
        raise SpinesegError("grouped queries are not supported", found="enable_gqa")
    scores = query @ key.transpose(-2, -1) * (scale or query.shape[-1] ** -0.5)
    if is_causal:
        below = torch.ones_like(scores, dtype=torch.bool).tril()
        scores = scores.masked_fill(~below, -torch.inf)
    if attn_mask is not None:
        if attn_mask.dtype == torch.bool:
            scores = scores.masked_fill(~attn_mask, -torch.inf)
        else:
            scores = scores + attn_mask
    return scores.softmax(dim=-1)


def attention_of(
    model: nn.Module, x: Float[Tensor, "b i y x"], layers: Sequence[str]
) -> dict[str, Float[Tensor, "w m q k"]]:
    """Return the attention weights that ran inside each named layer.

    Windows, if any, are still apart, on the first axis: see :func:`joined_windows`.

    Raises:
        SpinesegError: if a layer is unknown, or did not run exactly one
            ``scaled_dot_product_attention`` (``nn.MultiheadAttention`` and attention
            written with a softmax of its own are not seen).
    """
    recorder, handles = _Recorder(), []
    try:
        for name in layers:
            layer = find_layer(model, name)
            handles += [
                layer.register_forward_pre_hook(
                    lambda *_, name=name: recorder.inside.append(name)
                ),
                layer.register_forward_hook(lambda *_: _leave(recorder)),
            ]
        with evaluating(model), torch.no_grad(), recorder:
            model(x)
    finally:
        for handle in handles:
            handle.remove()
    return {name: _only(recorder.weights.get(name, []), name) for name in layers}


def _leave(recorder: _Recorder) -> None:
    recorder.inside.pop()


def _only(weights: list[Tensor], name: str) -> Tensor:
    if len(weights) != 1:
        raise SpinesegError(
            "the layer must run scaled_dot_product_attention once",
            found=f"{len(weights)} times in {name!r}",
            remedy="Name a layer with one attention inside",
        )
    return weights[0]


def joined_windows(
    windows: Float[Tensor, "w m q k"], height: int, width: int, side: int
) -> Float[Tensor, "b m n n"]:
    """Return attention over the whole grid from attention inside windows.

    Two tokens in different windows do not see each other: their weight is zero. Where
    the grid was padded to whole windows, the padding is left out, and with it the
    weight that tokens gave to it: such rows sum to less than one.

    Args:
        windows: windows of a picture row by row, pictures one after the other; the
            tokens of a window row by row.
        height: rows of the grid of tokens, without padding.
        width: its columns.
        side: of a window.

    Raises:
        SpinesegError: if the number or the size of the windows does not fit.
    """
    rows, columns = -(-height // side), -(-width // side)
    count, heads, q, k = windows.shape
    if count % (rows * columns) or q != k or q != side**2:
        raise SpinesegError(
            "the windows do not fit the grid",
            found=tuple(windows.shape),
            expected=f"a multiple of {rows * columns} windows of {side**2} tokens",
        )
    place = torch.arange(rows * side * columns * side, device=windows.device)
    place = place.view(rows * side, columns * side)
    own = rearrange(place, "(i p) (j q) -> (i j) (p q)", p=side, q=side)
    full = windows.new_zeros(count // len(own), heads, place.numel(), place.numel())
    for index, tokens in enumerate(own):
        full[:, :, tokens[:, None], tokens[None, :]] = windows[index :: len(own)]
    kept = place[:height, :width].flatten()
    return full[:, :, kept[:, None], kept[None, :]]


def grid_attention(
    model: nn.Module,
    x: Float[Tensor, "b i y x"],
    sides: Mapping[str, int],
    height: int,
    width: int,
) -> list[Float[Tensor, "b m n n"]]:
    """Return the attention of blocks over one grid, some of them in windows.

    What :func:`attention_rollout` wants of an encoder such as SAM's, whose blocks look
    into windows and, now and then, over the whole grid.

    Args:
        model: holds the blocks.
        x: pictures.
        sides: name of each block, in the order they run, to the side of its windows;
            0 for a block that sees the whole grid.
        height: rows of the grid of tokens.
        width: its columns.

    Raises:
        SpinesegError: as :func:`attention_of` and :func:`joined_windows`.
    """
    seen = attention_of(model, x, list(sides))
    return [
        joined_windows(seen[name], height, width, side) if side else seen[name]
        for name, side in sides.items()
    ]


def attention_rollout(
    attentions: Sequence[Float[Tensor, "b m n n"]],
    fusion: Fusion = "mean",
    residual: bool = True,
    normalise: bool = True,
    discard: float = 0.0,
) -> Float[Tensor, "b n n"]:
    """Return how much each token of the last block draws from each of the first.

    Args:
        attentions: of the blocks in their order, all over the same tokens.
        fusion: how heads become one; max and min are no means, rows then no longer
            sum to one unless normalised.
        residual: add the identity for the shortcut around the attention.
        normalise: divide each row by its sum, after everything else.
        discard: share of the smallest weights of each row set to zero, before the
            identity is added.

    Raises:
        SpinesegError: if there is no block, grids differ or an argument is unknown.
    """
    if len({a.shape[-2:] for a in attentions}) != 1 or not 0 <= discard < 1:
        raise SpinesegError(
            "this attention cannot be rolled out",
            found=f"{[tuple(a.shape) for a in attentions]}, discard {discard}",
            expected="blocks over the same tokens, and 0 <= discard < 1",
            remedy="Put windows together with joined_windows first",
        )
    rolled: Tensor | None = None
    for attention in attentions:
        a = _without_smallest(fused(attention, fusion), discard)
        a = a + torch.eye(a.shape[-1], dtype=a.dtype, device=a.device) * residual
        if normalise:
            # a row without any weight stays zero
            a = a / a.sum(-1, keepdim=True).clamp_min(torch.finfo(a.dtype).tiny)
        rolled = a if rolled is None else a @ rolled
    assert rolled is not None
    return rolled


def fused(attention: Float[Tensor, "b m q k"], fusion: Fusion) -> Tensor:
    """Return one attention for all heads.

    Raises:
        SpinesegError: if the fusion is unknown.
    """
    if fusion not in ("mean", "max", "min"):
        raise SpinesegError("unknown fusion", found=fusion, expected="mean, max, min")
    return reduce(attention, "b m q k -> b q k", fusion)


def _without_smallest(a: Float[Tensor, "b n n"], share: float) -> Tensor:
    count = int(share * a.shape[-1])
    if not count:
        return a
    smallest = a.topk(count, dim=-1, largest=False).indices
    return a.scatter(-1, smallest, 0.0)


def query_map(
    weights: Float[Tensor, "b q k"], query: int, height: int, width: int, skip: int = 0
) -> Float[Tensor, "b h w"]:
    """Return what one query token takes from each place of the grid.

    Args:
        weights: a rollout, or attention with its heads fused; keys may be a picture
            that other tokens look at (cross attention).
        query: index of the query token.
        height: rows of the grid of keys.
        width: its columns.
        skip: leading keys that are no place.

    Raises:
        SpinesegError: if there is no such query or the keys do not fill the grid.
    """
    queries, keys = weights.shape[-2:]
    if not 0 <= query < queries or keys != height * width + skip:
        raise SpinesegError(
            "the query or the grid does not fit the attention",
            found=f"query {query}, {height} x {width} after {skip}",
            expected=f"{queries} queries, {keys} keys",
        )
    return rearrange(weights[:, query, skip:], "b (h w) -> b h w", h=height)
