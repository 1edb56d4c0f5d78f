import numpy as np
import pytest
import torch
from PIL import Image

from spineseg import SpinesegError
from spineseg.inference import (
    Reader,
    files_of,
    largest_components,
    predict_file,
    predict_film,
    predict_picture,
    predict_volume,
)
from spineseg.io import (
    Acquisition,
    make_volume,
    read_mask,
    write_radiograph,
    write_volume,
)
from spineseg.transforms import Pipeline, preprocessing, step

BRIGHT = Reader(
    preprocessing("mdwcnet", size_px=64),
    lambda x: x[:, :1],  # the brightness is the probability
    lambda labels: labels,
    {0: "background", 1: "bone"},
)


def disc(rows=90, columns=60, radius=14.0, centre=(50.0, 22.0)):
    y, x = np.mgrid[:rows, :columns] + 0.5
    return (np.hypot(y - centre[0], x - centre[1]) < radius).astype(np.float32)


def overlap(a, b):
    a, b = a > 0, b > 0
    return 2 * (a & b).sum() / (a.sum() + b.sum())


def test_a_prediction_lies_on_the_pixels_that_it_was_made_from():
    picture = disc()
    found = predict_film(picture, (0.5, 0.5), BRIGHT.prepare, BRIGHT.predict)
    assert found.shape == picture.shape
    assert overlap(found, picture) > 0.96
    for axis in (0, 1):
        middle = [np.nonzero(m)[axis].mean() for m in (found, picture)]
        assert middle[0] == pytest.approx(middle[1], abs=0.3)


@pytest.mark.parametrize(
    "steps",
    [
        (step("crop", top=20, left=0, rows=64, columns=48),),
        (step("rotate", angle_deg=20.0),),
        (step("flip_horizontal"), step("fit_and_pad", side_px=100)),
        (step("square_pixels"), step("resize", rows=80, columns=120)),
    ],
)
def test_the_way_back_undoes_any_movement_of_pixels(steps):
    picture = disc()
    found = predict_film(picture, (0.5, 1.0), Pipeline("p", steps), BRIGHT.predict)
    assert overlap(found, picture) > 0.97


def test_without_a_change_of_grid_nothing_is_resampled():
    picture = np.random.default_rng(0).random((8, 6), np.float32)
    same = predict_picture(picture, None, Pipeline("none"), lambda x: x, 3)
    np.testing.assert_allclose(same, np.stack([picture] * 3), atol=1e-6)


def test_a_volume_is_predicted_slice_by_slice():
    pytest.importorskip("SimpleITK")
    array = np.stack([100 * disc(), np.zeros((90, 60)), 300 * disc()[::-1]])
    volume = make_volume(array.astype(np.int16), (4.0, 0.5, 0.5))
    found = predict_volume(volume, BRIGHT.prepare, BRIGHT.predict)
    assert found.grid == volume.grid or not found.grid.differences(volume.grid)
    assert overlap(found.array[0], array[0]) > 0.96
    assert overlap(found.array[2], array[2]) > 0.96
    assert not found.array[1].any()


def test_a_film_becomes_a_png_a_nifti_and_a_dicom_segmentation(tmp_path):
    pydicom = pytest.importorskip("pydicom")
    pytest.importorskip("highdicom")
    film = tmp_path / "film.dcm"
    write_radiograph(film, disc(), Acquisition((0.2, 0.2), identity="A"))
    for name in ("a.png", "a.nii.gz", "a.dcm"):
        predict_file(film, tmp_path / name, BRIGHT)
    flat = read_mask(tmp_path / "a.png").labels
    assert overlap(flat, disc()) > 0.96
    np.testing.assert_array_equal(read_mask(tmp_path / "a.nii.gz").labels, flat)
    segments = pydicom.dcmread(tmp_path / "a.dcm")
    assert segments.Modality == "SEG"
    assert segments.SegmentSequence[0].SegmentLabel == "bone"
    assert segments.PatientID == pydicom.dcmread(film).PatientID
    np.testing.assert_array_equal(segments.pixel_array.squeeze(), flat)


def test_the_segmentations_beside_films_are_no_films(tmp_path):
    pytest.importorskip("highdicom")
    write_radiograph(tmp_path / "film.dcm", disc(), Acquisition((0.2, 0.2)))
    predict_file(tmp_path / "film.dcm", tmp_path / "film-bone.dcm", BRIGHT)
    assert files_of(tmp_path) == [tmp_path / "film.dcm"]
    (tmp_path / "film.dcm").unlink()
    with pytest.raises(SpinesegError, match="no film and no volume"):
        files_of(tmp_path)


def test_small_pieces_are_cleaned_before_writing(tmp_path):
    picture = np.maximum(disc(), disc(radius=4.0, centre=(10, 50)))
    Image.fromarray((picture * 255).astype(np.uint8)).save(tmp_path / "film.png")
    clean = Reader(BRIGHT.prepare, BRIGHT.predict, largest_components, {1: "bone"})
    predict_file(tmp_path / "film.png", tmp_path / "mask.png", clean)
    found = read_mask(tmp_path / "mask.png").labels
    assert overlap(found, disc()) > 0.96
    assert not found[:20].any()


def test_formats_that_do_not_go_together_are_refused(tmp_path):
    Image.fromarray((disc() * 255).astype(np.uint8)).save(tmp_path / "film.png")
    volume = make_volume(np.zeros((2, 4, 4), np.int16), (1.0, 1.0, 1.0))
    write_volume(tmp_path / "v.nii.gz", volume)
    for source, target in (
        ("film.png", "a.dcm"),
        ("film.png", "a.jpg"),
        ("v.nii.gz", "a.png"),
    ):
        with pytest.raises(SpinesegError):
            predict_file(tmp_path / source, tmp_path / target, BRIGHT)
        assert not (tmp_path / target).exists()


def test_a_folder_is_its_films_and_volumes_by_name(tmp_path):
    with pytest.raises(SpinesegError, match="no film and no volume"):
        files_of(tmp_path)
    for name in ("b.png", "a.dcm", "notes.txt", "c.nii.gz"):
        (tmp_path / name).write_text("x")
    assert [path.name for path in files_of(tmp_path)] == ["a.dcm", "b.png", "c.nii.gz"]
    assert files_of(tmp_path / "b.png") == [tmp_path / "b.png"]


def test_probabilities_are_taken_back_before_the_threshold():
    ramp = np.linspace(0, 1, 64, dtype=np.float32)[None].repeat(64, 0)
    prepare = Pipeline("p", (step("resize", rows=16, columns=16),))
    found = predict_picture(ramp, None, prepare, lambda x: torch.cat([x, 1 - x], 1))
    inner = slice(8, -8)  # the border of a shrunken picture averages over less
    np.testing.assert_allclose(found[0][:, inner], ramp[:, inner], atol=1e-3)
    np.testing.assert_allclose(found.sum(0), 1, atol=1e-5)
