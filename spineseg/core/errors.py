"""One exception family whose message helps the person who reads it."""

import os
from collections.abc import Mapping
from typing import Any


class SpinesegError(Exception):
    """Bad input or a broken promise, told so that it can be mended.

    Args:
        problem: what went wrong, one clause without a full stop.
        path: the file or folder concerned.
        found: what was there; lists, sets and counts are told with commas.
        expected: what should have been there, told likewise.
        remedy: what the reader can do, one clause.
    """

    def __init__(
        self,
        problem: str,
        *,
        path: str | os.PathLike[str] | None = None,
        found: Any = None,
        expected: Any = None,
        remedy: str | None = None,
    ) -> None:
        self.problem = problem
        self.path = None if path is None else os.fspath(path)
        self.found = found
        self.expected = expected
        self.remedy = remedy
        super().__init__(self._sentence())

    def _sentence(self) -> str:
        parts = [self.problem if self.path is None else f"{self.path}: {self.problem}"]
        if self.found is not None:
            parts.append(f"found {_listed(self.found)}")
        if self.expected is not None:
            parts.append(f"expected {_listed(self.expected)}")
        sentence = "; ".join(parts) + "."
        return sentence if self.remedy is None else f"{sentence} {self.remedy}."

    def __reduce__(self) -> tuple[Any, ...]:
        """Survive the trip between processes (worker pools pickle exceptions)."""
        return _rebuild, (type(self), self.problem, self.__dict__.copy())


def _listed(value: Any) -> str:
    """Return lists, sets and counts as a reader would write them."""
    if isinstance(value, (set, frozenset)):
        value = sorted(map(str, value))
    if isinstance(value, Mapping):
        value = [f"{name}: {one}" for name, one in value.items()]
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "nothing"
    return str(value)


def _rebuild(kind: type[SpinesegError], problem: str, state: dict[str, Any]) -> Any:
    error = kind.__new__(kind)
    error.__dict__.update(state)
    Exception.__init__(error, error._sentence())
    return error
