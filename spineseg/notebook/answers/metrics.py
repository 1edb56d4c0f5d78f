"""Checkers of the exercises in "Measuring a segmentation"."""

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

NAN, INF = math.nan, math.inf


def _close(value: float, right: float, tolerance: float = 0.005) -> bool:
    return abs(value - right) <= tolerance


def _pencil(answer: tuple[float, float]) -> str | None:
    """measuring.1: Dice and IoU of sizes 50 and 60 with 45 in common."""
    dice, iou = map(float, answer)
    if _close(dice, 90 / 110) and _close(iou, 45 / 65):
        return None
    if _close(iou, 90 / 110) and _close(dice, 45 / 65):
        return "both numbers are right, but Dice comes first"
    if not _close(dice, 90 / 110):
        return "Dice counts what is in both twice, over the sum of the two sizes"
    if _close(iou, 45 / 110):
        return "the union is smaller than the sum: what is in both counts once"
    return "IoU divides what is in both by what is in at least one"


def _shift(answer: tuple[float, float]) -> str | None:
    """measuring.2: shift and Hausdorff distance of a square at Dice 0.9."""
    shift, distance = map(float, answer)
    if _close(shift, 2):
        return "a shift takes pixels away on one side of both masks: Dice is 0.95 there"
    if not _close(shift, 4):
        overlap = max(0.0, 40 - shift) / 40
        return f"a shift of {shift:g} pixels leaves a Dice of {overlap:.2f}"
    if not _close(distance, shift):
        return "the column that sticks out is as far from the other mask as the shift"
    return None


def _padding(answer: set[str] | str) -> str | None:
    """measuring.3: what changes with more background around."""
    given = set(filter(str.isalpha, "".join(answer).lower()))
    if not given <= set("abcdefg"):
        return "answer with a set of letters from a to g"
    reasons = {
        "a": "no true negative occurs in Dice",
        "c": "no boundary has moved, and the nearest pixel is the same one",
        "g": "it compares two sizes, which stay",
    }
    right = {"b", "d", "e", "f"}
    for letter in sorted(given - right):
        return f"{letter} does not change: {reasons[letter]}"
    if given != right:
        return "what you named is right, but one is missing: who counts background"
    return None


def _percent_point(
    answer: Callable[[Any, Any, float], float],
) -> str | None:
    """measuring.4: a weighted percent point without interpolation."""
    cases: Sequence[tuple[list[float], list[float], float, float, str]] = (
        (
            [1, 2, 3, 4],
            [1, 1, 1, 1],
            0.5,
            2,
            "half is reached at 2; do not interpolate",
        ),
        (
            [1, 2, 3, 4],
            [1, 1, 1, 1],
            0.6,
            3,
            "at 2 only half is reached, so the next one counts",
        ),
        ([4, 1, 3, 2], [1, 1, 1, 1], 0.5, 2, "the distances come in any order"),
        ([5, 0], [1, 9], 0.9, 0, "reaching the share exactly is enough"),
        ([0, 5], [1, 9], 0.5, 5, "a long piece weighs more than a short one"),
        ([7, 0, 2], [2, 5, 3], 0.95, 7, "lengths must be sorted with their distances"),
    )
    for distances, lengths, share, right, reason in cases:
        value = float(answer(np.array(distances), np.array(lengths), share))
        if not _close(value, right, 1e-9):
            return (
                f"distances {distances} with lengths {lengths} gave {value:g} "
                f"at a share of {share}; {reason}"
            )
    return None


def _patient_mean(answer: Callable[[Any, Any], float]) -> str | None:
    """measuring.5: one vote a patient."""
    cases: Sequence[tuple[list[float], list[str], float, str]] = (
        ([0.8, 0.6], ["a", "b"], 0.7, "two patients with one image each"),
        ([0.9, 0.9, 0.9, 0.5], [*"aaab"], 0.7, "three images are still one vote"),
        ([0.9, NAN, 0.5], [*"aab"], 0.7, "an undefined image is left out"),
        ([0.9, NAN, NAN], [*"abb"], 0.9, "a patient without a defined image too"),
        (
            [0.2, 0.8, 0.4],
            [*"aba"],
            0.55,
            "images of a patient may lie apart",
        ),
        ([1.0, INF, 2.0], [*"aab"], INF, "an infinite distance must not vanish"),
    )
    for scores, patients, right, reason in cases:
        value = float(answer(list(scores), list(patients)))
        if value != right and not _close(value, right, 1e-9):
            return f"scores {scores} of patients {patients} gave {value:g}; {reason}"
    return None


def _millimetres(answer: tuple[float, float]) -> str | None:
    """measuring.6: outline error of discs of 8 mm and 20 mm at Dice 0.85."""
    canal, body = map(float, answer)
    if _close(canal, 1.2, 0.06) and _close(body, 3.0, 0.15):
        return None
    if _close(canal, 0.6, 0.03) or _close(body, 1.5, 0.07):
        return "the 2 of 2A/P is missing"
    if _close(canal, 2.4, 0.1) or _close(body, 6.0, 0.2):
        return "this is the error of the diameter; the outline moves on both sides"
    return "put the area and the length of the outline of a disc into the formula"


def _share(answer: float) -> str | None:
    """measuring.7: foreground share from the class-mean Dice of nothing."""
    value = float(answer)
    if _close(value, 0.06 / 0.53, 0.004):
        return None
    if _close(value, 0.06, 0.002):
        return "this solves (1 - f) / 2, which is the class mean of IoU, not of Dice"
    if value > 1:
        return "give a fraction, not percent"
    return "write the Dice of both classes for a mask with nothing in it, then the mean"


def _clinic(answer: tuple[float, float, float]) -> str | None:
    """measuring.8: slip, grade and wedge of one pair of bodies."""
    slip, grade, wedge = map(float, answer)
    if _close(slip, 12 / 35):
        return "give the slip in percent, not as a fraction"
    if not _close(slip, 100 * 12 / 35, 0.1):
        return "the slip is the shift over the depth of the plate below, in percent"
    if grade != 2:
        return f"a slip of {slip:.0f} % lies in the second quarter of the depth"
    if _close(wedge, 25 / 20):
        return "the wedge ratio is front over back, not back over front"
    if not _close(wedge, 20 / 25):
        return "the wedge ratio is the height in front over the height behind"
    return None


def _cobb(answer: Callable[[Any], float]) -> str | None:
    """measuring.9: the largest angle between any two plates."""
    cases: Sequence[tuple[list[float], float, str]] = (
        ([20, 5, -12], 32, "take the two plates that tilt most against each other"),
        ([-12, 5, 20], 32, "an angle has no sign: the upper plate may tilt either way"),
        ([0, 18, -3, 2], 21, "the two plates need not be the first and the last"),
        ([0, 6, 12, 18], 18, "the two plates need not be neighbours"),
        ([7, 7, 7], 0, "parallel plates have no angle, however they tilt"),
    )
    for tilts, right, reason in cases:
        value = float(answer(np.array(tilts, float)))
        if not _close(value, right, 1e-9):
            return f"tilts {tilts} gave {value:g}; {reason}"
    return None


ANSWERS = {
    "measuring.1": _pencil,
    "measuring.2": _shift,
    "measuring.3": _padding,
    "measuring.4": _percent_point,
    "measuring.5": _patient_mean,
    "measuring.6": _millimetres,
    "measuring.7": _share,
    "measuring.8": _clinic,
    "measuring.9": _cobb,
}
