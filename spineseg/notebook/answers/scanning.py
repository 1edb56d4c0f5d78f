"""Checkers of the exercises in "From recurrence to a selective scan"."""

import math
from collections.abc import Callable, Sequence

import numpy as np

Pixel = tuple[int, int]


def _states(answer: Sequence[float]) -> str | None:
    """scan.1: four states of a halving memory."""
    states = [float(h) for h in answer]
    if len(states) != 4:
        return "there is a state for each of the four tokens"
    if np.allclose(states, [2, 1, 4.5, 2.25]):
        return None
    if np.allclose(states, [1, 0.5, 2.25, 1.125]):
        return "the state is halved before the token is added, the token is not"
    if np.allclose(states, [2, 2, 6, 6]):
        return "this memory has no leak"
    return "halve the state before, then add the token"


def _together(answer: tuple[float, float]) -> str | None:
    """scan.2: three steps as one."""
    a, b = map(float, answer)
    if np.allclose((a, b), (0.2, 6.4)):
        return None
    if np.allclose((a, b), (0.1, 3.2)):
        return "these are the first two steps; a third one follows"
    if not math.isclose(a, 0.2):
        return "the three factors multiply"
    if math.isclose(b, 4.0):
        return "what was added first goes through the later steps, too"
    if math.isclose(b, 2.5):
        return "the order is the other way round: the halving comes first"
    return "send h = 0 through the three steps: what comes out is b"


def _kernel(answer: Callable[..., np.ndarray]) -> str | None:
    """scan.3: impulse response of a constant system."""
    for delta, A, B, C, length in ((0.7, -0.3, 2.0, 3.0, 5), (0.1, -1.0, 1.0, 1.0, 3)):
        found = np.asarray(answer(delta, A, B, C, length), float)
        right = C * delta * B * np.exp(delta * A * np.arange(length))
        if found.shape != (length,):
            return f"the kernel has {length} numbers, yours {found.shape}"
        if np.allclose(found, right):
            continue
        if np.allclose(found * delta, right):
            return "the token is written with delta times B"
        if np.allclose(found, right * np.exp(delta * A)):
            return "a token has not decayed yet at its own step"
        if np.allclose(found, C * B * (np.exp(delta * A) - 1) / A * right / right[0]):
            return "that is the exact form; the short one was asked for"
        return f"for delta {delta}, A {A}, B {B}, C {C} the first number is {right[0]}"
    return None


def _half(answer: tuple[float, int]) -> str | None:
    """scan.4: step that halves, and tokens until less than half is left."""
    delta, tokens = map(float, answer)
    if abs(delta - 0.5) < 1e-6:
        return "a step of 0.5 leaves exp(-0.5), which is more than half"
    if abs(delta + math.log(2)) < 0.01:
        return "a step is positive, A carries the sign"
    if abs(delta - math.log(2)) > 0.005:
        return "solve exp(-delta) = 1/2"
    if tokens == 70:
        return None
    if tokens == 69:
        return "after 69 tokens a little more than half is left"
    if abs(tokens - 69.31) < 0.1:
        return "tokens come in whole numbers"
    return "after k tokens exp(-0.01 k) is left"


def _far(answer: Callable[[Pixel, Pixel, int, int], int]) -> str | None:
    """scan.5: fewest steps between two pixels on four walks."""
    cases = (
        ((0, 0), (0, 1), 8, 8, 1),
        ((0, 0), (1, 0), 8, 8, 1),
        ((3, 3), (2, 3), 8, 8, 1),
        ((0, 0), (1, 1), 8, 8, 9),
        ((0, 0), (1, 1), 4, 10, 5),
        ((2, 2), (3, 0), 8, 8, 6),
    )
    for p, q, height, width, right in cases:
        found = answer(p, q, height, width)
        if found == right:
            continue
        what = f"from {p} to {q} on {height} x {width}"
        if found < 0:
            return f"{what} you gave {found}; there are walks backwards, too"
        if found == abs(p[0] - q[0]) + abs(p[1] - q[1]):
            return f"{what} no walk is that short: walks do not turn"
        return f"{what} you gave {found}; follow each walk with a finger"
    return None


def _stored(answer: float) -> str | None:
    """scan.6: GiB of one tensor of decays."""
    gib = float(answer)
    right = 4 * 768 * 3600 * 16 * 4 / 2**30
    if abs(gib - right) < 0.01:
        return None
    for factor, hint in (
        (0.25, "there are four walks, and a number has four bytes"),
        (0.5, "the scan runs on d = 2c channels"),
        (1 / 16, "each channel has sixteen states"),
        (2**30 / 1e9, "these are GB; a GiB has 2 to the 30 bytes"),
    ):
        if abs(gib - right * factor) < 0.01 * factor:
            return hint
    return "walks times channels times pixels times states times bytes"


ANSWERS = {
    "scan.1": _states,
    "scan.2": _together,
    "scan.3": _kernel,
    "scan.4": _half,
    "scan.5": _far,
    "scan.6": _stored,
}
