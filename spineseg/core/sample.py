"""One picture with its labels and the list of what was done to it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spineseg.core.errors import SpinesegError


@dataclass(frozen=True)
class Step:
    """One deterministic operation and the numbers it was given.

    name: of the operation.  knobs: its arguments, plain numbers and words only, so
    that a history can be written to JSON and run again.
    """

    name: str
    knobs: Mapping[str, Any] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """Return plain dictionaries, ready for JSON."""
        return {"name": self.name, "knobs": dict(self.knobs)}


@dataclass(frozen=True)
class Sample:
    """A picture and its truth.

    picture: (rows, columns) or (rows, columns, 3) float32, in [0, 1] until a step such
    as the z-score changes that.
    mask: (rows, columns) unsigned label numbers, 0 for background.
    id: name within its data set.  patient: who it is; samples of one patient never
    stand in two parts of a split.
    spacing_mm: (between rows, between columns), or None where nothing is known.
    points_px: (n, 2), x to the right and y down from the top left corner of the
    picture; the middle of the first pixel is (0.5, 0.5).
    layers: further masks of the same size by name.
    history: the steps done so far.  facts: what else is known, plain values.
    """

    picture: NDArray[np.float32]
    mask: NDArray[np.unsignedinteger]
    id: str = ""
    patient: str = ""
    spacing_mm: tuple[float, float] | None = None
    points_px: NDArray[np.float64] = field(default_factory=lambda: np.empty((0, 2)))
    layers: Mapping[str, NDArray[np.unsignedinteger]] = field(default_factory=dict)
    history: tuple[Step, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        size = self.picture.shape[:2]
        if self.picture.ndim not in (2, 3) or 0 in size:
            raise SpinesegError(
                "a sample's picture has rows and columns",
                found=f"shape {self.picture.shape}",
            )
        for name, mask in (("mask", self.mask), *self.layers.items()):
            if mask.shape != size:
                raise SpinesegError(
                    f"picture and {name} of {self.id or 'a sample'} differ in size",
                    found=f"{size} and {mask.shape}",
                )

    @property
    def size(self) -> tuple[int, int]:
        """Return (rows, columns)."""
        return self.picture.shape[0], self.picture.shape[1]

    def done(self, step: Step, **changes: Any) -> "Sample":
        """Return a changed sample with one more step in its history."""
        return replace(self, history=(*self.history, step), **changes)
