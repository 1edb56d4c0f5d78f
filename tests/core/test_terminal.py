"""A program whose reader has left ends in silence; other broken pipes are told."""

import subprocess
import sys
from pathlib import Path

import pytest

from spineseg.core.terminal import CLOSED_PIPE

ROOT = Path(__file__).resolve().parents[2]
SHELL = "from spineseg.core.terminal import readers_may_leave\nimport sys\n"


def unread(*command, first_line=False):
    """Run Python into a pipe that is closed at once, or behind the first line."""
    with subprocess.Popen(
        [sys.executable, *command],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    ) as process:
        assert process.stdout is not None
        if first_line:
            assert process.stdout.readline()
        process.stdout.close()
        process.stdout = None
        _, errors = process.communicate("\n")
    return process.returncode, errors


@pytest.mark.parametrize("arguments", [["data", "list"], ["--help"]])
def test_a_reader_of_a_command_who_leaves_hears_nothing(arguments):
    _, errors = unread("-c", "from spineseg.cli import main; main()", *arguments)
    assert errors == ""  # typer and rich see to it, with code 1


def test_a_reader_of_a_list_of_runs_who_leaves_hears_nothing():
    assert unread("scripts/run_grid.py", "--list") == (CLOSED_PIPE, "")


@pytest.mark.parametrize("options", [[], ["-u"]], ids=["buffered", "unbuffered"])
@pytest.mark.parametrize("count", [10, 100_000])
def test_a_reader_who_leaves_after_a_line_hears_nothing(count, options, monkeypatch):
    monkeypatch.delenv("PYTHONUNBUFFERED", raising=False)
    code = f"{SHELL}with readers_may_leave():\n for k in range({count}): print(k)"
    code += "\n sys.stdout.flush(); sys.stdin.readline(); print('more')"
    found = unread(*options, "-c", code, first_line=True)
    assert found == (CLOSED_PIPE, "")


def test_a_pipe_that_breaks_elsewhere_is_an_error_still():
    code = f"{SHELL}with readers_may_leave(): raise BrokenPipeError('the scheduler')"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "BrokenPipeError: the scheduler" in done.stderr


@pytest.mark.parametrize("close", ["sys.stdout = None", "sys.exit(3)"])
def test_without_an_output_or_with_a_code_nothing_changes(close):
    code = f"{SHELL}with readers_may_leave():\n {close}"
    done = subprocess.run([sys.executable, "-c", code], check=False)
    assert done.returncode == (3 if "exit" in close else 0)
