"""Checkers of the exercises in "Statistics" of inception_unet."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats


def _class_means(answer: tuple[float, float]) -> str | None:
    """1: F1 and mIoU of 8 hits, 2 missed, 2 invented, 88 left alone."""
    f1, miou = map(float, answer)
    if abs(f1 - 0.8889) < 0.0008 and abs(miou - 0.8116) < 0.0008:
        return None
    if abs(f1 - 0.8) < 0.0008 or abs(miou - 0.6667) < 0.0008:
        return "this is the spine alone; the background is a class as well"
    if abs(miou - 0.8889) < 0.0008:
        return "the two are exchanged, F1 is the higher one"
    if abs(f1 - 0.96) < 0.0008:
        return "this is the accuracy"
    return "for the background 88 are hits, and missed and invented change places"


def _spine_iou(answer: Callable[[float, float], float]) -> str | None:
    """2: the IoU of the spine from two class means."""
    front, back = 0.85, 0.98
    iou = [d / (2 - d) for d in (front, back)]
    value = float(answer((front + back) / 2, sum(iou) / 2))
    if abs(value - iou[0]) < 1e-6:
        return None
    if abs(value - iou[1]) < 1e-6:
        return "this is the background; the spine is the lower of the two"
    if abs(value - front) < 1e-6:
        return "this is the Dice of the spine; its IoU is D / (2 - D)"
    return "solve for d, take f - d as the Dice of the spine, then D / (2 - D)"


def _hits(answer: float) -> str | None:
    """3: hits among 1000 pixels."""
    hits = float(answer)
    if abs(hits - 118) <= 1:
        return None
    if abs(hits - 0.118) < 0.002:
        return "this is the share; 1000 pixels are asked for"
    if abs(hits - 132) <= 2:
        return "this is all of the spine, hits and missed"
    if abs(hits - 235) <= 2:
        return "hits count twice in Dice: divide by two"
    return "TP = D e / (2 (1 - D)) with e = 1 - accuracy"


def _best_of_five(answer: float) -> str | None:
    """4: the SD that would make the headline the best of five."""
    sd = float(answer)
    if abs(sd - 0.0072) < 0.00011:
        return None
    if abs(sd - 0.0083) < 0.00011:
        return "this is the distance; it is 1.16 standard deviations"
    if abs(sd - 0.0096) < 0.00011:
        return "the distance is 1.16 SD: divide"
    return "the distance of headline and mean, over 1.16"


def _over_seeds(
    answer: Callable[[NDArray[Any]], tuple[float, float]],
) -> str | None:
    """5: an interval with seeds as the unit."""
    gaps = np.array(
        [[0.01, 0.02, 0.03, 0.04], [0.00, 0.01, 0.00, 0.02], [0.02, 0.05, 0.03, 0.01]]
    )
    low, high = (float(v) for v in answer(gaps))
    half, means, n = (high - low) / 2, gaps.mean(1), len(gaps)
    if abs((low + high) / 2 - means.mean()) > 1e-6:
        return "the interval lies around the mean of all differences"
    error, t = means.std(ddof=1) / np.sqrt(n), stats.t.ppf(0.975, n - 1)
    every = gaps.std(ddof=1) / np.sqrt(gaps.size)
    known = {
        t * error: None,
        stats.t.ppf(0.975, gaps.size - 1) * every: "this takes every patient of every "
        "seed for a sample of its own; average over patients first",
        1.96 * error: "with three seeds Student's t is far wider than 1.96",
        t
        * means.std()
        / np.sqrt(n): "the standard deviation of a sample divides by n - 1",
        t * means.std(ddof=1): "divide by the root of the number of seeds",
    }
    for value, said in known.items():
        if abs(half - value) < 1e-6:
            return said
    return "mean over patients, then t s / sqrt(n) over the seeds"


def _plan(answer: int) -> str | None:
    """6: runs of the baseline for 90 % power at a gap of two SD."""
    n, needed = int(answer), _runs_needed(2.0, 0.9)
    if n == needed:
        return None
    if n == _runs_needed(2.0, 0.8):
        return "this is for 80 %"
    return "too few" if n < needed else "fewer are enough; begin with one and go up"


def _runs_needed(gap_in_sd: float, power: float, others: int = 10) -> int:
    for n in range(1, 1000):
        freedom, shift = others + n - 2, gap_in_sd / np.sqrt(1 / others + 1 / n)
        bound = stats.t.isf(0.025, freedom)
        tails = [stats.nct.sf(bound, freedom, sign * shift) for sign in (1, -1)]
        if sum(tails) >= power:
            return n
    return 1000


ANSWERS = {
    "inception-statistics.1": _class_means,
    "inception-statistics.2": _spine_iou,
    "inception-statistics.3": _hits,
    "inception-statistics.4": _best_of_five,
    "inception-statistics.5": _over_seeds,
    "inception-statistics.6": _plan,
}
