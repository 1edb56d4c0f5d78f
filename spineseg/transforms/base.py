"""Steps by name, draws that make them, pipelines that run and record them."""

import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from spineseg.core.errors import SpinesegError
from spineseg.core.sample import Sample, Step

Operation = Callable[..., Sample]

_STEPS: dict[str, Operation] = {}


def register(function: Operation) -> Operation:
    """Make a function ``f(sample, **knobs) -> Sample`` a step under its own name.

    The function returns the changed sample; the history is kept by :func:`apply`.
    """
    name = function.__name__
    if name in _STEPS:
        raise SpinesegError("this step is registered already", found=name)
    _STEPS[name] = function
    return function


def list_steps() -> list[str]:
    """Return the names of all steps."""
    return sorted(_STEPS)


def step(name: str, **knobs: Any) -> Step:
    """Return a step, checked: the name is known and its arguments fit.

    Raises:
        SpinesegError: if there is no such step or no such argument.
    """
    if name not in _STEPS:
        raise SpinesegError(
            "unknown step", found=repr(name), expected=", ".join(list_steps())
        )
    try:
        inspect.signature(_STEPS[name]).bind(None, **knobs)
    except TypeError as error:
        raise SpinesegError(f"step {name}: {error}") from error
    return Step(name, knobs)


def apply(sample: Sample, one: Step) -> Sample:
    """Return the sample after one step, the step in its history.

    Raises:
        SpinesegError: if the step is unknown or cannot be done on this sample.
    """
    checked = step(one.name, **one.knobs)
    return _STEPS[one.name](sample, **one.knobs).done(checked)


def replay(sample: Sample, history: Iterable[Step]) -> Sample:
    """Return the sample after all steps of a history; nothing is drawn."""
    for one in history:
        sample = apply(sample, one)
    return sample


class Draw(Protocol):
    """Something random that becomes a step, or nothing, once the dice have fallen."""

    def __call__(self, random: np.random.Generator, sample: Sample) -> Step | None:
        """Return the step for this sample."""
        ...


@dataclass(frozen=True)
class Pipeline:
    """Steps and draws in order.

    name: for records.  parts: a :class:`Step`, or a draw.
    """

    name: str
    parts: tuple[Step | Draw, ...] = ()

    @property
    def is_random(self) -> bool:
        """Say whether two runs may differ."""
        return any(not isinstance(part, Step) for part in self.parts)

    def __call__(
        self, sample: Sample, random: np.random.Generator | None = None
    ) -> Sample:
        """Run all parts; the sample's history says what was done.

        Raises:
            SpinesegError: if the pipeline draws and no generator is given.
        """
        for part in self.parts:
            if isinstance(part, Step):
                sample = apply(sample, part)
                continue
            if random is None:
                raise SpinesegError(
                    f"the pipeline {self.name} is random and needs a generator",
                    remedy='Pass random=rng(seed, "augmentation", index)',
                )
            drawn = part(random, sample)
            sample = sample if drawn is None else apply(sample, drawn)
        return sample

    def __add__(self, other: "Pipeline") -> "Pipeline":
        """Return both, one after the other."""
        return Pipeline(f"{self.name}+{other.name}", self.parts + other.parts)
