"""Cervical vertebrae C2 to C7, and the atlas.

C3 to C7: small boxy body with uncinate processes, articular pillars (parallelograms
seen from the side), a foramen in the transverse process. C2 carries the dens; C1 is a
ring whose origin lies at the dens axis, at the height of the ring.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from spineseg.anatomy.sdf import (
    Field,
    Points,
    axes_along,
    ellipsoid,
    mirrored,
    round_cone,
    rounded_box,
    smooth_max,
    smooth_min,
    sphere,
)
from spineseg.anatomy.tables import Dimensions
from spineseg.anatomy.vertebra_body import AXIS, CERVICAL, body

FACET_SLOPE = float(np.tan(np.deg2rad(42)))
"""Cervical facets stand at 40 to 45 degrees to the horizontal."""


@dataclass(frozen=True)
class _Measures:
    number: int
    wall: float
    half_canal: float
    canal_depth: float
    half_height: float
    half_width: float

    @property
    def arch(self) -> float:
        return self.wall + self.canal_depth

    @property
    def pillar(self) -> tuple[float, float]:
        """X and y of the articular pillar's axis."""
        return self.half_canal + 6.6, self.wall + 5.2


def cervical(
    p: Points, size: Dimensions, number: int
) -> tuple[Field, dict[str, Field]]:
    """Return the whole and its parts as distances; number: 2 to 7."""
    p = mirrored(p)
    m = _Measures(
        number=number,
        wall=size.depth_mm / 2,
        half_canal=size.canal_width_mm / 2,
        canal_depth=size.canal_depth_mm,
        half_height=size.height_mm / 2,
        half_width=size.upper_width_mm / 2,
    )
    parts = {
        "body": _body(p, size, m),
        "pedicle": _pedicle(p, size, m),
        "lamina": _lamina(p, m),
        "spinous": _spinous(p, size, m),
        "transverse": _transverse(p, size, m),
        "articular": _pillar(p, m),
    }
    whole = smooth_min(parts["body"], parts["pedicle"], 2.0)
    whole = smooth_min(whole, parts["articular"], 1.5)
    whole = smooth_min(whole, parts["lamina"], 2.0)
    whole = smooth_min(whole, parts["spinous"], 2.5)
    whole = smooth_min(whole, parts["transverse"], 1.5)
    artery = np.hypot(p[..., 0] - m.half_width - 4.6, p[..., 1] - 1.2) - 2.6
    whole = smooth_max(whole, -artery, 0.8)
    half = m.canal_depth / 2
    x, y = p[..., 0] / m.half_canal, (p[..., 1] - m.wall - half) / half
    canal = ((np.abs(x) ** 2.2 + np.abs(y) ** 2.2) ** (1 / 2.2) - 1) * half
    return smooth_max(whole, -canal, 0.8), parts


def _body(p: Points, size: Dimensions, m: _Measures) -> Field:
    if m.number > 2:
        return body(p, size, CERVICAL)
    top = m.half_height
    dens = smooth_min(
        round_cone(
            p, (0, -1.0, 0.6 * top), (0, -1.6, top + 8), 6.4, 5.5, ((0, 1, 0), 1.05)
        ),
        round_cone(p, (0, -1.6, top + 8), (0, -0.8, top + 13.5), 5.3, 4.0),
        2,
    )
    return smooth_min(body(p, size, AXIS), dens, 3)


def _pedicle(p: Points, size: Dimensions, m: _Measures) -> Field:
    x, y = m.pillar
    return round_cone(
        p,
        (m.half_width - 1.5, m.wall - 3.6, 0.8),
        (x - 3, y - 2, 0.8),
        size.pedicle_height_mm / 2,
    )


def _pillar(p: Points, m: _Measures) -> Field:
    """Return the column between the two facets; both slope down and back."""
    cx, cy = m.pillar
    x, y, z = p[..., 0], p[..., 1], p[..., 2]
    sheared = z + (y - cy) * np.float32(FACET_SLOPE) - np.float32(0.6)
    radius = (np.abs((x - cx) / 6.4) ** 2.6 + np.abs((y - cy) / 6.2) ** 2.6) ** (
        1 / 2.6
    )
    lids = np.abs(sheared) - (m.half_height + 1.9) + 0.9 * np.clip(radius, 0, 1) ** 4
    slant = np.float32(np.cos(np.arctan(FACET_SLOPE)))
    pillar = smooth_max(lids * slant, (radius - 1) * np.float32(6.0), 2.4)
    if m.number > 2:
        return pillar
    shoulder = ellipsoid(
        p, (m.half_canal + 4.0, 0.5, m.half_height - 1.0), (8.6, 9.0, 5.6)
    )
    return smooth_min(smooth_max(pillar, z - 2, 1.5), shoulder, 4)


