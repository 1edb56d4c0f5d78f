"""The spinal canal: epidural fat and veins, dural sac, cord, roots and their exits."""

from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from spineseg.anatomy.mesh import joined
from spineseg.anatomy.scene import Mesh
from spineseg.anatomy.sweep import section, tube
from spineseg.anatomy.tissue import (
    AXIAL_LABELS,
    CANAL_LABEL,
    Grain,
    Mixture,
    Region,
)
from spineseg.anatomy.tissue_frames import (
    ABOVE,
    TOP,
    SpineCurve,
    loft_along,
    ring_loft,
    thread,
)

Array = NDArray[np.float64]
_CANAL = AXIAL_LABELS["canal"]


@dataclass(frozen=True)
class CanalShape:
    """Canal and sac along the spine; every array has one value per ``q``.

    front, depth, half_width: of the bony canal, local mm.  sac_x, sac_y: half axes of
    the dural sac.  sac_centre: its local y.  side: its local x.
    """

    q: Array
    front: Array
    depth: Array
    half_width: Array
    sac_x: Array
    sac_y: Array
    sac_centre: Array
    side: Array

    def on(self, q: Array) -> "CanalShape":
        """The same shape at other level coordinates."""
        names = (f.name for f in fields(self) if f.name != "q")
        return CanalShape(
            q, **{n: np.interp(q, self.q, getattr(self, n)) for n in names}
        )


def canal_shape(
    curve: SpineCurve,
    narrowing: dict[str, float],
    push_mm: dict[str, tuple[float, float]],
    rng: np.random.Generator,
) -> CanalShape:
    """Shape of the canal.

    Args:
        curve: the spine.
        narrowing: 0 to 1 by level: stenosis at the disc below it.
        push_mm: by level, (posterior, lateral) displacement of the front of the sac by
            a disc that stands out there.
        rng: stream of the patient.
    """
    s, top = curve.scale, ABOVE.index(TOP) + 1
    sizes = [curve.size(level) for level in ABOVE[:top]]
    rows = np.arange(len(curve.names), dtype=float)
    q = np.arange(curve.q("S3"), curve.q(TOP), 0.1)

    def spread(sacral: list[float], values: list[float]) -> Array:
        return np.interp(q, rows, [v * s for v in sacral] + values)

    front = spread([8, 10, 12.5, 16.4], [d.depth_mm / 2 for d in sizes])
    depth = spread([7, 9, 11, 14.5], [d.canal_depth_mm for d in sizes])
    width = spread([12, 18, 24, 29], [d.canal_width_mm for d in sizes])
    at_disc = np.exp(-(((np.mod(q, 1) - 0.5) / 0.17) ** 2)) * (q > curve.q("S1"))
    front, depth = front + 0.9 * at_disc, depth - 1.6 * at_disc
    tight, push, aside = np.zeros_like(q), np.zeros_like(q), np.zeros_like(q)
    for level, amount in narrowing.items():
        tight += amount * np.exp(-(((q - curve.q(level, -0.5)) / 0.20) ** 2))
    for level, (back, lateral) in push_mm.items():
        bump = np.exp(-(((q - curve.q(level, -0.5)) / 0.24) ** 2))
        push, aside = push + back * bump, aside + lateral * bump
    fill = _sac_fill(curve, q) * (1 + rng.normal(0, 0.03))
    sac_x = width / 2 * fill * (1 - 0.45 * tight)
    slim = np.interp(fill, [0.05, 0.26, 0.5, 0.72], [0.08, 0.45, 0.72, 0.86])
    room = 1 - 0.55 * tight - 0.12 * at_disc  # fat fills the angle of the laminae
    sac_y = np.maximum(depth / 2 * slim * room - push / 2, 0.5)
    # at L5-S1 fat fills the front of the canal; above, the sac lies against the discs
    lift = np.interp(
        q, [curve.q(v) for v in ("S2", "S1", "L5", "L4")], [0.3, 0.22, 0.10, 0.015]
    )
    centre = front + depth * lift + push + np.maximum(sac_y, 0.40 * depth * slim)
    return CanalShape(q, front, depth, width / 2, sac_x, sac_y, centre, aside)


def _sac_fill(curve: SpineCurve, q: Array) -> Array:
    """Half-width of the sac relative to the canal: it ends at S2."""
    levels = ("S2", "S1", "L5", "L3", "T12")
    knots = [curve.q("S3", 0.6), *(curve.q(v) for v in levels), curve.q(TOP)]
    return np.interp(q, knots, [0.05, 0.26, 0.50, 0.64, 0.72, 0.76, 0.80])


