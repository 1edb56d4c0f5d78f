"""Settings of the notebook runs: what is compared, and a count of it."""

from collections import Counter

import pytest

# A picture is judged by eye and by the code that draws it, not byte by byte; the
# committed notebooks carry text outputs only.
_PICTURES = (
    "application/vnd.spineseg.figure+json",
    "application/vnd.spineseg.source+json",
    "application/vnd.spineseg.steps+json",
    "image/svg+xml",
    "text/html",
)
_cells: Counter[str] = Counter()


def pytest_collectstart(collector: pytest.Collector) -> None:
    """Leave pictures out of the comparison of a notebook's outputs."""
    if hasattr(collector, "skip_compare"):
        collector.skip_compare += _PICTURES


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Count the cells by how they are checked; refuse a skipped one."""
    for item in items:
        options = getattr(item, "options", None)
        if type(item).__name__ != "IPyNbCell" or options is None:
            continue
        if options["skip"]:
            raise pytest.UsageError(f"{item.nodeid}: no cell may be skipped")
        compared = options["check"] and item.cell.outputs
        strict = "compared with their output" if compared else "run without comparison"
        _cells[strict] += 1


def pytest_terminal_summary(terminalreporter) -> None:
    """Print how many cells were compared and how many only ran."""
    if _cells:
        parts = [f"{number} {kind}" for kind, number in sorted(_cells.items())]
        terminalreporter.write_line("notebook cells: " + ", ".join(parts))
