"""The checkers on the losses of the Inception U-Net accept and explain."""

import numpy as np
from answering import *  # noqa: F403  the shared tests

PREFIX = "inception-losses."


def sums(p, y):
    hot = np.arange(len(p))[:, None] == y
    return (p * hot).sum(1), p.sum(1) + hot.sum(1)


def class_dice(p, y):
    hit, size = sums(p, y)
    return np.mean(2 * hit / size)


def flattened(p, y):
    hit, size = sums(p, y)
    return 2 * hit.sum() / size.sum()


RIGHT = {
    "1": (0.417, 0.444),
    "2": (0.5, 0.58),
    "3": class_dice,
    "4": {"A", "b", "c"},
    "5": 0.37,
}

WRONG = [
    ("1", (0.583, 0.556), "one minus"),
    ("1", (0.444, 0.417), "exchanged"),
    ("1", (0.417, 0.556), "losses of both classes"),
    ("1", (0.417, 0.9), "divide in each channel"),
    ("1", (0.1, 0.1), "probability of the truth"),
    ("2", (0.58, 0.5), "whatever the share"),
    ("2", (0.5, 0.42), "coefficient"),
    ("2", (0.5, 0.79), "spine alone"),
    ("2", (0.5, 0.1), "sizes are"),
    ("3", flattened, "flattened form"),
    ("3", lambda p, y: 1 - class_dice(p, y), "the loss"),
    ("3", lambda p, y: class_dice(p, y) / 2, "counts twice"),
    ("3", lambda p, y: 0.0, "class numbers"),
    ("4", {"z"}, "a to e"),
    ("4", {"a", "b", "c", "d"}, "gamma"),
    ("4", {"a", "b", "c", "e"}, "direction"),
    ("4", {"a", "b"}, "constant"),
    ("4", {"c"}, "common factor"),
    ("5", 0.63, "stays ahead"),
    ("5", 0.32, "both are run again"),
    ("5", 0.73, "one side"),
    ("5", 0.05, "normal distribution"),
]
