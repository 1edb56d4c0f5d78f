"""Hip bones and thighs, rigid with the sacrum.

The wing of the ilium is a curved plate through control points relative to the centre
of the first sacral end-plate (neutral stance, sacral slope 40 degrees): crest, fossa
and the thick rear that carries the sacro-iliac joint. Points chosen by eye on the
proportions of an adult pelvis; the joint itself is cut parallel to the sacrum.
"""

import numpy as np

from spineseg.anatomy.body.parts import (
    FADE,
    SIDE,
    Array,
    Part,
    Places,
    mirror,
    shell_bone,
)
from spineseg.anatomy.body.plate import Plate
from spineseg.anatomy.sdf import (
    Field,
    Points,
    Shape,
    round_cone,
    smooth_max,
    smooth_min,
    sphere,
)

HIP_MM = (86.0, -32.0, -104.0)
"""Centre of the left hip joint relative to the first sacral end-plate."""

# rows from the crest down to the brim, columns from the rear spine to the front one
_WING = [
    [
        (40, 62, -30),
        (53, 63, 4),
        (78, 42, 36),
        (110, 6, 47),
        (136, -34, 27),
        (125, -78, -18),
    ],
    [
        (43, 58, -38),
        (55, 51, -12),
        (76, 33, 13),
        (102, 0, 24),
        (122, -38, 8),
        (119, -76, -28),
    ],
    [
        (46, 52, -44),
        (55, 40, -26),
        (69, 22, -10),
        (90, -6, 2),
        (108, -40, -14),
        (111, -70, -42),
    ],
    [
        (50, 44, -50),
        (55, 29, -38),
        (64, 10, -30),
        (80, -12, -24),
        (95, -42, -38),
        (104, -64, -58),
    ],
    [
        (53, 34, -55),
        (57, 19, -48),
        (62, 0, -48),
        (73, -18, -50),
        (85, -42, -62),
        (98, -57, -74),
    ],
]
# the fossa of a real wing is 3 mm thin; here it is thick enough for its marrow to be
# resolved, and dense bone plus spongiosa still add up to what a film shows
_THICKNESS = [
    [15, 18, 17, 16, 18, 14],
    [18, 17, 12, 11.5, 13, 12],
    [19, 18, 12, 11, 11.5, 13],
    [17, 19, 13, 11.5, 12, 16],
    [12, 16, 17, 18, 22, 20],
]


def pelvis(places: Places, sacrum: Shape | None = None) -> list[Part]:
    """Return both hip bones and femora.

    sacrum: signed distance of the sacrum in world coordinates; the joint space is
    kept clear of it. Without one the ilium is left as it is.
    """
    parts: list[Part] = []
    for side in (1, -1):
        parts += _hip_bone(places, side, sacrum)
        parts += _femur(places, places.at("S1") + mirror(HIP_MM, side), side)
    return parts


def _hip_bone(places: Places, side: int, sacrum: Shape | None) -> list[Part]:
    origin = places.at("S1")
    ends = origin + mirror([(1, -112, -190), (152, 85, 62)], side)
    wing = Plate.through(mirror(_WING, side) + origin, _THICKNESS)
    name = f"hip bone_{SIDE[side]}"
    bone = shell_bone(
        places,
        _hip_shape(origin, side, wing, sacrum),
        (ends.min(0), ends.max(0)),
        name,
        spacing_mm=4.4,
        cortex_mm=0.9,
        unit=False,
        carrier="pelvis",
    )
    return [*bone, Part(wing.core(15.0, 6.5), name, FADE, "pelvis")]


def _hip_shape(origin: Array, side: int, wing: Plate, sacrum: Shape | None) -> Shape:
    """Return the signed distance of one hip bone, world mm."""
    hip = origin + mirror(HIP_MM, side)

    def at(x: float, y: float, z: float) -> Array:
        return origin + mirror((x, y, z), side)

    struts = (  # from, to, radii, blend: brim, body of the ilium, pubis, seat
        (at(58, 10, -44), at(72, -22, -64), 6.5, 8.0, 5),
        (at(72, -22, -64), at(68, -48, -82), 8.0, 8.5, 4),
        (at(94, -50, -66), hip, 15.0, 24.0, 10),
        (at(72, -14, -58), hip, 12.0, 26.0, 10),
        (at(68, -48, -82), at(26, -82, -106), 9.0, 7.0, 6),
        (at(26, -82, -106), at(9, -86, -118), 8.0, 9.0, 4),
        (hip + mirror((-6, 22, -8), side), at(62, 4, -160), 15.0, 14.0, 8),
        (at(60, -6, -164), at(16, -76, -130), 8.0, 6.0, 6),
    )

    def shape(p: Points) -> Field:
        f = smooth_min(wing(p), sphere(p, hip, 31), 8)
        for start, end, r0, r1, blend in struts:
            f = smooth_min(f, round_cone(p, start, end, r0, r1), blend)
        f = smooth_max(f, -sphere(p, hip + mirror((7, -2, -4), side), 27), 2)
        if sacrum is not None:
            f = smooth_max(f, np.float32(2.2) - sacrum(p), 1.0)
        return f.astype(np.float32)

    return shape


def _femur(places: Places, hip: Array, side: int) -> list[Part]:
    """Return the upper half of a thigh bone: head, neck, trochanters, shaft."""

    def at(x: float, y: float, z: float) -> Array:
        return hip + mirror((x, y, z), side)

    cones = (
        (at(10, 0, -5), at(46, 6, -34), 15.0, 17.0, 6),
        (at(52, 12, -14), at(60, 10, -40), 10.0, 16.0, 8),
        (at(58, 10, -44), at(56, 8, -100), 18.0, 14.5, 8),
        (at(56, 8, -100), at(52, 6, -190), 14.5, 14.0, 4),
        (at(36, 20, -66), at(46, 14, -70), 7.0, 9.0, 6),
    )

    def shape(p: Points) -> Field:
        f = sphere(p, hip, 23.5)
        for start, end, r0, r1, blend in cones:
            f = smooth_min(f, round_cone(p, start, end, r0, r1), blend)
        return f.astype(np.float32)

    ends = np.array([at(-30, -32, -170), at(90, 50, 30)])
    return shell_bone(
        places,
        shape,
        (ends.min(0), ends.max(0)),
        f"femur_{SIDE[side]}",
        spacing_mm=5.0,
        cortex_mm=1.3,
        carrier="thigh",
    )
