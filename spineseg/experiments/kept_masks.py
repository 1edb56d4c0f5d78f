"""What a recorded network painted, kept beside its record.

A record has scores and no pictures; the weights are too large to ship. The label maps
of the test part are small: one PNG a run, the images below each other in the order of
the record's rows, each pixel the number of its class.

n: test images; h, w: rows and columns of one.
"""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spineseg.core.errors import SpinesegError
from spineseg.experiments.data import open_part, prepared
from spineseg.experiments.evaluate import label_maps
from spineseg.experiments.run import Places, trained_model
from spineseg.io import read_mask, write_mask
from spineseg.training.record import Record, read_record
from spineseg.training.shipped import records_folder


def keep_masks(record: Path, places: Places) -> Path:
    """Write beside a record what its network paints on the test part.

    Args:
        record: of a finished run whose folder is in ``places.runs``.
        places: runs, prepared pictures, and real data if the run had any.

    Raises:
        SpinesegError: if the run's folder is gone, or its masks do not have the counts
            of the record; nothing is written then.
    """
    known = read_record(record)
    model, recipe = trained_model(places.runs / record.stem)
    samples = prepared(recipe, open_part(recipe, "test", places.root), places.cache)
    maps = list(label_maps(model, samples, recipe.model.in_channels))
    if len({found.shape for found in maps}) != 1:
        raise SpinesegError("masks of several sizes cannot be kept", path=record)
    _check(known, np.stack(maps), record)
    path = record.with_suffix(".png")
    write_mask(path, np.concatenate(maps))
    return path


def kept_masks(
    record: Record, folder: Path | None = None
) -> dict[str, NDArray[np.uint8]] | None:
    """Return the label map (h, w) of each test image by its name; None: none are kept.

    Args:
        record: whose network painted.
        folder: of records; None is the one that comes with the book.

    Raises:
        SpinesegError: if the file's pixels are not those that the record counted.
    """
    folder = records_folder() if folder is None else folder
    path = folder / f"{record.name}.png"
    if not path.exists():
        return None
    stacked = read_mask(path).labels.astype(np.uint8)
    count = len(record.scores)
    if stacked.ndim != 2 or stacked.shape[0] % count:
        raise _mismatch(path, f"{stacked.shape} pixels for {count} images")
    maps = stacked.reshape(count, -1, stacked.shape[1])
    _check(record, maps, path)
    names = [str(row["id"]) for row in record.scores]
    return dict(zip(names, maps, strict=True))


def _check(record: Record, maps: NDArray[np.uint8], path: Path) -> None:
    """Compare the pixels of each class in each image with the record's counts."""
    if len(maps) != len(record.scores):
        raise _mismatch(path, f"{len(maps)} masks for {len(record.scores)} rows")
    for row, found in zip(record.scores, maps, strict=True):
        for ending, label in _classes(row):
            told = row[f"tp{ending}"] + row[f"fp{ending}"]
            seen = int((found == label).sum())
            if seen != told:
                raise _mismatch(
                    path, f"{row['id']}: {seen} pixels of class {label}, not {told}"
                )


def _classes(row: dict[str, Any]) -> list[tuple[str, int]]:
    """Return how a row's names end, and the class that each ending counts."""
    endings = [name.removeprefix("tp") for name in row if name.startswith("tp")]
    return [(ending, int(ending[1:]) if ending else 1) for ending in endings]


def _mismatch(path: Path, found: str) -> SpinesegError:
    return SpinesegError(
        "these masks are not of the record beside them",
        path=path,
        found=found,
        expected="the pixels that the record counted",
        remedy="Make them again from the run's folder",
    )
