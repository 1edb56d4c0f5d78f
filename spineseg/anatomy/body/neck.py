"""Throat and larynx: the air column, hyoid, epiglottis, calcified cartilage.

The rear wall of the throat keeps the thickness of the prevertebral tissue in front of
each vertebra: 5 mm at C2-C3, 14 mm from C5 down.
"""

import numpy as np

from spineseg.anatomy.body.blobs import blob
from spineseg.anatomy.body.parts import GAS, Array, Part, Places, chalk, long_bone, soft
from spineseg.anatomy.sweep import plate, sweep
from spineseg.anatomy.tables import DIMENSIONS

# level, up, tissue before the spine, depth of the air, half width
_AIR = (
    ("C1", 21, 17, 6, 9),
    ("C1", 12, 11, 13, 12),
    ("C1", 0, 6.5, 15, 13),
    ("C2", 6, 6, 9.5, 12),
    ("C2", -6, 5, 9, 12),
    ("C3", 4, 5, 13, 14),
    ("C3", -7, 5.5, 16.5, 14),
    ("C4", 0, 7, 15, 12),
    ("C5", 6, 10.5, 11, 8),
    ("C5", -5, 13, 9.5, 5),
    ("C6", 4, 14.5, 11.5, 7),
    ("C6", -8, 16, 13.5, 8),
    ("C7", -2, 16.5, 15, 8.8),
    ("T1", -2, 17, 16.5, 8.8),
    ("T2", 0, 19, 16.5, 8.8),
    ("T4", 0, 18, 16, 8.8),
)

_FOLDS = (  # name, origin, path, half width, half depth, lean, round, material, carrier
    (
        "epiglottis",
        "tongue",
        ((0, -1, -17), (0, 1, -7), (0, 4, 1), (0, 8, 7)),
        (3, 6, 8, 4),
        (2.0, 1.4, 1.2, 0.7),
        0.0,
        False,
        soft(0.97),
        "spine",
    ),
    (
        "vallecula",
        "tongue",
        ((0, -7, -9), (0, -4, -1), (0, 1, 6)),
        (7, 9, 7),
        (1.2, 2.8, 1.8),
        0.0,
        True,
        GAS * 0.9,
        "spine",
    ),
    (
        "soft palate",
        "throat",
        ((0, -34, 5), (0, -25, 0), (0, -17, -12), (0, -15, -24)),
        (14, 13, 10, 3),
        (4, 4.5, 4.2, 2.5),
        0.4,
        False,
        soft(0.25),
        "spine",
    ),
    (  # a film of air between tongue and palate
        "mouth air",
        "C1",
        ((0, -97, -1), (0, -80, 0), (0, -62, -1), (0, -48, -7)),
        (6, 11, 12, 8),
        (0.5, 0.9, 1.0, 0.4),
        0.0,
        False,
        GAS * 0.9,
        "skull",
    ),
)


def neck(places: Places, random: np.random.Generator) -> list[Part]:
    """Return air, hyoid, epiglottis and larynx."""
    parts = _air(places) + _hyoid(places) + _larynx(places, random)
    return parts + _carotids(places, random) + _fat_planes(places, random)


def _fat_planes(places: Places, random: np.random.Generator) -> list[Part]:
    """Return the sheets of fat between muscles that a lateral film sees edge on."""
    levels = ("C2", "C3", "C4", "C5", "C6", "C7", "T1")
    parts = []
    for rear, inner, outer, thick in (
        (-2.6, -11, 11, 1.0),
        (27, 10, 44, 1.7),
        (40, 6, 40, 2.0),
    ):
        wave = random.normal(0, 1.0, (len(levels), 3))
        columns = np.linspace(inner, outer, 3)
        grid = []
        for level, shake in zip(levels, wave, strict=True):
            wall = 0.0 if rear > 0 else -DIMENSIONS[level].depth_mm / 2
            # muscles bulge: the sheet lies deeper at its sides
            grid.append(
                [
                    places.within(level, x, wall + rear + bump - 0.004 * x * x, 0)
                    for x, bump in zip(columns, shake, strict=True)
                ]
            )
        sides = (1, -1) if rear > 0 else (1,)
        for side in sides:
            sheet = np.array(grid) * (side, 1, 1)
            mesh = plate(sheet, np.full((len(levels), 3), thick), 28, 10)
            parts.append(Part(mesh, "fat plane", soft(-0.115)))
    gland = blob(places.at("C3", 0, -62, 2), (34, 20, 16), random, rough=0.15, level=2)
    chin = blob(places.at("C4", 0, -58, 4), (20, 12, 5), random, rough=0.2, level=2)
    return [
        *parts,
        Part(gland, "floor of the mouth", soft(0.03)),
        Part(chin, "fat under the chin", soft(-0.10)),
    ]


