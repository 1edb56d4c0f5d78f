"""How labels come about: red lines, landmarks, polygons, thickness of lungs."""

import json
import sys

import numpy as np
import pytest

from spineseg.core.errors import SpinesegError
from spineseg.datasets import create_dataset
from spineseg.datasets.chest_xray import patient_of_name
from spineseg.datasets.csxa import read_landmarks
from spineseg.datasets.csxa_files import LANDMARKS, bodies_from_landmarks
from spineseg.datasets.mdwc_spine import outlines
from spineseg.datasets.stylus import stylus_mask, traced
from spineseg.io import read_labelme


def disc(size=61, radius=20):
    y, x = np.mgrid[:size, :size] - size // 2
    return (x * x + y * y <= radius * radius).astype(np.uint8)


def test_a_traced_disc_is_filled_to_the_same_disc():
    grey = np.random.default_rng(0).random((61, 61)).astype(np.float32)
    np.testing.assert_array_equal(stylus_mask(traced(grey, disc())), disc())


def test_both_red_bands_count_and_other_colours_do_not():
    swatches = np.array(
        [[[255, 0, 0], [255, 60, 0], [255, 0, 100], [255, 140, 0], [0, 0, 255]]],
        np.uint8,
    )
    found = [int(stylus_mask(swatches[:, k : k + 1])[0, 0]) for k in range(5)]
    assert found == [1, 1, 1, 0, 0]  # hues 0, 7, 168, 16 and 120


def test_grey_is_not_red_although_its_hue_is_zero():
    grey = np.full((20, 20, 3), 130, np.uint8)
    assert stylus_mask(grey).sum() == 0
    assert stylus_mask(grey, least_saturation=0).all()


def test_the_papers_band_of_180_is_refused_with_the_reason():
    with pytest.raises(SpinesegError, match="0 to 179"):
        stylus_mask(np.zeros((4, 4, 3), np.uint8), bands=((160, 180),))


def test_without_opencv_the_error_names_the_command_that_installs_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "cv2", None)
    with pytest.raises(SpinesegError, match=r"pip install .spineseg\[data\]."):
        stylus_mask(np.zeros((4, 4, 3), np.uint8))


def test_a_hole_is_filled_because_only_outer_contours_are_drawn():
    ring = disc() & (1 - disc(radius=8))
    blank = np.zeros((61, 61), np.float32)
    np.testing.assert_array_equal(stylus_mask(traced(blank, ring)), disc())


def test_the_twins_traced_mask_contains_the_exact_one():
    for sample in create_dataset("csxa_spinous", "all", size_px=256, count=2):
        exact, mask = sample.layers["exact"], sample.mask
        assert exact.sum() > 200
        assert (mask >= exact).all()
        assert mask.sum() < 1.1 * exact.sum()


def test_corners_of_a_body_make_a_quadrilateral_and_no_bow_tie():
    points = np.full((23, 2), np.nan)
    points[3:7] = [[10, 10], [30, 10], [10, 25], [30, 25]]  # as CSXA lists them
    assert bodies_from_landmarks(points, (40, 40)).sum() == 21 * 16


def test_landmarks_lie_on_the_vertebrae_they_name():
    sample = create_dataset("csxa_spinous", "all", size_px=256, count=1)[0]
    assert len(sample.points_px) == len(LANDMARKS) == 23
    assert np.isfinite(sample.points_px).all()
    named = dict(zip(LANDMARKS, sample.points_px, strict=True))
    assert named["C5 top left"][0] < named["C5 top right"][0]
    assert named["C5 top left"][1] < named["C5 bottom left"][1]
    assert named["C3 top left"][1] < named["C7 top left"][1]


def test_oddities_of_the_real_landmark_files_are_survived(tmp_path):
    from PIL import Image

    film = tmp_path / "0001035.png"
    Image.fromarray(np.zeros((40, 30), np.uint8)).save(film)
    shapes = [
        {"label": "C3 top right", "points": [[5, 6]], "shape_type": "polygon"},
        {"label": "C3 top right", "points": [[7, 8]], "shape_type": "point"},
    ]
    content = {"shapes": shapes, "imageHeight": 30, "imageWidth": 40}
    notes = tmp_path / "0001035.json"
    notes.write_text(json.dumps(content))
    points = read_landmarks(notes, film)
    assert points[LANDMARKS.index("C3 top right")].tolist() == [5, 6]
    assert np.isnan(points[0]).all()


def test_outlines_close_narrow_gaps_and_keep_wide_ones():
    mask = np.zeros((60, 40), np.uint8)
    mask[5:15, 10:30] = mask[19:29, 10:30] = mask[48:58, 10:30] = 1
    shapes = outlines(mask, gap_px=8)
    assert len(shapes) == 2
    joined = shapes[0].mask((60, 40))
    assert joined[5:29, 10:30].all()
    assert not joined[30:].any()


def test_labelme_files_of_the_twin_name_their_picture_the_windows_way(twin_folder):
    root, twin, _ = twin_folder("mdwc_spine")
    file = root / "labels" / f"{twin.ids[0]}.json"
    assert "\\" in json.loads(file.read_text())["imagePath"]
    found = read_labelme(file).picture_path
    assert found is not None
    assert found.resolve() == (root / "images" / f"{twin.ids[0]}.png").resolve()


def test_montgomery_masks_are_one_bit_and_left_is_left_of_the_picture(twin_folder):
    from PIL import Image

    root, twin, _ = twin_folder("chest_xray")
    name = next(n for n in twin.ids if n.startswith("MCU"))
    sides = {}
    for side in ("left", "right"):
        path = root / "MontgomerySet" / "ManualMask" / f"{side}Mask" / f"{name}.png"
        with Image.open(path) as opened:
            assert opened.mode == "1"
            sides[side] = np.argwhere(np.asarray(opened))[:, 1].mean()
    assert sides["left"] < sides["right"]


def test_names_of_one_patient_are_joined():
    assert patient_of_name("MCUCXR_0113_1") == patient_of_name("MCUCXR_0117_1")
    assert patient_of_name("CHNCXR_0113_1") != patient_of_name("CHNCXR_0117_1")


def test_lungs_are_two_darker_fields_of_plausible_size():
    for sample in create_dataset("chest_xray", "all", size_px=128, count=2):
        lungs = sample.mask > 0
        assert 0.12 < lungs.mean() < 0.55
        height, width = lungs.shape
        assert 0.35 < np.argwhere(lungs)[:, 1].mean() / width < 0.65
        body = sample.picture[height // 3 : 2 * height // 3]
        spine = body[:, int(0.45 * width) : int(0.55 * width)]
        inside = sample.picture[lungs]
        assert np.median(inside) < np.median(spine)


def test_the_augmented_variant_doubles_training_only_with_fixed_copies():
    size = {"size_px": 96, "count": 10, "variant": "augmented"}
    train = create_dataset("csxa_spinous", "train", **size)
    test = create_dataset("csxa_spinous", "test", **size)
    plain = create_dataset("csxa_spinous", "train", size_px=96, count=10)
    assert len(train) == 2 * len(plain)
    assert len(test) == 2
    copy = train[len(plain)]
    assert copy.id == f"{plain.ids[0]}-copy"
    assert [one.name for one in copy.history] == ["rotate", "shift"]
    np.testing.assert_array_equal(copy.picture, train[len(plain)].picture)
    assert not test[0].history


def test_the_clahe_variant_equalises_tests_too():
    test = create_dataset("csxa_spinous", "test", variant="clahe", size_px=96, count=5)
    assert [one.name for one in test[0].history] == ["clahe"]
