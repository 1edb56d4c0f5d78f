"""Masks that nnU-Net left, in the data set's own labels, and their scores."""

import csv
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spineseg.core.errors import SpinesegError
from spineseg.core.sample import Sample
from spineseg.datasets.nnunet import CASES
from spineseg.experiments.evaluate import score_all
from spineseg.io._files import atomic_write
from spineseg.io.masks import read_mask


@dataclass(frozen=True)
class Cases:
    """The test part of an export.

    folder: of the data set.  labels: the data set's label of nnU-Net's 0, 1, 2, ...
    rows: id, patient and spacing by nnU-Net's name of a case, in the data set's order.
    facts: how the part was drawn and split.
    """

    folder: Path
    labels: tuple[int, ...]
    rows: Mapping[str, Mapping[str, Any]]
    facts: Mapping[str, Any]

    def missing(self, masks: Path) -> list[str]:
        """Return the names of the cases that have no mask in a folder."""
        return [name for name in self.rows if not (masks / f"{name}.png").is_file()]


def read_cases(folder: Path) -> Cases:
    """Read what the export wrote of its test part.

    Raises:
        SpinesegError: if the folder is no whole export, or has no test part.
    """
    if not (folder / "dataset.json").is_file():
        raise SpinesegError(
            "there is no exported data set",
            path=folder,
            expected="a folder with dataset.json",
            remedy="Make one with: spineseg data export-nnunet",
        )
    try:
        plain = json.loads((folder / CASES).read_text(encoding="utf-8"))
        labels, rows = tuple(plain["labels"]), dict(plain["test"])
    except (OSError, ValueError, KeyError) as error:
        raise SpinesegError(
            "this export does not say whose its test images are",
            path=folder / CASES,
            remedy="Export the data set again, with a rule that has a test part",
        ) from error
    if not rows:
        raise SpinesegError("this export has no test images to score", path=folder)
    return Cases(folder, labels, rows, plain.get("facts", {}))


def score_masks(cases: Cases, masks: Path) -> list[dict[str, Any]]:
    """Return the scores of each test image, as a record holds them.

    A data set of one structure gives ``dice``, one of several ``dice.1`` and so on,
    with the data set's own numbers.

    Raises:
        SpinesegError: if a mask is missing, of another size than its image, or holds
            a number that stands for no label.
    """
    missing = cases.missing(masks)
    if missing:
        raise SpinesegError(
            f"nnU-Net left no mask of {len(missing)} of {len(cases.rows)} test images",
            path=masks,
            found=f"none of {', '.join(missing[:3])}",
        )
    samples = list(_truths(cases))
    maps = [
        _prediction(cases, masks / f"{name}.png", sample)
        for name, sample in zip(cases.rows, samples, strict=True)
    ]
    if cases.labels == (0, 1):
        return score_all(maps, samples, 1)
    rows = score_all(maps, samples, max(cases.labels) + 1)
    return [_named(row, cases.labels) for row in rows]


def _truths(cases: Cases) -> Iterator[Sample]:
    for name, known in cases.rows.items():
        mask = _in_labels(cases, cases.folder / "labelsTs" / f"{name}.png")
        spacing = known["spacing_mm"]
        yield Sample(
            np.zeros(mask.shape, np.float32),  # no score looks at the picture
            mask,
            known["id"],
            known["patient"],
            None if spacing is None else (spacing[0], spacing[1]),
        )


def _prediction(
    cases: Cases, path: Path, sample: Sample
) -> NDArray[np.unsignedinteger]:
    found = _in_labels(cases, path)
    if found.shape != sample.size:
        raise SpinesegError(
            f"the mask of {sample.id} has another size than its image",
            path=path,
            found=found.shape,
            expected=sample.size,
            remedy="Remove the mask, and give the same command again",
        )
    return found


def _in_labels(cases: Cases, path: Path) -> NDArray[np.unsignedinteger]:
    """Read a mask and turn nnU-Net's numbers into the data set's labels."""
    numbers = read_mask(path).labels
    if int(numbers.max()) >= len(cases.labels):
        raise SpinesegError(
            "this mask holds a number that stands for no label",
            path=path,
            found=int(numbers.max()),
            expected=f"0 to {len(cases.labels) - 1}",
        )
    return np.array(cases.labels, np.min_scalar_type(max(cases.labels)))[numbers]


def _named(row: dict[str, Any], labels: tuple[int, ...]) -> dict[str, Any]:
    """Return a row without scores of numbers that the data set does not use."""
    return {
        name: value
        for name, value in row.items()
        if "." not in name or int(name.partition(".")[2]) in labels
    }


def write_csv(path: Path, rows: list[dict[str, Any]]) -> None:
    """Write rows as a table; the columns are those of a record's scores."""
    columns = list(dict.fromkeys(name for row in rows for name in row))
    with (
        atomic_write(path) as part,
        part.open("w", encoding="utf-8", newline="") as file,
    ):
        table = csv.DictWriter(file, columns, lineterminator="\n")
        table.writeheader()
        table.writerows(rows)
