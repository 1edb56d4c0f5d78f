"""Lumbar vertebrae: body, pedicles, facets, pars, hatchet-like spinous process."""

from dataclasses import dataclass

import numpy as np

from spineseg.anatomy.sdf import (
    Field,
    Points,
    axes_along,
    mirrored,
    round_cone,
    rounded_box,
    smooth_max,
    smooth_min,
    smooth_step,
)
from spineseg.anatomy.tables import Dimensions
from spineseg.anatomy.vertebra_body import LAST_LUMBAR, LUMBAR, body


@dataclass(frozen=True)
class Measures:
    """Derived positions in the vertebra's frame, mm (the right half is mirrored).

    wall: y of the posterior wall of the body. canal: half width, depth. pedicle: x, z
    of its axis, half width, half height. broad: L5's stout pedicles and processes.
    """

    wall: float
    half_canal: float
    canal_depth: float
    pedicle_x: float
    pedicle_z: float
    half_pedicle: float
    half_pedicle_height: float
    half_height: float
    broad: bool

    @classmethod
    def of(cls, size: Dimensions) -> "Measures":
        """Return the measures of one table row."""
        return cls(
            wall=size.depth_mm / 2,
            half_canal=size.canal_width_mm / 2,
            canal_depth=size.canal_depth_mm,
            pedicle_x=(size.canal_width_mm + size.pedicle_width_mm) / 2,
            pedicle_z=(size.height_mm - size.pedicle_height_mm) / 2 - 1.5,
            half_pedicle=size.pedicle_width_mm / 2,
            half_pedicle_height=size.pedicle_height_mm / 2,
            half_height=size.height_mm / 2,
            broad=size.pedicle_width_mm > 14,
        )

    @property
    def arch(self) -> float:
        """Y of the back of the canal."""
        return self.wall + self.canal_depth

    def facet_normal(self, upper: bool) -> np.ndarray:
        """Return the direction a joint faces: more frontal towards the sacrum."""
        if self.broad or (not upper and self.half_pedicle > 6):
            return np.array([0.60, -0.80, 0.0])
        return np.array([0.77, -0.64, 0.0])


def lumbar(p: Points, size: Dimensions) -> tuple[Field, dict[str, Field]]:
    """Return the whole and its parts as distances."""
    p = mirrored(p)
    m = Measures.of(size)
    parts = {
        "body": body(p, size, LAST_LUMBAR if m.broad else LUMBAR),
        "pedicle": _pedicle(p, m),
        "lamina": _lamina(p, m),
        "spinous": _spinous(p, size, m),
        "transverse": _transverse(p, size, m),
        "articular": _articular(p, size, m),
    }
    whole = smooth_min(parts["body"], parts["pedicle"], 3.5)
    whole = smooth_min(whole, parts["articular"], 2.5)
    arch = smooth_min(parts["lamina"], parts["spinous"], 7)
    whole = smooth_min(smooth_min(whole, arch, 5), parts["transverse"], 4)
    return smooth_max(whole, -_canal(p, m), 1.2), parts


def arch_side(p: Points, size: Dimensions) -> Field:
    """Return how far a point lies on the arch's side of a pars defect, mm.

    Negative: lamina, spinous process and inferior facets, which a defect sets free.
    The border runs obliquely through the pars, down and forwards in a lateral view.
    """
    p = mirrored(p)
    m = Measures.of(size)
    normal = np.array([0.35, -0.62, 0.70])
    normal /= np.linalg.norm(normal)
    pars = pars_centre(size)
    oblique = (p - pars.astype(np.float32)) @ normal.astype(np.float32)
    inner = np.maximum(p[..., 0] - 0.72 * m.pedicle_x, m.arch - 1.5 - p[..., 1])
    return np.minimum(oblique, inner)


def pars_centre(size: Dimensions) -> np.ndarray:
    """Return the middle of the left pars interarticularis."""
    m = Measures.of(size)
    inferior = _inferior_joint(size, m)
    low = m.pedicle_z - m.half_pedicle_height - 7
    return np.array(
        [
            (m.pedicle_x + inferior[0]) / 2 + 0.5,
            m.wall + 0.9 * m.canal_depth,
            (m.pedicle_z + low) / 2 - 0.5,
        ]
    )


def _pedicle(p: Points, m: Measures) -> Field:
    radius = m.half_pedicle_height
    return round_cone(
        p,
        (m.pedicle_x - 1.5, m.wall - 6, m.pedicle_z - 0.5),
        (m.pedicle_x + 0.5, m.wall + 0.55 * m.canal_depth, m.pedicle_z),
        radius,
        0.93 * radius,
        flat=((1, 0, 0), radius / m.half_pedicle),
    )


def _lamina(p: Points, m: Measures) -> Field:
    """Return a sloping plate whose upper edge lies in front of the lower one."""
    along = np.array([-0.95 * m.half_canal, 6.6, -2.0])
    axes = axes_along(along)
    centre = (0.52 * m.half_canal, m.arch + 2.9, -4.2)
    half = (
        float(np.linalg.norm(along)) / 2 + 3.0,
        3.7,
        8.2 if m.broad else 10.0,
    )
    sloped = p.copy()
    sloped[..., 1] += 0.16 * (p[..., 2] - centre[2])
    return rounded_box(sloped, centre, half, 3.2, axes)


