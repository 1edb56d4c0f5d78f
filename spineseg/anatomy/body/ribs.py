"""Twelve pairs of ribs, their cartilage with the chalk of age, and the sternum.

Half widths, depths and drops of the rings are chosen so that the cage of the neutral
adult looks right in both views; no source gives them rib by rib.
"""

import numpy as np

from spineseg.anatomy.body.parts import (
    CORTEX,
    FADE,
    MARROW,
    SIDE,
    Array,
    Part,
    Places,
    chalk,
    long_bone,
    mirror,
)
from spineseg.anatomy.sweep import profile, spline, tube
from spineseg.anatomy.tables import DIMENSIONS

HALF_WIDTH_MM = (52, 82, 101, 113, 121, 128, 133, 136, 137, 134, 118, 95)
DEPTH_MM = (58, 84, 106, 124, 138, 149, 156, 160, 162, 158, 140, 110)
DROP_MM = (28, 48, 62, 74, 84, 92, 98, 104, 104, 98, 66, 42)
_COURSE = (  # fractions of half width, depth and drop after the angle of the rib
    (0.62, 0.055, -0.11),
    (0.87, -0.12, -0.33),
    (1.0, -0.38, -0.60),
    (0.985, -0.62, -0.82),
    (0.85, -0.85, -0.985),
    (0.70, -0.955, -1.06),
)
_FADE_MM = 26.0
"""Length over which the bone of a rib thins out into its cartilage."""


def ribs(places: Places, random: np.random.Generator, lowest: int = 12) -> list[Part]:
    """Return the ribs from the first to the ``lowest`` on both sides.

    Their front ends fade, and their cartilage calcifies with age.
    """
    parts: list[Part] = []
    for number in range(1, lowest + 1):
        for side in (1, -1):
            path = rib_path(places, number, side, random)
            parts += _rib(places, path, f"rib_{number}_{SIDE[side]}")
            if number <= 10:
                parts += _cartilage(places, path, number, side, random)
    return parts


def rib_path(
    places: Places, number: int, side: int, random: np.random.Generator
) -> Array:
    """Return the axis of a rib from its head to its front end, world mm."""
    level = f"T{number}"
    size, i = DIMENSIONS[level], number - 1
    wall = size.depth_mm / 2
    floating = number >= 11
    head_z = size.height_mm / 4 if floating else size.height_mm / 2 - 2
    head = places.within(level, side * (size.upper_width_mm / 2 + 1), wall - 3, head_z)
    reach = float(np.clip((12.5 - number) / 12, 0.12, 1))
    tubercle = (
        places.within(level, side * (size.upper_width_mm / 2 + 14), wall + 12, -2)
        if floating
        else places.within(
            level,
            side * (size.transverse_span_mm / 2 - 6),
            wall + 0.85 * size.canal_depth_mm + 9 * reach - 7.5,
            4,
        )
    )
    width = HALF_WIDTH_MM[i] * (1 + random.normal(0, 0.015))
    size_mm = np.array([width, DEPTH_MM[i], DROP_MM[i] * (1 + random.normal(0, 0.03))])
    course = np.array(_COURSE) * size_mm + random.normal(0, 1.3, (6, 3))
    if number == 1:  # short and flat: it ends behind the collar bone
        course = course[:5]
    if floating:  # short, and their ends still point sideways
        course = course[: 14 - number]
        course[-1] += size_mm * (0, 0.10, 0.05)
    base = np.array([places.at(level)[0], tubercle[1], tubercle[2]])
    return np.vstack([head, tubercle, base + mirror(course, side)])


def _rib(places: Places, control: Array, name: str) -> list[Part]:
    """Return shell, marrow and the core in which the marrow fades to the front."""
    length = float(np.linalg.norm(np.diff(control, axis=0), axis=1).sum())
    n = places.steps(length, 3.8)
    path, m = spline(control, n), max(8, places.around(5))
    slim = 0.82 if name.split("_")[1] in ("11", "12") else 1.0
    a = slim * profile([3.4, 3.0, 3.4, 3.3, 3.2, 3.2, 3.2, 3.7], n)
    b = slim * profile([4.6, 4.2, 6.2, 6.6, 6.4, 6.1, 6.1, 6.9], n)
    cortex = profile([0.8, 0.9, 0.9, 0.8, 0.75, 0.7, 0.6, 0.45, 0.12], n)
    outer = tube(path, a, b, around=m)
    # the marrow reaches the very end: a cap of compact bone there would shine
    inside = path.copy()
    inside[-1] = path[-2] + (path[-1] - path[-2]) * 0.97
    a, b = a - cortex, b - cortex
    inside[0] = path[0] + (path[1] - path[0]) * 0.12
    marrow = tube(inside, a, b, around=m)
    tail = max(4, round(_FADE_MM / length * n))
    grow = np.linspace(0.06, 0.97, tail)
    inside[-1] = path[-2] + (path[-1] - path[-2]) * 0.94
    core = tube(inside[-tail:], a[-tail:] * grow, b[-tail:] * grow, around=m)
    return [
        Part(outer, name, CORTEX),
        Part(marrow, name, MARROW),
        Part(core, name, FADE),
    ]


def _cartilage(
    places: Places, rib: Array, number: int, side: int, random: np.random.Generator
) -> list[Part]:
    """Return flecks of chalk along the cartilage, each with the age it appears at."""
    onset = 34 + 28 * random.random() + (8 if number < 5 else 0)
    end, rise = rib[-1], (6, 10, 16, 26, 40, 58, 74, 80, 84, 78)[number - 1]
    target = np.array([side * 22 + places.at("T8")[0], end[1] - 22, end[2] + rise])
    middle = 0.45 * end + 0.55 * target - np.array([0, 4, 0.35 * rise])
    path = spline([end, middle, target], 40)
    parts = []
    for _ in range(random.integers(2, 6)):
        start = random.integers(0, 24)
        piece = path[start : start + random.integers(4, 12)]
        offset = random.normal(0, 1, 3) * (1.2, 1.2, 3.2)
        n = len(piece)
        width = 0.4 + random.uniform(0.5, 1.5, n) * np.sin(np.linspace(0.2, 2.9, n))
        fleck = tube(piece + offset, width, width * 1.5, around=6)
        material = chalk(float(random.uniform(0.15, 0.45)))
        born = onset + 14 * random.random()
        parts.append(Part(fleck, "costal cartilage", material, ages=(born, 200)))
    return parts


def sternum(places: Places) -> list[Part]:
    """Return manubrium and body of the breast bone, swept as one."""
    control = [
        places.at("T3", 0, -105, -8),
        places.at("T5", 0, -132, 0),
        places.at("T8", 0, -156, 0),
        places.at("T9", 0, -160, 0),
    ]
    return long_bone(
        places,
        control,
        [26, 18, 19, 9],
        [7, 5.5, 5, 3],
        "sternum",
        cortex_mm=0.9,
        up=(0, 1, 0),
    )
