"""Checkers of the exercises in "Auditing a paper from its tables"."""

from collections.abc import Callable, Mapping
from typing import Any

from spineseg.core.errors import SpinesegError
from spineseg.stats.published import rounded
from spineseg.stats.ranges import Range


def _digits(answer: tuple[float, float]) -> str | None:
    """auditing.1: the values that print as 0.90 and as 0.900."""
    first, second = answer
    if abs(first - 0.005) < 1e-9 and abs(second - 0.0005) < 1e-9:
        return None
    if abs(first - 0.01) < 1e-9 or abs(second - 0.001) < 1e-9:
        return "that is the whole width of the interval; half of it lies on each side"
    return "one unit of the last printed digit is the width of all values that round so"


def _pair(answer: str) -> str | None:
    """auditing.2: which of three printed pairs nobody can have measured."""
    given = str(answer).strip().lower()
    if given == "b":
        return None
    reasons = {
        "a": "0.82 is D / (2 - D) itself: all images may be alike",
        "c": "0.85 lies between D / (2 - D) and D: images may differ",
    }
    return reasons.get(given, "answer with one of the letters a, b, c")


def _gain(answer: Mapping[str, bool]) -> str | None:
    """auditing.3: what "7.08 %" can be, with rounding carried."""
    right = {"percent of the mean": True, "points": False}
    wrong = [name for name, fits in right.items() if answer.get(name) is not fits]
    if not wrong:
        return None
    if "points" in wrong:
        return "a gain in points is a difference: it is near 6.0 and stays below 6.2"
    return "carry the rounding of every cell: the quotient has two ends"


def _floor(answer: float) -> str | None:
    """auditing.4: pairs needed for a two-sided exact p below 0.001."""
    if int(answer) == 11:
        return None
    if int(answer) == 10:
        return "with 10 pairs the least p is two in 1024, which is above 0.001"
    return "the least two-sided p of n pairs is 2 / 2^n"


def _bounds(function: Callable[[str, str], bool]) -> str | None:
    """auditing.5: a function that tells whether a printed Dice and recall fit."""
    cases: list[tuple[str, str, bool]] = [
        ("0.890", "0.5238", False),
        ("0.68", "0.5238", True),
        ("0.69", "0.52", True),
        ("0.767", "0.4640", False),
        ("0.911", "0.9979", True),
    ]
    for dice, recall, fits in cases:
        found = bool(function(dice, recall))
        if found is not fits:
            said = "can" if fits else "cannot"
            return f"a Dice of {dice} and a recall of {recall} {said} stand together"
    return None


def _mutation(answer: Any) -> str | None:
    """auditing.6: a printed HD that would make the claim of a best HD hold."""
    try:
        printed: Range = rounded(str(answer))
    except SpinesegError:
        return "give the number as it would be printed, for instance '3.500'"
    if printed.high < 2.980:
        return None
    return "a baseline of the table still has a lower HD, or may have"


ANSWERS: dict[str, Callable[[Any], str | None]] = {
    "auditing.1": _digits,
    "auditing.2": _pair,
    "auditing.3": _gain,
    "auditing.4": _floor,
    "auditing.5": _bounds,
    "auditing.6": _mutation,
}
