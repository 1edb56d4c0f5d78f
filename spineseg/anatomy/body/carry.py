"""Carry the canonical body to a patient: a table over height, then one pass.

Every knot of the column (S1, L5 ... C1) has a canonical and a patient's frame.
Between knots, origin and rotation are interpolated over the canonical height; a vertex
keeps its offset from the column, scaled, and turns with it. The arm of that turn is
bounded, so that a tilted vertebra lifts its ribs but not the whole flank.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray
from scipy.interpolate import PchipInterpolator
from scipy.spatial.transform import Rotation

from spineseg.anatomy.spine import Frame

F32 = np.float32
CARRIERS = ("spine", "skin", "pelvis", "skull", "shoulder", "thigh")
STEP_MM = 2.0
BELOW_MM = 240.0
ABOVE_MM = 220.0
HIP_MIDDLE_MM = np.array([0.0, -32.0, -104.0])
"""Between the hip joints, relative to the first sacral end-plate."""
GIRTH_MM = 26.0
"""How far the skin moves outwards when fat doubles."""
FAT_LEVELS, FAT_SHARE = ("L2", "T4", "C5"), (1.0, 0.8, 0.35)
"""Fat is thick over belly and seat, thin over neck and scalp."""


@dataclass(frozen=True)
class Rig:
    """The table over canonical height and the rigid motions.

    table: (k, 20) rows from ``low_mm`` in steps of :data:`STEP_MM`: canonical x, y;
    patient's x, y, z; rotation vector; asymmetry left (3), right (3); x of the skin;
    y and z of the shoulders' posture; share of fat; share of the head
    at any depth and in front of the spine.  rigid: (4, 12) matrix (9) and shift (3)
    of pelvis, skull, shoulders and thighs.
    scale: patient over canonical.  outward_mm: movement of the skin by fat.
    """

    table: NDArray[np.float32]
    low_mm: float
    rigid: NDArray[np.float32]
    scale: float
    outward_mm: float


def make_rig(
    canonical: dict[str, Frame],
    patient: dict[str, Frame],
    order: tuple[str, ...],
    scale: float,
    pelvis_scale: float,
    fat: float,
    asymmetry: float,
    random: np.random.Generator,
) -> Rig:
    """Return the rig that carries the canonical body to the patient's column.

    order: the knots from below upwards, the first is the sacrum, the last the atlas.
    """
    old = np.array([canonical[k].origin_mm for k in order])
    new = np.array([patient[k].origin_mm for k in order])
    turn = _turns([canonical[k] for k in order], [patient[k] for k in order])
    height = old[:, 2]
    z = np.arange(height[0] - BELOW_MM, height[-1] + ABOVE_MM, STEP_MM)
    inside = np.clip(z, height[0], height[-1])
    chain = PchipInterpolator(height, np.hstack([old[:, :2], new, turn]))(inside)
    chain[:, 4] += scale * (z - inside)
    # beyond its ends the column no longer turns anything
    chain[:, 5:8] *= np.exp(-(((z - inside) / 60) ** 2))[:, None]
    row = {level: height[i] for i, level in enumerate(order)}
    posture = np.clip(random.normal(0, 1, 3) * (2, 5, 8), -14, (14, 14, 11))
    nod = np.array([random.normal(0, 0.055), 0, random.normal(0, 0.03)])
    table = np.zeros((len(z), 20), F32)
    table[:, :8] = chain
    table[:, 8:14] = 2.2 * asymmetry * _smooth_noise(len(z), 6, 110 / STEP_MM, random)
    # the flanks sway with the column, the seat stays over the feet
    table[:, 14] = _calm(chain[:, 2]) * np.clip((z - height[0]) / 120, 0, 1)
    table[:, 15:17] = (
        _ramp(z, row, ("T8", "T2", "T1", "C5"), (0, 1, 1, 0)) * posture[1:]
    )
    table[:, 17:18] = _ramp(z, row, FAT_LEVELS, FAT_SHARE)
    table[:, 18:19] = _ramp(z, row, ("C3", "C1"), (0, 1))
    table[:, 19:20] = _ramp(z, row, ("C6", "C5"), (0, 1))
    pelvis = _rigid(old[0], new[0], turn[0], pelvis_scale)
    head = _rigid(old[-1], new[-1], 0.5 * turn[-1] + nod, scale)
    k = order.index("T2")
    shoulders = _rigid(old[k], new[k] + posture, np.zeros(3), scale)
    thighs = _hanging(old[0] + HIP_MIDDLE_MM, pelvis, pelvis_scale)
    rigid = np.stack([pelvis, head, shoulders, thighs]).astype(F32)
    return Rig(table, float(z[0]), rigid, scale, GIRTH_MM * (fat - 1))


def _ramp(
    z: NDArray, height: dict[str, float], levels: tuple[str, ...], values: tuple
) -> NDArray:
    """Return values that run straight from level to level, as a column."""
    return np.interp(z, [height[level] for level in levels], values)[:, None]


def _turns(old: list[Frame], new: list[Frame]) -> NDArray[np.float64]:
    """Rotation vectors that take the canonical axes to the patient's."""
    before, after = (np.array([f.axes for f in frames]) for frames in (old, new))
    return Rotation.from_matrix(after.transpose(0, 2, 1) @ before).as_rotvec()


