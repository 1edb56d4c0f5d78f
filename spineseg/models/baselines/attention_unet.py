"""Attention U-Net as cvmunet's Table 3 counts it: 34,878,573 parameters.

Rises are nearest-neighbour enlargements with a 3 x 3 convolution; a gate in every skip
compares half as many channels as the skip has.
Source: Oktay et al. 2018, arXiv:1804.03999; the variant follows from the count.
"""

from collections.abc import Sequence
from itertools import pairwise

import torch
from jaxtyping import Float
from torch import Tensor, nn

from spineseg.blocks.attention_gate import AttentionGate
from spineseg.blocks.updown import UpConv
from spineseg.models.registry import register
from spineseg.models.unet import WIDTHS, check_multiple, descend, normed_double


@register("cvmunet/attention_unet")
class AttentionUNet(nn.Module):
    """U-Net whose skips are weighed by what comes from below.

    Args:
        in_channels: of the picture.
        classes: channels of the output.
        widths: of the levels.
    """

    def __init__(
        self, in_channels: int = 3, classes: int = 1, widths: Sequence[int] = WIDTHS
    ) -> None:
        super().__init__()
        self.encoder = nn.ModuleList(
            normed_double(a, b) for a, b in pairwise((in_channels, *widths))
        )
        rises = list(pairwise(reversed(widths)))
        self.ups = nn.ModuleList(UpConv(a, b) for a, b in rises)
        self.gates = nn.ModuleList(
            AttentionGate(b, b, b // 2, nn.BatchNorm2d) for _, b in rises
        )
        self.decoder = nn.ModuleList(normed_double(2 * b, b) for _, b in rises)
        self.head = nn.Conv2d(widths[0], classes, 1)
        self.multiple = 2 ** len(rises)

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b k h w"]:
        """Return logits.

        Raises:
            SpinesegError: if rows or columns are no multiple of ``self.multiple``.
        """
        check_multiple(x, self.multiple)
        *skips, x = descend(self.encoder, x)
        for up, gate, block, skip in zip(
            self.ups, self.gates, self.decoder, reversed(skips), strict=True
        ):
            x = up(x)
            x = block(torch.cat([gate(x, skip), x], dim=1))
        return self.head(x)
