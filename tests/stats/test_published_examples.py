"""Worked examples that were published with their data, digit for digit."""

import numpy as np
import pytest

from spineseg import stats
from spineseg.core.rng import rng

# litres a minute, 17 people, two meters (Bland and Altman 1986, Lancet 1:307, Table 1)
WRIGHT = (
    "494 395 516 434 476 557 413 442 650 433 417 656 267 478 178 423 427",
    "512 430 520 428 500 600 364 380 658 445 432 626 260 477 259 350 451",
)
# crossed minus self-fertilised maize, eighths of an inch (Darwin 1876; Fisher 1935)
MAIZE = "49 -67 8 16 6 23 28 41 14 29 56 24 75 60 -48"
# mean ranks of four classifiers on 14 data sets (Demsar 2006, Table 6)
RANKS = {"C4.5": 3.143, "C4.5+m": 2.0, "C4.5+cf": 2.893, "C4.5+m+cf": 1.964}


def numbers(text):
    return np.array(text.split(), float)


def test_two_flow_meters_of_1986_differ_by_minus_2_with_sd_38_8():
    limits = stats.bland_altman(*map(numbers, WRIGHT))
    assert limits.bias == pytest.approx(-2.1, abs=0.05)
    assert limits.sd == pytest.approx(38.8, abs=0.05)
    # the paper takes two SD, we take 1.96
    assert limits.high - limits.bias == pytest.approx(1.96 * 38.8, abs=0.1)


def test_darwins_maize_has_an_exact_permutation_p_of_1726_in_32768():
    gain = numbers(MAIZE)
    result = stats.permutation_paired(gain, np.zeros(15), rng(0, "p"), resamples=2**15)
    assert result.p_value == pytest.approx(1726 / 2**15)
    assert stats.paired_t(gain, np.zeros(15)).statistic == pytest.approx(
        2.148, abs=5e-4
    )


def test_differences_of_demsars_ranks_have_his_p_values():
    p_values = stats.rank_p_values(list(RANKS.values()), 14)
    others = dict(zip(RANKS, p_values[0], strict=True))
    assert others["C4.5+m+cf"] == pytest.approx(0.016, abs=5e-4)
    assert others["C4.5+m"] == pytest.approx(0.019, abs=5e-4)
    assert others["C4.5+cf"] == pytest.approx(0.607, abs=2e-3)


def test_holm_after_friedman_adjusts_all_pairs_as_one_family():
    scores = rng(3, "x").normal([0.0, 0.3, 0.9, 1.2], 1.0, (30, 4))
    adjusted = stats.holm_post_hoc(scores)
    raw = stats.rank_p_values(stats.mean_ranks(scores), 30)
    upper = np.triu_indices(4, 1)
    np.testing.assert_allclose(adjusted[upper], stats.holm(raw[upper]))
    np.testing.assert_array_equal(adjusted, adjusted.T)
    assert (np.diag(adjusted) == 1).all()
    assert (adjusted[upper] <= stats.bonferroni(raw[upper]) + 1e-12).all()
