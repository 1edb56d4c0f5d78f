"""The drawings keep the sizes, curves and angles that their captions speak of."""

from collections.abc import Callable
from dataclasses import replace

import matplotlib.pyplot as plt
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure

from spineseg.notebook import drawings
from spineseg.notebook.drawings import films, frontal, sagittal
from spineseg.notebook.drawings.levels import LEVELS
from spineseg.notebook.drawings.outline import Frame, area_mm2, bow, mirror, smooth
from spineseg.notebook.style import INK, darken

SQUARE = np.array([[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]])

PLATES: dict[str, Callable[[], Figure]] = {
    "whole_spine": drawings.whole_spine,
    "one_vertebra": drawings.one_vertebra,
    "views": drawings.views,
    "contrasts": lambda: drawings.contrasts({"T2-weighted": films.T2_LIKE}),
    "five_papers": drawings.five_papers,
    "numbering": drawings.numbering,
    "measures": drawings.measures,
    "pathology": drawings.pathology,
    "cobb": lambda: drawings.cobb(32),
}


def angle_deg(first: np.ndarray, second: np.ndarray) -> float:
    """Angle between two plates given by two points each."""
    (a, b), (c, d) = first, second
    one, two = np.arctan2(*(b - a)[::-1]), np.arctan2(*(d - c)[::-1])
    return float(np.degrees(one - two))


def test_one_round_of_corner_cutting_leaves_seven_eighths_of_a_square():
    # four corner triangles with legs of a quarter of the side go: 4 * (1/2)(1/4)^2
    assert area_mm2(smooth(SQUARE, 1)) == pytest.approx(4 * (1 - 1 / 8))


def test_corner_cutting_stays_inside_the_square():
    assert np.abs(smooth(SQUARE, 5)).max() <= 1


def test_a_bow_has_its_depth_in_the_middle_and_to_the_left():
    arc = bow((0, 0), (10, 0), 2.0, count=11)
    np.testing.assert_allclose(arc[5], [5, 2])
    np.testing.assert_allclose(arc[[0, -1]], [[0, 0], [10, 0]])


def test_a_mirrored_half_is_its_own_mirror_image():
    ring = mirror([(0, 2), (3, 1), (0, -2)])
    np.testing.assert_allclose(ring * [-1, 1], ring[::-1])


@given(st.floats(-200, 200), st.floats(-200, 200), st.floats(-180, 180))
def test_placing_keeps_area_and_distances(x: float, y: float, turn: float):
    placed = Frame(x, y, turn).place(SQUARE)
    assert area_mm2(placed) == pytest.approx(4, abs=1e-6)
    assert np.hypot(*(placed[2] - placed[0])) == pytest.approx(np.sqrt(8))


@pytest.mark.parametrize("name", LEVELS)
def test_the_outline_of_a_body_is_close_to_its_four_corners(name: str):
    level = LEVELS[name]
    box = abs(area_mm2(sagittal.corners(level)))
    assert 0.78 * box < abs(area_mm2(sagittal.body(level))) < box


def test_the_curves_of_the_spine_add_up_from_its_wedges():
    frames = sagittal.stack()
    for first, last, low, high in (
        ("L1", "L5", -60, -30),  # lordosis without the lumbosacral disc
        ("T1", "T12", 25, 45),  # kyphosis
        ("C2", "C7", -25, -10),
    ):
        top = frames[first].place(sagittal.corners(LEVELS[first])[:2])
        bottom = frames[last].place(sagittal.corners(LEVELS[last])[[3, 2]])
        assert low < angle_deg(top, bottom) < high, (first, last)


def test_lumbar_lordosis_is_the_sum_of_disc_and_body_wedges():
    levels = [LEVELS[f"L{n}"] for n in range(1, 6)]
    top = sagittal.stack(levels, 38.0)["L1"].angle_deg
    wedges = sum(x.disc_deg + sagittal.wedge_deg(x) for x in levels)
    half = sagittal.wedge_deg(levels[0]) / 2
    assert top - half == pytest.approx(38.0 - wedges)


def test_a_wedged_vertebra_tips_what_stands_above_it_forwards():
    levels = [LEVELS[name] for name in ("T12", "L1", "L2")]
    broken = [levels[0], replace(levels[1], front_mm=16.0), levels[2]]
    before, after = sagittal.stack(levels)["T12"], sagittal.stack(broken)["T12"]
    turn = sagittal.wedge_deg(levels[1]) - sagittal.wedge_deg(broken[1])
    assert after.angle_deg - before.angle_deg == pytest.approx(turn)
    assert after.x_mm < before.x_mm  # front is to the left


@pytest.mark.parametrize("cobb_deg", [0, 10, 20, 32, 45])
def test_a_drawn_curve_has_the_cobb_angle_that_was_asked_for(cobb_deg: float):
    marks = drawings.cobb_landmarks(cobb_deg)
    assert abs(angle_deg(marks[:2], marks[2:])) == pytest.approx(cobb_deg, abs=1e-9)


def test_no_other_pair_of_vertebrae_in_a_curve_is_tilted_more_than_its_ends():
    frames = frontal.scoliotic_stack(40, drawings.COBB_LEVELS, drawings.COBB_ENDS)
    tilts = np.array([frame.angle_deg for frame in frames.values()])
    assert np.ptp(tilts) == pytest.approx(40)


def test_the_cross_section_is_the_same_left_and_right():
    shape = frontal.axial_lumbar()
    for ring in (shape.bone, shape.body, shape.canal):
        assert ring[:, 0].min() == pytest.approx(-ring[:, 0].max())
        assert area_mm2(ring * [-1, 1]) == pytest.approx(-area_mm2(ring))


def test_the_canal_lies_behind_the_body_and_inside_the_bone():
    shape = frontal.axial_lumbar()
    assert shape.canal[:, 1].max() < shape.body[:, 1].min() + 1.5
    assert shape.canal[:, 1].min() > shape.bone[:, 1].min()
    assert 18 < np.ptp(shape.canal[:, 1]) + 2 < 22


@pytest.mark.parametrize("name", PLATES)
def test_a_plate_draws_and_keeps_its_words_apart(name: str):
    fig = PLATES[name]()
    fig.canvas.draw()
    renderer = fig.canvas.get_renderer()
    page = fig.bbox
    words = [
        (text.get_text(), text.get_window_extent(renderer))
        for ax in fig.axes
        for text in (*ax.texts, ax.title, ax._left_title)
        if text.get_text()
    ]
    plt.close(fig)
    for place, (word, box) in enumerate(words):
        assert page.contains(box.x0 + 1, box.y0 + 1), word
        assert page.contains(box.x1 - 1, box.y1 - 1), word
        for other, another in words[place + 1 :]:
            assert not box.overlaps(another), (word, other)


@pytest.mark.parametrize("name", PLATES)
def test_no_ink_of_the_light_page_is_left_on_the_dark_one(name: str):
    fig = PLATES[name]()
    darken(fig)
    inks = {
        text.get_color() for ax in fig.axes for text in (*ax.texts, ax.title)
    }  # colours of the words
    plt.close(fig)
    assert INK not in inks
