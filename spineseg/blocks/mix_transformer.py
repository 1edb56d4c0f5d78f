"""SegFormer's encoder (MiT): transformers at four sizes, without positions.

n: tokens of a level; c: channels; r: reduction. Keys and values come from a map r times
smaller, so that attention costs n * n / r^2; the perceptron has a 3 x 3 depthwise
convolution inside, whose border tells tokens where they are.

Source: Xie et al. 2021, arXiv:2105.15203, Sec. 3.1.
"""

from collections.abc import Sequence
from itertools import pairwise

from einops import rearrange
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

EPS = 1e-6


class ReducedAttention(nn.Module):
    """Self-attention whose keys and values come from a smaller map.

    Args:
        channels: before and after.
        heads: parallel attentions.
        reduction: side of the field that becomes one key.
    """

    def __init__(self, channels: int, heads: int, reduction: int) -> None:
        super().__init__()
        self.heads = heads
        self.q, self.k, self.v = (nn.Linear(channels, channels) for _ in range(3))
        self.proj = nn.Linear(channels, channels)
        self.reduce: nn.Module | None = None
        self.norm = nn.Identity()
        if reduction > 1:
            self.reduce = nn.Conv2d(channels, channels, reduction, stride=reduction)
            # 1e-5 here, 1e-6 elsewhere, as in the published weights' code
            self.norm = nn.LayerNorm(channels)

    def forward(self, x: Float[Tensor, "b n c"], height: int) -> Float[Tensor, "b n c"]:
        """Return what each token gathers; ``height`` is that of the tokens' map."""
        few = x
        if self.reduce is not None:
            fine = rearrange(x, "b (h w) c -> b c h w", h=height)
            few = self.norm(rearrange(self.reduce(fine), "b c h w -> b (h w) c"))

        def split(y: Tensor) -> Tensor:
            return rearrange(y, "b n (h d) -> b h n d", h=self.heads)

        q, k, v = split(self.q(x)), split(self.k(few)), split(self.v(few))
        out = functional.scaled_dot_product_attention(q, k, v)
        return self.proj(rearrange(out, "b h n d -> b n (h d)"))


class MixFFN(nn.Module):
    """Widen, 3 x 3 depthwise convolution, GELU, narrow."""

    def __init__(self, channels: int, hidden: int) -> None:
        super().__init__()
        self.fc1, self.fc2 = nn.Linear(channels, hidden), nn.Linear(hidden, channels)
        self.depthwise = nn.Conv2d(hidden, hidden, 3, padding=1, groups=hidden)

    def forward(self, x: Float[Tensor, "b n c"], height: int) -> Float[Tensor, "b n c"]:
        """Return the mapped tokens."""
        wide = rearrange(self.fc1(x), "b (h w) c -> b c h w", h=height)
        mixed = rearrange(self.depthwise(wide), "b c h w -> b (h w) c")
        return self.fc2(functional.gelu(mixed))


class MiTBlock(nn.Module):
    """x + attention(LN(x)), then x + MixFFN(LN(x)).

    Args:
        channels: of a token.
        heads: of the attention.
        reduction: of its keys and values.
        widening: hidden channels of the perceptron over channels.
    """

    def __init__(
        self, channels: int, heads: int, reduction: int, widening: int = 4
    ) -> None:
        super().__init__()
        self.norm1 = nn.LayerNorm(channels, eps=EPS)
        self.norm2 = nn.LayerNorm(channels, eps=EPS)
        self.attention = ReducedAttention(channels, heads, reduction)
        self.ffn = MixFFN(channels, widening * channels)

    def forward(self, x: Float[Tensor, "b n c"], height: int) -> Float[Tensor, "b n c"]:
        """Return tokens that know of one another."""
        x = x + self.attention(self.norm1(x), height)
        return x + self.ffn(self.norm2(x), height)


class MiTStage(nn.Module):
    """Overlapping patches become tokens; blocks; a norm.

    Args:
        c_in: channels before.
        c_out: channels after.
        stride: of the patches, which are 7 wide for stride 4 and 3 for stride 2.
        depth: blocks.
        heads: of their attention.
        reduction: of their keys and values.
    """

    def __init__(
        self, c_in: int, c_out: int, stride: int, depth: int, heads: int, reduction: int
    ) -> None:
        super().__init__()
        kernel = 2 * stride - 1
        self.embed = nn.Conv2d(c_in, c_out, kernel, stride, padding=kernel // 2)
        self.embed_norm = nn.LayerNorm(c_out)
        self.blocks = nn.ModuleList(
            MiTBlock(c_out, heads, reduction) for _ in range(depth)
        )
        self.norm = nn.LayerNorm(c_out, eps=EPS)

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b d h2 w2"]:
        """Return the level's map."""
        x = self.embed(x)
        height = x.shape[2]
        tokens = self.embed_norm(rearrange(x, "b c h w -> b (h w) c"))
        for block in self.blocks:
            tokens = block(tokens, height)
        return rearrange(self.norm(tokens), "b (h w) c -> b c h w", h=height)


class MixTransformer(nn.Module):
    """Four levels at a fourth to a thirty-second of the size; the defaults are MiT-B0.

    Args:
        in_channels: of the picture.
        widths: channels of the levels.
        depths: blocks of the levels.
        heads: of the levels.
        reductions: of the levels.
    """

    def __init__(
        self,
        in_channels: int = 3,
        widths: Sequence[int] = (32, 64, 160, 256),
        depths: Sequence[int] = (2, 2, 2, 2),
        heads: Sequence[int] = (1, 2, 5, 8),
        reductions: Sequence[int] = (8, 4, 2, 1),
    ) -> None:
        super().__init__()
        steps = pairwise((in_channels, *widths))
        strides = (4, *(2 for _ in widths[1:]))
        plan = zip(steps, strides, depths, heads, reductions, strict=True)
        self.stages = nn.ModuleList(MiTStage(a, b, *rest) for (a, b), *rest in plan)

    def forward(self, x: Float[Tensor, "b c h w"]) -> list[Tensor]:
        """Return the maps of the levels, finest first."""
        maps = []
        for stage in self.stages:
            x = stage(x)
            maps.append(x)
        return maps
