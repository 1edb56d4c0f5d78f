"""VM-UNetV2 as cvmunet's Table 3 counts it, at 448 x 448: printed 17.91 M, 13.47 G.

True are 22,734,070 parameters: the printed number leaves out what the scans keep
outside layers. The public code has 36,864 more, in a layer that nothing uses.
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
from spineseg.blocks.vss import VSS
from spineseg.models.registry import register
from spineseg.models.unet import check_multiple

WIDTHS, DEPTHS = (96, 192, 384, 768), (2, 2, 9, 2)


class PatchEmbed(nn.Module):
    """One token for four by four pixels, and a layer norm."""

    def __init__(self, c_in: int, c_out: int) -> None:
        super().__init__()
        self.conv, self.norm = nn.Conv2d(c_in, c_out, 4, 4), nn.LayerNorm(c_out)

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b d h2 w2"]:
        """Return a quarter of the rows and columns."""
        x = self.norm(rearrange(self.conv(x), "b c h w -> b h w c"))
        return rearrange(x, "b h w c -> b c h w")


class PatchMerge(nn.Module):
    """Four neighbours side by side, layer norm, a matrix to c_out channels."""

    def __init__(self, c_in: int, c_out: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(4 * c_in)
        self.reduce = nn.Linear(4 * c_in, c_out, bias=False)

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b d h2 w2"]:
        """Return half as many rows and columns."""
        x = rearrange(x, "b c (h i) (w j) -> b h w (j i c)", i=2, j=2)
        return rearrange(self.reduce(self.norm(x)), "b h w c -> b c h w")


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
        merges = (PatchMerge(a, b) for a, b in pairwise(widths))
        self.sinks = nn.ModuleList([PatchEmbed(in_channels, widths[0]), *merges])
        self.stages = nn.ModuleList(
            nn.Sequential(*(VSS(c, states) for _ in range(depth)))
            for c, depth in zip(widths, depths, strict=True)
        )

    def forward(self, x: Float[Tensor, "b c h w"]) -> list[Tensor]:
        """Return the maps of the stages, the finest first."""
        maps = []
        for sink, blocks in zip(self.sinks, self.stages, strict=True):
            x = blocks(sink(x))
            maps.append(x)
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
