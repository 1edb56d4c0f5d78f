"""Self-checks of the exercises: no server, no marks, a reason for every answer."""

import importlib
import pkgutil
from collections.abc import Callable
from typing import Any

import numpy as np

from spineseg.core.registry import unknown
from spineseg.notebook import answers

Checker = Callable[[Any], str | None]


def check(exercise: str, answer: Any) -> None:
    """Print whether an answer is right and, if not, what is wrong with it.

    Args:
        exercise: chapter and number, for example ``"reading.1"``.
        answer: what the exercise asks for; ``...`` stands for "not yet".

    Raises:
        SpinesegError: if there is no such exercise.
    """
    if answer is ...:
        _checker(exercise)
        print(f"{exercise}: not answered yet.")
        return
    fault = judge(exercise, answer)
    print(f"{exercise}: right." if fault is None else f"{exercise}: {fault}.")


def judge(exercise: str, answer: Any) -> str | None:
    """Return what is wrong with an answer, or None if it is right.

    An answer of an odd form is a fault and no crash, and NaN is never right. For
    teachers' scripts.

    Raises:
        SpinesegError: if there is no such exercise.
    """
    checker = _checker(exercise)
    if _holds_nan(answer):
        return "a number came out undefined (NaN); find the step that made it so"
    try:
        return checker(answer)
    except (TypeError, ValueError, AttributeError, IndexError, KeyError) as error:
        return f"the answer has not the form asked for ({error})"


def _holds_nan(answer: Any) -> bool:
    # here and not in each checker: NaN passes every "if abs(value - right) > ..."
    if isinstance(answer, list | tuple):
        return any(_holds_nan(one) for one in answer)
    return isinstance(answer, float | np.floating) and bool(np.isnan(answer))


def _checker(exercise: str) -> Checker:
    known: dict[str, Checker] = {}
    for module in pkgutil.iter_modules(answers.__path__):
        known |= importlib.import_module(f"{answers.__name__}.{module.name}").ANSWERS
    if exercise not in known:
        raise unknown("there is no such exercise", exercise, sorted(known))
    return known[exercise]
