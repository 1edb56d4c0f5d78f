"""Soft organs of the belly, the long muscles beside the spine, the calcified aorta.

Fat is about a ninth less dense than muscle, so organs show as faint edges where they
meet it. All shapes are placed by offsets from the lumbar bodies, chosen by eye.
"""

import numpy as np

from spineseg.anatomy.body.blobs import blob
from spineseg.anatomy.body.parts import (
    SIDE,
    TITANIUM,
    Array,
    Part,
    Places,
    both_sides,
    chalk,
    soft,
)
from spineseg.anatomy.scene import Mesh
from spineseg.anatomy.sdf import (
    Field,
    Points,
    ellipsoid,
    round_cone,
    smooth_max,
    smooth_min,
)
from spineseg.anatomy.sweep import frames_along, loft, section, spline, sweep, thicken

FAT = soft(-0.115)
MEAT = soft(0.115)

# name, course from below (level, left, back, up), radius, flatness, rim of fat
_MUSCLES = (
    (
        "psoas",
        (
            ("S1", 74, -66, -95),
            ("S1", 64, -42, -50),
            ("L5", 53, -12, 0),
            ("L4", 46, -4, 0),
            ("L3", 40, 0, 0),
            ("L2", 34, 1, 0),
            ("L1", 29, 2, 0),
            ("T12", 24, 2, 0),
        ),
        (15, 19, 21, 19, 16, 12, 8, 4),
        1.05,
        3.0,
    ),
    (
        "quadratus",
        (("L4", 82, 26, 6), ("L2", 62, 26, 0), ("T12", 42, 22, 0)),
        (19, 17, 10),
        0.5,
        2.0,
    ),
    (
        "erector spinae",
        (
            ("S1", 30, 54, -30),
            ("L4", 36, 50, 0),
            ("L2", 36, 50, 0),
            ("T12", 30, 48, 0),
            ("T9", 30, 48, 0),
            ("T6", 30, 48, 0),
        ),
        (16, 26, 29, 27, 24, 20),
        0.72,
        2.0,
    ),
)


def abdomen(places: Places, random: np.random.Generator) -> list[Part]:
    """Return the wall's fat, organs, muscles and vessels."""
    parts = _cavity(places)
    parts += [_liver(places), _spleen(places, random)]
    parts += both_sides(lambda side: _kidney(places, side, random))
    parts += both_sides(lambda side: _muscles(places, side))
    parts += _loops(places, random)
    return parts + aorta(places, random) + clips(places, random)


def _cavity(places: Places) -> list[Part]:
    """Return the fat inside the muscular wall and the contents inside the fat."""
    levels = ("S1", "S1", "S1", "S1", "L5", "L4", "L3", "L2", "L1", "T12", "T11")
    down = (-125, -105, -60, 0, 0, 0, 0, 0, 0, 0, 0)
    half = np.array([12, 52, 74, 104, 118, 124, 124, 124, 124, 120, 108.0])
    front = np.array([16, 44, 58, 72, 90, 98, 100, 100, 98, 98, 95.0])
    unit = section(40, 2.6)

    def bag(shrink: float) -> Mesh:
        rings = []
        for level, z, w, d in zip(levels, down, half, front, strict=True):
            # front and flanks draw in, the rear stays: a sheet of fat across the
            # spine would darken every lateral film
            sag = min(z, 0) * 0.25  # the pelvic inlet leans forwards
            centre = places.at(level, 0, 3 + sag - (d - shrink) / 2, z)
            ring = unit * (max(w - shrink, 4), max((d - shrink) / 2 + 3, 4))
            rings.append(centre + np.c_[ring, np.zeros(len(ring))])
        return loft(spline(np.array(rings), 30))

    return [
        Part(bag(0.0), "flank fat", FAT * 0.9, girth=0.35),
        Part(bag(5.0), "belly", soft(0.06), girth=0.3),
    ]


def _liver(places: Places) -> Part:
    """Return the liver: under the right dome, its lower edge slanting to the left."""
    middle = places.at("T12", -58, -54, 0).astype(np.float32)

    def shape(p: Points) -> Field:
        q = p - middle
        f = ellipsoid(q, (0, 0, 0), (66, 70, 78))
        f = smooth_min(f, ellipsoid(q, (66, -30, 18), (62, 38, 34)), 22)
        edge = -(q[..., 2] + 66 - 0.5 * (q[..., 0] + 40) + 0.25 * q[..., 1]) * 0.8
        return smooth_max(f, edge, 12)

    box = (middle + (-75, -95, -85), middle + (140, 95, 90))
    return Part(places.solid(shape, *box, 10.0), "liver", soft(0.05), girth=0.2)


def _spleen(places: Places, random: np.random.Generator) -> Part:
    centre = places.at("T11", 92, -22, -16)
    mesh = blob(centre, (26, 44, 50), random, rough=0.12, waves=1.5, level=3)
    return Part(mesh, "spleen", soft(0.045), girth=0.2)


def _kidney(places: Places, side: int, random: np.random.Generator) -> list[Part]:
    """Return a kidney in its fat; the right one lies lower, the upper poles lean in."""
    drop = 8.0 if side < 0 else 0.0
    upper = places.at("T12", side * 50, -8, -20 - drop)
    lower = places.at("L3", side * 68, -16, 4 - drop)
    hilum = (upper + lower) / 2 - (side * 26, 12, 0)

    def shape(p: Points) -> Field:
        f = round_cone(p, upper, lower, 25, 24)
        return smooth_max(f, -ellipsoid(p, hilum, (15, 20, 20)), 8)

    low, high = np.minimum(upper, lower) - 42, np.maximum(upper, lower) + 42
    fat, kidney = places.shells(shape, low, high, 8.0, [-6.0, 0.0])
    name = f"kidney_{SIDE[side]}"
    return [Part(fat, f"{name} fat", soft(-0.075)), Part(kidney, name, soft(0.09))]


