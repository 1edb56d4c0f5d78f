"""The image encoder of Segment Anything: a vision transformer with windows.

n: tokens; c: channels; d: channels of a head; h, w: rows and columns of tokens. The
names of the weights are those of the published checkpoints, so that these load.

Sources: Kirillov et al. 2023, arXiv:2304.02643; Li et al. 2022 (ViTDet: windows and
relative positions), arXiv:2203.16527.
"""

from collections.abc import Sequence

import torch
from einops import rearrange
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from spineseg.blocks.norm import LayerNorm2d


def relative(table: Float[Tensor, "s d"], size: int) -> Float[Tensor, "q k d"]:
    """Return the position of each key seen from each query along one axis.

    A table made for another size is stretched linearly to 2 size - 1 entries.
    """
    wanted = 2 * size - 1
    if table.shape[0] != wanted:
        table = functional.interpolate(table.T[None], size=wanted, mode="linear")[0].T
    place = torch.arange(size, device=table.device)
    return table[place[:, None] - place[None, :] + size - 1]


class WindowAttention(nn.Module):
    """Self-attention over a grid of tokens with decomposed relative positions.

    score = q k / sqrt(d) + q . R_h(row distance) + q . R_w(column distance)

    Args:
        channels: before and after.
        heads: parallel attentions.
        side: of the grid that the tables are made for.
    """

    def __init__(self, channels: int, heads: int, side: int) -> None:
        super().__init__()
        d = channels // heads
        self.heads = heads
        self.qkv = nn.Linear(channels, 3 * channels)
        self.proj = nn.Linear(channels, channels)
        self.rel_pos_h = nn.Parameter(torch.zeros(2 * side - 1, d))
        self.rel_pos_w = nn.Parameter(torch.zeros(2 * side - 1, d))

    def positions(
        self, q: Float[Tensor, "b m n d"], height: int, width: int
    ) -> Float[Tensor, "b m n n"]:
        """Return the part of the scores that comes from where tokens are."""
        q = rearrange(q, "b m (h w) d -> b m h w d", h=height)
        rows, columns = (
            relative(self.rel_pos_h, height),
            relative(self.rel_pos_w, width),
        )
        by_row = torch.einsum("bmhwd,hkd->bmhwk", q, rows)[..., :, None]
        by_column = torch.einsum("bmhwd,wkd->bmhwk", q, columns)[..., None, :]
        return rearrange(by_row + by_column, "b m h w i j -> b m (h w) (i j)")

    def forward(self, x: Float[Tensor, "b h w c"]) -> Float[Tensor, "b h w c"]:
        """Return what each token gathers."""
        height, width = x.shape[1:3]
        q, k, v = rearrange(
            self.qkv(x), "b h w (t m d) -> t b m (h w) d", t=3, m=self.heads
        )
        bias = self.positions(q, height, width)
        out = functional.scaled_dot_product_attention(q, k, v, attn_mask=bias)
        return self.proj(rearrange(out, "b m (h w) d -> b h w (m d)", h=height))


class MLP(nn.Module):
    """Widen, GELU, narrow."""

    def __init__(self, channels: int, hidden: int) -> None:
        super().__init__()
        self.lin1, self.lin2 = nn.Linear(channels, hidden), nn.Linear(hidden, channels)

    def forward(self, x: Float[Tensor, "... c"]) -> Float[Tensor, "... c"]:
        """Return the mapped tokens."""
        return self.lin2(functional.gelu(self.lin1(x)))


