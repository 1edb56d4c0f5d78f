"""DeepLabV3+ and PSPNet on ResNet-50.

Sources: He et al. 2016, doi:10.1109/CVPR.2016.90; Chen et al. 2018,
doi:10.1007/978-3-030-01234-2_49; Zhao et al. 2017, doi:10.1109/CVPR.2017.660.
Without pretrained weights; the last stages keep their size by dilation, so that the
features are at a sixteenth (DeepLabV3+) or an eighth (PSPNet) of the picture.
"""

from collections.abc import Callable, Sequence

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from spineseg.blocks.context import ASPP, PyramidPooling
from spineseg.blocks.conv import ConvNormAct
from spineseg.models.registry import register
from spineseg.models.unet import check_multiple

WIDTHS, DEPTHS = (64, 128, 256, 512), (3, 4, 6, 3)


class Bottleneck(nn.Module):
    """1 x 1 down, 3 x 3, 1 x 1 up to four times the width, and a shortcut."""

    expansion = 4

    def __init__(self, c_in: int, width: int, stride: int, dilation: int) -> None:
        super().__init__()
        c_out = 4 * width
        self.main = nn.Sequential(
            ConvNormAct(c_in, width, 1),
            ConvNormAct(width, width, 3, stride, dilation),
            ConvNormAct(width, c_out, 1, act=None),
        )
        self.shortcut: nn.Module = nn.Identity()
        if stride > 1 or c_in != c_out:
            self.shortcut = ConvNormAct(c_in, c_out, 1, stride, act=None)

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b d h2 w2"]:
        """Add the main path to the shortcut."""
        return functional.relu(self.main(x) + self.shortcut(x))


class BasicBlock(nn.Module):
    """Two 3 x 3 convolutions and a shortcut; the block of ResNet-34."""

    expansion = 1

    def __init__(self, c_in: int, width: int, stride: int, dilation: int) -> None:
        super().__init__()
        self.main = nn.Sequential(
            ConvNormAct(c_in, width, 3, stride, dilation),
            ConvNormAct(width, width, 3, 1, dilation, act=None),
        )
        self.shortcut: nn.Module = nn.Identity()
        if stride > 1 or c_in != width:
            self.shortcut = ConvNormAct(c_in, width, 1, stride, act=None)

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b d h2 w2"]:
        """Add the main path to the shortcut."""
        return functional.relu(self.main(x) + self.shortcut(x))


class ResNet(nn.Module):
    """ResNet without its classifier: 23,508,032 parameters for 50 layers; four maps.

    Args:
        in_channels: of the picture.
        stride: of the coarsest map: 8, 16 or 32.
        widths: of the stages, a quarter of their channels with bottleneck blocks.
        depths: blocks of the stages.
        block: of 50 and more layers by default, :class:`BasicBlock` of 34 and fewer.
    """

    def __init__(
        self,
        in_channels: int = 3,
        stride: int = 32,
        widths: Sequence[int] = WIDTHS,
        depths: Sequence[int] = DEPTHS,
        block: type[Bottleneck] | type[BasicBlock] = Bottleneck,
    ) -> None:
        super().__init__()
        self.stem = ConvNormAct(in_channels, widths[0], 7, stride=2)
        stages, c, reached, dilation = [], widths[0], 4, 1
        for i, (width, depth) in enumerate(zip(widths, depths, strict=True)):
            step = 2 if i and reached < stride else 1
            reached *= step
            # a stage that does not halve looks twice as far instead
            dilation *= 2 if i and step == 1 else 1
            blocks = [block(c, width, step, dilation)]
            c = block.expansion * width
            blocks += [block(c, width, 1, dilation) for _ in range(depth - 1)]
            stages.append(nn.Sequential(*blocks))
        self.stages = nn.ModuleList(stages)

    def forward(self, x: Float[Tensor, "b c h w"]) -> list[Tensor]:
        """Return the maps of the four stages."""
        x = functional.max_pool2d(self.stem(x), 3, stride=2, padding=1)
        maps = []
        for level in self.stages:
            x = level(x)
            maps.append(x)
        return maps


