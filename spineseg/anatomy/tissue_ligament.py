"""Ligaments of the spine, drawn as dark bands around the canal and between spines."""

import numpy as np
from numpy.typing import NDArray

from spineseg.anatomy.mesh import joined
from spineseg.anatomy.scene import Mesh
from spineseg.anatomy.sweep import plate, tube
from spineseg.anatomy.tissue import Region, Streaks
from spineseg.anatomy.tissue_disc import lower_neighbour
from spineseg.anatomy.tissue_frames import ABOVE, TOP, SpineCurve, thread

Array = NDArray[np.float64]


def ligament_regions(
    curve: SpineCurve, narrowing: dict[str, float], rng: np.random.Generator
) -> list[Region]:
    """Longitudinal ligaments, ligamenta flava, inter- and supraspinous ligaments."""
    flava = [
        _flavum(curve, level, side, 1 + 1.2 * narrowing.get(level, 0.0), rng)
        for level in ABOVE[:8]
        for side in (-1, 1)
    ]
    dark = {"ligament": 1.0}
    return [
        Region("longitudinal ligaments", _longitudinal(curve), dark),
        *_interspinous(curve, rng),
        Region("flava", joined(flava), {"ligament": 0.8, "annulus": 0.2}, 0, 0),
    ]


def _longitudinal(curve: SpineCurve) -> Mesh:
    q = np.arange(curve.q("S1"), curve.q(TOP, -0.5), 0.2)
    top = ABOVE.index(TOP) + 1
    half = [curve.size(level).lower_depth_mm / 2 for level in ABOVE[:top]]
    sacral = [v * curve.scale for v in (12, 13, 14, 16.5)]
    depth = np.interp(q, np.arange(len(curve.names)), sacral + half)
    waist = 0.5 + 0.5 * np.cos(2 * np.pi * q)
    up = curve.at(q)[2]
    return joined(
        tube(
            curve.points(q, 0.0, sign * (depth * (1 - k * waist) + 0.6)),
            7.0 * curve.scale,
            0.8,
            up,
            around=10,
        )
        for sign, k in ((-1, 0.115), (1, 0.045))
    )


def _flavum(
    curve: SpineCurve, level: str, side: int, thick: float, rng: np.random.Generator
) -> Mesh:
    """One half of the V of ligament between two laminae."""
    upper, lower = curve.size(level), lower_neighbour(level)

    def at(name: str, x: float, lift: float, z: float) -> Array:
        if name == "S1":
            return curve.within(name, side * x, 29.5 * curve.scale + lift, z - 2)
        d = curve.size(name)
        y = d.depth_mm / 2 + d.canal_depth_mm + lift
        return curve.within(name, side * x, y, z)

    z_up = -0.38 * upper.height_mm
    z_low = 0.26 * (13 if lower == "S1" else curve.size(lower).height_mm)
    wide = 0.46 * upper.canal_width_mm
    a = [at(level, x, dy, z_up) for x, dy in ((2.6, 0.6), (wide / 2, -1.4))]
    a.append(at(level, wide, -4.6, z_up))
    b = [at(lower, x, dy, z_low) for x, dy in ((2.6, 0.8), (wide / 2, -1.2))]
    b.append(at(lower, wide, -4.6, z_low))
    grid = np.array([a, (np.array(a) + np.array(b)) / 2, b])
    grid[1] += rng.normal(0, 0.25, (3, 3))
    base = np.array([[2.4, 3.0, 2.8], [2.8, 3.7, 3.3], [2.2, 2.8, 2.8]])
    return plate(grid, base * thick * curve.scale, 12, 10)


def _interspinous(curve: SpineCurve, rng: np.random.Generator) -> list[Region]:
    """Striped ligament between the spinous processes, dark cord over their tips."""
    tips, between = [], []
    for level in ABOVE[: ABOVE.index("T9")]:
        d = curve.size(level)
        wall, drop = d.depth_mm / 2, np.tan(np.deg2rad(d.spinous_drop_deg))
        reach = wall + d.spinous_length_mm
        z = -4.2 - drop * (d.spinous_length_mm - d.canal_depth_mm)
        tips.append(curve.within(level, rng.normal(0, 0.5), reach + 0.5, z))
        y = wall + d.canal_depth_mm + np.array([4.0, 10, 18, 28])
        y = np.minimum(y, reach - 4)
        low = z - 9 + np.linspace(3, 0, 4)
        path = [
            curve.within(level, rng.normal(0, 0.6), a, b)
            for a, b in zip(y, low, strict=True)
        ]
        between.append(tube(np.array(path), 1.9, 8.5, (0.0, 0.2, 1.0), around=10))
    fibres = Streaks("fibre", 0.4, {"fat": 0.8, "ligament": 0.2})
    cord = np.array(tips)[:, None] + np.array([[0, 0, 0.0]])
    supra = thread(cord[:, 0] + [0, 1.2, 0], 1.7, stations=60, around=8)
    striped = {"muscle": 0.35, "ligament": 0.4, "fat": 0.25}
    return [
        Region("interspinous", joined(between), striped, streaks=fibres),
        Region("supraspinous", supra, {"ligament": 1.0}),
    ]
