"""Self-checks of the exercises: no server, no marks, a reason for every answer."""

import importlib
import pkgutil
from collections.abc import Callable
from typing import Any

from spineseg.core.errors import SpinesegError
from spineseg.notebook import answers

Checker = Callable[[Any], str | None]


def check(exercise: str, answer: Any) -> bool:
    """Say whether an answer is right and, if not, what is wrong with it.

    Args:
        exercise: chapter and number, for example ``"reading.1"``.
        answer: what the exercise asks for; ``...`` stands for "not yet".

    Returns:
        True if the answer is right.

    Raises:
        SpinesegError: if there is no such exercise.
    """
    checker = _checker(exercise)
    if answer is ...:
        print(f"{exercise}: not answered yet.")
        return False
    try:
        fault = checker(answer)
    except (TypeError, ValueError, AttributeError, IndexError, KeyError) as error:
        fault = f"the answer has not the form asked for ({error})"
    print(f"{exercise}: right." if fault is None else f"{exercise}: {fault}.")
    return fault is None


def _checker(exercise: str) -> Checker:
    known: dict[str, Checker] = {}
    for module in pkgutil.iter_modules(answers.__path__):
        known |= importlib.import_module(f"{answers.__name__}.{module.name}").ANSWERS
    if exercise not in known:
        raise SpinesegError(
            "there is no such exercise",
            found=repr(exercise),
            expected="one of " + ", ".join(sorted(known)),
        )
    return known[exercise]
