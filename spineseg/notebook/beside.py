"""The paper's numbers beside ours: side by side, never mixed.

The paper measured patients; ours are synthetic until the reader switches the data.
"""

import html
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from IPython.display import display

from spineseg.core.errors import SpinesegError

SYNTHETIC = "synthetic patients"
ENOUGH = 3
"""Seeds from which on a mean, a spread and an interval are shown."""


@dataclass(frozen=True)
class Beside:
    """One row: what the paper prints and what our runs gave.

    label: network, loss or variant.  paper: printed mean, or None where the paper is
    silent.  ours: one number a seed, possibly none yet.  paper_sd: printed spread.
    """

    label: str
    paper: float | None
    ours: Sequence[float] = ()
    paper_sd: float | None = None


def beside_table(
    *rows: Beside,
    unit: str,
    caption: str,
    ours_on: str = SYNTHETIC,
    digits: int = 3,
) -> None:
    """Display rows as a table: the paper's column, then ours with seeds.

    Args:
        rows: from top to bottom.
        unit: what is measured, with its unit.
        caption: stands above the table.
        ours_on: whose pictures ours are.
        digits: behind the point.

    Raises:
        SpinesegError: if there is no row, or a number is not finite.
    """
    _demand_rows(rows)
    heads = (
        "",
        f"{unit}: paper, on patients",
        f"{unit}: ours, on {ours_on} (mean ± SD)",
        "Seeds",
    )
    cells = [
        (r.label, _paper(r, digits), mean_and_sd(r.ours, digits), str(len(r.ours)))
        for r in rows
    ]
    show_table(heads, cells, caption)


def show_table(
    heads: Sequence[str], cells: Sequence[Sequence[str]], caption: str
) -> None:
    """Display a table whose rows begin with their names, as a page and as text."""
    top = "".join(f'<th scope="col">{_unbroken(h)}</th>' for h in heads)
    body = "".join(
        f'<tr><th scope="row">{html.escape(label)}</th>'
        + "".join(f"<td>{_unbroken(c)}</td>" for c in rest)
        + "</tr>"
        for label, *rest in cells
    )
    page = (
        f'<table class="table spx-beside"><caption>{html.escape(caption)}</caption>'
        f"<thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"
    )
    lines = [caption, *(" | ".join(row) for row in (heads, *cells))]
    display({"text/html": page, "text/plain": "\n".join(lines)}, raw=True)


def _unbroken(cell: str) -> str:
    return html.escape(cell).replace(" ± ", "&nbsp;±&nbsp;")


def mean_and_sd(values: Sequence[float], digits: int = 3) -> str:
    """Return mean ± standard deviation over seeds, below three every value itself."""
    if not len(values):
        return "not run"
    if len(values) < ENOUGH:
        each = ", ".join(f"{value:.{digits}f}" for value in values)
        return f"{each} ({'one seed' if len(values) == 1 else 'two seeds'})"
    return f"{np.mean(values):.{digits}f} ± {np.std(values, ddof=1):.{digits}f}"


def _paper(row: Beside, digits: int) -> str:
    if row.paper is None:
        return "not given"
    spread = "" if row.paper_sd is None else f" ± {row.paper_sd:.{digits}f}"
    return f"{row.paper:.{digits}f}{spread}"


def _demand_rows(rows: Sequence[Beside]) -> None:
    numbers = [v for r in rows for v in (r.paper, r.paper_sd, *r.ours) if v is not None]
    if not numbers or not np.isfinite(numbers).all():
        raise SpinesegError(
            "these rows cannot be set beside each other",
            found="no number" if not numbers else "a number that is not finite",
            remedy="Leave out what was not measured, and say so in the text",
        )
