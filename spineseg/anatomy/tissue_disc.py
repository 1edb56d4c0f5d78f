"""Intervertebral discs from healthy to extruded, as nested closed lofts.

A disc is a stack of shells from the dark outer annulus to the nucleus. Degeneration
(0 to 1) drains the nucleus, which is what Pfirrmann grades on T2-weighted images
(I, II: bright; III: grey; IV, V: dark), and closes the gap between both.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spineseg.anatomy.scene import Mesh
from spineseg.anatomy.sweep import loft, section
from spineseg.anatomy.tissue import (
    AXIAL_LABELS,
    DISC_LABEL,
    Grain,
    Mixture,
    Region,
)
from spineseg.anatomy.tissue_frames import ABOVE, SpineCurve, thread

Array = NDArray[np.float64]
_SHELLS = 8
_AROUND = 40


@dataclass(frozen=True)
class DiscState:
    """Condition of one disc.

    degeneration: 0 healthy to 1 black.  bulge_mm: how far the whole margin stands out.
    protrusion_mm: a focal hump at the back.  side: where it sits, -1 right to 1 left.
    extrusion_mm: diameter of material that left the disc, 0 for none.  migration_mm:
    how far its tip lies below (-) or above (+) the disc.  fissure: bright spot in the
    posterior annulus.
    """

    degeneration: float = 0.25
    bulge_mm: float = 0.8
    protrusion_mm: float = 0.0
    side: float = 0.0
    extrusion_mm: float = 0.0
    migration_mm: float = 0.0
    fissure: bool = False


def pfirrmann(degeneration: float) -> int:
    """Grade 1 to 5 that a degeneration between 0 and 1 stands for."""
    return int(np.searchsorted([0.12, 0.34, 0.56, 0.8], degeneration, "right")) + 1


def lower_neighbour(level: str) -> str:
    """Name of the vertebra below, or of the sacrum."""
    row = ABOVE.index(level)
    return "S1" if row == 0 else ABOVE[row - 1]


@dataclass(frozen=True)
class _Gap:
    """The two rims that a disc joins: (m, 3) points, and the unit section."""

    above: Array
    below: Array
    unit: Array


def _gap(curve: SpineCurve, level: str, shrink: float, back_mm: float) -> _Gap:
    upper, lower = curve.size(level), lower_neighbour(level)
    unit = section(_AROUND, 2.45)
    dent = np.clip(1 - 1.4 * unit[:, 0] ** 2, 0, 1)  # the back of a disc is hollow
    unit[:, 1] *= 1 - 0.10 * dent * (unit[:, 1] > 0)
    slope = (upper.anterior_height_mm - upper.posterior_height_mm) / (
        2 * upper.depth_mm
    )
    above = _rim(
        curve,
        level,
        unit * shrink * np.array([upper.lower_width_mm, upper.lower_depth_mm]) / 2,
        back_mm,
        -upper.height_mm / 2,
        slope,
    )
    if lower == "S1":
        half = np.array([23.5, 16.5]) * curve.scale
        origin = curve.within("S1", 0, -2.0 * curve.scale, 13.0 * curve.scale)
        axes = curve.axes[curve.names.index("S1")]
        local = unit * shrink * half
        flat = np.stack([local[:, 0], local[:, 1] + back_mm, 0 * local[:, 0]], 1)
        return _Gap(above, origin + flat @ axes, unit)
    size = curve.size(lower)
    slope = -(size.anterior_height_mm - size.posterior_height_mm) / (2 * size.depth_mm)
    half = np.array([size.upper_width_mm, size.upper_depth_mm]) / 2
    below = _rim(curve, lower, unit * shrink * half, back_mm, size.height_mm / 2, slope)
    return _Gap(above, below, unit)


def _rim(
    curve: SpineCurve,
    level: str,
    local: Array,
    back_mm: float,
    z_mm: float,
    slope: float,
) -> Array:
    y = local[:, 1] + back_mm
    row = curve.names.index(level)
    points = np.stack([local[:, 0], y, z_mm + slope * y], 1)
    return curve.origins[row] + points @ curve.axes[row]


def disc_shell(
    curve: SpineCurve,
    level: str,
    *,
    shrink: float = 1.0,
    height: float = 1.0,
    overlap_mm: float = 2.6,
    lens: float = 0.0,
    back_mm: float = 0.0,
    state: DiscState | None = None,
) -> Mesh:
    """One shell of the disc below ``level``.

    Args:
        curve: the spine.
        level: vertebra above the disc.
        shrink: size of the shell in its plane.
        height: share of the height of the disc that it fills.
        overlap_mm: how far it reaches into the end-plates, which are drawn later and
            so cut it to their concave shape.
        lens: 0 a cylinder, 1 a lens that narrows towards the end-plates.
        back_mm: displacement towards the back.
        state: bulge and protrusion, for the outermost shell.
    """
    gap = _gap(curve, level, shrink, back_mm)
    middle, axis = (gap.above + gap.below) / 2, gap.above - gap.below
    length = np.linalg.norm(axis, axis=1, keepdims=True)
    axis = axis / length
    centre = middle.mean(0)
    outward = middle - centre
    outward /= np.linalg.norm(outward, axis=1, keepdims=True)
    stand = np.zeros(_AROUND) + 0.3 * shrink
    if state is not None:
        stand = _margin(gap.unit, state)
    rings = []
    for t in np.linspace(-0.5, 0.5, 9):
        ring = middle + axis * (length * height + 2 * overlap_mm) * t
        ring = ring + outward * (stand * np.cos(np.pi * t))[:, None]
        if lens:
            radial = ring - centre
            radial -= axis * (radial * axis).sum(1, keepdims=True)
            narrow = max(np.sqrt(max(1 - (2 * t) ** 2, 0)), 0.05) ** lens
            ring = ring - radial * (1 - narrow)
        rings.append(ring)
    return loft(np.array(rings))


def _margin(unit: Array, state: DiscState) -> Array:
    """How far the margin stands out at every point of the section, mm."""
    back = np.clip(unit[:, 1], 0, 1) ** 2
    behind = np.clip(1.6 * unit[:, 1], 0, 1)
    hump = np.exp(-(((unit[:, 0] - 0.55 * state.side) / 0.30) ** 2)) * behind
    front = 0.5 * np.clip(-unit[:, 1], 0, 1)
    return state.bulge_mm * (0.6 + 0.9 * back + front) + state.protrusion_mm * hump


def disc_regions(
    curve: SpineCurve, level: str, state: DiscState, label: int
) -> list[Region]:
    """Shells of the disc below ``level`` from the outside in, with what is torn."""
    wet = (1 - state.degeneration) ** 1.25
    label += DISC_LABEL
    regions = [
        _shell_region(
            f"annulus {level}",
            disc_shell(curve, level, overlap_mm=1.5, state=state),
            {"annulus": 0.55, "ligament": 0.45},
            label,
        )
    ]
    for k in np.linspace(0.90, 0.40, _SHELLS):
        rise = float(np.clip((0.90 - k) / 0.36, 0, 1))
        share = wet * rise * rise * (3 - 2 * rise)
        tissue = {"nucleus": share, "annulus": 1 - share}
        if k > 0.8:
            tissue = {"annulus": 0.8, "ligament": 0.2}
        mesh = disc_shell(
            curve,
            level,
            shrink=float(k),
            height=float(np.interp(k, [0.4, 0.90], [0.62, 0.99])),
            overlap_mm=5.2 if k > 0.88 else 1.4 * k * k,
            lens=0.0 if k > 0.88 else 0.8,
            back_mm=1.8 * (1 - k),
        )
        regions.append(_shell_region(f"nucleus {level}", mesh, tissue, label))
    regions += _cleft(curve, level, state, wet, label)
    return regions


def _shell_region(name: str, mesh: Mesh, mixture: Mixture, label: int) -> Region:
    return Region(
        name,
        mesh,
        mixture,
        sagittal=label,
        axial=AXIAL_LABELS["body_or_disc"],
        grain=Grain("marrow", 0.05),
    )


def _cleft(
    curve: SpineCurve, level: str, state: DiscState, wet: float, label: int
) -> list[Region]:
    """The dark fibrous band across an adult nucleus, and a bright annular fissure."""
    found = []
    if 0.08 < state.degeneration < 0.62:
        mesh = disc_shell(
            curve,
            level,
            shrink=0.44,
            height=0.13,
            overlap_mm=0.0,
            lens=1.0,
            back_mm=1.2,
        )
        dark = {"nucleus": 0.45 * wet, "annulus": 1 - 0.45 * wet}
        found.append(_shell_region(f"cleft {level}", mesh, dark, label))
    if state.fissure:
        size = curve.size(level)
        q = curve.q(level, -0.5)
        y = size.lower_depth_mm / 2 - 1.4
        x = 0.22 * size.lower_width_mm * state.side
        path = curve.points(np.full(4, q), x + np.array([-4, -1, 2, 4.5]), y)
        mesh = thread(path, [0.5, 1.1, 1.2, 0.5], around=9)
        bright = {"fluid": 0.6, "annulus": 0.4}
        found.append(_shell_region(f"fissure {level}", mesh, bright, label))
    return found


def extrusion_region(
    curve: SpineCurve, level: str, state: DiscState, label: int
) -> list[Region]:
    """Disc material in the canal behind the disc below ``level``; empty without any.

    A dark rim (the torn ligament and annulus) around grey material that hangs from
    the disc by a neck. It belongs to the disc in the labels.
    """
    if state.extrusion_mm <= 0:
        return []
    label += DISC_LABEL
    size = curve.size(level)
    q0 = curve.q(level, -0.5)
    rise = state.migration_mm / (size.height_mm + size.disc_height_mm)
    x = 0.30 * size.canal_width_mm * state.side
    y = size.lower_depth_mm / 2 + state.bulge_mm
    r = state.extrusion_mm / 2
    q = q0 + rise * np.array([0.0, 0.05, 0.45, 0.8, 1.0])
    path = curve.points(
        q, x * np.array([0.8, 0.9, 1, 1, 1]), y + r * np.array([-1, 0.3, 0.9, 0.9, 0.7])
    )
    width = np.array([0.75, 0.8, 1.0, 0.95, 0.35]) * r
    core = {"nucleus": 0.35, "annulus": 0.65}
    rim = {"ligament": 0.8, "annulus": 0.2}
    return [
        _shell_region(f"extrusion {level}", thread(path, w, around=12), tissue, label)
        for w, tissue in ((width + 0.7, rim), (width, core))
    ]
