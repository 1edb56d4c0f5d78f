"""Every reading of Cvm-UNet that its text allows, counted: which fit what is printed?

Table 3 of cvmunet prints 52.36 M parameters and 74.80 G operations. The text leaves
open what a decoder step does in which order, the kernels after the ECA, and more. Here
276,480 readings are counted by arithmetic, in seconds; :func:`from_reading` builds any
of them, and the tests compare both.

c: channels; s: channels of a skip; o: channels that a step of the decoder puts out.
Source: Xue et al. 2025, Secs. 3.1 to 3.5, Table 3.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import pairwise, product
from typing import NamedTuple

from torch import nn

from spineseg.audit import tally
from spineseg.audit.tally import Tally
from spineseg.core.errors import SpinesegError
from spineseg.models.cvm_wiring import CHOICES, TAILS, Wiring
from spineseg.models.registry import create_model

PRINTED_MILLIONS, PRINTED_GIGA = 52.36, 74.80
WIDTHS = (96, 192, 384, 768)

ENCODERS = {"tiny": (3, 3, 9, 3), "small": (3, 3, 27, 3)}


class Reading(NamedTuple):
    """One way to read the paper.

    Args:
        side: of the picture: 480 as the paper says, or 448 as four of its rows.
        encoder: size of ConvNeXt.
        up: this and what follows: see :class:`spineseg.models.cvm_wiring.Wiring`.
        kernels: of the two convolutions after the ECA.
        phi: channels before, between and after them.
        expand: of SS2D.
        blocks: VSS blocks in a step.
        skip: what a Res-ReLU block is.
        tail: what leads from a quarter to the whole size.
        wide: o is 2 s instead of s.
        layer: the enlargement in a step is a layer, which is counted.
    """

    side: int
    encoder: str
    up: str
    kernels: tuple[int, int]
    phi: str
    expand: int
    blocks: int
    skip: str
    tail: str
    wide: bool
    layer: bool

    @property
    def wiring(self) -> Wiring:
        """The choices that the network takes."""
        return Wiring(*self[2:])


WIRING_A = Reading(480, "tiny", *Wiring())


def all_readings() -> Iterator[Reading]:
    """Return every combination; two blocks need as many channels out as in."""
    for r in product((480, 448), ENCODERS, *CHOICES.values()):
        reading = Reading._make(r)
        if reading.wiring.possible:
            yield reading


def from_reading(r: Reading, in_channels: int = 3, classes: int = 1) -> nn.Module:
    """Return the network that a reading describes; its side is not the network's.

    Raises:
        SpinesegError: if a choice is unknown.
    """
    if r.encoder not in ENCODERS:
        raise SpinesegError(
            "ConvNeXt has no such size here", found=r.encoder, expected=list(ENCODERS)
        )
    return create_model(
        "cvmunet/cvm_unet",
        in_channels,
        classes,
        depths=ENCODERS[r.encoder],
        wiring=r.wiring._asdict(),
    )


@cache
def vss(
    c: int, kernels: tuple[int, int], phi: str, expand: int, area: int
) -> tuple[Tally, int]:
    """Return cvmunet's VSS block on c channels, and how many it puts out."""
    sizes = [c * int(part[:-1] or 1) for part in phi.split()]
    whole = tally.norm(c, area) & tally.ss2d(c, expand, area)
    whole &= Tally(5, 0, 5 * c)  # ECA with five taps
    for (a, b), kernel in zip(pairwise(sizes), kernels, strict=True):
        whole &= tally.conv_norm(a, b, kernel, area)
    return whole, sizes[-1]


@cache
def _step(r: Reading, c: int, s: int, area: int) -> tuple[Tally, int]:
    """Return one step of the decoder from c channels, and what it puts out."""
    whole = tally.enlarge(c, area) if r.layer else Tally()
    target = s
    for part in r.up.split():
        if part == "join":
            c, target = c + s, 2 * s if r.wide else s
        elif part == "vss":
            for _ in range(r.blocks):
                block, c = vss(c, r.kernels, r.phi, r.expand, area)
                whole &= block
        else:
            whole, c = whole & _convolutions(part, c, target, area), target
    return whole, c


