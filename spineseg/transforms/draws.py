"""The dice: what a random transform draws before it becomes a step."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from spineseg.core.errors import SpinesegError
from spineseg.core.sample import Sample, Step
from spineseg.transforms.base import Draw, step


@dataclass(frozen=True)
class Uniform:
    """Draw some knobs of a step evenly from ranges.

    name: of the step.  ranges: knob to (low, high).  fixed: knobs that stay.
    """

    name: str
    ranges: Mapping[str, tuple[float, float]]
    fixed: Mapping[str, Any] = field(default_factory=dict)

    def __call__(self, random: np.random.Generator, sample: Sample) -> Step:
        """Return the step with the numbers that came up."""
        drawn = {
            knob: float(random.uniform(low, high))
            for knob, (low, high) in self.ranges.items()
        }
        return step(self.name, **drawn, **self.fixed)


@dataclass(frozen=True)
class OneOf:
    """Draw one of several steps or draws, all equally likely."""

    choices: tuple[Step | Draw, ...]

    def __post_init__(self) -> None:
        if not self.choices:
            raise SpinesegError("there is nothing to choose from")

    def __call__(self, random: np.random.Generator, sample: Sample) -> Step | None:
        """Return the chosen step."""
        chosen = self.choices[int(random.integers(len(self.choices)))]
        return chosen if isinstance(chosen, Step) else chosen(random, sample)


@dataclass(frozen=True)
class Chance:
    """Do a step with a probability, else nothing."""

    probability: float
    choice: Step | Draw

    def __post_init__(self) -> None:
        if not 0 <= self.probability <= 1:
            raise SpinesegError(
                "a probability lies between 0 and 1", found=self.probability
            )

    def __call__(self, random: np.random.Generator, sample: Sample) -> Step | None:
        """Return the step, or None."""
        # drawn in either case: the stream behind it must not depend on the outcome
        happens = random.random() < self.probability
        chosen = self.choice
        drawn = chosen if isinstance(chosen, Step) else chosen(random, sample)
        return drawn if happens else None
