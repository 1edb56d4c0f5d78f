"""Mandible, maxilla and teeth, rigid with the skull.

Control points are relative to the atlas of the neutral adult (dens axis, height of the
ring), left side; they were set on the proportions of a lateral cervical radiograph:
gonial angle at C2-C3, hard palate at the height of the atlas.
"""

import numpy as np

from spineseg.anatomy.body.parts import (
    SIDE,
    TITANIUM,
    Array,
    Part,
    Places,
    chalk,
    mirror,
    shell_bone,
)
from spineseg.anatomy.body.plate import Plate
from spineseg.anatomy.sdf import Field, Points, mirrored, smooth_min, sphere
from spineseg.anatomy.sweep import plate, spline, sweep

# rows from the rear of the ramus to the chin, columns from the upper to the lower edge
_MANDIBLE = [
    [(49, -19, 30), (48, -21, 14), (47, -24, -6), (46, -27, -24), (45, -33, -40)],
    [(49, -30, 15), (48, -32, 6), (46, -36, -12), (45.5, -39, -28), (45, -44, -45.5)],
    [(48, -42, 22), (47, -44, 8), (45, -48, -12), (44.5, -52, -31), (44, -56, -49)],
    [
        (41, -57, -20),
        (42, -58, -27),
        (42.5, -60, -36),
        (43, -63, -45),
        (42.5, -66, -52),
    ],
    [(36, -73, -22), (37, -74, -30), (38, -75, -39), (38.5, -76, -48), (38, -77, -55)],
    [
        (28, -88, -23),
        (29, -88.5, -32),
        (30.5, -89, -41),
        (31, -90, -50),
        (30, -91, -58),
    ],
    [(19, -97, -24), (20, -97, -33), (21, -97.5, -43), (21, -99, -52), (19, -101, -61)],
    [(8, -102, -25), (8, -101, -34), (8, -101, -44), (8, -104, -53), (8, -107, -62)],
    [
        (-2, -103, -25),
        (-2, -102, -34),
        (-2, -102, -44),
        (-2, -106, -53),
        (-2, -109, -62),
    ],
]
_THICKNESS = [
    [10, 9, 9, 9, 8],
    [7, 8, 8.5, 9, 9],
    [6, 7.5, 9, 11, 11],
    [10, 12, 13, 13, 11],
    [10.5, 12.5, 13.5, 13.5, 11.5],
    [10, 11.5, 12.5, 12.5, 11.5],
    [9, 10, 11.5, 13, 12],
    [8.5, 9.5, 11.5, 14, 12.5],
    [8.5, 9.5, 11.5, 14.5, 12.5],
]
# kind, width along the arch, lower and upper root length; wisdom tooth first
_TEETH = (
    ("molar", 10.5, 10, 10),
    ("molar", 11, 12, 11.5),
    ("molar", 11.5, 13.5, 12),
    ("premolar", 7, 13.5, 13),
    ("premolar", 7, 13.5, 13),
    ("canine", 7, 15, 16),
    ("incisor", 6, 13, 13),
    ("incisor", 5.8, 12, 12.5),
)
_ARCH = [(41, -58), (36, -73), (28, -88), (19, -97), (8, -102), (1, -103)]
ENAMEL = chalk(1.35)
DENTINE = chalk(0.85)
PULP = chalk(-0.5)


def jaw(places: Places, random: np.random.Generator) -> list[Part]:
    """Return mandible, maxilla with palate, and both rows of teeth."""
    parts = _mandible(places) + _maxilla(places)
    for side in (1, -1):
        for upper in (False, True):
            parts += _row_of_teeth(places, side, upper, random)
    return parts


def _mandible(places: Places) -> list[Part]:
    origin = places.at("C1")
    half = Plate.through(np.array(_MANDIBLE, float), _THICKNESS)
    condyle = np.array([48.5, -19, 30.0])

    def shape(p: Points) -> Field:
        q = mirrored(p - origin.astype(np.float32))
        f = smooth_min(half(q), sphere(q, condyle, 5.5), 4)
        return f.astype(np.float32)

    box = origin + (-62, -122, -76), origin + (62, -6, 44)
    return shell_bone(
        places,
        shape,
        box,
        "mandible",
        spacing_mm=3.0,
        cortex_mm=1.5,
        unit=False,
        carrier="skull",
    )