def _carotids(places: Places, random: np.random.Generator) -> list[Part]:
    """Return chalk where the carotid arteries fork, in the old."""
    parts = []
    for side in (1, -1):
        fork = front(places, "C4") + (side * 24, -14, 4)
        for _ in range(6):
            spot = fork + random.normal(0, 1, 3) * (2.5, 3, 8)
            size = random.uniform(0.5, 1.2, 3) * (1, 1, random.uniform(1, 4))
            fleck = blob(spot, size, random, rough=0.3, level=1)
            age = 58 + 40 * random.random()
            chalked = chalk(float(random.uniform(0.3, 0.8)))
            parts.append(Part(fleck, "carotid plaque", chalked, ages=(age, 200)))
    return parts


def front(places: Places, level: str) -> Array:
    """Return the middle of the front wall of a vertebra's body, world mm."""
    depth = 24.0 if level == "C1" else DIMENSIONS[level].depth_mm
    return places.at(level, 0, -depth / 2)


def _air(places: Places) -> list[Part]:
    """Return the air from nose to chest and the folds that stand in it."""
    path, width, depth = [], [], []
    for level, up, tissue, air, half in _AIR[::-1]:
        path.append(front(places, level) + (0, -tissue - air / 2, up))
        width.append(half)
        depth.append(air / 2)
    tube = sweep(path, width, depth, (0, 1, 0), stations=90, around=18, round_ends=True)
    parts = [Part(tube, "airway", GAS)]
    tongue = front(places, "C3") + (0, -22, 0)
    throat = np.array([0, front(places, "C1")[1], places.at("C1")[2]])
    origin = {"C1": places.at("C1"), "tongue": tongue, "throat": throat}
    for name, at, points, side, up, lean, rounded, material, carrier in _FOLDS:
        mesh = sweep(
            np.array(points, float) + origin[at],
            side,
            up,
            (0, 1, lean) if carrier == "spine" else (0, 0, 1),
            stations=16,
            around=12,
            round_ends=rounded,
        )
        parts.append(Part(mesh, name, material, carrier))
    return parts


def _hyoid(places: Places) -> list[Part]:
    """Return the hyoid: a thick body in front and two thin horns to the back."""
    middle = front(places, "C4") + (0, 0, 10)
    half = [(21, -10, 7), (18, -22, 4), (13, -32, 0), (7, -37.5, -2)]
    curve = [*half, (0, -39, -2.5), *((-x, y, z) for x, y, z in half[::-1])]
    return long_bone(
        places,
        np.array(curve) + middle,
        [0.7, 1.5, 1.5, 2.0, 2.6, 2.8, 2.6, 2.0, 1.5, 1.5, 0.7],
        [0.8, 1.8, 1.9, 2.8, 4.2, 5.0, 4.2, 2.8, 1.9, 1.8, 0.8],
        "hyoid",
        cortex_mm=0.5,
    )


def _larynx(places: Places, random: np.random.Generator) -> list[Part]:
    """Return thyroid and cricoid cartilage as patches of chalk, more with age."""
    parts = []
    notch = front(places, "C5") + (0, -34, 4)
    for side in (1, -1):
        sheet = np.array(
            [
                [(3, -8, 8), (12, 3, 9), (19, 14, 14)],
                [(3, -9, -1), (13, 3, -2), (20, 15, -2)],
                [(4, -5, -11), (13, 4, -13), (19, 14, -16)],
            ],
            float,
        )
        cartilage = sheet * (side, 1, 1) + notch
        body = plate(cartilage, np.full((3, 3), 1.6), 14, 14)
        parts.append(Part(body, "thyroid cartilage", chalk(0.10), ages=(25, 200)))
        edges = [cartilage[:, 2], cartilage[2], cartilage[1:, 1]]
        edges.append(np.array([cartilage[0, 2], cartilage[0, 2] + (0, 2, 9)]))
        for edge in edges:  # chalk starts along the rear and lower borders
            for _ in range(3):
                size = random.uniform(0.8, 1.9, 3)
                fleck = sweep(
                    edge + random.normal(0, 1.2, edge.shape),
                    size,
                    size,
                    (0.3, 1, 0.2),
                    stations=10,
                    around=8,
                )
                amount = chalk(float(random.uniform(0.1, 0.3)))
                age = 28 + 50 * random.random()
                parts.append(Part(fleck, "thyroid cartilage", amount, ages=(age, 200)))
    return parts + _cricoid(places, random)


def _cricoid(places: Places, random: np.random.Generator) -> list[Part]:
    rear = front(places, "C6") + (0, -13, 5)
    ring = [
        (12 * np.sin(a), -10 + 10 * np.cos(a), -5 * (1 - np.cos(a)) / 2)
        for a in np.linspace(-3.0, 3.0, 13)
    ]
    height = 2.5 + 7 * (1 + np.cos(np.linspace(-3.0, 3.0, 13))) / 2
    band = sweep(np.array(ring) + rear, 1.3, height, stations=36, around=10)
    parts = [Part(band, "cricoid", chalk(0.13), ages=(30, 200))]
    for _ in range(9):
        spot = rear + random.normal(0, 1, 3) * (6, 1.4, 4.5)
        lump = blob(spot, random.uniform(1, 2.6, 3), random, rough=0.3, level=1)
        age = 35 + 45 * random.random()
        parts.append(Part(lump, "cricoid", chalk(0.28), ages=(age, 200)))
    return parts
