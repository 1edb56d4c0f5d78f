"""The tables of attenuation and of beams against published and recomputed values."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spineseg.core.errors import SpinesegError
from spineseg.imaging.attenuation import (
    linear_attenuation,
    mass_attenuation,
    tube_spectrum,
)


@pytest.mark.parametrize(
    ("material", "at_40", "at_60", "at_100"),
    [
        ("water", 0.2683, 0.2059, 0.1707),
        ("soft", 0.2688, 0.2048, 0.1693),
        ("cortical", 0.6655, 0.3148, 0.1855),
        ("adipose", 0.2396, 0.1974, 0.1688),
        ("titanium", 2.214, 0.7661, 0.2721),
        ("lead", 14.36, 5.021, 5.549),
    ],
)
def test_coefficients_are_those_printed_by_nist(material, at_40, at_60, at_100):
    found = mass_attenuation(material, [40.0, 60.0, 100.0])
    np.testing.assert_allclose(found, [at_40, at_60, at_100], rtol=1e-3)


def test_linear_attenuation_is_per_millimetre():
    assert linear_attenuation("water", 60.0) == pytest.approx(0.02059)
    assert linear_attenuation("cortical", 60.0) == pytest.approx(0.3148 * 1.92 / 10)


def test_lead_jumps_up_at_its_k_edge():
    below, above = mass_attenuation("lead", [87.9, 88.1])
    assert above / below == pytest.approx(4.0, rel=0.02)


@pytest.mark.parametrize(
    ("kvp", "mean_kev", "hvl_mm"),
    [(70, 40.3, 2.66), (75, 42.1, 2.84), (80, 43.8, 3.03), (85, 45.5, 3.23)],
)
def test_beams_have_the_mean_energy_and_half_value_layer_of_spekpy(
    kvp, mean_kev, hvl_mm
):
    beam = tube_spectrum(kvp)
    assert beam.mean_kev == pytest.approx(mean_kev, abs=0.1)
    assert beam.half_value_layer_mm() == pytest.approx(hvl_mm, rel=0.02)


def test_a_tenth_of_a_millimetre_of_copper_hardens_80_kv_as_spekpy_says():
    beam = tube_spectrum(80, (("copper", 0.1),))
    assert beam.mean_kev == pytest.approx(48.4, abs=0.1)
    assert beam.half_value_layer_mm() == pytest.approx(4.58, rel=0.01)


@pytest.mark.parametrize(("kvp", "mean_kev"), [(70, 50.7), (80, 55.5), (90, 59.6)])
def test_twenty_centimetres_of_water_harden_the_beam_as_spekpy_says(kvp, mean_kev):
    behind = tube_spectrum(kvp).behind({"water": 200.0})
    assert behind.mean_kev == pytest.approx(mean_kev, abs=0.3)


@given(kvp=st.floats(50, 125), more=st.floats(0.5, 20))
def test_more_voltage_and_more_matter_make_a_beam_harder(kvp, more):
    beam = tube_spectrum(kvp)
    assert beam.share.sum() == pytest.approx(1.0)
    assert beam.behind({"soft": 10.0 * more}).mean_kev > beam.mean_kev
    if kvp + more <= 125:
        assert tube_spectrum(kvp + more).mean_kev > beam.mean_kev


def test_transmission_of_one_energy_is_the_exponential_of_the_text_book():
    beam = tube_spectrum(80)
    single = type(beam)(np.array([60.0]), np.array([1.0]))
    passed = single.transmission({"water": [0.0, 100.0], "cortical": [0.0, 5.0]})
    expected = np.exp(-0.02059 * 100 - 0.3148 * 0.192 * 5)
    np.testing.assert_allclose(passed, [1.0, expected], rtol=1e-12)


def test_transmission_never_depends_on_the_order_of_the_layers():
    beam = tube_spectrum(75)
    together = beam.transmission({"soft": 150.0, "cortical": 12.0})
    one = beam.transmission({"soft": 150.0})
    rest = beam.behind({"soft": 150.0}).transmission({"cortical": 12.0})
    assert together == pytest.approx(one * rest, rel=1e-9)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: mass_attenuation("cheese", 60.0), "unknown material.*water"),
        (lambda: mass_attenuation("water", 10.0), "energy outside"),
        (lambda: tube_spectrum(140), "50 to 125 kV"),
    ],
)
def test_what_the_tables_do_not_hold_is_refused(call, words):
    with pytest.raises(SpinesegError, match=words):
        call()


@pytest.mark.oracle
@pytest.mark.parametrize(("material", "number"), [("titanium", 22), ("lead", 82)])
def test_xraylib_gives_the_same_coefficients(material, number):
    xraylib = pytest.importorskip("xraylib")
    for energy in (20.0, 30.0, 45.0, 60.0, 80.0, 100.0):
        found = mass_attenuation(material, energy)
        assert found == pytest.approx(xraylib.CS_Total(number, energy), rel=2e-3)
