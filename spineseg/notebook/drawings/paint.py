"""How outlines become a figure: fills, labels, frames. No white, no hard-coded ink.

Text and lines keep matplotlib's own colours, so that a figure can be shown on light
and dark; bone is a middle grey that stands on both.
"""

from collections.abc import Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch, Polygon, Rectangle
from matplotlib.path import Path
from numpy.typing import ArrayLike

from spineseg.notebook.drawings.outline import area_mm2
from spineseg.notebook.style import FILM, INK, MUTED

BONE = "#8c8a86"
"""A grey that stands on a light page as well as on a dark one."""


def canvas(
    width_in: float,
    height_in: float,
    columns: int = 1,
    rows: int = 1,
    ratios: Sequence[float] | None = None,
    heights: Sequence[float] | None = None,
) -> tuple[Figure, list[Axes]]:
    """A transparent figure with bare axes in millimetres, equal on both sides."""
    fig, grid = plt.subplots(
        rows,
        columns,
        figsize=(width_in, height_in),
        squeeze=False,
        gridspec_kw={"width_ratios": ratios, "height_ratios": heights},
        layout="constrained",
    )
    axes = list(grid.ravel())
    for ax in axes:
        ax.set_aspect("equal")
        ax.set_axis_off()
    return fig, axes


def cut(outline: ArrayLike, *holes: ArrayLike) -> Path:
    """A closed path with holes; holes run the other way round than the outline."""
    rings = []
    for number, points in enumerate((outline, *holes)):
        ring = np.asarray(points, float)
        wanted = 1 if number == 0 else -1
        ring = ring if wanted * area_mm2(ring) > 0 else ring[::-1]
        rings.append(Path(np.vstack([ring, ring[:1]]), closed=True))
    return Path.make_compound_path(*rings)


def bone(
    ax: Axes, outline: ArrayLike, *holes: ArrayLike, strength: float = 0.2
) -> None:
    """A structure that carries no label: grey, with a thin edge."""
    fill = {"facecolor": (BONE, strength), "edgecolor": BONE, "linewidth": 0.9}
    ax.add_patch(PathPatch(cut(outline, *holes), zorder=2, **fill))


def ghost(ax: Axes, outline: ArrayLike, colour: str = MUTED) -> None:
    """Where something would be, or what a label leaves out: a dashed line."""
    line = {"edgecolor": colour, "linewidth": 1.0, "linestyle": (0, (3, 2))}
    ax.add_patch(Polygon(outline, fill=False, zorder=5, **line))


def region(
    ax: Axes,
    outline: ArrayLike,
    colour: str,
    strength: float = 0.32,
    zone: ArrayLike | None = None,
    holes: Sequence[ArrayLike] = (),
    zorder: float = 3,
) -> None:
    """A labelled structure: strong contour, translucent fill.

    Args:
        ax: where to draw.
        outline: the contour, millimetres.
        colour: the structure's colour in the whole book.
        strength: opacity of the fill.
        zone: draw only the part of the outline that lies in this polygon.
        holes: contours to leave out.
        zorder: matplotlib's drawing order.
    """
    path = cut(outline, *holes)
    fill = PathPatch(path, facecolor=(colour, strength), edgecolor="none")
    edge = PathPatch(path, fill=False, edgecolor=colour, linewidth=1.5)
    for patch in (fill, edge):
        patch.set_zorder(zorder)
        ax.add_patch(patch)
        if zone is not None:
            patch.set_clip_path(cut(zone), ax.transData)


def label(
    ax: Axes,
    text: str,
    at: tuple[float, float],
    to: tuple[float, float] | None = None,
    ha: str = "center",
    size: float = 8.5,
    **style: Any,
) -> None:
    """Write beside a structure and lead a thin line to a dot on it.

    Args:
        ax: where to draw.
        text: what is written.
        at: where the text stands.
        to: the point that is meant; no line when left out.
        ha: horizontal alignment of the text.
        size: font size in points.
        style: passed on to the text.
    """
    plain = {"color": INK, "ha": ha, "va": "center", "fontsize": size}
    ax.text(at[0], at[1], text, zorder=8, **(plain | style))
    if to is not None:
        leader(ax, at, to, {"left": 1, "center": 0, "right": -1}[ha])


def leader(
    ax: Axes, at: tuple[float, float], to: tuple[float, float], gap: float = 0
) -> None:
    """A thin line from a text to a dot on what it names.

    Args:
        ax: where to draw.
        at: where the text stands.
        to: what it names.
        gap: -1 when the line leaves the text on its right side, 1 on its left, 0
            when the text is centred and the line starts below or above it.
    """
    scale = ax.get_xlim()[1] - ax.get_xlim()[0]
    rise = 0.03 * scale * (1 if to[1] > at[1] else -1) if gap == 0 else 0
    start = (at[0] - gap * 0.012 * scale, at[1] + rise)
    ax.plot([start[0], to[0]], [start[1], to[1]], color=MUTED, lw=0.8, zorder=6)
    ax.plot(*to, "o", markersize=3, color=INK, markeredgewidth=0, zorder=7)


def night(ax: Axes, left: float, right: float, bottom: float, top: float) -> Rectangle:
    """A film's own dark frame, and the limits of the axes; the frame clips."""
    ax.set_xlim(left, right)
    ax.set_ylim(bottom, top)
    frame = Rectangle((left, bottom), right - left, top - bottom, facecolor=FILM)
    frame.set_zorder(0)
    ax.add_patch(frame)
    return frame


def light(ax: Axes, outline: ArrayLike, level: float, zorder: float = 1) -> None:
    """Add a translucent white shape: where shapes overlap, the film is brighter."""
    ax.add_patch(
        Polygon(outline, facecolor=("white", level), edgecolor="none", zorder=zorder)
    )
