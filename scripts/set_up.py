"""Make the virtual environment that ``make`` works in; safe to run again.

Usage: python scripts/set_up.py [FOLDER]   (default: .venv)

PyTorch comes first, because everything else would pull the newest CUDA build. On
Linux the plain package of the index is that build (several GB); the CPU build is a
tenth of it, so it is taken where it can be had: from a configured index or a local
wheel, then from PyTorch's own index. Failing both, the plain package is installed.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CONSTRAINTS = ROOT / "constraints.txt"
CPU_INDEX = "https://download.pytorch.org/whl/cpu"
STAMP = ".ready"


def main() -> None:
    """Create the environment, install the pinned packages, leave a stamp."""
    if sys.version_info < (3, 11):
        sys.exit(
            f"spineseg needs Python 3.11 or newer; this is {sys.version.split()[0]}"
        )
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else ".venv").resolve()
    if not (folder / "bin" / "python").exists():
        print(f"Making {folder.name} ...", flush=True)
        venv.create(folder, with_pip=True)
    install_torch(folder)
    pip(folder, "install", "-c", str(CONSTRAINTS), "-e", f"{ROOT}[dev]")
    pip(folder, "check")
    (folder / STAMP).touch()
    print(f"Ready: {folder.name}.", flush=True)


def install_torch(folder: Path) -> None:
    """Install the pinned PyTorch, the CPU build where one can be had."""
    pin = re.search(r"^torch==\S+$", CONSTRAINTS.read_text(), re.MULTILINE)
    if pin is None:
        sys.exit("constraints.txt does not pin torch")
    wanted = pin.group()
    if installed(folder, "torch") == wanted.removeprefix("torch=="):
        return
    if not sys.platform.startswith("linux") or offers_cpu_build(folder, wanted):
        pip(folder, "install", wanted)
        return
    probe = ["--index-url", CPU_INDEX, "--retries", "1", "--timeout", "10"]
    if pip(folder, "install", *probe, "--no-deps", wanted, check=False) == 0:
        pip(folder, "install", "-c", str(CONSTRAINTS), wanted)
        return
    print("No CPU build of PyTorch in reach: taking the full one, several GB.")
    pip(folder, "install", wanted)


def installed(folder: Path, package: str) -> str | None:
    """Return the version of a package in the environment, without its local part."""
    code = f"import importlib.metadata as m; print(m.version({package!r}))"
    found = subprocess.run(
        [folder / "bin" / "python", "-c", code],
        capture_output=True,
        text=True,
        check=False,
    )
    return found.stdout.strip().split("+")[0] if found.returncode == 0 else None


def offers_cpu_build(folder: Path, wanted: str) -> bool:
    """Ask the configured indexes whether the package they would take is a CPU one."""
    dry = [folder / "bin" / "python", "-m", "pip", "install", "--dry-run", "--quiet"]
    answer = subprocess.run(
        [*dry, "--report", "-", wanted], capture_output=True, text=True, check=False
    )
    if answer.returncode != 0:
        return False
    plan = json.loads(answer.stdout)["install"]
    return not any(p["metadata"]["name"].startswith("nvidia-") for p in plan)


def pip(folder: Path, *arguments: str, check: bool = True) -> int:
    """Run pip of the environment, quietly; leave with its message when it fails."""
    command = [folder / "bin" / "python", "-m", "pip", *arguments]
    if arguments[0] == "install":
        command += ["--quiet", "--disable-pip-version-check"]
    # a CI log needs no progress bars
    code = subprocess.run(command, env={**os.environ, "PIP_NO_INPUT": "1"}).returncode
    if check and code != 0:
        sys.exit(f"pip {arguments[0]} failed with code {code}")
    return code


if __name__ == "__main__":
    main()
