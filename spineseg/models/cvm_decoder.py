"""The decoder of Cvm-UNet in every wiring that :mod:`spineseg.models.cvm_wiring` names.

c: channels of a map; s: of a skip; A, B, Z: as in
:class:`spineseg.blocks.vss.VSSWithECA`.
Source: Xue et al. 2025, Secs. 3.1 to 3.4.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn

from spineseg.blocks.channel_attention import ECA
from spineseg.blocks.conv import ConvNormAct
from spineseg.blocks.residual import Residual, ResReLU
from spineseg.blocks.ss2d import SS2D
from spineseg.blocks.updown import UpBilinear
from spineseg.core.errors import SpinesegError
from spineseg.models.cvm_wiring import TAILS, Wiring

# a part and the channels that leave it
Made = tuple[nn.Module, int]
MakeVSS = Callable[[int], Made]
_conv = partial(ConvNormAct, bias=True)
_residual = partial(Residual, shortcut_norm=True)
_SKIPS: dict[str, Callable[[int], nn.Module]] = {
    "two 3 x 3": ResReLU,
    "two 3 x 3, projected": lambda s: _residual(s, s, project=True),
    "one 3 x 3": partial(ResReLU, layers=1),
}


class OpenVSS(nn.Module):
    """cvmunet's VSS block with the sizes of one wiring: y = B + A, or y = B + Z.

    B is added to that of the two which has its number of channels.

    Args:
        channels: before.
        kernels: sides of the kernels of phi_1 and phi_2.
        phi: channels before, between and after them, such as "2c c c".
        expand: of SS2D.
        eca: taps of ECA's filter; None takes the rule of ECA's authors.
        gate: see :class:`spineseg.blocks.vss.VSSWithECA`.
        states: of SS2D.
        engine: of the scan.
    """

    def __init__(
        self,
        channels: int,
        kernels: tuple[int, int],
        phi: str,
        expand: float,
        eca: int | None = 5,  # paper silent on the rule's constants
        gate: bool = True,
        states: int = 16,
        engine: str = "auto",
    ) -> None:
        super().__init__()
        joined, mid, self.channels = (
            channels * int(part[:-1] or 1) for part in phi.split()
        )
        self.norm = nn.LayerNorm(channels)
        self.ss2d = SS2D(channels, states, expand, gate, engine)
        self.eca = ECA(channels, eca)
        self.phi_1 = _conv(joined, mid, kernels[0])
        self.phi_2 = _conv(mid, self.channels, kernels[1])

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b d h w"]:
        """Return B plus what has its channels."""
        scanned = self.ss2d(self.norm(x.permute(0, 2, 3, 1)))
        a = self.eca(scanned.permute(0, 3, 1, 2))
        z = torch.cat([x, a], dim=1)
        b = self.phi_2(self.phi_1(z))
        return b + (a if b.shape == a.shape else z)


class Step(nn.Module):
    """Enlarge, what stands before the skip is joined, join, what stands after."""

    def __init__(self, up: nn.Module, before: nn.Module, after: nn.Module) -> None:
        super().__init__()
        self.up, self.before, self.after = up, before, after

    def forward(
        self, x: Float[Tensor, "b c h w"], skip: Float[Tensor, "b s h2 w2"]
    ) -> Float[Tensor, "b o h2 w2"]:
        """Return the map at the size of the skip."""
        return self.after(torch.cat([self.before(self.up(x)), skip], dim=1))


def _convolutions(word: str, c: int, target: int) -> nn.Module:
    if word == "mix":
        return nn.Conv2d(c, target, 1)
    if word.startswith("double"):
        mid = c // 2 if word == "double_half" else target
        return nn.Sequential(ConvNormAct(c, mid), ConvNormAct(mid, target))
    return _conv(c, target, int(word[-1]))


def _row(words: str, c: int, target: int, blocks: int, vss: MakeVSS) -> Made:
    parts: list[nn.Module] = []
    for word in words.split():
        if word == "vss":
            for _ in range(blocks):
                part, c = vss(c)
                parts.append(part)
        else:
            parts.append(_convolutions(word, c, target))
            c = target
    return nn.Sequential(*parts), c


def _step(wiring: Wiring, c: int, s: int, vss: MakeVSS) -> Made:
    up = (
        nn.Upsample(scale_factor=2, mode="bilinear", align_corners=True)
        if wiring.layer
        else UpBilinear()
    )
    words = wiring.up.split("join")
    before, c = _row(words[0], c, s, wiring.blocks, vss)
    target = 2 * s if wiring.wide else s
    after, c = _row(words[1], c + s, target, wiring.blocks, vss)
    return Step(up, before, after), c


def _tail(tail: str, c: int, classes: int, vss: MakeVSS) -> nn.Module:
    """Return what leads from c channels at a quarter of the size to the logits."""
    if tail == "3 x 3 at 1/1":
        return nn.Sequential(UpBilinear(4), nn.Conv2d(c, classes, 3, padding=1))
    if " and " in tail or tail.startswith("vss"):
        return _two_residuals(c, classes, vss if "vss" in tail else None)
    words = tail.split()
    made = words[2] if words[1] == "to" else "c"
    out = {"c": c, "c/2": c // 2}.get(made) or int(made)
    head = nn.Conv2d(out, classes, 1)
    if tail in TAILS[:2]:
        return nn.Sequential(_residual(c, out), head, UpBilinear(4))
    first = {"1/4": 1, "1/2": 2, "1/1": 4}[words[-1]]
    rises = [UpBilinear(n) if n > 1 else nn.Identity() for n in (first, 4 // first)]
    return nn.Sequential(rises[0], _residual(c, out), rises[1], head)


def _two_residuals(c: int, classes: int, vss: MakeVSS | None) -> nn.Module:
    half: nn.Module = _residual(c, c // 2)
    if vss is not None:
        block, made = vss(c)
        half = nn.Sequential(block, _conv(made, c // 2))
    whole, head = _residual(c // 2, c // 4), nn.Conv2d(c // 4, classes, 1)
    return nn.Sequential(UpBilinear(), half, UpBilinear(), whole, head)


class Decoder(NamedTuple):
    """What stands behind the encoder, from the coarsest skip to the logits."""

    skips: list[nn.Module]
    ups: list[nn.Module]
    tail: nn.Module


def open_decoder(
    wiring: Wiring,
    widths: Sequence[int],
    classes: int,
    parts: Sequence[str] = ("res_relu", "vss"),
    vss: dict[str, Any] | None = None,
) -> Decoder:
    """Return the decoder of one wiring.

    Args:
        wiring: see :func:`spineseg.models.cvm_wiring.read_wiring`.
        widths: of the encoder's stages.
        classes: channels of the output.
        parts: which of res_relu and vss are in; the others are identities.
        vss: eca, gate, states and engine of :class:`OpenVSS`.

    Raises:
        SpinesegError: if ``vss`` has what the wiring says, or an unknown name.
    """
    make_vss = _vss_maker(wiring, vss or {}) if "vss" in parts else _no_vss
    make_skip = _SKIPS[wiring.skip] if "res_relu" in parts else lambda _: nn.Identity()
    stages = list(reversed(widths))
    c, ups = stages[0], []
    for s in stages[1:]:
        step, c = _step(wiring, c, s, make_vss)
        ups.append(step)
    skips = [make_skip(s) for s in stages[1:]]
    return Decoder(skips, ups, _tail(wiring.tail, c, classes, make_vss))


def _vss_maker(wiring: Wiring, vss: dict[str, Any]) -> MakeVSS:
    known = {"eca", "gate", "states", "engine"}
    if set(vss) - known:
        raise SpinesegError(
            "beside a wiring given by places, the VSS block has no such argument",
            found=sorted(set(vss) - known),
            expected=sorted(known),
            remedy="kernels, phi and expand are places of the wiring",
        )

    def make(c: int) -> Made:
        block = OpenVSS(c, wiring.kernels, wiring.phi, wiring.expand, **vss)
        return block, block.channels

    return make


def _no_vss(c: int) -> Made:
    return nn.Identity(), c
