"""Spine-GAN's generator: an atrous autoencoder, a recurrent middle, no skips.

wgan_ctm's Table 1 says of it "ACAE + LSTM + CNN", 512 x 512, and no more. The original
(Han et al. 2018, doi:10.1016/j.media.2018.08.005) is read from its abstract: an
autoencoder of atrous convolutions keeps fine structure, a long short-term memory models
the spatial correlations of neighbouring structures, and a critic judges the map.
Depth, widths, rates and windows are not in it: they are arguments, and a score of
this network is no score of the original. The critic is ``wgan_ctm/critic``.
"""

from collections.abc import Sequence
from itertools import pairwise

from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from spineseg.blocks.conv import ConvNormAct
from spineseg.blocks.local_lstm import LocalLSTM
from spineseg.models.registry import register
from spineseg.models.unet import check_multiple


@register("wgan_ctm/spine_gan")
class SpineGAN(nn.Module):
    """Convolutions down, atrous convolutions, LSTM, convolutions up.

    Args:
        in_channels: of the picture.
        classes: channels of the output.
        widths: of the halvings.
        rates: dilations of the convolutions at the coarsest size.
        window: side of the windows that the LSTM reads.
    """

    def __init__(
        self,
        in_channels: int = 1,
        classes: int = 4,
        widths: Sequence[int] = (64, 128, 256),  # not in the abstract
        rates: Sequence[int] = (2, 4, 8),  # not in the abstract
        window: int = 8,  # not in the abstract
    ) -> None:
        super().__init__()
        coarse = widths[-1]
        self.encoder = nn.ModuleList(
            nn.Sequential(ConvNormAct(a, b), ConvNormAct(b, b))
            for a, b in pairwise((in_channels, *widths))
        )
        self.atrous = nn.Sequential(
            *(ConvNormAct(coarse, coarse, dilation=rate) for rate in rates)
        )
        self.lstm = LocalLSTM(coarse, window)
        rises = pairwise((*reversed(widths), widths[0]))
        self.decoder = nn.ModuleList(
            nn.Sequential(nn.ConvTranspose2d(a, b, 2, stride=2), ConvNormAct(b, b))
            for a, b in rises
        )
        self.head = nn.Conv2d(widths[0], classes, 1)
        self.multiple = 2 ** len(widths)

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b k h w"]:
        """Return logits.

        Raises:
            SpinesegError: if rows or columns are no multiple of ``self.multiple``.
        """
        check_multiple(x, self.multiple)
        for level in self.encoder:
            x = functional.max_pool2d(level(x), 2)
        x = self.lstm(self.atrous(x))
        for level in self.decoder:
            x = level(x)
        return self.head(x)
