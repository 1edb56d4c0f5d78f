"""META-UNet as cvmunet's Table 3 counts it: 21,696,033 parameters, 15.74 G.

The paper's text was not at hand: the network is inferred from its title and from
counts. They come out at 448 x 448; sizes are multiples of 64. (A full count of the
public network gives 513,000 more: ResNet's classifier, which is never called.)

What the title says: efficient attention at several scales weighs the skips of a U-Net.
What the counts say: a ResNet-34 takes 21.28 M; a second class costs 0.06 G, as a 3 x 3
convolution of 32 channels at full size does. For the other 411,361 parameters and
1.03 G we tried 17.6 million combinations of laterals, double convolutions, transformer
blocks on few or on all tokens, 1 x 1 and depthwise convolutions, the same at three or
four scales. 11,107 of them round to both printed numbers; 15 have every digit of the
parameters and come within 0.3 M of the operations. The one below needs the fewest
parts: 3 x 3 laterals to 32 channels, two transformer blocks on 49 tokens and the double
convolution of a U-Net at each of three scales.

So the printed numbers do not identify it, and a third number speaks against it: a full
count of the public network's operations gives 15.84 G, of this one 15.60 G; there the
attention works on more tokens. No count tells the number of heads, whether the blocks
stand in a row or side by side, and how their tokens weigh the skip.
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
from spineseg.models.unet import check_multiple, normed_double

FIELDS = (4, 8, 16)
"""Sides of the fields at the three scales, from the coarsest: 64 pixels at each."""


class ScaleAttention(nn.Module):
    """Weighs a skip by what skip and decoder show together on a coarse grid.

    The mean of each field is a token, so that few stand for the whole picture. The
    sigmoid of what the transformer makes of them, enlarged, is the skip's share at
    each pixel and channel.

    Args:
        channels: of both maps.
        field: side of the fields.
        heads: of the attention.
        blocks: transformer blocks in a row.
    """

    def __init__(self, channels: int, field: int, heads: int, blocks: int = 2) -> None:
        super().__init__()
        self.field = field
        self.blocks = nn.Sequential(
            *(
                TransformerBlock(channels, heads, hidden=2 * channels, query_bias=False)
                for _ in range(blocks)
            )
        )

    def share(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b c h w"]:
        """Return one weight a pixel and channel, between 0 and 1."""
        few = functional.avg_pool2d(x, self.field)
        tokens = self.blocks(rearrange(few, "b c i j -> b (i j) c"))
        few = rearrange(tokens, "b (i j) c -> b c i j", i=few.shape[2])
        return torch.sigmoid(_enlarge(few, x.shape[2:]))

    def forward(
        self, skip: Float[Tensor, "b c h w"], below: Float[Tensor, "b c h w"]
    ) -> Float[Tensor, "b c h w"]:
        """Return the weighed skip."""
        return skip * self.share(skip + below)


@register("cvmunet/meta_unet")
class MetaUNet(nn.Module):
    """ResNet-34, laterals of few channels, attention in three skips of a thin U-Net.

    Args:
        in_channels: of the picture.
        classes: channels of the output.
        widths: of ResNet's stages.
        depths: of ResNet's stages.
        channels: of the way up; 32 follows from what a second class costs.
        heads: of the attention; the counts cannot tell.
        blocks: transformer blocks at each scale.
    """

    multiple = 64

    def __init__(
        self,
        in_channels: int = 3,
        classes: int = 1,
        widths: Sequence[int] = WIDTHS,
        depths: Sequence[int] = DEPTHS,
        channels: int = 32,
        heads: int = 4,
        blocks: int = 2,
    ) -> None:
        super().__init__()
        self.encoder = ResNet(in_channels, 32, widths, depths, BasicBlock)
        self.laterals = nn.ModuleList(
            ConvNormAct(w, channels, bias=True) for w in widths
        )
        self.attention = nn.ModuleList(
            ScaleAttention(channels, field, heads, blocks) for field in FIELDS
        )
        self.decoder = nn.ModuleList(
            normed_double(2 * channels, channels) for _ in FIELDS
        )
        # a layer, not a function: the printed table's counter sees layers only
        self.last = nn.Upsample(scale_factor=4, mode="bilinear")
        self.head = nn.Conv2d(channels, classes, 3, padding=1)

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b k h w"]:
        """Return logits.

        Raises:
            SpinesegError: if rows or columns are no multiple of 64.
        """
        check_multiple(x, self.multiple)
        maps = zip(self.laterals, self.encoder(x), strict=True)
        *skips, x = (lateral(level) for lateral, level in maps)
        steps = zip(self.attention, self.decoder, reversed(skips), strict=True)
        for attend, block, skip in steps:
            x = _enlarge(x, skip.shape[2:])
            x = block(torch.cat([attend(skip, x), x], dim=1))
        return self.head(self.last(x))


def _enlarge(x: Tensor, size: Sequence[int]) -> Tensor:
    return functional.interpolate(x, list(size), mode="bilinear", align_corners=False)
