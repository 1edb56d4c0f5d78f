"""The contract between anatomy and magnetic resonance: ordered closed tissue regions.

A patient is a list of closed meshes in the order in which they are laid down; a later
region replaces what lies under it. Background fat comes first, then muscles, vessels
and bowel, discs and ligaments, the canal and what it holds, and the bones last.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spineseg.anatomy.mesh import joined
from spineseg.anatomy.scene import Mesh

Mixture = Mapping[str, float]
"""Shares of elementary tissues, by the names of the relaxation table."""

TEXTURES = ("marrow", "fine", "streak", "septa", "fibre", "blotch", "patch")
"""Patterns that imaging lays over a region, by name.

marrow: cloudy grain of 1 to 4 mm; fine: grain below a millimetre; streak: thin
strands along the muscles; septa: a net of thin walls between lobules of fat; fibre:
stripes across an interspinous ligament; blotch: clouds of a centimetre; patch:
large areas with sharp borders, two thirds of the whole.
"""

AXIAL_LABELS = {"body_or_disc": 1, "canal": 2, "lamina": 3}
"""Classes of the axial data set."""

CANAL_LABEL = 100
DISC_LABEL = 200
PARTIAL_LABEL = 100
"""Labels of the sagittal data set: L5 is 1, its lower disc 201, the canal 100; a
vertebra that the picture cuts is its number plus 100."""


@dataclass(frozen=True)
class Grain:
    """Multiply the signal by 1 + ``amount`` x texture (of unit deviation)."""

    texture: str
    amount: float


@dataclass(frozen=True)
class Streaks:
    """Replace ``share`` x texture (between 0 and 1) of the region by a mixture."""

    texture: str
    share: float
    mixture: Mixture


@dataclass(frozen=True)
class Cut:
    """A convex part of space that bears its own label: rows of ``n . x <= d``."""

    label: int
    planes: NDArray[np.float64]


@dataclass(frozen=True)
class Region:
    """One closed body of one tissue mixture.

    name: what it is, for example ``"nucleus L4"``.  mesh: one closed mesh or several
    that do not overlap.  sagittal, axial: label where it fills more than half of a
    voxel; 0 clears, None leaves what was there.  cuts: parts of the region with other
    axial labels.  grain, streaks: textures.  pulse: how strongly its signal beats
    with the heart, between 0 and 1.  inside: another body that the region is kept to.
    """

    name: str
    mesh: Mesh
    mixture: Mixture
    sagittal: int | None = None
    axial: int | None = None
    cuts: tuple[Cut, ...] = ()
    grain: Grain | None = None
    streaks: Streaks | None = None
    pulse: float = 0.0
    inside: Mesh | None = None


def marrow(age_years: float, density: float = 0.80) -> dict[str, float]:
    """Marrow of a vertebral body as water, fat and the bone between them.

    Fat grows from 35 % at 25 years to 60 % at 70 (textbook range, kept inside 20 to
    70 %). ``density`` is the share that is not trabecular bone.
    """
    share = float(np.clip(0.35 + (age_years - 25.0) * 0.25 / 45.0, 0.20, 0.70))
    return {
        "red_marrow": density * (1.0 - share),
        "fat": density * share,
        "cortical_bone": 1.0 - density,
    }


def merged(name: str, regions: list[Region]) -> Region:
    """Join regions of one tissue into one, which costs imaging a single pass."""
    return replace(regions[0], name=name, mesh=joined(r.mesh for r in regions))


def half_spaces(
    origin_mm: ArrayLike, axes: ArrayLike, bounds: Mapping[str, tuple[float, float]]
) -> NDArray[np.float64]:
    """Planes of a box in a local frame, as (k, 4) rows of normal and offset.

    Args:
        origin_mm: (3,) origin of the frame.
        axes: (3, 3), rows are the frame's x, y and z directions.
        bounds: lowest and highest value for some of ``"x"``, ``"y"``, ``"z"``.
    """
    origin, rows = np.asarray(origin_mm, float), []
    for axis, (low, high) in bounds.items():
        direction = np.asarray(axes, float)["xyz".index(axis)]
        at = float(direction @ origin)
        rows.append([*direction, at + high])
        rows.append([*-direction, -(at + low)])
    return np.array(rows)
