"""Annotation, variants and sizes of CervSpineNet, against our steps and recipes."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from spineseg.audit.case import Case
from spineseg.audit.checks.compare import both, settled
from spineseg.audit.checks.networks import facts
from spineseg.audit.checks.prepared import PLACES, size
from spineseg.core.rng import rng
from spineseg.core.sample import Sample

_PAPER, _CNNS = "cervspinenet", ("unet", "deeplab_v3_plus")
_SIDE_PX, _LEAST_SATURATION = 128, 0.3
_TRACED = "cervspinenet-data-annot"
Colours = NDArray[np.float64]
Masks = NDArray[np.bool_]


def _processes() -> Masks:
    """Return five slanted ellipses, like spinous processes seen from the side."""
    rows, columns = np.mgrid[:_SIDE_PX, :_SIDE_PX]
    mask = np.zeros((_SIDE_PX, _SIDE_PX), bool)
    for k in range(5):
        down, right = rows - (16 + 24 * k), columns - 70
        along, across = right + 0.4 * down, down - 0.4 * right
        mask |= (along / 24) ** 2 + (across / 8) ** 2 < 1
    return mask


def _traced(mask: Masks) -> Colours:
    """Return a grey film with red lines along the outlines: hue, saturation, value.

    Hues in degrees: half of each line leans to orange, half to purple.
    """
    from scipy.ndimage import binary_dilation

    noise = rng(0, "audit", "tracing")
    line = np.asarray(binary_dilation(mask, iterations=2), bool) & ~mask
    hue = np.zeros(mask.shape)
    hue[line] = np.where(np.indices(mask.shape)[1][line] < 70, 15.0, 345.0)
    saturation = np.where(line, 0.9, 0.0)
    return np.stack([hue, saturation, noise.uniform(0.2, 0.9, mask.shape)])


def _filled(red: Masks) -> Masks:
    from scipy.ndimage import binary_fill_holes

    return np.asarray(binary_fill_holes(red), bool)


def _tracing(case: Case) -> tuple[dict[str, bool], str]:
    """Make masks of traced lines by the printed bands, in three readings."""
    from scipy.ndimage import binary_dilation

    mask = _processes()
    hue, saturation, _ = _traced(mask)
    bands = [[case.count(f"hue.{i}.{j}", of=_TRACED) for j in (0, 1)] for i in (0, 1)]
    coloured = saturation >= _LEAST_SATURATION
    wanted = binary_dilation(mask, iterations=2)  # the line belongs to the mask

    def score(degrees: float, chosen: Masks) -> float:
        red = [(hue >= a * degrees) & (hue <= b * degrees) for a, b in bands]
        found = _filled((red[0] | red[1]) & chosen)
        return float(case.function("metrics:dice")(found, wanted))

    everything = np.ones_like(mask)
    scores = {
        "bands alone, OpenCV's half degrees": score(2.0, everything),
        "bands of colours only, degrees": score(1.0, coloured),
        "bands of colours only, half degrees": score(2.0, coloured),
    }
    limit = 1 - case.claim.tolerance()
    said = ", ".join(f"{name}: {dice:.3f}" for name, dice in scores.items())
    return (
        {name: dice >= limit for name, dice in scores.items()},
        f"Dice of five red outlines on a grey film, cut out and filled: {said}.",
    )


def _drawn(case: Case) -> tuple[bool, str]:
    """Say whether the drawn way from tracing to mask works in any reading."""
    outcome, said = _tracing(case)
    return any(outcome.values()), said


_TRACES = both(
    _tracing,
    "Reds on both sides of 0 degrees; grey has the hue 0 and must be kept out by a "
    "least saturation, which the text does not name.",
)


def _draws() -> tuple[list[float], list[float]]:
    """Return the sizes of all turns and of all shifts of many random copies."""
    from spineseg.transforms import augmentation

    change = augmentation(_PAPER)
    blank = Sample(np.zeros((4, 4), np.float32), np.zeros((4, 4), np.uint8))
    steps = [
        one
        for n in range(60)
        for one in change(blank, rng(n, "audit", "affine")).history
    ]
    turns = {abs(s.knobs["angle_deg"]) for s in steps if s.name == "rotate"}
    moved = {
        abs(s.knobs[k])
        for s in steps
        if s.name == "shift"
        for k in ("right_px", "down_px")
    }
    return sorted(turns), sorted(moved)


def _numbers(found: list[float]) -> str:
    return ", ".join(f"{x:g}" for x in found)


@cache
def _same_as_opencv() -> str:
    """Say whether our step gives what OpenCV's own class gives, level by level."""
    import cv2

    from spineseg.transforms import apply, step

    noise = rng(0, "audit", "clahe").integers(0, 256, (64, 64)).astype(np.uint8)
    blank = np.zeros(noise.shape, np.uint8)
    film = Sample((noise / 255).astype(np.float32), blank)
    ours = apply(film, step("clahe", clip_limit=2.0, tiles=8)).picture
    theirs = cv2.createCLAHE(clipLimit=2.0, tileGridSize=(8, 8)).apply(noise)
    same = np.abs(np.asarray(ours) * 255 - theirs).max() < 0.5
    return "the same levels" if same else "other levels"


CHECKS = {
    _TRACED: _TRACES,
    f"{_PAPER}-F2": settled(
        _drawn, "The three panels are judged by the way from one to the next."
    ),
    f"{_PAPER}-prep-clahe": facts(
        ("same", "our equalisation and that of OpenCV give", _same_as_opencv),
        why="With a limit of 2 and 8 x 8 tiles; the text names neither, and OpenCV's "
        "own default limit is 40.",
    ),
    f"{_PAPER}-prep-aug": facts(
        ("turns", "turns of many copies, degrees", lambda: _numbers(_draws()[0])),
        ("moves", "shifts of many copies, pixels", lambda: _numbers(_draws()[1])),
        why="Each copy has one turn and one shift in each direction; which go "
        "together the text does not say.",
    ),
    f"{_PAPER}-prep-size": facts(
        *(
            (name, f"prepared size of {network}",
             lambda network=network: size(f"{_PAPER}/{network}").split(" x ")[0])
            for name, networks in (("baseline", _CNNS), ("ours", (_PAPER,)))
            for network in networks
        ),
        why=f"{PLACES} SegFormer and the whole SAM have no recipe here.",
    ),
}  # fmt: skip
"""What our steps and recipes answer."""
