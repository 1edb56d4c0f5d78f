"""META-UNet, read from its title and from counts; an inference, not a reproduction.

cvmunet's Table 3 prints 21.70 M parameters and 15.74 G at 448 x 448. The paper's text
was not at hand. What the numbers say: a ResNet-34 takes 21.28 M and 14.7 G of them; a
second class costs 0.06 G, as a 3 x 3 convolution of 32 channels at full size does;
sizes are multiples of 64. What the title says: efficient attention at several scales
weighs the skips. The two branches, their windows and the 3 x 3 laterals are our
reading; it has 0.14 percent too few parameters and 1.1 percent too few operations.
(The 22.21 M that a full count of the public network gives hold the 513,000 numbers of
ResNet's classifier, which is never called.)
META: multi-scale efficient transformer attention.
Source: Wu et al. 2023, doi:10.1109/TASE.2023.3292373.
"""

from collections.abc import Sequence

import torch
from einops import rearrange
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from spineseg.blocks.conv import ConvNormAct
from spineseg.blocks.transformer import TransformerBlock
from spineseg.models.baselines.resnet_nets import DEPTHS, WIDTHS, BasicBlock, ResNet
from spineseg.models.registry import register
from spineseg.models.unet import check_multiple


class ScaleAttention(nn.Module):
    """Weighs a skip against the map from below, seen from afar and from near.

    Afar: a transformer block on means of fields, so that few tokens stand for the whole
    picture. Near: a transformer block in small windows. The sigmoid of their sum is the
    skip's share at each pixel and channel, the rest is the other map's.

    Args:
        channels: of both maps.
        field: side of the fields whose mean is a token.
        window: side of the windows.
        heads: of the attention.
    """

    def __init__(self, channels: int, field: int, window: int, heads: int) -> None:
        super().__init__()
        self.field, self.window = field, window
        self.afar = TransformerBlock(channels, heads)
        self.near = TransformerBlock(channels, heads)

    def forward(
        self, skip: Float[Tensor, "b c h w"], below: Float[Tensor, "b c h w"]
    ) -> Float[Tensor, "b c h w"]:
        """Return the weighed sum."""
        x = skip + below
        share = torch.sigmoid(self._afar(x) + self._near(x))
        return share * skip + (1 - share) * below

    def _afar(self, x: Float[Tensor, "b d h w"]) -> Float[Tensor, "b d h w"]:
        few = functional.avg_pool2d(x, self.field)
        tokens = self.afar(rearrange(few, "b d i j -> b (i j) d"))
        few = rearrange(tokens, "b (i j) d -> b d i j", i=few.shape[2])
        return _enlarge(few, x.shape[2:])

    def _near(self, x: Float[Tensor, "b d h w"]) -> Float[Tensor, "b d h w"]:
        side = self.window
        cut = "b d (i p) (j q) -> (b i j) (p q) d"
        tokens = self.near(rearrange(x, cut, p=side, q=side))
        joined = "(b i j) (p q) d -> b d (i p) (j q)"
        rows, columns = (n // side for n in x.shape[2:])
        return rearrange(tokens, joined, i=rows, j=columns, p=side)


@register("cvmunet/meta_unet")
class MetaUNet(nn.Module):
    """ResNet-34, laterals of few channels, and attention at three scales on the way up.

    Args:
        in_channels: of the picture.
        classes: channels of the output.
        widths: of ResNet's stages.
        depths: of ResNet's stages.
        channels: of the way up; 32 follows from what a second class costs.
        window: side of the windows; 4 and a sixteenth make multiples of 64.
        heads: of the attention; the counts cannot tell.
    """

    multiple = 64

    def __init__(
        self,
        in_channels: int = 3,
        classes: int = 1,
        widths: Sequence[int] = WIDTHS,
        depths: Sequence[int] = DEPTHS,
        channels: int = 32,
        window: int = 4,
        heads: int = 4,
    ) -> None:
        super().__init__()
        self.encoder = ResNet(in_channels, 32, widths, depths, BasicBlock)
        self.laterals = nn.ModuleList(ConvNormAct(w, channels) for w in widths)
        # fields of 4, 8, 16 pixels: the same few tokens at each scale
        self.joins = nn.ModuleList(
            ScaleAttention(channels, field, window, heads) for field in (4, 8, 16)
        )
        self.smooth = nn.ModuleList(ConvNormAct(channels, channels) for _ in self.joins)
        self.head = nn.Conv2d(channels, classes, 3, padding=1)

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b k h w"]:
        """Return logits.

        Raises:
            SpinesegError: if rows or columns are no multiple of 64.
        """
        check_multiple(x, self.multiple)
        size = x.shape[2:]
        maps = zip(self.laterals, self.encoder(x), strict=True)
        *skips, x = (lateral(level) for lateral, level in maps)
        steps = zip(self.joins, self.smooth, reversed(skips), strict=True)
        for join, smooth, skip in steps:
            x = smooth(join(skip, _enlarge(x, skip.shape[2:])))
        return self.head(_enlarge(x, size))


def _enlarge(x: Tensor, size: Sequence[int]) -> Tensor:
    return functional.interpolate(x, list(size), mode="bilinear", align_corners=False)
