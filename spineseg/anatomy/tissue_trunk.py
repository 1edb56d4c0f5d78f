"""The trunk around the spine: skin, fat, abdominal wall, the air of the lungs.

Sections of the trunk are horizontal and follow the height of the body.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spineseg.anatomy.mesh import joined
from spineseg.anatomy.scene import Mesh
from spineseg.anatomy.sweep import loft, section
from spineseg.anatomy.tissue import Grain, Region, Streaks
from spineseg.anatomy.tissue_frames import (
    ABOVE,
    TOP,
    SpineCurve,
    loft_along,
    ripple,
    smooth_interp,
)
from spineseg.anatomy.tissue_muscle import muscle_region

Array = NDArray[np.float64]

# level, height above it, half width, depth, back of the skin behind the body
_OUTLINE = (
    ("S1", -130.0, 175.0, 215.0, 112.0),
    ("S1", -90.0, 178.0, 222.0, 112.0),
    ("S1", 0.0, 168.0, 224.0, 101.0),
    ("L3", 0.0, 152.0, 214.0, 92.0),
    ("T12", 0.0, 148.0, 210.0, 85.0),
    ("T8", 0.0, 156.0, 222.0, 72.0),
)
# depth of a layer of the abdominal wall, y where it ends behind, muscle or fat
_WALL = (
    (0.0, 18.0, True),
    (6.5, 20.0, False),
    (7.6, 22.0, True),
    (14.0, 23.0, False),
    (15.0, 24.0, True),
    (18.5, 36.0, False),
)


@dataclass(frozen=True)
class Trunk:
    """Horizontal outline of the body: every array has one value per height ``z``.

    x: middle.  back: skin behind the spine.  spine: y of the vertebral bodies.
    half_width, depth: of the skin.  fat: patient's amount of fat, one for the mean.
    """

    z: Array
    x: Array
    spine: Array
    back: Array
    half_width: Array
    depth: Array
    fat: float


def trunk_outline(curve: SpineCurve, fat: float) -> Trunk:
    """Outline of the body from the buttocks to the mid thorax."""
    s, origins = curve.scale, curve.origins
    rows = []
    for level, dz, width, depth, behind in _OUTLINE:
        o = origins[curve.names.index(level)]
        grow = s * fat**0.35
        rows.append((o[2] + dz * s, width * grow, depth * grow, o[1] + behind * s))
    knots = np.array(sorted(rows))
    z = np.arange(origins[0, 2] - 45, origins[-1, 2] + 10, 5.0)
    width, depth, back = (smooth_interp(z, knots[:, 0], v) for v in knots[:, 1:].T)
    x = np.interp(z, origins[:, 2], origins[:, 0]) * 0.4
    spine = np.interp(z, origins[:, 2], origins[:, 1])
    back = np.maximum(back + 7 * (fat - 1), _behind_tips(curve, z) + 11 * s * fat)
    return Trunk(z, x, spine, back, width, depth, fat)


def _behind_tips(curve: SpineCurve, z: Array) -> Array:
    """Posterior y of the tips of the spinous processes at heights ``z``."""
    tips = []
    for level in ABOVE[: ABOVE.index(TOP)]:
        d = curve.size(level)
        drop = np.tan(np.deg2rad(d.spinous_drop_deg)) * d.spinous_length_mm
        tips.append(curve.within(level, 0, d.depth_mm / 2 + d.spinous_length_mm, -drop))
    at = np.array(tips)
    return np.interp(z, at[:, 2], at[:, 1])


def _layer(
    trunk: Trunk,
    side_mm: float,
    front_mm: float,
    back_mm: Array | float,
    stop: float | None,
    rough: Array,
) -> Mesh:
    """Outline moved inwards; ``stop`` cuts it at this y behind the vertebral bodies."""
    unit = section(72, 2.35)
    front = unit[:, 1] < 0
    half_y = trunk.depth / 2
    middle = trunk.back - half_y
    x = (trunk.half_width - side_mm)[:, None] * unit[:, 0]
    fore = (half_y - front_mm)[:, None] * unit[:, 1]
    aft = (half_y - back_mm)[:, None] * unit[:, 1]
    y = np.where(front, fore, aft)
    x, y = x * rough, y * rough
    furrow = 5 * np.exp(-((x / 15) ** 2)) * ~front
    x, y = x + trunk.x[:, None], y + middle[:, None] - furrow
    if stop is not None:
        limit = trunk.spine[:, None] + stop
        y = limit - 4.0 * np.logaddexp(0, (limit - y) / 4.0)
    z = np.broadcast_to(trunk.z[:, None], x.shape)
    return loft(np.stack([x, y, z], -1))


def trunk_regions(
    curve: SpineCurve, fat: float, rng: np.random.Generator
) -> list[Region]:
    """Skin, fat, the three layers of the abdominal wall and the fat inside it."""
    trunk = trunk_outline(curve, fat)
    s, low = curve.scale, curve.origins[curve.names.index("S1"), 2]
    rough = ripple((len(trunk.z), 72), rng, 0.006)
    own = [rough * ripple(rough.shape, rng, 0.006) for _ in range(1 + len(_WALL))]
    pad = (9 + 13 * np.exp(-(((trunk.z - low) / 75) ** 2))) * fat * s
    side, front = 16 * fat * s, 20 * fat * s
    lobules = Streaks("septa", 0.75, {"fascia": 0.7, "fat": 0.3})
    regions = [
        Region("skin", _layer(trunk, 0, 0, 0.0, None, rough), {"skin": 1.0}),
        Region(
            "subcutaneous fat",
            _layer(trunk, 1.8, 1.8, 1.8, None, rough),
            {"fat": 1.0},
            grain=Grain("marrow", 0.025),
            streaks=lobules,
        ),
        Region(
            "deep fascia",
            _layer(trunk, side - 1.0, front - 1.0, pad - 0.8, None, own[0]),
            {"fascia": 0.8, "fat": 0.2},
        ),
        _loose_fat("deep fat", _layer(trunk, side, front, pad, None, own[0])),
    ]
    for (depth, stop, muscle), wave in zip(_WALL, own[1:], strict=True):
        mesh = _layer(
            trunk, side + (1.0 + depth) * s, front + depth * s, pad, stop, wave
        )
        name = "abdominal wall" if muscle else "abdominal fat"
        regions.append(
            muscle_region(name, mesh, 0.5) if muscle else _loose_fat(name, mesh)
        )
    return regions


def _loose_fat(name: str, mesh: Mesh) -> Region:
    strands = Streaks("septa", 0.5, {"muscle": 0.8, "fat": 0.2})
    return Region(
        name, mesh, {"fat": 1.0}, grain=Grain("marrow", 0.03), streaks=strands
    )


def cavity_front(trunk: Trunk, z: ArrayLike) -> Array:
    """World y of the inside of the abdominal wall at heights ``z``."""
    front = trunk.back - trunk.depth + 20 * trunk.fat + 21
    return np.interp(np.asarray(z, float), trunk.z, front)


def lungs(curve: SpineCurve) -> list[Region]:
    """The air beside the thoracic spine, down to the recess at T12."""
    levels = [curve.q("T12", 0.1), *(curve.q(v) for v in ("T11", "T10", "T9", TOP))]
    meshes = [
        loft_along(
            curve,
            levels,
            side * np.array([88, 82, 78, 74, 72]) * curve.scale,
            np.array([16, 8, -8, -22, -32]) * curve.scale,
            np.array([8, 34, 42, 45, 46]) * curve.scale,
            np.array([6, 20, 38, 52, 62]) * curve.scale,
            exponent=2.3,
        )
        for side in (-1, 1)
    ]
    return [Region("lungs", joined(meshes), {"air": 0.97, "blood": 0.03})]
