"""Checkers of the exercises in "Seeing what the network sees"."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np


def _pencil(answer: Any) -> str | None:
    """seeing.1: Grad-CAM of two channels and two pixels."""
    left, right = map(float, answer)
    if math.isclose(left, 4, abs_tol=0.01) and math.isclose(right, 0, abs_tol=0.01):
        return None
    if right < 0:
        return "the last step is a ReLU: a map is never negative"
    if math.isclose(left, 8, abs_tol=0.01):
        return "the weight of a channel is the mean of its gradient, not the sum"
    return "weight each channel by its mean gradient, add the channels, then ReLU"


def _energy(answer: Callable[[Any, Any], float]) -> str | None:
    """seeing.2: energy inside of one map."""
    heat, truth = np.array([[1.0, 3.0], [0.0, 4.0]]), np.eye(2, dtype=bool)
    with np.errstate(divide="ignore", invalid="ignore"):
        value, empty = float(answer(heat, truth)), float(answer(0 * heat, truth))
    if math.isclose(value, 0.75) or math.isclose(value, 0.5):
        return "weigh the pixels by the map; do not count them"
    if not math.isclose(value, 0.625):
        return "divide the map's sum inside the truth by its sum everywhere"
    if not math.isnan(empty):
        return "a map that is zero everywhere has no energy, hence no score"
    return None


def _chance(answer: Any) -> str | None:
    """seeing.3: energy of a flat map, and how many times chance a map is."""
    flat, times = map(float, answer)
    if math.isclose(flat, 1.81, abs_tol=0.01):
        return "give a share, not percent"
    if not math.isclose(flat, 29 / 1600, abs_tol=2e-4):
        return "a flat map has its energy where the area is"
    if not math.isclose(times, 0.2 / (29 / 1600), abs_tol=0.2):
        return "compare the map's energy inside with that of the flat one"
    return None


def _rollout(answer: Any) -> str | None:
    """seeing.4: rollout of two blocks of two tokens, row of the first token."""
    row = np.asarray(answer, float).ravel()
    if row.shape != (2,):
        return "give the two numbers of the first row"
    if np.allclose(row, (0.75, 0.25)):
        return None
    if not math.isclose(row.sum(), 1, abs_tol=1e-6):
        return "each row of a normalised rollout sums to one"
    if np.allclose(row, (1, 0)):
        return "this is the product without the identity of the shortcut"
    if np.allclose(row, (0.5, 0.5)):
        return "the later block stands on the left of the product"
    return "average each attention with the identity, then multiply"


_TELL = {"a", "c", "e"}


def _cannot(answer: Any) -> str | None:
    """seeing.5: which findings speak against a map."""
    chosen = {str(letter).lower() for letter in answer}
    if not chosen <= set("abcde"):
        return "the findings are lettered a to e"
    if "b" in chosen:
        return "a map that changes with the weights does what it should"
    if "d" in chosen:
        return "beauty is no finding, neither for nor against"
    if chosen != _TELL:
        return "one is missing: would it be the same with a network that knows nothing"
    return None


def _derange(answer: Callable[[int], Any]) -> str | None:
    """seeing.6: an order in which nobody keeps a place."""
    for count in (2, 3, 7, 20):
        order = np.asarray(answer(count))
        if sorted(order.tolist()) != list(range(count)):
            return f"for {count} pictures every number below {count} must stand once"
        if (order == np.arange(count)).any():
            return f"for {count} pictures somebody keeps the own label"
    return None


ANSWERS = {
    "seeing.1": _pencil,
    "seeing.2": _energy,
    "seeing.3": _chance,
    "seeing.4": _rollout,
    "seeing.5": _cannot,
    "seeing.6": _derange,
}
