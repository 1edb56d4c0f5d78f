"""Curves: what our own training runs say to a paper's sentence on its training.

The rule is written before any run. A sentence is *seen* if it is true of the curve of
every seed of every recipe that it names, *not seen* otherwise; with fewer than three
seeds of a recipe there is no verdict. Curves are means over an epoch, and a tenth of
the epochs at either end stands for "early" and "late".
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spineseg.audit.case import Case, Check
from spineseg.audit.checks.trends import PROFILES, SEEDS
from spineseg.audit.verdict import Finding, Verdict, undecided

Curve = NDArray[np.float64]
_ASSUMED = "Synthetic patients; the rule must be true of every seed of every recipe."
_FAIR = (
    "Real images may train in another way than synthetic ones; longer runs may, too."
)


@dataclass(frozen=True)
class Rule:
    """A sentence on one curve.

    Args:
        column: of the record's curves, ``loss`` or ``val_dice``.
        words: what is said of it.
        holds: whether it is true of a curve, with the claim's tolerance.
    """

    column: str
    words: str
    holds: Callable[[Curve, float], bool]


def ends(curve: Curve) -> tuple[float, float]:
    """Return the means of the first and of the last tenth."""
    few = max(1, len(curve) // 10)
    return float(curve[:few].mean()), float(curve[-few:].mean())


def _falls(curve: Curve, tolerance: float) -> bool:
    first, last = ends(curve)
    return last < first * (1 - tolerance)


def _rises(curve: Curve, tolerance: float) -> bool:
    first, last = ends(curve)
    return last > first + tolerance


FALLS = Rule("loss", "the training loss falls", _falls)
RISES = Rule("val_dice", "the Dice of the validation films rises", _rises)


def flat_after(share: float, column: str = "loss") -> Rule:
    """Return the rule that little of the whole change comes after a share of epochs."""

    def holds(curve: Curve, tolerance: float) -> bool:
        first, last = ends(curve)
        few = max(1, len(curve) // 10)
        place = max(0, round(share * len(curve)) - few)
        there = float(curve[place : place + few].mean())
        whole = abs(last - first)
        return whole > 0 and abs(last - there) <= tolerance * whole

    return Rule(column, f"{column} is flat after {share:.0%} of the epochs", holds)


def independent_after(share: float, column: str = "val_dice") -> Rule:
    """Return the rule that late scores do not follow from the one before.

    The lag-1 autocorrelation of n independent numbers lies within 2 / sqrt(n) of
    zero in about 95 of 100 cases; the tolerance is added to that.
    """

    def holds(curve: Curve, tolerance: float) -> bool:
        late = curve[round(share * len(curve)) :]
        late = late - late.mean()
        spread = float((late**2).sum())
        if len(late) < 8 or spread == 0:
            return False
        lag = float((late[1:] * late[:-1]).sum()) / spread
        return abs(lag) <= 2 / np.sqrt(len(late)) + tolerance

    words = f"{column} after {share:.0%} of the epochs has no lag-1 autocorrelation"
    return Rule(column, words, holds)


def curve(*recipes: str, rules: Sequence[Rule]) -> Check:
    """A claim on training curves, decided by our records."""

    def check(case: Case) -> Finding:
        found = {name: _enough(case, name) for name in recipes}
        if not all(runs for _, runs in found.values()):
            return _waits(case, recipes)
        broken, total = [], 0
        for name, (profile, runs) in found.items():
            for seed, columns in runs.items():
                total += 1
                broken += [
                    f"{name} ({profile}, seed {seed})"
                    for rule in rules
                    if not rule.holds(columns[rule.column], case.claim.tolerance())
                ]
        words = " and ".join(rule.words for rule in rules)
        evidence = f"In {total} runs: {words}; not so in {len(broken)}"
        tail = f" ({', '.join(dict.fromkeys(broken))})." if broken else "."
        verdict = Verdict.TREND_NOT_SEEN if broken else Verdict.TREND_SEEN
        return Finding(verdict, evidence + tail, _ASSUMED, _FAIR if broken else "")

    return check


def faster(first: str, second: str, share: float = 0.9) -> Check:
    """A claim that one recipe needs fewer epochs than another, by our records.

    Counted is the first epoch at which the Dice of the validation films reaches a
    share of its best; of common seeds, most must be faster.
    """

    def check(case: Case) -> Finding:
        found = {name: _enough(case, name) for name in (first, second)}
        if not all(runs for _, runs in found.values()):
            return _waits(case, (first, second))
        (_, one), (_, two) = found[first], found[second]
        seeds = sorted(one.keys() & two.keys())
        pairs = [
            tuple(_reached(runs[seed]["val_dice"], share) for runs in (one, two))
            for seed in seeds
        ]
        good = len(seeds) >= SEEDS and sum(a < b for a, b in pairs) > len(seeds) / 2
        said = "; ".join(f"seed {s}: {a} and {b}" for s, (a, b) in zip(
            seeds, pairs, strict=True))  # fmt: skip
        verdict = Verdict.TREND_SEEN if good else Verdict.TREND_NOT_SEEN
        evidence = f"Epochs to {share:.0%} of the best Dice, {first} and {second}: "
        return Finding(verdict, f"{evidence}{said}.", _ASSUMED, "" if good else _FAIR)

    return check


def _reached(scores: Curve, share: float) -> int:
    return int(np.argmax(scores >= share * scores.max())) + 1


def _enough(case: Case, recipe: str) -> tuple[str, Mapping[int, dict[str, Curve]]]:
    """Return the first profile with enough seeds and its curves, or nothing."""
    for profile in PROFILES:
        runs = case.curves(recipe, profile)
        if len(runs) >= SEEDS:
            return profile, {seed: _columns(rows) for seed, rows in runs.items()}
    return "", {}


def _columns(rows: Sequence[Mapping[str, float]]) -> dict[str, Curve]:
    return {k: np.array([row[k] for row in rows], np.float64) for k in rows[0]}


def _waits(case: Case, recipes: Sequence[str]) -> Finding:
    counts = [
        f"{name} ({max(len(case.curves(name, one)) for one in PROFILES)})"
        for name in recipes
    ]
    note = case.claim.remarks.get("note", "")
    return Finding(
        undecided(case.claim.nature.checkable_by),
        f"The trend waits for {SEEDS} seeds of each run on synthetic data (there are): "
        f"{', '.join(counts)}.{f' {note}' if note else ''}",
    )
