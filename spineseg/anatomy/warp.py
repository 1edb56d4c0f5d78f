"""From the mean adult's bone to this patient's, vertex by vertex, into the world.

One record a bone holds all that shapes it. The kernel works on canonical vertices and
needs no connectivity, so that a new patient costs about a tenth of a microsecond a
vertex. Lengths in mm; the frame is the vertebra's (x left, y posterior, z up).
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

WAVES = 3

WARP = np.dtype(
    [
        # the mean adult's measures
        ("wall", "f4"),  # y of the posterior wall; half the depth of the body
        ("arch", "f4"),  # y of the back of the canal
        ("tip", "f4"),  # y of the tip of the spinous process
        ("half_canal", "f4"),
        ("half_span", "f4"),  # x of the tip of the transverse process
        ("half_width", "f4"),
        ("half_height", "f4"),
        # patient over mean adult
        ("width", "f4"),
        ("depth", "f4"),
        ("canal_width", "f4"),
        ("canal_depth", "f4"),
        ("spinous", "f4"),
        ("span", "f4", (2,)),  # left, right
        ("front_height", "f4"),
        ("back_height", "f4"),
        ("arch_height", "f4"),
        # wear
        ("sink", "f4", (2,)),  # extra hollow of the upper and lower end-plate, mm
        ("sink_y", "f4"),  # where it is deepest, share of the half depth
        ("node", "f4", (2, 4)),  # Schmorl node above, below: x, y, depth, radius
        ("spur", "f4", (2, 4)),  # osteophytes, mm: upper, lower; see SPUR_ANGLES
        ("joint", "f4", (2, 3)),  # centres of the left upper and lower facet joint
        ("swell", "f4", (4,)),  # mm: upper left, upper right, lower left, lower right
        # individual asymmetry
        ("tip_shift", "f4", (2,)),  # x and z of the spinous tip, mm
        ("wing", "f4", (4,)),  # z and y of the left, of the right process' tip, mm
        ("lamina", "f4", (3,)),  # slope, sharpness of the roof, height; small numbers
        ("wave", "f4", (WAVES, 7)),  # wave vector, phase, amplitude vector
        ("loose", "f4", (3,)),  # shift of an arch set free by a pars defect, mm
        # placement
        ("origin", "f4", (3,)),
        ("axes", "f4", (3, 3)),
    ]
)

_PER_TURN = np.float32(1 / (2 * np.pi))

SPUR_ANGLES = np.array([-0.9, -0.25, 0.25, 0.9], np.float32)
"""Directions of osteophytes from straight ahead, radians / (pi / 2), right to left."""


def warp_bones(
    vertices: NDArray[np.float32],
    loose: NDArray[np.float32],
    ends: NDArray[np.int64],
    rows: NDArray[np.int64],
    bones: NDArray,
    out: NDArray[np.float32],
) -> None:
    """Write the world positions of many bones' vertices.

    Args:
        vertices: (n, 3) canonical, bones one after another.
        loose: (n,) share of the shift of a free arch.
        ends: last vertex + 1 of each piece.
        rows: record of each piece.
        bones: records of dtype :data:`WARP`.
        out: (n, 3), written.
    """
    _warp_bones(vertices, loose, ends, rows, bones, out)


def warp_points(points: NDArray, bone: NDArray) -> NDArray[np.float32]:
    """Return canonical points of one bone (a record) in the world."""
    p = np.ascontiguousarray(points, np.float32)
    out = np.empty_like(p)
    ends, rows = np.array([len(p)]), np.zeros(1, np.int64)
    still = np.zeros(len(p), np.float32)
    _warp_bones(p, still, ends, rows, np.atleast_1d(bone), out)
    return out


@njit(cache=True, nogil=True, error_model="numpy", fastmath=True)
def _warp_bones(vertices, loose, ends, rows, bones, out):
    start = 0
    for piece in range(len(ends)):
        b = bones[rows[piece]]
        axes, origin, free = b.axes, b.origin, b.loose
        for i in range(start, ends[piece]):
            x, y, z = vertices[i, 0], vertices[i, 1], vertices[i, 2]
            x, y, z = _worn(b, x, y, z)
            x, y, z = _grown(b, x, y, z)
            x, y, z = _uneven(b, x, y, z)
            x += loose[i] * free[0]
            y += loose[i] * free[1]
            z += loose[i] * free[2]
            for k in range(3):
                out[i, k] = x * axes[0, k] + y * axes[1, k] + z * axes[2, k] + origin[k]
        start = ends[piece]


@njit(cache=True, nogil=True, error_model="numpy", fastmath=True)
def _step(x, low, high):
    t = min(max((x - low) / (high - low), np.float32(0)), np.float32(1))
    return t * t * (np.float32(3) - np.float32(2) * t)


@njit(cache=True, nogil=True, error_model="numpy", fastmath=True)
def _sine(x):
    """A sine of two parabolas, right to 0.001: four times faster, same everywhere."""
    turns = x * _PER_TURN
    t = turns - np.floor(turns + np.float32(0.5))
    y = np.float32(8) * t - np.float32(16) * t * abs(t)
    return np.float32(0.225) * (y * abs(y) - y) + y


@njit(cache=True, nogil=True, error_model="numpy", fastmath=True)
def _worn(b, x, y, z):
    """End-plates that sink, Schmorl nodes, osteophytes, swollen facets."""
    height = abs(z) / b.half_height
    if y < b.wall + 3 and height > 0.45 and height < 1.6:
        x, y, z = _worn_plate(b, x, y, z, height)
    elif y > b.wall + 3:
        side = 0 if x > 0 else 1
        for level in range(2):
            amount = b.swell[2 * level + side]
            if amount > 0:
                dx = abs(x) - b.joint[level, 0]
                dy = y - b.joint[level, 1]
                dz = z - b.joint[level, 2]
                r2 = dx * dx + dy * dy + np.float32(0.5) * dz * dz
                if r2 < 200:
                    grow = amount * np.exp(-r2 / 70) / np.sqrt(r2 + 4)
                    x += dx * grow if x > 0 else -dx * grow
                    y += dy * grow
                    z += dz * grow
    return x, y, z


@njit(cache=True, nogil=True, error_model="numpy", fastmath=True)
def _worn_plate(b, x, y, z, height):
    side = 0 if z > 0 else 1
    up = np.float32(1) if z > 0 else np.float32(-1)
    u, v = x / b.half_width, y / b.wall
    radius = np.sqrt(u * u + v * v)
    near = _step(height, np.float32(0.5), np.float32(0.95))
    inside = 1 - (u * u + (v - b.sink_y) ** 2) / np.float32(0.72)
    if inside > 0:
        z -= up * near * b.sink[side] * inside
        depth = b.node[side, 2]
        if depth > 0:
            d2 = (x - b.node[side, 0]) ** 2 + (y - b.node[side, 1]) ** 2
            z -= up * near * depth * np.exp(-d2 / (2 * b.node[side, 3] ** 2))
    if radius > 0.7 and radius < 1.5:
        amount = _spur(b, side, u, v)
        if amount > 0:
            rim = _step(height, np.float32(0.62), np.float32(1.0))
            rim *= rim * _step(radius, np.float32(0.72), np.float32(1.0))
            rim *= 1 - _step(y, b.wall - 3, b.wall + 2)
            x += amount * rim * u / radius
            y += amount * rim * v / radius
            z += up * np.float32(0.35) * amount * rim
    return x, y, z


@njit(cache=True, nogil=True, error_model="numpy", fastmath=True)
def _spur(b, side, u, v):
    """Length of the osteophyte in a direction: the longest of four lobes."""
    angle = np.arctan2(u, -v) / np.float32(np.pi / 2)
    longest = np.float32(0)
    for k in range(4):
        away = (angle - SPUR_ANGLES[k]) / np.float32(0.42)
        if abs(away) < 1:
            lobe = b.spur[side, k] * (1 - away * away) ** 2
            longest = max(longest, lobe)
    return longest


@njit(cache=True, nogil=True, error_model="numpy", fastmath=True)
def _grown(b, x, y, z):
    """The patient's own sizes: width, depth, heights, canal, processes."""
    body = 1 - _step(y, b.wall - 2, b.wall + 4)
    ahead = min(max((b.wall - y) / (2 * b.wall), np.float32(0)), np.float32(1))
    stretch = b.back_height + (b.front_height - b.back_height) * ahead
    z *= body * stretch + (1 - body) * b.arch_height

    distance = abs(x)
    span = b.span[0] if x > 0 else b.span[1]
    out_of_canal = b.canal_width * min(distance, b.half_canal)
    if distance > b.half_canal:
        room = b.half_span - b.half_canal
        longer = (span * b.half_span - b.canal_width * b.half_canal) / room
        out_of_canal += longer * (distance - b.half_canal)
    wide = body * b.width * distance + (1 - body) * out_of_canal
    x = wide if x > 0 else -wide

    grown = b.depth * min(y, b.wall)
    if y > b.wall:
        grown += b.canal_depth * (min(y, b.arch) - b.wall)
    if y > b.arch:
        grown += b.spinous * (y - b.arch)
    return x, grown, z


