"""Settings of the notebook runs: what is compared, and that nothing is skipped."""

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


def pytest_collectstart(collector: pytest.Collector) -> None:
    """Leave pictures out of the comparison of a notebook's outputs."""
    if hasattr(collector, "skip_compare"):
        collector.skip_compare += _PICTURES


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Refuse a notebook cell that is marked to be skipped."""
    for item in items:
        if type(item).__name__ == "IPyNbCell" and item.options["skip"]:
            raise pytest.UsageError(f"{item.nodeid}: no cell may be skipped")
