"""Vault and base of the skull, with the air that lies in it; rigid with the atlas.

Only what a lateral cervical radiograph shows is built: the vault is cut 85 mm above
the atlas. Offsets are from the atlas of the neutral adult.
"""

import numpy as np

from spineseg.anatomy.body.blobs import blob
from spineseg.anatomy.body.parts import (
    CORTEX,
    GAS,
    SIDE,
    Array,
    Material,
    Part,
    Places,
    both_sides,
    chalk,
)
from spineseg.anatomy.mesh import surface_nets
from spineseg.anatomy.scene import Mesh
from spineseg.anatomy.sdf import (
    Field,
    Points,
    ellipsoid,
    grid_points,
    mirrored,
    round_cone,
    smooth_max,
    smooth_min,
    smooth_step,
    unit_field,
)
from spineseg.anatomy.sweep import plate, sweep

DIPLOE = Material((0.62, -0.62, 0.6, 0))
_BASE = (  # round cones of the left half: from, to, radii, blend
    ((17, -20, 32), (54, 6, 29), 8.5, 11.5, 5),  # petrous pyramid
    ((0, -7, 16), (0, -30, 50), 5.5, 8.0, 5),  # clivus
    ((18, -4, 12), (20, 9, 12), 5.5, 5.0, 4),  # condyle on the atlas
    ((21, 10, 14), (14, 30, 18), 4.0, 3.0, 4),  # rim of the foramen magnum
    ((22, -27, 26), (24, -44, 4), 2.6, 1.8, 4),  # pterygoid process
    ((0, -30, 48), (30, -52, 46), 4.0, 3.0, 4),  # wing of the sphenoid
    ((48, -6, 26), (54, -36, 22), 3.2, 2.4, 4),  # root of the zygoma
    ((54, -36, 22), (50, -60, 16), 2.4, 4.5, 4),
    ((50, -60, 16), (40, -76, 12), 4.5, 3.0, 4),
)


def skull(places: Places, random: np.random.Generator) -> list[Part]:
    """Return vault, base, mastoids, styloids and the air of nose and sinuses."""
    parts = _vault(places) + [_base(places)]
    parts += both_sides(lambda side: _mastoid(places, side, random))
    parts += both_sides(lambda side: _sinuses(places, side, random))
    nose = sweep(
        [places.at("C1", 0, y, z) for y, z in ((-46, 14), (-62, 20), (-86, 22))],
        [9, 8, 6],
        [7, 15, 13],
        stations=16,
        around=12,
        round_ends=True,
    )
    return [*parts, Part(nose, "nose air", GAS * 0.55, "skull")]


def _vault(places: Places) -> list[Part]:
    """Return outer table, spongy middle and inner table of the vault."""
    origin = places.at("C1").astype(np.float32)
    low, high = origin + (-84, -104, 2), origin + (84, 112, 88)
    spacing = places.spacing(6.5)
    p = grid_points(low, high, spacing)
    q = p - origin

    def inside(bump: float) -> Field:
        f = ellipsoid(q, (0, 2, 94), (73, 92, 80))
        f = smooth_min(f, ellipsoid(q, (0, 44, 58), (57, 54, 46)), 10)
        if bump:  # the external protuberance
            f = smooth_min(f, ellipsoid(q, (0, 98, 54), (10, 7, 9)), 8)
        # the floor rises to the front over nose and orbits
        x, y = q[..., 0] / 60, q[..., 1]
        rise = np.clip(-y - 4, 0, 48) * (1 - 0.75 * np.minimum(x * x, 1))
        floor = 15 + 0.95 * rise + 2.5 * np.sin(y / 8 + 6 * x)
        f = smooth_max(f, (floor - q[..., 2]) * 0.75, 12)
        return unit_field(f, spacing)

    outer, smooth = inside(1.0), inside(0.0)
    thick = (
        4.4
        + 2.6 * smooth_step(q[..., 1], 45, 90)
        - 1.2 * smooth_step(q[..., 1], 10, -20)
    )
    layers = (
        (outer, CORTEX),
        (smooth + 1.5, DIPLOE),
        (smooth + np.maximum(thick - 1.4, 1.8), DIPLOE * -1.0),
        (smooth + thick, CORTEX * -1.0),
    )
    return [
        Part(surface_nets(f.astype(np.float32), low, spacing), "skull", m, "skull")
        for f, m in layers
    ]


