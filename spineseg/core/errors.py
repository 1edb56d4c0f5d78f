"""One exception family whose message helps the person who reads it."""

import os
from typing import Any


class SpinesegError(Exception):
    """Bad input or a broken promise, told so that it can be mended.

    Args:
        problem: what went wrong, one clause without a full stop.
        path: the file or folder concerned.
        found: what was there.
        expected: what should have been there.
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
            parts.append(f"found {self.found}")
        if self.expected is not None:
            parts.append(f"expected {self.expected}")
        sentence = "; ".join(parts) + "."
        return sentence if self.remedy is None else f"{sentence} {self.remedy}."

    def __reduce__(self) -> tuple[Any, ...]:
        """Survive the trip between processes (worker pools pickle exceptions)."""
        return _rebuild, (type(self), self.problem, self.__dict__.copy())


def _rebuild(kind: type[SpinesegError], problem: str, state: dict[str, Any]) -> Any:
    error = kind.__new__(kind)
    error.__dict__.update(state)
    Exception.__init__(error, error._sentence())
    return error
