"""Grey levels: closed forms, and OpenCV as oracle."""

import sys

import cv2
import numpy as np
import pytest

from spineseg.core.errors import SpinesegError
from spineseg.core.rng import rng
from spineseg.core.sample import Sample
from spineseg.transforms import apply, step
from spineseg.transforms.wavelet import HIGH, LOW, analyse, synthesise


def of(picture):
    picture = np.asarray(picture, np.float32)
    return Sample(picture, np.zeros(picture.shape[:2], np.uint8), "it")


NOISE = rng(0, "noise").random((64, 64)).astype(np.float32)


def test_the_z_score_has_mean_zero_and_spread_one():
    scored = apply(of(NOISE * 5 + 3), step("z_score")).picture.astype(float)
    assert scored.mean() == pytest.approx(0, abs=1e-6)
    assert scored.std() == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize("name", ["z_score", "to_unit", "clip_percentiles"])
def test_a_flat_picture_becomes_zero_and_no_nan(name):
    flat = apply(of(np.full((5, 5), 0.37)), step(name)).picture
    np.testing.assert_array_equal(flat, 0)


def test_percentiles_are_spread_over_the_unit_range():
    ramp = np.linspace(0, 100, 101).reshape(1, -1).repeat(2, 0)
    clipped = apply(of(ramp), step("clip_percentiles", low=10.0, high=90.0)).picture
    np.testing.assert_allclose(clipped[0, [0, 10, 50, 90, 100]], [0, 0, 0.5, 1, 1])


def test_percentiles_out_of_order_are_refused():
    with pytest.raises(SpinesegError, match="out of order"):
        apply(of(NOISE), step("clip_percentiles", low=90.0, high=10.0))


def test_eight_bits_are_multiples_of_one_255th():
    grey = apply(of(NOISE), step("to_8_bit")).picture * 255
    np.testing.assert_allclose(grey, np.rint(grey), atol=1e-4)


def test_clahe_is_opencv_on_rounded_grey_levels():
    expected = cv2.createCLAHE(2.0, (8, 8)).apply(np.rint(NOISE * 255).astype(np.uint8))
    found = apply(of(NOISE), step("clahe", clip_limit=2.0, tiles=8)).picture
    np.testing.assert_array_equal(np.rint(found * 255), expected)


def test_clahe_spreads_a_dull_picture():
    dull = of(0.5 + 0.02 * NOISE)
    assert apply(dull, step("clahe")).picture.std() > 1.5 * dull.picture.std()


def test_non_local_means_calms_noise_and_keeps_an_edge():
    edge = np.zeros((48, 48), np.float32)
    edge[:, 24:] = 0.8
    noisy = np.clip(edge + rng(1, "n").normal(0, 0.03, edge.shape), 0, 1)
    calm = apply(of(noisy), step("non_local_means", strength=10.0)).picture
    assert calm[:, :20].std() < 0.5 * noisy[:, :20].std()
    assert calm[:, 30].mean() - calm[:, 18].mean() == pytest.approx(0.8, abs=0.03)


@pytest.mark.parametrize("name", ["clahe", "non_local_means", "to_8_bit"])
def test_eight_bit_steps_refuse_a_z_score(name):
    with pytest.raises(SpinesegError, match=r"needs it in \[0, 1\]"):
        apply(of(NOISE - 0.5), step(name))


def test_the_filters_are_orthonormal():
    assert pytest.approx(1) == LOW @ LOW
    assert pytest.approx(1) == HIGH @ HIGH
    assert pytest.approx(0) == LOW @ HIGH
    assert LOW[2:] @ LOW[:2] == pytest.approx(0)


def test_two_moments_vanish():
    assert HIGH.sum() == pytest.approx(0)
    assert HIGH @ np.arange(4) == pytest.approx(0)


def test_synthesis_undoes_analysis_and_energy_is_kept():
    plane = rng(2, "plane").normal(size=(32, 24))
    coarse, details = analyse(plane)
    np.testing.assert_allclose(synthesise(coarse, details), plane, atol=1e-12)
    energy = (coarse**2).sum() + sum((d**2).sum() for d in details)
    assert energy == pytest.approx((plane**2).sum())


def test_wavelets_remove_most_of_the_noise_from_a_smooth_picture():
    y, x = np.mgrid[:67, :90] / 90
    smooth = 0.5 + 0.3 * np.sin(3 * x + 2 * y)
    noisy = smooth + rng(3, "w").normal(0, 0.05, smooth.shape)
    clean = apply(of(noisy), step("wavelet_denoise", levels=3)).picture
    assert clean.shape == smooth.shape
    error = np.sqrt(np.mean((clean - smooth) ** 2))
    assert error < 0.4 * 0.05


def test_wavelets_leave_a_noiseless_ramp_alone():
    ramp = np.linspace(0, 1, 64).reshape(1, -1).repeat(64, 0)
    clean = apply(of(ramp), step("wavelet_denoise", levels=2)).picture
    np.testing.assert_allclose(clean[8:-8, 8:-8], ramp[8:-8, 8:-8], atol=0.02)


def test_a_threshold_keeps_what_lies_above():
    kept = apply(of([[0.1, 0.5, 0.9]]), step("threshold_to_zero", level=0.5)).picture
    np.testing.assert_allclose(kept, [[0, 0.5, 0.9]])


@pytest.mark.parametrize("name", ["clahe", "non_local_means"])
def test_without_opencv_the_error_names_the_command_that_installs_it(name, monkeypatch):
    monkeypatch.setitem(sys.modules, "cv2", None)
    with pytest.raises(SpinesegError, match=r"pip install .spineseg\[data\]."):
        apply(of(NOISE), step(name))
