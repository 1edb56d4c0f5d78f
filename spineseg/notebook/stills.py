"""The live figures drawn once, by matplotlib: for paper and for a running kernel."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import ArrayLike

from spineseg.metrics.inputs import Mask
from spineseg.notebook.figures import film
from spineseg.notebook.style import COLOURS, FAINT, INK, MUTED

Spacing = float | tuple[float, float] | None


@dataclass(frozen=True)
class Course:
    """One number along a control.

    label: with the unit.  stops: of the control.  values: may be nan or infinite.
    texts: the values as they are printed.  limits: of the axis.
    """

    label: str
    stops: Sequence[float]
    values: Sequence[float]
    texts: Sequence[str]
    limits: tuple[float, float]

    def spec(self) -> dict[str, Any]:
        """Return the course for a page; what cannot be drawn is None."""
        return {
            "label": self.label,
            "stops": list(self.stops),
            "values": [round(v, 4) if math.isfinite(v) else None for v in self.values],
            "texts": list(self.texts),
            "limits": [round(limit, 4) for limit in self.limits],
        }


def draw_masks(
    shown: tuple[ArrayLike, Mask, Mask],
    courses: Sequence[Course],
    across: str,
    step: int,
    show: str,
    spacing_mm: Spacing = None,
) -> Figure:
    """Draw picture, truth and prediction, beside them where each course stands now."""
    fig = plt.figure(figsize=(7.0, 3.4))
    grid = fig.add_gridspec(len(courses), 2, width_ratios=(1, 1))
    picture, truth, mask = shown
    ax = film(fig.add_subplot(grid[:, 0]), picture, spacing_mm=spacing_mm)
    paint_masks(ax, truth, mask, show)
    first: Axes | None = None
    for row, course in enumerate(courses):
        axes = fig.add_subplot(grid[row, 1], sharex=first)
        first = first or axes
        _draw_course(axes, course, step)
        last = row == len(courses) - 1
        axes.set_xlabel(across if last else "")
        axes.tick_params(labelbottom=last)
    return fig


def paint_masks(ax: Axes, truth: Mask, mask: Mask, show: str) -> None:
    """Draw contours, or colour the pixels where the two masks differ."""
    if show == "errors":
        colours = np.zeros((*truth.shape, 4))
        for name, where in (
            ("false_positive", mask & ~truth),
            ("false_negative", truth & ~mask),
        ):
            colours[where] = (*_rgb(COLOURS[name]), 0.85)
        ax.imshow(colours, aspect=ax.get_aspect(), interpolation="nearest")
    drawn = [("truth", truth)] + ([("prediction", mask)] if show != "errors" else [])
    for name, where in drawn:
        if where.any() and not where.all():
            ax.contour(where, [0.5], colors=COLOURS[name], linewidths=1.2)
    names = ("truth", "prediction")
    if show == "errors":
        names = ("truth", "false_positive", "false_negative")
    handles = [Line2D([], [], color=COLOURS[n], label=_words(n)) for n in names]
    ax.legend(
        handles=handles, loc="upper center", bbox_to_anchor=(0.5, 0), ncols=len(names)
    )


def _draw_course(ax: Axes, course: Course, step: int) -> None:
    finite = [v if math.isfinite(v) else math.nan for v in course.values]
    ax.plot(course.stops, finite, color=COLOURS["prediction"])
    ax.axvline(course.stops[step], color=MUTED, linewidth=0.8)
    ax.plot([course.stops[step]], [finite[step]], "o", color=COLOURS["disc"])
    low, high = course.limits
    ax.set_ylim(low, high + 0.05 * (high - low))
    ax.set_title(f"{course.label}: {course.texts[step]}", color=INK)
    ax.grid(axis="y", color=FAINT, linewidth=0.6)


def _words(name: str) -> str:
    return name.replace("_", " ")


def _rgb(colour: str) -> tuple[float, ...]:
    return tuple(int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
