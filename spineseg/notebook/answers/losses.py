"""Checkers of the exercises in "Losses"."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np


def _close(value: float, right: float, tolerance: float = 0.005) -> bool:
    return abs(value - right) <= tolerance


def _pencil(answer: tuple[float, float]) -> str | None:
    """losses.1: BCE and Dice loss of three pixels."""
    bce, dice = map(float, answer)
    right = -(2 * math.log(0.5) + math.log(0.75)) / 3
    if _close(bce, 3 * right, 0.01):
        return "the cross entropy is averaged over the pixels, not summed"
    if _close(bce, right / math.log(10)):
        return "take the natural logarithm, not that to base ten"
    if _close(bce, -(2 * math.log(0.5) + math.log(0.25)) / 3):
        return "the third pixel is background: what is the probability of that"
    if not _close(bce, right):
        return "BCE is minus the mean logarithm of the probability of the truth"
    if _close(dice, 1 / 2.25):
        return "this is the Dice coefficient; the loss is one minus it"
    if not _close(dice, 1.25 / 2.25):
        return "the sizes under Dice are sums of probabilities, nothing is rounded"
    return None


def _focal(answer: tuple[float, float]) -> str | None:
    """losses.2: focal factors of an easy and a hard background pixel."""
    easy, hard = map(float, answer)
    if _close(easy, 0.01, 1e-4) and _close(hard, 0.81, 1e-3):
        return None
    if _close(easy, 0.81, 1e-3) and _close(hard, 0.01, 1e-4):
        return "the probability in the factor is that of the truth, here background"
    if _close(easy, 0.1, 1e-3) and _close(hard, 0.9, 1e-3):
        return "gamma is an exponent, and it is 2"
    if max(easy, hard) > 1:
        return "give factors below one, not how many times smaller"
    return "the factor is (1 - p) to the power gamma, with p that of the truth"


def _tversky(answer: Callable[[Any, Any, float, float], float]) -> str | None:
    """losses.3: the Tversky index of two arrays."""
    empty, mask = np.zeros((2, 3)), np.array([[1.0, 1, 0], [1, 1, 0]])
    soft = np.array([[0.8, 0.4, 0.3], [0.9, 0.0, 0.1]])
    cases = (
        (mask, mask, 0.7, 0.3, 1.0, "a perfect mask has the index 1"),
        (soft, mask, 0.5, 0.5, 2.1 / 3.25, "equal halves must give Dice"),
        (soft, mask, 1.0, 0.0, 0.525, "with alpha 1 and beta 0 it is the recall"),
        (soft, mask, 0.75, 0.3, 2.1 / 3.645, "alpha and beta need not sum to one"),
        (empty, empty, 0.7, 0.3, 1.0, "two empty arrays agree on nothing"),
        (empty, mask, 0.7, 0.3, 0.0, "an empty prediction has no hit"),
    )
    for p, y, alpha, beta, right, reason in cases:
        with np.errstate(divide="ignore", invalid="ignore"):
            value = float(answer(p, y, alpha, beta))
        if not _close(value, right, 1e-4):
            where = f"alpha {alpha} and beta {beta}"
            if _close(value, 1 - right, 1e-4):
                return f"with {where} you gave one minus the index"
            return f"with {where} you gave {value:.4f}; {reason}"
    return None


def _teach(answer: set[str] | str) -> str | None:
    """losses.4: which losses have a zero gradient almost everywhere."""
    given = {letter.strip().lower() for letter in answer}
    if not given <= set("abcde"):
        return "answer with a set of letters from a to e"
    reasons = {
        "b": "move one p a little, and the sum moves as much",
        "d": "the distances belong to the truth, and p stands there uncut",
    }
    right = {"a", "c", "e"}
    for letter in sorted(given - right):
        return f"{letter} has a gradient: {reasons[letter]}"
    if given != right:
        return "what you named is right, but one is missing: look for another step"
    return None


def _weight(answer: float) -> str | None:
    """losses.5: the alpha at which 25 missed cost as much as 100 invented."""
    value = float(answer)
    if _close(value, 2 / 3, 0.004):
        return None
    if _close(value, 0.8, 0.004):
        return "TP is not the same in both cases: half of the lesion is missing in one"
    if _close(value, 1 / 3, 0.004):
        return "alpha is the price of a miss, and here it is the higher one"
    return "set the weighted errors over TP equal, with beta = 1 - alpha"


def _gap(answer: Callable[[Any, Any], Any]) -> str | None:
    """losses.6: a distance-weighted error that has a gradient."""
    import torch

    mask = torch.zeros(9, 9, dtype=torch.float64)
    mask[3:6, 3:6] = 1
    p = torch.full((9, 9), 0.25, dtype=torch.float64, requires_grad=True)
    value = answer(p, mask)
    if not isinstance(value, torch.Tensor) or value.dim():
        return "return one torch number, so that backward can start from it"
    if not value.requires_grad:
        return "the path to p is cut: no numpy, no detach and no comparison of p"
    value.backward()
    slope = torch.zeros_like(p) if p.grad is None else p.grad
    if not slope.any():
        return "the gradient is zero everywhere: p goes through a step somewhere"
    near, far = slope[2, 4].item(), slope[0, 4].item()
    if not _close(near, 1 / 81, 1e-6):
        return "a pixel beside the mask has the distance one: push it by 1/81"
    if not _close(far, 3 / 81, 1e-6):
        return "the pixel in the top row is three away from the mask: weigh it by that"
    if not _close(slope[4, 4].item(), -2 / 81, 1e-6):
        return "inside the mask distances count, too: two in its middle, downwards"
    return None


def _critic(answer: tuple[float, float]) -> str | None:
    """losses.7: the gap of a penalised linear critic, and a weight for 1 %."""
    gap, weight = map(float, answer)
    if _close(gap, 1.3, 0.005):
        return "this is the slope of the critic; the gap is slope times distance"
    if _close(gap, 6.9, 0.01):
        return "the truths and the predictions are farther apart than 3"
    if not _close(gap, 7.8, 0.01):
        return "minimise -d w + weight (w - 1)^2, then multiply w by the distance d"
    if _close(weight, 150, 0.5):
        return "the gap is right; in the weight the distance counts once, and it is 6"
    if weight < 299.5:
        return f"with a weight of {weight:g} the gap is off by {3 / weight:.1%}"
    return None


ANSWERS = {
    "losses.1": _pencil,
    "losses.2": _focal,
    "losses.3": _tversky,
    "losses.4": _teach,
    "losses.5": _weight,
    "losses.6": _gap,
    "losses.7": _critic,
}
