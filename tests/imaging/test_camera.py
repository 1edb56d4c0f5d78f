"""Projection: magnification, sides of the picture, and beads for the spacing."""

import numpy as np
import pytest
from bodies import joined, sphere
from hypothesis import given
from hypothesis import strategies as st

from spineseg.core.errors import SpinesegError
from spineseg.imaging.camera import Projection, aimed_at
from spineseg.imaging.raster import path_lengths


def camera(direction="ap", **knobs):
    return aimed_at((0, 0, 0), Projection(direction, **knobs), 0.5, (401, 301))


def test_the_centre_of_the_object_lands_in_the_middle():
    np.testing.assert_allclose(camera().project([[0.0, 0, 0]])[0], [150, 200, 990])


@pytest.mark.parametrize(
    ("direction", "point", "right", "down"),
    [
        ("ap", (1, 0, 0), 1, 0),
        ("ap", (0, 0, 1), 0, -1),
        ("lateral", (0, 1, 0), 1, 0),
        ("lateral", (0, 0, 1), 0, -1),
    ],
)
def test_left_of_the_patient_and_back_lie_right_and_head_lies_up(
    direction, point, right, down
):
    view = camera(direction)
    u, v, _ = (view.project([point]) - view.project([[0.0, 0, 0]]))[0]
    step = Projection(direction).magnification / 0.5
    np.testing.assert_allclose([u, v], [right * step, down * step], atol=1e-9)


def test_what_is_nearer_to_the_tube_is_larger():
    near, far = camera().project([[10.0, -50, 0], [10.0, 50, 0]])[:, 0] - 150
    assert near / far == pytest.approx((990 + 50) / (990 - 50))


@given(rotation=st.floats(-20, 20), tilt=st.floats(-20, 20), roll=st.floats(-20, 20))
def test_turned_axes_stay_a_right_handed_frame(rotation, tilt, roll):
    axes = Projection(
        "lateral", rotation_deg=rotation, tube_angle_deg=tilt, roll_deg=roll
    ).axes()
    np.testing.assert_allclose(axes @ axes.T, np.eye(3), atol=1e-12)
    np.testing.assert_allclose(np.cross(axes[0], axes[1]), axes[2], atol=1e-12)


def test_a_tube_angled_to_the_feet_sends_the_beam_to_the_feet():
    assert Projection("ap", tube_angle_deg=10.0).axes()[2, 2] < -0.1


def test_rolling_the_picture_turns_it_clockwise():
    view = camera(roll_deg=10.0)
    head = view.project([[0.0, 0, 50]])[0]
    assert head[0] > 150


@pytest.mark.parametrize("object_detector_mm", [20.0, 160.0, 330.0])
def test_two_beads_give_the_distance_back_through_the_spacing(object_detector_mm):
    beads = [sphere(1.5, (-30.0, 0, 4.0), 12), sphere(1.5, (31.0, 0, -25.0), 12)]
    vertices, triangles, owner = joined(*beads)
    view = aimed_at(
        (0, 0, 0), Projection(object_detector_mm=object_detector_mm), 0.2, (500, 700)
    )
    lengths = path_lengths(
        view.project(vertices), triangles, owner, np.eye(2), view.shape
    )
    rows, columns = np.mgrid[:500, :700]
    one, two = (
        np.array([(m * rows).sum(), (m * columns).sum()]) / m.sum() for m in lengths
    )
    measured = np.linalg.norm(one - two) * view.spacing_mm
    assert measured == pytest.approx(np.hypot(61.0, 29.0), rel=0.005)


def test_a_ray_far_from_the_middle_crosses_a_plate_at_an_angle():
    slant = camera().obliquity()
    assert slant[200, 150] == 1.0
    expected = np.sqrt(1150**2 + (200 * 0.5) ** 2 + (150 * 0.5) ** 2) / 1150
    assert slant[0, 0] == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Projection("oblique"), "ap or lateral"),
        (lambda: Projection(object_detector_mm=1200.0), "between source and detector"),
        (lambda: aimed_at((0, 0, 0), Projection(), 0.0, (4, 4)), "positive size"),
        (lambda: camera().project([[0.0, -2000, 0]]), "behind the source"),
        (lambda: camera().project([[0.0, np.nan, 0]]), "behind the source"),
    ],
)
def test_impossible_geometry_is_refused(make, words):
    with pytest.raises(SpinesegError, match=words):
        make()
