"""Trends: what our own runs on synthetic patients say to a paper's order of rows.

The rule is written before any run: A above B is *seen* when the mean difference of a
score over paired seeds and images is positive and the lower end of its 95 % interval
(seeds and images resampled) is above zero; *not seen* otherwise. With fewer than three
common seeds there is no verdict: the claim goes on waiting, and says for which runs.
The printed values are never judged by this, only their order.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from spineseg.audit.case import Case, Check
from spineseg.audit.verdict import Finding, Verdict, undecided
from spineseg.core.rng import rng
from spineseg.stats import Interval, bootstrap_seeds_and_images

if TYPE_CHECKING:
    from spineseg.training.record import Record

SEEDS = 3
PROFILES = ("full", "laptop")
"""The first with enough seeds on both sides decides; smoke never does."""
_WORDS = {"iou": "IoU", "dice": "Dice"}
_ASSUMED = (
    "Synthetic patients, the mean over images of the foreground {score}; "
    "a trend is seen if the 95 % interval over seeds and images excludes zero."
)
_FAIR = "Real images may show what synthetic ones do not; more seeds may, too."


@dataclass(frozen=True)
class Above:
    """A paper's statement that one row is above another, by the recipes' names."""

    higher: str
    lower: str

    def __str__(self) -> str:
        """Return both names, the common beginning once."""
        start, _, rest = self.higher.partition("/")
        return f"{rest} minus {self.lower.removeprefix(f'{start}/')}"


def order(*rows: str) -> tuple[Above, ...]:
    """Return the statements that each row is above the next."""
    return tuple(Above(a, b) for a, b in pairwise(rows))


def trend(*pairs: Above, score: str = "iou") -> Check:
    """A claim that some rows are above others, decided by our records."""

    def check(case: Case) -> Finding:
        confidence = 1 - case.claim.tolerance()
        found = {pair: _difference(case, pair, score, confidence) for pair in pairs}
        waiting = [pair for pair, one in found.items() if one is None]
        if waiting:
            return _waits(case, waiting)
        said, seen = [], True
        for pair, one in found.items():
            if one is None:
                continue
            text, interval = one
            seen = seen and interval.low > 0
            ends = f"{interval.low:+.4f} to {interval.high:+.4f}"
            said.append(f"{pair}: {interval.estimate:+.4f} ({ends}; {text})")
        verdict = Verdict.TREND_SEEN if seen else Verdict.TREND_NOT_SEEN
        word = _WORDS[score]
        evidence = f"Difference in {word}: {'; '.join(said)}."
        return Finding(
            verdict, evidence, _ASSUMED.format(score=word), "" if seen else _FAIR
        )

    return check


def _waits(case: Case, pairs: Sequence[Above]) -> Finding:
    names = list(dict.fromkeys(n for p in pairs for n in (p.higher, p.lower)))
    counts = [
        f"{name} ({max(len(case.runs(name, one)) for one in PROFILES)})"
        for name in names
    ]
    needs = case.claim.nature.needs
    printed = "" if needs == "none" else f" The printed values wait for: {needs}."
    note = case.claim.remarks.get("note", "")
    return Finding(
        undecided(case.claim.nature.checkable_by),
        f"The trend waits for {SEEDS} seeds of each run on synthetic data (there are): "
        f"{', '.join(counts)}.{printed}{f' {note}' if note else ''}",
    )


def _difference(
    case: Case, pair: Above, score: str, confidence: float
) -> tuple[str, Interval] | None:
    for profile in PROFILES:
        first, second = (case.runs(name, profile) for name in (pair.higher, pair.lower))
        table = differences(first, second, score)
        if table is None:
            continue
        random = rng(0, "trend", str(pair))  # one statement, one interval
        interval = bootstrap_seeds_and_images(table, random, confidence=confidence)
        seeds, images = table.shape
        return f"{profile}, {seeds} seeds, {images} images", interval
    return None


def differences(
    first: "Sequence[Record]", second: "Sequence[Record]", score: str
) -> NDArray[np.float64] | None:
    """Return score of the first minus the second, (seeds, images), or None.

    None if fewer than :data:`SEEDS` seeds are common, or the test images differ.
    Images on which the score of any run is undefined are left out.
    """
    one, two = ({run.seed: run for run in runs} for runs in (first, second))
    seeds = sorted(one.keys() & two.keys())
    if len(seeds) < SEEDS:
        return None
    runs = [side[seed] for seed in seeds for side in (one, two)]
    names = [[row["id"] for row in run.scores] for run in runs]
    if any(other != names[0] for other in names):
        return None
    rows = [_per_image(a, score) - _per_image(b, score)
            for a, b in ((one[s], two[s]) for s in seeds)]  # fmt: skip
    table = np.array(rows, np.float64)
    defined = table[:, np.isfinite(table).all(axis=0)]
    return defined if defined.shape[1] > 1 else None


def _per_image(run: "Record", score: str) -> NDArray[np.float64]:
    columns = [k for k in run.metrics if k.partition(".")[0] == score]
    rows = [[float(row[name]) for name in columns] for row in run.scores]
    return np.array(rows, np.float64).mean(axis=1, dtype=np.float64)
