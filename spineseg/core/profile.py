"""One switch for sizes and steps: ``SPINESEG_PROFILE=smoke|laptop|full``."""

import os
from dataclasses import dataclass
from typing import TypeVar

from spineseg.core.errors import SpinesegError

T = TypeVar("T")

VARIABLE = "SPINESEG_PROFILE"
NAMES = ("smoke", "laptop", "full")


@dataclass(frozen=True)
class Profile:
    """How much work a chapter or a recipe does.

    ``smoke`` proves that everything runs (seconds), ``laptop`` shows the effect
    (minutes), ``full`` is the paper's own setting (a GPU).
    """

    name: str

    def pick(self, smoke: T, laptop: T, full: T) -> T:
        """Return the value meant for this profile."""
        return {"smoke": smoke, "laptop": laptop, "full": full}[self.name]


def profile(name: str | None = None) -> Profile:
    """Return the profile named, or the one of the environment, or ``smoke``.

    Raises:
        SpinesegError: if the name is none of ``smoke``, ``laptop``, ``full``.
    """
    chosen = name or os.environ.get(VARIABLE) or "smoke"
    if chosen not in NAMES:
        raise SpinesegError(
            "unknown profile",
            found=repr(chosen),
            expected=" or ".join(NAMES),
            remedy=f"Set {VARIABLE} to one of them or leave it unset",
        )
    return Profile(chosen)
