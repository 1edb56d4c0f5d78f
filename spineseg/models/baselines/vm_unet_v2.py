"""VM-UNetV2 as cvmunet's Table 3 counts it, at 448 x 448: printed 17.91 M, 13.47 G.

True are 22,734,070 parameters: the printed number leaves out what the scans keep
outside layers. (A full count of the public network gives 36,864 more. The printed
number, which holds layers that run, has no room for them; so they take no part.)

What the papers say: the encoder of VMamba, attention by channel and by pixel in the
skips, infusion of details, supervision of several levels. What the counts decide: 48
channels for every level, 4 x 4 kernels without bias on the way up, and ten parameters a
class for one more rise, that of the second finest logits to the finest.
Sources: Zhang et al. 2024, arXiv:2403.09157, Secs. 3.1 to 3.4; encoder: Liu et al.
2024 (VMamba), arXiv:2401.10166.
"""

from collections.abc import Sequence
from itertools import pairwise

from einops import rearrange
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from spineseg.blocks.cbam import ChannelAttention, SpatialAttention
from spineseg.blocks.conv import ConvNormAct
from spineseg.blocks.detail_infusion import DetailInfusion
from spineseg.blocks.swin import PatchMerging
from spineseg.blocks.vss import VSS
from spineseg.models.registry import register
from spineseg.models.unet import check_multiple

WIDTHS, DEPTHS = (96, 192, 384, 768), (2, 2, 9, 2)


class VMambaEncoder(nn.Module):
    """Four stages of VSS blocks at a quarter to a thirty-second of the size.

    Args:
        in_channels: of the picture.
        widths: of the stages.
        depths: blocks of the stages.
        states: of the scans.
    """

    def __init__(
        self,
        in_channels: int = 3,
        widths: Sequence[int] = WIDTHS,
        depths: Sequence[int] = DEPTHS,
        states: int = 16,
    ) -> None:
        super().__init__()
        self.patches = nn.Conv2d(in_channels, widths[0], 4, stride=4)
        self.patch_norm = nn.LayerNorm(widths[0])
        self.merges = nn.ModuleList(PatchMerging(a, b) for a, b in pairwise(widths))
        self.stages = nn.ModuleList(
            nn.Sequential(*(VSS(c, states) for _ in range(depth)))
            for c, depth in zip(widths, depths, strict=True)
        )

    def forward(self, x: Float[Tensor, "b c h w"]) -> list[Tensor]:
        """Return the maps of the stages, the finest first."""
        tokens = self.patch_norm(rearrange(self.patches(x), "b c h w -> b h w c"))
        maps = [self.stages[0](rearrange(tokens, "b h w c -> b c h w"))]
        for merge, blocks in zip(self.merges, list(self.stages)[1:], strict=True):
            tokens = merge(rearrange(maps[-1], "b c h w -> b h w c"))
            maps.append(blocks(rearrange(tokens, "b h w c -> b c h w")))
        return maps


def _level(c_in: int, c_out: int) -> nn.Sequential:
    """Weigh channels, weigh pixels, bring to c_out channels."""
    return nn.Sequential(
        ChannelAttention(c_in, bias=False),
        SpatialAttention(),
        ConvNormAct(c_in, c_out, 1),
    )


@register("cvmunet/vm_unet_v2")
class VMUNetV2(nn.Module):
    """VSS encoder, detail infusion in the skips, transposed convolutions up.

    Args:
        in_channels: of the picture.
        classes: channels of the output.
        widths: of the encoder's stages.
        depths: of the encoder's stages.
        channels: of every level of the decoder.
        states: of the scans.
    """

    deep_outputs = True  # of heads(); training gives each a loss
    multiple = 32

    def __init__(
        self,
        in_channels: int = 3,
        classes: int = 1,
        widths: Sequence[int] = WIDTHS,
        depths: Sequence[int] = DEPTHS,
        channels: int = 48,
        states: int = 16,
    ) -> None:
        super().__init__()
        self.encoder = VMambaEncoder(in_channels, widths, depths, states)
        self.levels = nn.ModuleList(_level(c, channels) for c in widths)
        n = len(widths)
        self.infusions = nn.ModuleList(DetailInfusion(channels, n) for _ in widths)
        self.rises = nn.ModuleList(
            nn.ConvTranspose2d(channels, channels, 4, 2, padding=1, bias=False)
            for _ in widths[1:]
        )
        self.outs = nn.ModuleList(nn.Conv2d(channels, classes, 1) for _ in widths)
        # one filter a class brings the second finest logits to the finest
        self.last = nn.ConvTranspose2d(
            classes, classes, 3, 2, padding=1, output_padding=1, groups=classes
        )

    def heads(self, x: Float[Tensor, "b c h w"]) -> dict[str, Tensor]:
        """Return logits, and those of the two coarsest levels at their own size.

        Raises:
            SpinesegError: if rows or columns are no multiple of 32.
        """
        check_multiple(x, self.multiple)
        pairs = zip(self.levels, self.encoder(x), strict=True)
        maps = [level(y) for level, y in pairs]
        infused = [f(maps, y) for f, y in zip(self.infusions, maps, strict=True)]
        y = infused.pop()
        out = [self.outs[0](y)]
        for rise, head in zip(self.rises, list(self.outs)[1:], strict=True):
            y = rise(y) + infused.pop()
            out.append(head(y))
        *deep, second, finest = out
        logits = functional.interpolate(
            finest + self.last(second), scale_factor=4, mode="bilinear"
        )
        return {"logits": logits} | {f"deep_{i}": d for i, d in enumerate(deep)}

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b k h w"]:
        """Return logits."""
        return self.heads(x)["logits"]
