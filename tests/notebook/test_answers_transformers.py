"""The checkers of the chapter on transformers accept the right, explain the wrong."""

import numpy as np
from answering import *  # noqa: F403  the shared tests


def number(side, window, columns=True):
    row, column = np.divmod(np.arange(side**2), side)
    return (row // window) * side + columns * (column // window)


def may_ask(side, window):
    return np.equal.outer(number(side, window), number(side, window))


def bands(side, window):
    rows = number(side, window, columns=False)
    return np.equal.outer(rows, rows)


def stretches(side, window):
    stretch = np.arange(side**2) // window**2
    return np.equal.outer(stretch, stretch)


def whole_windows_only(side, window):
    kept = number(side, window)
    return np.equal.outer(kept, kept) & (side % window == 0)


def matrix(assigned, clusters):
    return np.equal.outer(assigned, np.arange(clusters)).astype(float)


def share(answers, assigned, clusters):
    return matrix(assigned, clusters) @ answers


def diluted(answers, assigned, clusters):
    w = matrix(assigned, clusters)
    return (w / w.sum(0)) @ answers


RIGHT = {
    "transformers.1": 7,
    "transformers.2": (1024, 1_048_576),
    "transformers.3": may_ask,
    "transformers.4": (9, 345_744, True),
    "transformers.5": 800,
    "transformers.6": {"A", "b", "c"},
    "transformers.7": share,
}

WRONG = [
    ("transformers.1", 5, "belongs to the value 8"),
    ("transformers.1", 6, "plain mean"),
    ("transformers.1", 28, "sum to one"),
    ("transformers.1", 6.5, "exponential"),
    ("transformers.2", (32, 1024), "32 such rows"),
    ("transformers.2", (8192, 1), "both directions"),
    ("transformers.2", (1024, 1024 * 1023), "itself"),
    ("transformers.2", (1024, 523_776), "compared with every"),
    ("transformers.3", lambda side, window: may_ask(side, window)[0], "16 x 16"),
    ("transformers.3", bands, "bands of rows"),
    ("transformers.3", stretches, "not a stretch"),
    ("transformers.3", whole_windows_only, "cut off"),
    ("transformers.3", lambda side, window: ~may_ask(side, window), "same column"),
    ("transformers.4", (4, 153_664, True), "left over"),
    ("transformers.4", (3, 1, True), "round up"),
    ("transformers.4", (9, 810_000, True), "full attention"),
    ("transformers.4", (9, 1764, True), "14 times 14"),
    ("transformers.4", (9, 345_744, False), "square of 900"),
    ("transformers.5", 200, "leaves the k-means out"),
    ("transformers.5", 1600, "two products"),
    ("transformers.5", 600, "k-means alone"),
    ("transformers.5", 42, "solve for N"),
    ("transformers.6", {"a", "d"}, "same sides"),
    ("transformers.6", {"a", "e"}, "other half"),
    ("transformers.6", {"a", "b"}, "missing"),
    ("transformers.6", {"z"}, "a to e"),
    ("transformers.7", lambda a, i, c: matrix(i, c), "this is W"),
    ("transformers.7", lambda a, i, c: a, "a row for each query"),
    ("transformers.7", diluted, "size of the cluster"),
    ("transformers.7", lambda a, i, c: a[::-1][i], "single one"),
]

LITERAL = True
