"""Misuse of the command line gives one line on stderr and exit code 2."""

import sys

import pytest

from spineseg.cli import main


def run(monkeypatch, capsys, *arguments):
    monkeypatch.setattr(sys, "argv", ["spineseg", *arguments])
    with pytest.raises(SystemExit) as leave:
        main()
    return leave.value.code, capsys.readouterr()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["phantom", "--cobb", "much", "-o", "x.png"], "--cobb"),
        (["phantom", "--seed", "1"], "--output"),
        (["phantom", "--colour", "red"], "--colour"),
        (["phantmo"], "phantmo"),
        (["show", "no-such-file.dcm", "-o", "x.png"], "no-such-file.dcm"),
    ],
)
def test_misuse_gives_one_line_and_code_two(monkeypatch, capsys, arguments, words):
    code, said = run(monkeypatch, capsys, *arguments)
    assert code == 2
    assert said.err.startswith("spineseg: ")
    assert said.err.count("\n") == 1
    assert words in said.err
    assert said.out == ""


def test_no_command_shows_the_help(monkeypatch, capsys):
    code, said = run(monkeypatch, capsys)
    assert code == 2
    assert "Usage" in said.out
    assert said.err == ""


def test_help_and_version_leave_with_zero(monkeypatch, capsys):
    assert run(monkeypatch, capsys, "--version")[0] == 0
    assert run(monkeypatch, capsys, "phantom", "--help")[0] == 0