def _spinous(p: Points, size: Dimensions, m: Measures) -> Field:
    """Return a hatchet: a deep plate, thicker along its lower and hinder edge."""
    start, tip = m.arch + 3, m.wall + size.spinous_length_mm
    length = tip - start
    drop = float(np.tan(np.deg2rad(size.spinous_drop_deg)))
    half = 5.8 if m.broad else 7.4
    neck = round_cone(
        p,
        (0, start, -4.2),
        (0, start + 0.45 * length, -4.2 - 0.45 * drop * length),
        1.02 * half,
        flat=((1, 0, 0), half / 2.7),
    )
    lower = -5.2 - drop * (length - half)
    blade = rounded_box(
        p,
        (0, tip - 0.30 * length, -4.6 - 0.70 * drop * length - 0.5),
        (2.5, 0.30 * length, 1.12 * half),
        2.2,
        _tilted(-0.8 * drop),
    )
    edge = round_cone(
        p,
        (0, tip - 0.55 * length, lower - 0.85 * half + 0.3 * drop * length),
        (0, tip - 2.6, lower - 0.95 * half),
        2.4,
        3.3,
        flat=((0, 0, 1), 1.15),
    )
    back = round_cone(
        p,
        (0, tip - 2.6, lower + 0.75 * half),
        (0, tip - 2.9, lower - 0.9 * half),
        2.5,
        3.4,
    )
    shape = smooth_min(smooth_min(neck, blade, 4), smooth_min(edge, back, 2), 2.5)
    return smooth_max(shape, p[..., 1] - tip, 3.5)


def _tilted(slope: float) -> np.ndarray:
    """Return axes whose y direction rises by ``slope`` per millimetre backwards."""
    y = np.array([0, 1, slope]) / np.hypot(1, slope)
    return np.stack([[1, 0, 0], y, np.cross([1, 0, 0], y)])


def _transverse(p: Points, size: Dimensions, m: Measures) -> Field:
    """Return the process: stout and triangular in L5, a slender blade above."""
    y, z = m.wall, m.pedicle_z
    depth = m.canal_depth
    root = round_cone(
        p,
        (m.pedicle_x + 1, y + 0.42 * depth, z - 2),
        (m.pedicle_x + 9, y + 0.62 * depth, z - 1),
        7.0,
        6.0,
        flat=((0, 1, 0), 1.1 if m.broad else 1.5),
    )
    blade = round_cone(
        p,
        (m.pedicle_x + 7, y + 0.6 * depth, z - 1),
        (
            size.transverse_span_mm / 2 - 4.5,
            y + 0.72 * depth + 3,
            z + (3.5 if m.broad else 2.5),
        ),
        7.0 if m.broad else 5.8,
        4.6,
        flat=((0, 1, 0), 1.75),
    )
    return smooth_min(root, blade, 5)


def _inferior_joint(size: Dimensions, m: Measures) -> np.ndarray:
    normal = m.facet_normal(upper=False)
    joint = np.array([size.lower_facet_mm, m.wall + 0.93 * m.canal_depth, 0])
    return joint - 4.7 * normal


def _articular(p: Points, size: Dimensions, m: Measures) -> Field:
    """Return superior and inferior processes and the pars between them."""
    up, down = m.facet_normal(upper=True), m.facet_normal(upper=False)
    y, z, high = m.wall, m.pedicle_z, m.pedicle_z + m.half_pedicle_height
    upper = np.array([size.upper_facet_mm, y + 0.93 * m.canal_depth, 0]) + 4.5 * up
    lower = _inferior_joint(size, m)
    low = z - m.half_pedicle_height - 7
    base = round_cone(
        p,
        (m.pedicle_x + 1, y + 0.6 * m.canal_depth, z),
        upper + [0, 0, high + 2],
        6.6,
        6.8,
        flat=(up.tolist(), 1.3),
    )
    blade = round_cone(
        p,
        upper + [0, 0, high + 1],
        upper + [0.3, 0.4, high + 8.5],
        7.4,
        5.2,
        flat=(up.tolist(), 1.75),
    )
    pars = round_cone(
        p,
        (m.pedicle_x + 0.3, y + 0.7 * m.canal_depth, z - 1),
        (lower[0] + 0.8, lower[1] + 0.8, low),
        7.2,
        7.4,
        flat=((0.45, -0.9, 0.1), 1.7),
    )
    inferior = round_cone(
        p,
        (lower[0] + 0.3, lower[1] + 0.6, low + 1),
        lower + [0, 0, -m.half_height - 9],
        7.4,
        6.2,
        flat=(down.tolist(), 1.5),
    )
    return smooth_min(smooth_min(base, blade, 2.5), smooth_min(pars, inferior, 3), 3)


def _canal(p: Points, m: Measures) -> Field:
    """Return the space that must stay open, a rounded triangle below L3."""
    half = m.canal_depth / 2
    y = (p[..., 1] - m.wall - half) / half
    corner = 1 + 0.12 * m.broad * smooth_step(-y, -0.2, 0.8)
    x = p[..., 0] / (m.half_canal * corner)
    n = 2.3
    radius = (np.abs(x) ** n + np.abs(y) ** n) ** (1 / n)
    return (radius - 1) * min(m.half_canal, half)
