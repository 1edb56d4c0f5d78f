"""The checkers of the chapter on statistics accept the right and explain the wrong."""

import numpy as np
from answering import *  # noqa: F403  the shared tests

from spineseg import stats


def redraw(patients, draw):
    names = np.unique(patients)
    picked = draw.choice(names, len(names))
    return np.concatenate([np.flatnonzero(patients == who) for who in picked])


def without_steps(p):
    order = np.argsort(p)
    back = np.empty(len(p))
    back[order] = np.minimum(p[order] * np.arange(len(p), 0, -1), 1)
    return back


def too_many(patients, draw):
    return np.concatenate([redraw(patients, draw), redraw(patients, draw)])


RIGHT = {
    "statistics.1": (2, 0.1875),
    "statistics.2": (8, 10),
    "statistics.3": (5, 30, 100),
    "statistics.4": stats.holm,
    "statistics.5": redraw,
    "statistics.6": (0.12, 0.6),
    "statistics.7": stats.pairs_needed(0.004 / 0.015, 0.9),
}

WRONG = [
    ("statistics.1", (13, 0.1875), "smaller one"),
    ("statistics.1", (4, 0.1875), "by size"),
    ("statistics.1", (2, 0.094), "one-sided"),
    ("statistics.1", (2, 0.125), "one is empty"),
    ("statistics.1", (2, 0.5), "out of 32"),
    ("statistics.2", (7, 10), "0.0156"),
    ("statistics.2", (9, 10), "fewer"),
    ("statistics.2", (8, 9), "0.0039"),
    ("statistics.2", (8, 11), "fewer"),
    ("statistics.2", (0, 10), "two numbers"),
    ("statistics.3", (55, 30, 100), "looks at one draw"),
    ("statistics.3", (10, 30, 100), "of each recipe"),
    ("statistics.3", (100, 30, 100), "trains again"),
    ("statistics.3", (5, 240, 100), "not independent"),
    ("statistics.3", (5, 8, 100), "new patients"),
    ("statistics.3", (5, 30, 1), "patient of its own"),
    ("statistics.4", stats.bonferroni, "Bonferroni"),
    ("statistics.4", stats.benjamini_hochberg, "the next times two"),
    ("statistics.4", lambda p: np.sort(stats.holm(p)), "order of the input"),
    ("statistics.4", without_steps, "never gets a smaller"),
    ("statistics.5", lambda who, draw: draw.integers(0, 12, 12), "come together"),
    ("statistics.5", lambda who, draw: np.arange(12), "every sample is the same"),
    ("statistics.5", lambda who, draw: draw.permutation(12), "every sample is"),
    ("statistics.5", lambda who, draw: who, "not names"),
    ("statistics.5", too_many, "8 patients were drawn out of 4"),
    ("statistics.6", (0.6, 0.12), "comes first"),
    ("statistics.6", (0.6, 0.6), "between images"),
    ("statistics.6", (0.12, 0.849), "factor of 2"),
    ("statistics.6", (0.12, 0.085), "correlate"),
    ("statistics.6", (0.12, 1.0), "root of 2"),
    ("statistics.7", stats.pairs_needed(0.004 / 0.015), "80 %"),
    ("statistics.7", stats.pairs_needed(0.004, 0.9), "over its standard deviation"),
    ("statistics.7", stats.pairs_needed(0.004 / 0.015 / 2**0.5, 0.9), "already"),
    ("statistics.7", 3, "ask pairs_needed"),
]

LITERAL = True
ODD = None
