"""What the body is made of: closed parts, their material, and what carries them.

A part is built once in the canonical pose (neutral adult, world millimetres) and is
later carried with a patient's spine, see :mod:`spineseg.anatomy.body.carry`.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spineseg.anatomy.mesh import surface_nets
from spineseg.anatomy.scene import Mesh
from spineseg.anatomy.sdf import Shape, grid_points, unit_field
from spineseg.anatomy.spine import Frame
from spineseg.anatomy.sweep import profile, spline, tube

Array = NDArray[np.float64]
Vector = tuple[float, float, float]


@dataclass(frozen=True)
class Material:
    """Change of (soft, cortical, trabecular, metal) on entering a surface.

    jump: the change itself.  per_fraction: what is added to it for each unit of the
    patient's bone fraction of spongiosa.
    """

    jump: tuple[float, float, float, float]
    per_fraction: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)

    def __mul__(self, factor: float) -> "Material":
        a, b, c, d = (factor * v for v in self.jump)
        e, f, g, h = (factor * v for v in self.per_fraction)
        return Material((a, b, c, d), (e, f, g, h))


CORTEX = Material((-1, 1, 0, 0))
MARROW = Material((1, -1, 1, 0), (-1, 1, 0, 0))
"""From compact bone into spongiosa: f of it is bone, the rest is marrow."""
FADE = Material((0, 0, -1, 0), (1, -1, 0, 0))
"""From spongiosa into soft tissue, where bone ends without an edge."""
TITANIUM = Material((-1, 0, 0, 1))
GAS = Material((-0.97, 0, 0, 0))
LUNG = Material((-0.73, 0, 0, 0))


def soft(change: float) -> Material:
    """Return tissue that differs from muscle by a fraction (fat is -0.115)."""
    return Material((change, 0, 0, 0))


def chalk(amount: float) -> Material:
    """Return tissue in which ``amount`` of the volume is calcified."""
    return Material((-amount, amount, 0, 0))


@dataclass(frozen=True)
class Part:
    """One closed surface in the canonical pose and when and how it is used.

    carrier: ``"spine"`` follows the column by height, ``"skin"`` too but calmer,
    ``"pelvis"`` is rigid with the sacrum, ``"skull"`` with the atlas,
    ``"shoulder"`` with T2 and the posture of the arms; ``"thigh"`` hangs from the hip.
    girth: how much it moves outwards with fat (skin 1, bones 0).
    ages: years at which a patient has it.  family, variant: of parts of the same
    family a patient has those of one variant.  sex: "" for both.
    """

    mesh: Mesh
    structure: str
    material: Material
    carrier: str = "spine"
    girth: float = 0.0
    ages: tuple[float, float] = (0.0, 200.0)
    family: str = ""
    variant: int = 0
    sex: str = ""


@dataclass(frozen=True)
class Places:
    """Where things are in the canonical pose, and how finely to build them.

    frames: of C1 to L5 and S1 (centre of its end-plate).  detail_mm: edge length
    that a picture can show; 2 suits 480 pixels, 0.8 the native resolution.
    """

    frames: Mapping[str, Frame]
    detail_mm: float = 2.0

    def at(self, level: str, x: float = 0, y: float = 0, z: float = 0) -> Array:
        """Return a world point at an offset in world directions from a level."""
        return self.frames[level].origin_mm + (x, y, z)

    def within(self, level: str, x: float = 0, y: float = 0, z: float = 0) -> Array:
        """Return a world point at an offset in the level's own axes."""
        return self.frames[level].to_world((x, y, z))

    def steps(self, length_mm: float, per_mm: float = 2.0) -> int:
        """Stations for a path of this length; ``per_mm`` units of detail each."""
        return int(np.clip(length_mm / (per_mm * self.detail_mm), 6, 160))

    def around(self, radius_mm: float) -> int:
        """Points around a section of this radius."""
        return int(np.clip(2 * np.pi * radius_mm / (2.4 * self.detail_mm), 7, 48))

    def spacing(self, mm: float) -> float:
        """Grid spacing that is ``mm`` at 2 mm detail and finer for finer pictures."""
        return mm * float(np.clip(self.detail_mm / 2, 0.5, 1.0))

    def solid(self, shape: Shape, low: ArrayLike, high: ArrayLike, mm: float) -> Mesh:
        """Mesh a signed distance; ``mm`` is the spacing at 2 mm detail."""
        return self.shells(shape, low, high, mm, [0.0])[0]

    def shells(
        self,
        shape: Shape,
        low: ArrayLike,
        high: ArrayLike,
        mm: float,
        depths_mm: Iterable[float],
        *,
        unit: bool = True,
    ) -> list[Mesh]:
        """Mesh several level sets of one field, each ``depth`` below the surface.

        unit: make the field rise by one a millimetre first. Not for thin plates: its
        slope vanishes on their middle and the division would tear holes.
        """
        spacing = self.spacing(mm)
        field = shape(grid_points(low, high, spacing)).astype(np.float32)
        if unit:
            field = unit_field(field, spacing)
        return [surface_nets(field + np.float32(d), low, spacing) for d in depths_mm]


def shell_bone(
    places: Places,
    shape: Shape,
    box: tuple[ArrayLike, ArrayLike],
    structure: str,
    *,
    spacing_mm: float,
    cortex_mm: float,
    unit: bool = True,
    density: float = 1.0,
    carrier: str = "spine",
) -> list[Part]:
    """Return a bone with a cortex of constant thickness from its signed distance."""
    depths = [0.0, cortex_mm]
    outer, inner = places.shells(shape, *box, spacing_mm, depths, unit=unit)
    return [
        Part(outer, structure, CORTEX * density, carrier),
        Part(inner, structure, MARROW * density, carrier),
    ]


def long_bone(
    places: Places,
    control: ArrayLike,
    side_mm: ArrayLike,
    up_mm: ArrayLike,
    structure: str,
    *,
    cortex_mm: ArrayLike = 1.2,
    up: ArrayLike = (0, 0, 1),
    exponent: float = 2.0,
    carrier: str = "spine",
) -> list[Part]:
    """Return a bone swept along a curve: compact outside, spongy inside."""
    control = np.asarray(control, float)
    length = float(np.linalg.norm(np.diff(control, axis=0), axis=1).sum())
    n = places.steps(length, 2.6)
    a, b = profile(side_mm, n), profile(up_mm, n)
    path, cortex = spline(control, n), profile(cortex_mm, n)
    m = places.around(float(max(a.max(), b.max())))
    outer = tube(path, a, b, up, around=m, exponent=exponent)
    k = max(1, round(float(cortex[0]) / length * (n - 1)))
    inside = slice(k, n - k)
    inner = tube(
        path[inside],
        np.maximum(a - cortex, 0.25)[inside],
        np.maximum(b - cortex, 0.25)[inside],
        up,
        around=m,
        exponent=exponent,
    )
    return [
        Part(outer, structure, CORTEX, carrier),
        Part(inner, structure, MARROW, carrier),
    ]


def mirror(points: ArrayLike, side: int) -> Array:
    """Return points of the left side for ``side`` +1, mirrored in x for -1."""
    return np.asarray(points, float) * np.array([side, 1.0, 1.0])


def both_sides(build: Callable[[int], list[Part]]) -> list[Part]:
    """Return the parts of the left (+1) and of the right side (-1)."""
    return build(1) + build(-1)


SIDE = {1: "left", -1: "right"}
