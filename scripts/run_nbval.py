"""Run notebooks with nbval, cell by cell: those named, or every one."""

import os
import subprocess
import sys

import nbformat
from notebooks import ENVIRONMENT, ROOT, find_chapters


def main() -> None:
    """Compare deterministic cells with their stored output, execute the others."""
    notebooks = sys.argv[1:] or [
        str(c.with_suffix(".ipynb").relative_to(ROOT)) for c in find_chapters()
    ]
    if not notebooks:
        sys.exit("There is no notebook to run.")
    command = [sys.executable, "-m", "pytest", "--nbval", "--nbval-current-env", "-q"]
    # whole notebooks to a worker: the cells of one share a kernel
    command += ["-n", "2", "--dist", "loadfile", "-W", "default", *notebooks]
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, **ENVIRONMENT})
    print(count(notebooks))
    sys.exit(done.returncode)


def count(notebooks: list[str]) -> str:
    """Say how many cells are compared with their output and how many only run."""
    compared = executed = 0
    for path in notebooks:
        for cell in nbformat.read(ROOT / path, as_version=4).cells:
            if cell.cell_type == "code":
                lax = "nbval-ignore-output" in cell.metadata.get("tags", [])
                executed += lax
                compared += not lax
    return (
        f"{len(notebooks)} notebooks, none skipped: {compared} cells compared with "
        f"their output, {executed} executed only."
    )


if __name__ == "__main__":
    main()
