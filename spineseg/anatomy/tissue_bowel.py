"""Small bowel, duodenum, colon and rectum: bent tubes with folds and gas.

Gas floats in front of fluid because the patient lies on the back. Loops lie between
the great vessels and the abdominal wall.
"""

import numpy as np
from numpy.typing import NDArray

from spineseg.anatomy.scene import Mesh
from spineseg.anatomy.sweep import spline, tube
from spineseg.anatomy.tissue import Mixture, Region, Streaks
from spineseg.anatomy.tissue_abdomen import local_path
from spineseg.anatomy.tissue_frames import SpineCurve
from spineseg.anatomy.tissue_trunk import Trunk, cavity_front, trunk_outline

Array = NDArray[np.float64]

_RECTUM = (
    (2, -2, -118),
    (0, -6, -84),
    (-3, -24, -58),
    (4, -46, -42),
    (20, -66, -38),
    (44, -74, -30),
)


def bowel_regions(
    curve: SpineCurve, fat: float, rng: np.random.Generator
) -> list[Region]:
    """Small bowel as bent tubes with folds, duodenum, and both sides of the colon."""
    regions, s = [], curve.scale
    trunk = trunk_outline(curve, fat)
    for start in _places(curve, trunk, 140, rng):
        regions += _loop(curve, trunk, start, rng)
    third = local_path(
        curve,
        ["L3", "L3", "L3", "L3", "L3"],
        [-48, -26, 2, 26, 46],
        [-34, -46, -44, -46, -50],
    )
    regions += _gut("duodenum", third, s * np.array([8, 11, 7, 10, 9]), rng, gas=0.0)
    rectum = [curve.within("S1", *(s * np.array(p))) for p in _RECTUM]
    regions += _gut(
        "rectum",
        np.array(rectum),
        s * np.array([11, 15, 14, 12, 13, 11]),
        rng,
        gas=0.4,
        stool=True,
    )
    for side, x, y, r in ((-1, 104, -42, 24), (1, 106, -34, 15)):
        levels = ["S1", "L5", "L4", "L3", "L2"]
        wander = rng.normal(0, 3, (5, 2))
        path = local_path(curve, levels, side * (x + wander[:, 0]), y + wander[:, 1])
        haustra = r * s * (1 + 0.22 * np.sin(np.arange(21) * 2.4 + rng.uniform(0, 6)))
        regions += _gut("colon", path, haustra, rng, gas=0.5, stool=True)
    return regions


def _places(
    curve: SpineCurve, trunk: Trunk, count: int, rng: np.random.Generator
) -> Array:
    """Centres of bowel loops, no two closer than a loop is wide, in world mm."""
    s, origins = curve.scale, curve.origins
    low = origins[curve.names.index("S1"), 2] - 75 * s
    high = origins[curve.names.index("T12"), 2]
    found = np.zeros((0, 3))
    for _ in range(12 * count):
        z, x = rng.uniform(low, high), rng.uniform(-96, 96) * s
        spine = np.interp(z, origins[:, 2], origins[:, 1])
        flank = abs(x) > 58 * s
        near = spine - (38 if flank else 52) * s
        room = max(near - float(cavity_front(trunk, z)) - 9 * s, 4.0)
        point = np.array([x, near - rng.uniform(0, min(room, 72 * s)), z])
        if len(found) == 0 or np.min(np.sum((found - point) ** 2, 1)) > (15.5 * s) ** 2:
            found = np.vstack([found, point])
        if len(found) == count:
            break
    return found


def _loop(
    curve: SpineCurve, trunk: Trunk, start: Array, rng: np.random.Generator
) -> list[Region]:
    """One bent segment of small bowel in front of the vessels."""
    s = curve.scale
    heading = rng.normal(0, 1, 3)
    path = [start]
    for _ in range(5):
        heading = heading / np.linalg.norm(heading)
        path.append(path[-1] + 12 * s * heading)
        heading = heading + rng.normal(0, 0.6, 3)
    control = np.array(path)
    spine = np.interp(control[:, 2], curve.origins[:, 2], curve.origins[:, 1])
    size = s * rng.uniform(7, 12.5)
    control[:, 1] = np.minimum(control[:, 1], spine - 46 * s)
    control[:, 1] = np.maximum(
        control[:, 1], cavity_front(trunk, control[:, 2]) + size + 2
    )
    radius = size * (1 + 0.12 * np.sin(np.arange(25) * 1.9))
    return _gut("small bowel", control, radius, rng, gas=0.25)


def _gut(
    name: str,
    control: Array,
    radius: Array,
    rng: np.random.Generator,
    *,
    gas: float,
    stool: bool = False,
) -> list[Region]:
    """Wall, folded content, and sometimes gas that floats in front."""
    path = spline(control, 36)
    r = np.interp(np.linspace(0, 1, 36), np.linspace(0, 1, len(radius)), radius)
    r = r * np.sqrt(np.clip(np.sin(np.linspace(0.06, np.pi - 0.06, 36)) * 4, 0.05, 1))
    up = rng.normal(0, 1, 3)
    flat = rng.uniform(0.72, 1.0)
    fluid = rng.uniform(0.0, 0.75)
    inside: Mixture = {"bowel_content": 1 - fluid, "fluid": fluid}
    folds = Streaks("streak" if not stool else "blotch", 0.7, {"bowel_wall": 1.0})

    def layer(shrink: float, lift: float = 0.0) -> Mesh:
        wall = np.maximum(r - 1.8, 0.3) * shrink if shrink else r
        at = path - lift * r[:, None] * np.array([0.0, 1.0, 0.0])
        return tube(at, wall, flat * wall, up, around=16)

    regions = [
        Region(f"{name} wall", layer(0.0), {"bowel_wall": 0.9, "muscle": 0.1}),
        Region(f"{name} content", layer(1.0), inside, streaks=folds),
    ]
    if rng.random() < gas:
        regions.append(Region(f"{name} gas", layer(0.62, 0.26), {"air": 1.0}))
    return regions
