"""Checkers of the exercises in "The spine and its images"."""

import math
from collections.abc import Callable, Mapping, Sequence

import numpy as np

_USUAL = ["T12", "L1", "L2", "L3", "L4", "L5"]
_SIX = ["L1", "L2", "L3", "L4", "L5", "L6"]


def _disc(answer: Sequence[str]) -> str | None:
    """spine.1: the vertebrae above and below disc 203."""
    if len(answer) != 2 or not all(isinstance(name, str) for name in answer):
        return "give two names from the top down, such as ('T1', 'T2')"
    given = [name.strip().upper() for name in answer]
    if given == ["L3", "L4"]:
        return None
    if given == ["L4", "L3"]:
        return "the two vertebrae are right, but the upper one comes first"
    if given == ["L2", "L3"]:
        return "disc 200 + n lies below vertebra n, not above it"
    if given in (["C2", "C3"], ["C3", "C4"], ["T3", "T4"]):
        return "the count begins at the bottom of the lumbar spine"
    return "count the vertebrae from the lowest, which is 1; then go one disc down"


def _cobb(answer: float) -> str | None:
    """spine.2: the Cobb angle of four points, by hand."""
    right = math.degrees(math.atan(8 / 40) + math.atan(10 / 40))
    value = float(answer)
    if abs(value - right) <= 0.4:
        return None
    if abs(value - math.degrees(8 / 40 + 10 / 40)) <= 0.1:
        return "this is the estimate for small angles; now take the arctangents"
    if abs(value - math.degrees(math.atan(10 / 40) - math.atan(8 / 40))) <= 0.2:
        return "the plates tilt to opposite sides, so their tilts have opposite signs"
    if abs(math.degrees(value) - right) <= 0.2:
        return "this is the angle in radians; give degrees"
    if abs(180 - value - right) <= 0.2:
        return "this is the other angle between the two lines"
    return "write the tilt of each plate first: the rise over the run, then its arctan"


def _genant(answer: Callable[[float, float, float], int]) -> str | None:
    """spine.3: a function from three heights to the grade."""
    cases = (
        ((25.0, 25.0, 25.0), 0, "three equal heights are no fracture"),
        ((23.5, 24.0, 25.0), 0, "a loss of 6 percent is normal at T11 and T12"),
        ((19.4, 24.0, 25.0), 1, "a front that lost a little over a fifth is grade 1"),
        ((17.0, 22.0, 25.0), 2, "a front that lost about a third is grade 2"),
        ((14.0, 20.0, 25.0), 3, "a front that lost more than two fifths is grade 3"),
        ((25.0, 17.0, 25.0), 2, "the middle can collapse alone"),
        ((25.0, 24.0, 17.0), 2, "the back can collapse too: compare with the tallest"),
    )
    for heights, grade, reason in cases:
        found = answer(*heights)
        if found != grade:
            return f"heights {heights} gave {found!r}; {reason}"
    return None


Point = tuple[float, float]


def _slip(answer: Callable[[Point, Point, Point], float]) -> str | None:
    """spine.4: a slip that does not depend on how the picture is turned."""
    points = np.array([(0.0, 0.0), (40.0, 0.0), (32.0, 9.0)])
    plain = float(answer(*map(_pair, points)))
    if not abs(plain - 0.20) <= 1e-6:  # NaN is a fault, too
        return (
            f"the chapter's three points gave {plain:.3f}; the arguments are lower "
            "front, lower back, upper back, and the result is a fraction"
        )
    turn = np.radians(25)
    turned = points @ np.array(
        [[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]]
    )
    for moved, what in (
        (points + [100.0, -50.0], "moved"),
        (turned, "turned by 25 degrees"),
        (points * [-1, 1], "seen from the patient's other side"),
        (points * 3, "three times as large"),
    ):
        value = float(answer(*map(_pair, moved)))
        if not abs(value - plain) <= 1e-6:
            return f"the same spine {what} gave {value:.3f} instead of {plain:.3f}"
    back = float(answer((0.0, 0.0), (40.0, 0.0), (44.0, 9.0)))
    if not abs(back + 0.10) <= 1e-6:
        return "a vertebra that slipped backwards must give a negative number"
    return None


def _pair(point: np.ndarray) -> Point:
    return float(point[0]), float(point[1])


def _flip(answer: set[str] | str) -> str | None:
    """spine.5: what a left-right flip of an AP film changes."""
    given = set(filter(str.isalpha, "".join(answer).lower()))
    if not given <= set("abcde"):
        return "answer with a set of letters from a to e"
    reasons = {
        "a": "a mask of one class is flipped with its picture and stays right",
        "b": "after the flip the pedicle called left lies where the right one should",
        "c": "an angle between two lines has no side",
        "d": "a curve that bends to the right bends to the left after the flip",
        "e": "counting from the bottom does not look at the sides",
    }
    right = {"b", "d"}
    for letter in sorted(given - right):
        return f"{letter} needs no change: {reasons[letter]}"
    if given != right:
        return "what you named is right, but something is missing: look for a side"
    return None


def _labels(answer: Callable[[list[str]], Mapping[str, int]]) -> str | None:
    """spine.6: SPIDER's numbers for a list of names."""
    for names, what in ((_USUAL, "a usual spine"), (_SIX, "a spine with an L6")):
        wanted = {name: len(names) - place for place, name in enumerate(names)}
        found = dict(answer(list(names)))
        if set(found) != set(names):
            return f"for {what} the keys are {sorted(found)}; every name needs a number"
        if found == {name: place + 1 for place, name in enumerate(names)}:
            return "the count runs from the top; it begins at the lowest vertebra"
        if found != wanted:
            return f"for {what} the numbers are {found}; the lowest vertebra is 1"
    return None


def _noise(answer: float) -> str | None:
    """spine.7: spread of a Cobb angle when points are 0.5 mm uncertain."""
    right = math.degrees(2 * 0.5 / 30)
    value = float(answer)
    if abs(value - right) <= 0.05 * right:
        return None
    if abs(value - math.radians(right)) <= 0.05 * math.radians(right):
        return "this is in radians; give degrees"
    if abs(value - right / math.sqrt(2)) <= 0.05 * right:
        return "this is the spread of one plate; the Cobb angle is made of two"
    if abs(value - right / 2) <= 0.05 * right:
        return "every plate has two uncertain points, and there are two plates"
    return "take the chapter's formula; the width of the plate is in its denominator"


ANSWERS = {
    "spine.1": _disc,
    "spine.2": _cobb,
    "spine.3": _genant,
    "spine.4": _slip,
    "spine.5": _flip,
    "spine.6": _labels,
    "spine.7": _noise,
}
