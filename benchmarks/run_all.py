"""Run every benchmark, one after the other: ``make bench``."""

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent


def main() -> None:
    """Run each file beside this one; go on after a failure and report it."""
    benchmarks = sorted(p for p in HERE.glob("*.py") if p.name != Path(__file__).name)
    failed = []
    for path in benchmarks:
        print(f"== {path.stem}", flush=True)
        if subprocess.run([sys.executable, path], cwd=HERE.parent).returncode != 0:
            failed.append(path.stem)
    if failed:
        sys.exit("failed: " + ", ".join(failed))


if __name__ == "__main__":
    main()
