"""Overlap metrics against counts that fit in the head, and against each other."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from mask_shapes import mask_tuples, rectangle, superellipse

from spineseg import metrics as m
from spineseg.core.errors import SpinesegError

BOUNDED = [
    m.dice,
    m.iou,
    m.precision,
    m.recall,
    m.f1,
    m.specificity,
    m.accuracy,
    m.volumetric_similarity,
    m.iou_class_mean,
    m.dice_class_mean,
    m.boundary_iou,
]
SYMMETRIC = [
    m.dice,
    m.iou,
    m.f1,
    m.accuracy,
    m.volumetric_similarity,
    m.iou_class_mean,
    m.dice_class_mean,
    m.boundary_iou,
]
counts = st.builds(
    m.Counts, st.integers(1, 999), *[st.integers(0, 999) for _ in range(3)]
)


def same(a, b):
    return a == pytest.approx(b, nan_ok=True)


def test_four_pixels_of_each_kind_give_the_textbook_ratios():
    # ten by ten: 6 hit, 2 too many, 4 missed, 88 left alone
    target, prediction = np.zeros((2, 10, 10), bool)
    target[0] = True
    prediction[0, :6] = prediction[1, :2] = True
    c = m.count(prediction, target)
    assert c == m.Counts(tp=6, fp=2, fn=4, tn=88)
    assert m.dice(prediction, target) == pytest.approx(12 / 18)
    assert m.iou(prediction, target) == pytest.approx(6 / 12)
    assert m.precision(prediction, target) == m.ppv(prediction, target) == 6 / 8
    assert m.recall(prediction, target) == m.sensitivity(prediction, target) == 6 / 10
    assert m.specificity(prediction, target) == pytest.approx(88 / 90)
    assert m.accuracy(prediction, target) == pytest.approx(94 / 100)
    assert m.volumetric_similarity(prediction, target) == pytest.approx(16 / 18)
    assert m.iou_class_mean(prediction, target) == pytest.approx((6 / 12 + 88 / 94) / 2)


@pytest.mark.parametrize("shift", [0, 1, 5, 19, 20, 30])
def test_a_square_of_side_s_shifted_by_d_has_dice_one_minus_d_over_s(shift):
    a, b = rectangle(10, 10, 20, 20), rectangle(10, 10 + shift, 20, 20)
    overlap = max(0, 20 - shift)
    assert m.dice(a, b) == pytest.approx(overlap / 20)
    assert m.iou(a, b) == pytest.approx(overlap / (40 - overlap))
    assert m.volumetric_similarity(a, b) == 1


def test_concentric_discs_have_the_ratio_of_their_areas():
    shape, centre = (801, 801), (400, 400)
    small = superellipse(shape, centre, (240, 240), 2)
    large = superellipse(shape, centre, (300, 300), 2)
    assert m.iou(small, large) == pytest.approx(240**2 / 300**2, abs=1e-3)
    assert m.precision(small, large) == 1


@pytest.mark.parametrize("share", [0.07, 0.3])
def test_an_empty_prediction_still_scores_in_a_class_mean(share):
    # the arithmetic that gives away a collapsed baseline (spec cvmunet 9.6)
    c = m.Counts(tp=0, fp=0, fn=share, tn=1 - share)
    assert m.iou_class_mean_of(c) == pytest.approx((1 - share) / 2)
    assert m.dice_class_mean_of(c) == pytest.approx((1 - share) / (2 - share))


def test_pooled_class_means_reproduce_the_numbers_of_a_printed_row():
    # spec inception_unet 5: mIoU 0.8974 means foreground IoU 0.825, Dice 0.904
    c = m.Counts(tp=0.825, fp=0.0875, fn=0.0875, tn=5.65)
    assert m.iou_of(c) == pytest.approx(0.825)
    assert m.dice_of(c) == pytest.approx(0.904, abs=5e-4)
    assert m.iou_class_mean_of(c) == pytest.approx(0.8974, abs=5e-4)


@given(mask_tuples(2))
def test_shares_lie_between_zero_and_one_or_are_undefined(masks):
    values = [metric(*masks) for metric in BOUNDED]
    assert all(np.isnan(v) or 0 <= v <= 1 for v in values)


@given(mask_tuples(2))
def test_symmetric_metrics_do_not_ask_which_mask_is_the_truth(masks):
    a, b = masks
    assert all(same(metric(a, b), metric(b, a)) for metric in SYMMETRIC)


@given(mask_tuples(2))
def test_precision_is_recall_with_the_roles_exchanged(masks):
    a, b = masks
    assert same(m.precision(a, b), m.recall(b, a))


@given(mask_tuples(2), st.integers(0, 2))
def test_a_flip_changes_nothing(masks, axis):
    a, b = masks
    axis = axis % a.ndim
    for metric in BOUNDED:
        assert same(metric(a, b), metric(np.flip(a, axis), np.flip(b, axis)))


@given(mask_tuples(1))
def test_a_mask_agrees_with_itself(masks):
    (a,) = masks
    assume(a.any())
    for metric in (m.dice, m.iou, m.f1, m.accuracy, m.boundary_iou):
        assert metric(a, a) == 1


@given(counts)
def test_f1_equals_dice(c):
    assert m.f1_of(c) == pytest.approx(m.dice_of(c))


@given(counts)
def test_iou_is_dice_over_two_minus_dice(c):
    d = m.dice_of(c)
    assert m.iou_of(c) == pytest.approx(d / (2 - d))


@given(counts)
def test_class_mean_dice_never_exceeds_accuracy(c):
    # spec cvmunet 9.7: the bound that no averaging over images can break
    assume(c.tn > 0)
    assert m.dice_class_mean_of(c) <= m.accuracy_of(c) + 1e-12


@given(counts)
def test_dice_never_exceeds_what_recall_allows(c):
    r = m.recall_of(c)
    assert m.dice_of(c) <= 2 * r / (1 + r) + 1e-12


def test_counts_of_two_pictures_add_up_to_those_of_both():
    a, b = rectangle(3, 3, 9, 9), rectangle(5, 2, 9, 9)
    top, bottom = m.count(a[:8], b[:8]), m.count(a[8:], b[8:])
    assert top + bottom == m.count(a, b)


def test_numbers_are_not_taken_for_masks():
    a = np.ones((4, 4))
    with pytest.raises(SpinesegError, match=r"float64.*array of bool.*> 0\.5"):
        m.dice(a, a > 0)


def test_masks_without_pixels_are_refused():
    with pytest.raises(SpinesegError, match="no pixels"):
        m.dice(np.ones((4, 0), bool), np.ones((4, 0), bool))


def test_masks_of_two_grids_are_refused():
    with pytest.raises(SpinesegError, match="Resample the prediction"):
        m.iou(np.ones((4, 4), bool), np.ones((4, 5), bool))
