"""Global attention upsample: what is below decides which channels of a skip matter.

y = ReLU(up(x) + BN(K * s) . GN(W mean(x))), x: the map below, s: the skip; K: 3 x 3,
W: 1 x 1, up: learned, twice the size.
Source: Li et al. 2018 (pyramid attention network), arXiv:1805.10180, Sec. 3.2.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from spineseg.blocks.conv import ConvNormAct


class GlobalAttentionUpsample(nn.Module):
    """Weigh the skip's channels by the mean of what is below; add the enlarged map.

    Args:
        c_below: channels of the map below.
        c_skip: channels of the skip and of the output.
    """

    def __init__(self, c_below: int, c_skip: int) -> None:
        super().__init__()
        self.refine = ConvNormAct(c_skip, c_skip, act=None)
        # one value a picture has no variance for a batch norm: all channels together
        self.weigh = nn.Sequential(
            nn.Conv2d(c_below, c_skip, 1, bias=False), nn.GroupNorm(1, c_skip)
        )
        self.up = nn.Sequential(
            nn.ConvTranspose2d(c_below, c_skip, 4, stride=2, padding=1, bias=False),
            nn.BatchNorm2d(c_skip),
        )

    def forward(
        self, below: Float[Tensor, "b d h w"], skip: Float[Tensor, "b c h2 w2"]
    ) -> Float[Tensor, "b c h2 w2"]:
        """Return the skip's size and channels."""
        weights = torch.relu(self.weigh(below.mean((2, 3), keepdim=True)))
        return torch.relu(self.up(below) + self.refine(skip) * weights)