def _muscles(places: Places, side: int) -> list[Part]:
    """Return psoas, quadratus lumborum and the long back muscle, each in fat."""
    parts = []
    for name, course, radius, flat, rim in _MUSCLES:
        control = [
            (places.at if level == "S1" else places.within)(level, side * x, y, z)
            for level, x, y, z in course
        ]
        r = np.array(radius, float)
        for grow, what, material in ((rim, " fat", FAT), (0.0, "", MEAT)):
            mesh = sweep(
                control,
                r + grow,
                flat * r + grow,
                (0, 1, 0),
                stations=places.steps(350, 8),
                around=14,
                round_ends=True,
            )
            parts.append(Part(mesh, f"{name}_{SIDE[side]}{what}", material))
    return parts


def _loops(places: Places, random: np.random.Generator) -> list[Part]:
    """Return small bowel: winding tubes that make the belly's grey uneven."""
    parts = []
    # within the belly, whichever way they wind
    low = places.at("S1", -88, -78, -40)
    high = np.array([88, places.at("L2")[1] - 36, places.at("L1")[2]])
    for variant in range(3):
        for _ in range(9):
            start = places.at(
                random.choice(["L2", "L3", "L4", "L5"]),
                random.uniform(-80, 80),
                -random.uniform(40, 78),
            )
            way = np.cumsum(random.normal(0, 1, (5, 3)) * (30, 8, 22), axis=0)
            radius = random.uniform(9, 14, 5)
            mesh = sweep(
                np.clip(start + way, low, high),
                radius,
                radius * 0.9,
                (0.1, 1, 0.2),
                stations=22,
                around=10,
                round_ends=True,
            )
            material = soft(float(random.uniform(0.03, 0.1)))
            part = Part(mesh, "small bowel", material, girth=0.25)
            parts.append(
                Part(
                    part.mesh,
                    part.structure,
                    material,
                    girth=0.25,
                    family="loops",
                    variant=variant,
                )
            )
    return parts


def aorta(places: Places, random: np.random.Generator) -> list[Part]:
    """Return plaques of chalk on aorta and iliac arteries, by the age they appear at.

    A patient of 50 has hardly any, one of 85 all of them.
    """
    trunk = [
        places.at(level, x, y)
        for level, x, y in (
            ("T11", 8, -34),
            ("T12", 9, -33),
            ("L1", 11, -33),
            ("L2", 12, -34),
            ("L3", 11, -35),
            ("L4", 8, -34),
        )
    ]
    parts = _plaques(trunk, 9.5, 44, random)
    for side in (1, -1):
        branch = [
            places.at("L4", 5 * side + 4, -36, -6),
            places.at("L5", side * 24, -40, -4),
        ]
        branch.append(places.at("S1", side * 46, -30, -18))
        parts += _plaques(branch, 5.5, 8, random)
    return parts


def _plaques(
    control: list[Array], radius: float, count: int, random: np.random.Generator
) -> list[Part]:
    n = 70
    path = spline(control, n)
    side, up = frames_along(path, (0, 1, 0))
    parts = []
    for _ in range(count):
        # chalk prefers the lower end and the front and rear wall
        length = int(random.integers(2, 7))
        start = int(n * random.beta(2.4, 0.9) * (1 - length / n))
        along = slice(start, start + length)
        middle = np.pi / 2 * random.choice([-1, 1]) + random.normal(0, 0.9)
        angle = middle + np.linspace(-1, 1, 5) * random.uniform(0.3, 0.9)
        ring = np.cos(angle)[:, None] * side[along, None]
        ring = ring + np.sin(angle)[:, None] * up[along, None]
        rows, columns = np.linspace(0.3, 2.8, length), np.linspace(0.3, 2.8, 5)
        rim = np.outer(np.sin(rows), np.sin(columns))
        rim = rim * random.uniform(0.8, 2.6) * random.uniform(0.05, 1.3, rim.shape)
        place = random.normal(radius, 0.6)
        mesh = thicken(path[along, None] + place * ring, np.maximum(rim, 0.12), ring)
        age = 50 + 36 * random.beta(1.4, 1.6)
        amount = chalk(float(random.uniform(0.4, 0.95)))
        parts.append(Part(mesh, "aortic plaque", amount, ages=(age, 200)))
    return parts


def clips(places: Places, random: np.random.Generator) -> list[Part]:
    """Return the clips that one in eight patients carries since the gall bladder."""
    parts = []
    for variant in range(21, 24):  # the first 21 have none
        for _ in range(int(random.integers(3, 6))):
            centre = places.at("L1", -46, -58, 6) + random.normal(0, 8, 3)
            arm = random.normal(0, 1, 3)
            arm *= 4.0 / np.linalg.norm(arm)
            wire = [centre - arm, centre, centre + arm]
            mesh = sweep(wire, 0.5, 0.5, (0.3, 1, 0.2), stations=4, around=6)
            parts.append(Part(mesh, "clip", TITANIUM, family="clips", variant=variant))
    return parts
