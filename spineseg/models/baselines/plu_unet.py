"""PLU-Net: local guidance before each pooling, an atrous pyramid at the bottom.

A reading. Of the paper only the abstract was at hand; it names an atrous pyramid with
squeeze and excitation at the bottom (PS), a local guided block with squeeze and
excitation before each pooling (LS), and fewer parameters than its rivals. Widths,
rates and the inside of the local guided block are ours: half of U-Net's widths, and a
3 x 3 convolution added to its input.
Source: Song, Yu, Wu 2024, doi:10.1002/mp.16840, arXiv:2302.11806.
"""

from collections.abc import Sequence
from itertools import pairwise

from jaxtyping import Float
from torch import Tensor, nn

from spineseg.blocks.channel_attention import SqueezeExcite
from spineseg.blocks.context import ASPP
from spineseg.blocks.conv import ConvNormAct
from spineseg.models.registry import register
from spineseg.models.unet import UShape, normed_double

WIDTHS = (32, 64, 128, 256, 512)


class LocalGuided(nn.Module):
    """Add what a pixel's neighbours say, then weigh the channels (LS)."""

    def __init__(self, channels: int, reduction: int = 16) -> None:
        super().__init__()
        self.local = ConvNormAct(channels, channels)
        self.squeeze = SqueezeExcite(channels, reduction)

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b c h w"]:
        """Return the guided map."""
        return self.squeeze(x + self.local(x))


@register("mdwcnet/plu_unet")
class PLUNet(UShape):
    """U-Net with LS in the encoder and PS at the bottom.

    Args:
        in_channels: of the picture.
        classes: channels of the output.
        widths: of the levels.
        rates: of the atrous pyramid.
        reduction: of squeeze and excitation.
    """

    def __init__(
        self,
        in_channels: int = 1,
        classes: int = 2,
        widths: Sequence[int] = WIDTHS,  # abstract silent
        rates: Sequence[int] = (6, 12, 18),  # abstract silent
        reduction: int = 16,  # abstract silent
    ) -> None:
        *upper, (a, b) = pairwise((in_channels, *widths))
        rises = list(pairwise(reversed(widths)))
        encoder = [
            nn.Sequential(normed_double(c, d), LocalGuided(d, reduction))
            for c, d in upper
        ]
        encoder.append(nn.Sequential(ASPP(a, b, rates), SqueezeExcite(b, reduction)))
        super().__init__(
            encoder,
            [nn.ConvTranspose2d(c, d, 2, stride=2) for c, d in rises],
            [normed_double(2 * d, d) for _, d in rises],
            nn.Conv2d(widths[0], classes, 1),
        )
