"""Plates of what the papers label, and of what is called by which name."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.path import Path

from spineseg.notebook.drawings import films, frontal, sagittal
from spineseg.notebook.drawings.levels import LEVELS, Level
from spineseg.notebook.drawings.outline import Points, smooth
from spineseg.notebook.drawings.paint import canvas, ghost, region
from spineseg.notebook.style import COLOURS, INK, MUTED

ON_FILM = "#f2efe8"
"""Ink for words on a film, which is dark on every page."""


def united(ax: Axes, outlines: Sequence[Points], colour: str, strength: float) -> None:
    """Draw overlapping outlines as the one region that they cover together."""
    (left, right), (low, high) = ax.get_xlim(), ax.get_ylim()
    x, y = np.meshgrid(np.arange(left, right, 0.5), np.arange(low, high, 0.5))
    spots = np.stack([x.ravel(), y.ravel()], 1)
    inside = np.zeros(len(spots), bool)
    for outline in outlines:
        inside |= Path(outline).contains_points(spots, radius=0.3)
    mask = inside.reshape(x.shape).astype(float)
    ax.contourf(x, y, mask, [0.5, 1.5], colors=[to_rgba(colour, strength)], zorder=6)
    ax.contour(x, y, mask, [0.5], colors=[colour], linewidths=1.4, zorder=6)


def five_papers() -> Figure:
    """What each of the five papers labels, drawn over its own kind of picture."""
    fig, axes = canvas(9.4, 10.5, columns=3, rows=4, heights=[5, 1, 5, 1])
    draws = (_cvm_ap, _cvm_lateral, _cervical, _mdwc, _inception, _wgan)
    for number, draw in enumerate(draws):
        ax = axes[number + 3 * (number // 3)]
        title, labelled, missing = draw(ax)
        ax.set_title(title, fontsize=10.5, loc="left", color=INK)
        words = axes[number + 3 * (number // 3) + 3]
        words.set_aspect("auto")
        style = {"va": "top", "fontsize": 8.8, "linespacing": 1.35}
        words.text(0, 1.0, labelled, color=INK, transform=words.transAxes, **style)
        words.text(0, 0.48, missing, color=MUTED, transform=words.transAxes, **style)
    return fig


Words = tuple[str, str, str]


def _cvm_ap(ax: Axes) -> Words:
    films.ap(ax, 16)
    for name, frame in films.frontal_frames(16).items():
        region(ax, frame.place(frontal.body_front(LEVELS[name])), COLOURS["vertebra"])
    return (
        "Cvm-UNet, AP view",
        "One class: vertebra.\nAll vertebrae share it.",
        "Left out: discs, ribs, sacrum. Not\nsaid: does the mask hold the arch?",
    )


def _cvm_lateral(ax: Axes) -> Words:
    films.lateral(ax)
    for name, frame in films.lumbar_frames().items():
        region(ax, frame.place(sagittal.body(LEVELS[name])), COLOURS["vertebra"])
        ghost(ax, frame.place(sagittal.lumbar_arch(LEVELS[name])), ON_FILM)
    return (
        "Cvm-UNet, lateral view",
        "The same class. One network\nis trained on both views.",
        "Dashed: the arch. A pars defect\ncan be seen only there.",
    )


def _cervical(ax: Axes) -> Words:
    films.cervical(ax)
    for level in films.CERVICAL[:-1]:
        frame = films.cervical_frames()[level.name]
        start = level.depth_mm / 2 + level.canal_mm + 1
        zone = frame.place([(start, 40), (80, 40), (80, -60), (start, -60)])
        arch = frame.place(sagittal.cervical_arch(level))
        region(ax, arch, COLOURS["spinous"], 0.4, zone)
        ghost(ax, frame.place(sagittal.body(level)), ON_FILM)
    return (
        "CervSpineNet",
        "One class: spinous process,\nall cervical levels together.",
        "Left out: the bodies (dashed), which\nthe lordosis is measured on.",
    )


def _mdwc(ax: Axes) -> Words:
    films.ap(ax)
    left, right = [], []
    for name, frame in films.frontal_frames().items():
        w = LEVELS[name].width_mm / 2
        ends = frame.place([(-w, 12), (w, 12), (-w, -12), (w, -12)])
        left += [ends[0], ends[2]]
        right += [ends[1], ends[3]]
    outline = np.vstack([left, right[::-1]])
    region(ax, smooth(outline, 2), COLOURS["vertebra"])
    return (
        "MDWC-Net",
        "One class: spine region.\nNothing tells levels apart.",
        "Not said: the view, and where the\nregion ends. Drawn here as AP.",
    )


T1_LIKE: films.Signals = {
    "fat": 0.74, "marrow": 0.40, "muscle": 0.29, "nucleus": 0.34, "annulus": 0.24,
    "csf": 0.14, "cord": 0.33, "bone": 0.0,
}  # fmt: skip


def _inception(ax: Axes) -> Words:
    films.midline(ax, {key: 0.8 * value for key, value in T1_LIKE.items()})
    united(ax, _spider_parts(films.LUMBAR), COLOURS["vertebra"], 0.42)
    words = {"color": ON_FILM, "fontsize": 8.5, "ha": "right", "va": "center"}
    ax.text(-8, -32, "sacrum:\nbackground", **words)
    return (
        "Inception U-Net, on SPIDER",
        "One class: vertebrae, discs and\ncanal as a single foreground.",
        "Left out: sacrum, cord, nerves. A second\nexperiment keeps the three apart.",
    )


def _spider_parts(levels: Sequence[Level]) -> list[Points]:
    """Bodies, spinous processes, discs and canal of a stack upon the sacrum."""
    frames = sagittal.stack(levels)
    parts = [sagittal.canal(levels, frames)]
    plates = [
        frames[level.name].place(sagittal.corners(level)[:2]) for level in levels[1:]
    ]
    for level, plate in zip(levels, [*plates, films.SACRAL_PLATE], strict=True):
        frame = frames[level.name]
        parts.append(frame.place(sagittal.body(level)))
        parts.append(frame.place(sagittal.spinous(level)))
        parts.append(sagittal.disc(level, frame, plate))
    return parts


def _wgan(ax: Axes) -> Words:
    films.axial(ax)
    shape = frontal.axial_lumbar()
    holes = (shape.canal,)
    region(ax, shape.bone, COLOURS["lamina"], 0.4, shape.lamina, holes, zorder=6)
    region(ax, shape.body, COLOURS["vertebra"], 0.4, zorder=6)
    region(ax, shape.canal, COLOURS["canal"], 0.4, zorder=6)
    return (
        "WGAN-CTM",
        "Three classes: body, lamina, and\n\u201cforamen\u201d, which is the canal.",
        "Not among its classes: pedicles,\nprocesses, discs.",
    )


def numbering() -> Figure:
    """SPIDER's numbers on a usual spine and on one with six lumbar vertebrae."""
    fig, axes = canvas(9.4, 4.9, columns=3)
    usual = [LEVELS[name] for name in ("L1", "L2", "L3", "L4", "L5")]
    extra = [*usual[:-1], replace(LEVELS["L4"], name="L5"),
             replace(LEVELS["L5"], name="L6")]  # fmt: skip
    _numbered(axes[0], usual, "Five lumbar vertebrae")
    _numbered(axes[1], extra, "Six: the numbers move, the names do not")
    _sides(axes[2])
    return fig


