"""Clinical measures of figures drawn with a ruler, and what changes none of them."""

import numpy as np
import pytest
from body_shapes import block, quadrilateral, turned
from hypothesis import given
from hypothesis import strategies as st

from spineseg import metrics as m
from spineseg.core.errors import SpinesegError
from spineseg.metrics import Body, Plate

GRID_MM = 0.5
PIXEL_OVER_PLATE_DEG = float(np.rad2deg(np.arctan(GRID_MM / 34)))


def plate(tilt_deg, middle=(50.0, 50.0), width=34.0):
    """Return a straight end-plate of known tilt."""
    half = width / 2 * np.array([np.cos(np.deg2rad(tilt_deg)), 0])
    half[1] = -width / 2 * np.sin(np.deg2rad(tilt_deg))
    ends = np.asarray(middle) - half, np.asarray(middle) + half
    return Plate(*(tuple(end.tolist()) for end in ends), tilt_deg)


def stack_of_two(gap=8.0, step=0.0, deg=0.0, spacing=(GRID_MM, GRID_MM)):
    """Return masks of two bodies with a disc between, the upper one moved forwards."""
    up = block((50 - step, 50 - 13 - gap / 2))
    low = block((50, 50 + 13 + gap / 2))
    return [quadrilateral(turned(c, deg), spacing) for c in (up, low)]


def test_two_bodies_turned_against_each_other_have_that_cobb_angle():
    masks = {
        name: quadrilateral(turned(block((50, y)), deg, (50, y)))
        for name, y, deg in (("T5", 20, 18), ("T9", 50, 2), ("L2", 80, -13))
    }
    cobb = m.cobb_angle(masks, GRID_MM)
    assert cobb.angle_deg == pytest.approx(31, abs=2 * PIXEL_OVER_PLATE_DEG)
    assert (cobb.rising, cobb.falling) == ("T5", "L2")


def test_cobb_takes_the_steepest_plates_of_wedged_bodies():
    bodies = {
        "T10": Body(plate(12), plate(7)),
        "L1": Body(plate(1), plate(-3)),
        "L3": Body(plate(-9), plate(-15)),
    }
    assert m.cobb_angle_of(bodies) == m.Cobb(27, "T10", "L3")
    assert m.cobb_between_deg(bodies["T10"].lower, bodies["L3"].upper) == 16


@given(deg=st.floats(-20, 20))
def test_turning_the_picture_does_not_change_a_cobb_angle(deg):
    bodies = {
        "a": Body(plate(9 + deg), plate(4 + deg)),
        "b": Body(plate(-2 + deg), plate(-11 + deg)),
    }
    assert m.cobb_angle_of(bodies).angle_deg == pytest.approx(20)


def test_a_cobb_angle_needs_two_bodies():
    with pytest.raises(SpinesegError, match="two bodies"):
        m.cobb_angle_of({"L1": Body(plate(3), plate(-3))})


@pytest.mark.parametrize(("front", "back"), [(26, 26), (20, 26), (13, 26), (26, 22)])
def test_the_wedge_of_a_trapezoid_is_the_ratio_of_its_sides(front, back):
    mask = quadrilateral(block(front=front, back=back))
    half_a_pixel = GRID_MM / min(front, back)
    assert m.wedge_ratio(mask, GRID_MM) == pytest.approx(front / back, abs=half_a_pixel)
    mirrored = mask[:, ::-1].copy()
    assert m.wedge_ratio(mirrored, GRID_MM, "right") == pytest.approx(
        m.wedge_ratio(mask, GRID_MM)
    )
    heights = m.heights_mm_of(m.body_of(mask, GRID_MM))
    np.testing.assert_allclose(heights, (front, back), atol=GRID_MM)


@given(deg=st.floats(-35, 35), front=st.floats(16, 30))
def test_turning_a_body_costs_its_wedge_less_than_a_pixel_a_corner(deg, front):
    mask = quadrilateral(turned(block(front=front), deg))
    four_pixels = 4 * GRID_MM / 26
    assert m.wedge_ratio(mask, GRID_MM) == pytest.approx(front / 26, abs=four_pixels)


@pytest.mark.parametrize("gap", [3.0, 8.0, 14.0])
@pytest.mark.parametrize("deg", [-30, 0, 17])
def test_parallel_plates_have_their_gap_as_height(gap, deg):
    masks = stack_of_two(gap, step=2.0, deg=deg)
    assert m.disc_height_mm(*masks, GRID_MM) == pytest.approx(gap, abs=GRID_MM)


@pytest.mark.parametrize("step", [-4.0, 0.0, 6.0, 15.0])
@pytest.mark.parametrize("deg", [-30, 0, 17])
def test_a_step_over_the_depth_is_the_slip(step, deg):
    masks = stack_of_two(step=step, deg=deg)
    one_pixel = 100 * GRID_MM / 34
    assert m.slip_percent(*masks, GRID_MM) == pytest.approx(
        100 * step / 34, abs=one_pixel
    )


def test_a_mirrored_picture_needs_the_front_on_the_other_side():
    masks = [mask[:, ::-1].copy() for mask in stack_of_two(step=6.0)]
    forwards, backwards = (
        m.slip_percent(*masks, GRID_MM, f) for f in ("right", "left")
    )
    assert forwards == pytest.approx(100 * 6 / 34, abs=1.5)
    assert backwards == pytest.approx(-forwards)


def test_an_upright_wedged_disc_has_no_slip():
    above = Body(plate(-5, (50, 10)), plate(-8, (50, 40)))
    below = Body(plate(8, (50, 50)), plate(8, (50, 80)))
    assert m.slip_percent_of(above, below) == pytest.approx(0, abs=1e-9)
    assert m.disc_height_mm_of(above, below) == pytest.approx(10)


@pytest.mark.parametrize("spacing", [(0.25, 0.5), (0.6, 0.3)])
def test_measures_do_not_depend_on_the_grid(spacing):
    masks = stack_of_two(gap=7.0, step=5.0, deg=11, spacing=spacing)
    coarse = max(spacing)
    assert m.disc_height_mm(*masks, spacing) == pytest.approx(7, abs=coarse)
    slip = m.slip_percent(*masks, spacing)
    assert slip == pytest.approx(500 / 34, abs=100 * coarse / 34)


def test_the_wrong_grid_gives_the_wrong_millimetres():
    masks = stack_of_two(gap=8.0)
    assert m.disc_height_mm(*masks, 1.0) == pytest.approx(
        2 * m.disc_height_mm(*masks, 0.5)
    )


def test_bodies_in_the_wrong_order_are_refused():
    above, below = stack_of_two()
    for measure in (m.slip_percent, m.disc_height_mm):
        with pytest.raises(SpinesegError, match="wrong way round"):
            measure(below, above, GRID_MM)


def test_the_front_is_left_or_right():
    mask = quadrilateral(block())
    with pytest.raises(SpinesegError, match="left or right"):
        m.wedge_ratio(mask, GRID_MM, "top")
