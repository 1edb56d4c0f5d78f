"""Plates of what is measured on a spine, and of what goes wrong with one."""

from dataclasses import replace
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Arc

from spineseg.notebook.drawings import frontal, sagittal
from spineseg.notebook.drawings.label_plates import ON_FILM
from spineseg.notebook.drawings.levels import LEVELS, Level
from spineseg.notebook.drawings.outline import Frame, Points
from spineseg.notebook.drawings.paint import canvas, cut, ghost, light, night, region
from spineseg.notebook.style import COLOURS, INK, MUTED

COBB_LEVELS = tuple(f"T{n}" for n in range(4, 13)) + tuple(f"L{n}" for n in range(1, 6))
COBB_ENDS = ("T7", "L1")


def cobb_landmarks(cobb_deg: float) -> Points:
    """Corners of the two end plates of a drawn curve: upper left, right, lower ...

    Returns:
        Shape (4, 2), millimetres: the upper plate of T7, then the lower of L1.
    """
    frames = frontal.scoliotic_stack(cobb_deg, COBB_LEVELS, COBB_ENDS)
    ends = []
    for name, side in zip(COBB_ENDS, (1, -1), strict=True):
        w = LEVELS[name].width_mm / 2
        h = side * (LEVELS[name].front_mm + LEVELS[name].back_mm) / 4
        ends.append(frames[name].place([(-w, h), (w, h)]))
    return np.vstack(ends)


def cobb(cobb_deg: float) -> Figure:
    """A spine from the front whose Cobb angle is the one asked for."""
    fig, (ax,) = canvas(5.6, 5.6)
    frames = _curve_film(ax, cobb_deg, 215)
    for name in COBB_ENDS:
        ring = frames[name].place(frontal.body_front(LEVELS[name]))
        region(ax, ring, COLOURS["prediction"], 0.12)
        x, y = frames[name].x_mm, frames[name].y_mm
        ax.text(x - 38, y, name, color=ON_FILM, ha="right", va="center", fontsize=10)
    _plate_lines(ax, cobb_landmarks(cobb_deg))
    left, low = ax.get_xlim()[0] + 12, ax.get_ylim()[0] + 12
    ax.text(left, low, f"Cobb angle {cobb_deg:g}\u00b0", color=ON_FILM, fontsize=12)
    return fig


def _curve_film(ax: Axes, cobb_deg: float, half_mm: float = 170) -> dict[str, Frame]:
    """Film of a curve from T4 to L5, kept in the middle; returns the frames."""
    frames = frontal.scoliotic_stack(cobb_deg, COBB_LEVELS, COBB_ENDS)
    middle = float(np.mean([frame.x_mm for frame in frames.values()]))
    night(ax, middle - half_mm, middle + half_mm, -28, 402)
    for name, frame in frames.items():
        level, turn = LEVELS[name], (middle - frame.x_mm) / 60
        light(ax, frame.place(frontal.body_front(level)), 0.34)
        for side in (-1, 1):
            light(ax, frame.place(frontal.pedicle_front(level, side, turn)), 0.22)
        light(ax, frame.place(frontal.spinous_front(level, turn)), 0.22)
    return frames


def _plate_lines(ax: Axes, marks: Points) -> None:
    """Extend both end plates to the right, as one does on a light box."""
    for a, b in (marks[:2], marks[2:]):
        along = (b - a) / np.hypot(*(b - a))
        far = b + 125 * along
        ax.plot([a[0], far[0]], [a[1], far[1]], color=COLOURS["prediction"], lw=1.6)
        ax.plot(*np.array([a, b]).T, "o", color=ON_FILM, markersize=4, zorder=8)


def measures() -> Figure:
    """Where slip, wedge and disc height are read off on drawn vertebrae."""
    fig, axes = canvas(9.4, 3.3, columns=3)
    for ax, draw in zip(axes, (_slip, _wedge, _disc), strict=True):
        ax.set_xlim(-38, 38)
        ax.set_ylim(-29, 43)
        draw(ax)
    return fig


