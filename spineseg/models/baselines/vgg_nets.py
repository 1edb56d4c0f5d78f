"""FCN-8s and SegNet: the two that stand on VGG-16's thirteen convolutions.

Sources: Long, Shelhamer, Darrell 2015, doi:10.1109/CVPR.2015.7298965; Badrinarayanan,
Kendall, Cipolla 2017, doi:10.1109/TPAMI.2016.2644615; Simonyan and Zisserman 2015,
arXiv:1409.1556. FCN pads its input by 100 pixels; here every convolution keeps the
size instead.
"""

from collections.abc import Sequence
from itertools import pairwise

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from spineseg.blocks.conv import ConvNormAct, Norm
from spineseg.models.registry import register
from spineseg.models.unet import check_multiple

WIDTHS = (64, 128, 256, 512, 512)
CONVS = (2, 2, 3, 3, 3)
"""Convolutions of the five stages of VGG-16."""


def stage(c_in: int, c_out: int, convs: int, norm: Norm | None) -> nn.Sequential:
    """Return so many 3 x 3 convolutions with ReLU."""
    steps = pairwise((c_in, *[c_out] * convs))
    return nn.Sequential(*(ConvNormAct(a, b, norm=norm, bias=True) for a, b in steps))


def bilinear_weight(channels: int, side: int) -> Tensor:
    """Return transposed-convolution weights that interpolate each channel alone."""
    factor = (side + 1) // 2
    centre = factor - 1 if side % 2 else factor - 0.5
    line = 1 - (torch.arange(side) - centre).abs() / factor
    kernel = line[:, None] * line
    return torch.eye(channels)[:, :, None, None] * kernel


def rise(classes: int, factor: int) -> nn.ConvTranspose2d:
    """Return a learned enlargement of scores that starts as bilinear."""
    side, pad = 2 * factor, factor // 2
    up = nn.ConvTranspose2d(classes, classes, side, factor, pad, bias=False)
    if not up.weight.is_meta:
        up.weight.data.copy_(bilinear_weight(classes, side))
    return up


@register("mdwcnet/fcn_8s")
class FCN8s(nn.Module):
    """VGG-16 as a convolution; scores of three levels are enlarged and added.

    Args:
        in_channels: of the picture.
        classes: channels of the output.
        widths: of the five stages.
        hidden: channels of the two layers that were fully connected.
    """

    multiple = 32

    def __init__(
        self,
        in_channels: int = 3,
        classes: int = 2,
        widths: Sequence[int] = WIDTHS,
        hidden: int = 4096,
    ) -> None:
        super().__init__()
        steps = zip(pairwise((in_channels, *widths)), CONVS, strict=True)
        self.stages = nn.ModuleList(stage(a, b, n, None) for (a, b), n in steps)
        self.classifier = nn.Sequential(
            ConvNormAct(widths[-1], hidden, 7, norm=None, bias=True),
            nn.Dropout2d(),
            ConvNormAct(hidden, hidden, 1, norm=None, bias=True),
            nn.Dropout2d(),
        )
        lanes = (hidden, widths[3], widths[2])
        self.scores = nn.ModuleList(nn.Conv2d(c, classes, 1) for c in lanes)
        self.rises = nn.ModuleList(rise(classes, f) for f in (2, 2, 8))

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b k h w"]:
        """Return logits.

        Raises:
            SpinesegError: if rows or columns are no multiple of 32.
        """
        check_multiple(x, self.multiple)
        pools: list[Tensor] = []
        for level in self.stages:
            x = functional.max_pool2d(level(x), 2)
            pools.append(x)
        scored = (self.classifier(x), pools[3], pools[2])
        deep, middle, high = (f(y) for f, y in zip(self.scores, scored, strict=True))
        up = self.rises[0](deep) + middle
        up = self.rises[1](up) + high
        return self.rises[2](up)


@register("wgan_ctm/segnet")
class SegNet(nn.Module):
    """VGG-16 and its mirror image; the way back remembers where each maximum was.

    Args:
        in_channels: of the picture.
        classes: channels of the output.
        widths: of the five stages.
    """

    multiple = 32

    def __init__(
        self,
        in_channels: int = 1,
        classes: int = 4,
        widths: Sequence[int] = WIDTHS,
    ) -> None:
        super().__init__()
        norm = nn.BatchNorm2d
        steps = list(zip(pairwise((in_channels, *widths)), CONVS, strict=True))
        self.encoder = nn.ModuleList(stage(a, b, n, norm) for (a, b), n in steps)
        back = []
        for (a, b), n in reversed(steps[1:]):
            last = ConvNormAct(b, a, bias=True)
            back.append(nn.Sequential(stage(b, b, n - 1, norm), last))
        first = widths[0]
        head = nn.Conv2d(first, classes, 3, padding=1)
        back.append(nn.Sequential(stage(first, first, 1, norm), head))
        self.decoder = nn.ModuleList(back)

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b k h w"]:
        """Return logits.

        Raises:
            SpinesegError: if rows or columns are no multiple of 32.
        """
        check_multiple(x, self.multiple)
        places: list[Tensor] = []
        for level in self.encoder:
            x, place = functional.max_pool2d(level(x), 2, return_indices=True)
            places.append(place)
        for level, place in zip(self.decoder, reversed(places), strict=True):
            x = level(functional.max_unpool2d(x, place, [2, 2]))
        return x
