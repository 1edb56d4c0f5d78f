"""Tests of two or more methods on the same images.

Thin, explicit calls of scipy: every choice that packages make in silence (what
happens to ties and to zero differences) is a name here.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from spineseg.core.errors import SpinesegError
from spineseg.stats.multiple import holm


@dataclass(frozen=True)
class TestResult:
    """A statistic, its p value and how many observations carried it."""

    __test__ = False  # no test case, whatever pytest thinks of the name

    statistic: float
    p_value: float
    n: int


def paired_t(x: ArrayLike, y: ArrayLike) -> TestResult:
    """Return the two-sided paired t test of equal means.

    Raises:
        SpinesegError: if the samples differ in length, hold NaN or are too short.
    """
    a, b = paired_samples(x, y)
    if np.ptp(a - b) == 0:
        zero = bool(np.all(a == b))
        return TestResult(0.0 if zero else np.inf, 1.0 if zero else 0.0, len(a))
    result = stats.ttest_rel(a, b)
    return TestResult(float(result.statistic), float(result.pvalue), len(a))


def wilcoxon_drop_zeros(x: ArrayLike, y: ArrayLike) -> TestResult:
    """Return the signed-rank test that leaves equal pairs out (Wilcoxon 1945).

    Exact where no two differences tie and at most 50 pairs are left, otherwise the
    normal approximation with the correction for ties. ``n`` counts the pairs left.
    """
    return _wilcoxon(x, y, "wilcox")


def wilcoxon_rank_zeros(x: ArrayLike, y: ArrayLike) -> TestResult:
    """Return the signed-rank test that ranks equal pairs, then drops them (Pratt).

    Pratt 1959, doi:10.1080/01621459.1959.10501526. With many equal pairs it is the
    more cautious of the two.
    """
    return _wilcoxon(x, y, "pratt")


def _wilcoxon(x: ArrayLike, y: ArrayLike, zeros: str) -> TestResult:
    a, b = paired_samples(x, y)
    difference = a - b
    left = int(np.count_nonzero(difference))
    if left == 0:
        return TestResult(0.0, 1.0, 0)
    sizes = np.abs(difference[difference != 0])
    no_ties = len(np.unique(sizes)) == left
    exact = no_ties and left <= 50 and (zeros == "wilcox" or left == len(a))
    result: Any = stats.wilcoxon(
        difference,
        zero_method=zeros,
        correction=False,
        method="exact" if exact else "approx",
    )
    n = left if zeros == "wilcox" else len(a)
    return TestResult(float(result.statistic), float(result.pvalue), n)


def permutation_paired(
    x: ArrayLike, y: ArrayLike, rng: np.random.Generator, resamples: int = 9999
) -> TestResult:
    """Return the sign-flip test of a zero mean difference.

    Exact (all 2^n sign patterns) when that many are no more than ``resamples``;
    otherwise random patterns, the observed one counted among them, so that the
    smallest p value is 1 / (resamples + 1).
    """
    a, b = paired_samples(x, y)
    difference = a - b
    observed = abs(difference.mean())
    n = len(difference)
    if 2**n <= resamples:
        codes = np.arange(2**n)[:, None] >> np.arange(n) & 1
        signs = 1.0 - 2.0 * codes
        extreme = np.abs(signs @ difference / n) >= observed - 1e-12
        return TestResult(float(difference.mean()), float(extreme.mean()), n)
    signs = rng.choice((-1.0, 1.0), size=(resamples, n))
    extreme = np.abs(signs @ difference / n) >= observed - 1e-12
    p_value = (extreme.sum() + 1) / (resamples + 1)
    return TestResult(float(difference.mean()), float(p_value), n)


def friedman(scores: ArrayLike) -> TestResult:
    """Return the Friedman test on scores of shape (images, methods), ties corrected.

    Raises:
        SpinesegError: for fewer than three methods or two images.
    """
    table = score_table(scores)
    if table.shape[1] < 3 or table.shape[0] < 2:
        raise SpinesegError(
            "too small a table for the Friedman test",
            found=table.shape,
            expected="at least 2 images and 3 methods",
        )
    if np.all(table == table[:, :1]):
        return TestResult(0.0, 1.0, len(table))
    result = stats.friedmanchisquare(*table.T)
    return TestResult(float(result.statistic), float(result.pvalue), len(table))


def mean_ranks(scores: ArrayLike) -> NDArray[np.float64]:
    """Return the mean rank of each method over the images; rank one is the highest."""
    return stats.rankdata(-score_table(scores), axis=1).mean(axis=0)


def nemenyi(scores: ArrayLike) -> NDArray[np.float64]:
    """Return the (methods, methods) p values of all pairs after a Friedman test.

    Nemenyi 1963 as told by Demsar 2006, JMLR 7:1-30: differences of mean ranks
    against the studentised range with infinite degrees of freedom.
    """
    ranks = mean_ranks(scores)
    images, methods = score_table(scores).shape
    error = np.sqrt(methods * (methods + 1) / (6 * images))
    q = np.abs(ranks[:, None] - ranks[None]) / error * np.sqrt(2)
    p_values = stats.studentized_range.sf(q, methods, np.inf)
    np.fill_diagonal(p_values, 1.0)
    return p_values


def rank_p_values(ranks: ArrayLike, images: int) -> NDArray[np.float64]:
    """Return the (methods, methods) p values of differences of mean ranks, uncorrected.

    z is the difference over sqrt(k (k + 1) / 6 N), two-sided normal; Demsar 2006,
    section 3.2.2. Alone they are too bold: correct them, as :func:`holm_post_hoc` does.
    """
    places = np.asarray(ranks, float)
    methods = len(places)
    error = np.sqrt(methods * (methods + 1) / (6 * images))
    return 2 * stats.norm.sf(np.abs(places[:, None] - places[None]) / error)


def holm_post_hoc(scores: ArrayLike) -> NDArray[np.float64]:
    """Return the (methods, methods) Holm-adjusted p values after a Friedman test.

    All pairs of methods are one family. Never less powerful than the same z values
    with Bonferroni's correction.
    """
    table = score_table(scores)
    p_values = rank_p_values(mean_ranks(table), len(table))
    upper = np.triu_indices(len(p_values), 1)
    adjusted = np.ones_like(p_values)
    adjusted[upper] = holm(p_values[upper])
    return np.minimum(adjusted, adjusted.T)


def critical_difference(images: int, methods: int, alpha: float = 0.05) -> float:
    """Return the difference of mean ranks from which Nemenyi's test rejects."""
    q = stats.studentized_range.isf(alpha, methods, np.inf) / np.sqrt(2)
    return float(q * np.sqrt(methods * (methods + 1) / (6 * images)))


def paired_samples(
    x: ArrayLike, y: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return two samples as float vectors of one length.

    Raises:
        SpinesegError: if they differ in length, hold NaN or have fewer than two.
    """
    a, b = np.asarray(x, float), np.asarray(y, float)
    if a.shape != b.shape or a.ndim != 1 or len(a) < 2:
        raise SpinesegError(
            "paired samples must be two vectors of one length, at least 2",
            found=f"{a.shape} and {b.shape}",
        )
    if np.isnan(a).any() or np.isnan(b).any():
        raise SpinesegError(
            "paired samples hold undefined values",
            found=f"{int((np.isnan(a) | np.isnan(b)).sum())} pairs with NaN",
            remedy="Leave such pairs out on purpose, and say how many",
        )
    return a, b


def score_table(scores: ArrayLike) -> NDArray[np.float64]:
    """Return scores as a float table (images, methods) without NaN.

    Raises:
        SpinesegError: if it is no table or holds undefined values.
    """
    table = np.asarray(scores, float)
    if table.ndim != 2 or np.isnan(table).any():
        raise SpinesegError(
            "scores must be a table (images, methods) without NaN", found=table.shape
        )
    return table
