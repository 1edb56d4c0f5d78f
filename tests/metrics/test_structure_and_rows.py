"""SSIM, mean absolute error, and the number that is not a Hausdorff distance."""

import numpy as np
import pytest
from hypothesis import given
from mask_shapes import disc, mask_tuples, noise, rectangle
from scipy.spatial.distance import directed_hausdorff

from spineseg import metrics as m
from spineseg.core.errors import SpinesegError


def test_ssim_of_equal_masks_is_one():
    assert m.ssim(disc(20), disc(20)) == pytest.approx(1)
    assert m.ssim(np.zeros((20, 20), bool), np.zeros((20, 20), bool)) == 1


def test_ssim_of_opposite_pictures_is_nearly_zero():
    # flat 0 against flat 1: only the constant C1 = 1e-4 is left of the luminance
    a = np.zeros((30, 30), bool)
    assert m.ssim(a, ~a) == pytest.approx(1e-4 / (1 + 1e-4))


def test_ssim_does_not_rank_as_dice_does():
    # a small target: missing it wholly still looks similar almost everywhere
    target = disc(4)
    assert m.ssim(np.zeros_like(target), target) > 0.9
    assert m.dice(np.zeros_like(target), target) == 0


def test_ssim_needs_room_for_its_window():
    a = np.ones((10, 30), bool)
    with pytest.raises(SpinesegError, match="at least 11"):
        m.ssim(a, a)


@given(mask_tuples(2))
def test_mae_of_masks_is_one_minus_accuracy(masks):
    assert m.mae(*masks) == pytest.approx(1 - m.accuracy(*masks))


def test_mae_of_probabilities_averages_over_picture_or_target():
    target = rectangle(0, 0, 2, 5, shape=(10, 10))
    probability = np.where(target, 0.7, 0.1)
    assert m.mae(probability, target) == pytest.approx((10 * 0.3 + 90 * 0.1) / 100)
    assert m.mae_foreground(probability, target) == pytest.approx(0.3)


def test_painting_everything_has_no_foreground_error():
    target = disc(9)
    assert m.mae_foreground(np.ones_like(target), target) == 0


@pytest.mark.parametrize("value", [-0.1, 1.5, float("nan")])
def test_scores_that_are_no_probabilities_are_refused(value):
    target = disc(9)
    with pytest.raises(SpinesegError, match="sigmoid"):
        m.mae(np.full(target.shape, value), target)


def test_mae_refuses_masks_of_two_grids():
    with pytest.raises(SpinesegError, match="one grid"):
        m.mae(np.ones((3, 3)), np.ones((3, 4), bool))


@pytest.mark.parametrize("seed", range(4))
def test_hausdorff_of_rows_is_what_scipy_makes_of_two_pictures(seed):
    a, b = noise((40, 30), 0.3, seed), noise((40, 30), 0.3, seed + 100)
    pair = a.astype(float), b.astype(float)
    scipy_says = max(directed_hausdorff(*pair)[0], directed_hausdorff(*pair[::-1])[0])
    assert m.hausdorff_of_rows(a, b) == pytest.approx(scipy_says)


def test_rows_of_an_empty_prediction_are_the_root_of_the_widest_row_away():
    # spec cvmunet 9.5: widest row 63 of 480 gives 7.94, all foreground 21.9
    target = rectangle(100, 200, 300, 63, shape=(480, 480))
    empty = np.zeros_like(target)
    assert m.hausdorff_of_rows(empty, target) == pytest.approx(np.sqrt(63))
    assert m.hausdorff_of_rows(~empty, target) == pytest.approx(np.sqrt(480))
    assert m.hausdorff(empty, target) == np.inf


def test_rows_do_not_see_a_vertical_shift_of_any_size():
    a, b = rectangle(5, 40, 10, 20), rectangle(80, 40, 10, 20)
    assert m.hausdorff_of_rows(a, b) == 0
    assert m.hausdorff(a, b) == 75
    assert m.hausdorff_of_rows(a.T, b.T) == pytest.approx(np.sqrt(10))


def test_rows_of_a_volume_are_refused():
    a = np.ones((3, 3, 3), bool)
    with pytest.raises(SpinesegError, match="rows need a picture"):
        m.hausdorff_of_rows(a, a)
