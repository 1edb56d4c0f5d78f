"""UNeXt as cvmunet's Table 3 counts it: 1,471,921 parameters.

Three convolutional levels, then two of tokens: a perceptron whose channels are shifted
against each other, first along the width, then along the height, so that it sees
neighbours without attention.
Source: Valanarasu and Patel 2022, arXiv:2203.04967.
"""

from collections.abc import Sequence
from itertools import pairwise

import torch
from einops import rearrange
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from spineseg.blocks.conv import ConvNormAct
from spineseg.models.registry import register
from spineseg.models.unet import check_multiple

WIDTHS = (16, 32, 128, 160, 256)


def shift(x: Float[Tensor, "b c h w"], axis: int) -> Float[Tensor, "b c h w"]:
    """Move five groups of channels by -2, -1, 0, 1, 2 pixels; zeros come in."""
    moved = []
    for group, by in zip(x.chunk(5, dim=1), range(-2, 3), strict=False):
        pad = (2, 2, 0, 0) if axis == 3 else (0, 0, 2, 2)
        padded = functional.pad(group, pad)
        moved.append(padded.narrow(axis, 2 - by, x.shape[axis]))
    return torch.cat(moved, dim=1)


class TokenizedMLP(nn.Module):
    """x + fc2(shift(GELU(DW(fc1(shift(LN(x))))))): along the width, then the height."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(channels)
        self.fc1, self.fc2 = (nn.Linear(channels, channels) for _ in range(2))
        self.depthwise = nn.Conv2d(channels, channels, 3, padding=1, groups=channels)

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b c h w"]:
        """Add what the perceptron finds."""

        def mix(layer: nn.Module, y: Tensor) -> Tensor:
            return rearrange(
                layer(rearrange(y, "b c h w -> b h w c")), "b h w c -> b c h w"
            )

        y = mix(self.fc1, shift(mix(self.norm, x), axis=3))
        y = functional.gelu(self.depthwise(y))
        return x + mix(self.fc2, shift(y, axis=2))


class TokenLevel(nn.Module):
    """One tokenized perceptron and a layer norm after it."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.block, self.norm = TokenizedMLP(channels), nn.LayerNorm(channels)

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b c h w"]:
        """Return the normalised tokens as a map."""
        x = rearrange(self.block(x), "b c h w -> b h w c")
        return rearrange(self.norm(x), "b h w c -> b c h w")


class PatchMerge(nn.Module):
    """3 x 3 convolution of stride 2 and a layer norm."""

    def __init__(self, c_in: int, c_out: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(c_in, c_out, 3, stride=2, padding=1)
        self.norm = nn.LayerNorm(c_out)

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b d h2 w2"]:
        """Return half as many rows and columns."""
        x = rearrange(self.conv(x), "b c h w -> b h w c")
        return rearrange(self.norm(x), "b h w c -> b c h w")


class Rise(nn.Module):
    """3 x 3 convolution, norm, twice the size, ReLU."""

    def __init__(self, c_in: int, c_out: int, norm: bool = True) -> None:
        super().__init__()
        kind = nn.BatchNorm2d if norm else None
        self.conv = ConvNormAct(c_in, c_out, norm=kind, act=None, bias=True)

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b d h2 w2"]:
        """Return twice as many rows and columns."""
        up = functional.interpolate(self.conv(x), scale_factor=2, mode="bilinear")
        return functional.relu(up)


@register("cvmunet/unext")
class UNeXt(nn.Module):
    """Convolutions above, shifted perceptrons below; skips are added.

    Args:
        in_channels: of the picture.
        classes: channels of the output.
        widths: of the five levels; the last two are of tokens.
    """

    multiple = 32

    def __init__(
        self, in_channels: int = 3, classes: int = 1, widths: Sequence[int] = WIDTHS
    ) -> None:
        super().__init__()
        self.convs = nn.ModuleList(
            ConvNormAct(a, b, bias=True)
            for a, b in pairwise((in_channels, *widths[:3]))
        )
        self.merges = nn.ModuleList(PatchMerge(a, b) for a, b in pairwise(widths[2:]))
        self.tokens = nn.ModuleList(TokenLevel(c) for c in widths[3:])
        self.rises = nn.ModuleList(Rise(a, b) for a, b in pairwise(reversed(widths)))
        self.back = nn.ModuleList(TokenLevel(c) for c in (widths[3], widths[2]))
        self.last = Rise(widths[0], widths[0], norm=False)
        self.head = nn.Conv2d(widths[0], classes, 1)

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b k h w"]:
        """Return logits.

        Raises:
            SpinesegError: if rows or columns are no multiple of 32.
        """
        check_multiple(x, self.multiple)
        maps: list[Tensor] = []
        for conv in self.convs:
            # pool before ReLU or after: the same, both are monotone
            x = functional.max_pool2d(conv(x), 2)
            maps.append(x)
        for merge, level in zip(self.merges, self.tokens, strict=True):
            x = level(merge(x))
            maps.append(x)
        back = [*self.back, nn.Identity(), nn.Identity()]
        for rise, level, skip in zip(self.rises, back, maps[-2::-1], strict=True):
            x = level(rise(x) + skip)
        return self.head(self.last(x))
