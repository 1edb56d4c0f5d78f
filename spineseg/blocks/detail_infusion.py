"""SDI: every level of the encoder speaks to every other.

n: levels; c: channels, the same at every level.
Source: Peng et al. 2023 (U-Net v2), arXiv:2311.17791, Sec. 2.2; used by VM-UNetV2
(Zhang et al. 2024, arXiv:2403.09157).
"""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional


def resize(x: Float[Tensor, "b c h w"], like: Tensor) -> Float[Tensor, "b c h2 w2"]:
    """Shrink by means of fields, enlarge bilinearly, or leave as it is."""
    size = (like.shape[2], like.shape[3])
    if size[0] < x.shape[2]:
        return functional.adaptive_avg_pool2d(x, size)
    if size[0] > x.shape[2]:
        return functional.interpolate(x, size=size, mode="bilinear", align_corners=True)
    return x


class DetailInfusion(nn.Module):
    """Product over the levels of conv_i(level i brought to one size).

    Args:
        channels: of every level.
        levels: n.
    """

    def __init__(self, channels: int, levels: int = 4) -> None:
        super().__init__()
        self.smooth = nn.ModuleList(
            nn.Conv2d(channels, channels, 3, padding=1) for _ in range(levels)
        )

    def forward(
        self, maps: Sequence[Tensor], like: Float[Tensor, "b c h w"]
    ) -> Float[Tensor, "b c h w"]:
        """Return the product, as large as ``like``."""
        product = torch.ones_like(like)
        for smooth, x in zip(self.smooth, maps, strict=True):
            product = product * smooth(resize(x, like))
        return product
