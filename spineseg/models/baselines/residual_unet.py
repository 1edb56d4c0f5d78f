"""Residual U-Net as cvmunet's Table 3 counts it: 18,055,553 parameters.

The bilinear U-Net whose nine blocks have a shortcut, projected by a 1 x 1 convolution
with bias and a norm even where the channels do not change.
Source: Zhang, Liu, Wang 2018, doi:10.1109/LGRS.2018.2802944; no published code has
this count, so the variant is inferred from it.
"""

from collections.abc import Sequence
from itertools import pairwise

from torch import nn

from spineseg.blocks.residual import Residual
from spineseg.models.registry import register
from spineseg.models.unet import WIDTHS, UShape


def _block(c_in: int, c_out: int, c_mid: int | None = None) -> Residual:
    return Residual(c_in, c_out, c_mid, project=True, shortcut_norm=True, bias=False)


@register("cvmunet/residual_unet")
class ResidualUNet(UShape):
    """Bilinear U-Net of residual blocks.

    Args:
        in_channels: of the picture.
        classes: channels of the output.
        widths: of the levels; the lowest is halved, as nothing else reduces it.
    """

    def __init__(
        self, in_channels: int = 3, classes: int = 1, widths: Sequence[int] = WIDTHS
    ) -> None:
        own = (*widths[:-1], widths[-1] // 2)
        outs = [*(w // 2 for w in reversed(widths[1:-1])), widths[0]]
        decoder, below = [], own[-1]
        for skip, out in zip(reversed(own[:-1]), outs, strict=True):
            decoder.append(_block(below + skip, out, (below + skip) // 2))
            below = out
        ups = [
            nn.Upsample(scale_factor=2, mode="bilinear", align_corners=True)
            for _ in decoder
        ]
        encoder = [_block(a, b) for a, b in pairwise((in_channels, *own))]
        super().__init__(encoder, ups, decoder, nn.Conv2d(widths[0], classes, 1))
