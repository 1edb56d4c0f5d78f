"""Our own runs as evidence: which records count, and what makes a verdict stale.

A run counts if its test images are synthetic and its configuration is the one that
the recipe has today. A record of an older recipe, or of real patients, says nothing
on a trend in synthetic data.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spineseg.core.errors import SpinesegError

if TYPE_CHECKING:
    from spineseg.experiments.recipe import Recipe
    from spineseg.training.record import Record

NONE = "no runs"


def twin_runs(recipe: str, profile: str, folder: Path | None = None) -> "list[Record]":
    """Return the runs of a recipe that count, one a seed, by seed.

    Args:
        recipe: name.
        profile: laptop or full.
        folder: of records; None is the one that comes with the book.

    Raises:
        SpinesegError: if a record cannot be read, or two are of one seed.
    """
    # late: both bring torch, which claims on tables do without
    from spineseg.experiments.recipe import create_recipe
    from spineseg.training.record import read_record

    today = create_recipe(recipe, profile)
    where = folder if folder is not None else _shipped()
    if where is None:
        return []
    start = today.run_name(0).partition("-seed")[0]
    found: dict[int, Record] = {}
    for path in sorted(where.glob(f"{start}-seed*.json")):
        record = read_record(path)
        if not _counts(record, today):
            continue
        if record.seed in found:
            raise SpinesegError("two records are of one recipe and seed", path=path)
        found[record.seed] = record
    return [found[seed] for seed in sorted(found)]


def digest(runs: "Sequence[Record]") -> str:
    """Return a text that changes with any seed or score of the runs."""
    return digest_of([[run.seed, run.scores] for run in runs])


def digest_of(plain: "Sequence[Any] | Mapping[int, Any]") -> str:
    """Return a text that changes with any number of some runs; JSON can hold them."""
    if not plain:
        return NONE
    text = json.dumps(plain, sort_keys=True).encode()
    return f"{len(plain)} runs, {hashlib.sha256(text).hexdigest()[:16]}"


def _shipped() -> Path | None:
    from spineseg.training.shipped import records_folder

    try:
        return records_folder()
    except SpinesegError:
        return None


def _counts(record: "Record", today: "Recipe") -> bool:
    from spineseg.experiments.recipe import recipe_from

    if not record.data.get("facts", {}).get("twin"):
        return False
    try:
        return recipe_from(record.configuration).key == today.key
    except SpinesegError:
        return False  # of a recipe that had other parts