def _convolutions(part: str, c: int, target: int, area: int) -> Tally:
    if part == "mix":
        return tally.conv(c, target, 1, area)
    if part.startswith("double"):
        between = c // 2 if part == "double_half" else target
        return tally.double(c, between, target, area)
    return tally.conv_norm(c, target, int(part[-1]), area)


@cache
def _decoder(r: Reading) -> tuple[Tally, int]:
    """Return the three steps; ``r`` has only what they depend on."""
    whole, c, side = Tally(), WIDTHS[-1], r.side // 32
    for s in reversed(WIDTHS[:-1]):
        side *= 2
        step, c = _step(r, c, s, side * side)
        whole &= step
    return whole, c


@cache
def _rest(side: int, encoder: str, skip: str) -> Tally:
    """Return encoder, bottleneck and skips."""
    whole = tally.convnext(ENCODERS[encoder], WIDTHS, side)
    whole &= tally.scsa(WIDTHS[-1], side // 32)
    for i, s in enumerate(WIDTHS[:-1]):
        area = (side // 4 // 2**i) ** 2
        if skip == "one 3 x 3":
            whole &= tally.conv_norm(s, s, 3, area)
        else:
            whole &= tally.residual(s, s, area, project=skip.endswith("projected"))
    return whole


@cache
def _tail(
    tail: str, c: int, quarter: int, kernels: tuple[int, int], phi: str, expand: int
) -> Tally:
    """Return what follows a map of c channels and ``quarter`` pixels."""
    half, full = 4 * quarter, 16 * quarter
    if tail == "3 x 3 at 1/1":
        return tally.conv(c, 1, 3, full)
    if tail == "residuals at 1/2 and 1/1":
        both = tally.residual(c, c // 2, half)
        both &= tally.residual(c // 2, c // 4, full)
        return both & tally.conv(c // 4, 1, 1, full)
    if tail.startswith("vss"):
        block, wide = vss(c, kernels, phi, expand, half)
        block &= tally.conv_norm(wide, c // 2, 3, half)
        block &= tally.residual(c // 2, c // 4, full)
        return block & tally.conv(c // 4, 1, 1, full)
    area = {"1/4": quarter, "1/2": half, "1/1": full}[tail[-3:]]
    words = tail.split()
    made = words[2] if words[1] == "to" else "c"
    out = {"c": c, "c/2": c // 2}.get(made) or int(made)
    head = quarter if tail in TAILS[:2] else full
    return tally.residual(c, out, area) & tally.conv(out, 1, 1, head)


def count(r: Reading) -> Tally:
    """Return what one reading has."""
    # what the decoder does not depend on is set to one value: it is counted once
    decoder, c = _decoder(r._replace(encoder="", skip="", tail=""))
    quarter = (r.side // 4) ** 2
    tail = _tail(r.tail, c, quarter, r.kernels, r.phi, r.expand)
    return decoder & _rest(r.side, r.encoder, r.skip) & tail


class Fit(NamedTuple):
    """A reading whose numbers are near the printed ones."""

    reading: Reading
    millions: float
    giga: float
    true_millions: float

    @property
    def miss(self) -> float:
        """Larger of the two relative differences to what is printed."""
        return max(
            abs(self.millions / PRINTED_MILLIONS - 1), abs(self.giga / PRINTED_GIGA - 1)
        )


def fitting(tolerance: float, readings: Iterable[Reading] | None = None) -> list[Fit]:
    """Return the readings within a relative tolerance on both numbers, best first.

    Args:
        tolerance: 0.005 is half a percent.
        readings: all of them unless given.
    """
    fits = []
    for r in all_readings() if readings is None else readings:
        t = count(r)
        fit = Fit(r, t.seen / 1e6, t.macs / 1e9, (t.seen + t.hidden) / 1e6)
        if fit.miss < tolerance:
            fits.append(fit)
    return sorted(fits, key=lambda fit: fit.miss)


def spread(fits: Iterable[Fit]) -> dict[str, Counter[object]]:
    """Return for each open choice how many of the readings take which value."""
    chosen: dict[str, Counter[object]] = {f: Counter() for f in Reading._fields}
    for fit in fits:
        for field, value in fit.reading._asdict().items():
            chosen[field][value] += 1
    return chosen
