"""MD-UNet: a U-Net of mixed depthwise convolutions, read from an abstract.

cvmunet's Table 3 cites the multi-input dilated U-Net (Ge et al. 2021), but prints the
counts of another network with the same short name (Liu et al. 2023; public, without a
licence): 11.81 M and 30.15 G. Of that paper only the abstract was at hand. It names
the parts (a residual module around an attention of mixed depthwise convolutions, in a
U-shape), neither widths nor depths. The defaults are usual numbers and miss what is
printed: 8.71 M and 53.84 G. Other numbers in the same parts meet both to the digit:
``spineseg.models.presets.at_printed_cost``. They were found by a search and
identify nothing: the public network has 11,816,068 parameters and 29.55 G of true
operations, this one 11,813,697 and 27.50 G.
Source: Liu et al. 2023, doi:10.1007/s11517-023-03005-8.
"""

from collections.abc import Sequence
from itertools import pairwise

from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from spineseg.blocks.conv import ConvNormAct
from spineseg.blocks.mixed import MixedResidual
from spineseg.models.registry import register
from spineseg.models.unet import UShape

WIDTHS = (32, 64, 128, 256, 512)


@register("cvmunet/md_unet")
class MDUNet(UShape):
    """3 x 3 convolution, then mixed residual modules, in every level.

    Args:
        in_channels: of the picture.
        classes: channels of the output.
        widths: of the levels.
        modules: mixed residual modules of the levels, from the top down.
        kernels: of the mixed convolutions.
        expand: width of the perceptrons in channels.
        stride: of the first convolution; logits are enlarged by it at the end.
    """

    def __init__(
        self,
        in_channels: int = 3,
        classes: int = 1,
        widths: Sequence[int] = WIDTHS,  # abstract silent
        modules: Sequence[int] = (1, 1, 1, 1, 1),  # abstract silent
        kernels: Sequence[int] = (3, 5, 7, 9),  # abstract silent
        expand: int = 4,  # abstract silent
        stride: int = 1,  # abstract silent
    ) -> None:
        def level(c_in: int, c_out: int, count: int, step: int = 1) -> nn.Sequential:
            mixed = (MixedResidual(c_out, kernels, expand) for _ in range(count))
            return nn.Sequential(ConvNormAct(c_in, c_out, stride=step), *mixed)

        first, *below = zip(pairwise((in_channels, *widths)), modules, strict=True)
        rises = list(pairwise(reversed(widths)))
        counts = reversed(modules[:-1])
        super().__init__(
            [
                level(*first[0], first[1], stride),
                *(level(a, b, n) for (a, b), n in below),
            ],
            [nn.ConvTranspose2d(a, b, 2, stride=2) for a, b in rises],
            [level(2 * b, b, n) for (_, b), n in zip(rises, counts, strict=True)],
            nn.Conv2d(widths[0], classes, 1),
        )
        self.multiple *= stride

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b k h w"]:
        """Return logits at the size of the picture.

        Raises:
            SpinesegError: if rows or columns are no multiple of ``self.multiple``.
        """
        y = super().forward(x)
        if y.shape[-2:] == x.shape[-2:]:
            return y
        return functional.interpolate(y, x.shape[-2:], mode="bilinear")
