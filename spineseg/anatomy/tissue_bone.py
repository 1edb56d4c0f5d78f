"""Vertebrae, sacrum and pelvis for magnetic resonance, and what ages inside them."""

import numpy as np
from numpy.typing import NDArray

from spineseg.anatomy.mesh import joined
from spineseg.anatomy.scene import Mesh, Scene
from spineseg.anatomy.sweep import loft, plate, section, tube
from spineseg.anatomy.tissue import (
    AXIAL_LABELS,
    Cut,
    Grain,
    Mixture,
    Region,
    Streaks,
    half_spaces,
)
from spineseg.anatomy.tissue_disc import DiscState, lower_neighbour
from spineseg.anatomy.tissue_frames import ABOVE, SpineCurve, ripple, thread

Array = NDArray[np.float64]
_CORTICAL = 1
_BONE = {"cortical_bone": 1.0}


class Shells:
    """The bones of a scene as closed meshes: compact bone and what it encloses."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self._order = np.argsort(scene.surface, kind="stable")
        rows = np.arange(len(scene.structures) + 1)
        self._bounds = np.searchsorted(scene.surface[self._order], rows)

    def mesh(self, surfaces: list[int]) -> Mesh:
        """One mesh of some surfaces, cut out of the flat arrays.

        The parts of a vertebra are surfaces of their own that share their vertices;
        only together they are closed.
        """
        chosen = [
            self._order[self._bounds[row] : self._bounds[row + 1]] for row in surfaces
        ]
        triangles = self.scene.triangles[np.concatenate([*chosen, np.zeros(0, int)])]
        if len(triangles) == 0:
            return Mesh(np.zeros((0, 3), np.float32), triangles)
        low, high = int(triangles.min()), int(triangles.max())
        return Mesh(self.scene.vertices[low : high + 1], triangles - np.int32(low))

    def of(self, names: set[str]) -> tuple[Mesh, Mesh]:
        """Outer surfaces (compact bone appears) and inner ones (it ends)."""
        outer: dict[str, list[int]] = {}
        inner: dict[str, list[int]] = {}
        for row, name in enumerate(self.scene.structures):
            change = float(self.scene.jumps[row][_CORTICAL])
            if name in names and change != 0:
                (outer if change > 0 else inner).setdefault(name, []).append(row)
        return joined(map(self.mesh, outer.values())), joined(
            map(self.mesh, inner.values())
        )


def vertebra_regions(
    curve: SpineCurve,
    bones: Shells,
    level: str,
    label: int,
    tissue: Mixture,
    rng: np.random.Generator,
) -> list[Region]:
    """Compact bone, marrow and the basivertebral vein of one vertebra.

    The axial classes are cut out by planes of the vertebra's frame: the body ends at
    its posterior wall; "lamina" is what lies behind the middle of the canal, between
    the outer borders of the articular processes and up to 9 mm behind the canal, so
    laminae, articular processes and the base of the spinous process.
    """
    outer, inner = bones.of({level})
    axial = _axial_cuts(curve, level)
    shift = rng.normal(0, 0.05)
    own = {name: share * (1 + shift) for name, share in tissue.items()}
    fatty = {"fat": 0.9, "red_marrow": 0.1}
    return [
        Region(f"{level} cortex", outer, _BONE, label, 0, axial),
        Region(
            f"{level} marrow",
            inner,
            own,
            label,
            None,
            grain=Grain("marrow", 0.10),
            streaks=Streaks("blotch", 0.30, fatty),
        ),
        *_basivertebral(curve, level, rng),
    ]


def _axial_cuts(curve: SpineCurve, level: str) -> tuple[Cut, ...]:
    d, row = curve.size(level), curve.names.index(level)
    origin, axes = curve.origins[row], curve.axes[row]
    wall, far = d.depth_mm / 2, 200.0
    side = d.canal_width_mm / 2 + max(0.75 * d.pedicle_width_mm, 9.0)
    body = half_spaces(origin, axes, {"y": (-far, wall + 0.8)})
    behind = wall + 0.5 * d.canal_depth_mm
    arch = half_spaces(
        origin,
        axes,
        {"y": (behind, wall + d.canal_depth_mm + 9.0), "x": (-side, side)},
    )
    return (
        Cut(AXIAL_LABELS["body_or_disc"], body),
        Cut(AXIAL_LABELS["lamina"], arch),
    )


def _basivertebral(
    curve: SpineCurve, level: str, rng: np.random.Generator
) -> list[Region]:
    d = curve.size(level)
    wall, s = d.depth_mm / 2, curve.scale
    z, deep = rng.normal(-0.3, 0.8), rng.uniform(9, 15)
    path = [(0, wall - 0.4, z), (0, wall - 4, z), (0, wall - deep, z + 0.5)]
    points = np.array([curve.within(level, *p) for p in path])
    wide = thread(points, s * np.array([1.7, 1.1, 0.5]), around=10, stations=12)
    arms = [
        thread(
            [points[1], curve.within(level, side * 6 * s, wall - deep, z + 1)],
            s * np.array([0.9, 0.4]),
            stations=8,
        )
        for side in (-1, 1)
    ]
    halo = thread(points, s * np.array([3.4, 2.6, 1.4]), around=10, stations=12)
    return [
        Region(f"{level} fatty centre", halo, {"fat": 0.55, "red_marrow": 0.35}),
        Region(
            f"{level} vein", joined([wide, *arms]), {"vein": 0.6, "red_marrow": 0.4}
        ),
    ]


def other_bones(bones: Shells, tissue: Mixture) -> list[Region]:
    """Sacrum, pelvis and ribs: compact bone and marrow without labels."""
    kinds = ("sacrum", "hip bone", "rib")
    names = {name for name in bones.scene.structures if name.startswith(kinds)}
    outer, inner = bones.of(names)
    grain, blotch = Grain("marrow", 0.10), Streaks("blotch", 0.3, {"fat": 0.9})
    return [
        Region("other cortex", outer, _BONE, 0, 0),
        Region("other marrow", inner, tissue, grain=grain, streaks=blotch),
    ]


def facet_regions(curve: SpineCurve) -> list[Region]:
    """Cartilage and fluid between the articular processes, drawn before the bone."""
    meshes = []
    for level in ABOVE[:6]:
        lower = lower_neighbour(level)
        if lower == "S1":
            continue
        d = curve.size(lower)
        if d.upper_facet_mm <= 0:
            continue
        y = d.depth_mm / 2 + 0.93 * d.canal_depth_mm + 0.5
        steep = (0.60, -0.80) if d.pedicle_width_mm > 14 else (0.77, -0.64)
        axes = curve.axes[curve.names.index(lower)]
        for side in (-1, 1):
            centre = curve.within(
                lower, side * d.upper_facet_mm, y, d.height_mm / 2 + 6.5
            )
            along = np.array([-side * steep[1], steep[0], 0]) @ axes
            up = axes[2]
            span = np.linspace(-1, 1, 3)
            grid = [[centre + 8.5 * a * along + 8 * b * up for b in span] for a in span]
            meshes.append(plate(np.array(grid), np.full((3, 3), 3.2), 10, 10))
    tissue = {"fluid": 0.45, "cartilage": 0.55}
    return [Region("facet joints", joined(meshes), tissue, 0, 0)]


def ageing_regions(
    curve: SpineCurve,
    bones: Shells,
    discs: dict[str, DiscState],
    age_years: float,
    rng: np.random.Generator,
) -> list[Region]:
    """End-plate changes beside worn discs, nodes in end-plates, haemangiomas."""
    regions: list[Region] = []
    for level, state in discs.items():
        if state.degeneration > 0.55 and rng.random() < 0.7:
            kind = rng.choice(["oedema", "fat"], p=[0.35, 0.65])
            regions += _endplate_change(curve, bones, level, str(kind), rng)
        if rng.random() < 0.05 + 0.10 * state.degeneration:
            regions += _node(curve, level, rng)
    for level in ABOVE[:8]:
        if rng.random() < 0.02 + 0.0018 * max(age_years - 30, 0):
            regions.append(_haemangioma(curve, level, rng))
    return regions


def _endplate_change(
    curve: SpineCurve, bones: Shells, level: str, kind: str, rng: np.random.Generator
) -> list[Region]:
    """Modic type 1 (water) or 2 (fat): marrow along the disc below ``level``."""
    water = {"oedema": 0.6, "red_marrow": 0.3}
    tissue = water if kind == "oedema" else {"fat": 0.85, "red_marrow": 0.1}
    regions, lower = [], lower_neighbour(level)
    reach, front = rng.uniform(4.0, 9.0), -rng.uniform(0.0, 7.0)
    for name, upward in ((level, 1), (lower, -1)):
        if name == "S1" or rng.random() < 0.15:
            continue
        d = curve.size(name)
        depth = reach * rng.uniform(0.6, 1.2)
        z = -upward * (d.height_mm / 2 + 3.0 - np.array([0.0, 3.0, 3.0 + depth]))
        ring = section(24, 2.3) * ripple((3, 24), rng, 0.12)[..., None]
        wide = np.array([0.95, 0.92, 0.35])[:, None] * d.lower_width_mm / 2
        deep = np.array([0.85, 0.80, 0.25])[:, None] * d.depth_mm / 2
        local = np.stack(
            [
                ring[..., 0] * wide + rng.normal(0, 2),
                ring[..., 1] * deep + front,
                z[:, None] + rng.normal(0, 0.7, (3, 24)),
            ],
            -1,
        )
        row = curve.names.index(name)
        mesh = loft(curve.origins[row] + local @ curve.axes[row])
        blotch = Streaks("blotch", 0.5, {"red_marrow": 0.5, "fat": 0.35})
        title = f"end-plate {kind} {name}"
        marrow_space = bones.of({name})[1]
        regions.append(Region(title, mesh, tissue, streaks=blotch, inside=marrow_space))
    return regions


def _node(curve: SpineCurve, level: str, rng: np.random.Generator) -> list[Region]:
    """A Schmorl node: disc that has sunk through the end-plate, with a dark rim."""
    above = rng.random() < 0.5
    name = level if above else lower_neighbour(level)
    if name == "S1":
        return []
    d = curve.size(name)
    direction = 1 if above else -1
    x, y = rng.normal(0, 5), rng.normal(2, 4)
    z = -direction * (d.height_mm / 2 + 1.0)
    rise = rng.uniform(4.0, 7.5)
    heights = [z, z + direction * rise * 0.6, z + direction * rise]
    path = [curve.within(name, x, y, h) for h in heights]
    r = rng.uniform(2.4, 4.2)
    shells = ((1.0, {"cortical_bone": 0.8}), (0.0, {"annulus": 0.6, "nucleus": 0.4}))
    return [
        Region(
            f"node {name}",
            thread(path, [r + rim, r * 0.95 + rim, r * 0.4 + rim], around=12),
            tissue,
        )
        for rim, tissue in shells
    ]


def _haemangioma(curve: SpineCurve, level: str, rng: np.random.Generator) -> Region:
    """A round vascular and fatty lesion, bright on both weightings, with struts."""
    d = curve.size(level)
    r = rng.uniform(3.0, 6.5)
    x, y = rng.uniform(-9, 9), rng.uniform(-8, 5)
    z = rng.uniform(-0.2, 0.2) * d.height_mm
    path = [curve.within(level, x, y, z + dz) for dz in (-0.8 * r, 0.0, 0.8 * r)]
    mesh = thread(path, [0.5 * r, r, 0.5 * r], around=14)
    struts = Streaks("fine", 0.3, {"cortical_bone": 0.8})
    return Region(
        f"haemangioma {level}", mesh, {"fat": 0.65, "fluid": 0.3}, streaks=struts
    )


def sacral_remnants(curve: SpineCurve) -> list[Region]:
    """The residual discs between the sacral segments, in the gaps that bone leaves."""
    s, meshes = curve.scale, []
    base = curve.within("S1", 0, -2 * s, 13 * s)
    axes = curve.axes[curve.names.index("S1")]
    for z, y, half in ((-28.0, 7.5, 16.0), (-53.0, 20.5, 12.0)):
        along = np.array([-10.0, -5, 0, 5, 9.0])
        local = np.stack([0 * along, y + along, z + 0 * along], 1)
        wide = np.array([0.5, 0.95, 1, 0.9, 0.5]) * half * s
        meshes.append(tube(base + s * local @ axes, 3.2 * s, wide, axes[0], around=16))
    return [Region("sacral discs", joined(meshes), {"annulus": 0.75, "nucleus": 0.25})]
