"""Intervals of numbers that printed digits allow, and arithmetic on them."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from spineseg.core.errors import SpinesegError


@dataclass(frozen=True)
class Range:
    """All values from ``low`` to ``high``, both included.

    Sums, differences, products and quotients hold every result that some pair of
    values gives. A number that enters an expression twice is taken as two: the result
    is then too wide, never too narrow.
    """

    low: float
    high: float

    @property
    def middle(self) -> float:
        """The value half way."""
        return (self.low + self.high) / 2

    def meets(self, other: "Range") -> bool:
        """Tell whether the two ranges share a value."""
        return self.low <= other.high and other.low <= self.high

    def apart(self, other: "Range") -> float:
        """Return the gap between two ranges, zero if they share a value."""
        return max(0.0, self.low - other.high, other.low - self.high)

    def widened(self, by: float) -> "Range":
        """Return the range with both ends moved outwards."""
        return Range(self.low - by, self.high + by)

    def __add__(self, other: "Range | float") -> "Range":
        """Return the range of the sums."""
        other = exactly(other)
        return Range(self.low + other.low, self.high + other.high)

    def __sub__(self, other: "Range | float") -> "Range":
        """Return the range of the differences."""
        other = exactly(other)
        return Range(self.low - other.high, self.high - other.low)

    def __mul__(self, other: "Range | float") -> "Range":
        """Return the range of the products."""
        other = exactly(other)
        corners = [
            a * b for a in (self.low, self.high) for b in (other.low, other.high)
        ]
        return Range(min(corners), max(corners))

    def __truediv__(self, other: "Range | float") -> "Range":
        """Return the range of the quotients.

        Raises:
            SpinesegError: if the divisor can be zero.
        """
        other = exactly(other)
        if other.low <= 0 <= other.high:
            raise SpinesegError("a divisor that can be zero", found=other)
        return self * Range(1 / other.high, 1 / other.low)


def exactly(value: Range | float) -> Range:
    """Return a number as a range of itself alone."""
    return value if isinstance(value, Range) else Range(float(value), float(value))


def mean_of(ranges: Iterable[Range]) -> Range:
    """Return the range of the arithmetic mean.

    Raises:
        SpinesegError: if there is none to average.
    """
    parts = list(ranges)
    if not parts:
        raise SpinesegError("a mean needs a number", found="none")
    return Range(
        sum(p.low for p in parts) / len(parts), sum(p.high for p in parts) / len(parts)
    )


def rounded(printed: str) -> Range:
    """Return the values that round to what is printed: ``"0.91"`` is 0.905 to 0.915.

    Raises:
        SpinesegError: if it is no plain decimal number.
    """
    text = printed.strip()
    try:
        value = float(text)
    except ValueError:
        raise SpinesegError(
            "not a printed decimal number", found=repr(printed)
        ) from None
    if "e" in text.lower() or not math.isfinite(value):
        raise SpinesegError("not a printed decimal number", found=repr(printed))
    decimals = len(text.partition(".")[2])
    # one part in 1e12 for what binary numbers lose at the edge
    half = 0.5 * 10.0**-decimals + abs(value) * 1e-12
    return Range(value - half, value + half)
