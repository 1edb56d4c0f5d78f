"""What the text of Cvm-UNet leaves open in its decoder, as names of choices.

s: channels of a skip; o: channels that a step of the decoder puts out. An order is read
from left to right: "join" concatenates the skip, "vss" is the block with ECA, "conv3"
and "conv1" are convolutions with norm and ReLU, "double" is two 3 x 3 of them, "mix" is
1 x 1 without norm. Convolutions before "join" make s channels, those after it o.

Source: Xue et al. 2025, Secs. 3.1 to 3.5, which settle none of these.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from spineseg.core.errors import SpinesegError

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
# the first two put the last convolution before the enlargement
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


class Wiring(NamedTuple):
    """One choice at each open place of the decoder.

    Args:
        up: order of a decoder step.
        kernels: of the two convolutions after the ECA.
        phi: channels before, between and after them.
        expand: of SS2D.
        blocks: VSS blocks in a step.
        skip: what a Res-ReLU block is.
        tail: what leads from a quarter to the whole size.
        wide: o is 2 s instead of s.
        layer: the enlargement in a step is a layer, which a counter of layers sees, and
            not a function; those in the tail are functions.
    """

    up: str = "join vss conv3"
    kernels: tuple[int, int] = (1, 1)
    phi: str = "2c c c"
    expand: int = 2
    blocks: int = 1
    skip: str = "two 3 x 3"
    tail: str = "residual to c/2 at 1/2"
    wide: bool = False
    layer: bool = False

    @property
    def possible(self) -> bool:
        """Two blocks in a row need as many channels out as in."""
        return self.blocks == 1 or self.phi == "2c c c"


CHOICES: dict[str, tuple[Any, ...]] = {
    "up": UPS,
    "kernels": KERNELS,
    "phi": PHIS,
    "expand": (1, 2),
    "blocks": (1, 2),
    "skip": SKIPS,
    "tail": TAILS,
    "wide": (False, True),
    "layer": (False, True),
}


def read_wiring(given: Mapping[str, Any]) -> Wiring:
    """Return the choices by name; those that are not given are reading A's.

    Raises:
        SpinesegError: if a place or a choice is unknown, or two exclude each other.
    """
    places: dict[str, Any] = {
        place: tuple(choice) if isinstance(choice, list) else choice
        for place, choice in given.items()
    }
    for place, choice in places.items():
        if choice not in CHOICES.get(place, ()):
            known = place in CHOICES
            raise SpinesegError(
                f"the wiring of Cvm-UNet has no such {'choice' if known else 'place'}",
                found=f"{place} = {choice!r}",
                expected="; ".join(map(str, CHOICES[place] if known else CHOICES)),
            )
    wiring = Wiring(**places)
    if not wiring.possible:
        raise SpinesegError(
            "two VSS blocks in a row need as many channels out as in",
            found=f"blocks = {wiring.blocks}, phi = {wiring.phi!r}",
            expected="blocks = 1, or phi = '2c c c'",
        )
    return wiring
