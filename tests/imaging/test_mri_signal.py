import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spineseg.anatomy.tissue import marrow
from spineseg.core.errors import SpinesegError
from spineseg.imaging.mri_signal import (
    PROTOCOLS,
    TISSUES,
    Protocol,
    mixture_signal,
    spin_echo,
    tissue_signal,
)


def total(name: str, contrast: str, field_tesla: float = 1.5) -> float:
    mixture = marrow(45.0) if name == "marrow" else {name: 1.0}
    return sum(mixture_signal(mixture, PROTOCOLS[contrast], field_tesla))


def test_after_one_t1_and_one_t2_the_signal_is_the_product_of_both_factors():
    # 1 - 1/e = 0.632121, 1/e = 0.367879
    signal = spin_echo(2.0, 1000.0, 100.0, tr_ms=1000.0, te_ms=100.0)
    assert signal == pytest.approx(2.0 * 0.632121 * 0.367879, rel=1e-5)


def test_a_long_tr_and_no_te_measure_proton_density():
    assert spin_echo(0.7, 500.0, 50.0, 1e6, 0.0) == pytest.approx(0.7)


@given(tr=st.floats(100, 6000), te=st.floats(0, 99))
def test_signal_lies_between_zero_and_density(tr, te):
    for tissue in TISSUES.values():
        signal = spin_echo(tissue.density, tissue.t1_ms, tissue.t2_ms, tr, te)
        assert 0 <= signal <= tissue.density


def test_t1_weighting_orders_tissues_as_readers_know_them():
    order = ["fat", "marrow", "liver", "cord", "nucleus", "annulus", "csf"]
    values = [total(name, "t1") for name in order]
    assert values == sorted(values, reverse=True)
    assert total("cord", "t1") > total("muscle", "t1") > total("annulus", "t1")
    assert total("cortical_bone", "t1") < 0.1 * total("fat", "t1")


def test_t2_weighting_orders_tissues_as_readers_know_them():
    order = ["csf", "fat", "nucleus", "cord", "marrow", "liver", "muscle", "annulus"]
    values = [total(name, "t2") for name in order]
    assert values == sorted(values, reverse=True)


@pytest.mark.parametrize(("name", "value"), [("csf", 0.545), ("nucleus", 0.346)])
def test_t2_signals_keep_their_pinned_values(name, value):
    assert total(name, "t2") == pytest.approx(value, abs=0.002)


def test_csf_is_dark_on_t1_and_bright_on_t2():
    assert total("csf", "t1") < total("cord", "t1")
    assert total("csf", "t2") > 2 * total("cord", "t2")


def test_t1_grows_and_t2_does_not_grow_with_the_field():
    for name, tissue in TISSUES.items():
        if name != "air":
            assert tissue.t1_3t_ms > tissue.t1_ms, name
            assert tissue.t2_3t_ms <= tissue.t2_ms, name


def test_only_fat_sits_at_the_frequency_of_fat():
    water, fat = mixture_signal({"fat": 0.5, "muscle": 0.5}, PROTOCOLS["t1"])
    assert fat == pytest.approx(0.5 * tissue_signal("fat", PROTOCOLS["t1"]))
    assert water == pytest.approx(0.5 * tissue_signal("muscle", PROTOCOLS["t1"]))


def test_marrow_becomes_fatter_with_age_and_its_shares_sum_to_one():
    shares = [marrow(age)["fat"] for age in (20, 40, 60, 80)]
    assert shares == sorted(shares)
    assert sum(marrow(50).values()) == pytest.approx(1.0)
    assert total("marrow", "t1") < sum(mixture_signal(marrow(80), PROTOCOLS["t1"]))


def test_every_tissue_names_its_source():
    assert all(tissue.source for tissue in TISSUES.values())


@pytest.mark.parametrize(
    "call",
    [
        lambda: spin_echo(1, 900, 50, 100, 120),
        lambda: spin_echo(1, 0, 50, 500, 10),
        lambda: tissue_signal("cheese", PROTOCOLS["t1"]),
        lambda: tissue_signal("fat", PROTOCOLS["t1"], 7.0),
    ],
)
def test_impossible_requests_are_refused(call):
    with pytest.raises(SpinesegError):
        call()


def test_a_protocol_is_only_two_numbers():
    proton = Protocol("pd", tr_ms=4000.0, te_ms=15.0)
    csf, fat = (tissue_signal(name, proton) for name in ("csf", "fat"))
    assert np.isfinite([csf, fat]).all()
    assert fat > csf > 0.5
