"""Shoulder girdle: collar bone, shoulder blade, head of the humerus.

Carried together with T2; how far the shoulders hang differs between patients, which
decides how much of C7 a lateral radiograph shows.
"""

import numpy as np

from spineseg.anatomy.body.parts import (
    CORTEX,
    MARROW,
    SIDE,
    Part,
    Places,
    both_sides,
    long_bone,
    mirror,
)
from spineseg.anatomy.sweep import sheet, thicken

_CLAVICLE = [
    (14, -78, -24),
    (40, -84, -14),
    (75, -70, -2),
    (112, -40, 6),
    (150, -22, 12),
]
# rows from the upper edge to the lower angle, columns from the joint to the spine
_BLADE = [
    [(146, 8, 6), (120, 42, 14), (96, 56, 10), (76, 62, -4)],
    [(142, 26, -22), (114, 50, -30), (92, 61, -36), (70, 68, -40)],
    [(128, 44, -60), (106, 59, -70), (90, 66, -76), (73, 70, -80)],
    [(108, 58, -106), (99, 63, -112), (92, 66, -116), (85, 68, -117)],
]
_BLADE_MM = [[13, 7, 6, 6], [9, 2.4, 2.2, 5], [9, 2.4, 2.4, 5], [9, 8, 7, 7]]
_SPINE = [(84, 66, -2), (106, 64, 4), (134, 48, 10), (156, 26, 10), (162, 6, 6)]
_HUMERUS = [
    (162, -2, -16),
    (172, -2, -24),
    (176, -1, -44),
    (178, 2, -70),
    (184, 6, -150),
]


def shoulders(places: Places, humerus: bool = True) -> list[Part]:
    """Return both shoulder girdles."""
    return both_sides(lambda side: _girdle(places, side, humerus))


def _girdle(places: Places, side: int, humerus: bool) -> list[Part]:
    origin = places.at("T2", 0, -12, -14)
    name = SIDE[side]
    parts = long_bone(
        places,
        mirror(_CLAVICLE, side) + origin,
        [9, 6, 5.5, 6, 8],
        [9, 6, 5.5, 5, 5],
        f"clavicle_{name}",
        cortex_mm=1.7,
        carrier="shoulder",
    )
    rows = places.steps(115, 3.5)
    parts += _blade(mirror(_BLADE, side) + origin, f"scapula_{name}", rows)
    parts += long_bone(
        places,
        mirror(_SPINE, side) + origin,
        [4, 6, 8, 9.5, 7],
        [4, 5.5, 5, 5, 4],
        f"scapula_{name}",
        cortex_mm=1.1,
        carrier="shoulder",
    )
    if humerus:
        parts += long_bone(
            places,
            mirror(_HUMERUS, side) + origin,
            [9, 22, 20, 13.5, 11.5],
            [9, 22, 20, 13.5, 11.5],
            f"humerus_{name}",
            cortex_mm=[0.8, 0.9, 1.2, 2.2, 3.5],
            up=(0, 1, 0),
            carrier="shoulder",
        )
    return parts


def _blade(control: np.ndarray, name: str, rows: int) -> list[Part]:
    points, thickness, normal = sheet(control, _BLADE_MM, rows, rows)
    marrow = np.maximum(thickness - 1.7, 0.3)
    return [
        Part(thicken(points, thickness, normal), name, CORTEX, "shoulder"),
        Part(thicken(points, marrow, normal), name, MARROW, "shoulder"),
    ]
