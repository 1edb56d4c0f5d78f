"""Cvm-UNet: ConvNeXt encoder, SCSA below, Res-ReLU in the skips, VSS in the decoder.

c: channels of a stage (96, 192, 384, 768); Z: what leaves a concatenation.
The text leaves the wiring of the decoder open, and the printed 52.36 M parameters and
74.80 G operations do not settle it: 91 of 276,480 wirings that were tried lie within
0.6 percent of both. ``wiring`` names three that do, "A" is the default, or takes the
choices of any that was tried.

Source: Xue et al. 2025, Sec. 3.1 to 3.5, Figs. 2 to 8, Table 3.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import pairwise
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn

from spineseg.blocks.conv import ConvNormAct
from spineseg.blocks.convnext import TINY_DEPTHS, TINY_WIDTHS, ConvNeXt
from spineseg.blocks.residual import Residual, ResReLU
from spineseg.blocks.scsa import SCSA
from spineseg.blocks.updown import UpBilinear
from spineseg.blocks.vss import VSSWithECA
from spineseg.core.errors import SpinesegError
from spineseg.models.cvm_decoder import Decoder, open_decoder
from spineseg.models.cvm_wiring import CHOICES, read_wiring
from spineseg.models.registry import register
from spineseg.models.unet import check_multiple

Block = Callable[[int], nn.Module]
_conv = partial(ConvNormAct, bias=True)


class UpA(nn.Module):
    """Enlarge, join the skip, VSS on all channels, 3 x 3 convolution to c_skip."""

    def __init__(self, c_in: int, c_skip: int, vss: Block) -> None:
        super().__init__()
        self.up, self.vss = UpBilinear(), vss(c_in + c_skip)
        self.out = _conv(c_in + c_skip, c_skip)

    def forward(
        self, x: Float[Tensor, "b c h w"], skip: Float[Tensor, "b s h2 w2"]
    ) -> Float[Tensor, "b s h2 w2"]:
        """Return the map at the size of the skip."""
        return self.out(self.vss(torch.cat([self.up(x), skip], dim=1)))


class UpD(nn.Module):
    """Enlarge, 3 x 3 to c_skip, join the skip, two VSS, 3 x 3 to c_skip."""

    def __init__(self, c_in: int, c_skip: int, vss: Block) -> None:
        super().__init__()
        self.up, self.reduce = UpBilinear(), _conv(c_in, c_skip)
        self.vss = nn.Sequential(vss(2 * c_skip), vss(2 * c_skip))
        self.out = _conv(2 * c_skip, c_skip)

    def forward(
        self, x: Float[Tensor, "b c h w"], skip: Float[Tensor, "b s h2 w2"]
    ) -> Float[Tensor, "b s h2 w2"]:
        """Return the map at the size of the skip."""
        x = self.reduce(self.up(x))
        return self.out(self.vss(torch.cat([x, skip], dim=1)))


class UpE(nn.Module):
    """Enlarge, two VSS, join the skip, two 3 x 3 convolutions to c_skip."""

    def __init__(self, c_in: int, c_skip: int, vss: Block) -> None:
        super().__init__()
        self.up, self.vss = UpBilinear(), nn.Sequential(vss(c_in), vss(c_in))
        self.out = nn.Sequential(_conv(c_in + c_skip, c_skip), _conv(c_skip, c_skip))

    def forward(
        self, x: Float[Tensor, "b c h w"], skip: Float[Tensor, "b s h2 w2"]
    ) -> Float[Tensor, "b s h2 w2"]:
        """Return the map at the size of the skip."""
        return self.out(torch.cat([self.vss(self.up(x)), skip], dim=1))


WIRINGS: dict[str, Callable[[int, int, Block], nn.Module]] = {
    "A": UpA,
    "D": UpD,
    "E": UpE,
}


class CvmUNet(nn.Module):
    """The whole network; parts that a row leaves out are identities.

    Args:
        encoder: gives four maps, the finest at a quarter of the size.
        bottleneck: on the coarsest map.
        decoder: what stands in the skips, the steps, and the tail.
    """

    multiple = 32

    def __init__(
        self, encoder: nn.Module, bottleneck: nn.Module, decoder: Decoder
    ) -> None:
        super().__init__()
        self.encoder, self.bottleneck = encoder, bottleneck
        self.skips = nn.ModuleList(decoder.skips)
        self.ups = nn.ModuleList(decoder.ups)
        self.tail = decoder.tail

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b k h w"]:
        """Return logits.

        Raises:
            SpinesegError: if rows or columns are no multiple of 32.
        """
        check_multiple(x, self.multiple)
        *maps, x = self.encoder(x)
        x = self.bottleneck(x)
        for up, skip, high in zip(self.ups, self.skips, reversed(maps), strict=True):
            x = up(x, skip(high))
        return self.tail(x)


def _identity(channels: int) -> nn.Module:
    return nn.Identity()


def _named_decoder(
    wiring: str,
    widths: Sequence[int],
    classes: int,
    parts: Sequence[str],
    vss: dict[str, Any],
    res_relu: dict[str, Any],
) -> Decoder:
    """Return the decoder of a wiring that has a letter."""
    make_skip = partial(ResReLU, **res_relu) if "res_relu" in parts else _identity
    make_vss = partial(VSSWithECA, **vss) if "vss" in parts else _identity
    steps = list(pairwise(reversed(widths)))
    skips = [make_skip(c) for _, c in steps]
    ups = [WIRINGS[wiring](c_in, c_skip, make_vss) for c_in, c_skip in steps]
    # two rises are left over: the stem has divided the size by four
    tail = nn.Sequential(
        UpBilinear(),
        Residual(widths[0], widths[0] // 2),
        UpBilinear(),
        nn.Conv2d(widths[0] // 2, classes, 1),
    )
    return Decoder(skips, ups, tail)


def _check(
    wiring: str | Mapping[str, Any], parts: Sequence[str], res_relu: dict[str, Any]
) -> None:
    unknown = sorted(set(parts) - {"res_relu", "scsa", "vss"})
    lettered = isinstance(wiring, str)
    known = wiring in WIRINGS if lettered else isinstance(wiring, Mapping)
    if unknown or not known:
        raise SpinesegError(
            "this Cvm-UNet does not exist",
            found=f"wiring {wiring}, parts {', '.join(parts)}",
            expected="wiring A, D or E, or a dictionary of "
            f"{', '.join(CHOICES)}; parts res_relu, scsa, vss",
        )
    if res_relu and not lettered:
        raise SpinesegError(
            "beside a wiring given by places, res_relu says the same thing twice",
            found=res_relu,
            remedy="choose the skip in the wiring, without res_relu",
        )


@register("cvmunet/cvm_unet")
def cvm_unet(
    in_channels: int = 3,
    classes: int = 1,
    widths: Sequence[int] = TINY_WIDTHS,
    depths: Sequence[int] = TINY_DEPTHS,
    wiring: str | Mapping[str, Any] = "A",  # not identified by the printed numbers
    vss: dict[str, Any] | None = None,
    heads: int = 8,  # of SCSA; paper silent
    res_relu: dict[str, Any] | None = None,  # paper silent on its layers
    parts: Sequence[str] = ("res_relu", "scsa", "vss"),
) -> CvmUNet:
    """Return Cvm-UNet, or an ablation row of it.

    Args:
        in_channels: of the picture.
        classes: channels of the output.
        widths: of the encoder's stages.
        depths: of the encoder's stages.
        wiring: of the decoder: A, D or E, or choices by place, such as
            ``{"tail": "3 x 3 at 1/1"}``; see :mod:`spineseg.models.cvm_wiring`. What is
            not given is as in A, but for a norm in the shortcut of the tail.
        vss: arguments of :class:`VSSWithECA` (kernel, gate, sum_with, states, expand,
            eca); beside choices by place those of
            :class:`spineseg.models.cvm_decoder.OpenVSS` (eca, gate, states).
        heads: of SCSA.
        res_relu: arguments of :class:`ResReLU` (layers, relu_after_sum).
        parts: which of res_relu, scsa and vss are in.

    Raises:
        SpinesegError: if a wiring, a place, a choice or a part is unknown.
    """
    _check(wiring, parts, res_relu or {})
    low = SCSA(widths[-1], heads) if "scsa" in parts else nn.Identity()
    encoder = ConvNeXt(in_channels, widths, depths)
    if isinstance(wiring, str):
        decoder = _named_decoder(
            wiring, widths, classes, parts, vss or {}, res_relu or {}
        )
    else:
        decoder = open_decoder(read_wiring(wiring), widths, classes, parts, vss)
    return CvmUNet(encoder, low, decoder)


def _row(parts: Sequence[str]) -> Callable[..., nn.Module]:
    def make(
        in_channels: int = 3,
        classes: int = 1,
        widths: Sequence[int] = TINY_WIDTHS,
        depths: Sequence[int] = TINY_DEPTHS,
        wiring: str | Mapping[str, Any] = "A",
    ) -> nn.Module:
        return cvm_unet(in_channels, classes, widths, depths, wiring, parts=parts)

    make.__doc__ = f"Return the ablation row with {', '.join(parts) or 'none'}."
    return make


register("cvmunet/convnext_unet")(_row(()))
for _part in ("res_relu", "scsa", "vss"):
    register(f"cvmunet/convnext_unet_{_part}")(_row((_part,)))
