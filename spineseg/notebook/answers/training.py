"""Checkers of the exercises in "Training that can be trusted"."""

from collections.abc import Callable, Sequence
from itertools import permutations
from typing import Any

import numpy as np


def _walk(order: Sequence[float]) -> float:
    w = 0.0
    for x in order:
        w += 0.5 * (x - w)
    return w


def _order(answer: tuple[Sequence[float], float]) -> str | None:
    """training.1: the order of 1, 2, 6 that ends closest to 3."""
    order, end = tuple(float(x) for x in answer[0]), float(answer[1])
    if sorted(order) != [1, 2, 6]:
        return "each of 1, 2 and 6 is shown once"
    if abs(_walk(order) - end) > 0.005:
        return "this order ends elsewhere: go half of the way, three times"
    best = min(permutations((1.0, 2.0, 6.0)), key=lambda o: abs(_walk(o) - 3))
    if order != best:
        return f"{end:g} is right for this order, but another ends closer to 3"
    return None


def _updates(answer: int) -> str | None:
    """training.2: 939 films, batches of 4, 300 epochs."""
    value = float(answer)
    if value == 235 * 300:
        return None
    if value == 234 * 300:
        return "the last, smaller batch of each epoch counts, too"
    if value in (939 * 300, 939 * 75):
        return "an update sees a whole batch, and the batches of an epoch are whole"
    return "first count the batches of one epoch"


def _kept(answer: set[str]) -> str | None:
    """training.3: what a checkpoint must hold."""
    given = {letter.strip().lower() for letter in answer}
    if not given <= set("abcdefg"):
        return "answer with a set of letters from a to g"
    needless = {
        "c": "gradients are computed anew from the next batch",
        "e": "the learning rate is a function of the position",
        "g": "which pictures come is a function of the position",
    }
    for letter in sorted(given & set(needless)):
        return f"{letter} need not be kept: {needless[letter]}"
    if given != {"a", "b", "d", "f"}:
        return "something that changes from update to update would be lost"
    return None


def _deal(answer: Callable[..., Any]) -> str | None:
    """training.4: a split by patient."""
    patients = [f"p{k % 12}" for k in range(60)]
    first, again = (np.asarray(answer(list(patients), 0.25, 3)) for _ in range(2))
    if first.shape != (60,) or first.dtype != bool:
        return "return one boolean for each slice"
    if not np.array_equal(first, again):
        return "the same seed gave two answers: draw from a generator of the seed"
    held = {p for p, out in zip(patients, first, strict=True) if out}
    if held & {p for p, out in zip(patients, first, strict=True) if not out}:
        return "a patient stands on both sides: shuffle the patients, not the slices"
    if len(held) != 3:
        return f"a quarter of 12 patients is 3, the test part has {len(held)}"
    deals = {tuple(np.asarray(answer(list(patients), 0.25, k))) for k in range(8)}
    if len(deals) < 3:
        return "other seeds must deal otherwise"
    few = np.asarray(answer(["a", "a", "b"], 0.1, 0))
    if not few.any() or few.all():
        return "with few patients the test part still needs one, and not all of them"
    return None


def _interval(answer: tuple[float, float]) -> str | None:
    """training.5: 95 % interval of a fourth value after 0.81, 0.83, 0.82."""
    low, high = map(float, answer)
    half = (high - low) / 2
    if low >= high:
        return "the lower end comes first"
    if abs(low + high - 1.64) > 0.002:
        return "the interval lies evenly around the mean"
    if abs(half - 0.0497) < 0.0011:
        return None
    if abs(half - 0.0248) < 0.001:
        return "this is the interval of the mean; a single further value scatters more"
    if abs(half - 0.0196) < 0.001 or abs(half - 0.0226) < 0.0005:
        return "1.96 is for many values; with three take Student's t"
    if abs(half - 0.0430) < 0.001:
        return "the mean of three is itself uncertain: that is the 1/n under the root"
    return "take Student's t of n - 1 degrees of freedom"


def _share(answer: float) -> str | None:
    """training.6: summed rate after epoch 60."""
    value = float(answer)
    if abs(value - 0.00099) < 0.00006:
        return None
    if abs(value - 0.4) < 0.01:
        return "this is the share of epochs; weigh each by its rate"
    if abs(value - 0.1) < 0.01 or abs(value - 0.01) < 0.001:
        return "this counts from an earlier epoch on"
    if value > 0.05:
        return "give a fraction of the sum, not percent"
    return "add the rates of five blocks of 20 epochs"


ANSWERS = {
    "training.1": _order,
    "training.2": _updates,
    "training.3": _kept,
    "training.4": _deal,
    "training.5": _interval,
    "training.6": _share,
}
