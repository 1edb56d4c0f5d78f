"""Numbers that a benchmark measured once and stored beside its code."""

import json
from pathlib import Path
from typing import Any

import spineseg
from spineseg.core.errors import SpinesegError

_RESULTS = Path(spineseg.__file__).resolve().parents[1] / "benchmarks" / "results"


def benchmark(name: str, folder: Path = _RESULTS) -> dict[str, Any]:
    """Return the stored result of ``benchmarks/NAME.py``.

    Args:
        name: of the file, without its ending.
        folder: where the results lie; those of the repository by default.

    Raises:
        SpinesegError: if there is none, as where only the package is installed.
    """
    path = folder / f"{name}.json"
    if not path.is_file():
        there = ", ".join(sorted(p.stem for p in folder.glob("*.json")))
        raise SpinesegError(
            "no such result of a benchmark",
            path=path,
            expected=there or "a copy of the repository with its benchmarks",
            remedy="Clone the repository: results do not travel with the package",
        )
    return json.loads(path.read_text(encoding="utf-8"))
