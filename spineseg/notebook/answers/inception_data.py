"""Checkers of the exercises in "Inception U-Net: data preparation"."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

Masks = NDArray[np.integer]


def _between(answer: tuple[Sequence[float], int]) -> str | None:
    """1: three interpolated labels between canal and disc."""
    values, discs = answer
    found = [round(float(v)) for v in values]
    if found == [178, 152, 126]:
        return "go from the canal (100) to the disc (204), not the other way"
    if found != [126, 152, 178]:
        return "the way from 100 to 204 is 104 long; take a quarter, a half, three"
    if int(discs) != 0:
        return "a disc is 201 to 225; look at the three numbers again"
    return None


def _stretch(answer: float) -> str | None:
    """2: how much a plain resize broadens."""
    factor = float(answer)
    right = 0.63 / 0.44
    if abs(factor - right) <= 0.01:
        return None
    if abs(factor - 1 / right) <= 0.01:
        return "this is how much too tall it would be; columns lie closer than rows"
    if abs(factor - 448 / 128) <= 0.01:
        return "both axes shrink by that; what is their ratio in millimetres"
    return "how many millimetres does the slice measure down and across"


def _grouped(answer: Callable[[Masks], Masks]) -> str | None:
    """3: four classes from the labels."""
    cases = {
        0: (0, "0 is background"),
        1: (1, "1 to 25 are vertebrae"),
        25: (1, "1 to 25 are vertebrae"),
        101: (1, "101 to 125 are vertebrae that are partly in the picture"),
        125: (1, "101 to 125 are vertebrae that are partly in the picture"),
        100: (2, "100 is the canal"),
        201: (3, "201 to 225 are discs"),
        225: (3, "201 to 225 are discs"),
        26: (0, "26 is the name of nothing"),
        150: (0, "150 is the name of nothing"),
        230: (0, "230 is the name of nothing"),
    }
    given = np.array([list(cases)], np.int64)
    before = given.copy()
    found = np.asarray(answer(given))
    if not np.array_equal(given, before):
        return "the labels that were handed in are changed; work on a copy"
    if found.shape != given.shape:
        return f"the shape is {found.shape} where {given.shape} went in"
    for value, (label, (right, why)) in zip(found[0], cases.items(), strict=True):
        if value != right:
            return f"label {label} became {value}; {why}"
    return None


def _counts(answer: tuple[int, int, int]) -> str | None:
    """4: sizes of the three parts."""
    train, val, test = map(int, answer)
    if train + val + test != 196:
        return f"the three parts hold {train + val + test} pictures, not 196"
    if val == 39 and test == 39:
        return "the validation share is taken from what the test leaves, not from 196"
    if test not in (39, 40):
        return "a fifth of 196 is about 39"
    if (train, val, test) in ((126, 31, 39), (125, 32, 39), (125, 31, 40)):
        return None
    return "a fifth of what is left is about 31"


def _shrink(answer: Callable[[Masks, int], Masks]) -> str | None:
    """5: the majority in each block."""
    mask = np.zeros((8, 8), int)
    mask[:4, :3] = 1  # 12 of 16
    mask[4:6, :4] = 1  # exactly 8 of 16
    mask[0, 5] = 1  # 1 of 16
    found = np.asarray(answer(mask, 2))
    if found.shape != (2, 2):
        return f"the shape is {found.shape}, asked for was (2, 2)"
    if found[0, 1]:
        return "one pixel of sixteen is no majority"
    if found[1, 0]:
        return "exactly half is not more than half"
    if not found[0, 0]:
        return "twelve of sixteen are a majority"
    tall = np.asarray(answer(np.ones((12, 12), int), 4))
    if tall.shape != (4, 4) or not (tall == 1).all():
        return "a full mask of 12 by 12 must become a full one of 4 by 4"
    return None


ANSWERS = {
    "inception-data.1": _between,
    "inception-data.2": _stretch,
    "inception-data.3": _grouped,
    "inception-data.4": _counts,
    "inception-data.5": _shrink,
}
