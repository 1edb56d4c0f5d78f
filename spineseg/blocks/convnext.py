"""ConvNeXt: a transformer's recipe with a 7 x 7 convolution instead of attention.

y = x + g * W_2 GELU(W_1 LN(DW(x))), g: one learned scale a channel, 1e-6 at the start.
Source: Liu et al. 2022, doi:10.1109/CVPR52688.2022.01167; cvmunet Fig. 3.
"""

from collections.abc import Sequence
from itertools import pairwise

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from spineseg.blocks.norm import LayerNorm2d

TINY_WIDTHS, TINY_DEPTHS = (96, 192, 384, 768), (3, 3, 9, 3)


class ConvNeXtBlock(nn.Module):
    """Depthwise 7 x 7, layer norm, widening to 4c, GELU, back to c, residual.

    Args:
        channels: before and after.
        layer_scale: the scale g at the start; small, so that blocks begin as identity.
    """

    def __init__(self, channels: int, layer_scale: float = 1e-6) -> None:
        super().__init__()
        self.dwconv = nn.Conv2d(channels, channels, 7, padding=3, groups=channels)
        self.norm = LayerNorm2d(channels)
        self.pwconv1 = nn.Linear(channels, 4 * channels)
        self.pwconv2 = nn.Linear(4 * channels, channels)
        self.gamma = nn.Parameter(layer_scale * torch.ones(channels))

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b c h w"]:
        """Add what the main path finds."""
        y = self.norm(self.dwconv(x)).permute(0, 2, 3, 1)  # b h w c
        y = self.gamma * self.pwconv2(functional.gelu(self.pwconv1(y)))
        return x + y.permute(0, 3, 1, 2)


class ConvNeXt(nn.Module):
    """Four stages at 1/4, 1/8, 1/16, 1/32 of the size; returns all four maps.

    Tiny (the defaults) has 27,818,592 parameters without a head.

    Args:
        in_channels: of the picture.
        widths: channels of the stages.
        depths: blocks of the stages.
        layer_scale: see :class:`ConvNeXtBlock`.
    """

    def __init__(
        self,
        in_channels: int = 3,
        widths: Sequence[int] = TINY_WIDTHS,
        depths: Sequence[int] = TINY_DEPTHS,
        layer_scale: float = 1e-6,
    ) -> None:
        super().__init__()
        stem = nn.Sequential(
            nn.Conv2d(in_channels, widths[0], 4, stride=4), LayerNorm2d(widths[0])
        )
        down = [
            nn.Sequential(LayerNorm2d(a), nn.Conv2d(a, b, 2, stride=2))
            for a, b in pairwise(widths)
        ]
        self.downsample_layers = nn.ModuleList([stem, *down])
        self.stages = nn.ModuleList(
            nn.Sequential(*(ConvNeXtBlock(c, layer_scale) for _ in range(n)))
            for c, n in zip(widths, depths, strict=True)
        )

    def forward(self, x: Float[Tensor, "b c h w"]) -> list[Tensor]:
        """Return the maps of all stages, from the finest to the coarsest."""
        maps = []
        for down, stage in zip(self.downsample_layers, self.stages, strict=True):
            x = stage(down(x))
            maps.append(x)
        return maps