def canal_regions(
    curve: SpineCurve, shape: CanalShape, rng: np.random.Generator
) -> list[Region]:
    """Everything inside the bony canal, from its fat to the roots."""
    sac = shape.on(shape.q[shape.q >= curve.q("S3", 0.6)])
    fat = _ring(curve, shape, shape.half_width, shape.depth / 2, shape.depth / 2, 2.3)
    dura = _sac_mesh(curve, sac, 0.45)
    fluid = _sac_mesh(curve, sac, 0.0)
    return [
        _inside("epidural fat", fat, {"fat": 1.0}),
        *_posterior_fat(curve, shape),
        *_veins(curve, shape, rng),
        _inside("dura", dura, {"ligament": 0.7, "fluid": 0.3}),
        replace(_inside("csf", fluid, {"csf": 1.0}), pulse=0.15),
        *_cord_and_roots(curve, shape, rng),
    ]


def _inside(name: str, mesh: Mesh, mixture: Mixture) -> Region:
    """A region that belongs to the canal in both label sets."""
    return Region(name, mesh, mixture, CANAL_LABEL, _CANAL)


def _ring(
    curve: SpineCurve, shape: CanalShape, a: Array, b: Array, lift: Array, power: float
) -> Mesh:
    unit = section(24, power)
    x = a[:, None] * unit[:, 0]
    y = (shape.front + lift)[:, None] + b[:, None] * unit[:, 1]
    return ring_loft(curve, shape.q, x, y)


def _sac_mesh(curve: SpineCurve, sac: CanalShape, wall_mm: float) -> Mesh:
    """The sac is round above and a rounded triangle, point behind, below."""
    unit = section(24, 2.1)
    narrow = 1 - 0.16 * np.clip(unit[:, 1], -1, 1)
    x = (sac.sac_x + wall_mm)[:, None] * unit[:, 0] * narrow + sac.side[:, None]
    y = sac.sac_centre[:, None] + (sac.sac_y + wall_mm)[:, None] * unit[:, 1]
    return ring_loft(curve, sac.q, x, y)


def _posterior_fat(curve: SpineCurve, shape: CanalShape) -> list[Region]:
    """The fat pads between the laminae: bright triangles on a median slice."""
    meshes = []
    for level in ABOVE[: ABOVE.index("T10")]:
        q = curve.q(level, -0.5) + np.array([-0.30, -0.16, 0.0, 0.14, 0.26])
        y = np.interp(q, shape.q, shape.front + shape.depth)
        thick = np.array([0.3, 2.2, 3.6, 2.4, 0.3]) * curve.scale
        wide = np.array([0.8, 3.8, 5.6, 4.0, 0.8]) * curve.scale
        meshes.append(loft_along(curve, q, 0.0, y - 1.0, wide, thick, per_level=20))
    return [
        Region(
            "posterior epidural fat", joined(meshes), {"fat": 1.0}, CANAL_LABEL, _CANAL
        )
    ]


def _veins(
    curve: SpineCurve, shape: CanalShape, rng: np.random.Generator
) -> list[Region]:
    """Anterior internal venous plexus: two wavy veins a side behind the bodies."""
    q = np.arange(curve.q("S2"), curve.q("T10"), 0.11)
    at = shape.on(q)
    body = 0.5 + 0.5 * np.cos(2 * np.pi * q)  # one at mid-body, zero at the disc
    meshes = []
    for side in (-1, 1):
        for lane in (0.42, 0.72):
            wave = 0.9 * np.sin(5.1 * q + rng.uniform(0, 6))
            x = side * (at.half_width * lane * (1.06 - 0.16 * body) + wave)
            y = at.front + 1.2 + rng.uniform(0, 0.4) + 0.6 * (1 - body)
            radius = 0.35 + 0.85 * body * rng.uniform(0.6, 1.1, len(q))
            up = curve.at(q)[2]
            meshes.append(
                tube(curve.points(q, x, y), radius, 0.7 * radius, up, around=8)
            )
    tissue = {"vein": 0.7, "slow_blood": 0.3}
    return [Region("epidural veins", joined(meshes), tissue, CANAL_LABEL, _CANAL)]


