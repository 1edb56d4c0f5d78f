"""Channel-UNet as cvmunet's Table 3 counts it: 49,153,601 parameters.

The cited network puts convolutions along the channels ("spatial channel-wise") into
every level. The printed counts are not those of such layers: they are, to the digit,
a U-Net beside a second way up by global attention upsampling.

What the counts decide: 2 x 2 kernels on the one way up and 4 x 4 without bias on the
other, whose operations they print four times too large; 1,920 parameters that a counter
of layers misses, two for each channel of the skips: group norms. What they leave open:
whether the last 9 c^2 weights of a level belong to a decoder that joins three maps
(taken here: risen, skip, attended) or to one more 3 x 3 convolution of the skip.
Sources: Chen et al. 2019, doi:10.3389/fgene.2019.01110 (the idea); Li et al. 2018,
arXiv:1805.10180 (the attention); the rest is inferred from the count.
"""

from collections.abc import Sequence
from itertools import pairwise

import torch
from jaxtyping import Float
from torch import Tensor, nn

from spineseg.blocks.global_upsample import GlobalAttentionUpsample
from spineseg.models.registry import register
from spineseg.models.unet import WIDTHS, check_multiple, descend, normed_double


@register("cvmunet/channel_unet")
class ChannelUNet(nn.Module):
    """U-Net whose decoder also sees the skip weighed by what is below.

    Args:
        in_channels: of the picture.
        classes: channels of the output.
        widths: of the levels.
    """

    def __init__(
        self, in_channels: int = 3, classes: int = 1, widths: Sequence[int] = WIDTHS
    ) -> None:
        super().__init__()
        rises = list(pairwise(reversed(widths)))
        self.encoder = nn.ModuleList(
            normed_double(a, b) for a, b in pairwise((in_channels, *widths))
        )
        self.ups = nn.ModuleList(
            nn.ConvTranspose2d(a, b, 2, stride=2) for a, b in rises
        )
        self.attention = nn.ModuleList(GlobalAttentionUpsample(a, b) for a, b in rises)
        self.decoder = nn.ModuleList(normed_double(3 * b, b) for _, b in rises)
        self.head = nn.Conv2d(widths[0], classes, 1)
        self.multiple = 2 ** len(rises)

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b k h w"]:
        """Return logits.

        Raises:
            SpinesegError: if rows or columns are no multiple of ``self.multiple``.
        """
        check_multiple(x, self.multiple)
        *skips, x = descend(self.encoder, x)
        levels = (self.ups, self.attention, self.decoder, reversed(skips))
        for up, attend, block, skip in zip(*levels, strict=True):
            x = block(torch.cat([up(x), skip, attend(x, skip)], dim=1))
        return self.head(x)