def _pair(ax: Axes, shift_mm: float) -> tuple[Frame, Frame]:
    """L4 upon L5, both level, L4 moved forwards; returns their frames."""
    l4, l5 = LEVELS["L4"], replace(LEVELS["L5"], front_mm=27.0, back_mm=27.0)
    below, above = Frame(0, -12), Frame(-shift_mm, 25.5)
    plate = below.place(sagittal.corners(l5)[:2])
    region(ax, sagittal.disc(l4, above, plate), COLOURS["disc"], 0.22)
    region(ax, below.place(sagittal.body(l5)), COLOURS["vertebra"], 0.2)
    region(ax, above.place(sagittal.body(l4)), COLOURS["vertebra"], 0.2)
    return above, below


def _slip(ax: Axes) -> None:
    ax.set_title("slip = s / d", fontsize=10.5)
    above, _ = _pair(ax, 8.5)
    back_above = above.x_mm + LEVELS["L4"].depth_mm / 2
    back_below = LEVELS["L5"].depth_mm / 2
    for x, top in ((back_above, 10.0), (back_below, 18.0)):
        ax.plot([x, x], [-6, top], color=MUTED, lw=1, ls=(0, (3, 2)), zorder=6)
    _span(ax, (back_above, -6), (back_below, -6), "s", (0, -5))
    _span(ax, (-back_below, -19), (back_below, -19), "d", (-4, 4))
    ax.text(-29, 25, "front", color=MUTED, fontsize=8, ha="right")
    ax.text(15, 25, "back", color=MUTED, fontsize=8)


def _wedge(ax: Axes) -> None:
    ax.set_title("wedge ratio = front / back", fontsize=10.5)
    level = replace(LEVELS["L1"], front_mm=25.0, back_mm=36.0, depth_mm=42.0)
    frame = Frame(0, 12, -sagittal.wedge_deg(level) / 2)
    ft, bt, bb, fb = frame.place(sagittal.corners(level))
    ghost(ax, np.array([fb + [0, 36], bt, bb, fb]))
    region(ax, frame.place(sagittal.body(level)), COLOURS["vertebra"], 0.2)
    _span(ax, ft + [-4, 0], fb + [-4, 0], "front", (-7.5, 0))
    _span(ax, bt + [4, 0], bb + [4, 0], "back", (7, 0))
    ax.text(0, -14, "dashed: before the fracture", color=MUTED, fontsize=8, ha="center")


def _disc(ax: Axes) -> None:
    ax.set_title("disc height: say where", fontsize=10.5)
    l4 = replace(LEVELS["L4"], depth_mm=46.0, front_mm=25.0, back_mm=27.0)
    l5 = replace(LEVELS["L5"], depth_mm=46.0, front_mm=26.0, back_mm=26.0)
    above, below = Frame(-1, 28, -2), Frame(0, -12)
    plate = below.place(sagittal.corners(l5)[:2])
    region(ax, sagittal.disc(l4, above, plate), COLOURS["disc"], 0.3)
    region(ax, below.place(sagittal.body(l5)), COLOURS["vertebra"], 0.2)
    region(ax, above.place(sagittal.body(l4)), COLOURS["vertebra"], 0.2)
    rim = above.place(sagittal.corners(l4))[3], plate[0]
    _span(ax, rim[0] + [-3, 0], rim[1] + [-3, 0], "rim", (-6.5, 0))
    _span(ax, (0, 15.9), (0, -0.2), "middle", (9, 0))


def _span(
    ax: Axes, a: object, b: object, text: str, shift: tuple[float, float]
) -> None:
    """A dimension line with its name beside it."""
    p, q = np.asarray(a, float), np.asarray(b, float)
    ax.plot(*np.array([p, q]).T, color=INK, lw=1.3, zorder=7)
    across = np.array([p[1] - q[1], q[0] - p[0]])
    tick = 1.4 * across / np.hypot(*across)
    for end in (p, q):
        ax.plot(*np.array([end - tick, end + tick]).T, color=INK, lw=1.3, zorder=7)
    at = (p + q) / 2 + shift
    ax.text(
        at[0], at[1], text, color=INK, ha="center", va="center", fontsize=9.5, zorder=8
    )


