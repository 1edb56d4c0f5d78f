"""Checkers of the exercises in "Transformers and clustered attention"."""

from collections.abc import Callable
from typing import Any

import numpy as np


def _two_keys(answer: float) -> str | None:
    """1: values 4 and 8 with the scores 0 and ln 3."""
    found = float(answer)
    if abs(found - 7) < 0.01:
        return None
    if abs(found - 5) < 0.01:
        return "the larger score belongs to the value 8"
    if abs(found - 6) < 0.01:
        return "that is the plain mean; the scores differ"
    if found > 8:
        return "the weights have to sum to one: divide by the sum of the exponentials"
    return "take the exponential of each score, divide by their sum, weigh the values"


def _questions(answer: tuple[int, int]) -> str | None:
    """2: tokens and scores of 512 x 512 pixels in patches of 16."""
    tokens, scores = map(int, answer)
    if tokens == 32:
        return "32 patches stand in a row of the picture, and there are 32 such rows"
    if tokens != 1024:
        return "a patch is 16 pixels high and 16 wide; count them in both directions"
    if scores == 1024 * 1023:
        return "a token asks itself, too"
    if scores != 1024**2:
        return "every token is compared with every token, in both directions"
    return None


def _mask(answer: Callable[[int, int], Any]) -> str | None:
    """3: which tokens of a grid share a window."""
    for side, window in ((4, 2), (5, 2), (6, 3)):
        found = np.asarray(answer(side, window))
        n = side**2
        if found.shape != (n, n):
            return f"a grid of {side} has {n} tokens: expected {n} x {n}"
        row, column = np.divmod(np.arange(n), side)
        places = np.stack([row // window, column // window])
        if np.array_equal(found, (places[:, :, None] == places[:, None]).all(0)):
            continue
        if np.array_equal(found, places[0][:, None] == places[0]):
            return "these are bands of rows; columns have windows as well"
        list_ = np.arange(n) // window**2
        if np.array_equal(found, list_[:, None] == list_):
            return "a window is a square of the grid, not a stretch of the list"
        if side % window:
            return (
                f"a grid of {side} with windows of {window} fails: the last are cut off"
            )
        return "same window: same row of windows and same column of windows"
    return None


def _padding(answer: tuple[int, int, bool]) -> str | None:
    """4: windows of 14 on a grid of 30."""
    windows, scores, fewer = int(answer[0]), int(answer[1]), bool(answer[2])
    if windows == 4:
        return "two windows cover 28 tokens; two tokens are left over in each direction"
    if windows != 9:
        return "round up to whole windows in each direction, then multiply"
    if scores == 900**2:
        return "these are the scores of full attention"
    if scores != 9 * 196**2:
        return "a window has 14 times 14 tokens, and each asks each"
    return None if fewer else "compare with the square of 900"


def _even(answer: float) -> str | None:
    """5: break-even with 200 clusters and 6 rounds."""
    found = float(answer)
    if abs(found - 800) < 1:
        return None
    if abs(found - 200) < 1:
        return "that leaves the k-means out"
    if abs(found - 1600) < 1:
        return "full attention has two products, too: scores and answers"
    if abs(found - 600) < 1:
        return "that is the k-means alone; its clusters still have to ask"
    return "set 2 N N D equal to (2 + rounds) N C D and solve for N"


def _exact(answer: set[str] | str) -> str | None:
    """6: cases without error."""
    given = {letter.strip().lower() for letter in answer}
    if not given <= set("abcde"):
        return "answer with a set of letters from a to e"
    if "d" in given:
        return "d: two different queries may lie on the same sides of all planes"
    if "e" in given:
        return "e: the other half differ, and share one mean"
    if given != set("abc"):
        return "what you named is right, but one is missing: whose answers agree"
    return None


def _share(answer: Callable[[Any, Any, int], Any]) -> str | None:
    """7: broadcast the answers of clusters to their queries."""
    answers = np.array([[1.0, -1], [2, 0.5], [4, 3]])
    assigned = np.array([2, 0, 0, 1, 2])
    found = np.asarray(answer(answers, assigned, 3), dtype=float)
    wanted = answers[assigned]
    if found.shape == (5, 3):
        return "this is W; multiply it with the answers"
    if found.shape != wanted.shape:
        return f"expected a row for each query, {wanted.shape}; yours has {found.shape}"
    if np.allclose(found, wanted):
        return None
    sizes = np.bincount(assigned)[assigned][:, None]
    if np.allclose(found * sizes, wanted):
        return (
            "do not divide by the size of the cluster: each query takes the whole row"
        )
    return "row i of W has a single one, in the column of the cluster of query i"


ANSWERS = {
    "transformers.1": _two_keys,
    "transformers.2": _questions,
    "transformers.3": _mask,
    "transformers.4": _padding,
    "transformers.5": _even,
    "transformers.6": _exact,
    "transformers.7": _share,
}
