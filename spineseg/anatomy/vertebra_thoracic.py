"""Thoracic vertebrae: heart-shaped body, steep spinous process, frontal facets."""

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
)
from spineseg.anatomy.tables import Dimensions
from spineseg.anatomy.vertebra_body import THORACIC, body


@dataclass(frozen=True)
class _Measures:
    number: int
    wall: float
    half_canal: float
    canal_depth: float
    pedicle_x: float
    pedicle_z: float
    half_height: float

    @property
    def arch(self) -> float:
        return self.wall + self.canal_depth


def thoracic(
    p: Points, size: Dimensions, number: int
) -> tuple[Field, dict[str, Field]]:
    """Return the whole and its parts as distances; number: 1 to 12."""
    p = mirrored(p)
    m = _Measures(
        number=number,
        wall=size.depth_mm / 2,
        half_canal=size.canal_width_mm / 2,
        canal_depth=size.canal_depth_mm,
        pedicle_x=(size.canal_width_mm + size.pedicle_width_mm) / 2 - 0.8,
        pedicle_z=(size.height_mm - size.pedicle_height_mm) / 2 - 0.8,
        half_height=size.height_mm / 2,
    )
    parts = {
        "body": body(p, size, THORACIC),
        "pedicle": _pedicle(p, size, m),
        "lamina": _lamina(p, m),
        "spinous": _spinous(p, size, m),
        "transverse": _transverse(p, size, m),
        "articular": _articular(p, m),
    }
    whole = smooth_min(parts["body"], parts["pedicle"], 2.5)
    whole = smooth_min(whole, parts["articular"], 2.0)
    whole = smooth_min(whole, parts["lamina"], 2.5)
    whole = smooth_min(whole, parts["spinous"], 3.0)
    whole = smooth_min(whole, parts["transverse"], 3.0)
    half = m.canal_depth / 2
    around = np.hypot(p[..., 0] / m.half_canal, (p[..., 1] - m.wall - half) / half)
    canal = (around - 1) * min(m.half_canal, half)
    return smooth_max(whole, -canal, 1.0), parts


def _pedicle(p: Points, size: Dimensions, m: _Measures) -> Field:
    radius = size.pedicle_height_mm / 2
    return round_cone(
        p,
        (m.pedicle_x - 2.5, m.wall - 4.5, m.pedicle_z),
        (m.pedicle_x + 0.5, m.wall + 0.62 * m.canal_depth, m.pedicle_z + 0.5),
        radius,
        0.95 * radius,
        flat=((1, 0, 0), size.pedicle_height_mm / size.pedicle_width_mm),
    )


def _lamina(p: Points, m: _Measures) -> Field:
    """Return a broad plate that overlaps the next one like a roof tile."""
    centre = (0.52 * m.half_canal, m.arch + 0.8, -2.2)
    sloped = p.copy()
    sloped[..., 1] += 0.13 * (p[..., 2] - centre[2])
    return rounded_box(
        sloped,
        centre,
        (0.62 * m.half_canal + 2.5, 2.6, 1.04 * m.half_height + 1),
        2.0,
        axes_along((-0.95 * m.half_canal, 5.0, -1.5)),
    )


def _spinous(p: Points, size: Dimensions, m: _Measures) -> Field:
    drop = np.deg2rad(size.spinous_drop_deg)
    start = np.array([0, m.arch + 1.5, -3.0])
    length = size.spinous_length_mm - m.canal_depth - 1.5
    tip = start + length * np.array([0, 0.98 * np.cos(drop), -np.sin(drop)])
    middle = (start + tip) / 2
    low = m.number >= 10
    half = 6.6 if low else 5.6
    root = round_cone(
        p,
        start - [0, 0, 1],
        middle,
        1.15 * half,
        0.85 * half,
        flat=((1, 0, 0), half / 2.3),
    )
    end = round_cone(
        p,
        middle,
        tip,
        0.85 * half,
        half if low else 4.6,
        flat=((1, 0, 0), half / 3.1),
    )
    knob = round_cone(p, tip - [0, 1.5, -1.5], tip - [0, 0.5, 1.5], 3.1, 3.4)
    return smooth_min(smooth_min(root, end, 3), knob, 2.5)


def _transverse(p: Points, size: Dimensions, m: _Measures) -> Field:
    """Return a club that points back, less so in each lower vertebra."""
    back = float(np.clip((12.5 - m.number) / 12, 0.12, 1))
    end = np.array(
        [
            size.transverse_span_mm / 2 - 4.2,
            m.wall + 0.85 * m.canal_depth + 9 * back,
            4.5,
        ]
    )
    slender = m.number >= 11
    shaft = round_cone(
        p,
        (m.pedicle_x + 1, m.wall + 0.7 * m.canal_depth, 2),
        end,
        5.2,
        3.6 if slender else 4.2,
        flat=((0, 0.4, 1), 1.0),
    )
    if slender:
        return shaft
    club = round_cone(p, end - [2, 0.5, 1.2], end + [0, 0.3, 0.8], 4.8, 5.0)
    return smooth_min(shaft, club, 2.5)


def _articular(p: Points, m: _Measures) -> Field:
    upper = round_cone(
        p,
        (m.pedicle_x + 0.2, m.wall + 0.72 * m.canal_depth, m.pedicle_z + 2),
        (m.pedicle_x - 1.2, m.wall + 0.80 * m.canal_depth, m.half_height + 6),
        5.6,
        4.2,
        flat=((0.15, 1, 0.15), 1.75),
    )
    lower = round_cone(
        p,
        (0.75 * m.half_canal, m.arch + 0.8, -0.4 * m.half_height),
        (
            0.72 * m.half_canal + 1,
            m.wall + 0.98 * m.canal_depth + 0.6,
            -m.half_height - 5.5,
        ),
        5.6,
        4.4,
        flat=((0.15, 1, 0.1), 1.75),
    )
    return smooth_min(upper, lower, 2)
