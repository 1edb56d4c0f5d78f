"""Muscles of the back in their sheath, psoas, quadratus, gluteus and crura.

Numbers are local millimetres of a mean adult at the levels named beside them, chosen
from axial anatomy; every outline is made irregular, and both sides differ.
"""

import numpy as np
from numpy.typing import NDArray

from spineseg.anatomy.mesh import joined
from spineseg.anatomy.scene import Mesh
from spineseg.anatomy.tissue import Grain, Mixture, Region, Streaks
from spineseg.anatomy.tissue_frames import SpineCurve, loft_along

Array = NDArray[np.float64]

_LEVELS = ("S4", "S3", "S2", "S1", "L5", "L4", "L3", "L2", "L1", "T12", "T10", "T8")
# name: levels, then x, y, half axes and turn of one side
_MUSCLES: dict[str, tuple[tuple[str, ...], list[list[float]]]] = {
    "iliocostalis": (
        _LEVELS[4:],
        [
            [60, 67, 66, 63, 59, 53, 44, 39],
            [11, 7, 5, 3, 1, -1, -4, -6],
            [7, 14, 17, 17, 16, 14, 11, 10],
            [10, 18, 21, 20, 19, 17, 13, 12],
            [0.3, 0.35, 0.35, 0.3, 0.3, 0.3, 0.2, 0.2],
        ],
    ),
    "longissimus": (
        _LEVELS[2:],
        [
            [27, 40, 46, 43, 39, 36, 33.5, 30, 25, 22],
            [4, 8, 10, 10, 10, 9, 7, 4, -1, -4],
            [8, 13, 16, 18, 18, 17, 16, 14.5, 12, 10.5],
            [8, 13, 18, 21, 22, 21, 20, 18, 14, 12.5],
            [0.4, 0.35, 0.2, 0.12, 0.1, 0.1, 0.1, 0.1, 0, 0],
        ],
    ),
    "multifidus": (
        _LEVELS,
        [
            [8, 11, 15, 19, 20, 17.6, 15.7, 14.2, 12.8, 11, 9, 8],
            [-10, -7, -2, 4, 6, 6, 5, 3, 1, -2, -6, -8],
            [1, 8, 11, 15, 16, 14, 12.4, 11, 9.6, 8.2, 7, 6],
            [1, 7, 10, 15, 18, 19.5, 19, 18, 17, 15, 12, 10],
            [0.5, 0.5, 0.45, 0.3, 0.15, 0, 0, 0, 0, 0, 0, 0],
        ],
    ),
    "quadratus": (
        ("L5", "L4", "L3", "L2", "L1", "T12"),
        [
            [79, 76, 70, 62, 54, 46],
            [33, 33, 32, 31, 29, 27],
            [8, 17, 18, 16, 12, 6],
            [5, 8, 8.5, 8, 7, 4],
            [0.35, 0.3, 0.28, 0.3, 0.35, 0.4],
        ],
    ),
    "psoas": (
        _LEVELS[1:10],
        [
            [74, 72, 66, 52.5, 43.5, 38.5, 34, 29.5, 25],
            [-62, -46, -28, -10, -2, 1, 2, 4, 5],
            [13, 16, 19, 20.5, 19, 16, 12, 8, 3],
            [13, 17, 20, 22, 21, 18.5, 15, 11, 5],
            [0.5, 0.45, 0.35, 0.2, 0.1, 0.05, 0, 0, 0],
        ],
    ),
    "gluteus": (
        ("S3", "S2", "S1", "L5"),
        [
            [72, 78, 92, 108],
            [44, 42, 36, 26],
            [44, 40, 28, 10],
            [22, 21, 17, 8],
            [-0.5, -0.55, -0.6, -0.6],
        ],
    ),
    "crus": (
        ("L3", "L2", "L1", "T12", "T10"),
        [
            [9, 13, 15, 16, 18],
            [-21, -21, -20, -19, -12],
            [2, 4, 5, 5, 4],
            [3, 6, 8, 9, 8],
            [0, 0.2, 0.3, 0.4, 0.5],
        ],
    ),
}
_SHEATH = [
    [9, 14, 20, 31, 39, 42, 42, 40, 37, 34, 28, 24],
    [-9, -6, 0, 7, 8.5, 8, 8, 7, 5, 2, -3, -6],
    [2, 11, 17, 27, 36, 39, 39, 37, 34, 30, 25, 22],
    [1.5, 7, 10, 15, 20, 23, 24, 23, 22, 19, 15, 13],
]


_BACK_MUSCLES = ("iliocostalis", "longissimus", "multifidus")
_BACK_MM = 50.0
"""These follow a curve behind the bodies; so do their sheath and their fat planes."""

_SEAM = Streaks("patch", 1.0, {"muscle": 0.95, "fat": 0.05})


def muscle_region(name: str, mesh: Mesh, infiltration: float) -> Region:
    """Muscle with fat between its fibres; ``infiltration`` 0 is lean, 1 old."""
    inside: Mixture = {"muscle": 0.96, "fat": 0.04}
    strands = Streaks("streak", min(0.45 + 0.45 * infiltration, 1.0), {"fat": 0.9})
    return Region(name, mesh, inside, grain=Grain("marrow", 0.13), streaks=strands)


