"""A registry is a dictionary that refuses to be surprised."""

from collections.abc import Callable
from typing import Generic, TypeVar

from spineseg.core.errors import SpinesegError

T = TypeVar("T")


class Registry(Generic[T]):
    """Names and what they stand for, in the order of registration.

    Args:
        kind: what is registered, in the singular, for error messages.
    """

    def __init__(self, kind: str) -> None:
        self.kind = kind
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
            SpinesegError: listing the known names, if there is no such name.
        """
        if name not in self._known:
            raise SpinesegError(
                f"unknown {self.kind}",
                found=repr(name),
                expected=", ".join(self.names()) or "nothing is registered yet",
            )
        return self._known[name]

    def __contains__(self, name: str) -> bool:
        return name in self._known

    def names(self) -> list[str]:
        """Return all names, sorted."""
        return sorted(self._known)
