"""A claim on trial: it reads through this, and all that it reads is written down."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from spineseg.audit.claim import Claim
from spineseg.audit.records import digest, digest_of
from spineseg.audit.source import Key, Source, table
from spineseg.audit.verdict import Finding
from spineseg.core.errors import SpinesegError
from spineseg.stats.ranges import Range, rounded

if TYPE_CHECKING:
    from spineseg.training.record import Record


class Case:
    """One claim and where its check may look.

    Args:
        claim: the claim.
        ledger: all claims by id (a check may compare two).
        source: tables, statements, functions.
    """

    def __init__(
        self, claim: Claim, ledger: Mapping[str, Claim], source: Source
    ) -> None:
        self.claim = claim
        self._ledger = ledger
        self._source = source
        self.read: dict[Key, str] = {}

    def value(self, name: str, *, of: str | None = None) -> str:
        """Return the printed text of a claim's number; ``a.1`` is item 1 of ``a``.

        Raises:
            SpinesegError: if the claim has no such number.
        """
        claim = self.claim if of is None else self._ledger[of]
        first, *path = name.split(".")
        found: Any = claim.values.get(first)
        for step in path:
            found = found[int(step)] if found is not None else None
        if not isinstance(found, str):
            raise SpinesegError(f"claim {claim.id} has no number", found=name)
        key = ("value", claim.id, name)
        return self._note(key, self._source.changes.get(key, found))

    def number(self, name: str, *, of: str | None = None) -> Range:
        """Return a claim's number as the range that its digits allow."""
        return rounded(self.value(name, of=of))

    def count(self, name: str, *, of: str | None = None) -> float:
        """Return a claim's number as it stands, without rounding."""
        return float(self.value(name, of=of))

    def text(self, name: str, row: str, column: str) -> str:
        """Return a cell of a table as printed."""
        key = ("cell", name, row, column)
        return self._note(key, self._source.cell(name, row, column))

    def cell(self, name: str, row: str, column: str) -> Range:
        """Return a cell of a table as the range that its digits allow."""
        return rounded(self.text(name, row, column))

    def rows(self, name: str) -> list[str]:
        """Return the names of a table's rows."""
        return list(table(name))

    def column(self, name: str, column: str) -> dict[str, Range]:
        """Return a column by row; rows without a number there are left out."""
        return {
            row: self.cell(name, row, column)
            for row in self.rows(name)
            if self.text(name, row, column).strip()
        }

    def said(self, about: str) -> list[dict[str, str]]:
        """Return what the paper says on a topic."""
        found = self._source.said(self.claim.paper, about)
        for one in found:
            key = ("statement", self.claim.paper, about, one["where"])
            self._note(key, one["value"])
        return found

    def function(self, name: str) -> Callable[..., Any]:
        """Return a function of the package, to be compared with a formula."""
        self.read["function", name] = name
        return self._source.function(name)

    def ours(self, name: str, found: object) -> str:
        """Note a fact of our package and return it as text.

        Args:
            name: of what, in words that stay the same.
            found: what the package holds or computes today.
        """
        key = ("ours", name)
        return self._note(key, self._source.changes.get(key, str(found)))

    def runs(self, recipe: str, profile: str) -> list["Record"]:
        """Return our recorded runs of a recipe on synthetic data, by seed."""
        found = self._source.runs(recipe, profile)
        self._note(("records", recipe, profile), digest(found))
        return found

    def curves(self, recipe: str, profile: str) -> dict[int, list[dict[str, float]]]:
        """Return the training curves of our recorded runs, a row an epoch, by seed.

        Runs without curves are left out.
        """
        found = self._source.runs(recipe, profile)
        plain = {run.seed: list(run.curves) for run in found if run.curves}
        self._note(("curves", recipe, profile), digest_of(plain))
        return plain

    def _note(self, key: Key, printed: str) -> str:
        self.read[key] = printed
        return printed


Check = Callable[[Case], Finding]
