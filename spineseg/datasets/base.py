"""What a data set is: ids, patients, samples; a twin and a folder behind one face."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from spineseg.core.errors import SpinesegError
from spineseg.core.sample import Sample


@dataclass(frozen=True)
class Card:
    """The facts about a data set; nothing here is measured, all is quoted.

    classes: label number to name.  variants: names that ``variant=`` takes, the first
    is the default.  count: pictures in the original.  licence, access, citation: as
    known on the day of writing; unknown is written as unknown.  twin: what the
    synthetic twin is and where it differs.
    """

    name: str
    title: str
    paper: str
    modality: str
    classes: Mapping[int, str]
    variants: tuple[str, ...]
    count: int
    format: str
    licence: str
    access: str
    citation: str
    twin: str


class Source(Protocol):
    """Samples by id: drawn, or read from a folder."""

    @property
    def ids(self) -> tuple[str, ...]:
        """Return all ids in a fixed order."""
        ...

    def patient_of(self, name: str) -> str:
        """Return whose picture it is."""
        ...

    def load(self, name: str) -> Sample:
        """Return one sample."""
        ...


class Twin(Source, Protocol):
    """A synthetic data set: samples from (seed, index), and the files they become.

    Units are what is written as one piece: a film, or a patient with several series.
    """

    @property
    def units(self) -> tuple[str, ...]:
        """Return the names of all units in order."""
        ...

    def write(self, unit: str, root: Path) -> dict[str, Any]:
        """Write one unit's files; return its knobs for the manifest."""
        ...

    def finish(self, root: Path, written: Sequence[Mapping[str, Any]]) -> None:
        """Write what belongs to the whole folder, such as tables."""
        ...


@dataclass(frozen=True)
class TwinPlan:
    """How a twin is drawn. size_px: rows of a picture; count: how many pictures."""

    seed: int = 0
    size_px: int | None = None
    count: int | None = None
    variant: str = ""

    def __post_init__(self) -> None:
        for name, low, high in (("size_px", 32, 4096), ("count", 1, 10**6)):
            value = getattr(self, name)
            if value is not None and not low <= value <= high:
                raise SpinesegError(
                    f"impossible {name}", found=value, expected=f"{low} to {high}"
                )


@dataclass(frozen=True)
class Family:
    """A data set's two faces and its rules of splitting.

    twin: from a plan.  folder: from a root and a variant.  rules: name of a rule to
    the share of each part; a callable gives parts by id (official lists).
    """

    card: Card
    twin: Callable[[TwinPlan], Twin]
    folder: Callable[[Path, str], Source]
    rules: Mapping[str, Mapping[str, float] | Callable[[Source], dict[str, Any]]]


@dataclass(frozen=True)
class SpineDataset:
    """One part of a data set: a sequence of samples.

    Samples are made when asked for and not kept.
    """

    card: Card
    source: Source
    ids: tuple[str, ...]
    split: str = "all"
    variant: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.ids)

    def __getitem__(self, index: int) -> Sample:
        """Return one sample; negative indices count from the end.

        Raises:
            IndexError: beyond the end, so that plain loops stop.
        """
        return self.source.load(self.ids[index])

    def __iter__(self) -> Iterator[Sample]:
        return (self[k] for k in range(len(self)))

    @property
    def patients(self) -> tuple[str, ...]:
        """Return whose picture each sample is."""
        return tuple(self.source.patient_of(name) for name in self.ids)

    def sample(self, name: str) -> Sample:
        """Return one sample by its id.

        Raises:
            SpinesegError: if this part does not hold it.
        """
        if name not in self.ids:
            raise SpinesegError(
                f"{self.card.name} ({self.split}) holds no such sample",
                found=name,
                expected=f"one of {len(self)}, such as {', '.join(self.ids[:3])}",
            )
        return self.source.load(name)


def quantised(picture: NDArray[np.floating], bits: int) -> NDArray[np.float32]:
    """Return the picture as a file of this bit depth gives it back."""
    top = 2**bits - 1
    return (np.rint(picture.astype(np.float64) * top) / top).astype(np.float32)


def existing_folder(root: Path, holds: str) -> Path:
    """Return a folder that must be there.

    Raises:
        SpinesegError: if it is not, saying what it should hold.
    """
    if not root.is_dir():
        raise SpinesegError(
            "there is no such folder",
            path=root,
            expected=holds,
            remedy="Name the folder that holds the data, or leave root out for "
            "the synthetic twin",
        )
    return root
