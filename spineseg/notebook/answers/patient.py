"""Checkers of the exercises in "Who knows the true outline of a bone?"."""

from collections.abc import Callable
from typing import Any

import numpy as np


def _blend(answer: float) -> str | None:
    """patient.1: the smooth minimum of two equal distances."""
    value = float(answer)
    if abs(value) < 1e-6:
        return None
    if abs(value - 1) < 1e-6:
        return "that is the sharp minimum; the blend lies deeper"
    if abs(value + 3) < 1e-6:
        return "the blend takes off a part of k, not all of it"
    return "with a = b the weight h is one half; put it into the formula"


def _block(answer: float) -> str | None:
    """patient.2: the height of a second body in the chain."""
    right, value = 53.2, float(answer)
    if abs(value - right) <= 0.3:
        return None
    if abs(value - (right - 20.0)) <= 0.5 or value < 25:
        return "count from the sacrum, not from the first body; it lies above 20 mm"
    if abs(value - 41.3) <= 1.5:
        return "half of the first body is still to be climbed"
    return "the slope before the second disc is 24 degrees; go half a body, then on"


_TETRAHEDRON = [[0, 2, 1], [0, 1, 3], [1, 2, 3], [2, 0, 3]]


def _closed(answer: Callable[[np.ndarray], bool]) -> str | None:
    """patient.3: a function that tells whether a mesh is closed."""
    whole = np.array(_TETRAHEDRON)
    flipped = np.array([*_TETRAHEDRON[:3], _TETRAHEDRON[3][::-1]])
    twice = np.concatenate([whole, whole + 4])
    cases = (
        (whole, True, "four triangles around a tetrahedron are closed"),
        (whole[:3], False, "a tetrahedron without its last triangle is open"),
        (flipped, False, "one triangle is turned over: its edges have no reverse"),
        (twice, True, "two separate closed pieces are closed together"),
        (np.concatenate([whole, whole]), True, "edges may occur twice if balanced"),
    )
    for triangles, expected, reason in cases:
        if bool(answer(triangles.copy())) is not expected:
            return f"{reason}, but the function says {not expected}"
    return None


def _ordered(answer: Any) -> str | None:
    """patient.4: a specification whose measured values are as ordered."""
    from spineseg.anatomy.patient import Patient

    body, found = answer.anatomy, Patient(answer).truth
    if body.sex != "female" or body.age_years != 75:
        return "she is a woman of 75 years"
    if abs(found.cobb_deg - 25) > 0.5:
        return f"her curve measures {found.cobb_deg:.1f} degrees"
    if answer.pathology.side != "right" or answer.pathology.apex != "T9":
        return "the curve bulges to her right, most at T9"
    if not 1 < found.slip_percent["L4"] <= 25:
        return f"L4 slips by {found.slip_percent['L4']:.0f} %, which is not grade I"
    lost = 1 - found.anterior_height_mm["T12"] / found.posterior_height_mm["T12"]
    if not 0.25 <= lost <= 0.40:
        return f"the front of T12 is {100 * lost:.0f} % lower than its back"
    return None


def _floor(answer: float) -> str | None:
    """patient.5: expected range of eleven standard normal numbers."""
    value = float(answer)
    if abs(value - 3.17) <= 0.06:
        return None
    if abs(value - 1.59) <= 0.05:
        return "this is how far the largest lies above the mean; take off the smallest"
    if abs(value - 1) <= 0.1:
        return "this is the spread of one tilt; simulate largest minus smallest"
    return "draw eleven numbers many times; average the difference of the extremes"


ANSWERS = {
    "patient.1": _blend,
    "patient.2": _block,
    "patient.3": _closed,
    "patient.4": _ordered,
    "patient.5": _floor,
}