def _cord_and_roots(
    curve: SpineCurve, shape: CanalShape, rng: np.random.Generator
) -> list[Region]:
    tip = curve.q("L1") + rng.uniform(-0.35, 0.55)  # T12-L1 to L1-L2 in 94 %
    q = shape.q[shape.q > tip - 0.1]
    at = shape.on(q)
    radius = np.interp(q - tip, [-0.1, 0, 0.5, 1.2, 2, 5], [0.4, 0.9, 2.6, 3.9, 4.3, 4])
    radius *= curve.scale
    y = at.sac_centre + 0.10 * at.sac_y
    unit = section(20, 2.0)
    cord = ring_loft(
        curve,
        q,
        1.12 * radius[:, None] * unit[:, 0],
        y[:, None] + 0.9 * radius[:, None] * unit[:, 1],
    )
    roots = [
        _root(curve, shape, tip, pair, side, rng)
        for pair in range(13)
        for side in (-1, 1)
        for _ in range(2 if pair < 6 else 1)
    ]
    return [
        _inside("roots", joined(roots), {"root": 1.0}),
        replace(_inside("cord", cord, {"cord": 1.0}), grain=Grain("marrow", 0.03)),
    ]


_EXIT = ("L1", "L2", "L3", "L4", "L5", "S1", "S2", "S3")


def _root(
    curve: SpineCurve,
    shape: CanalShape,
    tip: float,
    pair: int,
    side: int,
    rng: np.random.Generator,
) -> Mesh:
    """One root from the conus to its exit.

    Roots that leave early run at the side and in front; the rest sink to the back of
    the sac, because the patient lies on it.
    """
    end = max(curve.q(_EXIT[min(pair, 7)], -0.05), curve.q("S3", 0.75))
    start = tip + 0.25 + 0.12 * rng.random()
    q = np.linspace(end, start, max(int((start - end) * 5), 6))
    u = np.linspace(1, 0, len(q))
    at = shape.on(q)
    angle = np.deg2rad(np.clip(118 - 9.5 * pair + rng.normal(0, 9), 4, 125))
    reach = np.interp(u, [0, 0.25, 0.85, 1], [0.2, 0.62, 0.82, 0.97])
    reach = reach * rng.uniform(0.78, 1.0)
    drift = 0.09 * np.sin(u * rng.uniform(5, 10) + rng.uniform(0, 6))
    x = at.side + side * np.sin(angle + drift) * at.sac_x * reach
    y = at.sac_centre + np.cos(angle + drift) * at.sac_y * reach
    radius = (0.74 if pair < 6 else 0.6) * curve.scale * rng.uniform(0.85, 1.15)
    return tube(curve.points(q, x, y), radius, radius, curve.at(q)[2], around=6)


def foramen_regions(
    curve: SpineCurve, rng: np.random.Generator, levels: tuple[str, ...] = ABOVE[:7]
) -> list[Region]:
    """Root, ganglion and the vein beside it in every foramen, in fat."""
    fat, nerves, ganglia, veins = [], [], [], []
    for level in levels:
        d = curve.size(level)
        h, w, wall = d.height_mm, d.canal_width_mm / 2, d.depth_mm / 2
        for side in (-1, 1):
            j = rng.normal(0, 0.6, (4, 3))

            def at(x: float, y: float, z: float, side=side, level=level) -> Array:
                return curve.within(level, side * x, y, z)

            back = wall + 0.35 * d.canal_depth_mm
            path = [
                at(0.62 * w, back, 0.1 * h),
                at(w + 1, back, -0.30 * h) + j[1],
                at(w + 9, wall + 3.5, -0.55 * h) + j[2],
                at(w + 24, wall - 7, -1.05 * h) + j[3],
            ]
            fat.append(
                thread(
                    [at(w - 2, back, -0.5 * h), at(w + 5, back - 1, -0.52 * h)]
                    + [at(w + 12, wall + 2, -0.58 * h)],
                    [5.2, 6.4, 5.0],
                    around=12,
                )
            )
            nerves.append(thread(path, [1.0, 1.5, 1.7, 1.5], around=8))
            ganglia.append(thread(path[1:3], [1.4, 2.9, 1.7], around=10))
            high = path[2] + at(0, 0, 5.0) - at(0, 0, 0)
            veins.append(thread([path[1] + high - path[2], high], [0.9, 1.1]))
    return [
        Region("foraminal fat", joined(fat), {"fat": 1.0}, 0, 0),
        Region("foraminal veins", joined(veins), {"slow_blood": 1.0}, 0, 0),
        Region("nerve roots", joined(nerves), {"root": 1.0}, 0, 0),
        Region("ganglia", joined(ganglia), {"ganglion": 1.0}, 0, 0),
    ]
