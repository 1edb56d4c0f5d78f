"""The five views as small films: schematic, but with the light where it would be.

A radiograph adds up along the ray, so shapes are laid over each other as thin
white; a slice has one grey per tissue. Each film is 4 wide to 5 high.
"""

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Polygon

from spineseg.notebook.drawings import frontal, sagittal
from spineseg.notebook.drawings.levels import LEVELS, SACRAL_SLOPE_DEG
from spineseg.notebook.drawings.outline import Frame, Points, smooth
from spineseg.notebook.drawings.paint import light, night

LUMBAR = tuple(LEVELS[n] for n in ("T11", "T12", "L1", "L2", "L3", "L4", "L5"))
CERVICAL = tuple(LEVELS[n] for n in ("C2", "C3", "C4", "C5", "C6", "C7", "T1"))
SACRAL_PLATE = Frame(angle_deg=SACRAL_SLOPE_DEG).place([(-16.5, 0), (16.5, 0)])

Signals = Mapping[str, float]


def lumbar_frames() -> dict[str, Frame]:
    """Where T11 to L5 stand, seen from the side."""
    return sagittal.stack(LUMBAR)


def cervical_frames() -> dict[str, Frame]:
    """Where C2 to T1 stand, seen from the side."""
    return sagittal.stack(CERVICAL, slope_deg=20.0)


def frontal_frames(cobb_deg: float = 0.0) -> dict[str, Frame]:
    """Where T10 to L5 stand, seen from the front."""
    names = ("T10", *(level.name for level in LUMBAR))
    return frontal.scoliotic_stack(cobb_deg, names, ("T11", "L3"))


def ap(ax: Axes, cobb_deg: float = 0.0) -> None:
    """Anteroposterior radiograph of the thoracolumbar spine."""
    night(ax, -92, 92, -20, 210)
    torso = [(-88, 215), (-70, 95), (-92, -25), (92, -25), (70, 95), (88, 215)]
    light(ax, smooth(torso, 3), 0.10)
    for name, frame in frontal_frames(cobb_deg).items():
        level = LEVELS[name]
        turn = -frame.x_mm / 60
        light(ax, frame.place(frontal.body_front(level)), 0.36)
        for side in (-1, 1):
            light(ax, frame.place(frontal.pedicle_front(level, side, turn)), 0.24)
            if name[0] == "L":
                light(ax, frame.place(frontal.transverse_front(level, side)), 0.14)
            else:
                light(ax, frame.place(_rib(level.width_mm / 2, side)), 0.13)
        light(ax, frame.place(frontal.spinous_front(level, turn)), 0.26)
    plate = [(-40, 0), (40, 0), (58, -14), (40, -40), (-40, -40), (-58, -14)]
    light(ax, smooth(plate, 3), 0.22)


def _rib(start: float, side: int) -> Points:
    """A rib that leaves the spine, seen from the front."""
    t = np.linspace(0, 1, 12)
    x, y = start + 75 * t, 5 - 4 * t - 40 * t**2
    ring = np.vstack([np.stack([x, y + 3], 1), np.stack([x, y - 3], 1)[::-1]])
    return ring * [side, 1]


def lateral(ax: Axes) -> None:
    """Lateral radiograph of the lumbar spine."""
    night(ax, -92, 92, -50, 180)
    light(ax, smooth([(-95, 190), (-95, -60), (80, -60), (62, 60), (84, 190)], 3), 0.09)
    light(ax, sagittal.sacrum(), 0.28)
    for name, frame in lumbar_frames().items():
        level = LEVELS[name]
        light(ax, frame.place(sagittal.body(level)), 0.42)
        light(ax, frame.place(sagittal.lumbar_arch(level)), 0.26)
        _plates(ax, name, frame, 0.3)


def _plates(ax: Axes, name: str, frame: Frame, level: float) -> None:
    """The bright lines of both end plates, where the ray runs along the bone."""
    ring = frame.place(sagittal.body(LEVELS[name]))
    ax.plot(*ring.T, color="white", alpha=level, linewidth=1.0, zorder=2)


def cervical(ax: Axes) -> None:
    """Lateral radiograph of the neck."""
    night(ax, -66, 62, -16, 144)
    neck = [(-34, 150), (-30, 80), (-52, -20), (60, -20), (46, 60), (50, 150)]
    light(ax, smooth(neck, 3), 0.09)
    airway = [(-33, 120), (-26, 120), (-22, 60), (-30, -20), (-44, -20), (-32, 60)]
    ax.add_patch(Polygon(smooth(airway, 3), facecolor=("black", 0.5), zorder=1))
    frames = cervical_frames()
    for part in sagittal.atlas(frames["C2"]):
        light(ax, part, 0.30)
    for name, frame in frames.items():
        level = LEVELS[name]
        light(ax, frame.place(sagittal.body(level)), 0.42)
        light(ax, frame.place(sagittal.cervical_arch(level)), 0.30)
        _plates(ax, name, frame, 0.25)


