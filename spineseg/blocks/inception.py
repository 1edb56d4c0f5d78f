"""Inception block: four views of the same picture side by side.

Source: Szegedy et al. 2015, doi:10.1109/CVPR.2015.7298594, block 3a; inception_unet
takes its widths and adds a norm after each of the six convolutions (the count of that
paper's Table 8 leaves no other reading).
"""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor, nn

from spineseg.blocks.conv import ConvNormAct, Norm

WIDTHS_3A = (64, 96, 128, 16, 32, 32)
"""1 x 1; 1 x 1 before 3 x 3; 3 x 3; 1 x 1 before 5 x 5; 5 x 5; 1 x 1 after pooling."""


class Inception(nn.Module):
    """1 x 1, 3 x 3, 5 x 5 and pooled branch, concatenated.

    Args:
        c_in: channels before.
        widths: as :data:`WIDTHS_3A`.
        norm: makes a norm for a number of channels.
    """

    def __init__(
        self,
        c_in: int,
        widths: Sequence[int] = WIDTHS_3A,
        norm: Norm | None = nn.BatchNorm2d,
    ) -> None:
        super().__init__()
        one, before3, three, before5, five, pooled = widths

        def conv(a: int, b: int, kernel: int) -> ConvNormAct:
            return ConvNormAct(a, b, kernel, norm=norm, bias=True)

        self.branch1 = conv(c_in, one, 1)
        self.branch3 = nn.Sequential(conv(c_in, before3, 1), conv(before3, three, 3))
        self.branch5 = nn.Sequential(conv(c_in, before5, 1), conv(before5, five, 5))
        self.pooled = nn.Sequential(
            nn.MaxPool2d(3, stride=1, padding=1), conv(c_in, pooled, 1)
        )
        self.c_out = one + three + five + pooled

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b d h w"]:
        """Return the four branches side by side."""
        branches = (self.branch1, self.branch3, self.branch5, self.pooled)
        return torch.cat([branch(x) for branch in branches], dim=1)
