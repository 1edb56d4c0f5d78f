"""Checkers of the exercises in "Losses" of inception_unet."""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


def _three(answer: tuple[float, float]) -> str | None:
    """1: flattened and class-mean Dice loss of three pixels."""
    flat, mean = map(float, answer)
    if abs(flat - 5 / 12) < 0.006 and abs(mean - 4 / 9) < 0.006:
        return None
    if abs(flat - 7 / 12) < 0.006:
        return "these are coefficients; the loss is one minus it"
    if abs(flat - 4 / 9) < 0.006 and abs(mean - 5 / 12) < 0.006:
        return "the two are exchanged"
    if abs(mean - 5 / 9) < 0.006:  # spine's loss and both classes' coefficient
        return "average the losses of both classes; the background is one, too"
    if abs(flat - 5 / 12) < 0.006:
        return "the first is right; for the second divide in each channel, then average"
    return (
        "the probability of the truth is 0.5, 0.5, 0.75; the sizes are in each channel"
    )


def _start(answer: tuple[float, float]) -> str | None:
    """2: where both losses begin."""
    flat, mean = map(float, answer)
    if abs(flat - 0.5) > 0.006:
        return "flattened, a half everywhere gives a half, whatever the share"
    if abs(mean - 0.579) < 0.006:
        return None
    if abs(mean - 0.421) < 0.006:
        return "this is the coefficient; the loss is one minus it"
    if abs(mean - 0.794) < 0.006:
        return "this is the spine alone; the background is half of the mean"
    return "sizes are 0.5 and 0.13 for the spine, 0.5 and 0.87 for the background"


def _class_dice(answer: Callable[[Array, Array], float]) -> str | None:
    """3: the mean over classes of the Dice coefficient."""
    p = np.array([[0.7, 0.2, 0.1, 0.5], [0.2, 0.5, 0.6, 0.25], [0.1, 0.3, 0.3, 0.25]])
    y = np.array([0, 1, 1, 2])
    hot = np.arange(3)[:, None] == y
    hit, size = (p * hot).sum(1), p.sum(1) + hot.sum(1)
    value = float(answer(p, y))
    if abs(value - np.mean(2 * hit / size)) < 1e-6:
        return None
    if abs(value - 2 * hit.sum() / size.sum()) < 1e-6:
        return "this is the flattened form: divide in each class before you average"
    if abs(value - (1 - np.mean(2 * hit / size))) < 1e-6:
        return "this is the loss; the coefficient is asked for"
    if abs(value - np.mean(hit / size)) < 1e-6:
        return "the overlap counts twice"
    return "compare y with the class numbers, then sum over the pixels of each class"


def _unheard(answer: Iterable[str]) -> str | None:
    """4: what Adam does not hear."""
    chosen = {str(letter).strip().lower() for letter in answer} - {",", ""}
    if not chosen <= set("abcde"):
        return "answer with letters from a to e"
    if "d" in chosen:
        return "gamma changes which pixels are heard, it is no common factor"
    if "e" in chosen:
        return "only one of two terms is doubled: the direction changes"
    if "c" not in chosen:
        return "what is the gradient of a constant"
    if chosen != {"a", "b", "c"}:
        return "a common factor cancels where Adam divides by the gradient's size"
    return None


def _turn(answer: float) -> str | None:
    """5: how probably two runs change places."""
    value = float(answer)
    if abs(value - 0.367) < 0.008:
        return None
    if abs(value - 0.633) < 0.008:
        return "this is the chance that Dice stays ahead"
    if abs(value - 0.316) < 0.008:
        return "both are run again: the difference scatters more than one run"
    if abs(value - 0.734) < 0.008:
        return "one side only: BCE must come out ahead"
    return "the normal distribution at minus 0.0006 over the SD of a difference"


ANSWERS = {
    "inception-losses.1": _three,
    "inception-losses.2": _start,
    "inception-losses.3": _class_dice,
    "inception-losses.4": _unheard,
    "inception-losses.5": _turn,
}