def _base(places: Places) -> Part:
    """Return the skull base: dense, lumpy, pierced."""
    origin = places.at("C1").astype(np.float32)
    wave = np.array([[0.21, 0.05, 0.1], [0.06, 0.24, -0.12], [0.1, -0.07, 0.26]])

    def shape(p: Points) -> Field:
        q = mirrored(p - origin)
        bumps = (
            np.sin(q @ wave.astype(np.float32) + np.array([0.3, 1, 2], np.float32))
            * 2.3
        )
        q = q + bumps.astype(np.float32)
        f = np.full(q.shape[:-1], 50, np.float32)
        for start, end, r0, r1, blend in _BASE:
            f = smooth_min(f, round_cone(q, start, end, r0, r1), blend)
        canal = round_cone(q, (44, 0, 29), (72, 2, 29), 3.6)
        return smooth_max(f, -canal, 2).astype(np.float32)

    box = origin + (-74, -88, 0), origin + (74, 52, 66)
    return Part(places.solid(shape, *box, 4.0), "skull base", chalk(0.42), "skull")


def _mastoid(places: Places, side: int, random: np.random.Generator) -> list[Part]:
    """Return the mastoid with its air cells and the styloid process."""
    centre = places.at("C1", side * 53, 9, 16)
    bone = blob(centre, (10, 13, 19), random, rough=0.1, level=3)
    parts = [Part(bone, f"mastoid_{SIDE[side]}", chalk(0.5), "skull")]
    for _ in range(26):
        spot = centre + random.normal(0, 1, 3) * (4, 5.2, 7.5)
        size = random.uniform(1.2, 3.2) * random.uniform(0.8, 1.25, 3)
        cell = blob(spot, size, random, level=1)
        air = Material((-0.38, -0.38, 0, 0))
        parts.append(Part(cell, f"mastoid_{SIDE[side]}", air, "skull"))
    tip = [
        places.at("C1", side * x, y, z)
        for x, y, z in ((44, -6, 18), (40, -12, 2), (34, -20, -14))
    ]
    styloid = sweep(
        tip, [2.2, 1.6, 0.7], [2.2, 1.6, 0.7], (0, 1, 0.3), stations=10, around=8
    )
    return [*parts, Part(styloid, f"styloid_{SIDE[side]}", chalk(0.7), "skull")]


def _sinuses(places: Places, side: int, random: np.random.Generator) -> list[Part]:
    """Return maxillary and sphenoid sinus with their thin walls."""
    parts = []
    for (x, y, z), size in (((29, -70, 24), (13, 15, 14)), ((7, -37, 42), (7, 12, 8))):
        centre: Array = places.at("C1", side * x, y, z)
        air = blob(centre, size, random, rough=0.22, waves=1.6, level=2)
        grown = (air.vertices - centre) * (1 + 1.0 / np.array(size)) + centre
        wall = Mesh(grown.astype(np.float32), air.triangles)
        parts += [
            Part(wall, "sinus wall", chalk(0.3), "skull"),
            Part(air, "sinus air", Material((-0.4, -0.3, 0, 0)), "skull"),
        ]
    orbit = np.array(
        [
            [(18, -94, 28), (34, -92, 26), (52, -80, 26)],
            [(18, -70, 32), (32, -66, 30), (48, -58, 30)],
        ],
        float,
    )
    floor = plate(orbit * (side, 1, 1) + places.at("C1"), np.full((2, 3), 2.0), 8, 12)
    return [*parts, Part(floor, "orbit", chalk(0.45), "skull")]
