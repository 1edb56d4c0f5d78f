"""Checkers of the exercises in "Attention, five ways"."""

from collections.abc import Callable
from typing import Any

import numpy as np


def _two(answer: tuple[float, float]) -> str | None:
    """1: the weights of two channels by squeeze-and-excitation."""
    first, second = map(float, answer)
    if abs(first - 0.75) < 0.005 and abs(second - 0.25) < 0.005:
        return None
    if abs(first - 0.25) < 0.005 and abs(second - 0.75) < 0.005:
        return "you have the two channels in exchanged order"
    if max(abs(first), abs(second)) > 1:
        return "the sigmoid is missing, or these are the weighed channels"
    return "the inner number is 3 - 1; its halves of the logarithm go to the sigmoid"


def _kernels(answer: tuple[int, int]) -> str | None:
    """2: ECA's kernel for 64 and for 256 channels."""
    few, many = map(int, answer)
    if (few, many) == (3, 5):
        return None
    if few % 2 == 0 or many % 2 == 0:
        return "a kernel has a middle: it is odd, and an even size goes up by one"
    return "take the logarithm to base two, add one, halve, cut off"


def _count(answer: tuple[int, int]) -> str | None:
    """3: parameters of SE and of CBAM on 256 channels."""
    excite, both = map(int, answer)
    if excite == 2 * 256 * 16:
        return "the two layers have biases: 16 and 256"
    if excite != 8464:
        return "two layers, from 256 to 16 and back, each with a bias"
    if both in (8464 + 49, 8464 + 50):
        return "the spatial part reads two maps, a mean and a maximum"
    if both == 8464 + 99:
        return "the package's spatial convolution has no bias"
    if both != 8562:
        return "the channel part costs what SE costs, the perceptron is shared"
    return None


def _excite(answer: Callable[[Any, Any, Any], Any]) -> str | None:
    """4: squeeze-and-excitation in NumPy."""
    x = np.arange(24.0).reshape(3, 2, 4) / 10 - 1
    inner, outer = np.array([[1.0, -1, 0.5], [-2, 0, -1]]), np.ones((3, 2))
    outer[1] = -1
    found = np.asarray(answer(x, inner, outer), dtype=float)
    if found.shape == (3,):
        return "these are the weights; return the map, channel by channel weighed"
    if found.shape != x.shape:
        return f"the map keeps its shape {x.shape}; yours has {found.shape}"
    z = x.mean((1, 2))

    def weighed(y: np.ndarray) -> np.ndarray:
        return x / (1 + np.exp(-outer @ y))[:, None, None]

    if np.allclose(found, weighed(np.maximum(inner @ z, 0))):
        return None
    if np.allclose(found, weighed(inner @ z)):
        return "between the two matrices stands a ReLU"
    if np.allclose(found, weighed(np.maximum(inner @ x.sum((1, 2)), 0))):
        return "squeeze by the mean, not by the sum"
    return "mean, first matrix, ReLU, second matrix, sigmoid, product: check each"


def _shuffled(answer: set[str] | str) -> str | None:
    """5: blocks that do not care where pixels are."""
    given = {letter.strip().lower() for letter in answer}
    if not given <= set("abcde"):
        return "answer with a set of letters from a to e"
    if "c" in given:
        return "c reads a square of 7 x 7: its neighbours are others after a shuffle"
    if "d" in given:
        return "d reads profiles of rows and columns, and a shuffle mixes them"
    if given != set("abe"):
        return "what you named is right, but one is missing: who reads no neighbours"
    return None


ANSWERS = {
    "attention.1": _two,
    "attention.2": _kernels,
    "attention.3": _count,
    "attention.4": _excite,
    "attention.5": _shuffled,
}
