"""The radiograph's physics, on phantoms of the physicist: steps, edges, flat fields.

Nothing here imports the anatomy.
"""

import numpy as np
import pytest

from spineseg.core.errors import SpinesegError
from spineseg.core.rng import rng
from spineseg.imaging.attenuation import tube_spectrum
from spineseg.imaging.beam import beam
from spineseg.imaging.xray import (
    Exposure,
    detected,
    open_beam_quanta,
    primary,
    scattered,
    with_noise,
)


def slabs(soft=0.0, cortical=0.0, trabecular=0.0, metal=0.0, shape=(4, 4)):
    """Path lengths through flat plates; a list makes one column for each value."""
    plates = (soft, cortical, trabecular, metal)
    return np.stack([np.broadcast_to(np.float32(p), shape) for p in plates])


# 200 mm soft tissue and 0 to 40 mm compact bone, counted by 0.45 mm of CsI: spectra of
# spekpy 2.5.4 in steps of 0.5 keV, coefficients of xraylib 4.3.0 at every energy
WEDGE = {
    70: [0.0042833, 0.0018301, 0.00084031, 0.00040389, 0.00020045],
    80: [0.0054918, 0.0025749, 0.0012875, 0.00067053, 0.00035931],
    90: [0.0065411, 0.0032522, 0.0017134, 0.00093658, 0.00052543],
}


@pytest.mark.parametrize("kvp", WEDGE)
def test_a_bone_step_wedge_behind_tissue_is_that_of_spekpy_and_xraylib(kvp):
    lengths = slabs(200.0, [0.0, 10.0, 20.0, 30.0, 40.0], shape=(3, 5))
    found = primary(lengths, 0.5, Exposure(kvp=kvp, texture=0.0), rng(0, "t"))[1]
    np.testing.assert_allclose(found, WEDGE[kvp], rtol=0.02)


@pytest.mark.parametrize(
    ("kvp", "lengths", "expected"),
    [
        (80, {"soft": 50.0}, 0.23385),
        (80, {"soft": 300.0}, 0.00053819),
        (70, {"soft": 150.0, "metal": 1.0}, 0.0079088),
        (90, {"soft": 150.0, "metal": 5.0}, 0.0030399),
    ],
)
def test_tissue_and_titanium_are_those_of_spekpy_and_xraylib(kvp, lengths, expected):
    found = beam(kvp).primary(slabs(**lengths))
    np.testing.assert_allclose(found, expected, rtol=0.02)


def test_the_table_is_the_full_sum_over_energies():
    stream = rng(2, "lengths")
    soft, bone = stream.uniform(0, 500, (50, 60)), stream.uniform(0, 90, (50, 60))
    found = beam(82.0).primary(slabs(soft, bone, shape=(50, 60)))
    exact = (
        tube_spectrum(82.0).detected().transmission({"soft": soft, "cortical": bone})
    )
    np.testing.assert_allclose(found, exact, rtol=3e-3)
    np.testing.assert_allclose(found[soft > 30], exact[soft > 30], rtol=1e-3)


def test_a_trace_of_metal_changes_a_pixel_only_by_a_trace():
    without = beam(80).primary(slabs(210.3, 7.7))
    speck = beam(80).primary(slabs(210.3, 7.7, metal=1e-6))
    np.testing.assert_allclose(speck, without, rtol=3e-4)


def test_gas_makes_no_more_light_than_the_open_beam():
    assert beam(80).primary(slabs(-30.0)).max() <= 1.0 + 1e-6


def test_more_of_anything_lets_less_through():
    for name in ("soft", "cortical", "metal"):
        plate = slabs(**{"soft": 100.0, name: np.linspace(100, 110, 30)}, shape=(1, 30))
        assert np.all(np.diff(beam(80).primary(plate)[0]) < 0)


