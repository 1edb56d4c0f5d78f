"""CBAM: first which channels, then which pixels.

Source: Woo et al. 2018, doi:10.1007/978-3-030-01234-2_1.
"""

import torch
from einops import rearrange
from jaxtyping import Float
from torch import Tensor, nn


class ChannelAttention(nn.Module):
    """sigmoid(MLP(mean over pixels) + MLP(maximum over pixels)), one MLP for both.

    Args:
        channels: before and after.
        reduction: the MLP's inner width is channels // reduction, at least one.
        bias: of both layers.
    """

    def __init__(self, channels: int, reduction: int = 16, bias: bool = True) -> None:
        super().__init__()
        inner = max(channels // reduction, 1)
        self.mlp = nn.Sequential(
            nn.Linear(channels, inner, bias=bias),
            nn.ReLU(),
            nn.Linear(inner, channels, bias=bias),
        )

    def weights(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b c"]:
        """Return one weight a channel."""
        return torch.sigmoid(self.mlp(x.mean((2, 3))) + self.mlp(x.amax((2, 3))))

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b c h w"]:
        """Weigh the channels."""
        return x * rearrange(self.weights(x), "b c -> b c 1 1")


class SpatialAttention(nn.Module):
    """sigmoid(7 x 7 convolution of [mean over channels; maximum over channels]).

    Args:
        kernel: odd side of the only convolution.
        bias: of it.
    """

    def __init__(self, kernel: int = 7, bias: bool = False) -> None:
        super().__init__()
        self.conv = nn.Conv2d(2, 1, kernel, padding=kernel // 2, bias=bias)

    def weights(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b 1 h w"]:
        """Return one weight a pixel."""
        seen = torch.cat([x.mean(1, keepdim=True), x.amax(1, keepdim=True)], dim=1)
        return torch.sigmoid(self.conv(seen))

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b c h w"]:
        """Weigh the pixels."""
        return x * self.weights(x)


class CBAM(nn.Sequential):
    """Channel attention, then spatial attention."""

    def __init__(self, channels: int, reduction: int = 16, kernel: int = 7) -> None:
        super().__init__(
            ChannelAttention(channels, reduction), SpatialAttention(kernel)
        )
