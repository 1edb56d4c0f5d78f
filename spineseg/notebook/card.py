"""The run card under a result: which runs made it, on what, and at what cost."""

import html
from collections.abc import Iterable
from typing import TYPE_CHECKING

from IPython.display import display

from spineseg.core.errors import SpinesegError

if TYPE_CHECKING:  # reading a card needs no torch
    from spineseg.training.record import Record

PACKAGES_SHOWN = ("python", "torch", "numpy")
NAMED = 3
"""Recipes that the folded line names; of more it says the number."""
LISTED = ("recipe", "records")
"""Parts with long names: on a page each stands on a line of its own."""


def run_card(*records: "Record", note: str | None = None) -> None:
    """Display where a result comes from, folded to one line.

    Args:
        records: the runs behind the figure or table above.
        note: one sentence more, such as what the width of the networks is.

    Raises:
        SpinesegError: if there is no record.
    """
    if not records:
        raise SpinesegError(
            "a run card needs a record",
            found="none",
            remedy="Read some with spineseg.training.read_records",
        )
    rows = card_rows(records)
    if note:
        rows["note"] = note
    recipes = rows["recipe"]
    if (kinds := len({r.recipe for r in records})) > NAMED:
        recipes = f"{kinds} recipes"
    line = f"{rows['runs']} · {recipes} · {rows['profile']} · {rows['device']}"
    body = "".join(
        f"<dt>{html.escape(k)}</dt><dd>{_on_page(v, listed=k in LISTED)}</dd>"
        for k, v in rows.items()
    )
    page = (
        '<details class="spx-card"><summary>Run card: '
        f"{_on_page(line)}</summary><dl>{body}</dl></details>"
    )
    text = "\n".join([f"[run card: {line}]", *(f"{k}: {v}" for k, v in rows.items())])
    display({"text/html": page, "text/plain": text}, raw=True)


def card_rows(records: Iterable["Record"]) -> dict[str, str]:
    """Return what a card says, part by part, in the order it is read."""
    runs = list(records)
    memory = {
        place: _span([r.peak_memory_mb[place] for r in runs], "MB", 0)
        for place in runs[0].peak_memory_mb
        if all(place in r.peak_memory_mb for r in runs)
    }
    packages = [
        f"{name} {_each(r.packages.get(name, '?') for r in runs)}"
        for name in PACKAGES_SHOWN
    ]
    return {
        "runs": f"{len(runs)} run" + ("s" if len(runs) > 1 else ""),
        "recipe": _each(r.recipe for r in runs),
        "profile": _each(r.profile for r in runs),
        "seeds": _each(str(r.seed) for r in runs),
        "records": _each(r.name for r in runs),
        "device": _each(r.device for r in runs),
        "precision": _each(r.precision for r in runs),
        "time a run": _span([r.wall_s / 60 for r in runs], "min", 1),
        "peak memory": ", ".join(f"{v} ({k})" for k, v in memory.items()) or "unknown",
        "versions": ", ".join(
            [f"spineseg {_each(r.code['version'] for r in runs)}", *packages]
        ),
        "sources": _each(r.code["sources_sha256"][:12] for r in runs),
    }


def _on_page(text: str, *, listed: bool = False) -> str:
    whole = html.escape(text).replace(" 1 threads", " 1 thread")
    return whole.replace(", ", "<br>") if listed else whole


def _each(values: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(values))


def _span(values: list[float], unit: str, digits: int) -> str:
    low, high = f"{min(values):.{digits}f}", f"{max(values):.{digits}f}"
    return f"{low} {unit}" if low == high else f"{low} to {high} {unit}"
