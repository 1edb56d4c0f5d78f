"""MDWC-Net: MSCAW blocks in a U-shape, DFCB in the skips, BIEB at the bottleneck.

Source: Gu, Wang, Chen 2025, doi:10.3389/fphys.2025.1651296, Sec. 2.3 to 2.6, Fig. 1.
Depth and widths are not in the text at hand (specification, Sec. 7); its formulas are
not either, so the blocks are reconstructions.
"""

from collections.abc import Callable, Sequence
from functools import partial
from itertools import pairwise
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn

from spineseg.blocks.cbam import CBAM
from spineseg.blocks.context import ASPP
from spineseg.blocks.conv import ConvNormAct
from spineseg.blocks.mdwc import BIEB, DFCB, MSCAW
from spineseg.blocks.updown import UpBilinear
from spineseg.models.registry import register
from spineseg.models.unet import check_multiple, descend

WIDTHS = (32, 64, 128, 256, 512)
Block = Callable[[int, int], nn.Module]


class Concatenate(nn.Module):
    """The skip of a plain U-Net; its 1 x 1 brings the channels back to c_out."""

    def __init__(self, c_encoder: int, c_decoder: int, c_out: int) -> None:
        super().__init__()
        self.fuse = ConvNormAct(c_encoder + c_decoder, c_out, 1)

    def forward(
        self, encoder: Float[Tensor, "b e h w"], decoder: Float[Tensor, "b d h w"]
    ) -> Float[Tensor, "b c h w"]:
        """Return the joined map."""
        return self.fuse(torch.cat([encoder, decoder], dim=1))


class MDWCNet(nn.Module):
    """The U-shape that all rows share.

    Args:
        in_channels: of the picture.
        classes: channels of the output.
        widths: of the levels.
        block: makes a level's block from (c_in, c_out).
        join: makes a skip from (encoder, decoder, out) channels.
        bottleneck: makes what follows the lowest block.
    """

    def __init__(
        self,
        in_channels: int,
        classes: int,
        widths: Sequence[int],
        block: Block,
        join: Callable[[int, int, int], nn.Module],
        bottleneck: Callable[[int], nn.Module],
    ) -> None:
        super().__init__()
        self.encoder = nn.ModuleList(
            block(a, b) for a, b in pairwise((in_channels, *widths))
        )
        self.bottleneck, self.up = bottleneck(widths[-1]), UpBilinear()
        rises = list(pairwise(reversed(widths)))
        self.joins = nn.ModuleList(join(b, a, b) for a, b in rises)
        self.decoder = nn.ModuleList(block(b, b) for _, b in rises)
        self.head = nn.Conv2d(widths[0], classes, 1)
        self.multiple = 2 ** len(rises)

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b k h w"]:
        """Return logits.

        Raises:
            SpinesegError: if rows or columns are no multiple of ``self.multiple``.
        """
        check_multiple(x, self.multiple)
        *skips, x = descend(self.encoder, x)
        x = self.bottleneck(x)
        for join, block, high in zip(
            self.joins, self.decoder, reversed(skips), strict=True
        ):
            x = block(join(high, self.up(x)))
        return self.head(x)


def _double(c_in: int, c_out: int) -> nn.Module:
    return nn.Sequential(ConvNormAct(c_in, c_out), ConvNormAct(c_out, c_out))


def _identity(channels: int) -> nn.Module:
    return nn.Identity()


# the ten rows of the ablation: block, skip, bottleneck
ROWS: dict[str, tuple[Block, Any, Callable[[int], nn.Module]]] = {
    "mdwc_net": (MSCAW, DFCB, BIEB),
    "ablation_unet": (_double, Concatenate, _identity),
    "multi_scale": (partial(MSCAW, weighted=False), Concatenate, _identity),
    "mscaw": (MSCAW, Concatenate, _identity),
    "mscaw_upper": (MSCAW, Concatenate, partial(BIEB, branches=("upper",))),
    "mscaw_lower": (MSCAW, Concatenate, partial(BIEB, branches=("lower",))),
    "mscaw_bieb": (MSCAW, Concatenate, BIEB),
    "mscaw_dfcb": (MSCAW, DFCB, _identity),
    "aspp_for_mscaw": (ASPP, DFCB, BIEB),
    "cbam_for_bieb": (MSCAW, DFCB, CBAM),
}


def _row(name: str) -> Callable[..., nn.Module]:
    block, join, bottleneck = ROWS[name]

    def make(
        in_channels: int = 1,
        classes: int = 2,
        widths: Sequence[int] = WIDTHS,  # paper silent
    ) -> nn.Module:
        return MDWCNet(in_channels, classes, widths, block, join, bottleneck)

    make.__doc__ = f"Return the network of the row {name.replace('_', ' ')}."
    return make


for _name in ROWS:
    register(f"mdwcnet/{_name}")(_row(_name))
