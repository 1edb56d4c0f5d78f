"""Write constraints.txt from the packages of the running environment."""

import subprocess
import sys
from pathlib import Path

HEAD = "# The versions everything was tested with; regenerate with: make constraints"
TARGET = Path(__file__).resolve().parent.parent / "constraints.txt"


def main() -> None:
    """Pin every package but our own; a local part such as +cpu is dropped."""
    frozen = subprocess.run(
        [sys.executable, "-m", "pip", "freeze", "--exclude-editable"],
        capture_output=True,
        text=True,
        check=True,
    )
    pins = [line.split("+")[0] for line in frozen.stdout.splitlines() if "==" in line]
    TARGET.write_text("\n".join([HEAD, *pins, ""]))
    print(f"{TARGET.name}: {len(pins)} packages.")


if __name__ == "__main__":
    main()
