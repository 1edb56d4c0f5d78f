"""Averages by hand, and nothing left out without being counted."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mask_shapes import rectangle

from spineseg import metrics as m
from spineseg.core.errors import SpinesegError

NAN, INF = math.nan, math.inf


def test_a_mean_per_image_leaves_out_and_counts_the_undefined():
    s = m.per_image([0.8, NAN, 0.6, 0.0])
    assert (s.n, s.undefined, s.undefined_images, s.infinite) == (3, 1, 1, 0)
    assert s.mean == pytest.approx(1.4 / 3)
    assert s.sd == pytest.approx(np.std([0.8, 0.6, 0.0], ddof=1))
    assert s.median == 0.6


def test_one_infinite_distance_makes_the_mean_infinite_and_is_counted():
    s = m.per_image([1.0, 3.0, INF])
    assert s.mean == INF
    assert np.isnan(s.sd)
    assert (s.infinite, s.median, s.finite_mean) == (1, 3.0, 2.0)


def test_patients_weigh_the_same_however_many_images_they_have():
    scores, patients = [0.9, 0.9, 0.9, 0.5], ["a", "a", "a", "b"]
    assert m.per_image(scores).mean == pytest.approx(0.8)
    s = m.per_patient(scores, patients)
    assert (s.unit, s.n) == ("patient", 2)
    assert s.mean == pytest.approx(0.7)


def test_a_patient_without_a_defined_image_is_counted_as_undefined():
    s = m.per_patient([0.9, NAN, NAN, NAN], [1, 1, 2, 2])
    assert (s.n, s.undefined, s.undefined_images) == (1, 1, 3)
    assert s.mean == pytest.approx(0.9)


def test_no_scores_give_no_mean_and_no_warning():
    s = m.per_image([])
    assert (s.n, s.undefined) == (0, 0)
    assert np.isnan([s.mean, s.sd, s.median, s.finite_mean]).all()
    assert np.isnan(m.per_image([NAN]).mean)


def test_each_score_needs_its_patient():
    with pytest.raises(SpinesegError, match="2 scores and 1 patients"):
        m.per_patient([0.1, 0.2], ["a"])


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_one_image_a_patient_makes_both_averages_equal(scores):
    by_image, by_patient = (
        m.per_image(scores),
        m.per_patient(scores, range(len(scores))),
    )
    assert by_patient.mean == by_image.mean
    assert by_patient.median == by_image.median


def pairs():
    """Return a large object half found, a small one missed, and an empty picture."""
    large, small = rectangle(10, 10, 40, 40), rectangle(10, 10, 4, 5)
    empty = np.zeros_like(large)
    return [(rectangle(10, 10, 20, 40), large), (empty, small), (empty, empty)]


def test_pooling_lets_the_large_object_decide():
    # 800 found of 1600, 0 found of 20
    assert m.pooled(m.dice_of, pairs()) == pytest.approx(1600 / (800 + 1620))
    assert m.per_image([m.dice(p, t) for p, t in pairs()]).mean == pytest.approx(1 / 3)


def test_the_three_miou_are_three_numbers():
    background = [8400 / 9200, 9980 / 10000]
    assert m.miou_foreground(pairs()) == pytest.approx(0.5 / 2)
    assert m.miou_class_mean(pairs()) == pytest.approx(
        np.mean([(0.5 + background[0]) / 2, background[1] / 2])
    )
    # all counts: foreground 800 of 1620, background 28380 of 29200
    assert m.miou_pooled(pairs()) == pytest.approx((800 / 1620 + 28380 / 29200) / 2)


def test_pooling_images_without_any_foreground_is_undefined():
    empty = np.zeros((5, 5), bool)
    assert np.isnan(m.pooled(m.iou_of, [(empty, empty)] * 3))
    assert np.isnan(m.pooled(m.accuracy_of, []))


def test_label_maps_are_scored_label_by_label():
    target = np.repeat([[0, 1, 2, 2]], 3, axis=0)
    prediction = np.repeat([[0, 1, 1, 2]], 3, axis=0)
    scores = m.by_class(m.iou, prediction, target, labels=[1, 2, 3])
    assert scores[1] == scores[2] == 0.5
    assert np.isnan(scores[3])


def test_label_maps_of_two_grids_are_refused():
    with pytest.raises(SpinesegError, match="one grid"):
        m.by_class(m.iou, np.zeros((2, 3)), np.zeros((3, 2)), [1])
