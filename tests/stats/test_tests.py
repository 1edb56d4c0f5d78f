"""Published worked examples, oracles and invariants of the tests on scores."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spineseg import SpinesegError, rng, stats

# Student 1908, the sleep data
SLEEP = (
    [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0],
    [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4],
)
# Hollander and Wolfe 1973, p. 29: depression scale before and after tranquilliser
DEPRESSION = (
    [1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30],
    [0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29],
)
# Hollander and Wolfe 1973, p. 140: three ways of rounding first base
ROUNDING = np.array(
    [
        "5.40",
        "5.50",
        "5.55",
        "5.85",
        "5.70",
        "5.75",
        "5.20",
        "5.60",
        "5.50",
        "5.55",
        "5.50",
        "5.40",
        "5.90",
        "5.85",
        "5.70",
        "5.45",
        "5.55",
        "5.60",
        "5.40",
        "5.40",
        "5.35",
        "5.45",
        "5.50",
        "5.35",
        "5.25",
        "5.15",
        "5.00",
        "5.85",
        "5.80",
        "5.70",
        "5.25",
        "5.20",
        "5.10",
        "5.65",
        "5.55",
        "5.45",
        "5.60",
        "5.35",
        "5.45",
        "5.05",
        "5.00",
        "4.95",
        "5.50",
        "5.50",
        "5.40",
        "5.45",
        "5.55",
        "5.50",
        "5.55",
        "5.55",
        "5.35",
        "5.45",
        "5.50",
        "5.55",
        "5.50",
        "5.45",
        "5.25",
        "5.65",
        "5.60",
        "5.40",
        "5.70",
        "5.65",
        "5.55",
        "6.30",
        "6.30",
        "6.25",
    ],
    float,
).reshape(22, 3)


def test_students_sleep_data_have_t_minus_4_06():
    result = stats.paired_t(*SLEEP)
    assert result.statistic == pytest.approx(-4.0621, abs=5e-5)
    assert result.p_value == pytest.approx(0.002833, abs=5e-7)
    assert result.n == 10


def test_the_depression_data_have_an_exact_p_of_0_039():
    for test in (stats.wilcoxon_drop_zeros, stats.wilcoxon_rank_zeros):
        assert test(*DEPRESSION).p_value == pytest.approx(0.0390625)


def test_the_rounding_data_have_a_friedman_statistic_of_11_14():
    result = stats.friedman(ROUNDING)
    assert result.statistic == pytest.approx(11.1429, abs=5e-5)
    assert result.p_value == pytest.approx(0.003805, abs=5e-7)


def test_zeros_are_dropped_or_ranked_by_name():
    x = np.array([0, 0, 0, 1, 2, 3, 4, 5, 6.5])
    y = np.zeros(9)
    dropped, ranked = stats.wilcoxon_drop_zeros(x, y), stats.wilcoxon_rank_zeros(x, y)
    assert (dropped.n, ranked.n) == (6, 9)
    assert dropped.p_value == pytest.approx(2 / 2**6)
    assert dropped.p_value != ranked.p_value


def test_equal_samples_give_p_one_everywhere():
    x = [1.0, 2.0, 3.0]
    for test in (stats.paired_t, stats.wilcoxon_drop_zeros, stats.wilcoxon_rank_zeros):
        assert test(x, x).p_value == 1
    assert stats.friedman(np.ones((4, 3))).p_value == 1


def test_five_equal_signs_have_an_exact_permutation_p_of_one_sixteenth():
    result = stats.permutation_paired([1, 2, 3, 4, 5], [0] * 5, rng(0, "p"))
    assert result.p_value == pytest.approx(2 / 32)


def test_random_sign_flips_come_near_the_exact_answer():
    x = rng(1, "x").normal(0.4, 1, 12)
    exact = stats.permutation_paired(x, np.zeros(12), rng(0, "p"), resamples=5000)
    drawn = stats.permutation_paired(x, np.zeros(12), rng(0, "p"), resamples=4000)
    assert drawn.p_value == pytest.approx(exact.p_value, abs=0.03)


@pytest.mark.parametrize(
    ("images", "methods", "difference"), [(14, 4, 1.25), (30, 5, 1.11)]
)
def test_critical_differences_are_those_of_demsar(images, methods, difference):
    # q at 5 %: 2.569 for four methods (Demsar 2006, Table 5 and Section 3.2.2), 2.728
    cd = stats.critical_difference(images, methods)
    assert cd == pytest.approx(difference, abs=0.006)


def test_nemenyi_rejects_exactly_beyond_the_critical_difference():
    scores = rng(3, "s").normal(size=(25, 4)) + [0.0, 0.2, 0.8, 1.6]
    ranks = stats.mean_ranks(scores)
    beyond = np.abs(ranks[:, None] - ranks) > stats.critical_difference(25, 4)
    assert 0 < beyond.sum() < 12
    np.testing.assert_array_equal(stats.nemenyi(scores) < 0.05, beyond)


def test_the_highest_score_has_rank_one_and_ties_share():
    ranks = stats.mean_ranks([[0.9, 0.8, 0.8], [0.7, 0.6, 0.5]])
    np.testing.assert_allclose(ranks, [1.0, 2.25, 2.75])


# Benjamini and Hochberg 1995, Section 3.2
BH_1995 = (
    [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344]
    + [0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0]
)  # fmt: skip


def test_the_1995_example_rejects_four_by_fdr_and_three_by_bonferroni():
    assert (stats.benjamini_hochberg(BH_1995) <= 0.05).sum() == 4
    assert (stats.bonferroni(BH_1995) <= 0.05).sum() == 3


@pytest.mark.oracle
@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_adjusted_p_values_are_those_of_statsmodels(p_values):
    from statsmodels.stats.multitest import multipletests

    for ours, name in (
        (stats.bonferroni, "bonferroni"),
        (stats.holm, "holm"),
        (stats.benjamini_hochberg, "fdr_bh"),
    ):
        theirs = multipletests(p_values, method=name)[1]
        np.testing.assert_allclose(ours(p_values), theirs, atol=1e-12)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_fdr_is_never_above_holm_and_holm_never_above_bonferroni(p_values):
    slack = 1e-12
    assert (stats.benjamini_hochberg(p_values) <= stats.holm(p_values) + slack).all()
    assert (stats.holm(p_values) <= stats.bonferroni(p_values) + slack).all()


@pytest.mark.parametrize(
    "call",
    [
        lambda: stats.paired_t([1, 2], [1, 2, 3]),
        lambda: stats.paired_t([1, np.nan], [1, 2]),
        lambda: stats.friedman([[1, 2], [3, 4]]),
        lambda: stats.nemenyi([1, 2, 3]),
        lambda: stats.holm([0.5, 1.5]),
        lambda: stats.bonferroni([]),
    ],
)
def test_bad_samples_are_refused(call):
    with pytest.raises(SpinesegError):
        call()


def test_the_false_positive_rate_of_the_tests_is_their_level():
    generator = rng(5, "level")
    rates = []
    for test in (stats.paired_t, stats.wilcoxon_drop_zeros):
        p = [test(*generator.normal(size=(2, 15))).p_value for _ in range(800)]
        rates.append(np.mean(np.array(p) < 0.05))
    assert all(0.03 < rate < 0.072 for rate in rates), rates
