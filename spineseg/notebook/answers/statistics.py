"""Checkers of the exercises in "Statistics for segmentation papers"."""

from collections.abc import Callable
from typing import Any

import numpy as np

from spineseg.core.rng import rng
from spineseg.stats import holm, pairs_needed


def _close(value: float, right: float, tolerance: float = 0.005) -> bool:
    return abs(value - right) <= tolerance


def _pencil(answer: tuple[float, float]) -> str | None:
    """statistics.1: W and the exact p of +3, +1, +4, -2, +5."""
    w, p = map(float, answer)
    if _close(w, 13):
        return "13 is the sum of the positive ranks; the smaller one is asked for"
    if not _close(w, 2):
        return "W is the rank of the one negative difference, by size"
    if _close(p, 3 / 32, 0.001):
        return "this is the one-sided p"
    if _close(p, 2 / 16, 0.001):
        return "there are three sets of ranks with a sum of at most 2, one is empty"
    if not _close(p, 6 / 32, 0.001):
        return "count the sign patterns with a sum of at most 2, out of 32, twice"
    return None


def _floors(answer: tuple[int, int]) -> str | None:
    """statistics.2: smallest n for p < 0.01, and for 0.05 over 20 tests."""
    first, second = map(int, answer)
    for n, level, name in ((first, 0.01, "first"), (second, 0.05 / 20, "second")):
        if n < 1:
            return "answer with two numbers of pairs"
        if 2 / 2**n >= level:
            return f"{name}: two-sided, {n} pairs reach {2 / 2**n:.4f} and no less"
        if 2 / 2 ** (n - 1) < level:
            return f"{name}: {n} pairs are enough, but fewer are, too"
    return None


def _units(answer: tuple[int, int, int]) -> str | None:
    """statistics.3: the number of units in three designs."""
    recipe, slices, films = map(int, answer)
    if recipe in (55, 11):
        return "i: checkpoints of one run are looks at one draw"
    if recipe == 10:
        return "i: the n of each recipe is asked for"
    if recipe != 5:
        return "i: who repeats this experiment trains again; how often was that done"
    if slices == 240:
        return "ii: slices of one patient are not independent, and patients are claimed"
    if slices != 30:
        return "ii: who repeats this draws new patients; how many were drawn"
    if films != 100:
        return "iii: here every film is a patient of its own"
    return None


def _holm(answer: Callable[[Any], Any]) -> str | None:
    """statistics.4: Holm's adjusted p values."""
    cases = (
        ([0.01, 0.03, 0.2], "the smallest times three, the next times two"),
        ([0.2, 0.01, 0.03], "results stand in the order of the input"),
        ([0.02, 0.021, 0.022], "a larger p never gets a smaller result"),
        ([0.4, 0.5, 0.6], "nothing exceeds one"),
        ([0.04], "a single test needs no correction"),
    )
    for p, reason in cases:
        value = np.asarray(answer(np.array(p)), float)
        right = holm(p)
        if value.shape != right.shape or not np.allclose(value, right, atol=1e-9):
            if np.allclose(value, np.minimum(np.array(p) * len(p), 1)):
                return f"{p}: this is Bonferroni; the factor falls from step to step"
            return f"{p} gave {value.round(4).tolist()}; {reason}"
    return None


def _redraw(answer: Callable[[Any, np.random.Generator], Any]) -> str | None:
    """statistics.5: one bootstrap sample of whole patients."""
    patients = np.array([*"abbcaccddddd"])
    names = np.unique(patients)
    seen = set()
    for k in range(30):
        index = np.asarray(answer(patients, rng(0, "statistics.5", k)))
        if not np.issubdtype(index.dtype, np.integer):
            return "return indices of images, not names"
        seen.add(tuple(np.sort(index).tolist()))
        times = np.array([np.count_nonzero(index == i) for i in range(len(patients))])
        drawn = np.array([times[patients == who].mean() for who in names])
        if not (times == drawn[np.searchsorted(names, patients)]).all():
            return "the images of one patient must come together, equally often"
        if round(drawn.sum()) != len(names):
            return f"{drawn.sum():g} patients were drawn out of {len(names)}"
    if len(seen) == 1:
        return "every sample is the same: use the generator, with replacement"
    if all(len(index) == len(patients) for index in seen):
        return "draw with replacement: some patients twice, some not at all"
    return None


def _effects(answer: tuple[float, float]) -> str | None:
    """statistics.6: both denominators of Cohen's d."""
    pooled, paired = map(float, answer)
    if _close(pooled, 0.6) and _close(paired, 0.12):
        return "both numbers are right, but the pooled one comes first"
    if not _close(pooled, 0.12):
        return "the pooled one divides the difference by the spread between images"
    if _close(paired, 0.006 / (0.05 * np.sqrt(0.02)), 0.01):
        return "the variance of a difference is that of both: a factor of 2 is missing"
    if _close(paired, 0.006 / (0.05 * np.sqrt(2)), 0.005):
        return "this takes the scores as unrelated; they correlate"
    if not _close(paired, 0.6):
        return "the spread of the differences is s times the root of 2 (1 - r)"
    return None


def _plan(answer: float) -> str | None:
    """statistics.7: pairs for 90 % power at 0.004 / 0.015."""
    n = int(answer)
    effect = 0.004 / 0.015
    if n == pairs_needed(effect, 0.9):
        return None
    if n == pairs_needed(effect, 0.8):
        return "this is the number for 80 % power"
    if n in (pairs_needed(0.004, 0.9), pairs_needed(0.015, 0.9)):
        return "the effect is the difference over its standard deviation"
    if n == pairs_needed(0.004 / (0.015 * np.sqrt(2)), 0.9):
        return "the standard deviation given is that of the differences already"
    return "ask pairs_needed for an effect in standard deviations and a power of 0.9"


ANSWERS = {
    "statistics.1": _pencil,
    "statistics.2": _floors,
    "statistics.3": _units,
    "statistics.4": _holm,
    "statistics.5": _redraw,
    "statistics.6": _effects,
    "statistics.7": _plan,
}
