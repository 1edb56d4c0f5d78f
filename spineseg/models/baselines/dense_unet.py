"""Dense-UNet as cvmunet's Table 3 counts it: 12,266,113 parameters.

DenseNet-121 without its classifier, and its mirror image: dense blocks of 24, 12 and 6
layers on the way up. The printed numbers come out at 448 x 448, not at the 480 x 480 of
the paper's Table 2.

What the papers say: the encoder, layer by layer, and skips between dense blocks. What
the counts decide: the mirrored blocks; that a skip is the map a transition gives before
it pools; the channels at each joining; a rise by four at the end, at whose size one
more norm of 64 stands. What no count can tell: the kind of rise after a joining's
norms, and the ReLU before the head, taken as in DenseNet's own last norm.
Sources: Huang et al. 2017 (DenseNet), doi:10.1109/CVPR.2017.243; Li et al. 2018
(H-DenseUNet, the idea), doi:10.1109/TMI.2018.2845918.
"""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from spineseg.blocks.conv import ConvNormAct
from spineseg.blocks.dense import DenseBlock
from spineseg.models.registry import register
from spineseg.models.unet import check_multiple

LAYERS = (6, 12, 24, 16)


class NormActConv(nn.Sequential):
    """Norm, ReLU, 1 x 1 convolution without bias."""

    def __init__(self, c_in: int, c_out: int) -> None:
        super().__init__(
            nn.BatchNorm2d(c_in), nn.ReLU(), nn.Conv2d(c_in, c_out, 1, bias=False)
        )


class RiseToSkip(nn.Module):
    """Narrow to the skip's channels, enlarge, join the skip, halve the skip's channels.

    It undoes a transition of DenseNet, which halves channels and then size.

    Args:
        c_in: channels below.
        c_skip: channels of the skip; half as many come out.
    """

    def __init__(self, c_in: int, c_skip: int) -> None:
        super().__init__()
        self.narrow = NormActConv(c_in, c_skip)
        self.up = nn.Upsample(scale_factor=2, mode="bilinear")
        self.join = NormActConv(2 * c_skip, c_skip // 2)

    def forward(
        self, x: Float[Tensor, "b c h w"], skip: Float[Tensor, "b s h2 w2"]
    ) -> Float[Tensor, "b d h2 w2"]:
        """Return a map as large as the skip."""
        return self.join(torch.cat([self.up(self.narrow(x)), skip], dim=1))


@register("cvmunet/dense_unet")
class DenseUNet(nn.Module):
    """DenseNet-121 and its mirror image.

    Args:
        in_channels: of the picture.
        classes: channels of the output.
        width: channels after the stem.
        layers: of the dense blocks from the top down.
        growth: channels that each layer adds.
    """

    def __init__(
        self,
        in_channels: int = 3,
        classes: int = 1,
        width: int = 64,
        layers: Sequence[int] = LAYERS,
        growth: int = 32,
    ) -> None:
        super().__init__()
        self.stem = ConvNormAct(in_channels, width, 7, stride=2)
        encoder, c = [], width
        for n in layers:
            encoder.append(DenseBlock(c, n, growth))
            c = encoder[-1].c_out // 2
        downs = [NormActConv(e.c_out, e.c_out // 2) for e in encoder[:-1]]
        ups, decoder, below = [], [], encoder[-1].c_out
        for level, n in zip(encoder[-2::-1], layers[-2::-1], strict=True):
            skip = level.c_out // 2
            ups.append(RiseToSkip(below, skip))
            decoder.append(DenseBlock(skip // 2, n, growth))
            below = decoder[-1].c_out
        self.encoder, self.downs = nn.ModuleList(encoder), nn.ModuleList(downs)
        # a layer, not a function: the printed table's counter sees layers only
        self.pool = nn.AvgPool2d(2)
        self.ups, self.decoder = nn.ModuleList(ups), nn.ModuleList(decoder)
        self.enlarge = nn.Upsample(scale_factor=4, mode="bilinear")
        self.thin = NormActConv(below, width)
        self.head = nn.Sequential(
            nn.BatchNorm2d(width), nn.ReLU(), nn.Conv2d(width, classes, 1)
        )
        self.multiple = 2 ** (len(layers) + 1)

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b k h w"]:
        """Return logits.

        Raises:
            SpinesegError: if rows or columns are no multiple of ``self.multiple``.
        """
        check_multiple(x, self.multiple)
        x = functional.max_pool2d(self.stem(x), 3, stride=2, padding=1)
        skips: list[Tensor] = []
        for level, down in zip(self.encoder, self.downs, strict=False):
            skips.append(down(level(x)))
            x = self.pool(skips[-1])
        x = self.encoder[-1](x)
        for up, level, skip in zip(self.ups, self.decoder, skips[::-1], strict=True):
            x = level(up(x, skip))
        return self.head(self.thin(self.enlarge(x)))
