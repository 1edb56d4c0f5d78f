"""Checkers of the exercises in "Reading real images"."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np


def _one_pixel(answer: float) -> str | None:
    """reading.1: the grey of one stored number."""
    value = float(answer)
    density = 0.684 * 500 + 200
    place = (density - 1599.5) / 2799 + 0.5
    if abs(value - (1 - place)) <= 0.003:
        return None
    if abs(value - place) <= 0.002:
        return "this is the place in the window; MONOCHROME1 asks for one step more"
    unscaled = (500 - 1599.5) / 2799 + 0.5
    if min(abs(value - unscaled), abs(value - 1 + unscaled)) <= 0.002:
        return "the window was applied to the stored number: slope and intercept first"
    if not 0 <= value <= 1:
        return "a grey lies between 0 and 1; did the window come last?"
    return "take the three steps one by one: density, place in the window, polarity"


def _turns(answer: Sequence[int]) -> str | None:
    """reading.2: how often each header is turned after the window."""
    if len(answer) != 4:
        return "give four numbers, for (a), (b), (c) and (d)"
    reasons = (
        "(a): MONOCHROME2 shows small values dark, as they come out of the window",
        "(b): MONOCHROME1 wants the smallest value white",
        "(c): count the statements, then ask whether they say different things",
        "(d): the slope acts in the first step; is there anything left to do?",
    )
    for given, right, reason in zip(answer, (0, 1, 1, 0), reasons, strict=True):
        if int(given) != right:
            return f"look again at {reason}"
    return None


def _window(answer: Callable[[Any, float, float], Any]) -> str | None:
    """reading.3: DICOM's linear window."""
    values = np.array([1949.0, 1950.0, 1999.5, 2049.0, 2050.0, -1e6, 1e6])
    found = np.asarray(answer(values.copy(), 2000, 101), float)
    if found.shape != values.shape:
        return f"{values.size} values gave an array of shape {found.shape}"
    if found.min() < 0 or found.max() > 1:
        return "values outside the window must become 0 or 1"
    if abs(found[2] - 0.5) > 1e-6:
        exact = abs(found[2] - 0.495) < 1e-3
        hint = "; the middle lies at centre minus one half" if exact else ""
        return f"1999.5 in the window 2000 / 101 gave {found[2]:.4f}{hint}"
    if abs(found[1] - 0.005) > 1e-6 or abs(found[3] - 0.995) > 1e-6:
        return "the slope is off: a width of w spans w - 1 steps"
    step = np.asarray(answer(np.array([4.0, 4.4, 4.6, 6.0]), 5, 1), float)
    if not np.array_equal(step, [0, 0, 1, 1]):
        return f"a width of 1 is a step at centre - 0.5; got {step.tolist()}"
    return None


def _height(answer: float) -> str | None:
    """reading.4: pixels on the detector to millimetres in the patient."""
    value = float(answer)
    on_detector = 255 * 0.14
    if abs(value - on_detector / 1.3) <= 0.1:
        return None
    if abs(value - on_detector) <= 0.1:
        return "this is the height of the shadow on the detector"
    if abs(value - on_detector * 1.3) <= 0.2:
        return "the shadow is larger than the bone, so the bone is not larger still"
    return "pixels times pitch gives the shadow; then think of the magnification"


def _share(answer: float) -> str | None:
    """reading.5: share of pure white under a window that lies too low."""
    import pydicom
    from pydicom.data import get_testdata_file

    path = get_testdata_file("CT_small.dcm", download=False)
    if path is None:
        return "the file CT_small.dcm does not come with this version of pydicom"
    stored = pydicom.dcmread(str(path)).pixel_array.astype(float)
    place = (stored - 199.5) / 1199 + 0.5
    right = float((place >= 1).mean())
    value = float(answer)
    if abs(value - right) <= 0.005:
        return None
    if abs(value - 100 * right) <= 0.5:
        return "this is in percent; give a share from 0 to 1"
    if abs(value - float((place <= 0).mean())) <= 0.005:
        return "this is the share of pure black"
    if abs(value - float(((place > 0) & (place < 1)).mean())) <= 0.005:
        return "this is the share of the greys in between"
    return "count the pixels of the picture that are exactly 1, over all pixels"


def _order(answer: Callable[[list[Any]], Sequence[int]]) -> str | None:
    """reading.6: slices along their normal."""
    sagittal, turned = (0, 1, 0, 0, 0, -1), (0, 1, 0, 0, 0, 1)
    tilt = np.radians(30)
    tilted = (1, 0, 0, 0, float(np.cos(tilt)), float(np.sin(tilt)))
    normal = np.cross(tilted[:3], tilted[3:])
    # each step along the tilted normal also slides within the plane, downwards
    slide = np.array(tilted[3:]) * -20
    steps = [tuple(normal * 4 * k + slide * k) for k in range(4)]
    cases = (
        (
            [((9, 0, 0), sagittal), ((-3, 0, 0), sagittal), ((3, 0, 0), sagittal)],
            [1, 2, 0],
            "slices whose cross product points to the right",
        ),
        (
            [((9, 0, 0), turned), ((-3, 0, 0), turned), ((3, 0, 0), turned)],
            [1, 2, 0],
            "slices whose columns run from feet to head",
        ),
        (
            [
                (steps[2], tilted),
                (steps[0], tilted),
                (steps[3], tilted),
                (steps[1], tilted),
            ],
            [1, 3, 0, 2],
            "tilted axial slices that also slide within their plane",
        ),
    )
    for slices, right, what in cases:
        found = [int(index) for index in answer(list(slices))]
        if found != right:
            return f"{what} came out as {found}"
    return None


def _axes(answer: Sequence[int]) -> str | None:
    """reading.7: the sagittal axis of two orientations."""
    if len(answer) != 2:
        return "give two numbers, for LPS and for PIR"
    first, second = (int(axis) for axis in answer)
    if (first, second) == (2, 0):
        return None
    if (first, second) == (0, 2):
        return "these are the file's axes; the array has them in reverse"
    if first != 2:
        return "LPS: find the letter for left or right, then reverse its place"
    return "PIR: find the letter for left or right, then reverse its place"


ANSWERS: dict[str, Callable[[Any], str | None]] = {
    "reading.1": _one_pixel,
    "reading.2": _turns,
    "reading.3": _window,
    "reading.4": _height,
    "reading.5": _share,
    "reading.6": _order,
    "reading.7": _axes,
}
