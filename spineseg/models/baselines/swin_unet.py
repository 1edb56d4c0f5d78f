"""Swin-UNet as cvmunet's Table 3 counts it: 27,168,132 parameters.

A U-Net without convolutions: shifted-window attention on the way down and up, merging
and expanding of patches between the levels. The printed numbers come out at 448 x 448
with windows of 7, not at the 480 x 480 that the paper's Table 2 names.
Source: Cao et al. 2023, doi:10.1007/978-3-031-25066-8_9.
"""

from collections.abc import Sequence

import torch
from einops import rearrange
from jaxtyping import Float
from torch import Tensor, nn

from spineseg.blocks.swin import PatchExpanding, PatchMerging, SwinBlock
from spineseg.models.registry import register
from spineseg.models.unet import check_multiple

DEPTHS, HEADS = (2, 2, 2, 2), (3, 6, 12, 24)
PATCH = 4


def stage(channels: int, heads: int, depth: int, window: int) -> nn.Sequential:
    """Return blocks whose windows are moved by half a side in every second one."""
    shifts = (window // 2 if i % 2 else 0 for i in range(depth))
    return nn.Sequential(*(SwinBlock(channels, heads, window, s) for s in shifts))


class Joined(nn.Module):
    """The skip beside what comes from below, narrowed, then a stage."""

    def __init__(self, channels: int, heads: int, depth: int, window: int) -> None:
        super().__init__()
        self.narrow = nn.Linear(2 * channels, channels)
        self.stage = stage(channels, heads, depth, window)

    def forward(
        self, x: Float[Tensor, "b h w c"], skip: Float[Tensor, "b h w c"]
    ) -> Float[Tensor, "b h w c"]:
        """Return tokens that know both."""
        return self.stage(self.narrow(torch.cat([x, skip], dim=-1)))


@register("cvmunet/swin_unet")
class SwinUNet(nn.Module):
    """Swin transformer and its mirror image.

    Args:
        in_channels: of the picture.
        classes: channels of the output.
        channels: of the finest level; each level below has twice as many.
        depths: blocks of the levels, on both sides.
        heads: of the levels.
        window: side of a window in tokens.
    """

    multiple = 32

    def __init__(
        self,
        in_channels: int = 3,
        classes: int = 1,
        channels: int = 96,
        depths: Sequence[int] = DEPTHS,
        heads: Sequence[int] = HEADS,
        window: int = 7,
    ) -> None:
        super().__init__()
        widths = [channels * 2**i for i in range(len(depths))]
        levels = list(zip(widths, heads, depths, strict=True))
        self.patches = nn.Conv2d(in_channels, channels, PATCH, stride=PATCH)
        self.patch_norm, self.norm = nn.LayerNorm(channels), nn.LayerNorm(widths[-1])
        self.encoder = nn.ModuleList(stage(*level, window) for level in levels)
        self.merges = nn.ModuleList(PatchMerging(c) for c in widths[:-1])
        self.expands = nn.ModuleList(
            PatchExpanding(c, c // 2) for c in reversed(widths[1:])
        )
        self.decoder = nn.ModuleList(
            Joined(*level, window) for level in reversed(levels[:-1])
        )
        self.norm_up = nn.LayerNorm(channels)
        self.last = PatchExpanding(channels, channels, PATCH)
        self.head = nn.Conv2d(channels, classes, 1, bias=False)

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b k h w"]:
        """Return logits.

        Raises:
            SpinesegError: if rows or columns are no multiple of 32.
        """
        check_multiple(x, self.multiple)
        x = self.patch_norm(rearrange(self.patches(x), "b c h w -> b h w c"))
        skips: list[Tensor] = []
        for level, merge in zip(self.encoder, [*self.merges, None], strict=True):
            x = level(x)
            skips.append(x)
            x = x if merge is None else merge(x)
        x = self.norm(x)
        steps = zip(self.expands, self.decoder, skips[-2::-1], strict=True)
        for expand, level, skip in steps:
            x = level(expand(x), skip)
        x = self.last(self.norm_up(x))
        return self.head(rearrange(x, "b h w c -> b c h w"))
