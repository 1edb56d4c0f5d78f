"""Vertebrae and discs seen from the patient's left: front to the left, y upwards.

A vertebra has its own frame: the origin in the middle of its body, x towards the
back. ``u`` below is the distance behind the back wall of the body.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from spineseg.notebook.drawings.levels import LEVELS, SACRAL_SLOPE_DEG, Level
from spineseg.notebook.drawings.outline import Frame, Points, bow, smooth


def wedge_deg(level: Level) -> float:
    """Angle between the end plates of a body, positive when the front is taller."""
    return float(np.degrees(np.arctan2(level.front_mm - level.back_mm, level.depth_mm)))


def corners(level: Level) -> Points:
    """The four corners of a body: front top, back top, back bottom, front bottom."""
    d, f, b = level.depth_mm / 2, level.front_mm / 2, level.back_mm / 2
    return np.array([[-d, f], [d, b], [d, -b], [-d, -f]])


def body(level: Level) -> Points:
    """Outline of a body: hollow end plates, a waist, rounded rims."""
    ft, bt, bb, fb = corners(level)
    dip = 0.05 * level.back_mm
    walls = [
        bow(ft, bt, -dip),
        bow(bt, bb, -0.7 * dip),
        bow(bb, fb, -dip),
        bow(fb, ft, -1.3 * dip),
    ]
    return smooth(np.vstack([wall[:-1] for wall in walls]), 2)


def disc(upper: Level, above: Frame, lower: Points, bulge_mm: float = 0.8) -> Points:
    """Outline of the disc between a body and the plate below it.

    Args:
        upper: the vertebra above.
        above: where it stands.
        lower: front and back corner of the plate below, as drawn, shape (2, 2).
        bulge_mm: how far the sides bow out.
    """
    *_, bb, fb = above.place(corners(upper))
    dip = 0.045 * upper.back_mm
    front, back = np.asarray(lower, float)
    edges = [
        bow(fb, bb, dip),
        bow(bb, back, bulge_mm),
        bow(back, front, dip),
        bow(front, fb, bulge_mm),
    ]
    return smooth(np.vstack([edge[:-1] for edge in edges]), 2)


def spinous(level: Level) -> Points:
    """Outline of lamina and spinous process as cut in the midline."""
    start = level.depth_mm / 2 + level.canal_mm
    tip = level.depth_mm / 2 + level.tip_mm
    drop = np.tan(np.radians(level.drop_deg))
    thick = {"C": 5.0, "T": 6.5, "L": 13.0}[level.region] * level.back_mm / 27 + 2
    thick *= {"C": 1.5, "T": 1.0, "L": 1.0}[level.region]
    x = np.array([start, start + 3, (start + tip) / 2, tip - 2, tip])
    middle = -0.12 * level.back_mm - drop * (x - start)
    half = thick * np.array([0.40, 0.52, 0.44, 0.52, 0.40])
    top = np.stack([x, middle + half], 1)
    bottom = np.stack([x, middle - half * [1.3, 1.2, 1.0, 1.0, 1.0]], 1)
    return smooth(np.vstack([top, bottom[::-1]]), 3)


def lumbar_arch(level: Level) -> Points:
    """Outline of pedicle, joint processes, lamina, spinous process, from the side."""
    k = level.back_mm / 27.0
    tip, drop = level.tip_mm / k, np.tan(np.radians(level.drop_deg))
    low = -drop * (tip - 27)
    uv = [
        (-1, 11.5), (6, 9.5), (10, 12.5), (11.2, 20), (14, 25), (18, 23),
        (19.5, 14), (21.5, 7), (28, 6), (tip - 12, low + 8.5), (tip - 1, low + 8),
        (tip + 1, low), (tip - 2, low - 9), (tip - 12, low - 7), (30, -12),
        (25.5, -15), (24, -25), (20.5, -30.5), (16, -28), (14.5, -18), (12.5, -9),
        (8.5, -3.5), (4, -2), (-1, -2.5),
    ]  # fmt: skip
    return smooth(np.array(uv) * k + [level.depth_mm / 2, 0], 3)


def cervical_arch(level: Level) -> Points:
    """Outline of pillar, lamina and spinous process of a neck vertebra, from the side.

    The joint faces slope down towards the back at about 45 degrees.
    """
    tip, drop = level.tip_mm, np.tan(np.radians(level.drop_deg))
    low = -1.5 - drop * (tip - 15)
    uv = [
        (-0.5, 4.5), (1.5, 4.5), (3, 8.5), (5, 8.5), (12.5, 1.5), (16, 1.5),
        (tip - 3, low + 3.6), (tip, low + 3), (tip + 0.5, low - 2),
        (tip - 3, low - 3.2), (16, -6.5), (13.5, -10.5), (11, -10.5), (4, -3.8),
        (1.5, -1.5), (-0.5, -1.5),
    ]  # fmt: skip
    return smooth(np.array(uv) + [level.depth_mm / 2, 0], 3)


def stack(
    levels: Sequence[Level] | None = None, slope_deg: float = SACRAL_SLOPE_DEG
) -> dict[str, Frame]:
    """Pile vertebrae upon the plate below them; return where each one stands.

    The middle of the lowest plate is the origin. Every disc and every wedged body
    turns what stands above it, so the curves of the spine are the sum of wedges.

    Args:
        levels: vertebrae from the top down; all of them when left out.
        slope_deg: tilt of the plate at the bottom, front edge lower.
    """
    chosen = list(LEVELS.values()) if levels is None else list(levels)
    point, turn = np.zeros(2), slope_deg
    frames = {}
    for level in reversed(chosen):
        point = point + level.disc_mm * _up(turn - level.disc_deg / 2)
        wedge = wedge_deg(level)
        middle = turn - level.disc_deg - wedge / 2
        height = (level.front_mm + level.back_mm) / 2
        centre = point + height / 2 * _up(middle)
        frames[level.name] = Frame(float(centre[0]), float(centre[1]), middle)
        point, turn = point + height * _up(middle), middle - wedge / 2
    return dict(reversed(frames.items()))


def _up(angle_deg: float) -> Points:
    """Unit vector that stands upright on a plate with this tilt."""
    a = np.radians(angle_deg)
    return np.array([-np.sin(a), np.cos(a)])


def _sacral_walls() -> tuple[Points, Points]:
    """Front and back wall of the sacrum, from its upper plate down."""
    depths = 33.0 * np.array([1.0, 0.70, 0.52, 0.42, 0.34, 0.26])
    point, turn = np.zeros(2), SACRAL_SLOPE_DEG
    front, back = [], []
    for depth, height in zip(depths, (0, 30, 26, 22, 19, 16), strict=True):
        point = point - height * _up(turn + 6)
        turn -= 0.55 * height
        along = np.array([np.cos(np.radians(turn)), np.sin(np.radians(turn))])
        front.append(point - depth / 2 * along)
        back.append(point + depth / 2 * along)
    return np.array(front), np.array(back)


def sacrum() -> Points:
    """Outline of the sacrum in the midline, its upper plate centred on the origin."""
    front, back = _sacral_walls()
    # corners twice: corner cutting then keeps the rim of the plate
    ring = [back[:1], back, front[::-1], front[:1]]
    return smooth(np.vstack(ring), 2)


def canal(levels: Sequence[Level], frames: Mapping[str, Frame]) -> Points:
    """Outline of the spinal canal along a stack, and into the sacrum below L5."""
    front, back = [], []
    for level in levels:
        wall = level.depth_mm / 2
        for share in (0.42, -0.42):
            y = share * level.back_mm
            ends = [(wall + 1.2, y), (wall + level.canal_mm - 0.6, y)]
            near, far = frames[level.name].place(ends)
            front.append(near)
            back.append(far)
    if levels[-1].name == "L5":
        wall = _sacral_walls()[1]
        for point, depth in zip(wall[:5], (15, 12, 9, 6, 3), strict=True):
            front.append(point + [0.8, 0.6])
            back.append(point + [0.8 * depth, 0.6 * depth])
    return smooth(np.vstack([front, back[::-1]]), 3)


def atlas(frame: Frame) -> list[Points]:
    """The dens of C2 and both arches of C1 in the midline, on the frame of C2."""
    level = LEVELS["C2"]
    top = level.front_mm / 2
    dens = [(-5, top - 5), (-4.5, top + 13), (0, top + 17), (4, top + 13), (5, top - 5)]
    t = np.linspace(0, 2 * np.pi, 40)[:-1]
    ring = np.stack([np.cos(t), np.sin(t)], 1)
    front = ring * [2.8, 5.5] + [-9.5, top + 9]
    back = ring * [3.4, 4.2] + [level.depth_mm / 2 + level.canal_mm + 3, top + 8]
    return [frame.place(shape) for shape in (smooth(dens, 3), front, back)]
