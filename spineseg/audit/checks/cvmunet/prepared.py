"""Preparation and augmentation of the films of Cvm-UNet, against our pipeline."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from spineseg.audit.case import Case
from spineseg.audit.checks.networks import facts
from spineseg.audit.checks.prepared import (
    PLACES,
    changes,
    fixed_steps,
    knob,
    order,
    size,
    square,
)
from spineseg.audit.verdict import Finding, Verdict
from spineseg.core.rng import rng
from spineseg.stats import bootstrap_images

_RECIPE = "cvmunet/cvm_unet"
_CLAHE, _MEANS = "clahe", "non_local_means"
_FILMS, _SIDE_PX, _AROUND_PX = 6, 480, 20


def _after_scaling() -> str:
    names = order(_RECIPE).split(", ")
    return ", ".join(names[names.index("resize") + 1 :])


def contrast(picture: NDArray[np.floating], mask: NDArray[np.bool_]) -> float:
    """Return |mean inside - mean around| over the deviation around.

    "Around" is everything within 20 pixels of the mask.
    """
    from scipy.ndimage import binary_dilation

    ring = np.asarray(binary_dilation(mask, iterations=_AROUND_PX), bool) & ~mask
    inside, around = picture[mask], picture[ring]
    return abs(float(inside.mean() - around.mean())) / float(around.std())


@cache
def _gains() -> tuple[float, ...]:
    """Return the factor on the contrast of each synthetic film."""
    from spineseg import create_dataset
    from spineseg.transforms import replay

    films = create_dataset("cvmunet_xray", seed=0, size_px=_SIDE_PX, count=2 * _FILMS)
    steps = fixed_steps(_RECIPE)
    place = [one.name for one in steps].index("resize") + 1
    found = []
    for index in range(_FILMS):
        scaled = replay(films[index], steps[:place])
        done = replay(scaled, steps[place:])
        before, after = (
            contrast(np.asarray(one.picture, np.float64), one.mask > 0)
            for one in (scaled, done)
        )
        found.append(after / before)
    return tuple(found)


def _effect(case: Case) -> Finding:
    text = case.ours(
        "contrast after over before, film by film",
        # one decimal: no other build of OpenCV should make the verdict stale
        ", ".join(f"{gain:.1f}" for gain in _gains()),
    )
    logs = np.log([abs(float(gain)) for gain in text.split(", ")])
    confidence = 1 - case.claim.tolerance()
    random = rng(0, "audit", case.claim.id)
    mean = bootstrap_images(logs, random, confidence=confidence)
    seen = mean.low > 0
    middle, low, high = (np.exp(x) for x in (mean.estimate, mean.low, mean.high))
    return Finding(
        Verdict.TREND_SEEN if seen else Verdict.TREND_NOT_SEEN,
        f"Contrast-to-noise ratio after over before, geometric mean of {len(logs)} "
        f"synthetic films: {middle:.1f} ({low:.1f} to {high:.1f}).",
        "Region of interest: the vertebrae; the rest: what lies within "
        f"{_AROUND_PX} pixels of them; noise: the deviation there.",
        "" if seen else "Another measure of contrast, or real films, may show it.",
    )


CHECKS = {
    "cvmunet-prep-pad": facts(
        ("size", "rows of a prepared film", lambda: size(_RECIPE).split(" x ")[0]),
        ("size", "columns of a prepared film", lambda: size(_RECIPE).split(" x ")[1]),
        ("square", "height over width of a square", lambda: square(_RECIPE)),
        why=PLACES,
    ),
    "cvmunet-prep-clahe": facts(
        ("tiles.0", "tiles down", lambda: knob(_RECIPE, _CLAHE, "tiles")),
        ("tiles.1", "tiles across", lambda: knob(_RECIPE, _CLAHE, "tiles")),
        ("clip", "contrast limit",
         lambda: str(float(knob(_RECIPE, _CLAHE, "clip_limit")))),
        why=PLACES,
    ),
    "cvmunet-prep-nlm": facts(
        ("h", "strength", lambda: knob(_RECIPE, _MEANS, "strength")),
        ("template", "side of a template",
         lambda: knob(_RECIPE, _MEANS, "template_px")),
        ("search", "side of the search", lambda: knob(_RECIPE, _MEANS, "search_px")),
        why=PLACES,
    ),
    "cvmunet-prep-effect": _effect,
    "cvmunet-prep-aug": facts(
        ("changes", "what forty random changes did to a film",
         lambda: changes(_RECIPE)),
        why="Chances of one half and angles of at most 15 degrees are ours.",
    ),
    "cvmunet-F11": facts(
        ("after", "steps after the scaling", _after_scaling),
        why="The figure is judged by the steps that it illustrates, not by its films.",
    ),
    "cvmunet-F12": facts(
        ("changes", "what forty random changes did to a film",
         lambda: changes(_RECIPE)),
        why="The figure is judged by the changes that it illustrates.",
    ),
}  # fmt: skip
"""What our preprocessing and augmentation answer."""
