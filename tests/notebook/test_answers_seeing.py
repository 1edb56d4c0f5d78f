"""The checkers of the chapter on explanation accept the right, explain the wrong."""

import numpy as np
from answering import *  # noqa: F403  the shared tests


def energy(heat, truth):
    return heat[truth].sum() / heat.sum()


RIGHT = {
    "seeing.1": (4, 0),
    "seeing.2": energy,
    "seeing.3": (29 / 1600, 11.03),
    "seeing.4": (0.75, 0.25),
    "seeing.5": {"a", "c", "e"},
    "seeing.6": lambda n: np.roll(np.arange(n), 1),
}

WRONG = [
    ("seeing.1", (8, 0), "mean"),
    ("seeing.1", (4, -2), "ReLU"),
    ("seeing.1", (3, 0), "add the channels"),
    ("seeing.2", lambda h, t: h[t].sum(), "divide"),
    ("seeing.2", lambda h, t: t.mean(), "do not count"),
    ("seeing.2", lambda h, t: np.nan_to_num(energy(h, t)), "no score"),
    ("seeing.3", (1.8125, 11), "share"),
    ("seeing.3", (0.2, 1), "area"),
    ("seeing.3", (29 / 1600, 0.2), "compare"),
    ("seeing.4", (1, 0), "identity"),
    ("seeing.4", (0.5, 0.5), "left"),
    ("seeing.4", (1.5, 0.5), "sums to one"),
    ("seeing.4", (0.25, 0.75), "average"),
    ("seeing.4", (1, 2, 3), "two numbers"),
    ("seeing.5", {"a", "b"}, "changes with the weights"),
    ("seeing.5", {"a", "c"}, "missing"),
    ("seeing.5", {"d"}, "beauty"),
    ("seeing.5", {"x"}, "a to e"),
    ("seeing.6", lambda n: np.arange(n)[::-1], "keeps"),
    ("seeing.6", lambda n: np.zeros(n, int), "once"),
]

LITERAL = True
