"""The contour line between pixels, and the bands along a boundary."""

import math

import numpy as np
import pytest
from hypothesis import assume, given
from mask_shapes import disc, mask_tuples, rectangle

from spineseg import metrics as m
from spineseg.core.errors import SpinesegError


def test_the_contour_of_a_rectangle_is_as_long_as_its_sides_less_its_corners():
    # four corners are cut: each costs two half sides and gives half a diagonal
    _, lengths = m.contour_corners(rectangle(5, 6, 10, 20), (1.0, 1.0))
    assert lengths.sum() == pytest.approx(2 * (9 + 19) + 4 * math.sqrt(0.5))
    _, lengths = m.contour_corners(rectangle(5, 6, 10, 20), (3.0, 0.5))
    cut = 4 * math.hypot(3.0, 0.5) / 2
    assert lengths.sum() == pytest.approx(2 * (9 * 3.0 + 19 * 0.5) + cut)


def test_the_contour_of_a_disc_is_longer_than_its_circumference_by_the_steps():
    # octagonal steps: at most 8 (sqrt 2 - 1) / pi = 1.0548 times the circle
    _, lengths = m.contour_corners(disc(45), (1.0, 1.0))
    assert 1.04 < lengths.sum() / (2 * math.pi * 45) < 1.06


def test_a_saddle_counts_both_corners_it_cuts_off():
    mask = np.eye(2, dtype=bool)
    corners, lengths = m.contour_corners(mask, (1.0, 1.0))
    assert corners.tolist()[3] == [1, 1]
    assert lengths[3] == pytest.approx(math.sqrt(2))


@given(mask_tuples(2))
def test_contour_metrics_are_symmetric_and_know_equal_masks(masks):
    a, b = masks
    assume(a.ndim == 2 and a.any() and b.any())
    assert m.hd95_by_length(a, b) == m.hd95_by_length(b, a)
    assert m.nsd_by_length(a, b, 1.0, 1.0) == pytest.approx(
        m.nsd_by_length(b, a, 1.0, 1.0)
    )
    assert m.hd95_by_length(a, a) == 0
    assert m.nsd_by_length(a, a, 0.0, 1.0) == pytest.approx(1)


def test_shifted_squares_have_the_shift_as_length_weighted_hd95():
    a, b = rectangle(10, 10, 30, 30), rectangle(10, 14, 30, 30)
    assert m.hd95_by_length(a, b) == 4
    assert m.hd95_by_length(a, b, (1.0, 0.5)) == 2


def test_contours_of_volumes_are_refused():
    a = np.ones((3, 3, 3), bool)
    with pytest.raises(SpinesegError, match="2-D only"):
        m.hd95_by_length(a, a)


def test_boundary_iou_of_nested_squares_counts_the_two_frames():
    # frames of width 2 of a 20 and a 24 square do not meet at all
    inner, outer = rectangle(12, 12, 20, 20), rectangle(10, 10, 24, 24)
    assert m.boundary_iou(inner, outer, width_px=2) == 0
    # width 4: inner frame 20^2 - 12^2, outer 24^2 - 16^2, both 20^2 - 16^2
    union = (400 - 144) + (576 - 256) - (400 - 256)
    assert m.boundary_iou(inner, outer, width_px=4) == pytest.approx(144 / union)


def test_a_band_wider_than_the_object_gives_back_iou():
    a, b = disc(20), disc(20, centre=(53, 50))
    assert m.boundary_iou(a, b, width_px=30) == m.iou(a, b)
    assert m.boundary_iou_mm(a, b, 30.0, 1.0) == m.iou(a, b)


def test_the_default_band_is_two_percent_of_the_diagonal():
    a, b = disc(40), disc(40, centre=(52, 50))
    assert m.boundary_iou(a, b) == m.boundary_iou(a, b, width_px=3)


def test_a_band_in_millimetres_does_not_know_the_size_of_the_picture():
    a, b = disc(20), disc(20, centre=(52, 50))
    framed = np.pad(a, 200), np.pad(b, 200)
    assert m.boundary_iou_mm(*framed, 1.5, 0.5) == m.boundary_iou_mm(a, b, 1.5, 0.5)
    assert m.boundary_iou(*framed) > m.boundary_iou(a, b)


def test_bands_in_pixels_and_millimetres_agree_on_a_square():
    # along straight sides a king and a ruler measure the same; corners are inside
    a, b = rectangle(10, 10, 30, 30), rectangle(10, 12, 30, 30)
    assert m.boundary_iou_mm(a, b, 3.0, 1.0) == m.boundary_iou(a, b, width_px=3)


@pytest.mark.parametrize("width", [0, -2])
def test_a_band_without_width_is_refused(width):
    a = disc(9)
    with pytest.raises(SpinesegError, match="no width"):
        m.boundary_iou(a, a, width_px=width)


def test_a_band_narrower_than_a_pixel_is_refused():
    a = disc(9)
    with pytest.raises(SpinesegError, match="narrower than a pixel"):
        m.boundary_iou_mm(a, a, 0.4, 0.5)
