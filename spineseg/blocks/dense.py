"""Dense block: every layer sees all maps before it.

k: growth rate, channels that each layer adds.
Source: Huang et al. 2017, doi:10.1109/CVPR.2017.243.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class DenseLayer(nn.Sequential):
    """Norm, ReLU, 1 x 1 to 4k channels; norm, ReLU, 3 x 3 to k channels."""

    def __init__(self, c_in: int, growth: int, widening: int = 4) -> None:
        mid = widening * growth
        super().__init__(
            nn.BatchNorm2d(c_in),
            nn.ReLU(),
            nn.Conv2d(c_in, mid, 1, bias=False),
            nn.BatchNorm2d(mid),
            nn.ReLU(),
            nn.Conv2d(mid, growth, 3, padding=1, bias=False),
        )


class DenseBlock(nn.Module):
    """``layers`` dense layers; from c_in to c_in + layers * growth channels.

    Args:
        c_in: channels before.
        layers: how many.
        growth: channels that each adds.
    """

    def __init__(self, c_in: int, layers: int, growth: int = 32) -> None:
        super().__init__()
        self.layers = nn.ModuleList(
            DenseLayer(c_in + i * growth, growth) for i in range(layers)
        )
        self.c_out = c_in + layers * growth

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b d h w"]:
        """Append each layer's maps to all before."""
        for layer in self.layers:
            x = torch.cat([x, layer(x)], dim=1)
        return x
