import numpy as np
import pytest
from numpy.testing import assert_allclose

from spineseg.core.errors import SpinesegError
from spineseg.core.rng import rng
from spineseg.imaging import kspace as ks


def picture(rows=24, columns=32):
    return rng(3, "picture").random((rows, columns))


def test_there_and_back_again_is_the_same_picture():
    assert_allclose(ks.to_image(ks.to_kspace(picture())).real, picture(), atol=1e-12)


def test_energy_is_the_same_on_both_sides():
    spectrum = ks.to_kspace(picture())
    assert np.sum(np.abs(spectrum) ** 2) == pytest.approx(np.sum(picture() ** 2))


def test_the_middle_of_kspace_holds_the_sum_of_the_picture():
    spectrum = ks.to_kspace(picture(16, 20))
    assert spectrum[8, 10] == pytest.approx(picture(16, 20).sum() / np.sqrt(16 * 20))


def test_one_stripe_is_two_points_in_kspace():
    columns = np.arange(32)
    stripes = np.broadcast_to(np.cos(2 * np.pi * 5 * columns / 32), (16, 32))
    spectrum = np.abs(ks.to_kspace(stripes))
    assert {tuple(place) for place in np.argwhere(spectrum > 1e-6)} == {
        (8, 16 - 5),
        (8, 16 + 5),
    }


@pytest.mark.parametrize("axis", [-2, -1])
def test_a_whole_shift_is_a_roll(axis):
    moved = ks.to_image(ks.shift(ks.to_kspace(picture()), 3, axis)).real
    assert_allclose(moved, np.roll(picture(), 3, axis), atol=1e-12)


def test_two_half_shifts_are_one_shift_on_a_smooth_picture():
    smooth = ks.to_kspace(picture()) * ks.taper((24, 32), (0.8, 0.8))
    twice = ks.shift(ks.shift(smooth, 0.5, -1), 0.5, -1)
    assert_allclose(twice, ks.shift(smooth, 1.0, -1), atol=1e-12)


def test_fat_at_one_and_a_half_tesla_is_223_hertz_away():
    assert ks.chemical_shift_px(1.5, 223.5) == pytest.approx(1.0, abs=0.001)
    assert ks.chemical_shift_px(3.0, 223.5) == pytest.approx(2.0, abs=0.002)


def test_a_truncated_edge_overshoots_by_nine_percent():
    # Gibbs: 8.95 % of the jump, however many lines are kept
    edge = np.zeros((4, 1024))
    edge[:, 256:768] = 1.0
    for share in (0.1, 0.2):
        kept = ks.to_kspace(edge) * ks.sampled(edge.shape, (1.0, share))
        assert np.abs(ks.to_image(kept)).max() - 1 == pytest.approx(0.0895, abs=0.008)


def test_the_taper_rings_less_than_a_hard_cut():
    edge = np.zeros((4, 512))
    edge[:, 128:384] = 1.0
    share = (1.0, 0.25)
    hard = ks.to_image(ks.to_kspace(edge) * ks.sampled(edge.shape, share))
    soft = ks.to_image(ks.to_kspace(edge) * ks.taper(edge.shape, share, start=0.2))
    assert np.abs(soft).max() < np.abs(hard).max()


def test_sampling_keeps_the_asked_share_and_the_middle():
    mask = ks.sampled((200, 100), (0.5, 0.8))
    assert mask[100, 50]
    assert mask.any(1).sum() == pytest.approx(100, abs=1)
    assert mask.any(0).sum() == pytest.approx(80, abs=1)
    assert ks.sampled((8, 8), (1.0, 1.0)).all()


def test_noise_has_its_set_deviation_in_both_parts_and_both_domains():
    noise = ks.complex_noise((400, 400), 0.7, rng(1, "noise"))
    for field in (noise, ks.to_image(noise)):
        assert field.real.std() == pytest.approx(0.7, rel=0.01)
        assert field.imag.std() == pytest.approx(0.7, rel=0.01)
        assert abs(np.mean(field.real * field.imag)) < 0.005


def test_air_is_rayleigh_and_bright_signal_is_nearly_gaussian():
    noise = ks.to_image(ks.complex_noise((500, 500), 1.0, rng(2, "noise")))
    air = np.abs(noise)
    assert air.mean() == pytest.approx(np.sqrt(np.pi / 2), rel=0.01)
    assert air.mean() / air.std() == pytest.approx(1.913, abs=0.02)
    assert np.abs(20 + noise).std() == pytest.approx(1.0, rel=0.01)


@pytest.mark.parametrize("axis", [-2, -1])
def test_pulsation_makes_two_ghosts_of_half_the_strength(axis):
    dot = np.zeros((64, 64))
    dot[32, 32] = 1.0
    ghosts = ks.to_image(ks.pulsate(ks.to_kspace(dot), 0.4, 9, axis)).real
    expected = 0.2 * (np.roll(dot, 9, axis) + np.roll(dot, -9, axis))
    assert_allclose(ghosts, expected, atol=1e-7)


def test_a_patient_who_lies_still_in_another_place_gives_a_shifted_picture():
    moved = ks.move(ks.to_kspace(picture()), np.full(24, 2.0), -2, -1)
    assert_allclose(ks.to_image(moved).real, np.roll(picture(), 2, -1), atol=1e-12)


def test_breathing_spreads_energy_along_the_phase_axis_only():
    bar = np.zeros((64, 64))
    bar[32, 20:44] = 1.0
    motion = ks.breathing_px(64, 1.5, 7.0)
    blurred = np.abs(ks.to_image(ks.move(ks.to_kspace(bar), motion, -2, -2)))
    assert blurred[20:30, 30].max() > 0.05
    assert_allclose(blurred[:, :20], 0, atol=1e-12)


@pytest.mark.parametrize(
    "call",
    [
        lambda: ks.sampled((8, 8), (0.0, 1.0)),
        lambda: ks.sampled((8, 8), (1.0, 1.2)),
        lambda: ks.move(np.zeros((8, 8), complex), np.zeros(7), -2, -1),
        lambda: ks.chemical_shift_px(1.5, 0.0),
    ],
)
def test_impossible_requests_are_refused(call):
    with pytest.raises(SpinesegError):
        call()
