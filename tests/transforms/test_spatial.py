"""Moving pixels, labels and points together."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spineseg.core.errors import SpinesegError
from spineseg.core.sample import Sample
from spineseg.transforms import apply, step


def speck(row, column, size=(21, 31), **more):
    """One bright labelled pixel, and a point on its middle."""
    picture = np.zeros(size, np.float32)
    mask = np.zeros(size, np.uint8)
    picture[row, column], mask[row, column] = 1, 7
    point = np.array([[column + 0.5, row + 0.5]])
    return Sample(picture, mask, "speck", points_px=point, **more)


def place(sample):
    found = np.argwhere(sample.mask == 7)
    assert len(found) == 1
    return tuple(int(n) for n in found[0])


def assert_point_on_speck(sample):
    row, column = place(sample)
    np.testing.assert_allclose(sample.points_px, [[column + 0.5, row + 0.5]], atol=1e-9)
    assert sample.picture[row, column] == pytest.approx(1)


def test_a_quarter_turn_clockwise_takes_the_top_to_the_right():
    turned = apply(speck(2, 10, (21, 21)), step("rotate", angle_deg=90.0))
    assert place(turned) == (10, 18)
    assert_point_on_speck(turned)


def test_a_turn_about_the_middle_of_an_even_picture_moves_no_pixel_off_the_grid():
    turned = apply(speck(0, 0, (6, 6)), step("rotate", angle_deg=180.0))
    assert place(turned) == (5, 5)


@pytest.mark.parametrize(
    ("name", "where"), [("flip_horizontal", (3, 20)), ("flip_vertical", (17, 10))]
)
def test_flips_mirror_pixels_and_points(name, where):
    flipped = apply(speck(3, 10), step(name))
    assert place(flipped) == where
    assert_point_on_speck(flipped)


@pytest.mark.parametrize("name", ["flip_horizontal", "flip_vertical"])
def test_flipping_twice_changes_nothing(name):
    before = speck(3, 10)
    after = apply(apply(before, step(name)), step(name))
    np.testing.assert_array_equal(after.picture, before.picture)
    np.testing.assert_allclose(after.points_px, before.points_px)


def test_a_shift_by_whole_pixels_is_exact():
    moved = apply(speck(3, 10), step("shift", right_px=4.0, down_px=-2.0))
    assert place(moved) == (1, 14)
    assert_point_on_speck(moved)


def test_shifted_out_content_is_gone_and_the_border_is_black_or_drawn_out():
    bright = Sample(np.ones((4, 4), np.float32), np.ones((4, 4), np.uint8))
    zero = apply(bright, step("shift", right_px=2.0, down_px=0.0))
    drawn_out = apply(bright, step("shift", right_px=2.0, down_px=0.0, fill="nearest"))
    assert zero.mask[:, :2].sum() == 0
    assert drawn_out.mask.sum() == 16


def test_a_zoom_by_two_doubles_distances_from_the_middle_and_halves_the_spacing():
    zoomed = apply(
        speck(12, 12, (20, 20), spacing_mm=(0.5, 0.4)), step("zoom", factor=2.0)
    )
    np.testing.assert_allclose(zoomed.points_px, [[15.0, 15.0]])
    assert zoomed.spacing_mm == (0.25, 0.2)
    assert (zoomed.mask == 7).sum() == 4


def test_padding_puts_the_picture_in_the_middle_of_a_square():
    padded = apply(speck(0, 0, (4, 7)), step("pad_to_square"))
    assert padded.size == (7, 7)
    assert place(padded) == (1, 0)
    assert_point_on_speck(padded)


def test_a_crop_beyond_the_border_is_filled_with_black():
    cut = apply(speck(3, 10), step("crop", top=2, left=8, rows=40, columns=5))
    assert cut.size == (40, 5)
    assert place(cut) == (1, 2)
    assert cut.picture.sum() == 1
    assert_point_on_speck(cut)


def test_resizing_keeps_the_mean_of_the_picture_and_the_size_in_millimetres():
    picture = np.random.default_rng(0).random((64, 48)).astype(np.float32)
    sample = Sample(picture, np.zeros((64, 48), np.uint8), spacing_mm=(0.5, 0.25))
    small = apply(sample, step("resize", rows=16, columns=16))
    assert small.picture.mean() == pytest.approx(picture.mean(), abs=2e-3)
    assert small.spacing_mm == (2.0, 0.75)


def test_shrinking_a_fine_chequerboard_gives_grey_and_no_false_pattern():
    board = (np.indices((64, 64)).sum(0) % 2).astype(np.float32)
    small = apply(
        Sample(board, board.astype(np.uint8)), step("resize", rows=16, columns=16)
    )
    assert np.ptp(small.picture) < 0.01


def test_a_mask_enlarged_by_whole_factors_repeats_each_label():
    mask = np.arange(12, dtype=np.uint8).reshape(3, 4)
    sample = Sample(mask.astype(np.float32), mask)
    large = apply(sample, step("resize", rows=9, columns=8))
    np.testing.assert_array_equal(large.mask, mask.repeat(3, 0).repeat(2, 1))


def test_resizing_by_spacing_makes_square_pixels():
    sample = speck(2, 3, (20, 40), spacing_mm=(0.8, 0.4))
    even = apply(sample, step("square_pixels"))
    assert even.size == (40, 40)
    assert even.spacing_mm == (0.4, 0.4)
    coarse = apply(sample, step("resize_to_spacing", spacing_mm=0.8))
    assert coarse.size == (20, 20)


def test_resizing_by_spacing_without_spacing_is_refused():
    with pytest.raises(SpinesegError, match="spacing of speck is not known"):
        apply(speck(1, 1), step("resize_to_spacing", spacing_mm=1.0))


def test_fitting_shrinks_large_pictures_and_pads_small_ones():
    small = apply(speck(3, 10), step("fit_and_pad", side_px=41))
    assert place(small) == (13, 15)
    assert_point_on_speck(small)
    large = apply(speck(3, 10, (40, 80)), step("fit_and_pad", side_px=40))
    assert large.size == (40, 40)
    np.testing.assert_allclose(large.points_px, [[5.25, 11.75]])


@given(
    st.floats(-180, 180),
    st.floats(-5, 5),
    st.sampled_from(["rotate", "shift", "zoom"]),
)
def test_masks_never_get_a_number_that_was_not_there(angle, amount, name):
    mask = np.random.default_rng(1).choice(np.array([0, 3, 200], np.uint8), (13, 17))
    sample = Sample(mask.astype(np.float32), mask, layers={"other": mask})
    knobs = {
        "rotate": {"angle_deg": angle},
        "shift": {"right_px": amount, "down_px": -amount},
        "zoom": {"factor": 1.2 + amount / 10},
    }[name]
    changed = apply(sample, step(name, **knobs))
    assert set(np.unique(changed.mask)) <= {0, 3, 200}
    assert changed.mask.dtype == np.uint8
    np.testing.assert_array_equal(changed.layers["other"], changed.mask)


def test_colour_pictures_move_like_grey_ones():
    grey = speck(3, 10)
    colour = Sample(np.repeat(grey.picture[..., None], 3, -1), grey.mask)
    for one in (
        step("rotate", angle_deg=20.0),
        step("resize", rows=10, columns=12),
        step("pad_to_square"),
    ):
        moved = apply(grey, one)
        np.testing.assert_array_equal(apply(colour, one).picture[..., 1], moved.picture)


def test_pictures_and_masks_of_different_size_are_refused():
    with pytest.raises(SpinesegError, match="differ in size"):
        Sample(np.zeros((2, 3), np.float32), np.zeros((3, 2), np.uint8))
