"""Corners of bodies whose corners are known, and masks that are no bodies."""

import numpy as np
import pytest
from body_shapes import block, corners_of, quadrilateral, turned
from hypothesis import given
from hypothesis import strategies as st
from mask_shapes import rectangle, superellipse
from scipy import ndimage

from spineseg.core.errors import SpinesegError
from spineseg.metrics import body_of

GRID_MM = 0.5
DIAGONAL_MM = GRID_MM * 2**0.5
ONE_STEP_DEG = np.rad2deg(np.arctan(GRID_MM / 34))  # a pixel up on the whole plate


def test_a_rectangle_on_the_grid_has_its_own_corners():
    body = body_of(rectangle(20, 30, 26, 34), 1.0)
    np.testing.assert_allclose(
        corners_of(body), [[30, 20], [64, 20], [64, 46], [30, 46]], atol=1e-3
    )
    assert body.upper.tilt_deg == pytest.approx(0, abs=1e-3)


@given(deg=st.floats(-40, 40), front=st.floats(18, 30), shift=st.floats(-0.5, 0.5))
def test_corners_of_turned_trapezoids_are_found_within_a_pixels_diagonal(
    deg, front, shift
):
    corners = turned(block((50 + shift, 50), front=front), deg)
    body = body_of(quadrilateral(corners, (GRID_MM,) * 2), GRID_MM)
    assert np.hypot(*(corners_of(body) - corners).T).max() < DIAGONAL_MM


@given(deg=st.floats(-180, 180))
def test_a_body_that_leans_any_way_is_found_when_its_lean_is_said(deg):
    corners = turned(block(front=22), deg)
    body = body_of(quadrilateral(corners, (GRID_MM,) * 2), GRID_MM, turn_deg=deg)
    assert np.hypot(*(corners_of(body) - corners).T).max() < DIAGONAL_MM


@given(deg=st.floats(-40, 40), front=st.floats(20, 30))
def test_tilts_are_those_of_the_plates(deg, front):
    body = body_of(quadrilateral(turned(block(front=front), deg)), GRID_MM)
    plate = np.rad2deg(np.arctan2((front - 26) / 2, 34))
    assert body.upper.tilt_deg == pytest.approx(deg - plate, abs=2 * ONE_STEP_DEG)
    assert body.lower.tilt_deg == pytest.approx(deg + plate, abs=2 * ONE_STEP_DEG)


def test_pixels_need_not_be_square():
    corners = turned(block(front=22), 12)
    for spacing in ((0.25, 0.5), (0.6, 0.3)):
        body = body_of(quadrilateral(corners, spacing), spacing)
        assert np.hypot(*(corners_of(body) - corners).T).max() < np.hypot(*spacing)


def test_a_mirrored_mask_has_mirrored_corners():
    mask = quadrilateral(turned(block(front=20), 7))
    one = corners_of(body_of(mask, GRID_MM))
    other = corners_of(body_of(mask[:, ::-1].copy(), GRID_MM))
    np.testing.assert_allclose(other[[1, 0, 3, 2]], [100, 0] + [-1, 1] * one, atol=1e-6)


def test_the_ruler_lies_on_the_rims_of_a_hollow_plate():
    mask = rectangle(20, 20, 40, 60)
    column = np.arange(100)
    hollow = np.where(abs(column - 50) < 24, 4 * (1 - (abs(column - 50) / 24) ** 2), 0)
    mask &= np.arange(100)[:, None] >= 20 + hollow
    body = body_of(mask, 1.0)
    assert body.upper.left_mm[1] == pytest.approx(20, abs=0.3)
    assert body.upper.right_mm[1] == pytest.approx(20, abs=0.3)


def test_a_narrow_spur_and_a_hole_move_nothing():
    plain = rectangle(20, 20, 40, 60)
    spoilt = plain | rectangle(8, 40, 12, 2)
    spoilt[30:40, 30:50] = False
    np.testing.assert_allclose(
        corners_of(body_of(spoilt, 1.0)), corners_of(body_of(plain, 1.0)), atol=0.1
    )


def test_a_jagged_outline_costs_less_than_two_pixels():
    random = np.random.default_rng(3)
    corners = turned(block(front=22), 9)
    smooth = quadrilateral(corners, (GRID_MM,) * 2)
    for _ in range(10):
        noise = ndimage.gaussian_filter(random.normal(size=smooth.shape), 1.0)
        soft = ndimage.gaussian_filter(smooth.astype(float), 1.0)
        jagged = soft + 0.5 * noise > 0.5
        pieces, _ = ndimage.label(jagged, np.ones((3, 3)))
        jagged = pieces == np.argmax(np.bincount(pieces.ravel())[1:]) + 1
        found = corners_of(body_of(jagged, GRID_MM))
        assert np.hypot(*(found - corners).T).max() < 2 * DIAGONAL_MM


def test_no_foreground_is_refused():
    with pytest.raises(SpinesegError, match="empty"):
        body_of(np.zeros((50, 50), bool), 1.0)


@pytest.mark.parametrize("place", [(0, 20), (20, 0), (70, 20), (20, 60)])
def test_a_body_at_the_border_is_refused(place):
    with pytest.raises(SpinesegError, match="touches the border"):
        body_of(rectangle(*place, 30, 40), 1.0)


def test_several_pieces_are_refused_and_counted():
    with pytest.raises(SpinesegError, match="2 pieces"):
        body_of(rectangle(20, 20, 20, 30) | rectangle(60, 60, 1, 1), 1.0)


def test_a_few_pixels_are_refused():
    with pytest.raises(SpinesegError, match="7 x 30 pixels"):
        body_of(rectangle(20, 20, 7, 30), 1.0)


def test_what_is_no_body_is_refused():
    with_arch = rectangle(20, 10, 26, 30) | rectangle(28, 40, 8, 50)
    cross = rectangle(45, 10, 8, 80) | rectangle(10, 45, 80, 8)
    for mask in (with_arch, cross):
        with pytest.raises(SpinesegError, match="four sides"):
            body_of(mask, 1.0)


def test_a_soft_box_is_as_wide_as_its_sides():
    body = body_of(superellipse((100, 100), (50, 50), (26, 34), 4), 1.0)
    assert body.upper.tilt_deg == pytest.approx(0, abs=0.1)
    width = body.upper.right_mm[0] - body.upper.left_mm[0]
    assert 62 < width <= 68


@pytest.mark.parametrize(
    ("mask", "words"),
    [(np.ones((20, 20)), "not a mask"), (np.ones((9, 9, 9), bool), "one picture")],
)
def test_what_is_no_picture_of_a_mask_is_refused(mask, words):
    with pytest.raises(SpinesegError, match=words):
        body_of(mask, 1.0)


def test_a_body_needs_a_spacing():
    with pytest.raises(SpinesegError, match="millimetres"):
        body_of(rectangle(20, 20, 30, 30), None)
