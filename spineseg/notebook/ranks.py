"""A critical-difference diagram: mean ranks, and which of them cannot be told apart.

The form is that of Demsar 2006, JMLR 7:1-30: methods on a line of ranks, bars under
those whose ranks lie closer together than Nemenyi's critical difference.
"""

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from spineseg.core.errors import SpinesegError
from spineseg.notebook.style import COLOURS, INK, MUTED

_ROW = 0.24
_BAR = 0.16


def alike(ranks: Sequence[float], distance: float) -> list[tuple[int, int]]:
    """Return (first, last) of every longest run of ranks within a distance.

    Args:
        ranks: mean ranks in rising order.
        distance: the critical difference; a gap as large as it separates.
    """
    groups: list[tuple[int, int]] = []
    for first in range(len(ranks)):
        last = first
        while last + 1 < len(ranks) and ranks[last + 1] - ranks[first] < distance:
            last += 1
        if last > first and (not groups or last > groups[-1][1]):
            groups.append((first, last))
    return groups


def critical_difference_diagram(
    ranks: Mapping[str, float], distance: float, width_inches: float = 7.0
) -> Figure:
    """Draw mean ranks on a line, the best at the left, and bars over what is alike.

    Args:
        ranks: mean rank of each method, one is the best.
        distance: Nemenyi's critical difference.
        width_inches: of the figure.

    Raises:
        SpinesegError: for fewer than two methods or a distance that is not positive.
    """
    if len(ranks) < 2 or not distance > 0:
        raise SpinesegError(
            "a diagram needs two methods and a critical difference above zero",
            found=f"{len(ranks)} methods, {distance}",
        )
    order = sorted(ranks, key=lambda name: ranks[name])
    values = [float(ranks[name]) for name in order]
    groups = alike(values, distance)
    rows = (len(order) + 1) // 2
    depth = _BAR * (len(groups) + 1) + _ROW * rows
    fig, ax = plt.subplots(figsize=(width_inches, 1.3 + 2.2 * depth / 2))
    _axis(ax, len(order), distance)
    _groups(ax, values, groups)
    _names(ax, order, values, _BAR * (len(groups) + 1))
    ax.set_ylim(-depth - 0.1, 0.75)
    return fig


def _axis(ax: Axes, methods: int, distance: float) -> None:
    """Draw the line of ranks and the critical difference above it."""
    ax.plot([1, methods], [0, 0], color=INK, linewidth=1.2)
    for rank in range(1, methods + 1):
        ax.plot([rank, rank], [0, 0.06], color=INK, linewidth=1)
        ax.text(rank, 0.1, str(rank), ha="center", va="bottom", color=MUTED)
    right = 1 + distance
    ax.plot([1, right], [0.48, 0.48], color=INK, linewidth=1.6)
    for end in (1, right):
        ax.plot([end, end], [0.44, 0.52], color=INK, linewidth=1.2)
    words = f"critical difference {distance:.2f}"
    ax.text(1, 0.56, words, ha="left", va="bottom")
    margin = 0.42 * (methods - 1)
    ax.set_xlim(1 - margin, methods + margin)
    ax.axis("off")


def _groups(
    ax: Axes, values: Sequence[float], groups: Sequence[tuple[int, int]]
) -> None:
    """Draw one thick bar for every group of methods that are alike."""
    overhang = 0.012 * (len(values) - 1)
    for row, (first, last) in enumerate(groups, start=1):
        ends = [values[first] - overhang, values[last] + overhang]
        ax.plot(
            ends, [-_BAR * row] * 2, color=COLOURS["vertebra"], linewidth=4, zorder=3
        )


def _names(ax: Axes, order: Sequence[str], values: Sequence[float], top: float) -> None:
    """Lead a line from each rank to its name, better half left, the others right."""
    half = (len(order) + 1) // 2
    side = 0.06 * (len(order) - 1)
    for index, (name, rank) in enumerate(zip(order, values, strict=True)):
        left = index < half
        row = index if left else len(order) - 1 - index
        y = -top - _ROW * row
        edge = 1 - side if left else len(order) + side
        ax.plot([rank, rank, edge], [0, y, y], color=MUTED, linewidth=0.9)
        ax.plot(rank, 0, "o", color=INK, markersize=4.5, zorder=4)
        label = f"{name}  {rank:.2f}" if left else f"{rank:.2f}  {name}"
        gap = -0.02 * (len(order) - 1) if left else 0.02 * (len(order) - 1)
        ax.text(edge + gap, y, label, ha="right" if left else "left", va="center")