def muscle_regions(
    curve: SpineCurve, infiltration: float, rng: np.random.Generator
) -> list[Region]:
    """Muscles of the back in their sheath, psoas, quadratus, gluteus and crura.

    Args:
        curve: the spine.
        infiltration: 0 lean to 1: fat between and within the muscles.
        rng: stream of the patient.
    """
    regions = []
    back = curve.behind(_BACK_MM * curve.scale)
    for side in (-1, 1):
        regions += _sheath(back, side, infiltration, rng)
    for name, (levels, rows) in _MUSCLES.items():
        for side in (-1, 1):
            lean = 0.35 if name in ("psoas", "crus", "quadratus") else 1.0
            along = back if name in _BACK_MUSCLES else curve
            rim, mesh = _one_muscle(along, levels, rows, side, infiltration, rng)
            regions.append(_rim(name, rim))
            regions.append(muscle_region(name, mesh, infiltration * lean))
            if name == "multifidus":
                regions += _inner_planes(back, side, infiltration, rng)
    return regions


def _rim(name: str, mesh: Mesh) -> Region:
    """The fat plane around a muscle: present in places, a seam in others."""
    return Region(f"{name} plane", mesh, {"fat": 0.8, "muscle": 0.2}, streaks=_SEAM)


def _one_muscle(
    curve: SpineCurve,
    levels: tuple[str, ...],
    rows: list[list[float]],
    side: int,
    infiltration: float,
    rng: np.random.Generator,
) -> tuple[Mesh, Mesh]:
    """The muscle with the fat plane around it, and the muscle."""
    x, y, a, b, turn = (np.array(row, float) for row in rows)
    size = (1 + rng.normal(0, 0.035)) * curve.scale
    shift, lean = rng.normal(0, 0.8, 2), rng.normal(0, 0.05)
    plane = (0.3 + 0.6 * infiltration) * curve.scale
    state = rng.bit_generator.state
    found = []
    for wall in (0.0, plane):
        rng.bit_generator.state = state  # both outlines wave alike
        found.append(
            loft_along(
                curve,
                levels,
                side * (x + shift[0]) * curve.scale,
                (y + shift[1]) * curve.scale,
                a * size - wall,
                b * size - wall,
                turn_rad=side * (turn + lean),
                exponent=2.3,
                around=32,
                rough=0.06,
                rng=rng,
            )
        )
    return found[0], found[1]


def _sheath(
    curve: SpineCurve, side: int, infiltration: float, rng: np.random.Generator
) -> list[Region]:
    """Thoracolumbar fascia around fat; the muscles leave narrow gaps in it."""
    x, y, a, b = (np.array(row, float) * curve.scale for row in _SHEATH)
    grow = 1.02 + 0.03 * infiltration
    state = rng.bit_generator.state
    regions = []
    for wall in (0.7, 0.0):
        rng.bit_generator.state = state  # both walls wave alike
        mesh = loft_along(
            curve,
            _LEVELS,
            side * x,
            y,
            a * grow + wall,
            b * grow + wall,
            exponent=2.7,
            around=40,
            rough=0.03,
            rng=rng,
        )
        if wall:
            tissue = {"fascia": 0.9, "fat": 0.1}
            regions.append(Region("thoracolumbar fascia", mesh, tissue))
        else:
            regions.append(muscle_region("erector spinae", mesh, infiltration))
    return regions


def _inner_planes(
    curve: SpineCurve, side: int, infiltration: float, rng: np.random.Generator
) -> list[Region]:
    """Curved fat planes between the bands of multifidus, and fat on the lamina."""
    levels = ("S2", "S1", "L5", "L4", "L3", "L2", "L1")
    meshes = []
    for _ in range(2 + round(3 * infiltration)):
        x = np.array([15, 18, 18.5, 16, 14.5, 13, 12]) + rng.normal(0, 2.6)
        y = np.array([0, 6, 8, 7, 6, 4, 2.0]) + rng.normal(0, 4.5)
        length = np.array([4, 7, 9, 8.5, 8, 7, 5]) * rng.uniform(0.35, 0.8)
        meshes.append(
            loft_along(
                curve,
                levels,
                side * (x + rng.normal(0, 1.0, 7)) * curve.scale,
                (y + rng.normal(0, 1.5, 7)) * curve.scale,
                rng.uniform(0.3, 0.7) * curve.scale,
                length * curve.scale,
                turn_rad=side * (rng.normal(-0.25, 0.3) + rng.normal(0, 0.1, 7)),
                exponent=1.7,
                around=22,
                rough=0.25,
                rng=rng,
            )
        )
    deep = loft_along(
        curve,
        levels,
        side * np.array([14, 20, 23, 21, 19, 17, 15.0]) * curve.scale,
        np.array([-9, -7, -7, -8, -9, -10, -12.0]) * curve.scale,
        np.array([2.6, 3.4, 3.6, 3, 2.6, 2.2, 2])
        * (0.5 + 0.7 * infiltration)
        * curve.scale,
        np.array([2, 3, 3.6, 3, 2.6, 2.2, 2])
        * (0.6 + 0.6 * infiltration)
        * curve.scale,
        turn_rad=side * 0.5,
        exponent=1.8,
        rough=0.25,
        rng=rng,
    )
    tissue = {"fat": 0.7, "muscle": 0.3}
    seam = Streaks("patch", 0.8, {"muscle": 0.9, "fat": 0.1})
    return [Region("fat planes", joined([*meshes, deep]), tissue, streaks=seam)]
