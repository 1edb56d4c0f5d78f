"""Where checks read: the papers' tables and statements, and our implementations.

Every answer is the printed text. A source can be given changes, which the tests use
to show that a check notices when a printed number is another one.
"""

import csv
import importlib
from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spineseg.audit.records import twin_runs
from spineseg.core.errors import SpinesegError

if TYPE_CHECKING:
    from spineseg.training.record import Record

Key = tuple[str, ...]
"""What was read: ``("cell", table, row, column)``, ``("value", claim, name)`` ..."""

_ROW_KEYS = {
    "inception_unet_table2": ("model", "loss"),
    "inception_unet_table4": ("model", "loss"),
    **{
        f"mdwcnet_table{n}": ("model", "metric", "relative_to") for n in (1, 2, 3, 4, 5)
    },
}
"""Columns that name a row where the first one does not suffice."""


@cache
def table(name: str) -> dict[str, dict[str, str]]:
    """Return a table of a paper: row name, then column name, to printed text.

    Raises:
        SpinesegError: if there is no such table or two rows have one name.
    """
    rows: dict[str, dict[str, str]] = {}
    for row in _read_csv("tables", name):
        columns = _ROW_KEYS.get(name, (next(iter(row)),))
        key = " ".join(row[column] for column in columns if row[column])
        if key in rows:
            raise SpinesegError(f"table {name} has two rows of one name", found=key)
        rows[key] = row
    return rows


@cache
def statements(paper: str) -> tuple[dict[str, str], ...]:
    """Return what a paper says in words: topic, place, value, our wording."""
    return tuple(_read_csv("statements", paper))


def _read_csv(folder: str, name: str) -> list[dict[str, str]]:
    path = files("spineseg.audit") / "data" / folder / f"{name}.csv"
    if not path.is_file():
        raise SpinesegError("there is no such table", found=name)
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))


class Source:
    """The tables and statements, with changes laid over them.

    Args:
        changes: replacement text by what is read.
        scale: factor on what the functions of the package return.
        records: folder of our runs; None is the one that comes with the book.
    """

    def __init__(
        self,
        changes: Mapping[Key, str] | None = None,
        scale: float = 1.0,
        records: Path | None = None,
    ) -> None:
        self.changes = dict(changes or {})
        self.scale = scale
        self.records = records

    def cell(self, name: str, row: str, column: str) -> str:
        """Return one printed cell.

        Raises:
            SpinesegError: if the table has no such cell.
        """
        try:
            printed = table(name)[row][column]
        except KeyError:
            raise SpinesegError(
                f"table {name} has no such cell", found=(row, column)
            ) from None
        return self.changes.get(("cell", name, row, column), printed)

    def said(self, paper: str, about: str) -> list[dict[str, str]]:
        """Return what a paper says on a topic, one entry for each place.

        Raises:
            SpinesegError: if it says nothing on it.
        """
        found = [dict(one) for one in statements(paper) if one["about"] == about]
        if not found:
            raise SpinesegError(f"{paper} has no statement", found=about)
        for one in found:
            key = ("statement", paper, about, one["where"])
            one["value"] = self.changes.get(key, one["value"])
        return found

    def runs(self, recipe: str, profile: str) -> "list[Record]":
        """Return our recorded runs of a recipe on synthetic data, by seed."""
        return twin_runs(recipe, profile, self.records)

    def function(self, name: str) -> Callable[..., Any]:
        """Return ``module:function`` of the package, its result times the scale."""
        module, _, attribute = name.partition(":")
        inner = getattr(importlib.import_module(f"spineseg.{module}"), attribute)
        if self.scale == 1.0:
            return inner
        return lambda *args, **kwargs: inner(*args, **kwargs) * self.scale