@pytest.mark.parametrize("quanta", [0.5, 5.0, 29.0, 31.0, 400.0, 2e4])
def test_counts_have_the_mean_and_the_variance_of_poisson(quanta):
    counts = with_noise(np.full((400, 400), quanta, np.float32), rng(1, "fano"))
    assert counts.mean() == pytest.approx(quanta, rel=0.01)
    assert counts.var() / counts.mean() == pytest.approx(1.0, abs=0.02)


def test_four_times_the_dose_doubles_the_ratio_of_signal_to_noise():
    def ratio(quanta):
        flat = np.full((300, 300), quanta, np.float32)
        reading = detected(flat, 0.14, Exposure(electronic_quanta=0.0), rng(3, "snr"))
        return reading.mean() / reading.std()

    assert ratio(4000.0) / ratio(1000.0) == pytest.approx(2.0, rel=0.02)


def test_electronics_add_their_variance_and_none_of_it_is_blurred():
    dark = np.zeros((300, 300), np.float32)
    for pitch_mm in (0.14, 0.9):
        reading = detected(dark, pitch_mm, Exposure(), rng(4, "dark"))
        assert reading.std() == pytest.approx(12.0, rel=0.02)
        beside = (reading[:, 1:] * reading[:, :-1]).mean() / reading.var()
        assert abs(beside) < 0.02


@pytest.mark.parametrize("blur_mm", [0.10, 0.15, 0.25])
def test_a_slanted_edge_gives_the_modulation_transfer_that_was_set(blur_mm):
    pitch_mm, slope = 0.05, np.tan(np.deg2rad(3.0))
    rows, columns = np.mgrid[:400, :240]
    distance_mm = (columns - 120 - (rows - 200) * slope) * pitch_mm
    bright = np.where(distance_mm > 0, 2e9, 1e9).astype(np.float32)
    reading = detected(bright, pitch_mm, Exposure(blur_mm=blur_mm), rng(5, "mtf"))
    across = np.cos(np.arctan(slope))
    edges = np.arange(-3.0, 3.0, 0.0125)
    where = np.digitize((distance_mm * across)[20:-20, 20:-20].ravel(), edges)
    values = reading[20:-20, 20:-20].ravel()
    total = np.bincount(where, values, len(edges) + 1)
    profile = (total / np.maximum(np.bincount(where, None, len(edges) + 1), 1))[1:-1]
    transfer = np.abs(np.fft.rfft(np.diff(profile)))
    frequency = np.fft.rfftfreq(len(profile) - 1, 0.0125)
    seen = frequency < 3.0
    expected = np.exp(-2 * (np.pi * blur_mm * frequency[seen]) ** 2)
    np.testing.assert_allclose(transfer[seen] / transfer[0], expected, atol=0.03)


def test_the_noise_power_falls_with_the_square_of_the_modulation_transfer():
    pitch_mm, blur_mm, quanta = 0.1, 0.15, 5000.0
    flat = np.full((512, 512), quanta, np.float32)
    settings = Exposure(blur_mm=blur_mm, electronic_quanta=0.0)
    reading = detected(flat, pitch_mm, settings, rng(6, "nps")) - quanta
    power = np.abs(np.fft.fft2(reading)) ** 2 / reading.size
    down = np.fft.fftfreq(512, pitch_mm)
    frequency = np.hypot(down[:, None], down)
    for low, high in ((0.1, 0.5), (0.9, 1.1), (1.8, 2.2)):
        ring = (frequency > low) & (frequency < high)
        expected = quanta * np.exp(-((2 * np.pi * blur_mm * frequency[ring]) ** 2))
        assert power[ring].mean() == pytest.approx(expected.mean(), rel=0.06)


def test_scatter_is_the_asked_share_of_the_primary_behind_the_middle():
    lengths = slabs(200.0, shape=(120, 160))
    direct = beam(80).primary(lengths)
    stray = scattered(direct, lengths, 2.0, 0.6)
    middle = np.s_[40:80, 53:106]
    ratio = stray[middle].mean() / direct[middle].mean()
    assert ratio == pytest.approx(0.6, rel=0.02)


