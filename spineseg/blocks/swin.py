"""Shifted windows: attention inside small squares, whose borders move between blocks.

n: tokens of a window; c: channels; m: heads; p: side of a window. Attention costs
n^2 for each window instead of (h w)^2 for the map; as every second block moves the
windows by half a side, knowledge still spreads over the whole map.
Source: Liu et al. 2021 (Swin), doi:10.1109/ICCV48922.2021.00986; Cao et al. 2023
(patch expanding), doi:10.1007/978-3-031-25066-8_9.
"""

import torch
from einops import rearrange
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn import functional

from spineseg.blocks.vit import MLP


def offsets(side: int) -> Int[Tensor, "n n"]:
    """Return, for each pair of tokens of a window, the number of their offset."""
    y, x = torch.meshgrid(torch.arange(side), torch.arange(side), indexing="ij")
    rows, columns = (a.flatten()[:, None] - a.flatten() + side - 1 for a in (y, x))
    return rows * (2 * side - 1) + columns


def regions(size: int, side: int, shift: int) -> Int[Tensor, " size"]:
    """Return a number for the part of an axis that a token came from.

    After a shift the last window holds tokens of both ends; they are no neighbours.
    """
    place = torch.arange(size)
    return (place >= size - side).long() + (place >= size - shift).long()


class WindowBiasAttention(nn.Module):
    """softmax(q k' / sqrt(d) + B) v, where B is learned for each offset and head.

    Args:
        channels: before and after.
        heads: parallel attentions.
        side: of a window.
    """

    number: Tensor

    def __init__(self, channels: int, heads: int, side: int) -> None:
        super().__init__()
        self.heads, self.scale = heads, (channels // heads) ** -0.5
        self.table = nn.Parameter(torch.zeros((2 * side - 1) ** 2, heads))
        nn.init.trunc_normal_(self.table, std=0.02)
        self.register_buffer("number", offsets(side), persistent=False)
        self.qkv, self.proj = (
            nn.Linear(channels, 3 * channels),
            nn.Linear(channels, channels),
        )
        # a layer, not a function: the counter of the printed table counts layers only
        self.softmax = nn.Softmax(dim=-1)

    def forward(
        self, x: Float[Tensor, "b g n c"], apart: Float[Tensor, "g n n"] | None = None
    ) -> Float[Tensor, "b g n c"]:
        """Return what each token gathers in its window; ``apart`` is -100 or 0."""
        q, k, v = rearrange(
            self.qkv(x), "b g n (t m d) -> t b g m n d", t=3, m=self.heads
        )
        scores = (q * self.scale) @ k.transpose(-1, -2)
        scores = scores + self.table[self.number].permute(2, 0, 1)
        if apart is not None:
            scores = scores + apart[:, None]
        return self.proj(
            rearrange(self.softmax(scores) @ v, "b g m n d -> b g n (m d)")
        )


class SwinBlock(nn.Module):
    """Attention in windows, then a perceptron; a layer norm before each.

    A map that does not divide into windows is padded with zeros.

    Args:
        channels: before and after.
        heads: of the attention.
        side: of a window.
        shift: tokens that the windows are moved by; half a side or nothing.
    """

    def __init__(self, channels: int, heads: int, side: int, shift: int = 0) -> None:
        super().__init__()
        self.side, self.shift = side, shift
        self.norm1, self.norm2 = nn.LayerNorm(channels), nn.LayerNorm(channels)
        self.attention = WindowBiasAttention(channels, heads, side)
        self.mlp = MLP(channels, 4 * channels)

    def _apart(self, height: int, width: int, dy: int, dx: int) -> Tensor | None:
        if not dy and not dx:
            return None
        rows, columns = regions(height, self.side, dy), regions(width, self.side, dx)
        cut = "(i p) (j q) -> (i j) (p q)"
        p = self.side
        number = rearrange(3 * rows[:, None] + columns, cut, p=p, q=p)
        return -100.0 * (number[:, :, None] != number[:, None, :]).float()

    def gather(self, x: Float[Tensor, "b h w c"]) -> Float[Tensor, "b h w c"]:
        """Attend inside each window."""
        height, width = x.shape[1:3]
        p = self.side
        x = functional.pad(x, (0, 0, 0, -width % p, 0, -height % p))
        rows, columns = x.shape[1:3]
        # a single window has no neighbour to exchange tokens with
        dy, dx = (self.shift if n > p else 0 for n in (rows, columns))
        x = torch.roll(x, (-dy, -dx), (1, 2))
        apart = self._apart(rows, columns, dy, dx)
        windows = rearrange(x, "b (i p) (j q) c -> b (i j) (p q) c", p=p, q=p)
        windows = self.attention(windows, None if apart is None else apart.to(x))
        joined = "b (i j) (p q) c -> b (i p) (j q) c"
        x = rearrange(windows, joined, i=rows // p, p=p)
        return torch.roll(x, (dy, dx), (1, 2))[:, :height, :width]

    def forward(self, x: Float[Tensor, "b h w c"]) -> Float[Tensor, "b h w c"]:
        """Return tokens that know of those in their window."""
        x = x + self.gather(self.norm1(x))
        return x + self.mlp(self.norm2(x))


class PatchMerging(nn.Module):
    """Four neighbours become one token of ``c_out``, or twice the channels."""

    def __init__(self, channels: int, c_out: int | None = None) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(4 * channels)
        self.reduction = nn.Linear(4 * channels, c_out or 2 * channels, bias=False)

    def forward(self, x: Float[Tensor, "b h w c"]) -> Float[Tensor, "b h2 w2 d"]:
        """Return half as many rows and columns."""
        four = rearrange(x, "b (h p) (w q) c -> b h w (q p c)", p=2, q=2)
        return self.reduction(self.norm(four))


class PatchExpanding(nn.Module):
    """One token becomes factor x factor tokens of ``c_out`` channels."""

    def __init__(self, channels: int, c_out: int, factor: int = 2) -> None:
        super().__init__()
        self.factor = factor
        self.expand = nn.Linear(channels, factor**2 * c_out, bias=False)
        self.norm = nn.LayerNorm(c_out)

    def forward(self, x: Float[Tensor, "b h w c"]) -> Float[Tensor, "b h2 w2 d"]:
        """Return ``factor`` times as many rows and columns."""
        p = self.factor
        wide = rearrange(self.expand(x), "b h w (p q c) -> b (h p) (w q) c", p=p, q=p)
        return self.norm(wide)
