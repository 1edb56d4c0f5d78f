"""Segment Anything's decoder blocks: prompts look at the picture and it looks back.

t: prompt tokens; p: pixels of the feature map; c: channels of a token. The names of the
weights are those of the published checkpoints, so that these load.

Source: Kirillov et al. 2023, arXiv:2304.02643, Sec. 3 and its appendix on the model.
"""

from itertools import pairwise

from einops import rearrange
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional


class CrossAttention(nn.Module):
    """softmax(q k' / sqrt(d)) v with queries, keys and values of their own.

    Args:
        channels: before and after.
        heads: parallel attentions.
        narrowing: the attention is ``channels // narrowing`` wide.
    """

    def __init__(self, channels: int, heads: int, narrowing: int = 1) -> None:
        super().__init__()
        inner = channels // narrowing
        self.heads = heads
        self.q_proj, self.k_proj, self.v_proj = (
            nn.Linear(channels, inner) for _ in range(3)
        )
        self.out_proj = nn.Linear(inner, channels)

    def forward(
        self,
        q: Float[Tensor, "b n c"],
        k: Float[Tensor, "b m c"],
        v: Float[Tensor, "b m c"],
    ) -> Float[Tensor, "b n c"]:
        """Return what each query gathers from the values."""

        def split(x: Tensor) -> Tensor:
            return rearrange(x, "b n (h d) -> b h n d", h=self.heads)

        q, k, v = split(self.q_proj(q)), split(self.k_proj(k)), split(self.v_proj(v))
        out = functional.scaled_dot_product_attention(q, k, v)
        return self.out_proj(rearrange(out, "b h n d -> b n (h d)"))


class Perceptron(nn.Module):
    """Linear maps with ReLU between them.

    Args:
        widths: channels before, between and after.
    """

    def __init__(self, *widths: int) -> None:
        super().__init__()
        self.layers = nn.ModuleList(nn.Linear(a, b) for a, b in pairwise(widths))

    def forward(self, x: Float[Tensor, "... c"]) -> Float[Tensor, "... d"]:
        """Return the mapped tokens."""
        *first, last = self.layers
        for layer in first:
            x = functional.relu(layer(x))
        return last(x)


class TokenMLP(nn.Module):
    """Widen, ReLU, narrow."""

    def __init__(self, channels: int, hidden: int) -> None:
        super().__init__()
        self.lin1, self.lin2 = nn.Linear(channels, hidden), nn.Linear(hidden, channels)

    def forward(self, x: Float[Tensor, "b t c"]) -> Float[Tensor, "b t c"]:
        """Return the mapped tokens."""
        return self.lin2(functional.relu(self.lin1(x)))


class TwoWayBlock(nn.Module):
    """Tokens among themselves, tokens to pixels, perceptron, pixels to tokens.

    Positions are added to queries and keys at every step, never to values.

    Args:
        channels: of tokens and pixels.
        heads: of each attention.
        hidden: of the perceptron.
        first: the first block's tokens are their own positions: they replace
            themselves by what they gather and add nothing.
    """

    def __init__(self, channels: int, heads: int, hidden: int, first: bool) -> None:
        super().__init__()
        self.first = first
        self.self_attn = CrossAttention(channels, heads)
        self.cross_attn_token_to_image = CrossAttention(channels, heads, 2)
        self.mlp = TokenMLP(channels, hidden)
        self.cross_attn_image_to_token = CrossAttention(channels, heads, 2)
        self.norm1, self.norm2, self.norm3, self.norm4 = (
            nn.LayerNorm(channels) for _ in range(4)
        )

    def forward(
        self,
        tokens: Float[Tensor, "b t c"],
        pixels: Float[Tensor, "b p c"],
        token_places: Float[Tensor, "b t c"],
        pixel_places: Float[Tensor, "b p c"],
    ) -> tuple[Float[Tensor, "b t c"], Float[Tensor, "b p c"]]:
        """Return tokens and pixels that know of one another."""
        if self.first:
            x = self.self_attn(tokens, tokens, tokens)
        else:
            q = tokens + token_places
            x = tokens + self.self_attn(q, q, tokens)
        x = self.norm1(x)
        q, k = x + token_places, pixels + pixel_places
        x = self.norm2(x + self.cross_attn_token_to_image(q, k, pixels))
        x = self.norm3(x + self.mlp(x))
        q = x + token_places
        pixels = self.norm4(pixels + self.cross_attn_image_to_token(k, q, x))
        return x, pixels


class TwoWayTransformer(nn.Module):
    """Two-way blocks, then a last look of the tokens at the pixels.

    Args:
        depth: blocks.
        channels: of tokens and pixels.
        heads: of each attention.
        hidden: of the perceptrons.
    """

    def __init__(self, depth: int, channels: int, heads: int, hidden: int) -> None:
        super().__init__()
        self.layers = nn.ModuleList(
            TwoWayBlock(channels, heads, hidden, first=i == 0) for i in range(depth)
        )
        self.final_attn_token_to_image = CrossAttention(channels, heads, 2)
        self.norm_final_attn = nn.LayerNorm(channels)

    def forward(
        self,
        tokens: Float[Tensor, "b t c"],
        pixels: Float[Tensor, "b p c"],
        pixel_places: Float[Tensor, "b p c"],
    ) -> tuple[Float[Tensor, "b t c"], Float[Tensor, "b p c"]]:
        """Return tokens and pixels; the tokens given are their own positions."""
        x = tokens
        for layer in self.layers:
            x, pixels = layer(x, pixels, tokens, pixel_places)
        q, k = x + tokens, pixels + pixel_places
        x = x + self.final_attn_token_to_image(q, k, pixels)
        return self.norm_final_attn(x), pixels
