"""Checkers of the exercises in "The data, and how to bring your own"."""

from collections.abc import Callable, Collection, Sequence
from typing import Any


def _by_hand(answer: float) -> str | None:
    """data.1: four patients, two slices each."""
    value = float(answer)
    if abs(value - 1 / 7) <= 0.002:
        return None
    if abs(value - 6 / 7) <= 0.002:
        return "this is the probability that somebody does stand on both sides"
    if abs(value - 1 / 5) <= 0.002:
        return "that was the case of three patients; count again with eight slices"
    if not 0 <= value <= 1:
        return "a probability lies between 0 and 1"
    return "count all pairs of eight slices, then the pairs that are one patient's"


def _degrees(answer: Sequence[Any]) -> str | None:
    """data.2: hue 330 degrees in OpenCV's units."""
    hue, found = answer
    if abs(float(hue) - 330) < 1:
        return "eight bits cannot hold 330; how many degrees is one step?"
    if abs(float(hue) - 330 / 360 * 255) < 2:
        return "the circle is not spread over 256 steps in OpenCV, but over 180"
    if abs(float(hue) - 165) > 0.6:
        return "the hue is off: one step is two degrees"
    return None if bool(found) else "compare the hue with both bands once more"


def _stretched(answer: Sequence[float]) -> str | None:
    """data.3: 30 x 30 mm at 0.6 x 0.9 mm, shrunk four times."""
    high, wide = (float(value) for value in answer)
    if abs(high - 12.5) <= 0.3 and abs(wide - 30 / 3.6) <= 0.3:
        return None
    if abs(wide - 12.5) <= 0.3 and abs(high - 30 / 3.6) <= 0.3:
        return "rows lie closer than columns; rows follow each other downwards"
    if abs(high - 50) <= 1:
        return "that is the size before the picture was shrunk"
    if abs(high - wide) < 0.3:
        return "the two directions have different spacing; treat each on its own"
    return "millimetres over spacing gives pixels; then shrink 512 to 128"


def _split(answer: Callable[..., Any]) -> str | None:
    """data.4: a split by patient."""
    ids = [f"p{who:02d}-{k}" for who in range(40) for k in range(1 + who % 4)]

    def person(name: str) -> str:
        return name.partition("-")[0]

    found = [str(name) for name in answer(list(ids), person, 0.25, 7)]
    if not found or not set(found) <= set(ids):
        return "the test part must hold some of the ids that were given, and no others"
    if len(set(found)) != len(found):
        return "a picture stands in the test part twice"
    inside = {person(name) for name in found}
    if any(person(name) in inside for name in set(ids) - set(found)):
        return "a leak: a patient of the test part has pictures in training, too"
    if abs(len(found) / len(ids) - 0.25) > 0.06:
        return f"a quarter was asked for, {len(found)} of {len(ids)} came"
    if [str(name) for name in answer(list(ids), person, 0.25, 7)] != found:
        return "the same seed gave another test part"
    others = [tuple(answer(list(ids), person, 0.25, seed)) for seed in range(8)]
    return None if len(set(others)) > 1 else "every seed gives the same test part"


def _false_labels(answer: Collection[int]) -> str | None:
    """data.5: labels that an interpolation invents."""
    given = {int(value) for value in answer}
    if len(given) < 3:
        return "name three different numbers"
    if given & {0, 100, 201}:
        return "one of these was in the mask from the beginning"
    if max(given) > 201 or min(given) < 0:
        return "an interpolation stays between the smallest and the largest label"
    if not all(1 <= v <= 25 or 101 <= v <= 125 for v in given):
        return "one of these can appear, but means nothing in SPIDER: see its classes"
    return None


def _real_start(answer: Collection[str]) -> str | None:
    """data.6: real pictures with real masks, openly."""
    given = {str(name).lower() for name in answer}
    known = {"cvmunet_xray", "csxa_spinous", "mdwc_spine", "chest_xray", "isic2016"}
    known |= {"spider", "axial_mri"}
    if given - known:
        return f"{sorted(given - known)[0]} is no name from the list"
    if given & {"cvmunet_xray", "mdwc_spine"}:
        return "one of these belongs to a hospital and is not public"
    if "csxa_spinous" in given:
        return "one of these has open films, but are its masks open, too?"
    missing = len({"spider", "isic2016", "chest_xray", "axial_mri"} - given)
    if missing:
        return f"all of these are right; {missing} more can be had (stand-ins count)"
    return None


def _bodies(answer: Callable[..., Any]) -> str | None:
    """data.7: the vertebrae of CSXA's labels that have four corners."""
    ends = ("top left", "top right", "bottom left", "bottom right")
    rest = ["C2 centroid", "C2 bottom left", "C2 bottom right"]
    whole = [*rest, *(f"C{n} {end}" for n in range(3, 8) for end in ends)]
    every = {"C3", "C4", "C5", "C6", "C7"}
    lacking = [label for label in whole if label != "C5 top left"]
    cases = (
        (whole, every, "a file with all 23 labels gives C3 to C7"),
        (lacking, every - {"C5"}, "three corners are not enough to fill a body"),
        (
            [*lacking, "C5 top right"],
            every - {"C5"},
            "a corner that stands there twice does not replace the one that lacks",
        ),
        (
            [f" {label.upper()} ".replace(" ", "  ") for label in whole],
            every,
            "people write capitals, and spaces where none belong",
        ),
        (
            [*whole, *(f"C9 {end}" for end in ends)],
            every,
            "no neck has a C9: a label that CSXA does not know says nothing",
        ),
    )
    for labels, wanted, hint in cases:
        found = {str(name) for name in answer(list(labels))}
        if "C2" in found:
            return "C2 has no upper corners: it cannot be filled"
        if found != wanted:
            return hint
    return None


ANSWERS = {
    "data.1": _by_hand,
    "data.2": _degrees,
    "data.3": _stretched,
    "data.4": _split,
    "data.5": _false_labels,
    "data.6": _real_start,
    "data.7": _bodies,
}
