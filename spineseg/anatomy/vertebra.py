"""Any vertebra by its name: shape, parts, box, thickness of its cortex."""

import numpy as np
from numpy.typing import NDArray

from spineseg.anatomy.scene import PARTS
from spineseg.anatomy.sdf import Field, Points, smooth_step
from spineseg.anatomy.tables import DIMENSIONS, Dimensions, check_level
from spineseg.anatomy.vertebra_cervical import atlas, cervical
from spineseg.anatomy.vertebra_lumbar import lumbar
from spineseg.anatomy.vertebra_thoracic import thoracic

# mm, in the order of PARTS. Bodies: 0.25 to 0.45 (Ritzel 1997, Silva 1994), thicker
# in CT; posterior elements at 0.5 to 0.9 read right on radiographs.
_CORTEX_MM = {
    "C": (0.45, 0.55, 0.70, 0.60, 0.26, 0.60),
    "T": (0.38, 0.70, 0.75, 0.60, 0.60, 0.75),
    "L": (0.42, 0.70, 0.80, 0.50, 0.55, 0.90),
}
_END_PLATE_EXTRA_MM = 0.18


def vertebra(
    level: str, p: Points, size: Dimensions | None = None
) -> tuple[Field, dict[str, Field]]:
    """Return the distance to a vertebra and to each of its parts (:data:`PARTS`).

    Raises:
        SpinesegError: if there is no such level.
    """
    check_level(level)
    size = DIMENSIONS[level] if size is None else size
    number = int(level[1:])
    if level == "C1":
        return atlas(p)
    if level[0] == "C":
        return cervical(p, size, number)
    if level[0] == "T":
        return thoracic(p, size, number)
    return lumbar(p, size)


def box_mm(level: str) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return two corners of a box that holds the mean vertebra with room to spare."""
    if level == "C1":
        return (-43.0, -18.0, -14.0), (43.0, 43.0, 14.0)
    size = DIMENSIONS[level]
    below, above = {"C": (12.0, 12.0), "T": (12.0, 10.0), "L": (16.0, 16.0)}[level[0]]
    if level[0] == "T":
        reach = np.sin(np.deg2rad(size.spinous_drop_deg)) * size.spinous_length_mm
        below = max(below, 0.75 * float(reach))
    if level == "C2":
        below, above = 16.0, 21.0
    x, half, wall = (
        size.transverse_span_mm / 2 + 3,
        size.height_mm / 2,
        size.depth_mm / 2,
    )
    return (
        (-x, -wall - 4, -half - below - 2),
        (x, wall + size.spinous_length_mm + 5, half + above + 2),
    )


def cortex_mm(level: str, p: Points, parts: dict[str, Field]) -> Field:
    """Return the thickness of compact bone, blended between the parts near a point."""
    table = np.array(_CORTEX_MM[level[0]], np.float32)
    if level == "C1":
        table = np.full_like(table, 0.7)
    elif level == "C2":
        table = np.maximum(table, 0.6)
    distance = np.stack([np.clip(parts[name], -12, 12) for name in PARTS], axis=-1)
    weight = np.exp(-distance / 1.5)
    weight /= weight.sum(-1, keepdims=True)
    thick = weight @ table
    if level != "C1":  # end-plates are denser than side walls
        quarter = DIMENSIONS[level].height_mm / 2
        plate = smooth_step(np.abs(p[..., 2]), 0.8 * quarter, 0.95 * quarter)
        thick = thick + _END_PLATE_EXTRA_MM * weight[..., 0] * plate
    return thick


def part_of(parts: dict[str, Field]) -> NDArray[np.uint8]:
    """Return the index in :data:`PARTS` of the nearest part."""
    stacked = np.stack([parts[name] for name in PARTS], axis=-1)
    return stacked.argmin(-1).astype(np.uint8)
