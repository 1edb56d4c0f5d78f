"""A coordinate that runs along the spine, and bodies described in it.

q: level coordinate, a float; 0 is the fourth sacral segment, 3 the first, 4 is L5 and
so on upwards. (x, y): millimetres in the local frame, x to the patient's left, y
posterior. Between the levels the frame turns and moves smoothly.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.interpolate import PchipInterpolator

from spineseg.anatomy.scene import Mesh
from spineseg.anatomy.spine import Spine
from spineseg.anatomy.sweep import loft, section, spline, tube
from spineseg.anatomy.tables import DIMENSIONS, LEVELS, Dimensions

Array = NDArray[np.float64]

# origin (y, z) and forward turn of the sacral segments S4, S3, S2 in the frame of S1
_SACRAL = (("S4", 30.0, -92.0, -0.62), ("S3", 24.0, -62.0, -0.30))
_SACRAL += (("S2", 12.0, -38.0, -0.18), ("S1", 2.0, -13.0, 0.0))
TOP = "T7"

ABOVE = LEVELS[::-1]
"""The vertebrae from L5 upwards."""


@dataclass(frozen=True)
class SpineCurve:
    """Frames of the levels from S4 upwards, and everything between them.

    names: level of each row.  origins: (n, 3), mm.  axes: (n, 3, 3), rows are the local
    x, y, z.  sizes: dimensions of the vertebrae by level.  scale: size of the patient
    relative to the table.
    """

    names: tuple[str, ...]
    origins: Array
    axes: Array
    sizes: dict[str, Dimensions]
    scale: float

    def q(self, level: str, offset: float = 0.0) -> float:
        """Level coordinate of the middle of a vertebra, plus an offset in levels."""
        return self.names.index(level) + offset

    def at(self, q: ArrayLike) -> tuple[Array, Array, Array, Array]:
        """Origin and the three unit axes at level coordinates, each (n, 3)."""
        q = np.atleast_1d(np.asarray(q, float))
        n = len(self.origins)
        low = np.clip(q.astype(int), 0, n - 2)
        u = (q - low)[:, None]
        a, b, c, d = (self.origins[np.clip(low + k, 0, n - 1)] for k in (-1, 0, 1, 2))
        slope, bend, twist = c - a, 2 * a - 5 * b + 4 * c - d, 3 * (b - c) + d - a
        origin = b + 0.5 * u * (slope + u * (bend + u * twist))
        axes = self.axes[low] * (1 - u[..., None]) + self.axes[low + 1] * u[..., None]
        z = 0.5 * (slope + 2 * u * bend + 3 * u * u * twist)
        z /= np.linalg.norm(z, axis=1, keepdims=True)
        x = axes[:, 0] - (axes[:, 0] * z).sum(1, keepdims=True) * z
        x /= np.linalg.norm(x, axis=1, keepdims=True)
        return origin, x, np.cross(z, x), z

    def points(self, q: ArrayLike, x: ArrayLike, y: ArrayLike) -> Array:
        """World points at local (x, y), broadcast over ``q``."""
        q, x, y = np.broadcast_arrays(*(np.asarray(v, float) for v in (q, x, y)))
        origin, right, back, _ = self.at(q.ravel())
        return origin + x.ravel()[:, None] * right + y.ravel()[:, None] * back

    def within(self, level: str, x: float, y: float, z: float) -> Array:
        """World point at local millimetres of one vertebra."""
        row = self.names.index(level)
        return self.origins[row] + np.array([x, y, z]) @ self.axes[row]

    def behind(self, back_mm: float) -> "SpineCurve":
        """A smoother curve that runs ``back_mm`` behind the vertebral bodies.

        Where the lower back is hollow, sections that are square to the spine would
        cross each other far behind it; muscles follow this curve instead.
        """

        def calm(values: Array) -> Array:
            for _ in range(2):
                inner = (values[:-2] + 2 * values[1:-1] + values[2:]) / 4
                values = np.concatenate([values[:1], inner, values[-1:]])
            return values

        origins = calm(self.origins + back_mm * self.axes[:, 1])
        return replace(self, origins=origins, axes=calm(self.axes))

    def size(self, level: str) -> Dimensions:
        """Dimensions of a vertebra of this patient."""
        return self.sizes[level]


def spine_curve(spine: Spine) -> SpineCurve:
    """Read the frames of a spine from the sacrum to the mid thorax."""
    base = spine.frames["S1"]
    sizes = {level: spine.sizes[level] for level in ABOVE}
    scale = sizes["L3"].upper_width_mm / DIMENSIONS["L3"].upper_width_mm
    names, origins, axes = [], [], []
    for name, y, z, turn in _SACRAL:
        cos, sin = np.cos(turn), np.sin(turn)
        rotation = np.array([[1, 0, 0], [0, cos, sin], [0, -sin, cos]])
        names.append(name)
        origins.append(base.origin_mm + scale * np.array([0, y, z]) @ base.axes)
        axes.append(rotation @ base.axes)
    for level in ABOVE[: ABOVE.index(TOP) + 1]:
        names.append(level)
        origins.append(spine.frames[level].origin_mm)
        axes.append(spine.frames[level].axes)
    return SpineCurve(tuple(names), np.array(origins), np.array(axes), sizes, scale)


def ripple(shape: tuple[int, int], rng: np.random.Generator, amount: float) -> Array:
    """Factors around one that vary slowly along and around a loft: (n, m)."""
    along = np.linspace(0, 1, shape[0])[:, None]
    around = np.linspace(0, 2 * np.pi, shape[1], endpoint=False)[None]
    waves = np.zeros(shape)
    for k in range(1, 6):
        phase = rng.uniform(0, 2 * np.pi)
        turn = rng.uniform(-1, 1) * 0.12 * shape[0]
        waves += rng.normal() / k**0.5 * np.sin(k * around + phase + turn * along)
    return 1 + amount * 0.6 * waves


def loft_along(
    curve: SpineCurve,
    levels: Sequence[str | float] | Array,
    x: ArrayLike,
    y: ArrayLike,
    a: ArrayLike,
    b: ArrayLike,
    *,
    turn_rad: ArrayLike = 0.0,
    exponent: float = 2.4,
    around: int = 24,
    per_level: int = 5,
    rough: float = 0.0,
    rng: np.random.Generator | None = None,
) -> Mesh:
    """Loft superellipses given at some levels; the values between are interpolated.

    Args:
        curve: the spine.
        levels: names of levels, or level coordinates, from below upwards.
        x: local centre to the left, mm; one value or one a level, as all that follow.
        y: local centre posterior, mm.
        a: half axis along x before turning, mm.
        b: half axis along y before turning, mm.
        turn_rad: rotation from x towards y.
        exponent: of the superellipse.
        around: points a section.
        per_level: sections a level.
        rough: relative irregularity of the outline.
        rng: needed when ``rough`` is set.
    """
    q0 = np.array([curve.q(v) if isinstance(v, str) else float(v) for v in levels])
    count = max(int((q0[-1] - q0[0]) * per_level), 2) + 1
    q = np.linspace(q0[0], q0[-1], count)
    spread = [np.broadcast_to(np.asarray(v, float), q0.shape) for v in (x, y, a, b)]
    cx, cy, ca, cb = (smooth_interp(q, q0, v) for v in spread)
    angle = np.interp(q, q0, np.broadcast_to(np.asarray(turn_rad, float), q0.shape))
    unit = section(around, exponent)
    u = np.maximum(ca, 0.05)[:, None] * unit[:, 0]
    v = np.maximum(cb, 0.05)[:, None] * unit[:, 1]
    if rough and rng is not None:
        factor = ripple(u.shape, rng, rough)
        u, v = u * factor, v * factor
    cos, sin = np.cos(angle)[:, None], np.sin(angle)[:, None]
    return ring_loft(
        curve, q, u * cos - v * sin + cx[:, None], u * sin + v * cos + cy[:, None]
    )


def ring_loft(curve: SpineCurve, q: Array, x: Array, y: Array) -> Mesh:
    """Loft rings given as local (n, m) coordinates at level coordinates (n,)."""
    origin, right, back, _ = curve.at(q)
    rings = (
        origin[:, None] + x[..., None] * right[:, None] + y[..., None] * back[:, None]
    )
    return loft(rings)


def smooth_interp(q: Array, knots: Array, values: Array) -> Array:
    """Interpolate without overshoot and without kinks (monotone cubic)."""
    return np.asarray(PchipInterpolator(knots, values)(np.clip(q, knots[0], knots[-1])))


def thread(
    control: ArrayLike,
    radius_mm: ArrayLike,
    *,
    stations: int = 24,
    around: int = 7,
    up: tuple[float, float, float] = (0.21, 0.93, 0.31),
) -> Mesh:
    """Thin tube through control points; its radius may change along the way."""
    path = spline(control, stations)
    knots = np.atleast_1d(np.asarray(radius_mm, float))
    radius = np.interp(
        np.linspace(0, 1, stations), np.linspace(0, 1, len(knots)), knots
    )
    return tube(path, radius, radius, up, around=around)
