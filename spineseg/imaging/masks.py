"""Exact masks of a radiograph: which bones' shadows cover a pixel.

Shadows overlap, so a pixel can belong to several vertebrae; a bit field keeps all.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spineseg.anatomy.tables import LEVELS
from spineseg.core.errors import SpinesegError

SPINOUS_LEVELS = ("C2", "C3", "C4", "C5", "C6", "C7")
"""Levels whose spinous process is labelled; the atlas has only a tubercle."""

NAMES = (
    *LEVELS,
    *(f"{level} body" for level in LEVELS),
    *(f"{level} spinous" for level in SPINOUS_LEVELS),
    "sacrum",
)
"""What the bits stand for, from bit 0 on."""

_BIT = {name: np.uint64(1) << np.uint64(k) for k, name in enumerate(NAMES)}


@dataclass(frozen=True)
class Masks:
    """Bit fields of all pixels and the names of the bits.

    bits: (H, W) uint64.
    """

    bits: NDArray[np.uint64]

    def named(self, name: str) -> NDArray[np.bool_]:
        """Return one mask: ``"L4"``, ``"L4 body"``, ``"C5 spinous"``, ``"sacrum"``.

        Raises:
            SpinesegError: if there is no such mask.
        """
        if name not in _BIT:
            raise SpinesegError(
                "no such mask", found=repr(name), expected=", ".join(NAMES)
            )
        return (self.bits & _BIT[name]) != 0

    def level(self, level: str) -> NDArray[np.bool_]:
        """Return the whole vertebra of a level."""
        return self.named(level)

    def body(self, level: str) -> NDArray[np.bool_]:
        """Return the vertebral body of a level, without the arch."""
        return self.named(f"{level} body")

    @property
    def vertebrae(self) -> NDArray[np.bool_]:
        """All vertebrae from C1 to L5, without the sacrum."""
        return (self.bits & _union(LEVELS)) != 0

    @property
    def spinous(self) -> NDArray[np.bool_]:
        """The spinous processes of C2 to C7."""
        return (self.bits & _union([f"{s} spinous" for s in SPINOUS_LEVELS])) != 0

    @property
    def present(self) -> tuple[str, ...]:
        """Names of the masks that have at least one pixel."""
        seen = np.bitwise_or.reduce(self.bits, axis=None)
        return tuple(name for name, bit in _BIT.items() if seen & bit)


def surface_bits(
    structures: Sequence[str], parts: Sequence[str | None]
) -> NDArray[np.uint64]:
    """Return the bit field of each surface of a scene, 0 for what is not labelled."""
    out = np.zeros(len(structures), np.uint64)
    for k, (structure, part) in enumerate(zip(structures, parts, strict=True)):
        bits = _BIT.get(structure, np.uint64(0))
        if part is not None:
            bits |= _BIT.get(f"{structure} {part}", np.uint64(0))
        out[k] = bits
    return out


def _union(names: Sequence[str]) -> np.uint64:
    return np.bitwise_or.reduce([_BIT[name] for name in names])