def _lamina(p: Points, m: _Measures) -> Field:
    x, y = m.pillar
    start = np.array([x - 2, y + 4.5, -1.5])
    end = np.array([0, m.arch + 1.6, -3.5])
    thick, tall = (1.9, 0.84 * m.half_height) if m.number > 2 else (2.8, 7.0)
    half = (float(np.linalg.norm(end - start)) / 2 + 1.0, thick, tall)
    return rounded_box(p, (start + end) / 2, half, 1.5, axes_along(end - start))


def _spinous(p: Points, size: Dimensions, m: _Measures) -> Field:
    """Return the process: bifid down to C6, long and single in C7."""
    drop = np.deg2rad(size.spinous_drop_deg)
    start = np.array([0, m.arch + 1.2, -3.4])
    length = size.spinous_length_mm - m.canal_depth - 1.2
    tip = start + length * np.array([0, np.cos(drop), -np.sin(drop)])
    near, far = {2: (6.6, 6.6), 6: (4.8, 4.3), 7: (5.6, 5.2)}.get(m.number, (4.6, 3.8))
    shape = round_cone(
        p, start, tip - [0, 0.8 * far, 0], near, far, flat=((1, 0, 0), near / 2.1)
    )
    if m.number == 7:
        knob = round_cone(p, tip - [0, 4.5, 0], tip - [0, 3.4, 0.8], 3.4, 3.6)
        return smooth_min(shape, knob, 2.5)
    axis = m.number == 2
    fork = round_cone(
        p,
        tip - [0, 1.9 * far, 0],
        tip + [5.0 if axis else 3.6, -0.6 * far, -1.6],
        4.0 if axis else 2.9,
        3.6 if axis else 2.4,
    )
    return smooth_min(shape, fork, 2)


def _transverse(p: Points, size: Dimensions, m: _Measures) -> Field:
    x, y = m.pillar
    end = size.transverse_span_mm / 2
    front = round_cone(
        p, (m.half_width - 1, -0.5, 0.5), (end - 3.5, -4.6, -5.2), 2.9, 2.3
    )
    back = round_cone(p, (x + 2, y - 3.2, 0.5), (end - 2.2, 1.2, -6.4), 3.1, 2.5)
    shape = smooth_min(front, back, 2)
    if m.number < 7:
        return shape
    rib_like = round_cone(p, (x + 2, y - 3, 0), (end - 3, 5, 0), 4.6, 3.8)
    return smooth_min(shape, rib_like, 2)


_POSTERIOR_ARCH = (
    ((19, 9, 0), 3.2),
    ((17, 19, 0.5), 3.3),
    ((11, 28, 0), 3.5),
    ((4, 32.5, -0.6), 3.9),
    ((0, 33.6, -1), 4.6),
)


def atlas(p: Points) -> tuple[Field, dict[str, Field]]:
    """Return the ring of C1 and its parts; its anterior arch stands for the body."""
    p = mirrored(p)
    socket = sphere(p, (17, 1, 17), 11.5)
    mass = smooth_max(ellipsoid(p, (19.5, 2, 0), (8.8, 11, 9.5)), -socket, 2)
    front = smooth_min(
        round_cone(p, (0, -10.2, 0), (9, -8.4, 0), 3.6, 3.2, ((0, 1, 0), 1.15)),
        round_cone(p, (9, -8.4, 0), (16, -3.5, 0), 3.2, 4.0),
        2,
    )
    front = smooth_min(front, ellipsoid(p, (0, -12.6, -0.6), (3.4, 2.6, 4.2)), 2)
    arch = np.minimum.reduce(
        [
            round_cone(p, a, b, ra, rb, ((0, 1, 0), 1.2))
            for (a, ra), (b, rb) in pairwise(_POSTERIOR_ARCH)
        ]
    )
    parts = {
        "body": front,
        "pedicle": mass + np.float32(9),
        "lamina": arch,
        "spinous": round_cone(p, (0, 33, -1), (0, 35.4, -1.2), 4.3, 3.6),
        "transverse": round_cone(p, (24, 4, -1), (37, 6, -1.5), 5.4, 4.2),
        "articular": mass,
    }
    whole = smooth_min(mass, front, 2)
    whole = smooth_min(whole, smooth_min(arch, parts["transverse"], 2), 2.5)
    whole = smooth_min(whole, parts["spinous"], 2)
    artery = np.hypot(p[..., 0] - 29, p[..., 1] - 4) - 2.5
    return smooth_max(whole, -artery, 0.8), parts
