"""Vertebrae seen from the front and from above; the patient's left on the right."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from spineseg.notebook.drawings.levels import LEVELS, Level
from spineseg.notebook.drawings.outline import Frame, Points, bow, mirror, smooth


def body_front(level: Level, height_mm: float | None = None) -> Points:
    """Outline of a body seen from the front."""
    w = level.width_mm / 2
    h = (height_mm or (level.front_mm + level.back_mm) / 2) / 2
    ring = [(-w, h), (w, h), (w, -h), (-w, -h)]
    depth = (-0.03 * w, -0.12 * w, -0.03 * w, -0.12 * w)
    walls = [bow(ring[i], ring[(i + 1) % 4], depth[i])[:-1] for i in range(4)]
    return smooth(np.vstack(walls), 2)


def pedicle_front(level: Level, side: int, turn: float = 0.0) -> Points:
    """Ring of one pedicle; ``side`` +1 or -1, ``turn`` shifts it towards a side."""
    t = np.linspace(0, 2 * np.pi, 33)[:-1]
    w, h = level.width_mm, level.back_mm
    x = side * 0.33 * w + 0.16 * w * turn
    return np.stack([x + 0.085 * w * np.cos(t), 0.18 * h + 0.2 * h * np.sin(t)], 1)


def spinous_front(level: Level, turn: float = 0.0) -> Points:
    """The spinous process end-on: a drop in the midline, shifted by rotation."""
    w, h = level.width_mm, level.back_mm
    half = [(0, 0.02), (0.05, -0.1), (0.075, -0.42), (0, -0.6)]
    drop = smooth(mirror(half) * [w, h], 3)
    return drop + [0.26 * w * turn, 0]


def transverse_front(level: Level, side: int) -> Points:
    """One transverse process seen from the front."""
    w, h = level.width_mm / 2, level.back_mm
    reach = {"C": 1.3, "T": 1.55, "L": 1.95}[level.region] * w
    xy = [
        (0.9 * w, 0.24 * h), (0.5 * (w + reach), 0.27 * h), (reach, 0.36 * h),
        (reach + 1, 0.2 * h), (0.5 * (w + reach), 0.06 * h), (0.9 * w, 0.02 * h),
    ]  # fmt: skip
    return smooth(np.array(xy) * [side, 1], 3)


def scoliotic_stack(
    cobb_deg: float, names: Sequence[str], ends: tuple[str, str]
) -> dict[str, Frame]:
    """Pile vertebrae, seen from the front, into one curve of a given Cobb angle.

    The tilt runs along the spine like the derivative of a bell, whose largest and
    smallest value, half the Cobb angle each, fall on the two end vertebrae.

    Args:
        cobb_deg: angle between the end vertebrae.
        names: levels from the top down.
        ends: upper and lower end vertebra, both in ``names``.
    """
    order = list(reversed(names))
    low, high = order.index(ends[1]), order.index(ends[0])
    middle, spread = (low + high) / 2, (high - low) / 2
    place = (np.arange(len(order)) - middle) / spread
    tilt = cobb_deg / 2 * place * np.exp((1 - place**2) / 2)
    frames, point = {}, np.zeros(2)
    for name, angle in zip(order, tilt, strict=True):
        level = LEVELS[name]
        height = (level.front_mm + level.back_mm) / 2
        a = np.radians(angle)
        up = np.array([-np.sin(a), np.cos(a)])
        centre = point + (level.disc_mm + height / 2) * up
        frames[name] = Frame(centre[0], centre[1], float(angle))
        point = point + (level.disc_mm + height) * up
    return dict(reversed(frames.items()))


@dataclass(frozen=True)
class Axial:
    """Outlines of one lumbar vertebra seen from below, front upwards."""

    bone: Points
    body: Points
    canal: Points
    lamina: Points
    spinous: Points


def axial_lumbar() -> Axial:
    """Return the outlines of a lumbar vertebra cut at the height of its laminae.

    ``bone`` is the whole outer contour. ``lamina`` and ``spinous`` are coarse zones
    that are to be clipped by the bone and to leave out the canal.
    """
    body = smooth(
        mirror(
            [(0, 17.5), (10, 17), (18.5, 12), (23, 3), (22.5, -7), (18, -14),
             (10, -16.4), (4, -15.2), (0, -14.8)]
        ), 3,
    )  # fmt: skip
    canal = smooth(
        mirror([(0, -15.2), (7, -15.8), (12.6, -18), (12.8, -22.5), (7.5, -28.5),
                (2.5, -33), (0, -34)]), 3,
    )  # fmt: skip
    outer = [
        (0, 17.5), (10, 17), (18.5, 12), (23, 3), (22.8, -6), (20, -13),
        (18.8, -17), (24, -20.5), (33, -23), (42, -27), (45, -30.5), (41, -31.8),
        (32, -29), (26, -28.8), (25.5, -33), (25.5, -39), (21, -41.5), (16, -38),
        (10, -40), (5.5, -44), (4.2, -52), (4.0, -62), (5.0, -70), (3.5, -75),
        (0, -76),
    ]  # fmt: skip
    lamina = mirror([(0, -20), (13.5, -20), (17.5, -27), (18.5, -45), (3.4, -47),
                     (0, -42)])  # fmt: skip
    spinous = mirror([(0, -42), (3.4, -47), (12, -48), (12, -80), (0, -80)])
    return Axial(smooth(mirror(outer), 3), body, canal, lamina, spinous)
