import numpy as np
import pydicom
import pytest
from PIL import Image

from spineseg import SpinesegError
from spineseg.io import Acquisition, read_radiograph, write_radiograph

RAMP = np.linspace(0, 1, 4096, dtype=np.float32).reshape(64, 64)


@pytest.mark.parametrize("photometric", ["MONOCHROME1", "MONOCHROME2"])
@pytest.mark.parametrize("bits", [12, 16])
def test_a_written_film_is_read_back_to_half_a_grey_step(tmp_path, bits, photometric):
    file = tmp_path / "film.dcm"
    write_radiograph(file, RAMP, bits=bits, photometric=photometric)
    film = read_radiograph(file)
    steps = 2**bits - 1
    assert np.abs(film.picture - RAMP).max() * steps <= 0.502
    assert film.inverted is (photometric == "MONOCHROME1")
    assert film.notes == ()


def test_both_polarities_of_one_film_give_the_same_picture(tmp_path):
    films = []
    for photometric in ("MONOCHROME1", "MONOCHROME2"):
        file = tmp_path / f"{photometric}.dcm"
        write_radiograph(file, RAMP, photometric=photometric)
        films.append(read_radiograph(file).picture)
    np.testing.assert_allclose(films[0], films[1], atol=2e-7)
    stored = [pydicom.dcmread(file).pixel_array for file in sorted(tmp_path.iterdir())]
    assert (stored[0] + stored[1] == 4095).all()


def test_the_header_separates_detector_pitch_and_size_in_the_patient(tmp_path):
    file = tmp_path / "film.dcm"
    taken = Acquisition((0.14, 0.14), 1.25, 1150, view="LL", body_part="CSPINE", kvp=70)
    write_radiograph(file, RAMP, taken)
    film = read_radiograph(file)
    assert film.spacing.kind == "calibrated"
    assert film.spacing.calibration == "GEOMETRY"
    assert film.spacing.detector_mm == (0.14, 0.14)
    assert film.spacing_mm == pytest.approx((0.112, 0.112))
    assert (film.view, film.view_kind, film.body_part) == ("LL", "lateral", "CSPINE")
    header = pydicom.dcmread(file)
    assert header.DistanceSourceToPatient == pytest.approx(920)
    assert header.KVP == 70


def test_without_magnification_the_detector_pitch_is_all_there_is(tmp_path):
    file = tmp_path / "film.dcm"
    write_radiograph(file, RAMP, Acquisition((0.2, 0.1)))
    film = read_radiograph(file)
    assert film.spacing_mm == (0.2, 0.1)
    assert film.spacing.kind == "detector"
    assert film.spacing.in_patient_mm is None


def test_equal_films_are_equal_files_and_other_films_get_other_identifiers(tmp_path):
    names = ["a.dcm", "b.dcm", "c.dcm"]
    for name, picture in zip(names, [RAMP, RAMP, 1 - RAMP], strict=True):
        write_radiograph(tmp_path / name, picture)
    first, second, third = [(tmp_path / name).read_bytes() for name in names]
    assert first == second
    headers = [pydicom.dcmread(tmp_path / name) for name in names]
    assert headers[0].SOPInstanceUID != headers[2].SOPInstanceUID
    assert headers[0].StudyInstanceUID == headers[2].StudyInstanceUID
    assert first != third


def test_a_written_header_holds_no_date_and_no_time(tmp_path):
    file = tmp_path / "film.dcm"
    write_radiograph(file, RAMP)
    dated = [e for e in pydicom.dcmread(file).iterall() if e.VR in ("DA", "TM", "DT")]
    assert all(not element.value for element in dated)


@pytest.mark.parametrize(("bits", "mode"), [(8, "L"), (16, "I;16")])
def test_a_png_film_keeps_its_bits(tmp_path, bits, mode):
    file = tmp_path / "film.png"
    write_radiograph(file, RAMP, bits=bits)
    with Image.open(file) as opened:
        assert opened.mode == mode
    film = read_radiograph(file)
    assert np.abs(film.picture - RAMP).max() * (2**bits - 1) <= 0.502
    assert film.spacing_mm is None
    assert film.polarity == "assumed"


@pytest.mark.parametrize(
    ("picture", "name", "options", "message"),
    [
        (RAMP * 1.1, "a.dcm", {}, "must lie in"),
        (RAMP * np.nan, "a.dcm", {}, "must lie in"),
        (RAMP[0], "a.dcm", {}, "rows and columns"),
        (RAMP, "a.dcm", {"bits": 8}, "bit depth"),
        (RAMP, "a.png", {"bits": 12}, "bit depth"),
        (RAMP, "a.dcm", {"photometric": "RGB"}, "photometric"),
        (RAMP, "a.bmp", {}, "format"),
        (RAMP, "nowhere/a.png", {}, "does not exist"),
    ],
)
def test_what_cannot_be_written_leaves_no_file(
    tmp_path, picture, name, options, message
):
    with pytest.raises(SpinesegError, match=message):
        write_radiograph(tmp_path / name, picture, **options)
    assert list(tmp_path.iterdir()) == []


def test_a_failed_write_leaves_the_old_file(tmp_path, monkeypatch):
    file = tmp_path / "film.png"
    write_radiograph(file, RAMP)
    before = file.read_bytes()

    def fail(*_args, **_options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Image.Image, "save", fail)
    with pytest.raises(SpinesegError, match="No space left"):
        write_radiograph(file, 1 - RAMP)
    assert file.read_bytes() == before
    assert list(tmp_path.iterdir()) == [file]
