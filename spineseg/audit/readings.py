"""Every reading of Cvm-UNet that its text allows, counted: which fit what is printed?

Table 3 of cvmunet prints 52.36 M parameters and 74.80 G operations. The text leaves
open what a decoder step does in which order, the kernels after the ECA, and more. Here
276,480 readings are counted by arithmetic, in seconds.

c: channels; s: channels of a skip; o: channels that a step of the decoder puts out.
Source: Xue et al. 2025, Secs. 3.1 to 3.5, Table 3.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import pairwise, product
from typing import NamedTuple

from spineseg.audit import tally
from spineseg.audit.tally import Tally

PRINTED_MILLIONS, PRINTED_GIGA = 52.36, 74.80
WIDTHS = (96, 192, 384, 768)

ENCODERS = {"tiny": (3, 3, 9, 3), "small": (3, 3, 27, 3)}
# mix: 1 x 1 without norm; convolutions before "join" make s channels, after it o
UPS = (
    "join vss conv3",
    "join vss conv1",
    "join vss double",
    "join conv3 vss",
    "join double vss",
    "join double_half vss",
    "join mix vss conv3",
    "join mix vss double",
    "vss join conv3",
    "vss join double",
    "mix join vss conv3",
    "mix join vss double",
    "conv3 join vss conv3",
    "conv3 join vss conv1",
    "conv3 join vss double",
)
KERNELS = ((3, 3), (1, 3), (3, 1), (1, 1))
PHIS = ("2c c c", "2c c 2c", "2c 2c 2c")
SKIPS = ("two 3 x 3", "two 3 x 3, projected", "one 3 x 3")
TAILS = (
    "residual at 1/4",
    "residual to 64 at 1/4",
    "residual to 48 at 1/4",
    "residual to c/2 at 1/2",
    "residual at 1/2",
    "residual to c/2 at 1/1",
    "residual to 32 at 1/1",
    "residual to 16 at 1/1",
    "residual to 64 at 1/1",
    "residuals at 1/2 and 1/1",
    "vss at 1/2, residual at 1/1",
    "3 x 3 at 1/1",
)


class Reading(NamedTuple):
    """One way to read the paper.

    Args:
        side: of the picture: 480 as the paper says, or 448 as four of its rows.
        encoder: size of ConvNeXt.
        up: order of a decoder step.
        kernels: of the two convolutions after the ECA.
        phi: channels before, between and after them.
        expand: of SS2D.
        blocks: VSS blocks in a step.
        skip: what a Res-ReLU block is.
        tail: what leads from a quarter to the whole size.
        wide: o is 2 s instead of s.
        layer: the enlargement is a layer, which is counted, and not a function.
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


WIRING_A = Reading(
    480, "tiny", "join vss conv3", (1, 1), "2c c c", 2, 1, "two 3 x 3",
    "residual to c/2 at 1/2", False, False,
)  # fmt: skip


def all_readings() -> Iterator[Reading]:
    """Return every combination; two blocks need as many channels out as in."""
    for r in product(
        (480, 448), ENCODERS, UPS, KERNELS, PHIS, (1, 2), (1, 2), SKIPS, TAILS,
        (False, True), (False, True),
    ):  # fmt: skip
        reading = Reading._make(r)
        if reading.blocks == 1 or reading.phi == "2c c c":
            yield reading


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
    whole = tally.convnext(ENCODERS[encoder], WIDTHS, side) & tally.scsa(WIDTHS[-1])
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
    # two readings put the last convolution before the enlargement
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
