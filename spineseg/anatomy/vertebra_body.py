"""The vertebral body: a waisted kidney with a concave upper and lower end-plate.

Local frame of a vertebra: x left, y posterior, z up, origin at the centre of the body.
Shape numbers (waist, kidney, concavity) were fitted by eye within the ranges of the
end-plate literature: concavity 1.5 to 2.0 mm above, 2.3 to 2.8 mm below in the lumbar
spine, apex behind the centre of the lower plate.
"""

from dataclasses import dataclass

import numpy as np

from spineseg.anatomy.sdf import (
    Field,
    Points,
    ellipsoid,
    smooth_max,
    smooth_step,
)
from spineseg.anatomy.tables import Dimensions


@dataclass(frozen=True)
class BodyStyle:
    """How the bodies of one region look.

    roundness: exponent of the cross-section (2 ellipse, higher boxier). waist: share
    of the width lost at mid height. kidney: how far the posterior wall is hollowed.
    upper_dip_mm, lower_dip_mm: depth of the end-plates. edge_mm: radius of the rims.
    uncus_mm: rise of the lateral rims (cervical).
    """

    roundness: float
    waist: float
    kidney: float
    upper_dip_mm: float
    lower_dip_mm: float
    edge_mm: float
    uncus_mm: float = 0.0


CERVICAL = BodyStyle(3.0, 0.06, 0.05, 0.6, 1.0, 1.6, uncus_mm=3.4)
AXIS = BodyStyle(3.0, 0.06, 0.05, 0.6, 1.0, 1.6)
THORACIC = BodyStyle(2.35, 0.075, 0.11, 0.9, 1.1, 2.2)
LUMBAR = BodyStyle(2.45, 0.085, 0.10, 1.9, 2.7, 2.0)
LAST_LUMBAR = BodyStyle(2.45, 0.085, 0.03, 1.9, 2.5, 2.0)

_RIM = 0.86
"""Where the flat ring apophysis ends, as a share of the radius."""


def body(p: Points, size: Dimensions, style: BodyStyle) -> Field:
    """Return the distance to the body (near its surface)."""
    z = p[..., 2]
    height = _height_at(p[..., 1], size)
    rise = np.clip(2 * z / height, -1.3, 1.3)
    radius, across, reach = _cross_section(p, size, style, rise)
    top, bottom = _end_plates(height, radius, across, style)
    if style.uncus_mm or style is AXIS:
        top, bottom = _cervical_rims(top, bottom, across, style)
    lid = smooth_max(z - top, bottom - z, 1.0)
    shape = smooth_max(lid, (radius - 1) * reach, style.edge_mm)
    return smooth_max(shape, -_vein(p, size, style), 1.0)


def _height_at(y: Field, size: Dimensions) -> Field:
    """Return the height, linear from the front to the back of the body."""
    half = size.depth_mm / 2
    share = np.clip((y + half) / (2 * half), -0.2, 1.2)
    front, back = size.anterior_height_mm, size.posterior_height_mm
    return front + (back - front) * share


def _cross_section(
    p: Points, size: Dimensions, style: BodyStyle, rise: Field
) -> tuple[Field, tuple[Field, Field], Field]:
    """Return the relative radius, the relative x and y, and the shorter half axis."""
    hollow = 1 - np.minimum(rise * rise, 1)
    up = (rise + 1) / 2
    width = size.lower_width_mm + (size.upper_width_mm - size.lower_width_mm) * up
    depth = size.lower_depth_mm + (size.upper_depth_mm - size.lower_depth_mm) * up
    half_width = width / 2 * (1 - 1.25 * style.waist * hollow)
    front = -depth / 2 * (1 - 1.7 * style.waist * hollow)
    back = depth / 2 * (1 - 0.55 * style.waist * hollow)
    half_depth = (back - front) / 2
    x = p[..., 0] / half_width
    y = (p[..., 1] - (back + front) / 2) / half_depth
    y = y + style.kidney * np.maximum(y, 0) * np.clip(1 - 1.4 * x * x, 0, 1)
    if style is THORACIC:  # heart-shaped: narrower in front
        x = x * (1 + 0.10 * np.maximum(-y, 0))
    n = style.roundness
    radius = (np.abs(x) ** n + np.abs(y) ** n) ** (1 / n)
    return radius, (x, y), np.minimum(half_width, half_depth)


def _end_plates(
    height: Field, radius: Field, across: tuple[Field, Field], style: BodyStyle
) -> tuple[Field, Field]:
    """Return the heights of the two end-plates over the mid plane."""
    dip = np.clip(1 - (radius / _RIM) ** 2, 0, 1)
    apex = np.clip(1 + 0.55 * across[1], 0.3, 1.6)
    top = height / 2 - style.upper_dip_mm * dip
    return top, -height / 2 + style.lower_dip_mm * dip * apex


def _cervical_rims(
    top: Field, bottom: Field, across: tuple[Field, Field], style: BodyStyle
) -> tuple[Field, Field]:
    """Return the plates with uncinate processes, anterior slope and anterior lip."""
    x, y = np.abs(across[0]), across[1]
    uncus = smooth_step(x, 0.55, 0.95) * np.clip(0.6 + 0.6 * y, 0, 1)
    top = top + style.uncus_mm * uncus - 1.0 * smooth_step(-y, 0.3, 1)
    saddle = 0.8 * np.clip(1 - y * y, 0, 1) + 1.2 * smooth_step(x, 0.6, 1)
    return top, bottom - 1.3 * smooth_step(-y, 0.45, 1) + saddle


def _vein(p: Points, size: Dimensions, style: BodyStyle) -> Field:
    """Return the exit of the basivertebral vein in the middle of the back wall."""
    wall = size.depth_mm / 2 * (1 - 0.55 * style.waist) * (1 - 0.6 * style.kidney)
    wide = size.upper_width_mm / 10
    return ellipsoid(p, (0, wall + 0.3, 0), (wide, 2.0, 0.10 * size.height_mm))
