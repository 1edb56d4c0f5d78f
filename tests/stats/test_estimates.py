"""Effect sizes, intervals, agreement, power and what printed numbers imply."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spineseg import SpinesegError, rng, stats
from spineseg.stats import published

SHROUT_FLEISS = np.array(
    [
        [9, 2, 5, 8],
        [6, 1, 3, 2],
        [8, 4, 6, 8],
        [7, 1, 2, 6],
        [10, 5, 6, 9],
        [6, 2, 4, 7],
    ]
)


def test_shrout_and_fleiss_1979_have_icc_0_29_and_0_71():
    assert stats.icc_agreement(SHROUT_FLEISS) == pytest.approx(0.29, abs=0.005)
    assert stats.icc_consistency(SHROUT_FLEISS) == pytest.approx(0.71, abs=0.005)


def test_a_constant_offset_costs_agreement_and_not_consistency():
    one = np.arange(8.0)
    ratings = np.stack([one, one + 2], 1)
    assert stats.icc_consistency(ratings) == pytest.approx(1)
    assert stats.icc_agreement(ratings) < 0.8


def test_bland_altman_of_a_pure_offset_is_the_offset():
    result = stats.bland_altman([3.0, 4.0, 5.0], [1.0, 2.0, 3.0])
    assert (result.bias, result.low, result.high, result.sd) == (2, 2, 2, 0)


def test_limits_of_agreement_hold_95_percent_of_normal_differences():
    x = rng(0, "x").normal(0.3, 2.0, 20_000)
    limits = stats.bland_altman(x, np.zeros_like(x))
    inside = ((x > limits.low) & (x < limits.high)).mean()
    assert inside == pytest.approx(0.95, abs=0.005)


def test_a_shift_of_one_sd_has_d_one():
    x = np.array([1.0, 2.0, 3.0])
    assert stats.cohens_d_pooled(x + 1, x) == pytest.approx(1.0)
    assert stats.cohens_d_paired([2, 3, 5], [1, 2, 3]) == pytest.approx(
        np.mean([1, 1, 2]) / np.std([1, 1, 2], ddof=1)
    )


def test_cliffs_delta_counts_pairs():
    assert stats.cliffs_delta([3, 4], [1, 2]) == 1
    assert stats.cliffs_delta([1, 2], [1, 2]) == 0
    assert stats.cliffs_delta([1, 2, 2], [2, 3]) == pytest.approx((0 - 4) / 6)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.integers(-3, 3), min_size=1, max_size=9),
    st.lists(st.integers(-3, 3), min_size=1, max_size=9),
)
def test_cliffs_delta_is_the_double_loop_and_antisymmetric(x, y):
    loop = sum(np.sign(a - b) for a in x for b in y) / (len(x) * len(y))
    assert stats.cliffs_delta(x, y) == pytest.approx(loop)
    assert stats.cliffs_delta(y, x) == pytest.approx(-loop)


def test_the_mean_of_normal_scores_is_covered_95_times_in_100():
    generator, hits = rng(2, "cover"), 0
    for _ in range(200):
        x = generator.normal(1.0, 1.0, 40)
        interval = stats.bootstrap_images(x, generator, resamples=400)
        hits += interval.low <= 1.0 <= interval.high
    assert 0.89 <= hits / 200 <= 0.985


def test_images_of_one_patient_widen_the_interval():
    generator = rng(3, "clusters")
    patients = np.repeat(np.arange(20), 10)
    scores = generator.normal(size=20)[patients] + 0.1 * generator.normal(size=200)
    by_image = stats.bootstrap_images(scores, generator)
    by_patient = stats.bootstrap_patients(scores, patients, generator)
    ratio = (by_patient.high - by_patient.low) / (by_image.high - by_image.low)
    # ten copies of 20 numbers: the honest interval is sqrt(10) wider
    assert ratio == pytest.approx(math.sqrt(10), rel=0.2)


def test_seeds_widen_the_interval_of_images():
    generator = rng(4, "seeds")
    scores = generator.normal(size=(5, 1)) + generator.normal(size=(1, 50))
    both = stats.bootstrap_seeds_and_images(scores, generator)
    images = stats.bootstrap_images(scores.mean(0), generator)
    assert both.high - both.low > 1.5 * (images.high - images.low)
    assert both.estimate == pytest.approx(scores.mean())


def test_bca_is_that_of_scipy_and_moves_with_the_skew():
    x = 1 - rng(5, "dice").beta(1, 12, 60)
    bca = stats.bootstrap_bca(x, rng(5, "b"))
    plain = stats.bootstrap_images(x, rng(5, "b"))
    assert bca.low < plain.low + 0.002
    assert bca.low < bca.estimate < bca.high


def test_the_same_stream_gives_the_same_interval():
    x = rng(6, "x").normal(size=30)
    one, two = (stats.bootstrap_images(x, rng(6, "b")) for _ in range(2))
    assert one == two


def test_a_medium_effect_needs_34_pairs():
    assert stats.pairs_needed(0.5) == 34
    assert stats.power_paired_t(0.5, 34) >= 0.8 > stats.power_paired_t(0.5, 33)


@pytest.mark.oracle
@pytest.mark.parametrize(("effect", "n"), [(0.2, 50), (0.5, 34), (1.2, 8)])
def test_power_is_that_of_statsmodels(effect, n):
    from statsmodels.stats.power import TTestPower

    theirs = TTestPower().power(effect, n, 0.05, alternative="two-sided")
    assert stats.power_paired_t(effect, n) == pytest.approx(theirs, abs=1e-6)


@pytest.mark.parametrize(("effect", "n"), [(0.6, 250), (0.9, 500), (2.0, 100)])
def test_the_power_of_a_large_effect_is_one_and_not_undefined(effect, n):
    assert stats.power_paired_t(effect, n) == pytest.approx(1.0)


def test_power_without_an_effect_is_the_level():
    assert stats.power_paired_t(0.0, 20) == pytest.approx(0.05)


class TestPublished:
    @pytest.mark.parametrize(
        ("printed", "low", "high"),
        [("0.91", 0.905, 0.915), ("91.1", 91.05, 91.15), ("7", 6.5, 7.5)],
    )
    def test_rounding_allows_half_a_unit_of_the_last_digit(self, printed, low, high):
        found = published.rounded(printed)
        assert (found.low, found.high) == pytest.approx((low, high))

    @pytest.mark.parametrize("printed", ["", "n/a", "1e-3", "inf", "0,91"])
    def test_what_is_no_decimal_number_is_refused(self, printed):
        with pytest.raises(SpinesegError, match="printed decimal"):
            published.rounded(printed)

    @settings(max_examples=100, deadline=None)
    @given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
    def test_the_mean_iou_lies_where_the_mean_dice_says(self, dice):
        d = np.array(dice)
        exact = published.Range(d.mean(), d.mean())
        allowed = published.mean_iou_given_mean_dice(exact)
        iou = (d / (2 - d)).mean()
        assert allowed.low - 1e-12 <= iou <= allowed.high + 1e-12

    @settings(max_examples=100, deadline=None)
    @given(st.lists(st.tuples(*[st.floats(0.01, 1)] * 2), min_size=1, max_size=20))
    def test_the_mean_dice_lies_below_what_the_mean_recall_says(self, pairs):
        recall, precision = np.array(pairs).T
        dice = 2 * precision * recall / (precision + recall)
        exact = published.Range(recall.mean(), recall.mean())
        allowed = published.mean_dice_given_mean_recall(exact)
        assert dice.mean() <= allowed.high + 1e-12

    def test_a_mean_recall_of_0_1236_caps_the_mean_dice_at_0_22(self):
        cap = published.mean_dice_given_mean_recall(published.rounded("0.1236")).high
        assert round(cap, 2) == 0.22

    @settings(max_examples=100, deadline=None)
    @given(*[st.integers(1, 1000)] * 4)
    def test_prevalence_comes_back_from_a_confusion_matrix(self, tp, fp, fn, tn):
        def exact(value):
            return published.Range(value, value)

        n = tp + fp + fn + tn
        found = published.prevalence_given(
            exact((tp + tn) / n),
            exact(tp / (tp + fn)),
            exact(2 * tp / (2 * tp + fp + fn)),
        )
        assert found.low == pytest.approx((tp + fn) / n)
        assert found.high == pytest.approx((tp + fn) / n)

    def test_the_interval_of_a_printed_mean_is_the_t_interval(self):
        interval = published.interval_of_mean(10.0, 2.0, 16)
        assert interval.high - 10 == pytest.approx(2.13145 * 2 / 4, abs=1e-4)

    def test_rounding_widens_the_interval_of_a_printed_mean(self):
        printed = published.interval_of_mean(
            published.rounded("10.0"), published.rounded("2.0"), 16
        )
        corners = [
            published.interval_of_mean(m, sd, 16)
            for m in (9.95, 10.05)
            for sd in (1.95, 2.05)
        ]
        assert printed.low == pytest.approx(min(c.low for c in corners))
        assert printed.high == pytest.approx(max(c.high for c in corners))

    @settings(max_examples=60, deadline=None)
    @given(st.integers(2, 40), st.integers(2, 40), st.integers(0, 2**31 - 1))
    def test_the_p_values_of_printed_means_hold_those_of_all_true_ones(self, n, m, s):
        draw = rng(s, "welch")
        means, sds = draw.normal(0, 1, 2), draw.uniform(0.2, 2, 2)
        ranges = [
            published.rounded(f"{value:.1f}")
            for value in (means[0], sds[0], means[1], sds[1])
        ]
        p = published.welch_from_summaries(means[0], sds[0], n, means[1], sds[1], m)
        allowed = published.welch_of_printed(*ranges[:2], n, *ranges[2:], m)
        assert allowed.low * (1 - 1e-9) <= p <= allowed.high * (1 + 1e-9)

    def test_unrounded_means_have_one_p_value(self):
        exact = [published.Range(v, v) for v in (1.0, 0.5, 1.4, 0.9)]
        allowed = published.welch_of_printed(*exact[:2], 9, *exact[2:], 14)
        p = published.welch_from_summaries(1.0, 0.5, 9, 1.4, 0.9, 14)
        assert (allowed.low, allowed.high) == pytest.approx((p, p))

    def test_six_pairs_cannot_give_a_two_sided_p_below_0_031(self):
        assert published.smallest_wilcoxon_p(6) == 2 / 64
        x = np.arange(1.0, 7.0)
        assert stats.wilcoxon_drop_zeros(x, np.zeros(6)).p_value == pytest.approx(
            2 / 64
        )

    def test_f1_is_harmonic_and_welch_is_scipys(self):
        exact = published.f1_of(published.Range(0.5, 0.5), published.Range(1.0, 1.0))
        assert exact.low == pytest.approx(2 / 3)
        x, y = rng(0, "x").normal(size=9), rng(0, "y").normal(1, 2, size=14)
        from scipy.stats import ttest_ind

        p = published.welch_from_summaries(
            x.mean(), x.std(ddof=1), 9, y.mean(), y.std(ddof=1), 14
        )
        assert p == pytest.approx(ttest_ind(x, y, equal_var=False).pvalue)


@pytest.mark.parametrize(
    "call",
    [
        lambda: stats.cohens_d_paired([1, 2], [0, 1]),
        lambda: stats.cliffs_delta([], [1]),
        lambda: stats.icc_agreement([[1, 2]]),
        lambda: stats.pairs_needed(0.0),
        lambda: stats.bootstrap_images([1.0], rng(0, "b")),
        lambda: stats.bootstrap_patients([1.0, 2.0], [1], rng(0, "b")),
        lambda: published.interval_of_mean(1, 1, 1),
        lambda: published.welch_of_printed(
            *[published.Range(0, 1)] * 2, 9, *[published.Range(1, 2)] * 2, 9
        ),
    ],
)
def test_what_has_no_answer_is_refused(call):
    with pytest.raises(SpinesegError):
        call()