@njit(cache=True, nogil=True, error_model="numpy", fastmath=True)
def _uneven(b, x, y, z):
    """What differs between left and right, and between one arch and the next."""
    behind = _step(y, b.wall * b.depth, b.arch * b.depth + 4)
    if behind > 0:
        room = (b.tip - b.arch) * b.spinous
        out = min(max((y - b.arch * b.depth) / room, np.float32(0)), np.float32(1))
        x += b.tip_shift[0] * out * out
        z += b.tip_shift[1] * out * out
        middle = behind * (1 - out)
        y += middle * (b.lamina[0] * z + b.lamina[1] * min(out * 8, 1) * abs(x) * 0.1)
        z *= 1 + b.lamina[2] * middle
    reach = abs(x) / b.half_span
    if reach > 0.4 and y > 0:
        wing = 0 if x > 0 else 2
        share = _step(reach, np.float32(0.4), np.float32(1.1))
        z += b.wing[wing] * share
        y += b.wing[wing + 1] * share
    quiet = 1 - np.float32(0.65) * (1 - _step(y, b.wall - 4, b.wall + 8))
    dx = dy = dz = np.float32(0)
    w = b.wave
    for k in range(WAVES):
        s = _sine(w[k, 0] * x + w[k, 1] * y + w[k, 2] * z + w[k, 3])
        dx += s * w[k, 4]
        dy += s * w[k, 5]
        dz += s * w[k, 6]
    return x + quiet * dx, y + quiet * dy, z + quiet * dz
