import subprocess
import sys

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from spineseg import SpinesegError
from spineseg.cli import app
from spineseg.io import Acquisition, make_volume, write_radiograph, write_volume

RAMP = np.linspace(0, 1, 4096, dtype=np.float32).reshape(64, 64)


def call(*arguments):
    """Run the command in this process; errors come out as exceptions."""
    return CliRunner().invoke(
        app, ["show", *map(str, arguments)], catch_exceptions=False
    )


def pixels(path):
    with Image.open(path) as opened:
        return np.asarray(opened)


def test_both_polarities_give_the_same_picture(tmp_path):
    for photometric in ("MONOCHROME1", "MONOCHROME2"):
        film = tmp_path / f"{photometric}.dcm"
        write_radiograph(film, RAMP, photometric=photometric)
        call(film, "-o", tmp_path / f"{photometric}.png")
    first, second = [pixels(path) for path in sorted(tmp_path.glob("*.png"))]
    np.testing.assert_array_equal(first, second)
    assert np.abs(first - RAMP * 255).max() <= 0.6


def test_the_facts_name_no_patient(tmp_path):
    film = tmp_path / "film.dcm"
    taken = Acquisition((0.14, 0.14), 1.25, 1150, view="LL", identity="SECRET-0007")
    write_radiograph(film, RAMP, taken)
    out = call(film, "-o", tmp_path / "film.png").output
    assert "spacing 0.112 x 0.112 mm: in the patient" in out
    assert "view LL" in out
    assert "SECRET" not in out
    assert b"SECRET" not in (tmp_path / "film.png").read_bytes()


def test_a_volume_shows_its_sagittal_middle_with_square_pixels(tmp_path):
    pytest.importorskip("SimpleITK")
    array = np.zeros((5, 20, 10), np.int16)
    array[2, :10] = 100
    volume = make_volume(array, (4.0, 0.5, 2.0))
    for orientation in ("LPS", "PIR"):
        file = tmp_path / f"{orientation}.nii.gz"
        write_volume(file, volume, orientation=orientation)
        assert (
            "sagittal middle" in call(file, "-o", tmp_path / "v.png", "--force").output
        )
        assert pixels(tmp_path / "v.png").shape == (20, 40)
        assert pixels(tmp_path / "v.png")[0, 0] == 255
        assert pixels(tmp_path / "v.png")[-1, 0] == 0


def test_an_existing_picture_is_replaced_only_by_force(tmp_path):
    film, picture = tmp_path / "film.dcm", tmp_path / "film.png"
    write_radiograph(film, RAMP)
    picture.write_text("precious")
    with pytest.raises(SpinesegError, match="--force"):
        call(film, "-o", picture)
    assert picture.read_text() == "precious"
    call(film, "-o", picture, "--force")
    assert pixels(picture).shape == (64, 64)


def test_without_an_output_only_facts_are_printed(tmp_path):
    write_radiograph(tmp_path / "film.dcm", RAMP)
    assert "radiograph, 64 x 64" in call(tmp_path / "film.dcm").output
    assert [path.name for path in tmp_path.iterdir()] == ["film.dcm"]


@pytest.mark.parametrize(
    ("name", "output"),
    [("none.dcm", "a.png"), ("text.dcm", "a.png"), ("text.dcm", "a.gif")],
)
def test_bad_input_gives_one_line_and_exit_code_two(tmp_path, name, output):
    (tmp_path / "text.dcm").write_text("hello")
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "from spineseg.cli import main; main()",
            "show",
            str(tmp_path / name),
            "-o",
            str(tmp_path / output),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("spineseg: ")
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / output).exists()


@pytest.mark.shared
def test_the_real_film_is_one_picture_in_both_polarities(shared, tmp_path):
    folder = shared / "data" / "dicom_radiograph" / "derived"
    pictures = {}
    for film in sorted(folder.glob("*.dcm")):
        call(film, "-o", tmp_path / f"{film.stem}.png")
        pictures[film.stem] = pixels(tmp_path / f"{film.stem}.png").astype(int)
    negative = pictures["RG3_crop_explicit_le"]
    positive = pictures.pop("RG3_crop_mono2")
    # the twin's window lies half a stored value off: at most one grey level of 255
    assert np.abs(negative - positive).max() <= 1
    assert np.corrcoef(negative.ravel(), positive.ravel())[0, 1] > 0.9999
    assert len(pictures) == 4
    for picture in pictures.values():
        np.testing.assert_array_equal(picture, negative)
    # the shaft of the bone is brighter than the flesh, the air darkest
    assert negative[100, 195] > negative[100, 130] + 30 > negative[100, 20] + 60


def test_a_film_is_not_replaced_by_its_picture(tmp_path):
    film = tmp_path / "film.png"
    write_radiograph(film, RAMP)
    before = film.read_bytes()
    with pytest.raises(SpinesegError, match="input would be replaced"):
        call(film, "-o", film, "--force")
    assert film.read_bytes() == before
