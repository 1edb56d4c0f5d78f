"""The checkers on the statistics of the Inception U-Net accept and explain."""

import numpy as np
from answering import *  # noqa: F403  the shared tests
from scipy import stats

PREFIX = "inception-statistics."


def dices(f1, miou):
    d = np.sqrt((2 - f1) ** 2 - 2 * (2 - f1) / (1 + miou))
    return f1 - d, f1 + d


def iou_of(dice):
    return dice / (2 - dice)


def over_seeds(gaps, factor=None, ddof=1, root=True):
    means = gaps.mean(axis=1)
    n = len(means)
    half = (factor or stats.t.ppf(0.975, n - 1)) * means.std(ddof=ddof)
    half = half / np.sqrt(n) if root else half
    return means.mean() - half, means.mean() + half


def over_everything(gaps):
    low, high = stats.t.interval(
        0.95, gaps.size - 1, gaps.mean(), gaps.std(ddof=1) / np.sqrt(gaps.size)
    )
    return low, high


RIGHT = {
    "1": (0.889, 0.812),
    "2": lambda f1, miou: iou_of(dices(f1, miou)[0]),
    "3": 118,
    "4": 0.0072,
    "5": over_seeds,
    "6": 5,
}

WRONG = [
    ("1", (0.8, 0.667), "spine alone"),
    ("1", (0.812, 0.889), "exchanged"),
    ("1", (0.96, 0.812), "accuracy"),
    ("1", (0.1, 0.1), "change places"),
    ("2", lambda f1, miou: iou_of(dices(f1, miou)[1]), "background"),
    ("2", lambda f1, miou: dices(f1, miou)[0], "its IoU is"),
    ("2", lambda f1, miou: miou, "solve for d"),
    ("3", 0.118, "the share"),
    ("3", 132, "hits and missed"),
    ("3", 235, "divide by two"),
    ("3", 893, "TP ="),
    ("4", 0.0083, "the distance; it is"),
    ("4", 0.0096, "divide"),
    ("4", 0.1, "over 1.16"),
    ("5", lambda gaps: (0.0, 1.0), "around the mean"),
    ("5", over_everything, "average over patients first"),
    ("5", lambda gaps: over_seeds(gaps, factor=1.96), "wider than 1.96"),
    ("5", lambda gaps: over_seeds(gaps, ddof=0), "n - 1"),
    ("5", lambda gaps: over_seeds(gaps, root=False), "root of the number"),
    ("5", lambda gaps: over_seeds(gaps, factor=1.0), "over the seeds"),
    ("6", 4, "80 %"),
    ("6", 1, "too few"),
    ("6", 30, "fewer are enough"),
]
