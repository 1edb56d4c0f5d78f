"""The paper's numbers beside ours: side by side, never mixed.

The paper measured patients; ours are synthetic until the reader switches the data.
"""

import html
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from IPython.display import display
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from spineseg.core.errors import SpinesegError
from spineseg.notebook.figures import figure
from spineseg.notebook.style import COLOURS, FAINT, INK, MUTED
from spineseg.stats.published import interval_of_mean

SYNTHETIC = "synthetic patients"
ENOUGH = 3
"""Seeds from which on a mean, a spread and an interval are shown."""
_DIAMOND: dict[str, Any] = {
    "marker": "D",
    "markersize": 7,
    "color": INK,
    "markerfacecolor": "none",
    "linestyle": "none",
}
_DOT: dict[str, Any] = {
    "marker": "o",
    "markersize": 5.5,
    "color": COLOURS["vertebra"],
    "linestyle": "none",
}


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


def ours_beside_paper(
    *rows: Beside,
    unit: str,
    alt: str,
    ours_on: str = SYNTHETIC,
    caption: str | None = None,
    name: str | None = None,
) -> None:
    """Draw the paper's numbers as open diamonds and ours as dots, one for every seed.

    The bar under our dots is the 95 % interval of the mean over the seeds (Student),
    from three seeds on. Whose patients they are stands in the caption and the figure.

    Args:
        rows: from top to bottom.
        unit: what the axis shows, with its unit, such as ``"Dice"`` or ``"HD95 (mm)"``.
        alt: what is seen and what it means.
        ours_on: whose pictures ours are.
        caption: plain text, before the sentence on whose patients these are.
        name: label for ``{numref}``.

    Raises:
        SpinesegError: if there is no row, or a number is not finite.
    """
    _demand_rows(rows)
    source = (
        f"Open diamonds: the paper, on patients. Filled dots: ours, one a seed, on "
        f"{ours_on}; bars: 95 % interval of our mean, from {ENOUGH} seeds on."
    )
    whole = f"{caption} {source}" if caption else source
    figure(_draw(rows, unit, ours_on), alt=alt, caption=whole, name=name)


def beside_table(
    *rows: Beside,
    unit: str,
    caption: str,
    ours_on: str = SYNTHETIC,
    digits: int = 3,
) -> None:
    """Display the same rows as a table: the paper's column, then ours with seeds.

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
    top = "".join(f'<th scope="col">{html.escape(h)}</th>' for h in heads)
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


def _draw(rows: Sequence[Beside], unit: str, ours_on: str) -> Figure:
    fig, ax = plt.subplots(figsize=(6.6, 0.9 + 0.55 * len(rows)))
    for place, row in enumerate(rows):
        _draw_row(ax, place, row)
    ax.set_yticks(range(len(rows)), [r.label for r in rows])
    ax.set_ylim(len(rows) - 0.5, -0.5)
    ax.set_xlabel(unit)
    ax.spines["left"].set_visible(False)
    ax.tick_params(axis="y", length=0)
    ax.grid(axis="x", color=FAINT, linewidth=0.6)
    ax.set_axisbelow(True)
    diamond = Line2D([], [], **_DIAMOND, label="paper, on patients")
    dot = Line2D([], [], **_DOT, label=f"ours, on {ours_on}")
    fig.legend(handles=[diamond, dot], loc="outside upper left", ncols=2)
    return fig


def _draw_row(ax: Axes, place: int, row: Beside) -> None:
    above, below = place - 0.14, place + 0.14  # two lanes: never mixed
    if row.paper is not None:
        if row.paper_sd is not None:
            ends = (row.paper - row.paper_sd, row.paper + row.paper_sd)
            ax.plot(ends, (above, above), color=MUTED, linewidth=1)
        ax.plot([row.paper], [above], **_DIAMOND)
    if len(row.ours) >= ENOUGH:
        bar = interval_of_mean(
            float(np.mean(row.ours)), float(np.std(row.ours, ddof=1)), len(row.ours)
        )
        ax.plot((bar.low, bar.high), (below, below), color=COLOURS["prediction"], lw=4)
    ax.plot(row.ours, [below] * len(row.ours), **_DOT)
