"""Plates of the five views and of the contrasts."""

from collections.abc import Callable, Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Ellipse

from spineseg.notebook.drawings import films, sagittal
from spineseg.notebook.drawings.frontal import axial_lumbar
from spineseg.notebook.drawings.levels import LEVELS
from spineseg.notebook.drawings.paint import BONE, bone, canvas
from spineseg.notebook.style import COLOURS, INK, MUTED

Draw = Callable[[Axes], None]


def views() -> Figure:
    """Five ways to look at a spine: how the picture is taken, and what it shows."""
    fig, axes = canvas(9.4, 4.75, columns=5, rows=2)
    takes = (_from_front, _from_side, _neck_from_side, _sagittal_plane, _axial_planes)
    shows: tuple[Draw, ...] = (
        films.ap, films.lateral, films.cervical, films.midline, films.axial,
    )  # fmt: skip
    names = (
        "AP radiograph",
        "lateral radiograph",
        "lateral, of the neck",
        "sagittal MR slice",
        "axial MR slices",
    )
    for ax, take, name in zip(axes[:5], takes, names, strict=True):
        ax.set_xlim(-262, 262)
        ax.set_ylim(-222, 330)
        take(ax)
        ax.set_title(name, fontsize=9.5, loc="center", color=INK)
    for ax, show in zip(axes[5:], shows, strict=True):
        show(ax)
    return fig


def _patient(ax: Axes, width_mm: float, depth_mm: float, size: float) -> None:
    """A patient cut across, front upwards, with an enlarged vertebra."""
    skin = {"facecolor": (BONE, 0.12), "edgecolor": BONE, "linewidth": 0.9}
    ax.add_patch(Ellipse((0, 0), width_mm, depth_mm, **skin))
    shape = axial_lumbar()
    move = np.array([0, -0.12 * depth_mm])
    holes = [shape.canal * size + move]
    bone(ax, shape.bone * size + move, *holes, strength=0.55)


def _rays(
    ax: Axes, source: tuple[float, float], ends: list[tuple[float, float]]
) -> None:
    """Rays from a source to the two ends of a detector."""
    first, last = np.array(ends[0], float), np.array(ends[1], float)
    for share in np.linspace(0.06, 0.94, 7):
        x, y = first + share * (last - first)
        ax.plot([source[0], x], [source[1], y], color=MUTED, lw=0.6, zorder=1)
    ax.plot([first[0], last[0]], [first[1], last[1]], color=INK, lw=3, zorder=4)
    ax.plot(*source, "o", color=INK, markersize=4.5, markeredgewidth=0, zorder=4)


def _from_front(ax: Axes) -> None:
    _patient(ax, 340, 220, 1.5)
    _rays(ax, (0, 310), [(-170, -150), (170, -150)])
    _word(ax, "source", 22, 308, "left")
    _word(ax, "detector", 0, -190)


def _from_side(ax: Axes) -> None:
    _patient(ax, 300, 220, 1.5)
    _rays(ax, (-235, 0), [(205, -165), (205, 165)])
    _word(ax, "front of the patient", 0, 145)


def _neck_from_side(ax: Axes) -> None:
    _patient(ax, 130, 140, 0.85)
    _rays(ax, (-245, 0), [(205, -110), (205, 110)])
    _word(ax, "far source, little enlarged", 0, -165)


def _sagittal_plane(ax: Axes) -> None:
    _patient(ax, 340, 220, 1.5)
    for x in range(-60, 61, 20):
        strong = x == 0
        ax.fill_betweenx([-135, 135], x - 7, x + 7, facecolor=COLOURS["prediction"],
                         alpha=0.65 if strong else 0.22, zorder=4)  # fmt: skip
    _word(ax, "slices some 4 mm thick", 0, -165)


def _axial_planes(ax: Axes) -> None:
    frames = films.lumbar_frames()
    for name, frame in frames.items():
        level = LEVELS[name]
        lifted = frame.shifted(-12, -75)
        grow = 1.75
        for part in (sagittal.body(level), sagittal.spinous(level)):
            bone(ax, lifted.place(part) * grow, strength=0.45)
    for y in range(-110, 131, 24):
        strong = y == 10
        ax.fill_between([-150, 170], y - 5, y + 5, facecolor=COLOURS["prediction"],
                        alpha=0.65 if strong else 0.22, zorder=4)  # fmt: skip
    _word(ax, "seen from the side", 0, -190)


def _word(ax: Axes, text: str, x: float, y: float, ha: str = "center") -> None:
    ax.text(x, y, text, ha=ha, va="center", fontsize=8.2, color=MUTED)


def contrasts(signals: Mapping[str, Mapping[str, float]]) -> Figure:
    """The same spine on a radiograph and in two MR contrasts.

    Args:
        signals: signal of each tissue, by the name of the weighting.
    """
    fig, axes = canvas(9.4, 4.2, columns=1 + len(signals))
    films.lateral(axes[0])
    axes[0].set_title("radiograph", loc="center", fontsize=10)
    for ax, (name, values) in zip(axes[1:], signals.items(), strict=True):
        films.midline(ax, values)
        ax.set_title(name, loc="center", fontsize=10)
    return fig
