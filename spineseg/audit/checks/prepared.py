"""What happens to a picture before the network: a paper's steps against our pipeline.

The steps are read from the recipe of the paper's own size (profile ``full``), and run
where a sentence speaks of what comes out of them.
"""

from functools import cache
from typing import Any

import numpy as np

from spineseg.audit.checks.recipes import full
from spineseg.core.rng import rng
from spineseg.core.sample import Sample, Step

PLACES = "The recipe of this package is meant; the authors' program is not seen."
_TALL, _WIDE = 60, 30
"""Pixels of the small film, twice as high as wide."""


@cache
def fixed_steps(recipe: str) -> tuple[Step, ...]:
    """Return the steps of a recipe's preprocessing in order."""
    from spineseg.transforms import preprocessing

    said = full(recipe)["preprocessing"]
    parts = preprocessing(said["paper"], **said["numbers"]).parts
    return tuple(part for part in parts if isinstance(part, Step))


def order(recipe: str) -> str:
    """Return the names of the steps in order."""
    return ", ".join(one.name for one in fixed_steps(recipe))


def knob(recipe: str, step: str, name: str) -> str:
    """Return a number of a step as text, or nothing if there is no such step."""
    for one in fixed_steps(recipe):
        if one.name == step:
            return f"{one.knobs[name]:g}"
    return "nothing"


def prepared(recipe: str, sample: Sample) -> Sample:
    """Return a sample after a recipe's preprocessing."""
    from spineseg.transforms import preprocessing

    said = full(recipe)["preprocessing"]
    return preprocessing(said["paper"], **said["numbers"])(sample)


@cache
def small_film(recipe: str) -> Sample:
    """Return a film of 60 x 30 pixels, a square marked on it, once prepared."""
    noise = rng(0, "audit", "film").uniform(0.1, 1.0, (_TALL, _WIDE))
    mask = np.zeros((_TALL, _WIDE), np.uint8)
    mask[20:32, 8:20] = 1
    return prepared(
        recipe, Sample(noise.astype(np.float32), mask, spacing_mm=(1.0, 1.0))
    )


def size(recipe: str) -> str:
    """Return rows x columns of a prepared film."""
    return " x ".join(str(n) for n in small_film(recipe).picture.shape[:2])


def square(recipe: str) -> str:
    """Return height over width of the square once the film is prepared."""
    rows, columns = np.nonzero(small_film(recipe).mask)
    return f"{(np.ptp(rows) + 1) / (np.ptp(columns) + 1):.1f}"


def drawn(recipe: str, times: int = 40) -> list[tuple[Step, ...]]:
    """Return what was done to a picture in some random changes."""
    from spineseg.transforms import augmentation

    said: dict[str, Any] = full(recipe)["augmentation"]
    change = augmentation(said["paper"], **said["numbers"])
    blank = Sample(np.zeros((4, 4), np.float32), np.zeros((4, 4), np.uint8))
    seen = [change(blank, rng(n, "audit", "flip")).history for n in range(times)]
    return [tuple(history) for history in seen]


def changes(recipe: str) -> str:
    """Return the names of all that happened in forty random changes."""
    seen = drawn(recipe)
    kinds = {one.name for history in seen for one in history}
    never = any(not history for history in seen)
    return ", ".join(["nothing"] * never + sorted(kinds))
