"""Keep every chapter's two files in step: the .md is the source, the .ipynb its run.

Usage:
    python scripts/notebooks.py list             the chapters
    python scripts/notebooks.py run [PATH ...]   execute what is out of date
    python scripts/notebooks.py run --all        execute every chapter again
    python scripts/notebooks.py check            fail if a pair is out of step

``run`` writes the set-up cell into the .md, executes it in the smoke profile, keeps
the text outputs, strips the pictures, and notes the seconds and a hash of the code.
"""

import argparse
import hashlib
import os
import sys
import time
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import jupytext
import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode

ROOT = Path(__file__).resolve().parent.parent
BOOK = ROOT / "book"
SLOWEST_S = 60.0
SETUP_TAG = "setup"
KEPT_MIMES = ("text/plain", "application/papermill.record/text/plain")
# one thread each: two notebooks share two cores, and sums keep their order
ENVIRONMENT = {
    "SPINESEG_PROFILE": "smoke",
    "SPINESEG_STATIC": "1",
    "OMP_NUM_THREADS": "1",
}


def main() -> None:
    """Do what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("command", choices=("list", "run", "check"))
    parser.add_argument("paths", nargs="*", type=Path)
    parser.add_argument("--all", action="store_true", help="execute all of them")
    arguments = parser.parse_args()
    chapters = [p.resolve() for p in arguments.paths] or find_chapters()
    if arguments.command == "list":
        print(*(c.relative_to(ROOT) for c in chapters), sep="\n")
    elif arguments.command == "run":
        run(chapters, everything=arguments.all)
    else:
        sys.exit(check(chapters))


def find_chapters() -> list[Path]:
    """Return every .md of the book that is a notebook."""
    return sorted(
        path
        for path in BOOK.rglob("*.md")
        if "format_name: myst" in path.read_text(encoding="utf-8")[:500]
    )


def run(chapters: list[Path], *, everything: bool) -> None:
    """Execute the chapters whose code has changed, two at a time."""
    for chapter in chapters:
        write_setup_cell(chapter)
    todo = [c for c in chapters if everything or fault(c) is not None]
    if not todo:
        print(f"{len(chapters)} chapters, all in step.")
        return
    os.environ.update(ENVIRONMENT)
    failures = []
    with ThreadPoolExecutor(2) as pool:
        for chapter, error in zip(todo, pool.map(_try_execute, todo), strict=True):
            if error:
                failures.append(f"{chapter.relative_to(ROOT)}: {error}")
    if failures:
        sys.exit("\n".join(failures))


def _try_execute(chapter: Path) -> str | None:
    try:
        seconds = execute(chapter)
    except Exception as error:  # whatever a cell raised is reported, none is lost
        return str(error)
    print(f"{chapter.relative_to(ROOT)}: {seconds:.1f} s", flush=True)
    if seconds > SLOWEST_S:
        return f"took {seconds:.0f} s; a chapter may take {SLOWEST_S:.0f} s in smoke"
    return None


def execute(chapter: Path) -> float:
    """Run a chapter and write its .ipynb; return the seconds it took."""
    notebook = load_source(chapter)
    client = NotebookClient(
        notebook,
        timeout=300,
        kernel_name="python3",
        coalesce_streams=True,  # a busy machine may deliver one line in two pieces
        resources={"metadata": {"path": str(chapter.parent)}},
    )
    start = time.perf_counter()
    client.execute()
    seconds = time.perf_counter() - start
    strip(notebook)
    notebook.metadata.setdefault("spineseg", NotebookNode())
    notebook.metadata["spineseg"] |= {
        "code": code_hash(notebook),
        "seconds": _steady(chapter, seconds),
    }
    target = chapter.with_suffix(".ipynb")
    beside = target.with_suffix(".ipynb.part")
    nbformat.write(notebook, beside)
    beside.replace(target)
    return seconds


def _steady(chapter: Path, seconds: float) -> float:
    """Keep the noted time while it is about right, so that re-runs change nothing."""
    target = chapter.with_suffix(".ipynb")
    if target.exists():
        noted = nbformat.read(target, as_version=4).metadata.get("spineseg", {})
        if abs(noted.get("seconds", 0) - seconds) < max(2.0, 0.5 * seconds):
            return noted["seconds"]
    return round(seconds, 1)


def load_source(chapter: Path) -> NotebookNode:
    """Read a chapter's .md as a notebook with cell ids that do not change."""
    notebook = jupytext.read(chapter)
    for number, cell in enumerate(notebook.cells):
        cell["id"] = f"{chapter.stem[:40]}-{number:03d}"
    notebook.metadata["language_info"] = {"name": "python"}
    return notebook


