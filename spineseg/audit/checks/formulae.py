"""Equations: the printed formula, evaluated literally, against our function.

The literal form uses numpy or plain Python on one small case with fixed numbers; the
function is the one that trains and scores in this package. Equality says that the
formula is complete enough to be programmed, and that we programmed it.
"""

import math
from collections.abc import Callable

import numpy as np

from spineseg.audit.case import Case, Check
from spineseg.audit.verdict import Finding, Verdict

PROBABILITY = np.array([[0.9, 0.8, 0.3, 0.2], [0.7, 0.6, 0.1, 0.4]])
TRUTH = np.array([[1.0, 1.0, 0.0, 0.0], [1.0, 0.0, 0.0, 1.0]])
"""Two images of four pixels: probabilities and masks."""
GIVEN = "The formula is read as printed; where it is silent, as our docstring says."


def logits_and_target() -> tuple[object, object]:
    """Return the small case as tensors: logits (before the sigmoid) and masks."""
    import torch

    odds = np.log(PROBABILITY / (1 - PROBABILITY))
    return torch.tensor(odds), torch.tensor(TRUTH)


def formula(
    literal: Callable[[Case], float],
    ours: Callable[[Case], float],
    what: str,
    assumption: str = GIVEN,
) -> Check:
    """A formula and our function that must give the same number on a small case."""

    def check(case: Case) -> Finding:
        hand, function = float(literal(case)), float(ours(case))
        tolerance = case.claim.tolerance() or 1e-6
        same = math.isclose(hand, function, rel_tol=0, abs_tol=tolerance)
        verdict = Verdict.HOLDS if same else Verdict.CONTRADICTED
        evidence = f"{what}: by hand {hand:.6f}, by the package {function:.6f}."
        return Finding(verdict, evidence, assumption)

    return check


def on_tensors(name: str, **numbers: str) -> Callable[[Case], float]:
    """Return a call of a loss on the small case; numbers are values of the claim."""

    def call(case: Case) -> float:
        logits, target = logits_and_target()
        given = {key: case.count(value) for key, value in numbers.items()}
        return float(case.function(f"losses:{name}")(logits, target, **given).mean())

    return call


def on_masks(name: str) -> Callable[[Case], float]:
    """Return a call of a metric on two small masks."""

    def call(case: Case) -> float:
        return float(case.function(f"metrics:{name}")(*masks()))

    return call


def masks() -> tuple[np.ndarray, np.ndarray]:
    """Return two overlapping rectangles, 12 and 15 pixels, in a picture of 12 x 12."""
    prediction, target = np.zeros((12, 12), bool), np.zeros((12, 12), bool)
    prediction[2:6, 2:5] = True
    target[3:8, 3:6] = True
    return prediction, target


def counts() -> tuple[float, float, float]:
    """Return TP, FP and FN of the two rectangles, counted pixel by pixel."""
    prediction, target = masks()
    pairs = list(zip(prediction.ravel(), target.ravel(), strict=True))
    hit = sum(p and t for p, t in pairs)
    return (
        float(hit),
        float(sum(p and not t for p, t in pairs)),
        float(sum(t and not p for p, t in pairs)),
    )


def bce_by_hand() -> float:
    """Return the mean binary cross-entropy of the small case, term by term."""
    terms = [
        -(y * math.log(p) + (1 - y) * math.log(1 - p))
        for p, y in zip(PROBABILITY.ravel(), TRUTH.ravel(), strict=True)
    ]
    return sum(terms) / len(terms)


def dice_loss_by_hand() -> float:
    """Return one minus the soft Dice, averaged over the two images."""
    losses = [
        1 - 2 * float(p @ y) / float(p.sum() + y.sum())
        for p, y in zip(PROBABILITY, TRUTH, strict=True)
    ]
    return sum(losses) / len(losses)


def tversky_by_hand(alpha: float, beta: float) -> list[float]:
    """Return TP / (TP + alpha FN + beta FP) of both images."""
    found = []
    for p, y in zip(PROBABILITY, TRUTH, strict=True):
        hit, missed, invented = p @ y, (1 - p) @ y, p @ (1 - y)
        found.append(float(hit / (hit + alpha * missed + beta * invented)))
    return found


def focal_by_hand(alpha: float, gamma: float) -> float:
    """Return the mean of -alpha_i (1 - p_i)^gamma log p_i over the pixels."""
    terms = []
    for p, y in zip(PROBABILITY.ravel(), TRUTH.ravel(), strict=True):
        right = p if y else 1 - p
        weight = alpha if y else 1 - alpha
        terms.append(-weight * (1 - right) ** gamma * math.log(right))
    return sum(terms) / len(terms)
