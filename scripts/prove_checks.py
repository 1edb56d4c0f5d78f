"""Plant faults in copies of the repository and show that a check finds each.

Usage: python scripts/prove_checks.py [NAME ...]   (default: every fault)

Each fault is planted in a fresh clone, the step of ``make test`` or ``make book`` that
must find it is run there, and the fault goes away with the clone. Exits with 1 if a
step passes in spite of its fault, or fails without one.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import nbformat
import yaml

ROOT = Path(__file__).resolve().parent.parent
CHAPTER = "book/foundations/the-spine-and-its-images"
CELL = '\n```{code-cell} ipython3\nraise ValueError("planted")\n```\n'


@dataclass(frozen=True)
class Fault:
    """A fault, how it is planted, and the command that must fail with these words."""

    name: str
    plant: Callable[[Path], None]
    command: tuple[str, ...]
    words: str


def append(text: str) -> Callable[[Path], None]:
    """Return a planter that adds text to the chapter's source."""

    def plant(clone: Path) -> None:
        path = clone / f"{CHAPTER}.md"
        path.write_text(path.read_text() + text)

    return plant


def spoil_output(clone: Path) -> None:
    """Change one compared text output of the committed notebook."""
    path = clone / f"{CHAPTER}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        tags = cell.metadata.get("tags", [])
        for output in cell.get("outputs", []):
            if output.output_type == "stream" and "nbval-ignore-output" not in tags:
                output.text = "a stale output\n"
                nbformat.write(notebook, path)
                return
    raise SystemExit(f"{CHAPTER} has no output to spoil")


def break_layers(clone: Path) -> None:
    """Let the lowest layer import one above it."""
    path = clone / "spineseg" / "core" / "planted.py"
    path.write_text('"""Planted."""\n\nimport spineseg.io as io\n\n__all__ = ["io"]\n')


BOOK = (sys.executable, "scripts/build_book.py")
SITE = (sys.executable, "scripts/check_site.py", "_build/html")
FAULTS = (
    Fault("a cell that raises", append(CELL), BOOK, "planted"),
    Fault(
        "a pair out of step",
        append("\nOne more sentence.\n"),
        (sys.executable, "scripts/notebooks.py", "check"),
        "cells differ",
    ),
    Fault(
        "a stale output",
        spoil_output,
        (sys.executable, "scripts/run_nbval.py", f"{CHAPTER}.ipynb"),
        "a stale output",
    ),
    Fault(
        "a figure without alt text",
        append("\n![](../_static/favicon.svg)\n"),
        SITE,
        "alt",
    ),
    Fault(
        "a broken link between pages",
        append("\n[elsewhere](nowhere.md)\n"),
        BOOK,
        "nowhere",
    ),
    Fault(
        "a broken link in plain HTML",
        append('\n<a href="nowhere.html">elsewhere</a>\n'),
        SITE,
        "nowhere.html",
    ),
    Fault("an import against the layers", break_layers, ("lint-imports",), "BROKEN"),
)


def main() -> None:
    """Plant each fault in turn and report what its step said."""
    wanted = sys.argv[1:] or [fault.name for fault in FAULTS]
    unfound = [f.name for f in FAULTS if f.name in wanted and not found(f)]
    if unfound:
        sys.exit("Not found: " + ", ".join(unfound))
    print("Every planted fault was found.")


def found(fault: Fault) -> bool:
    """Tell whether the step fails with the fault and names it."""
    with tempfile.TemporaryDirectory() as folder:
        clone = Path(folder) / "clone"
        subprocess.run(["git", "clone", "--quiet", ROOT, clone], check=True)
        keep_one_chapter(clone)
        fault.plant(clone)
        if fault.command is SITE:
            step(clone, BOOK)
        code, said = step(clone, fault.command)
    line = next((x for x in said.splitlines() if fault.words in x), "")
    good = code != 0 and bool(line)
    print(f"{'found' if good else 'MISSED'}: {fault.name} (exit {code}) {line.strip()}")
    return good


def keep_one_chapter(clone: Path) -> None:
    """Reduce the clone's book to the cover and one chapter: the checks are the same."""
    contents = yaml.safe_load((clone / "_toc.yml").read_text())
    contents["parts"] = [{"caption": "One", "chapters": [{"file": f"{CHAPTER}.md"}]}]
    contents.pop("chapters", None)
    (clone / "_toc.yml").write_text(yaml.safe_dump(contents))


def step(clone: Path, command: tuple[str, ...]) -> tuple[int, str]:
    """Run one step in the clone, with the clone's package in front."""
    environment = {**os.environ, "PYTHONPATH": str(clone)}
    done = subprocess.run(
        command, cwd=clone, env=environment, capture_output=True, text=True
    )
    return done.returncode, done.stdout + done.stderr


if __name__ == "__main__":
    main()
