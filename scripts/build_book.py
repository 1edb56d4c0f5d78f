"""Build the HTML book; any warning, failing cell or dead reference fails it."""

import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STAMP = ROOT / "_build" / "package.sha256"


def main() -> None:
    """Run jupyter-book strictly and say how long it took."""
    start = time.perf_counter()
    forget_stale_outputs()
    code = subprocess.run(
        ["jupyter-book", "build", ".", "-W", "-n", "--keep-going", "-q"],
        cwd=ROOT,
        env={**os.environ, "SPINESEG_STATIC": "1", "OMP_NUM_THREADS": "1"},
    ).returncode
    if code != 0:
        sys.exit("The book was not built: see the messages above.")
    print(f"Built in {time.perf_counter() - start:.0f} s.")


def forget_stale_outputs() -> None:
    """Drop the cached outputs when the package behind the chapters has changed.

    The cache of executed notebooks looks at their cells only.
    """
    digest = hashlib.sha256((ROOT / "constraints.txt").read_bytes())
    for path in sorted((ROOT / "spineseg").rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            digest.update(path.relative_to(ROOT).as_posix().encode())
            digest.update(path.read_bytes())
    if not STAMP.exists() or STAMP.read_text() != digest.hexdigest():
        shutil.rmtree(ROOT / "_build", ignore_errors=True)
        STAMP.parent.mkdir(parents=True)
        STAMP.write_text(digest.hexdigest())


if __name__ == "__main__":
    main()
