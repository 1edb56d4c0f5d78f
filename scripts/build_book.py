"""Build the HTML book; any warning, failing cell or dead reference fails it."""

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    """Run jupyter-book strictly and say how long it took."""
    start = time.perf_counter()
    code = subprocess.run(
        ["jupyter-book", "build", ".", "-W", "-n", "--keep-going", "-q"],
        cwd=ROOT,
        env={**os.environ, "SPINESEG_STATIC": "1"},
    ).returncode
    if code != 0:
        sys.exit("The book was not built: see the messages above.")
    print(f"Built in {time.perf_counter() - start:.0f} s.")


if __name__ == "__main__":
    main()
