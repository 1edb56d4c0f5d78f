"""Best, second, worst: claims on the order of a table's rows."""

from collections.abc import Mapping, Sequence

from spineseg.audit.case import Case, Check
from spineseg.audit.verdict import Finding, Verdict
from spineseg.stats.ranges import Range

HIGHER, LOWER = 1.0, -1.0
_UNLIKE_MEANS = "Another statistic than the mean may favour it."


def better(case: Case, table: str, row: str, column: str, sign: float) -> list[str]:
    """Return the rows whose printed number beats that of ``row``."""
    numbers = case.column(table, column)
    ours = sign * numbers[row].middle
    return [
        name
        for name, number in numbers.items()
        if name != row and sign * number.middle > ours + 1e-12
    ]


def tied(case: Case, table: str, row: str, column: str) -> list[str]:
    """Return the other rows with the same printed number."""
    numbers = case.column(table, column)
    return [
        name
        for name, number in numbers.items()
        if name != row and abs(number.middle - numbers[row].middle) < 1e-12
    ]


def best(
    table: str | Sequence[str],
    row: str,
    columns: Mapping[str, float],
    assumption: str = "The order is that of the printed means.",
    fair: str = "",
) -> Check:
    """A row that must be the best of one or more columns.

    A number within the claim's tolerance of the best counts as near it; a tie in
    the printed digits depends on what "best" means.
    """
    tables = [table] if isinstance(table, str) else list(table)

    def check(case: Case) -> Finding:
        verdicts, texts, wins = [], [], 0
        for name in tables:
            for column, sign in columns.items():
                verdict, text = _best_of(case, name, row, column, sign)
                verdicts.append(verdict)
                texts.append(text)
                wins += verdict == Verdict.HOLDS
        kind = _weakest(verdicts)
        won = f"Best in {wins} of {len(verdicts)} columns. "
        said = " ".join(text for text in texts if text)
        other = f"It is first in {wins} of {len(verdicts)}." if wins else _UNLIKE_MEANS
        other = "" if kind == Verdict.HOLDS else fair or other
        return Finding(kind, (won + said).strip(), assumption, other)

    return check


def _weakest(verdicts: Sequence[Verdict]) -> Verdict:
    order = (Verdict.CONTRADICTED, Verdict.DEPENDS, Verdict.WITHIN_TOLERANCE)
    return next((v for v in order if v in verdicts), Verdict.HOLDS)


def _best_of(
    case: Case, table: str, row: str, column: str, sign: float
) -> tuple[Verdict, str]:
    ours = case.text(table, row, column)
    ahead, level = (
        better(case, table, row, column, sign),
        tied(case, table, row, column),
    )
    if ahead:
        names = ", ".join(f"{name} {case.text(table, name, column)}" for name in ahead)
        gap = max(
            sign * (case.cell(table, n, column).middle - float(ours)) for n in ahead
        )
        text = f"{table} {column}: {ours}, {len(ahead)} ahead ({names})."
        near = gap <= case.claim.tolerance() + 1e-12
        return (Verdict.WITHIN_TOLERANCE if near else Verdict.CONTRADICTED), text
    if level:
        return Verdict.DEPENDS, f"{table} {column}: {ours}, tied with {level[0]}."
    return Verdict.HOLDS, ""


def rank(case: Case, table: str, row: str, column: str, sign: float) -> int:
    """Return the rank of a row, 1 for the best."""
    return 1 + len(better(case, table, row, column, sign))


def inversions(first: Mapping[str, Range], second: Mapping[str, Range]) -> list[str]:
    """Return the pairs of rows that two columns put in opposite orders."""
    names = list(first)
    found = []
    for i, a in enumerate(names):
        for b in names[i + 1 :]:
            one = first[a].middle - first[b].middle
            two = second[a].middle - second[b].middle
            if one * two < 0:
                found.append(f"{a} / {b}")
    return found
