"""A registry is a dictionary that refuses to be surprised."""

from collections.abc import Callable, Sequence
from difflib import SequenceMatcher
from typing import Generic, TypeVar

from spineseg.core.errors import SpinesegError

T = TypeVar("T")

FEW = 10
"""So many names are told whole."""
NEAR = 4
"""So many are told of more."""
ALIKE = 0.7
"""Least share of letters in common, in their order, of two names that are near."""


class Registry(Generic[T]):
    """Names and what they stand for, in the order of registration.

    Args:
        kind: what is registered, in the singular, for error messages.
        listed_by: the command that prints all names, if there is one.
    """

    def __init__(self, kind: str, listed_by: str | None = None) -> None:
        self.kind = kind
        self.listed_by = listed_by
        self._known: dict[str, T] = {}

    def register(self, name: str) -> Callable[[T], T]:
        """Return a decorator that keeps what follows under ``name``.

        Raises:
            SpinesegError: if the name is taken.
        """

        def keep(thing: T) -> T:
            if name in self._known:
                raise SpinesegError(
                    f"this {self.kind} is registered already", found=name
                )
            self._known[name] = thing
            return thing

        return keep

    def __getitem__(self, name: str) -> T:
        """Return what stands under ``name``.

        Raises:
            SpinesegError: with the names that are near, if there is no such name.
        """
        if name not in self._known:
            raise unknown(f"unknown {self.kind}", name, self.names(), self.listed_by)
        return self._known[name]

    def __contains__(self, name: str) -> bool:
        return name in self._known

    def names(self) -> list[str]:
        """Return all names, sorted."""
        return sorted(self._known)


def unknown(
    problem: str, name: str, known: Sequence[str], listed_by: str | None = None
) -> SpinesegError:
    """Return the error for a name that is not known; few known ones are told whole.

    Args:
        problem: such as "unknown recipe".
        name: what was asked for.
        known: all names, in the order in which to tell them.
        listed_by: the command that prints all names, if there is one.
    """
    found = repr(name)
    if len(known) <= FEW:
        expected = ", ".join(known) or "nothing is registered yet"
        return SpinesegError(problem, found=found, expected=expected)
    near = " or ".join(nearest(name, known))
    expected = f"perhaps {near}" if near else None
    if listed_by is None:
        expected = expected or f"one of {len(known)} names"
        return SpinesegError(problem, found=found, expected=expected)
    remedy = f"{listed_by} lists all {len(known)}"
    return SpinesegError(problem, found=found, expected=expected, remedy=remedy)


def nearest(name: str, known: Sequence[str]) -> list[str]:
    """Return the known names that are written most like this one, the nearest first.

    What stands before the first slash may be left out or be wrong, and a part will do:
    ``unte`` and ``net`` are near ``cvmunet/unet``.
    """
    scores = {one: _alike(name.lower(), one.lower()) for one in known}
    near = [one for one in known if scores[one] >= (ALIKE, 0)]
    return sorted(near, key=lambda one: scores[one], reverse=True)[:NEAR]


def _alike(name: str, known: str) -> tuple[float, float]:
    """Return how much is alike, and how much of the rest where that is a tie."""
    end, known_end = (one.partition("/")[2] or one for one in (name, known))
    whole = SequenceMatcher(None, name, known).ratio()
    ends = SequenceMatcher(None, end, known_end).ratio()
    part = ALIKE if end and end in known_end else 0.0
    return max(whole, ends, part), min(whole, ends)
