"""Lungs around heart and great vessels, their vessel trees, and the breasts.

The heart is where the lungs are not: round cones for its chambers and the great
vessels are taken out of two lung shapes. Offsets are from T8 of the neutral adult and
were chosen so that the borders of a frontal radiograph appear: right atrium, aortic
knob, pulmonary trunk, left ventricle, descending aorta.
"""

import numpy as np

from spineseg.anatomy.body.blobs import blob
from spineseg.anatomy.body.parts import (
    GAS,
    LUNG,
    SIDE,
    Array,
    Part,
    Places,
    both_sides,
    soft,
)
from spineseg.anatomy.sdf import (
    Field,
    Points,
    Shape,
    ellipsoid,
    round_cone,
    smooth_max,
    smooth_min,
)
from spineseg.anatomy.sweep import spline, sweep, tube

_LEVELS = ("L1", "T11", "T9", "T7", "T5", "T3", "T1")
_CHAIN = (  # great vessels as round cones: from, to, radii
    ((-10, -84, 30), (-15, -74, 70), 16, 14),
    ((-15, -74, 70), (2, -52, 92), 14, 13.5),
    ((2, -52, 92), (21, -27, 84), 13.5, 13.5),
    ((21, -27, 84), (19, -19, 48), 13.5, 12.5),
    ((19, -19, 48), (9, -22, -110), 12.5, 11),
    ((-24, -66, 28), (-22, -62, 112), 11, 9),
    ((14, -92, 34), (20, -60, 62), 21, 14),
    ((0, -40, 60), (0, -36, 130), 14, 14),
)


def chest(places: Places, random: np.random.Generator) -> list[Part]:
    """Return lungs, vessel trees, windpipe and breasts."""
    parts = lungs(places)
    for side in (1, -1):
        parts += _vessel_tree(places, lung(places, side), side, random)
    windpipe = [places.at("C7", 0, -32, 0), places.at("T2", 0, -38, 0)]
    windpipe.append(places.at("T5", 0, -46, 4))
    air = sweep(windpipe, 8.5, 7.5, (0, 1, 0), stations=16, around=10)
    parts.append(Part(air, "trachea", GAS))
    return parts + breasts(places, random)


def lungs(places: Places, lowest: str = "L1") -> list[Part]:
    """Return both lungs with the heart taken out, cut off below a level."""
    top, low = places.at("T1")[2] + 6, places.at(lowest)[2] - 25
    y = places.at("T7")[1]
    box = np.array([-145, y - 180, low]), np.array([145, y + 62, top])
    return [
        Part(places.solid(lung(places, side), *box, 9.0), f"lung_{SIDE[side]}", LUNG)
        for side in (1, -1)
    ]


def lung(places: Places, side: int) -> Shape:
    """Return the signed distance of one lung, world mm."""
    centre = np.array([places.at(level) for level in _LEVELS])
    top, base = places.at("T1")[2] - 4, places.at("T11")[2]
    height = top - places.at("T10")[2]
    middle = places.at("T8")
    high = 46.0 if side < 0 else 36.0

    def shape(p: Points) -> Field:
        z = p[..., 2]
        u = np.clip((top - z) / height, 0, 1.3)
        width = np.interp(u, [0, 0.08, 0.25, 0.55, 1, 1.3], [22, 62, 96, 121, 127, 123])
        depth = np.interp(u, [0, 0.08, 0.25, 0.55, 1, 1.3], [15, 38, 62, 82, 89, 87])
        x = p[..., 0] - np.interp(z, centre[:, 2], centre[:, 0])
        y = p[..., 1] - np.interp(z, centre[:, 2], centre[:, 1]) - 30 + depth
        ring = (np.abs(x / width) ** 2.3 + np.abs(y / depth) ** 2.3) ** (1 / 2.3)
        f = (ring - 1) * np.minimum(width, depth)
        f = smooth_max(f, 4.0 - side * x, 6)
        # beside and behind a vertebra, and a little in front of it, there is no lung
        back = y + 34 - depth
        flare = 0.45 * np.clip(back + 17, 0, 45)  # rib heads lie beside the bodies
        aside = np.maximum(np.abs(x) - flare, 0)
        spine = np.hypot(aside, np.minimum(0, back)) - 15
        f = smooth_max(f, -spine, 13)
        f = smooth_max(f, -_heart(p - middle.astype(np.float32)), 5)
        bell = ((x - side * 62) / 66) ** 2 + ((y + 16) / 80) ** 2
        rear = np.clip(y / depth, -0.2, 1) ** 2
        floor = base + high * np.exp(-bell) - 38 * rear
        f = smooth_max(f, floor - z, 5)
        return smooth_max(f, z - top, 12).astype(np.float32)

    return shape


def _heart(q: Points) -> Field:
    """Return the distance to heart and great vessels, relative to T8."""
    f = round_cone(q, (10, -84, 4), (54, -108, -34), 40, 25)
    f = smooth_min(f, ellipsoid(q, (-19, -86, -8), (22, 34, 38)), 14)
    f = smooth_min(f, ellipsoid(q, (2, -52, 14), (36, 24, 28)), 12)
    f = smooth_min(f, ellipsoid(q, (6, -96, -50), (62, 52, 22)), 16)
    for start, end, r0, r1 in _CHAIN:
        f = smooth_min(f, round_cone(q, start, end, r0, r1), 6)
    return f


def _vessel_tree(
    places: Places, inside: Shape, side: int, random: np.random.Generator
) -> list[Part]:
    """Return a branching tree of vessels from one hilum, clipped to the lung."""
    hilum = places.at("T8", side * 36, -48, 40 + (0 if side < 0 else 8))
    directions = [(0.5, 0.3, 1), (0.9, -0.4, 0.5), (1, 0.3, 0.1), (0.8, -0.5, -0.5)]
    directions += [(0.7, 0.45, -0.8), (0.45, 0.1, -1), (0.6, -0.7, 0.2)]
    stack = [
        (hilum, np.array(d) * (side, 1, 1) + random.normal(0, 0.15, 3), 4.6, 0)
        for d in directions
    ]
    parts = []
    while stack:
        start, way, radius, depth = stack.pop()
        way = way / np.linalg.norm(way)
        end = start + way * random.uniform(20, 34)
        bend = (start + end) / 2 + random.normal(0, 2.2, 3)
        if inside(end[None].astype(np.float32))[0] > -3:
            continue
        path = spline([start, bend, end], 5)
        mesh = tube(
            path,
            np.linspace(radius, 0.72 * radius, 5),
            radius * 0.85,
            _up(way),
            around=6,
        )
        parts.append(Part(mesh, f"lung vessel_{SIDE[side]}", soft(0.62)))
        if depth < 3:
            for _ in range(2):
                turn = way + random.normal(0, 0.42, 3)
                stack.append((end, turn, radius * random.uniform(0.6, 0.76), depth + 1))
    return parts


def _up(way: Array) -> Array:
    """Return a direction that is not parallel to ``way``."""
    return np.array([0.0, 1, 0]) if abs(way[2]) > 0.6 else np.array([0.0, 0, 1])


def breasts(places: Places, random: np.random.Generator) -> list[Part]:
    """Return two soft lenses in front of the ribs of women."""

    def one(side: int) -> list[Part]:
        centre = places.at("T8", side * 72, -152, -8)
        mesh = blob(centre, (50, 26, 40), random, rough=0.06, level=3)
        return [Part(mesh, f"breast_{SIDE[side]}", soft(0.5), girth=0.6, sex="f")]

    return both_sides(one)
