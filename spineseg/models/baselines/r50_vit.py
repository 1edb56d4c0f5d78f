"""TransUNet as its authors published it: ResNet-50 and ViT-B/16 in one U-Net.

A ResNet with standardised weights to a sixteenth of the size (three stages of 3, 4 and
9 blocks), twelve transformer blocks over its 768-channel tokens, a cascade of
enlargements with the ResNet's maps as skips. mdwcnet names TransU-Net without a
variant; this is the one that the name stands for. For 224 x 224 pictures, three
channels and nine classes it has the authors' 105.28 M parameters.
Source: Chen et al. 2021, arXiv:2102.04306, Sec. 3 and Fig. 1; Chen et al. 2024,
doi:10.1016/j.media.2024.103280. Without pretrained weights.
"""

from collections.abc import Sequence
from itertools import pairwise

import torch
from einops import rearrange
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from spineseg.blocks.conv import ConvNormAct
from spineseg.blocks.standardised import (
    StandardisedBottleneck,
    StandardisedConv2d,
    groups,
)
from spineseg.blocks.transformer import TransformerBlock
from spineseg.models.baselines.trans_unet import stretch
from spineseg.models.registry import register
from spineseg.models.unet import check_multiple

DEPTHS = (3, 4, 9)


class HybridEncoder(nn.Module):
    """The ResNet; four maps at 1/2, 1/4, 1/8, 1/16 of the size.

    Args:
        in_channels: of the picture.
        width: channels of the first map; 4, 8, 16 times as many below.
        depths: blocks of the three stages.
    """

    def __init__(self, in_channels: int, width: int, depths: Sequence[int]) -> None:
        super().__init__()
        self.stem = nn.Sequential(
            StandardisedConv2d(in_channels, width, 7, 2), groups(width), nn.ReLU()
        )
        stages, c = [], width
        for i, n in enumerate(depths):
            out = 4 * width * 2**i
            first = StandardisedBottleneck(c, out, 2 if i else 1)
            rest = (StandardisedBottleneck(out, out) for _ in range(n - 1))
            stages.append(nn.Sequential(first, *rest))
            c = out
        self.stages = nn.ModuleList(stages)

    def forward(self, x: Float[Tensor, "b c h w"]) -> list[Tensor]:
        """Return the maps from the finest to the coarsest."""
        maps = [self.stem(x)]
        # padding keeps a quarter of the size exactly; the authors pad afterwards
        x = functional.max_pool2d(maps[0], 3, stride=2, padding=1)
        for level in self.stages:
            x = level(x)
            maps.append(x)
        return maps


@register("mdwcnet/trans_unet")
class R50ViTUNet(nn.Module):
    """ResNet, transformer, cascaded decoder.

    Args:
        in_channels: of the picture.
        classes: channels of the output.
        width: of ResNet's first map.
        depths: of ResNet's stages.
        channels: of a token.
        depth: transformer blocks.
        heads: of each attention.
        size: of the pictures that the positions are made for.
    """

    multiple = 16

    def __init__(
        self,
        in_channels: int = 3,
        classes: int = 2,
        width: int = 64,
        depths: Sequence[int] = DEPTHS,
        channels: int = 768,
        depth: int = 12,
        heads: int = 12,
        size: int = 256,
    ) -> None:
        super().__init__()
        self.side = size // 16
        self.encoder = HybridEncoder(in_channels, width, depths)
        self.embed = nn.Conv2d(16 * width, channels, 1)
        self.positions = nn.Parameter(torch.zeros(self.side**2, channels))
        self.dropout = nn.Dropout(0.1)
        self.blocks = nn.Sequential(
            *(TransformerBlock(channels, heads) for _ in range(depth))
        )
        self.norm = nn.LayerNorm(channels)
        self.more = ConvNormAct(channels, 8 * width)
        self.up = nn.Upsample(scale_factor=2, mode="bilinear", align_corners=True)
        outs = (8 * width, 4 * width, 2 * width, width, width // 4)
        skips = (8 * width, 4 * width, width, 0)
        self.decoder = nn.ModuleList(
            nn.Sequential(ConvNormAct(a + s, b), ConvNormAct(b, b))
            for (a, b), s in zip(pairwise(outs), skips, strict=True)
        )
        self.head = nn.Conv2d(outs[-1], classes, 3, padding=1)

    def attend(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b d h w"]:
        """Return the coarse map after the transformer."""
        height, width = x.shape[2:]
        tokens = rearrange(self.embed(x), "b c h w -> b (h w) c")
        place = stretch(self.positions, self.side, height, width)
        tokens = self.norm(self.blocks(self.dropout(tokens + place)))
        return rearrange(tokens, "b (h w) c -> b c h w", h=height)

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b k h w"]:
        """Return logits.

        Raises:
            SpinesegError: if rows or columns are no multiple of 16.
        """
        check_multiple(x, self.multiple)
        maps = self.encoder(x)
        x = self.more(self.attend(maps[-1]))
        for level, skip in zip(self.decoder, [*maps[-2::-1], None], strict=True):
            x = self.up(x)
            x = level(x if skip is None else torch.cat([x, skip], dim=1))
        return self.head(x)