def _numbered(ax: Axes, levels: Sequence[Level], title: str) -> None:
    ax.set_xlim(-74, 84)
    ax.set_ylim(-34, 214)
    ax.set_title(title, fontsize=10)
    ghost(ax, sagittal.sacrum())
    frames = sagittal.stack(levels)
    above = films.SACRAL_PLATE
    for number, level in enumerate(reversed(levels), start=1):
        frame = frames[level.name]
        region(ax, sagittal.disc(level, frame, above), COLOURS["disc"], 0.4)
        region(ax, frame.place(sagittal.body(level)), COLOURS["vertebra"], 0.28)
        above = frame.place(sagittal.corners(level)[:2])
        x, y = frame.x_mm, frame.y_mm
        centre: dict[str, Any] = {"ha": "center", "va": "center", "color": INK}
        ax.text(x, y, str(number), fontsize=12, fontweight="bold", zorder=7, **centre)
        ax.text(x - 33, y, level.name, fontsize=9, **centre)
        low = frame.place([(level.depth_mm / 2 + 6, -level.back_mm / 2 - 4)])[0]
        ax.text(low[0], low[1], f"{200 + number}", fontsize=8.5, color=INK, va="center")
    ax.text(-14, -26, "sacrum: 0", fontsize=8.5, color=MUTED, ha="right")


def _sides(ax: Axes) -> None:
    films.ap(ax)
    ax.set_title("Left and right on an AP film", fontsize=10)
    words: dict[str, Any] = {"color": ON_FILM, "ha": "center", "fontsize": 9}
    ax.text(-60, 192, "R", fontsize=16, fontweight="bold", color=ON_FILM, ha="center")
    ax.text(-60, 25, "patient\u2019s\nright", **words)
    ax.text(60, 25, "patient\u2019s\nleft", **words)
    under: dict[str, Any] = {
        "transform": ax.transAxes,
        "va": "top",
        "fontsize": 8.5,
        "color": MUTED,
    }
    ax.text(0, -0.02, "column 0", **under)
    ax.text(1, -0.02, "last column", ha="right", **under)