def _calm(x: NDArray) -> NDArray:
    """Return what the skin follows: the column's sway, smoothed and lessened."""
    width = round(60 / STEP_MM)
    kernel = np.hanning(2 * width + 1)
    padded = np.pad(x, width, mode="edge")
    return 0.85 * np.convolve(padded, kernel / kernel.sum(), mode="valid")


def _smooth_noise(
    n: int, columns: int, wavelength: float, random: np.random.Generator
) -> NDArray:
    t = np.arange(n)[:, None] * 2 * np.pi / wavelength
    waves = random.uniform(0.4, 1.2, (3, columns))
    phases = random.uniform(0, 2 * np.pi, (3, columns))
    sizes = random.normal(0, 0.6, (3, columns))
    return (sizes[:, None] * np.sin(waves[:, None] * t + phases[:, None])).sum(0)


def _rigid(old: NDArray, new: NDArray, turn: NDArray, scale: float) -> NDArray:
    """Return a matrix (9) and shift (3) that turn and scale about a point."""
    matrix = scale * Rotation.from_rotvec(turn).as_matrix()
    return np.concatenate([matrix.ravel(), new - matrix @ old])


def _hanging(hip: NDArray, pelvis: NDArray, scale: float) -> NDArray:
    """Return the motion of what hangs from the hips without turning with them."""
    moved = pelvis[:9].reshape(3, 3) @ hip + pelvis[9:]
    return np.concatenate([(scale * np.eye(3)).ravel(), moved - scale * hip])


def carry(
    arrays: dict[str, Any], rows: NDArray[np.intp], rig: Rig
) -> tuple[NDArray[np.float32], NDArray[np.int32], NDArray[np.int32]]:
    """Return vertices, triangles and surface index of the chosen parts, carried.

    arrays: of :class:`spineseg.anatomy.body.bake.Baked`. rows: parts to take.
    """
    first_v, first_t = arrays["first_vertex"], arrays["first_triangle"]
    count_v = np.concatenate([[0], np.cumsum(first_v[rows + 1] - first_v[rows])])
    count_t = np.concatenate([[0], np.cumsum(first_t[rows + 1] - first_t[rows])])
    vertices = np.empty((count_v[-1], 3), F32)
    triangles = np.empty((count_t[-1], 3), np.int32)
    surface = np.empty(count_t[-1], np.int32)
    _carry_all(
        arrays["vertices"],
        arrays["triangles"],
        first_v,
        first_t,
        arrays["carrier"],
        arrays["girth"],
        rows,
        count_v,
        count_t,
        rig.table,
        F32(rig.low_mm),
        rig.rigid,
        F32(rig.scale),
        F32(rig.outward_mm),
        vertices,
        triangles,
        surface,
    )
    return vertices, triangles, surface