class ViTBlock(nn.Module):
    """Attention, in windows or over all tokens, then a perceptron.

    Args:
        channels: before and after.
        heads: of the attention.
        side: of the grid of all tokens.
        window: side of a window; 0 attends over all tokens.
    """

    def __init__(self, channels: int, heads: int, side: int, window: int) -> None:
        super().__init__()
        self.window = window
        self.norm1 = nn.LayerNorm(channels, eps=1e-6)
        self.attn = WindowAttention(channels, heads, window or side)
        self.norm2 = nn.LayerNorm(channels, eps=1e-6)
        self.mlp = MLP(channels, 4 * channels)

    def gather(self, x: Float[Tensor, "b h w c"]) -> Float[Tensor, "b h w c"]:
        """Attend, window by window; the grid is padded with zeros to whole windows."""
        if not self.window:
            return self.attn(x)
        height, width = x.shape[1:3]
        side = self.window
        x = functional.pad(x, (0, 0, 0, -width % side, 0, -height % side))
        rows = x.shape[1] // side
        cut = "b (i p) (j q) c -> (b i j) p q c"
        windows = self.attn(rearrange(x, cut, p=side, q=side))
        joined = "(b i j) p q c -> b (i p) (j q) c"
        x = rearrange(windows, joined, i=rows, j=x.shape[2] // side)
        return x[:, :height, :width]

    def forward(self, x: Float[Tensor, "b h w c"]) -> Float[Tensor, "b h w c"]:
        """Return tokens that know of one another."""
        x = x + self.gather(self.norm1(x))
        return x + self.mlp(self.norm2(x))


class PatchEmbed(nn.Module):
    """Cut the picture into patches; each becomes a token."""

    def __init__(self, in_channels: int, channels: int, patch: int) -> None:
        super().__init__()
        self.proj = nn.Conv2d(in_channels, channels, patch, stride=patch)

    def forward(self, x: Float[Tensor, "b i y x"]) -> Float[Tensor, "b h w c"]:
        """Return the grid of tokens."""
        return rearrange(self.proj(x), "b c h w -> b h w c")


class ImageEncoderViT(nn.Module):
    """Patches, positions, blocks, and a neck that narrows to ``out`` channels.

    The defaults are ViT-B: 89,670,912 parameters, 256 x 64 x 64 for 1024 x 1024.

    Args:
        in_channels: of the picture.
        channels: of a token.
        depth: blocks.
        heads: of each attention.
        out: channels of the neck.
        size: of the picture that the positions are made for.
        window: side of the windows.
        global_blocks: the blocks that attend over all tokens.
    """

    patch = 16

    def __init__(
        self,
        in_channels: int = 3,
        channels: int = 768,
        depth: int = 12,
        heads: int = 12,
        out: int = 256,
        size: int = 1024,
        window: int = 14,
        global_blocks: Sequence[int] = (2, 5, 8, 11),
    ) -> None:
        super().__init__()
        side = size // self.patch
        self.patch_embed = PatchEmbed(in_channels, channels, self.patch)
        self.pos_embed = nn.Parameter(torch.empty(1, side, side, channels))
        nn.init.trunc_normal_(self.pos_embed, std=0.02)
        self.blocks = nn.ModuleList(
            ViTBlock(channels, heads, side, 0 if i in global_blocks else window)
            for i in range(depth)
        )
        self.neck = nn.Sequential(
            nn.Conv2d(channels, out, 1, bias=False),
            LayerNorm2d(out),
            nn.Conv2d(out, out, 3, padding=1, bias=False),
            LayerNorm2d(out),
        )

    def positions(self, height: int, width: int) -> Float[Tensor, "1 h w c"]:
        """Return the absolute positions, interpolated for another grid."""
        if self.pos_embed.shape[1:3] == (height, width):
            return self.pos_embed
        first = rearrange(self.pos_embed, "b h w c -> b c h w")
        resized = functional.interpolate(
            first, size=(height, width), mode="bicubic", align_corners=False
        )
        return rearrange(resized, "b c h w -> b h w c")

    def forward(self, x: Float[Tensor, "b i y x"]) -> Float[Tensor, "b o h w"]:
        """Return the features, one for each patch."""
        x = self.patch_embed(x)
        x = x + self.positions(*x.shape[1:3])
        for block in self.blocks:
            x = block(x)
        return self.neck(rearrange(x, "b h w c -> b c h w"))
