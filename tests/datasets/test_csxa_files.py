"""CSXA's own files: 23 labels, a sheet with its head in the second row, dark bone."""

import json

import numpy as np
import pytest
from PIL import Image

from spineseg.core.errors import SpinesegError
from spineseg.datasets import create_dataset, csxa
from spineseg.datasets.base import TwinPlan
from spineseg.datasets.csxa_files import (
    CURVATURE,
    LANDMARKS,
    bone_is_darker,
    lordosis_deg,
    read_measures,
    read_neck,
)
from spineseg.io.tables import write_sheet

GRID = {
    f"C{n} {edge} {side}": [20 + 20 * (side == "right"), 30 * n + 12 * (edge != "top")]
    for n in range(2, 8)
    for edge in ("top", "bottom")
    for side in ("left", "right")
    if (n, edge) != (2, "top")
}
POINTS = {"C2 centroid": [30, 60], **GRID}


def annotate(folder, points, more=()):
    """Write a film of 300 x 60 and its points as LabelMe."""
    film = folder / "0001035.png"
    Image.fromarray(np.zeros((300, 60), np.uint8)).save(film)
    shapes = [
        {"label": label, "points": [point], "shape_type": "point"}
        for label, point in [*points.items(), *more]
    ]
    content = {"shapes": shapes, "imageHeight": 60, "imageWidth": 300}
    (folder / "0001035.json").write_text(json.dumps(content))
    return read_neck(folder / "0001035.json", film)


def test_all_23_labels_have_no_oddity(tmp_path):
    neck = annotate(tmp_path, POINTS)
    assert set(POINTS) == set(LANDMARKS)
    assert neck.oddities == {}
    assert neck.points_px[LANDMARKS.index("C4 bottom right")].tolist() == [40, 132]
    assert lordosis_deg(neck.points_px) == 0


def test_missing_repeated_and_unknown_labels_are_named(tmp_path):
    some = {k: v for k, v in POINTS.items() if k != "C5 top left"}
    neck = annotate(tmp_path, some, [("C3 top right", [1, 1]), ("C9 top left", [2, 2])])
    assert neck.oddities == {
        "missing": ("C5 top left",),
        "repeated": ("C3 top right",),
        "unknown": ("C9 top left",),
    }
    assert neck.points_px[LANDMARKS.index("C3 top right")].tolist() == [40, 90]


def test_capitals_and_spaces_do_not_count_and_swapped_sides_are_named(tmp_path):
    points = {label.upper().replace(" ", "  "): at for label, at in POINTS.items()}
    left, right = points["C6  TOP  LEFT"], points["C6  TOP  RIGHT"]
    points |= {"C6  TOP  LEFT": right, "C6  TOP  RIGHT": left}
    assert annotate(tmp_path, points).oddities == {"crossed": ("C6",)}


def test_a_file_without_any_of_the_labels_is_refused(tmp_path):
    with pytest.raises(SpinesegError, match="none of CSXA's landmarks"):
        annotate(tmp_path, {"lung": [1, 1]})


def test_a_neck_bent_backwards_is_lordotic():
    points = np.array([POINTS[label] for label in LANDMARKS], float)
    points[2] += [0, 20]  # the back of C2 sinks: its front looks up
    assert lordosis_deg(points) == pytest.approx(45)


def test_the_sheet_is_joined_on_the_case_number_only(tmp_path):
    head = ["Number", "Age", CURVATURE]
    rows = [["Table"], head, [1, 35, 1], ["0066", None, 5], [None, 9, 9], [66, 1, 1]]
    write_sheet(tmp_path / "datasets.xlsx", rows)
    got = read_measures(tmp_path / "datasets.xlsx")
    assert list(got) == ["0001", "0066"]
    assert got["0001"] == {"Age": 35, CURVATURE: 1, "curvature": "lordotic"}
    assert got["0066"]["curvature"] == "kyphotic"


def test_a_sheet_without_the_column_number_is_refused(tmp_path):
    write_sheet(tmp_path / "datasets.xlsx", [["Table"], ["Case"], [1]])
    with pytest.raises(SpinesegError, match="Number"):
        read_measures(tmp_path / "datasets.xlsx")


def test_films_with_dark_bone_are_turned_over_and_say_so(tmp_path, monkeypatch):
    monkeypatch.setattr(csxa, "ODDITIES", (0, 1, 1, 1))
    plan = TwinPlan(0, 128, 2, "original")
    twin = csxa.NeckTwin(plan)
    twin.finish(tmp_path, [twin.write(unit, tmp_path) for unit in twin.units])
    data = create_dataset("csxa_spinous", "all", root=tmp_path)
    for sample in data:
        drawn = twin.load(sample.id)
        assert bone_is_darker(1 - drawn.picture, drawn.points_px)
        np.testing.assert_allclose(sample.picture, drawn.picture, rtol=0, atol=1e-6)
        assert sample.facts["inverted"]
        assert sample.facts["repeated"] == ("C3 top right",)
        measures = sample.facts["measures"]
        assert measures["C2-C7 angle (degrees)"] == pytest.approx(
            lordosis_deg(drawn.points_px), abs=0.05
        )
        assert measures["curvature"] in ("lordotic", "straight", "kyphotic")


def test_without_landmarks_nobody_knows_which_way_a_film_is():
    assert (
        bone_is_darker(np.zeros((9, 9), np.float32), np.full((23, 2), np.nan)) is None
    )