def pathology() -> Figure:
    """Four findings on their films: what moves, what breaks, what collapses."""
    fig, axes = canvas(9.4, 3.3, columns=4)
    draws = (_scoliosis, _spondylolysis, _listhesis, _fracture)
    names = ("scoliosis", "spondylolysis", "spondylolisthesis", "wedge fracture")
    for ax, draw, name in zip(axes, draws, names, strict=True):
        draw(ax)
        ax.set_title(name, fontsize=10)
    return fig


def _scoliosis(ax: Axes) -> None:
    frames = _curve_film(ax, 40)
    spine = np.array([(f.x_mm, f.y_mm) for f in frames.values()])
    ax.plot(*spine.T, color=COLOURS["prediction"], lw=2, zorder=6)


def _close(ax: Axes) -> None:
    """A film of the lumbosacral junction."""
    night(ax, -58, 78, -64, 108)
    light(ax, sagittal.sacrum(), 0.28)


def _bones(ax: Axes, levels: list[Level], frames: dict[str, Frame]) -> None:
    for level in levels:
        frame = frames[level.name]
        light(ax, frame.place(sagittal.body(level)), 0.42)
        light(ax, frame.place(sagittal.lumbar_arch(level)), 0.26)


def _spondylolysis(ax: Axes) -> None:
    _close(ax)
    levels = [LEVELS[name] for name in ("L2", "L3", "L4", "L5")]
    frames = sagittal.stack(levels)
    _bones(ax, levels, frames)
    wall = LEVELS["L5"].depth_mm / 2
    gap = frames["L5"].place([(wall + 4, -13), (wall + 25, 11)])
    (line,) = ax.plot(*gap.T, color="black", lw=3.2, zorder=6)
    line.set_clip_path(cut(frames["L5"].place(sagittal.lumbar_arch(LEVELS["L5"]))),
                       ax.transData)  # fmt: skip
    middle = gap.mean(0)
    _ring(ax, middle, 17)


def _listhesis(ax: Axes) -> None:
    _close(ax)
    levels = [LEVELS[name] for name in ("L2", "L3", "L4", "L5")]
    frames = sagittal.stack(levels)
    slope = np.radians(frames["L5"].angle_deg)
    for name in ("L2", "L3", "L4"):
        ghost(ax, frames[name].place(sagittal.body(LEVELS[name])), ON_FILM)
        move = -0.3 * LEVELS["L5"].depth_mm
        frames[name] = frames[name].shifted(move * np.cos(slope), move * np.sin(slope))
    _bones(ax, levels, frames)
    for name in ("L4", "L5"):
        ring = frames[name].place(sagittal.body(LEVELS[name]))
        region(ax, ring, COLOURS["prediction"], 0.0)


def _fracture(ax: Axes) -> None:
    night(ax, -58, 78, 60, 232)
    levels = [LEVELS[name] for name in ("T11", "T12", "L1", "L2", "L3", "L4", "L5")]
    low = LEVELS["L1"]
    broken = [
        replace(low, front_mm=0.62 * low.back_mm) if level is low else level
        for level in levels
    ]
    ghosts = sagittal.stack(levels)
    for level in levels[:3]:
        ghost(ax, ghosts[level.name].place(sagittal.body(level)), ON_FILM)
    frames = sagittal.stack(broken)
    _bones(ax, broken, frames)
    ring = frames["L1"].place(sagittal.body(broken[2]))
    region(ax, ring, COLOURS["prediction"], 0.0)


def _ring(ax: Axes, centre: Points, radius_mm: float) -> None:
    """A circle around what is meant."""
    size = 2 * radius_mm
    style: dict[str, Any] = {"color": COLOURS["prediction"], "lw": 1.8, "zorder": 7}
    ax.add_patch(Arc(tuple(centre), size, size, **style))
