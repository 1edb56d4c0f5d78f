import json
import subprocess
import sys

import numpy as np
import pydicom
import pytest
from PIL import Image
from typer.testing import CliRunner

from spineseg import SpinesegError
from spineseg.cli import app
from spineseg.io import read_mask, read_radiograph, read_volume


def call(*arguments):
    """Run the command in this process; errors come out as exceptions."""
    return CliRunner().invoke(
        app, ["phantom", *map(str, arguments)], catch_exceptions=False
    )


def pixels(path):
    with Image.open(path) as opened:
        return np.asarray(opened)


@pytest.mark.parametrize("view", ["ap", "lateral", "cervical"])
def test_a_radiograph_and_its_mask_are_written(tmp_path, view):
    film, mask = tmp_path / "film.png", tmp_path / "mask.png"
    out = call("--view", view, "--size", 160, "-o", film, "--mask", mask).output
    assert "wrote" in out
    picture, labels = pixels(film), read_mask(mask).labels
    assert picture.shape == labels.shape == (160, 160)
    assert picture.std() > 20
    expected = {"ap": 20, "lateral": 22, "cervical": 5}[view]
    assert (labels == expected).sum() > 30


def test_a_film_in_dicom_keeps_its_spacing(tmp_path):
    file = tmp_path / "film.dcm"
    call("--size", 128, "-o", file)
    header = pydicom.dcmread(file)
    measured = read_radiograph(file).spacing
    assert header.ViewPosition == "AP"
    assert float(header.PixelSpacing[0]) == pytest.approx(430 / 128 / 1.1616, rel=0.01)
    assert measured is not None


@pytest.mark.parametrize("plane", ["sagittal", "axial"])
def test_a_series_and_its_labels_share_their_grid(tmp_path, plane):
    file, mask = tmp_path / "series.mha", tmp_path / "labels.mha"
    call("--view", plane, "--size", 96, "--contrast", "t1", "-o", file, "--mask", mask)
    series, labels = read_volume(file), read_mask(mask)
    assert series.array.shape == labels.labels.shape
    assert labels.labels.max() > 0


def test_the_middle_slice_of_a_series_can_be_a_picture(tmp_path):
    out = call("--view", "sagittal", "--size", 96, "-o", tmp_path / "slice.png").output
    assert "middle slice of 15" in out
    assert pixels(tmp_path / "slice.png").shape == (96, 96)


def test_knobs_and_what_came_of_them_are_written_as_json(tmp_path):
    truth = tmp_path / "truth.json"
    call(
        *("--cobb", 24, "--apex", "T10", "--slip", "L4:0.2", "--slip", "L5:0.1"),
        *("--wedge", "L1:0.3", "--pars", "L5:3", "--disc", "L4:0.5"),
        *("--stenosis", "L4:0.4", "--herniation", "L5:4", "--age", 70, "--sex", "male"),
        *("--hardware", "screws:L4-L5", "--seed", 7, "--size", 64),
        *("-o", tmp_path / "film.png", "--truth", truth),
    )
    written = json.loads(truth.read_text())
    sick = written["patient"]["pathology"]
    assert sick["slip"] == {"L4": 0.2, "L5": 0.1}
    assert sick["pars_gap_mm"] == {"L5": 3.0}
    assert sick["hardware"] == [{"kind": "screws", "top": "L4", "bottom": "L5"}]
    assert written["patient"]["anatomy"]["sex"] == "male"
    assert written["truth"]["cobb_deg"] == pytest.approx(24, abs=0.2)
    assert written["truth"]["slip_percent"]["L4"] == pytest.approx(20, abs=1.5)


def test_the_same_seed_writes_the_same_bytes_and_another_does_not(tmp_path):
    for name, seed in (("a", 3), ("b", 3), ("c", 4)):
        call("--size", 96, "--seed", seed, "-o", tmp_path / f"{name}.png")
    a, b, c = ((tmp_path / f"{n}.png").read_bytes() for n in "abc")
    assert a == b
    assert a != c


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--view", "top"], "unknown view"),
        (["--view", "axial", "--contrast", "pd"], "unknown contrast"),
        (["--cobb", "99"], "out of range"),
        (["--slip", "L4"], "a level and a number"),
        (["--slip", "L9:0.1"], "no such vertebra"),
        (["--hardware", "nail"], "unknown hardware"),
        (["--sex", "robot"], "unknown sex"),
        (["--seed", "-1"], "negative"),
        (["--size", "3"], "16 to 8192"),
        (["--size", "0"], "16 to 8192.*found 0 x 0"),
        (["--size", "100000"], "16 to 8192"),
    ],
)
def test_a_bad_argument_is_named_and_nothing_is_written(tmp_path, arguments, says):
    with pytest.raises(SpinesegError, match=says):
        call(*arguments, "-o", tmp_path / "film.png")
    assert list(tmp_path.iterdir()) == []


def test_formats_folders_and_existing_files_are_checked_first(tmp_path):
    with pytest.raises(SpinesegError, match="format"):
        call("-o", tmp_path / "film.gif")
    with pytest.raises(SpinesegError, match="folder is not there"):
        call("-o", tmp_path / "no" / "film.png")
    (tmp_path / "film.png").write_bytes(b"mine")
    with pytest.raises(SpinesegError, match="Add --force"):
        call("-o", tmp_path / "film.png")
    assert (tmp_path / "film.png").read_bytes() == b"mine"


def test_an_error_is_one_line_and_a_non_zero_exit(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", "from spineseg.cli import main; main()", "phantom"]
        + ["--slip", "L4", "-o", str(tmp_path / "x.png")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("spineseg: --slip needs")


def test_labels_do_not_replace_the_picture(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SpinesegError, match="two files"):
        call("--size", 32, "-o", "film.png", "--mask", tmp_path / "film.png")
    assert not list(tmp_path.iterdir())


def test_a_truth_that_cannot_be_written_leaves_the_old_one(tmp_path, monkeypatch):
    truth = tmp_path / "truth.json"
    truth.write_text("old")

    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.write_text", full)
    with pytest.raises(SpinesegError, match=r"truth\.json: .*No space left"):
        call("--size", 32, "-o", tmp_path / "f.png", "--truth", truth, "--force")
    assert truth.read_bytes() == b"old"
