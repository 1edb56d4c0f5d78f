"""Transformer block: every token looks at every other, then thinks alone.

n: tokens; c: channels of a token; q, k, v: query, key, value.
y = x + MHA(LN(x)); z = y + MLP(LN(y)). Memory and time grow with n squared.
Sources: Vaswani et al. 2017, arXiv:1706.03762; Dosovitskiy et al. 2021,
arXiv:2010.11929 (norm first).
"""

from einops import rearrange
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from spineseg.core.errors import SpinesegError


class SelfAttention(nn.Module):
    """softmax(q k' / sqrt(d)) v in each head, heads side by side, mixed.

    Args:
        channels: before and after.
        heads: parallel attentions.
        inner: channels of all heads together; ``channels`` unless given.
        bias: of both matrices.
        query_bias: of the first matrix alone; ``bias`` unless given.
    """

    def __init__(
        self,
        channels: int,
        heads: int,
        inner: int | None = None,
        bias: bool = True,
        query_bias: bool | None = None,
    ) -> None:
        super().__init__()
        inner = inner or channels
        if inner % heads:
            raise SpinesegError(
                "the channels do not divide among the heads",
                found=f"{inner} channels, {heads} heads",
            )
        self.heads = heads
        first = bias if query_bias is None else query_bias
        self.qkv = nn.Linear(channels, 3 * inner, bias=first)
        self.proj = nn.Linear(inner, channels, bias=bias)

    def forward(self, x: Float[Tensor, "b n c"]) -> Float[Tensor, "b n c"]:
        """Return what each token gathers."""
        q, k, v = rearrange(
            self.qkv(x), "b n (three h d) -> three b h n d", three=3, h=self.heads
        )
        out = functional.scaled_dot_product_attention(q, k, v)
        return self.proj(rearrange(out, "b h n d -> b n (h d)"))


class TransformerBlock(nn.Module):
    """Attention and a perceptron, each behind a layer norm, each with a shortcut.

    Args:
        channels: of a token.
        heads: of the attention.
        inner: width of the attention; ``channels`` unless given.
        hidden: width of the perceptron; four times the channels unless given.
        query_bias: of queries, keys and values.
    """

    def __init__(
        self,
        channels: int,
        heads: int,
        inner: int | None = None,
        hidden: int | None = None,
        query_bias: bool = True,
    ) -> None:
        super().__init__()
        hidden = hidden or 4 * channels
        self.norm1, self.norm2 = nn.LayerNorm(channels), nn.LayerNorm(channels)
        self.attention = SelfAttention(channels, heads, inner, query_bias=query_bias)
        self.mlp = nn.Sequential(
            nn.Linear(channels, hidden), nn.GELU(), nn.Linear(hidden, channels)
        )

    def forward(self, x: Float[Tensor, "b n c"]) -> Float[Tensor, "b n c"]:
        """Return tokens that know of one another."""
        x = x + self.attention(self.norm1(x))
        return x + self.mlp(self.norm2(x))