def strip(notebook: NotebookNode) -> None:
    """Drop pictures, widget states and timings; keep what reads as text."""
    notebook.metadata.pop("widgets", None)
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        for output in cell.get("outputs", []):
            if "data" in output:
                output.data = NotebookNode(
                    {m: d for m, d in output.data.items() if m in KEPT_MIMES}
                )
            if "metadata" in output:
                output.metadata.pop("image/png", None)


def code_hash(notebook: NotebookNode) -> str:
    """Return a hash of all code cells: what the outputs were made from."""
    code = "\0".join(c.source for c in notebook.cells if c.cell_type == "code")
    return hashlib.sha256(code.encode()).hexdigest()[:16]


def check(chapters: list[Path]) -> int:
    """Print every pair that is out of step; return 1 if there is one."""
    faults = {c: f for c in chapters if (f := fault(c)) is not None}
    orphans = [
        p
        for p in BOOK.rglob("*.ipynb")
        if ".ipynb_checkpoints" not in p.parts and not p.with_suffix(".md").exists()
    ]
    for chapter, text in faults.items():
        print(f"{chapter.relative_to(ROOT)}: {text}. Run `make notebooks`.")
    for orphan in orphans:
        print(f"{orphan.relative_to(ROOT)}: has no .md beside it.")
    if not faults and not orphans:
        print(f"{len(chapters)} chapters, each in step with its notebook.")
    return 1 if faults or orphans else 0


def fault(chapter: Path) -> str | None:
    """Say how a chapter and its notebook disagree, or None."""
    pair = chapter.with_suffix(".ipynb")
    if not pair.exists():
        return "the notebook beside it is missing"
    source, done = load_source(chapter), nbformat.read(pair, as_version=4)
    setup = [c for c in source.cells if SETUP_TAG in c.metadata.get("tags", [])]
    if len(setup) != 1 or setup[0].source != setup_code():
        return "the set-up cell is missing or is not the common one"
    if [_content(c) for c in source.cells] != [_content(c) for c in done.cells]:
        return "the notebook's cells differ from its source"
    if done.metadata.get("spineseg", {}).get("code") != code_hash(source):
        return "the outputs were made from other code"
    if any(c.cell_type == "code" and c.execution_count is None for c in done.cells):
        return "a cell has not been run"
    return None


def _content(cell: NotebookNode) -> tuple[str, str, tuple[str, ...]]:
    return cell.cell_type, cell.source, tuple(cell.metadata.get("tags", []))


def setup_code() -> str:
    """Return the first cell: it installs the package where it is missing."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    url = project["urls"]["Repository"]
    return (
        "try:\n"
        "    import spineseg\n"
        "except ModuleNotFoundError:  # in Colab, or in a JupyterLab without it\n"
        f'    %pip install --quiet "spineseg[data] @ git+{url}"'
    )


def write_setup_cell(chapter: Path) -> None:
    """Put the common set-up cell into a chapter's source, if it differs."""
    text = chapter.read_text(encoding="utf-8")
    lines = text.splitlines(keepends=True)
    for start, line in enumerate(lines):
        tags = lines[start + 1] if start + 1 < len(lines) else ""
        if line.startswith("```{code-cell}") and SETUP_TAG in tags:
            end = lines.index("```\n", start)
            new = "".join([*lines[: start + 2], setup_code() + "\n", *lines[end:]])
            if new != text:
                chapter.write_text(new, encoding="utf-8")
            return
    sys.exit(f"{chapter.relative_to(ROOT)}: no code cell is tagged {SETUP_TAG!r}")


if __name__ == "__main__":
    main()