@njit(cache=True, nogil=True)
def _carry_all(  # pragma: no cover - compiled
    v0, t0, first_v, first_t, carrier, girth, rows, count_v, count_t,
    table, low, rigid, scale, outward, v1, t1, surface,
):  # fmt: skip
    for k in range(len(rows)):
        part = rows[k]
        kind = carrier[part]
        start, shift = first_v[part], count_v[k]
        for i in range(first_v[part + 1] - start):
            p, q = v0[start + i], v1[shift + i]
            if kind <= 1:
                _follow(
                    p, q, table, low, scale, outward * girth[part], kind == 1, rigid[1]
                )
            else:
                m = rigid[kind - 2]
                for a in range(3):
                    q[a] = (
                        m[3 * a] * p[0]
                        + m[3 * a + 1] * p[1]
                        + m[3 * a + 2] * p[2]
                        + m[9 + a]
                    )
        for i in range(first_t[part + 1] - first_t[part]):
            source, target = first_t[part] + i, count_t[k] + i
            surface[target] = k
            for a in range(3):
                t1[target, a] = t0[source, a] + shift


@njit(cache=True, nogil=True)
def _follow(p, q, table, low, scale, outward, skin, skull):  # pragma: no cover
    s = (p[2] - low) / F32(STEP_MM)
    s = min(max(s, F32(0)), F32(len(table) - 1.001))
    k = int(s)
    u = s - F32(k)
    w = F32(1) - u
    a, b = table[k], table[k + 1]
    dx, dy = p[0] - (w * a[0] + u * b[0]), p[1] - (w * a[1] + u * b[1])
    # how far the turn reaches: full near the column, bounded further out
    ex = dx / (F32(1) + abs(dx) / F32(70))
    ey = dy / (F32(1) + abs(dy) / F32(28))
    rx = w * a[5] + u * b[5]
    ry = w * a[6] + u * b[6]
    rz = w * a[7] + u * b[7]
    side = F32(0.5) + F32(0.5) * dx / (abs(dx) + F32(25))
    away = abs(dx) / (abs(dx) + F32(40))
    reach = F32(0.4) if skin else F32(1)
    centre = w * a[14] + u * b[14] if skin else w * a[2] + u * b[2]
    out = outward * (w * a[17] + u * b[17]) / (np.sqrt(dx * dx + dy * dy) + F32(20))
    for c in range(3):
        left, right = w * a[8 + c] + u * b[8 + c], w * a[11 + c] + u * b[11 + c]
        q[c] = away * (side * left + (F32(1) - side) * right)
    q[0] += centre + scale * dx + out * dx - reach * rz * ey * scale
    q[1] += w * a[3] + u * b[3] + scale * dy + out * dy + reach * rz * ex * scale
    if skin:  # the flesh of the shoulders goes where the arms are
        arm = min(max((abs(dx) - F32(15)) / F32(60), F32(0)), F32(1))
        q[1] += arm * (w * a[15] + u * b[15])
        q[2] += arm * (w * a[16] + u * b[16])
    q[2] += w * a[4] + u * b[4] + reach * scale * (rx * ey - ry * ex)
    if not skin:
        return
    chin = min(max((-dy - F32(50)) / F32(25), F32(0)), F32(1))
    head = max(w * a[18] + u * b[18], chin * (w * a[19] + u * b[19]))
    for c in range(3):  # the skin of the head goes with the skull
        m = skull[3 * c] * p[0] + skull[3 * c + 1] * p[1] + skull[3 * c + 2] * p[2]
        away = out * dx if c == 0 else (out * dy if c == 1 else F32(0))
        q[c] = (F32(1) - head) * q[c] + head * (m + skull[9 + c] + away)
