"""What a paper says in words, in one place and in another."""

import re

from spineseg.audit.case import Case, Check
from spineseg.audit.verdict import Finding, Verdict
from spineseg.core.errors import SpinesegError

_NUMBER = re.compile(r"\d+(?:\.\d+)?(?:e[+-]?\d+)?")


def agree(
    about: str,
    assumption: str = "Both places speak of the same thing.",
    fair: str = "One of the two may be a slip.",
) -> Check:
    """Two or more places of a paper that must say the same on a topic."""

    def check(case: Case) -> Finding:
        places = case.said(about)
        if len(places) < 2:
            raise SpinesegError("a comparison needs two places", found=about)
        same = len({one["value"] for one in places}) == 1
        evidence = "; ".join(
            f"{one['where']}: {one['says']} [{one['value']}]" for one in places
        )
        verdict = Verdict.HOLDS if same else Verdict.CONTRADICTED
        return Finding(verdict, f"{evidence}.", assumption, "" if same else fair)

    return check


def as_in_table(
    name: str, table: str, row: str, column: str, *, of: str | None = None
) -> Check:
    """A number of the text that must be the one in a table's cell."""

    def check(case: Case) -> Finding:
        cell = case.text(table, row, column)
        numbers = [float(one) for one in _NUMBER.findall(cell)]
        value = case.count(name, of=of)
        same = bool(numbers) and all(one == value for one in numbers)
        verdict = Verdict.HOLDS if same else Verdict.CONTRADICTED
        return Finding(verdict, f"Text {value:g}; {table}, {row}: {cell}.")

    return check


def cell_names(table: str, row: str, column: str, *words: str) -> Check:
    """A cell of a table that must name what the text names."""

    def check(case: Case) -> Finding:
        cell = case.text(table, row, column)
        plain = cell.lower().replace("-", "")
        missing = [word for word in words if word.lower() not in plain]
        verdict = Verdict.CONTRADICTED if missing else Verdict.HOLDS
        return Finding(verdict, f"{table}, {row}: {cell}; not named: {missing or 0}.")

    return check
