"""The commands of the README exist, and the two of them run every check."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text()


def dry_run(target: str) -> str:
    # -o: the environment counts as made
    done = subprocess.run(
        ["make", "-n", "-o", ".venv/.ready", target],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


@pytest.mark.parametrize(
    ("target", "commands"),
    [
        (
            "test",
            [
                "ruff check",
                "ruff format --check",
                "codespell",
                "pyright",
                "lint-imports",
                "python -m pytest",
                "scripts/notebooks.py check",
                "scripts/run_nbval.py",
            ],
        ),
        ("book", ["scripts/build_book.py", "scripts/check_site.py _build/html"]),
        ("notebooks", ["scripts/notebooks.py run"]),
        ("lab", ["jupyter lab"]),
        ("bench", ["benchmarks/run_all.py"]),
    ],
)
def test_a_target_runs_its_commands(target, commands):
    recipe = dry_run(target)
    assert [c for c in commands if c not in recipe] == []


def test_every_target_says_in_one_line_what_it_does():
    makefile = (ROOT / "Makefile").read_text()
    targets = re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE).group(1).split()
    described = re.findall(r"^([a-z]+):.*## \S", makefile, re.MULTILINE)
    assert sorted(targets) == sorted(described)


def test_continuous_integration_runs_the_two_commands_and_stops_at_a_failure():
    lines = (ROOT / ".ci" / "run").read_text().splitlines()
    assert "set -euo pipefail" in lines
    assert [line for line in lines if line.startswith("make")] == [
        "make test",
        "make book",
    ]


def test_every_make_command_of_the_readme_exists():
    named = set(re.findall(r"^(?:\| `)?make ([a-z]+)", README, re.MULTILINE))
    makefile = (ROOT / "Makefile").read_text()
    assert len(named) >= 6
    assert named <= set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
