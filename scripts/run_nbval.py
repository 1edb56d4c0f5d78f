"""Run notebooks with nbval, cell by cell: those named, or every one."""

import os
import subprocess
import sys

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
    sys.exit(
        subprocess.run(command, cwd=ROOT, env={**os.environ, **ENVIRONMENT}).returncode
    )


if __name__ == "__main__":
    main()
