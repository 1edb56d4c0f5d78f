"""The checkers of the chapter on training accept the right and explain the wrong."""

import numpy as np
from answering import *  # noqa: F403  the shared tests

from spineseg.core.rng import rng


def deal(patients, share, seed):
    names = sorted(set(patients))
    cut = max(1, round(share * len(names)))
    return np.isin(patients, rng(seed, "deal").permutation(names)[:cut])


def deal_slices(patients, share, seed):
    return rng(seed, "deal").random(len(patients)) < share


RIGHT = {
    "training.1": ((1, 6, 2), 2.625),
    "training.2": 70_500,
    "training.3": {"A", "b", "d", "f"},
    "training.4": deal,
    "training.5": (0.770, 0.870),
    "training.6": 0.001,
}

WRONG = [
    ("training.1", ((1, 2, 3), 2), "once"),
    ("training.1", ((1, 6, 2), 3), "elsewhere"),
    ("training.1", ((1, 2, 6), 3.625), "another ends closer"),
    ("training.2", 70_200, "smaller batch"),
    ("training.2", 281_700, "whole batch"),
    ("training.2", 1, "one epoch"),
    ("training.3", {"a", "b", "c", "d", "f"}, "computed anew"),
    ("training.3", {"a", "e"}, "learning rate"),
    ("training.3", {"a", "d", "f"}, "lost"),
    ("training.3", {"x"}, "a to g"),
    ("training.4", lambda p, s, k: deal(p, s, k).astype(int), "one boolean"),
    ("training.4", lambda p, s, k: np.random.default_rng().random(60) < s, "same seed"),
    ("training.4", deal_slices, "both sides"),
    ("training.4", lambda p, s, k: deal(p, 0.5, k), "test part has 6"),
    ("training.4", lambda p, s, k: deal(p, s, 0), "otherwise"),
    ("training.4", lambda p, s, k: deal(p, s, k) & (len(p) > 3), "still needs one"),
    ("training.5", (0.87, 0.77), "lower end"),
    ("training.5", (0.7, 0.8), "evenly"),
    ("training.5", (0.7952, 0.8448), "interval of the mean"),
    ("training.5", (0.8004, 0.8396), "Student"),
    ("training.5", (0.777, 0.863), "1/n"),
    ("training.5", (0.81, 0.83), "n - 1"),
    ("training.6", 0.4, "weigh"),
    ("training.6", 0.01, "earlier"),
    ("training.6", 0.06, "percent"),
    ("training.6", 0.002, "five blocks"),
]

LITERAL = True
