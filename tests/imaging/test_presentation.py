"""Processing for the reader: what it may change and what it must not."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spineseg.core.errors import SpinesegError
from spineseg.core.rng import rng
from spineseg.imaging.filters import blurred
from spineseg.imaging.presentation import Presentation, balanced, gain_at, presented

OPEN = 1e6


def body(shape=(96, 120)):
    """A signal: air, a lump of tissue, and three steps of bone."""
    rows, columns = np.mgrid[: shape[0], : shape[1]]
    depth = 3.0 * (np.hypot(rows - 48, columns - 60) < 44)
    for k, column in enumerate((40, 60, 80)):
        depth[30:66, column - 6 : column + 6] += 0.3 * (k + 1)
    return (OPEN * np.exp(-depth)).astype(np.float32)


@settings(max_examples=20, deadline=None)
@given(
    compression=st.floats(0, 0.95),
    sharpening=st.floats(0, 2),
    slope=st.floats(1, 8),
    inverted=st.booleans(),
)
def test_every_picture_lies_between_black_and_white(
    compression, sharpening, slope, inverted
):
    look = Presentation(
        compression, sharpening=sharpening, slope=slope, inverted=inverted
    )
    picture = presented(body(), 1.0, OPEN, look)
    assert picture.dtype == np.float32
    assert picture.min() >= 0
    assert picture.max() <= 1


def test_thicker_bone_is_whiter_and_air_is_black():
    picture = presented(body(), 1.0, OPEN, Presentation())
    tissue, one, two, three = (picture[48, c] for c in (50, 40, 60, 80))
    assert tissue < one < two < three
    assert picture[2, 2] == 0.0


def test_ten_times_the_dose_gives_the_same_picture():
    one = presented(body(), 1.0, OPEN, Presentation())
    ten = presented(10 * body(), 1.0, 10 * OPEN, Presentation())
    np.testing.assert_allclose(one, ten, atol=1e-4)


def test_inversion_is_the_complement():
    upright = presented(body(), 1.0, OPEN, Presentation())
    turned = presented(body(), 1.0, OPEN, Presentation(inverted=True))
    np.testing.assert_allclose(upright + turned, 1.0, atol=1e-6)


@pytest.mark.parametrize("shape", [(64, 64), (67, 45), (130, 31)])
def test_without_compression_and_sharpening_the_log_picture_is_untouched(shape):
    log = rng(1, "log").standard_normal(shape, dtype=np.float32)
    plain = Presentation(compression=0.0, sharpening=0.0)
    np.testing.assert_allclose(balanced(log.copy(), 0.8, plain), log, atol=2e-5)


def test_compression_takes_its_share_of_the_coarse_and_leaves_the_fine():
    look = Presentation(compression=0.8, sharpening=0.0)
    columns = np.tile(np.arange(256), (256, 1))
    for period_px, expected in ((4, 1.0), (4096, 0.2)):
        wave = np.cos(2 * np.pi * columns / period_px).astype(np.float32)
        out = balanced(wave + 3, 1.0, look)
        middle = np.s_[100:150, 100:156]
        swing = np.ptp(out[middle]) / np.ptp(wave[middle])
        assert swing == pytest.approx(expected, abs=0.05)


def test_gain_runs_from_sharpened_to_compressed():
    look = Presentation(compression=0.7, sharpening=0.5)
    assert gain_at(1e-3, look) == pytest.approx(1.5, abs=1e-3)
    assert gain_at(1e4, look) == pytest.approx(0.3, abs=1e-3)
    sizes = np.geomspace(0.1, 200, 50)
    assert np.all(np.diff([gain_at(float(s), look) for s in sizes]) < 0)


def test_the_look_depends_on_millimetres_not_on_pixels():
    fine = np.kron(blurred(body(), 2.0), np.ones((2, 2), np.float32))
    coarse = presented(blurred(body(), 2.0), 1.0, OPEN, Presentation())
    twice = presented(fine, 0.5, OPEN, Presentation())[::2, ::2]
    assert np.abs(twice - coarse)[20:76, 30:90].mean() < 0.02


def test_the_shutter_is_black_and_does_not_change_what_it_leaves_open():
    field = np.zeros((96, 120), np.float32)
    field[20:76, 25:95] = 1.0
    shut = presented(body(), 1.0, OPEN, Presentation(), field)
    assert not shut[field == 0].any()
    whole = presented(body(), 1.0, OPEN, Presentation())
    correlation = np.corrcoef(shut[field == 1], whole[field == 1])[0, 1]
    assert correlation > 0.999


def test_a_metal_screw_does_not_darken_the_rest():
    pierced = body()
    pierced[44:50, 20:30] *= 1e-3
    without, pierced = (
        presented(s, 1.0, OPEN, Presentation()) for s in (body(), pierced)
    )
    far = np.s_[30:66, 70:90]
    assert pierced[47, 25] == 1.0
    assert abs(float(pierced[far].mean() - without[far].mean())) < 0.12


@pytest.mark.parametrize(
    "wrong",
    [
        {"compression": 1.0},
        {"slope": 0.0},
        {"low_percent": 60.0, "high_percent": 50.0},
    ],
)
def test_impossible_looks_are_refused(wrong):
    with pytest.raises(SpinesegError):
        Presentation(**wrong)