T2_LIKE: Signals = {
    "fat": 0.40, "marrow": 0.19, "muscle": 0.06, "nucleus": 0.40, "annulus": 0.08,
    "csf": 0.54, "cord": 0.17, "bone": 0.0,
}  # fmt: skip
"""Signals of a T2-weighted series, for the plates that do not compute their own."""


def tone(signal: float) -> tuple[float, float, float]:
    """Grey of a signal: a window from 0 to 0.62 with a gentle curve, as on a screen."""
    grey = float(np.clip(signal / 0.62, 0, 1)) ** 0.85
    return (0.03 + 0.93 * grey,) * 3


def _paint(ax: Axes, outline: Points, signal: float, zorder: float) -> None:
    ax.add_patch(Polygon(outline, facecolor=tone(signal), zorder=zorder))


def midline(ax: Axes, signals: Signals = T2_LIKE) -> None:
    """Sagittal MR slice of the lumbar spine, in the midline."""
    frame = night(ax, -92, 92, -50, 180)
    frame.set_facecolor(tone(signals["muscle"]))
    back = [(58, 190), (46, 90), (56, 30), (84, -60), (130, -60), (130, 190)]
    _paint(ax, smooth(back, 2), signals["fat"], 1)
    frames = lumbar_frames()
    _sac(ax, frames, signals)
    _paint(ax, sagittal.sacrum(), signals["marrow"], 2)
    names = list(frames)
    for name, below in zip(names, [*names[1:], None], strict=True):
        level, here = LEVELS[name], frames[name]
        plate = SACRAL_PLATE
        if below:
            plate = frames[below].place(sagittal.corners(LEVELS[below])[:2])
        ring = sagittal.disc(level, here, plate)
        _paint(ax, ring, signals["annulus"], 3)
        core = ring.mean(0) + (ring - ring.mean(0)) * 0.62
        _paint(ax, core, signals["nucleus"], 3)
        for part in (sagittal.body(level), sagittal.spinous(level)):
            shape = here.place(part)
            _paint(ax, shape, signals["marrow"], 4)
            ax.plot(*shape.T, color=tone(signals["bone"]), linewidth=0.9, zorder=5)


def _sac(ax: Axes, frames: dict[str, Frame], signals: Signals) -> None:
    """Epidural fat, the fluid of the sac, and the cord that ends behind L1."""
    for signal, share, last in (("fat", 0.5, 9), ("csf", 0.40, 9), ("cord", 0.19, 3)):
        front, back = [], []
        for name, frame in list(frames.items())[:last]:
            level = LEVELS[name]
            middle = level.depth_mm / 2 + level.canal_mm / 2
            half = share * level.canal_mm
            half *= 0.25 if signal == "cord" and name == "L1" else 1
            for y in (0.5 * level.back_mm, -0.5 * level.back_mm):
                ends = frame.place([(middle - half, y), (middle + half, y)])
                front.append(ends[0])
                back.append(ends[1])
        outline = smooth(np.vstack([front, back[::-1]]), 3)
        _paint(ax, outline, signals[signal], 1.5 + (signal != "fat") * 0.1)


def axial(ax: Axes, signals: Signals = T2_LIKE) -> None:
    """Axial MR slice through a lumbar vertebra."""
    night(ax, -66, 66, -112, 53)
    torso = smooth(
        [(-90, 70), (-90, -95), (-25, -108), (25, -108), (90, -95), (90, 70)]
    )
    _paint(ax, torso, signals["fat"], 1)
    for side in (-1, 1):
        psoas = [(27, 14), (46, 12), (54, -8), (40, -22), (24, -17)]
        erector = [(7, -50), (24, -46), (58, -40), (64, -72), (40, -94), (8, -88)]
        for muscle in (psoas, erector):
            shape = smooth(np.array(muscle) * [side, 1], 3)
            _paint(ax, shape, signals["muscle"], 2)
    shape = frontal.axial_lumbar()
    _paint(ax, shape.bone, signals["marrow"], 3)
    _paint(ax, shape.canal, signals["fat"], 4)
    sac = shape.canal.mean(0) + (shape.canal - shape.canal.mean(0)) * 0.78
    _paint(ax, sac, signals["csf"], 4)
    for x, y in ((-4, -24), (4, -24), (-2.2, -27), (2.2, -27), (0, -24.5), (0, -29)):
        ax.plot(x, y, "o", markersize=1.6, color=tone(signals["cord"]), zorder=5)
    for ring in (shape.bone, shape.canal, shape.body[len(shape.body) // 2 :]):
        ax.plot(*ring.T, color=tone(signals["bone"]), linewidth=0.9, zorder=5)
