"""The U-Net of inception_unet and the parts that its rows exchange.

Widths 64 to 1024, every convolution with a bias, a 2 x 2 transposed convolution for
each rise although the text says upsampling: only this gives the fifteen integers of
that paper's Table 8. The order convolution, ReLU, norm is the text's; the other order
has the same counts.

Source: Silveira, Girisha, Kundapur 2025, the methodology section.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from spineseg.blocks.attention_gate import AttentionGate
from spineseg.blocks.cbam import CBAM, SpatialAttention
from spineseg.blocks.channel_attention import SqueezeExcite
from spineseg.blocks.conv import ConvNormAct
from spineseg.blocks.transformer import TransformerBlock
from spineseg.core.errors import SpinesegError
from spineseg.models.unet import check_multiple, descend

Make = Callable[..., nn.Module]
SKIPS: dict[str, Make] = {
    "none": lambda channels: nn.Identity(),
    "se": SqueezeExcite,
    "sam": lambda channels: SpatialAttention(),
    "cbam": CBAM,
}


class DoubleConvReLUNorm(nn.Sequential):
    """Twice a 3 x 3 convolution, ReLU, batch norm; dropout of numbers at the end.

    Raises:
        SpinesegError: if there are other than one or two norms.
    """

    def __init__(
        self, c_in: int, c_out: int, norms: int = 2, dropout: float = 0.0
    ) -> None:
        if norms not in (1, 2):
            raise SpinesegError("1 or 2 norms fit in", found=norms)
        parts: list[nn.Module] = []
        for i, (a, b) in enumerate(pairwise((c_in, c_out, c_out))):
            parts += [nn.Conv2d(a, b, 3, padding=1), nn.ReLU()]
            parts += [nn.BatchNorm2d(b)] if i < norms else []
        super().__init__(*parts, *([nn.Dropout(dropout)] if dropout else []))


class ProjectedDouble(nn.Module):
    """The double convolution beside a 1 x 1 shortcut with norm (ResUNet)."""

    def __init__(self, c_in: int, c_out: int, dropout: float = 0.0) -> None:
        super().__init__()
        self.main = DoubleConvReLUNorm(c_in, c_out, dropout=dropout)
        self.shortcut = ConvNormAct(c_in, c_out, 1, act=None, bias=True)

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b d h w"]:
        """Add both paths."""
        return functional.relu(self.main(x) + self.shortcut(x))


class TransformerBottleneck(nn.Module):
    """One 3 x 3 convolution with ReLU and norm, then a transformer block on the pixels.

    Args:
        c_in, c_out: channels before and after.
        inner: width of the attention, all heads together; 512 by the count.
        heads: of it; the count cannot tell.
        hidden: of the perceptron; 128 by the count.
        dropout: share of the numbers dropped at the end.
    """

    def __init__(
        self,
        c_in: int,
        c_out: int,
        inner: int = 512,
        heads: int = 8,
        hidden: int = 128,
        dropout: float = 0.0,
    ) -> None:
        super().__init__()
        self.conv = nn.Sequential(
            nn.Conv2d(c_in, c_out, 3, padding=1), nn.ReLU(), nn.BatchNorm2d(c_out)
        )
        self.block = TransformerBlock(c_out, heads, inner, hidden)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b d h w"]:
        """Return the map with every pixel told of all others."""
        x = self.conv(x)
        tokens = self.block(x.flatten(2).transpose(1, 2))  # b n c
        return self.dropout(tokens.transpose(1, 2).unflatten(2, x.shape[2:]))


class KerasUNet(nn.Module):
    """The U-Net of this paper, with the parts that its rows exchange.

    Args:
        encoder: one block a level; the last is the bottleneck.
        skips: one for each level but the last; a gate takes (from below, skip).
        decoder: one block a level from the bottom up.
        rises: (channels below, channels after) of the transposed convolutions.
        classes: channels of the output.
        auxiliary: channels of the bottleneck when it has a head of its own.
    """

    def __init__(
        self,
        encoder: Sequence[nn.Module],
        skips: Sequence[nn.Module],
        decoder: Sequence[nn.Module],
        rises: Sequence[tuple[int, int]],
        classes: int,
        auxiliary: int | None = None,
    ) -> None:
        super().__init__()
        self.encoder, self.skips = nn.ModuleList(encoder), nn.ModuleList(skips)
        self.decoder = nn.ModuleList(decoder)
        self.ups = nn.ModuleList(
            nn.ConvTranspose2d(a, b, 2, stride=2) for a, b in rises
        )
        self.head = nn.Conv2d(rises[-1][1], classes, 1)
        self.auxiliary: nn.Module | None = None
        if auxiliary is not None:
            self.auxiliary = nn.Conv2d(auxiliary, classes, 1)
        self.multiple = 2 ** len(rises)

    def heads(self, x: Float[Tensor, "b c h w"]) -> dict[str, Tensor]:
        """Return "logits" and, with two outputs, "auxiliary" at the bottleneck's size.

        Raises:
            SpinesegError: if rows or columns are no multiple of ``self.multiple``.
        """
        check_multiple(x, self.multiple)
        *highs, x = descend(self.encoder, x)
        out = {} if self.auxiliary is None else {"auxiliary": self.auxiliary(x)}
        steps = zip(self.ups, self.skips, self.decoder, reversed(highs), strict=True)
        for up, skip, block, high in steps:
            x = up(x)
            gated = isinstance(skip, AttentionGate)
            x = block(torch.cat([skip(x, high) if gated else skip(high), x], dim=1))
        return {"logits": self.head(x)} | out

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b k h w"]:
        """Return the logits of the main head."""
        return self.heads(x)["logits"]


def skip_attention(kind: str, channels: int) -> nn.Module:
    """Return what stands in a skip: none, se, sam or cbam (Table 4).

    Raises:
        SpinesegError: if the kind is unknown.
    """
    if kind not in SKIPS:
        raise SpinesegError(
            "unknown attention in the skips", found=kind, expected=", ".join(SKIPS)
        )
    return SKIPS[kind](channels)
