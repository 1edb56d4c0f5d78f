"""What paired seeds allow to say, in one plain sentence; below three, nothing.

A difference is that of two runs with one seed. Its mean is known to Student's t
interval over the seeds. Such an interval speaks of further *seeds* on the same test
patients, not of further patients.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from spineseg.core.errors import SpinesegError
from spineseg.notebook.beside import ENOUGH, SYNTHETIC, Beside, show_table
from spineseg.stats.published import interval_of_mean, interval_of_sd
from spineseg.stats.ranges import Range

_POINTS = 100.0
BySeed = Mapping[int, float]
"""A score in [0, 1] of each seed."""


def paired(first: BySeed, second: BySeed) -> list[float]:
    """Return first minus second in points, for the seeds that both have, by seed."""
    both = sorted(first.keys() & second.keys())
    return [_POINTS * (first[seed] - second[seed]) for seed in both]


def mean_interval(values: Sequence[float]) -> Range | None:
    """Return the 95 % t interval of the mean, or None below three seeds."""
    return _interval(values) if len(values) >= ENOUGH else None


def _interval(values: Sequence[float]) -> Range:
    mean, sd = float(np.mean(values)), float(np.std(values, ddof=1))
    return interval_of_mean(mean, sd, len(values))


def gain_words(differences: Sequence[float], score: str = "mIoU") -> str:
    """Return what a part does to a score, as the end of a sentence on that part.

    Args:
        differences: with the part minus without it, in points, one a seed.
        score: its name.
    """
    bar, count = mean_interval(differences), len(differences)
    if not count:
        return "is not run yet"
    if bar is None:
        each = ", ".join(map(signed, differences))
        return f"is not a result yet ({_seeds(count)}: {each} points)"
    mean = float(np.mean(differences))
    known = f"({_seeds(count)}; 95 %: {_ends(bar)})"
    if bar.low <= 0 <= bar.high:
        return f"moves {score} by {signed(mean)} points, not told from zero {known}"
    verb = "raises" if mean > 0 else "lowers"
    return f"{verb} {score} by {abs(mean):.2f} points {known}"


def gain_table(*rows: Beside, caption: str, ours_on: str = SYNTHETIC) -> None:
    """Display differences: the paper's single one, and the mean of ours with interval.

    Args:
        rows: label, the paper's difference and ours of every seed, in points.
        caption: stands above the table.
        ours_on: whose pictures ours are.
    """
    heads = ("", "paper, on patients, one run each", f"ours, on {ours_on}", "Seeds")
    cells = [
        (
            row.label,
            "not given" if row.paper is None else signed(row.paper),
            _gain_cell(row.ours),
            str(len(row.ours)),
        )
        for row in rows
    ]
    show_table(heads, cells, caption)


def _gain_cell(differences: Sequence[float]) -> str:
    bar = mean_interval(differences)
    if bar is None:
        return ", ".join(map(signed, differences)) or "not run"
    return f"{signed(float(np.mean(differences)))} ({_ends(bar)})"


def best_words(scores: Mapping[str, BySeed]) -> str:
    """Return which of several rivals is best, by how much, and how sure that is.

    Only seeds that all have count. Each rival is held against the best one by the
    interval of their paired differences; no correction for their number is made.

    Args:
        scores: of each rival.

    Raises:
        SpinesegError: if there are fewer than two rivals.
    """
    if len(scores) < 2:
        raise SpinesegError("nothing to compare", found=", ".join(scores) or "nobody")
    few = [f"{name} {len(each)}" for name, each in scores.items() if len(each) < ENOUGH]
    if few:
        there = f"there are: {', '.join(few)}"
        return f"not decided yet, {ENOUGH} seeds each are needed ({there})"
    seeds = sorted(set.intersection(*(set(each) for each in scores.values())))
    if len(seeds) < ENOUGH:
        there = f"there are {len(seeds)}"
        return f"not decided yet, {ENOUGH} seeds in common are needed ({there})"
    means = {n: float(np.mean([each[s] for s in seeds])) for n, each in scores.items()}
    first, *others = sorted(means, key=lambda name: -means[name])
    gaps = {name: paired(_only(scores[first], seeds), scores[name]) for name in others}
    bars = {name: _interval(gap) for name, gap in gaps.items()}
    behind = [
        f"{name} {np.mean(gaps[name]):.2f} points behind ({_ends(bar)})"
        for name, bar in bars.items()
    ]
    level = [name for name, bar in bars.items() if bar.low <= 0]
    clear = f"not told from {_listed(level)}" if level else "told from all others"
    return (
        f"{first} ({means[first]:.4f}) over {_seeds(len(seeds))}, {clear}: "
        f"{'; '.join(behind)}"
    )


def spread_words(values: Sequence[float], printed: float) -> str:
    """Return the standard deviation over seeds beside a printed one, with its interval.

    The interval is that of normal values (chi-squared); of few it is wide.

    Args:
        values: one a seed.
        printed: the paper's standard deviation, of the same unit.
    """
    if len(values) < ENOUGH:
        return f"cannot be judged yet ({_seeds(len(values))}, {ENOUGH} are the least)"
    sd = float(np.std(values, ddof=1))
    bar = interval_of_sd(sd, len(values))
    place = "inside" if bar.low <= printed <= bar.high else "outside"
    return (
        f"is {sd:.4f} ({_seeds(len(values))}; 95 %: {bar.low:.4f} "
        f"to {bar.high:.4f}), and the paper's {printed:.4f} lies {place}"
    )


def signed(points: float) -> str:
    """Return a number of points with its sign, a minus and not a hyphen.

    Next to zero a third digit shows on which side it lies.
    """
    digits = 2 if abs(points) >= 0.005 else 3
    return f"{points:+.{digits}f}".replace("-", "\N{MINUS SIGN}")


def _ends(bar: Range) -> str:
    return f"{signed(bar.low)} to {signed(bar.high)}"


def _seeds(count: int) -> str:
    return "one seed" if count == 1 else f"{count} seeds"


def _only(scores: BySeed, seeds: Sequence[int]) -> dict[int, float]:
    return {seed: scores[seed] for seed in seeds}


def _listed(names: Sequence[str]) -> str:
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last
