"""Mixed depthwise convolution: several kernel sizes side by side in one layer.

The channels are dealt out to the kernels, so it costs less than one large kernel and
sees several distances at once.
Sources: Tan and Le 2019 (MixConv), arXiv:1907.09595; Guo et al. 2023 (a map that
weighs its own values), doi:10.1007/s41095-023-0364-2.
"""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor, nn

from spineseg.blocks.conv import same


class MixedDepthwise(nn.Module):
    """Each part of the channels has its own kernel size; the first takes the rest.

    Args:
        channels: before and after, at least as many as kernels.
        kernels: odd sides.
    """

    def __init__(self, channels: int, kernels: Sequence[int] = (3, 5, 7, 9)) -> None:
        super().__init__()
        part = channels // len(kernels)
        first = channels - part * (len(kernels) - 1)
        self.parts = [first, *[part] * (len(kernels) - 1)]
        self.convs = nn.ModuleList(
            nn.Conv2d(c, c, k, padding=same(k), groups=c)
            for c, k in zip(self.parts, kernels, strict=True)
        )

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b c h w"]:
        """Filter each part with its kernel."""
        parts = zip(self.convs, x.split(self.parts, dim=1), strict=True)
        return torch.cat([conv(part) for conv, part in parts], dim=1)


class MixedAttention(nn.Module):
    """W_3 (v * W_2 mix(v)) with v = GELU(W_1 x): several distances weigh a pixel.

    Args:
        channels: before and after.
        kernels: of the mixed convolution.
    """

    def __init__(self, channels: int, kernels: Sequence[int] = (3, 5, 7, 9)) -> None:
        super().__init__()
        self.value = nn.Sequential(nn.Conv2d(channels, channels, 1), nn.GELU())
        self.mix = MixedDepthwise(channels, kernels)
        self.weigh = nn.Conv2d(channels, channels, 1)
        self.out = nn.Conv2d(channels, channels, 1)

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b c h w"]:
        """Return the weighed map."""
        v = self.value(x)
        return self.out(v * self.weigh(self.mix(v)))


class MixedResidual(nn.Module):
    """y = x + attention(BN(x)); z = y + perceptron(BN(y)).

    Args:
        channels: before and after.
        kernels: of the mixed convolutions.
        expand: width of the perceptron in channels.
    """

    def __init__(
        self, channels: int, kernels: Sequence[int] = (3, 5, 7, 9), expand: int = 4
    ) -> None:
        super().__init__()
        hidden = expand * channels
        self.norm1, self.norm2 = nn.BatchNorm2d(channels), nn.BatchNorm2d(channels)
        self.attention = MixedAttention(channels, kernels)
        self.mlp = nn.Sequential(
            nn.Conv2d(channels, hidden, 1), nn.GELU(), nn.Conv2d(hidden, channels, 1)
        )

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b c h w"]:
        """Add what the attention and the perceptron find."""
        x = x + self.attention(self.norm1(x))
        return x + self.mlp(self.norm2(x))
