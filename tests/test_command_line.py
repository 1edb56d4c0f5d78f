"""Misuse of the command line gives one line on stderr and exit code 2."""

import sys
from pathlib import Path

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
        (["train", "cvmunet/unet", "--accelerator", "gpu"], "cpu or cuda or auto"),
        (["train", "cvmunet/unet", "--precision", "8"], "32-true or bf16-mixed"),
        (["train", "cvmunet/unet", "--seeds", "0-99999999"], "up to 1000"),
    ],
)
def test_misuse_gives_one_line_and_code_two(monkeypatch, capsys, arguments, words):
    code, said = run(monkeypatch, capsys, *arguments)
    assert code == 2
    assert said.err.startswith("spineseg: ")
    assert said.err.count("\n") == 1
    assert words in said.err
    assert said.out == ""


def write_into(place):
    """Return commands that are told to make a folder at this place."""
    twin = ["data", "make", "mdwc_spine", "-n", "1", "--size", "32", "-o", place]
    export = ["data", "export-nnunet", "mdwc_spine", "-n", "9", "--size", "32"]
    return [
        twin,
        [*export, "-o", place],
        ["data", "deidentify", str(Path(place).parent / "source"), "-o", place],
        ["train", "cvmunet/unet", "--accelerator", "cpu", "-o", place],
    ]


@pytest.mark.parametrize("number", range(4))
def test_a_file_where_a_folder_should_be_gives_one_line_and_stays(
    monkeypatch, capsys, tmp_path, number
):
    (tmp_path / "source").mkdir()
    film = tmp_path / "film.png"
    film.write_text("a film")
    code, said = run(monkeypatch, capsys, *write_into(str(film))[number])
    assert code == 2
    assert said.err.splitlines()[-1].startswith("spineseg: ")
    assert "film.png" in said.err
    assert "Traceback" not in said.err
    assert film.read_text() == "a film"


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError("timed out: tcp://a:1"), "timed out: tcp://a:1"),
        (PermissionError(13, "Permission denied", "a.png"), "a.png: Permission denied"),
        (MemoryError(), "memory of this machine"),
        (RuntimeError("cannot cache 'f': no locator available"), "NUMBA_CACHE_DIR"),
    ],
)
def test_an_error_of_the_machine_gives_one_line(monkeypatch, capsys, error, words):
    def fail(_):
        raise error

    monkeypatch.setattr("spineseg.models.list_models", fail)
    code, said = run(monkeypatch, capsys, "models")
    assert code == 2
    assert said.err.startswith("spineseg: ")
    assert said.err.count("\n") == 1
    assert words in said.err


def test_a_fault_of_the_program_keeps_its_traceback(monkeypatch):
    def fail(_):
        raise RuntimeError("a fault")

    monkeypatch.setattr("spineseg.models.list_models", fail)
    monkeypatch.setattr(sys, "argv", ["spineseg", "models"])
    with pytest.raises(RuntimeError, match="a fault"):
        main()


def interrupted(*_, **__):
    raise KeyboardInterrupt


@pytest.mark.parametrize(
    ("place", "arguments"),
    [
        ("spineseg.experiments.sweep", ["train", "cvmunet/unet"]),
        ("spineseg.datasets.make.materialise", ["data", "make", "spider", "-o", "x"]),
    ],
)
def test_who_interrupts_long_work_hears_that_it_goes_on(
    monkeypatch, capsys, place, arguments
):
    monkeypatch.setattr(place, interrupted)
    code, said = run(monkeypatch, capsys, *arguments)
    assert code == 130
    assert said.err.splitlines() == [
        "What is finished stays; the same command goes on.",
        "spineseg: interrupted",
    ]


def test_who_interrupts_short_work_hears_so(monkeypatch, capsys):
    monkeypatch.setattr("spineseg.models.list_models", interrupted)
    code, said = run(monkeypatch, capsys, "models")
    assert (code, said.err) == (130, "spineseg: interrupted\n")


def test_no_command_shows_the_help(monkeypatch, capsys):
    code, said = run(monkeypatch, capsys)
    assert code == 2
    assert "Usage" in said.out
    assert said.err == ""


def test_a_device_that_is_not_there_is_named(monkeypatch, capsys):
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    arguments = ["train", "cvmunet/unet", "--accelerator", "cuda"]
    code, said = run(monkeypatch, capsys, *arguments)
    assert code == 2
    assert "no CUDA device" in said.err


def test_help_and_version_leave_with_zero(monkeypatch, capsys):
    assert run(monkeypatch, capsys, "--version")[0] == 0
    assert run(monkeypatch, capsys, "phantom", "--help")[0] == 0
