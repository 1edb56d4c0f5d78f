"""The contract between anatomy and imaging: closed surfaces with what changes on them.

World coordinates are those of DICOM patients, in millimetres: x to the patient's
left, y to the back (posterior), z to the head (superior).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MATERIALS = ("soft", "cortical", "trabecular", "metal")
"""Basis materials of a radiograph, in the order of the columns of ``jumps``.

soft: muscle-equivalent tissue (fat and lung are fractions of it, gas is minus one);
cortical: compact bone of 1.92 g/cm3; trabecular: the part of a path that lies in
spongiosa, which carries texture but attenuates nothing by itself; metal: titanium.
"""


@dataclass(frozen=True)
class Mesh:
    """A triangle mesh; closed and oriented outwards unless a function says otherwise.

    vertices: (n, 3) float32, mm.  triangles: (m, 3) int32, counter-clockwise seen
    from outside.
    """

    vertices: NDArray[np.float32]
    triangles: NDArray[np.int32]


@dataclass(frozen=True)
class Surface:
    """A closed mesh and the change of each basis material on entering it.

    structure: what it belongs to, e.g. ``"L4"``, ``"sacrum"``, ``"rib_7_left"``.
    part: per-triangle index into :data:`PARTS` (bones), or None.
    jump: (4,) float32 in the order of :data:`MATERIALS`.
    """

    mesh: Mesh
    structure: str
    jump: NDArray[np.float32]
    part: NDArray[np.uint8] | None = None


PARTS = ("body", "pedicle", "lamina", "spinous", "transverse", "articular")
"""Parts of a vertebra, in the order of their indices in ``Surface.part``."""


@dataclass(frozen=True)
class Scene:
    """All surfaces of one patient as flat arrays, ready for the rasteriser.

    vertices: (n, 3) float32, mm, world.  triangles: (m, 3) int32, outwards.
    surface: (m,) int32, row of ``jumps``, ``structures`` and ``parts`` a triangle
    belongs to.  jumps: (s, 4) float32, change of each material on entering.
    structures: names such as ``"L4"``.  parts: a name of :data:`PARTS`, or None.
    """

    vertices: NDArray[np.float32]
    triangles: NDArray[np.int32]
    surface: NDArray[np.int32]
    jumps: NDArray[np.float32]
    structures: tuple[str, ...]
    parts: tuple[str | None, ...]