def _maxilla(places: Places) -> list[Part]:
    """Return the alveolar arch and the hard palate."""
    origin = places.at("C1")
    arch = [(-46, -50), (-41, -70), (-28, -92), (-10, -103)]
    arch += [(-x, y) for x, y in arch[::-1]]
    heights, depths = (6, -2, -9.5), ((8, 11, 9),) * len(arch)
    grid = np.array([[(x, y, z) for z in heights] for x, y in arch], float) + origin
    alveolus = plate(grid, np.array(depths, float), 48, 12)
    rows = [
        [(x, y, 5.5 + 0.03 * (y + 90)) for x in (-20, 0, 20)] for y in (-97, -72, -48)
    ]
    palate = plate(np.array(rows, float) + origin, np.full((3, 3), 2.2), 14, 12)
    return [
        Part(alveolus, "maxilla", chalk(0.24), "skull"),
        Part(palate, "palate", chalk(0.4), "skull"),
    ]


def _row_of_teeth(
    places: Places, side: int, upper: bool, random: np.random.Generator
) -> list[Part]:
    """Return eight teeth, each in variants: missing, sound or filled."""
    arch = spline(np.array(_ARCH, float), 200)
    run = np.concatenate(
        [[0], np.cumsum(np.linalg.norm(np.diff(arch, axis=0), axis=1))]
    )
    widths = np.array([t[1] for t in _TEETH])
    middles = (np.cumsum(widths) - widths / 2) * run[-1] / widths.sum()
    parts = []
    for k, (kind, width, *roots) in enumerate(_TEETH):
        i = int(np.searchsorted(run, middles[k]))
        x, y = arch[i] + (1.5 if upper else 0) * np.array([0.5, -1])
        foot = places.at("C1") + mirror((x, y, 0), side)
        name = f"{'upper' if upper else 'lower'} tooth {8 - k}_{SIDE[side]}"
        # variant 0 of a tooth is its gap; wisdom teeth have two more of those
        for variant in range(3 if k == 0 else 1, 8):
            place = foot + random.normal(0, 0.35, 3)
            lean = np.array([0, random.normal(0.05, 0.08), 0])
            made = _tooth(place, kind, 0.47 * width, roots[int(upper)], upper, lean)
            if variant >= 6 and kind not in ("incisor", "canine"):
                z = -13.5 if upper else -20.5
                made.append(_filling(place + (0, 0, z), random))
            parts += [
                Part(p.mesh, name, p.material, "skull", family=name, variant=variant)
                for p in made
            ]
    return parts


def _tooth(
    foot: Array, kind: str, half: float, root: float, upper: bool, lean: Array
) -> list[Part]:
    """Return crown, roots and pulp of one tooth."""
    up = 1.0 if upper else -1.0
    bite = -17.5 if upper else -18.8
    bite += {"incisor": -1.6 if upper else 1.4, "canine": -1.2 if upper else 1.2}.get(
        kind, 0
    )
    top = foot + (0, 0, bite)
    crown_mm = 7.0 if kind == "molar" else 8.5
    neck = top + up * np.array([0, 0, crown_mm]) + up * crown_mm * lean

    def rod(points: list[Array], along: list[float], across: list[float]) -> Part:
        mesh = sweep(points, along, across, (0, 1, 0), stations=7, around=8)
        return Part(mesh, "", DENTINE)

    thin = 0.85 if kind == "molar" else 0.5
    crown_side = [half * f for f in (0.62 * thin + 0.3, 0.95, 1.0, 0.8)]
    crown_up = [half * f for f in (0.75, 0.98, 1.0, 0.82)]
    middle = [top + (neck - top) * f for f in (0, 0.3, 0.6, 1.0)]
    crown = rod(middle, crown_side, crown_up)
    parts = [Part(crown.mesh, "", ENAMEL)]
    spread = (-0.48, 0.48) if kind == "molar" else (0.0,)
    width = half * (0.46 if kind == "molar" else 0.8)
    for s in spread:
        start = neck + (0, s * half, 0)
        end = neck + up * root * (np.array([0, 0, 1]) + lean) + (0, 1.25 * s * half, 0)
        path = [start, 0.5 * (start + end) + (0, 0.5 * s * half, 0), end]
        parts.append(
            rod(path, [width, 0.85 * width, 0.3 * width], [width, 0.8 * width, 0.3])
        )
        canal = rod(path, [0.6, 0.45, 0.2], [0.6, 0.45, 0.2])
        parts.append(Part(canal.mesh, "", PULP))
    return parts


def _filling(place: Array, random: np.random.Generator) -> Part:
    size = random.uniform(1.2, 2.6, 3)
    path = [place - (0, size[1], 0), place, place + (0, size[1], 0)]
    mesh = sweep(path, size[0], 0.7 * size[2], stations=7, around=8)
    return Part(mesh, "", TITANIUM * 0.8)