def test_scatter_is_smooth_and_reaches_the_air_beside_the_body():
    lengths = slabs(np.where(np.arange(200) < 100, 200.0, 0.0), shape=(150, 200))
    direct = beam(80).primary(lengths)
    stray = scattered(direct, lengths, 2.0, 0.5)
    assert np.abs(np.diff(stray, axis=1)).max() < 0.03 * stray.max()
    assert 0 < stray[75, 190] < stray[75, 105] < stray[75, 50]


def test_nothing_scatters_where_nobody_stands():
    lengths = slabs(0.0, shape=(40, 40))
    assert not scattered(beam(80).primary(lengths), lengths, 2.0, 0.5).any()


def test_scatter_lowers_the_contrast_of_bone_by_one_plus_its_share():
    bone = np.where(np.abs(np.arange(160) - 80) < 5, 10.0, 0.0)
    lengths = slabs(200.0, bone, shape=(120, 160))
    direct = beam(80).primary(lengths)
    seen = direct + scattered(direct, lengths, 2.0, 0.5)
    local = seen[60, 60] / direct[60, 60]

    def contrast(picture):
        return (picture[60, 60] - picture[60, 80]) / picture[60, 60]

    ratio = contrast(direct) / contrast(seen)
    assert ratio == pytest.approx(local, rel=0.08)
    assert local == pytest.approx(1.5, abs=0.2)


def test_collimation_takes_scatter_away():
    lengths = slabs(200.0, shape=(120, 160))
    direct = beam(80).primary(lengths)
    narrow = np.zeros((120, 160), np.float32)
    narrow[:, 60:100] = 1.0
    whole = scattered(direct, lengths, 2.0, 0.5)
    part = scattered(direct, lengths, 2.0, 0.5, narrow)
    assert part[60, 80] < 0.9 * whole[60, 80]


def test_the_exposure_control_gives_the_quanta_it_was_asked_for():
    lengths = slabs(np.where(np.arange(90) < 60, 200.0, 0.0), shape=(90, 90))
    share = beam(80).primary(lengths)
    settings = Exposure(quanta_per_mm2=5e4)
    open_beam = open_beam_quanta(share, lengths, 0.2, settings)
    assert open_beam * share[45, 45] == pytest.approx(5e4 * 0.04, rel=1e-3)


def test_texture_has_no_mean_and_grows_with_the_root_of_the_path():
    settings = Exposure(texture=1.0)

    def spread(trabecular):
        plate = slabs(150.0, 8.0, trabecular, shape=(512, 512))
        smooth = beam(settings.kvp).primary(plate)
        grain = np.log(primary(plate, 0.3, settings, rng(9, "grain")) / smooth)
        assert abs(grain.mean()) < 0.5 * grain.std()
        return grain.var()

    soft = spread(0.0)
    one, four = spread(10.0) - soft, spread(40.0) - soft
    assert four / one == pytest.approx(4.0, rel=0.05)


def test_the_same_stream_gives_the_same_bits():
    lengths = slabs(200.0, 5.0, 20.0, shape=(64, 64))
    once = primary(lengths, 0.3, Exposure(), rng(1, "a"))
    again = primary(lengths, 0.3, Exposure(), rng(1, "a"))
    other = primary(lengths, 0.3, Exposure(), rng(2, "a"))
    assert once.tobytes() == again.tobytes()
    assert once.tobytes() != other.tobytes()


@pytest.mark.parametrize(
    "wrong", [{"kvp": -1.0}, {"quanta_per_mm2": 0.0}, {"blur_mm": -0.1}]
)
def test_impossible_settings_are_refused(wrong):
    with pytest.raises(SpinesegError, match=next(iter(wrong))):
        Exposure(**wrong)


def test_three_channels_are_not_path_lengths():
    with pytest.raises(SpinesegError, match="four channels"):
        beam(80).primary(np.zeros((3, 4, 4), np.float32))
