"""The sacrum: five fused bodies on a curved midline, wings, foramina, crest, coccyx.

Frame of S1: origin at the centre of the first sacral end-plate, z along its normal, so
that the bone hangs below z = 0; y posterior. Sizes are those of the mean adult.
"""

import numpy as np

from spineseg.anatomy.sdf import (
    Field,
    Points,
    ellipsoid,
    mirrored,
    round_cone,
    rounded_box,
    smooth_max,
    smooth_min,
)

LOW_MM, HIGH_MM = (-64.0, -26.0, -134.0), (64.0, 72.0, 22.0)
"""The box that holds the bone."""

# height, midline y, half width and half depth of the fused bodies, from S1 down
_Z = np.array([0, -28, -53, -73, -90, -104.0])
_MIDLINE = np.array([0, 8, 21, 31, 33, 27.0])
_HALF_WIDTH = np.array([24.5, 21, 18, 15, 12, 8.0])
_HALF_DEPTH = np.array([16.5, 12, 9.5, 7.5, 6, 4.5])
# height, x, y of the four pairs of foramina
_FORAMINA = ((-28, 21, 8), (-53, 19, 21), (-73, 17, 30), (-88, 15, 33))


def _along(z: Field, heights: np.ndarray, values: np.ndarray) -> Field:
    return np.interp(z, heights[::-1], np.asarray(values)[::-1]).astype(np.float32)


def sacrum(p: Points) -> Field:
    """Return the distance to the sacrum with its coccyx."""
    q = mirrored(p)
    whole = smooth_min(_bodies(p), _wings(q), 7)
    whole = smooth_min(whole, _arch(q), 5)
    whole = smooth_min(whole, _facets(q), 3)
    for z, x, y in _FORAMINA:
        hole = round_cone(q, (x, y - 16, z - 3), (x - 2, y + 26, z - 2), 5.2, 4.2)
        whole = smooth_max(whole, -hole, 1.5)
    whole = smooth_max(whole, -_canal(q), 1.2)
    for z, y, wide, deep in ((-28, 7.5, 15, 10), (-53, 20.5, 11, 7)):
        disc = ellipsoid(q, (0, y, z), (wide, deep, 2.0))
        whole = smooth_max(whole, -disc, 0.8)
    return np.minimum(whole, _coccyx(q))


def _bodies(p: Points) -> Field:
    x, z = np.abs(p[..., 0]), p[..., 2]
    wide, deep = _along(z, _Z, _HALF_WIDTH), _along(z, _Z, _HALF_DEPTH)
    y = (p[..., 1] - _along(z, _Z, _MIDLINE)) / deep
    radius = ((x / wide) ** 2.4 + np.abs(y) ** 2.4) ** (1 / 2.4)
    side = (radius - 1) * np.minimum(wide, deep)
    dish = z + 1.0 * np.clip(1 - radius, 0, 1)
    return smooth_max(side, smooth_max(dish, -105 - z, 2), 2.5)


def _wings(q: Points) -> Field:
    """Return the alae: thick in front above, thin and drawn in below S3."""
    x, y, z = q[..., 0], q[..., 1], q[..., 2]
    depths = -np.array([-8, 5, 18, 36, 52, 70, 95, 110.0])
    edge = _along(z, depths, np.array([28, 43, 51.5, 53, 46, 33, 21, 12.0]))
    thick = _along(
        z, -np.array([0, 20, 40, 65, 95.0]), np.array([12.5, 15.5, 14, 9, 6.0])
    )
    centre = _along(z, _Z, _MIDLINE) + _along(
        z, -np.array([0, 30, 60, 95.0]), np.array([8, 7, 3, 0.0])
    )
    centre = centre + 0.10 * (x - 20)
    plate = np.abs(y - centre) - thick * (1 - 0.25 * np.clip((x - 20) / 35, 0, 1))
    # the auricular surface faces outwards and slightly back
    lateral = x - edge + 0.16 * (y - centre)
    roof = z + 4 + 0.34 * np.maximum(x - 20, 0) - 0.004 * np.maximum(x - 20, 0) ** 2
    wing = smooth_max(smooth_max(plate, lateral, 6), roof, 7)
    return smooth_max(wing, -96 - z, 4)


def _arch(q: Points) -> Field:
    """Return laminae and the three crests with their bumps."""
    lamina = round_cone(q, (25, 20, -6), (10, 32, -14), 6, 5)
    median = round_cone(q, (0, 36, -14), (0, 52, -62), 6, 4.5, ((1, 0, 0), 1.35))
    side = round_cone(q, (15, 30, -20), (10, 46, -80), 7, 5, ((0, 0.9, 0.4), 1.6))
    arch = smooth_min(smooth_min(lamina, median, 6), side, 6)
    for z, y in ((-20, 42), (-40, 49), (-59, 54)):  # fused spinous processes
        arch = smooth_min(arch, ellipsoid(q, (0, y, z), (3.4, 5.0, 6.5)), 3)
    return arch


def _facets(q: Points) -> Field:
    base = round_cone(q, (27, 22, -12), (25.3, 26.5, -2), 7, 6.6)
    blade = round_cone(
        q, (25.3, 26.8, -3), (25.3, 27, 8), 7.2, 5, ((0.6, -0.8, 0), 1.7)
    )
    return smooth_min(base, blade, 3)


def _canal(q: Points) -> Field:
    z = q[..., 2]
    behind = _along(z, _Z, _HALF_DEPTH) + _along(z, _Z, np.array([8, 7, 6, 5, 4, 4.0]))
    wide = _along(z, _Z, np.array([13.5, 11.5, 9, 7, 5, 3.0]))
    deep = _along(z, _Z, np.array([8, 6.5, 5, 4, 3, 2.0]))
    y = q[..., 1] - _along(z, _Z, _MIDLINE) - behind
    return (np.hypot(q[..., 0] / wide, y / deep) - 1) * 5


def _coccyx(q: Points) -> Field:
    """Return three small bones below the apex, curving forwards."""
    first = rounded_box(q, (0, 23.5, -109.5), (8, 3.2, 4.0), 2.4)
    second = rounded_box(q, (0, 17.5, -119.0), (5, 2.8, 3.6), 2.2)
    third = ellipsoid(q, (0, 10.5, -126.5), (3.4, 3.0, 3.6))
    return np.minimum(np.minimum(first, second), third)