def _enlarge(x: Tensor, like: Tensor) -> Tensor:
    size = like.shape[2:]
    return functional.interpolate(x, size=size, mode="bilinear", align_corners=False)


class DeepLabV3Plus(nn.Module):
    """Atrous pyramid on the coarse map, joined with the fine one, refined, enlarged.

    Args:
        in_channels: of the picture.
        classes: channels of the output.
        widths: of ResNet's stages.
        depths: of ResNet's stages.
        channels: of the pyramid and of the decoder.
        mean_norm: a norm behind the mean of the whole picture.
    """

    multiple = 16

    def __init__(
        self,
        in_channels: int = 3,
        classes: int = 1,
        widths: Sequence[int] = WIDTHS,
        depths: Sequence[int] = DEPTHS,
        channels: int = 256,
        mean_norm: bool = False,  # papers silent; with it no batch of one trains
    ) -> None:
        super().__init__()
        self.encoder = ResNet(in_channels, 16, widths, depths)
        self.aspp = ASPP(4 * widths[-1], channels, mean_norm=mean_norm)
        self.low = ConvNormAct(4 * widths[0], 48, 1)
        self.decoder = nn.Sequential(
            ConvNormAct(channels + 48, channels), ConvNormAct(channels, channels)
        )
        self.head = nn.Conv2d(channels, classes, 1)

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b k h w"]:
        """Return logits.

        Raises:
            SpinesegError: if rows or columns are no multiple of 16.
        """
        check_multiple(x, self.multiple)
        fine, *_, coarse = self.encoder(x)
        joined = torch.cat([_enlarge(self.aspp(coarse), fine), self.low(fine)], dim=1)
        return _enlarge(self.head(self.decoder(joined)), x)


@register("mdwcnet/pspnet")
class PSPNet(nn.Module):
    """Means over 1, 2, 3 and 6 fields beside the map, a convolution, enlarged.

    Args:
        in_channels: of the picture.
        classes: channels of the output.
        widths: of ResNet's stages.
        depths: of ResNet's stages.
        channels: before the head.
        mean_norm: a norm behind the mean of the whole picture.
    """

    multiple = 8

    def __init__(
        self,
        in_channels: int = 3,
        classes: int = 2,
        widths: Sequence[int] = WIDTHS,
        depths: Sequence[int] = DEPTHS,
        channels: int = 512,
        mean_norm: bool = False,  # paper silent; with it no batch of one trains
    ) -> None:
        super().__init__()
        self.encoder = ResNet(in_channels, 8, widths, depths)
        self.pyramid = PyramidPooling(4 * widths[-1], mean_norm=mean_norm)
        self.fuse = ConvNormAct(self.pyramid.c_out, channels)
        self.head = nn.Sequential(nn.Dropout2d(0.1), nn.Conv2d(channels, classes, 1))

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b k h w"]:
        """Return logits.

        Raises:
            SpinesegError: if rows or columns are no multiple of 8.
        """
        check_multiple(x, self.multiple)
        coarse = self.encoder(x)[-1]
        return _enlarge(self.head(self.fuse(self.pyramid(coarse))), x)


def _row(output: int) -> Callable[..., nn.Module]:
    def make(
        in_channels: int = 3,
        classes: int = output,
        widths: Sequence[int] = WIDTHS,
        depths: Sequence[int] = DEPTHS,  # ResNet-50; only cervspinenet names it
        channels: int = 256,
        mean_norm: bool = False,
    ) -> nn.Module:
        return DeepLabV3Plus(in_channels, classes, widths, depths, channels, mean_norm)

    make.__doc__ = "Return the DeepLabV3+ that this paper compares with."
    return make


for _paper, _classes in (("cervspinenet", 1), ("mdwcnet", 2), ("wgan_ctm", 4)):
    register(f"{_paper}/deeplab_v3_plus")(_row(_classes))
