"""Is a number a surprise? One run against the recorded ones of its recipe."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats

from spineseg.core.errors import SpinesegError
from spineseg.metrics import per_image
from spineseg.training.record import Record

COVERAGE = 0.95


@dataclass(frozen=True)
class Verdict:
    """One metric of a run against the others.

    typical: mean over the test images, the median for distances, which may be
    infinite.  low, high: where a further seed's value falls in 95 of 100 cases, if
    seeds scatter normally, and is possible at all: no overlap lies outside 0 and 1,
    no distance below 0; the others' extremes where nothing can be said.  Runs without
    a value (nan: no test image shows the structure) are left out; where no run has one,
    none is what is expected.
    """

    metric: str
    typical: float
    others: tuple[float, ...]
    low: float
    high: float

    @property
    def inside(self) -> bool:
        """Say whether the run lies within the spread of the others."""
        if np.isnan(self.typical):
            return bool(np.isnan(self.others).all())
        return self.low <= self.typical <= self.high


def compare(record: Record, others: list[Record]) -> list[Verdict]:
    """Return a verdict for each metric.

    Raises:
        SpinesegError: if there is nothing to compare with, or metrics differ.
    """
    if not others:
        raise SpinesegError(
            f"there is no record of {record.recipe} ({record.profile}) to compare with",
            remedy="Name the folder of the records, or train some seeds first",
        )
    for other in others:
        if other.metrics != record.metrics:
            raise SpinesegError(
                "the records do not hold the same metrics",
                found=", ".join(sorted(set(other.metrics) ^ set(record.metrics))),
            )
    return [_verdict(name, record, others) for name in record.metrics]


def _verdict(name: str, record: Record, others: list[Record]) -> Verdict:
    values = tuple(typical(one, name) for one in others)
    known = tuple(value for value in values if not np.isnan(value))
    low, high = spread(known) if known else (np.nan, np.nan)
    ceiling = np.inf if _is_distance(name) else 1.0
    return Verdict(
        name, typical(record, name), values, max(low, 0.0), min(high, ceiling)
    )


def typical(record: Record, metric: str) -> float:
    """Return the mean of a score over the test images, the median of a distance."""
    found = per_image([row[metric] for row in record.scores])
    return found.median if _is_distance(metric) else found.mean


def _is_distance(metric: str) -> bool:
    return metric.partition(".")[0].endswith(("_mm", "_px"))


def spread(values: tuple[float, ...]) -> tuple[float, float]:
    """Return where one further value of the same kind is expected.

    With n values of mean m and standard deviation s this is m +- t s sqrt(1 + 1/n),
    with Student's t of n - 1 degrees of freedom. For a single value, or infinite ones,
    it is their range.
    """
    known = np.array(values)
    n = len(known)
    if n < 2 or not np.isfinite(known).all():
        return float(known.min()), float(known.max())
    t = float(stats.t.ppf((1 + COVERAGE) / 2, n - 1))
    half = t * float(known.std(ddof=1)) * np.sqrt(1 + 1 / n)
    return float(known.mean() - half), float(known.mean() + half)


def likely_causes(record: Record, others: list[Record]) -> list[str]:
    """Return what differs between a run and all of the others, weightiest first."""
    parts = {
        "number of the recipe": lambda one: _flat(one.configuration),
        "data": lambda one: _flat({"sha256": one.data.get("sha256", {})}),
        "code": lambda one: _flat(one.code),
        "library": lambda one: _flat(one.packages),
        "device": lambda one: {"device": one.device},
        "arithmetic": lambda one: {"precision": one.precision},
    }
    causes = []
    for what, of in parts.items():
        mine, theirs = of(record), [of(other) for other in others]
        for name in sorted({*mine, *(key for other in theirs for key in other)}):
            known = {_short(other.get(name)) for other in theirs}
            if _short(mine.get(name)) not in known:
                text = f"{what}: {name} is {_short(mine.get(name))}"
                causes.append(f"{text}, recorded {' or '.join(sorted(known))}")
    return causes


def _flat(plain: Mapping[str, Any], before: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in plain.items():
        path = f"{before}{name}"
        if isinstance(value, Mapping):
            found |= _flat(value, f"{path}.")
        else:
            found[path] = value
    return found


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 32 else f"{text[:12]}..."
