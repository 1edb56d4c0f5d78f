"""Skin, fat and the muscular wall: the outermost surfaces.

Half widths, depths and the distance of the back from the vertebral bodies were chosen
by eye for a neutral adult; fatness acts when the body is carried.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import PchipInterpolator

from spineseg.anatomy.body.carry import FAT_LEVELS, FAT_SHARE
from spineseg.anatomy.body.parts import Array, Part, Places, soft
from spineseg.anatomy.mesh import surface_nets
from spineseg.anatomy.sdf import (
    Field,
    Points,
    ellipsoid,
    grid_points,
    mirrored,
    round_cone,
    smooth_min,
    unit_field,
)

# level, height above it, half width, depth, skin of the back behind the body's centre
_OUTLINE = (
    ("S1", -190, 178, 206, 112),
    ("S1", -90, 186, 230, 114),
    ("S1", 0, 176, 230, 102),
    ("L3", 0, 152, 228, 94),
    ("T12", 0, 157, 234, 88),
    ("T8", 0, 165, 254, 76),
    ("T4", 0, 166, 228, 74),
    ("T2", 0, 150, 182, 72),
    ("T1", 0, 118, 150, 70),
    ("C7", 0, 74, 128, 72),
    ("C6", 0, 61, 122, 68),
    ("C5", 0, 57, 118, 62),
    ("C3", 0, 57, 112, 58),
    ("C2", 6, 64, 130, 62),
    ("C1", 25, 74, 192, 84),
    ("C1", 60, 78, 208, 106),
    ("C1", 95, 79, 204, 109),
    ("C1", 140, 66, 165, 92),
    ("C1", 178, 18, 60, 38),
)
FAT_MM = 11.0
"""Thickness of the fat under the skin of the neutral adult."""


def skin(places: Places, head: bool) -> list[Part]:
    """Return the skin and the surface of the muscles below it.

    head: build head, neck and shoulders down to T7; else the trunk up to C7.
    """
    rows = _outline(places)
    low_level, high_level = ("T7", "C1") if head else ("S1", "C7")
    low = np.array([-275, rows[:, 2].min() - 190, places.at(low_level)[2] - 40])
    high = np.array([275, rows[:, 2].max() + 130, places.at(high_level)[2] + 30])
    if head:
        high[2] += 165
    else:
        low[2] -= 150
    spacing = 10.0 if head else 12.0
    p = grid_points(low, high, spacing)
    field = unit_field(_body(p, rows, places, arms=head), spacing)
    heights = [places.at(level)[2] for level in FAT_LEVELS]
    fat = FAT_MM * np.interp(p[..., 2], heights, FAT_SHARE)
    outer = surface_nets(field, low, spacing)
    inner = surface_nets((field + fat).astype(np.float32), low, spacing)
    return [
        Part(outer, "skin", soft(0.885), "skin", girth=1.0),
        Part(inner, "muscle", soft(0.115), "skin", girth=0.42),
    ]


def _outline(places: Places) -> Array:
    """Return (n, 6): z, x, y of the bodies, half width, half depth, back; by z."""
    marks = []
    for level, up, width, depth, back in _OUTLINE:
        x, y, z = places.at(level, z=up)
        marks.append((z, x, y, width, depth / 2, back))
    marks = np.array(sorted(marks))
    z = np.arange(marks[0, 0], marks[-1, 0], 4.0)
    smooth: NDArray = PchipInterpolator(marks[:, 0], marks[:, 1:])(z)
    return np.column_stack([z, smooth])


def _body(p: Points, rows: Array, places: Places, arms: bool) -> Field:
    z = p[..., 2]
    x0, y0, half, depth, back = (
        np.interp(z, rows[:, 0], rows[:, i]) for i in range(1, 6)
    )
    x, y = p[..., 0] - x0, p[..., 1] - (y0 + back - depth)
    # squarer over the hips than round the waist
    heights = [places.at(level)[2] for level in ("S1", "L3")]
    n = np.interp(z, heights, [3.0, 2.35])
    ring = (np.abs(x / half) ** n + np.abs(y / depth) ** n) ** (1 / n)
    f = (ring - 1) * np.minimum(half, depth)
    f = np.maximum(f, np.maximum(z - rows[-1, 0], rows[0, 0] - z))
    t2 = places.at("T2")
    # the furrow of the back between the long muscles
    furrow = np.exp(-((x / 17) ** 2)) * (y > 0) * np.clip((t2[2] - z) / 60, 0, 1)
    f = f + 5 * furrow
    q = mirrored(p - np.float32(1) * np.array([t2[0], 0, 0], np.float32))
    shoulder = t2 * (0, 1, 1)
    cones = [((96, 8, -34), (158, 2, -64), 52, 52, 42)]
    if arms:
        cones.append(((164, 2, -62), (194, 10, -330), 48, 40, 15))
    for start, end, r0, r1, blend in cones:
        cone = round_cone(q, shoulder + start, shoulder + end, r0, r1)
        f = smooth_min(f, cone, blend)
    face = (  # cheeks, jaw, chin
        ((-62, -16), (54, 58, 54)),
        ((-62, -40), (56, 48, 29)),
        ((-92, -50), (36, 31, 28)),
    )
    for (y, z), radii in face:
        f = smooth_min(f, ellipsoid(p, places.at("C1", 0, y, z), radii), 16)
    return f.astype(np.float32)
