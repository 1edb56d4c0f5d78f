"""Checkers of the exercises in "The paper and its claims" of inception_unet."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Values = NDArray[np.float64]


def _gain(answer: tuple[float, float]) -> str | None:
    """1: points and percent of a gain."""
    points, percent = map(float, answer)
    if abs(points - 0.97) < 0.006 and abs(percent - 1.16) < 0.006:
        return None
    if abs(points - 1.16) < 0.006 and abs(percent - 0.97) < 0.006:
        return "the two are exchanged: points subtract, percent divide"
    if abs(points - 0.0097) < 1e-4:
        return "a point is a hundredth"
    if abs(percent - 1.15) < 0.006:
        return "divide by the lower of the two, where the improvement starts"
    return "points are 100 times the difference, percent 100 times the ratio less one"


def _interval(answer: Callable[[Values], tuple[float, float]]) -> str | None:
    """2: where one further run is expected."""
    values = np.array([0.8891, 0.8905, 0.8906, 0.8880, 0.8869, 0.8895])
    low, high = (float(v) for v in answer(values))
    n, mean = len(values), values.mean()
    sd, t = values.std(ddof=1), stats.t.ppf(0.975, n - 1)
    right = t * sd * np.sqrt(1 + 1 / n)
    half = (high - low) / 2
    if abs((low + high) / 2 - mean) > 1e-6:
        return "the interval lies around the mean"
    if abs(half - right) < 1e-6:
        return None
    if abs(half - t * sd / np.sqrt(n)) < 1e-6:
        return "this is where the mean lies; a single run scatters more"
    if abs(half - t * values.std() * np.sqrt(1 + 1 / n)) < 1e-6:
        return "the standard deviation of a sample divides by n - 1"
    if abs(half - 1.96 * sd * np.sqrt(1 + 1 / n)) < 1e-4:
        return "with few runs Student's t is wider than 1.96"
    return "compare with m +- t s sqrt(1 + 1/n), t of n - 1 degrees, both tails"


def _luck(answer: tuple[float, float]) -> str | None:
    """3: the best of five and of a hundred."""
    five, hundred = map(float, answer)
    if abs(five - 1.16) <= 0.07 and abs(hundred - 2.51) <= 0.07:
        return None
    if five < 0 or hundred < 0:
        return "the best lies above the mean"
    if hundred < five:
        return "more trials, more luck"
    return (
        "draw five (a hundred) normal numbers, take the largest, do it often, average"
    )


def _sorted(answer: set[str] | str) -> str | None:
    """4: claims that the paper alone decides."""
    chosen = {str(letter).strip().lower() for letter in answer} - {",", ""}
    if not chosen <= set("abcde"):
        return "answer with letters from a to e"
    if "b" in chosen:
        return "a score needs the pictures"
    if "d" in chosen:
        return "faster needs a clock; no time is printed"
    if "e" not in chosen:
        return "a superlative can be refuted by another table of the same paper"
    if chosen != {"a", "c", "e"}:
        return "a count can be rebuilt, and a ratio can be divided again"
    return None


ANSWERS = {
    "inception-paper.1": _gain,
    "inception-paper.2": _interval,
    "inception-paper.3": _luck,
    "inception-paper.4": _sorted,
}
