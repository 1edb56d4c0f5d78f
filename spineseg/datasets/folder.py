"""Your own data: a folder with a CSV that names pictures and masks.

``samples.csv`` needs the columns ``image`` and ``mask`` (paths relative to the CSV).
Columns that are used when they are there: ``id``, ``patient`` (without it every
picture counts as a patient of its own), ``split`` (train, val, test). All others go
into the sample's facts.
"""

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spineseg.core.errors import SpinesegError
from spineseg.core.sample import Sample
from spineseg.datasets.base import Card, existing_folder
from spineseg.io import read_mask, read_radiograph, read_slice, read_volume
from spineseg.io._files import atomic_write, is_there, suffix_of
from spineseg.io.radiograph import is_dicom
from spineseg.io.tables import read_csv
from spineseg.io.volume import SUFFIXES

TABLE = "samples.csv"

CARD = Card(
    name="own_folder",
    title="Your own folder of pictures and masks",
    paper="none",
    modality="any that the readers know",
    classes={0: "background", 1: "foreground"},
    variants=("as_labelled", "binary"),
    count=0,
    format="samples.csv with the columns image and mask; optional id, patient, split",
    licence="yours",
    access="your disk",
    citation="yours",
    twin="none: it needs root=",
)


class Folder:
    """Samples named by a CSV; see the module."""

    def __init__(self, root: Path, variant: str = "as_labelled") -> None:
        self.root = existing_folder(root, TABLE)
        self.binary = variant == "binary"
        self.rows = _read_table(self.root / TABLE)

    @property
    def ids(self) -> tuple[str, ...]:
        """Return the ids in the order of the table."""
        return tuple(self.rows)

    def patient_of(self, name: str) -> str:
        """Return the patient, or the id where the table names none."""
        return self.rows[name].get("patient") or name

    def load(self, name: str) -> Sample:
        """Read picture and mask.

        Raises:
            SpinesegError: if one cannot be read or their sizes differ.
        """
        row = self.rows[name]
        picture, spacing, number = read_picture(self.root / row["image"])
        mask = read_flat_mask(self.root / row["mask"], number)
        check_sizes(picture, mask, self.root / row["mask"])
        facts = {k: v for k, v in row.items() if k not in ("image", "mask") and v}
        return Sample(
            picture,
            (mask > 0).astype(np.uint8) if self.binary else mask,
            id=name,
            patient=self.patient_of(name),
            spacing_mm=spacing,
            facts=facts,
        )


def stated_parts(source: Folder) -> dict[str, Any]:
    """Return the parts that the table's column ``split`` names, or none."""
    parts: dict[str, list[str]] = {}
    for name, row in source.rows.items():
        if row.get("split"):
            parts.setdefault(row["split"].strip().lower(), []).append(name)
    if parts and sum(map(len, parts.values())) != len(source.rows):
        raise SpinesegError(
            "some rows name a split and some do not", path=source.root / TABLE
        )
    return {part: tuple(names) for part, names in parts.items()}


def read_picture(
    path: Path,
) -> tuple[NDArray[np.float32], tuple[float, float] | None, int | None]:
    """Return a picture in [0, 1], its spacing, and the slice where it is a volume's.

    A volume gives its middle sagittal slice; an MR or CT file gives its own.
    """
    if suffix_of(path) in SUFFIXES:
        volume = read_volume(path)
        number = volume.array.shape[0] // 2
        return grey_of(volume.array[number]), volume.spacing_mm[1:], number
    if path.is_file() and is_dicom(path):
        try:
            film = read_radiograph(path)
        except SpinesegError as error:
            if "no radiograph" not in error.problem:
                raise
            one = read_slice(path)
            return one.picture, one.spacing_mm, None
        return film.picture, film.spacing.in_patient_mm or film.spacing_mm, None
    return read_radiograph(path).picture, None, None


def read_flat_mask(path: Path, number: int | None) -> NDArray[np.unsignedinteger]:
    """Return a flat mask; of a volume the slice that belongs to the picture."""
    mask = read_mask(path).labels
    if mask.ndim == 3:
        if number is None or number >= len(mask):
            raise SpinesegError(
                "a mask with slices belongs to a volume", path=path, found=mask.shape
            )
        return mask[number]
    return mask


def grey_of(values: NDArray[Any]) -> NDArray[np.float32]:
    """Return MR values in [0, 1]: zero is black, the brightest half percent white.

    Raises:
        SpinesegError: if a value is infinite or no number.
    """
    top = float(np.percentile(values, 99.5))
    bottom = min(0.0, float(np.percentile(values, 0.5)))
    if not np.isfinite(bottom + top):
        raise SpinesegError("the slice holds values that are no numbers")
    spread = max(top - bottom, 1e-6)
    return np.clip((values.astype(np.float64) - bottom) / spread, 0, 1).astype(
        np.float32
    )


def check_sizes(picture: NDArray[Any], mask: NDArray[Any], path: Path) -> None:
    """Refuse a mask of another size than its picture."""
    if picture.shape[:2] != mask.shape:
        raise SpinesegError(
            "the mask has another size than its picture",
            path=path,
            found=f"{mask.shape[0]} x {mask.shape[1]}",
            expected=f"{picture.shape[0]} x {picture.shape[1]}",
            remedy="Label the picture as it is stored, or resample the mask with "
            "nearest neighbour",
        )


def _read_table(path: Path) -> dict[str, dict[str, str]]:
    if not path.is_file():
        raise SpinesegError(
            "the table of samples is not there",
            path=path,
            expected="a CSV with the columns image and mask",
        )
    head, lines = read_csv(path)
    missing = {"image", "mask"} - set(head)
    if missing:
        raise SpinesegError(
            f"the table lacks the column {' and '.join(sorted(missing))}",
            path=path,
            found=", ".join(head)[:200] or "nothing",
            remedy="The first line names the columns, with commas between them",
        )
    rows: dict[str, dict[str, str]] = {}
    for number, row in enumerate(lines, 2):
        _add_row(rows, row, number, path)
    if not rows:
        raise SpinesegError("the table has no row", path=path)
    return rows


def _add_row(
    rows: dict[str, dict[str, str]], row: Mapping[Any, Any], number: int, path: Path
) -> None:
    if "" in row or not row.get("image") or not row.get("mask"):
        raise SpinesegError(f"line {number} of the table is broken", path=path)
    name = row.get("id") or Path(row["image"]).name.partition(".")[0]
    if name in rows:
        raise SpinesegError(f"line {number} repeats the id {name}", path=path)
    for kind in ("image", "mask"):
        if not is_there(path.parent / row[kind]):
            raise SpinesegError(
                f"the {kind} that line {number} of the table names is not there",
                path=path.parent / row[kind],
            )
    rows[name] = {str(key): (value or "").strip() for key, value in row.items()}


def write_table(root: Path, rows: list[dict[str, Any]], name: str = TABLE) -> None:
    """Write rows as CSV, atomically; the columns are those of the first row."""
    with (
        atomic_write(root / name) as part,
        part.open("w", newline="", encoding="utf-8") as stream,
    ):
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
