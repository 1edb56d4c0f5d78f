"""The checkers on the paper of the Inception U-Net accept and explain."""

import numpy as np
from answering import *  # noqa: F403  the shared tests
from scipy import stats

PREFIX = "inception-paper."


def interval(values, factor=None, ddof=1, spread=None):
    n, mean, sd = len(values), np.mean(values), np.std(values, ddof=ddof)
    t = factor or stats.t.ppf(0.975, n - 1)
    half = t * sd * (spread or np.sqrt(1 + 1 / n))
    return mean - half, mean + half


RIGHT = {"1": (0.97, 1.16), "2": interval, "3": (1.2, 2.5), "4": {"A", "c", "e"}}

WRONG = [
    ("1", (1.16, 0.97), "exchanged"),
    ("1", (0.0097, 0.0116), "a hundredth"),
    ("1", (0.97, 1.15), "where the improvement starts"),
    ("1", (5, 5), "ratio less one"),
    ("2", lambda v: (0.0, 1.0), "around the mean"),
    ("2", lambda v: interval(v, spread=len(v) ** -0.5), "a single run scatters more"),
    ("2", lambda v: interval(v, ddof=0), "n - 1"),
    ("2", lambda v: interval(v, factor=1.96), "wider than 1.96"),
    ("2", lambda v: interval(v, factor=1.0), "both tails"),
    ("3", (-1.2, 2.5), "above the mean"),
    ("3", (2.5, 1.2), "more trials"),
    ("3", (1.2, 9.0), "do it often"),
    ("4", {"z"}, "a to e"),
    ("4", {"b"}, "needs the pictures"),
    ("4", {"d"}, "needs a clock"),
    ("4", {"a", "c"}, "superlative"),
    ("4", {"e"}, "divided again"),
]
