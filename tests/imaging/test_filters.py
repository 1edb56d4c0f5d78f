"""Halving, doubling and blurring: what they keep and what they do to frequencies."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spineseg.core.rng import rng
from spineseg.imaging.filters import (
    add_doubled,
    block_means,
    blurred,
    enlarged,
    gaussian_weights,
    halved,
)


def noise(shape):
    return rng(5, "filters").standard_normal(shape, dtype=np.float32)


@given(sigma=st.floats(0.05, 8.0))
def test_the_gaussian_has_the_variance_it_is_asked_for(sigma):
    weights = gaussian_weights(sigma).astype(float)
    k = np.arange(len(weights)) - len(weights) // 2
    assert weights.sum() == pytest.approx(1.0, abs=1e-6)
    assert (weights * k**2).sum() == pytest.approx(sigma**2, rel=3e-3)


@pytest.mark.parametrize("shape", [(1, 1), (2, 3), (7, 8), (33, 20)])
def test_a_flat_picture_stays_flat_through_every_filter(shape):
    flat = np.full(shape, 3.5, np.float32)
    doubled = np.zeros(shape, np.float32)
    add_doubled(halved(flat), doubled)
    for out in (blurred(flat, 1.7), doubled, enlarged(block_means(flat, 3), 3, shape)):
        np.testing.assert_allclose(out, flat, rtol=1e-6)


def test_two_blurs_are_one_of_the_summed_variance():
    picture = np.pad(noise((20, 20)), 40)
    twice = blurred(blurred(picture, 1.2), 0.9)
    once = blurred(picture, float(np.hypot(1.2, 0.9)))
    np.testing.assert_allclose(twice, once, atol=1e-3)


def test_halving_is_the_mean_of_two_by_two_pixels():
    picture = noise((6, 8))
    expected = picture.reshape(3, 2, 4, 2).mean(axis=(1, 3))
    np.testing.assert_allclose(halved(picture), expected, atol=1e-6)
    np.testing.assert_allclose(block_means(picture, 2), expected, atol=1e-6)


def test_doubling_and_enlarging_keep_a_ramp_straight():
    ramp = np.tile(np.arange(32, dtype=np.float32), (6, 1))
    doubled = np.zeros_like(ramp)
    add_doubled(halved(ramp), doubled)
    grown = enlarged(block_means(ramp, 2), 2, ramp.shape)
    for out in (doubled, grown):
        np.testing.assert_allclose(out[:, 2:-2], ramp[:, 2:-2], atol=1e-5)


def test_doubling_adds_to_what_is_there():
    picture = noise((5, 5))
    coarse = halved(noise((5, 5)))
    apart = np.zeros((5, 5), np.float32)
    add_doubled(coarse, apart)
    together = picture.copy()
    add_doubled(coarse, together)
    np.testing.assert_allclose(together, picture + apart, atol=1e-6)
