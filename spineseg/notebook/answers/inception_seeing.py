"""Checkers of the exercises in "Seeing it work" of inception_unet."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np


def _two_targets(answer: Any) -> str | None:
    """1: Grad-CAM of a logit and of the log-odds, two channels and two pixels."""
    logit, odds = (np.asarray(one, float).ravel() for one in answer)
    if logit.shape != (2,) or odds.shape != (2,):
        return "give two maps of two pixels each"
    if np.allclose(logit, (5, 2)) and np.allclose(odds, (2, 4)):
        return None
    if min(logit.min(), odds.min()) < 0:
        return "the last step is a ReLU: a map is never negative"
    if np.allclose(logit, (2, 4)):
        return "the two maps are exchanged"
    if not np.allclose(logit, (5, 2)):
        return "weigh each channel by its gradient, then add the channels"
    return "the gradient of a difference is the difference of the gradients"


def _cells(answer: tuple[int, int]) -> str | None:
    """2: pixels of the picture under a cell of a map."""
    bottom, last = map(int, answer)
    if (bottom, last) == (256, 1):
        return None
    if bottom == 16:
        return "a cell is as high as it is wide"
    if bottom == 64:
        return "this is the number of cells, not what lies under one"
    if bottom != 256:
        return "128 is halved four times on the way to the bottom"
    return "how many cells has the last decoder layer along a side?"


def _familiar(answer: str) -> str | None:
    """3: the energy of a mask taken as a map."""
    word = str(answer).strip().lower()
    if word in {"precision", "positive predictive value", "ppv"}:
        return None
    if word in {"recall", "sensitivity"}:
        return "divide by the map's sum, which is what was predicted, not by the truth"
    if word in {"dice", "f1", "iou", "jaccard"}:
        return "the truth stands above the line only"
    return "write the sum above and the sum below the line, with ones and zeros"


def _hardest(
    answer: Callable[[Mapping[str, Sequence[float]], int], Sequence[str]],
) -> str | None:
    """4: the patients of the lowest mean Dice, the lowest first."""
    scores = {
        "a": [0.9, 0.9, 0.9],
        "b": [0.2, 0.95, 0.95],
        "c": [0.6, 0.6, 0.6],
        "d": [0.5, 0.8, 0.5],
    }
    found = [str(name) for name in answer(scores, 3)]
    if found == ["c", "d", "b"]:
        return None
    if len(found) != 3:
        return "return as many names as were asked for"
    if found[0] == "b":
        return "one bad run does not make a hard patient: take the mean"
    if found[:2] == ["d", "c"]:
        return "the mean over the runs, not the median or the last"
    if found[0] == "a":
        return "the lowest mean comes first"
    return "sort the names by the mean of their scores"


def _speaks(answer: set[str] | str) -> str | None:
    """5: what a map on the spine shows."""
    chosen = {str(letter).strip().lower() for letter in answer} - {",", ""}
    if not chosen <= set("abcde"):
        return "answer with letters from a to e"
    if "a" in chosen:
        return "the prediction itself scores as well, and explains nothing"
    if "d" in chosen:
        return "a map of another layer answers another question"
    if "b" not in chosen:
        return "there is one test where the reason is known beforehand"
    if "c" not in chosen:
        return "what should happen to a map when nothing has been learned?"
    return (
        None if "e" in chosen else "covering is an experiment; its outcome can differ"
    )


ANSWERS = {
    "inception-seeing.1": _two_targets,
    "inception-seeing.2": _cells,
    "inception-seeing.3": _familiar,
    "inception-seeing.4": _hardest,
    "inception-seeing.5": _speaks,
}
