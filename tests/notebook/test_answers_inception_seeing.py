"""The checkers on seeing the Inception U-Net work accept and explain."""

import numpy as np
from answering import *  # noqa: F403  the shared tests

PREFIX = "inception-seeing."


def by(rule):
    def hardest(scores, k):
        return sorted(scores, key=lambda name: rule(scores[name]))[:k]

    return hardest


RIGHT = {
    "1": ((5, 2), (2, 4)),
    "2": (256, 1),
    "3": "Precision",
    "4": by(np.mean),
    "5": {"B", "c", "e"},
}

WRONG = [
    ("1", (5, 2), "two pixels each"),
    ("1", ((5, 2), (-2, 4)), "never negative"),
    ("1", ((2, 4), (5, 2)), "exchanged"),
    ("1", ((3, 3), (2, 4)), "then add the channels"),
    ("1", ((5, 2), (5, 2)), "difference of the gradients"),
    ("2", (16, 1), "as high as it is wide"),
    ("2", (64, 1), "number of cells"),
    ("2", (8, 1), "halved four times"),
    ("2", (256, 4), "along a side"),
    ("3", "recall", "not by the truth"),
    ("3", "Dice", "above the line only"),
    ("3", "accuracy", "ones and zeros"),
    ("4", lambda scores, k: list(scores), "as were asked for"),
    ("4", by(min), "one bad run"),
    ("4", by(np.median), "not the median"),
    ("4", lambda s, k: sorted(s, key=lambda n: -np.mean(s[n]))[:k], "comes first"),
    ("4", lambda s, k: ["c", "a", "d"], "sort the names"),
    ("5", {"z"}, "a to e"),
    ("5", {"a", "b"}, "explains nothing"),
    ("5", {"d"}, "another question"),
    ("5", {"c", "e"}, "known beforehand"),
    ("5", {"b", "e"}, "nothing has been learned"),
    ("5", {"b", "c"}, "an experiment"),
]
