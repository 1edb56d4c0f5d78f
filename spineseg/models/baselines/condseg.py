"""ConDSeg, read from its paper, which names parts and not their widths.

cvmunet's Table 3 prints 45.55 M parameters and 357.07 G. What the class marks as
silent is open. The defaults were chosen near the counts: 45.16 M and 360.70 G, 0.9
percent too few and 1.0 percent too many. Other numbers in the same parts meet both to
the digit: ``spineseg.models.presets.at_printed_cost``. They were found by a search and
identify nothing: the public network has 45,552,786 parameters and 355.42 G of true
operations, this one 45,551,640 and 357.90 G.
SID: foreground, background and what is uncertain, from the coarsest map. CDFA: see
``spineseg.blocks.contrast``. The training of the encoder in two stages is not part of
the network.
Source: Lei et al. 2025, arXiv:2412.08345 (AAAI 2025).
"""

from collections.abc import Sequence
from itertools import pairwise

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from spineseg.blocks.contrast import ContrastAggregation, join
from spineseg.blocks.conv import ConvNormAct
from spineseg.models.baselines.resnet_nets import DEPTHS, WIDTHS, ResNet
from spineseg.models.registry import register
from spineseg.models.unet import check_multiple

# the paper says dilated and names no rates: those of DeepLab's pyramid are taken
RATES = (1, 6, 12, 18)
SEMANTICS = ("foreground", "background", "uncertain")


def _convolutions(c_in: int, c_out: int, n: int) -> nn.Sequential:
    first = ConvNormAct(c_in, c_out)
    return nn.Sequential(first, *(ConvNormAct(c_out, c_out) for _ in range(n - 1)))


class Enhance(nn.Module):
    """Dilated 3 x 3 convolutions side by side, fused."""

    def __init__(self, c_in: int, c_out: int, fuse_kernel: int = 3) -> None:
        super().__init__()
        self.branches = nn.ModuleList(
            ConvNormAct(c_in, c_out, dilation=rate) for rate in RATES
        )
        self.fuse = ConvNormAct(len(RATES) * c_out, c_out, fuse_kernel)

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b d h w"]:
        """Return the map seen at four distances."""
        return self.fuse(torch.cat([branch(x) for branch in self.branches], dim=1))


class Decouple(nn.Module):
    """SID: three branches of three convolutions, and the mask that each stands for.

    Args:
        c_in: channels of the coarsest map; halved by each convolution but the last.
        c_out: channels of each branch.
        classes: of the masks.
    """

    def __init__(self, c_in: int, c_out: int, classes: int) -> None:
        super().__init__()
        widths = (c_in, c_in // 2, c_in // 4, c_out)
        self.branches = nn.ModuleList(
            nn.Sequential(*(ConvNormAct(a, b) for a, b in pairwise(widths)))
            for _ in SEMANTICS
        )
        self.masks = nn.ModuleList(nn.Conv2d(c_out, classes, 1) for _ in SEMANTICS)

    def forward(
        self, x: Float[Tensor, "b c h w"]
    ) -> tuple[list[Tensor], dict[str, Tensor]]:
        """Return three maps, and three masks' logits by name."""
        maps = [branch(x) for branch in self.branches]
        masks = {
            name: mask(y)
            for name, mask, y in zip(SEMANTICS, self.masks, maps, strict=True)
        }
        return maps, masks


class Aggregate(nn.Module):
    """One level: own map and the one from below, weighed by contrast."""

    def __init__(self, channels: int, parts: int, guide_convs: int) -> None:
        super().__init__()
        self.mix = ConvNormAct(parts * channels, channels)
        self.guides = nn.ModuleList(
            _convolutions(channels, channels, guide_convs) for _ in range(2)
        )
        self.contrast = ContrastAggregation(channels)

    def forward(self, parts: list[Tensor], guides: Sequence[Tensor]) -> Tensor:
        """Return the level's map, at the size of the first part."""
        x = self.mix(join(parts, parts[0]))
        shown = [
            join([guide(g)], x) for guide, g in zip(self.guides, guides, strict=True)
        ]
        return x + self.contrast(x, *shown)


@register("cvmunet/condseg")
class ConDSeg(nn.Module):
    """ResNet-50 to a sixteenth, SID, CDFA at four levels, decoders for three sizes.

    Args:
        in_channels: of the picture.
        classes: channels of the output.
        widths: of ResNet's first three stages.
        depths: of ResNet's first three stages.
        channels: of every level after the encoder.  # paper silent
        fuse_kernel: after the dilated convolutions.  # paper silent
        refine: 3 x 3 convolutions of each decoder, finest first.  # paper silent
        guide_convs: on foreground and background at each level.  # paper silent
        decoded: channels of the decoders, ``channels`` unless given.  # paper silent
        last: 3 x 3 convolutions at the size of the picture.  # paper silent
    """

    multiple = 16

    def __init__(
        self,
        in_channels: int = 3,
        classes: int = 1,
        widths: Sequence[int] = WIDTHS[:3],
        depths: Sequence[int] = DEPTHS[:3],
        channels: int = 128,
        fuse_kernel: int = 3,
        refine: Sequence[int] = (5, 5, 5),
        guide_convs: int = 2,
        decoded: int | None = None,
        last: int = 2,
    ) -> None:
        super().__init__()
        made = channels if decoded is None else decoded
        self.encoder = ResNet(in_channels, 32, widths, depths)
        found = (widths[0], *(4 * w for w in widths))
        self.enhance = nn.ModuleList(Enhance(c, channels, fuse_kernel) for c in found)
        self.decouple = Decouple(found[-1], channels, classes)
        self.levels = nn.ModuleList(
            Aggregate(channels, p, guide_convs) for p in (2, 2, 2, 1)
        )
        self.decoders = nn.ModuleList(
            _convolutions(2 * channels, made, n) for n in refine
        )
        # at the size of the picture: chosen because the count comes nearer
        self.fuse = _convolutions(len(refine) * made, made, last)
        self.head = nn.Conv2d(made, classes, 1)

    def heads(self, x: Float[Tensor, "b c h w"]) -> dict[str, Tensor]:
        """Return logits, and at a sixteenth of the size those of the three masks.

        Raises:
            SpinesegError: if rows or columns are no multiple of 16.
        """
        check_multiple(x, self.multiple)
        first = self.encoder.stem(x)
        maps, y = [first], functional.max_pool2d(first, 3, stride=2, padding=1)
        for stage in self.encoder.stages:
            y = stage(y)
            maps.append(y)
        (foreground, background, _), masks = self.decouple(y)
        maps = [f(m) for f, m in zip(self.enhance, maps, strict=True)]
        made = [self.levels[3]([maps[3]], (foreground, background))]
        for level, own in zip(list(self.levels)[2::-1], maps[2::-1], strict=True):
            made.insert(0, level([own, made[0]], (foreground, background)))
        pairs = zip(self.decoders, made, made[1:], strict=False)
        sizes = [decoder(join([a, b], a)) for decoder, a, b in pairs]
        logits = self.head(self.fuse(join(sizes, x)))
        return {"logits": logits} | masks

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b k h w"]:
        """Return logits."""
        return self.heads(x)["logits"]
