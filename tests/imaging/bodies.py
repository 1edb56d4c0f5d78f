"""Closed bodies with known chords, made here so that physics needs no anatomy."""

import numpy as np
from numpy.typing import NDArray

Body = tuple[NDArray[np.float64], NDArray[np.int32]]


def sphere(radius_mm: float, centre=(0.0, 0.0, 0.0), rings: int = 48) -> Body:
    """Latitude-longitude sphere whose volume is that of the true one."""
    lat = np.linspace(0, np.pi, rings + 1)[1:-1]
    lon = np.linspace(0, 2 * np.pi, 2 * rings, endpoint=False)
    ring = np.stack(
        [
            np.outer(np.sin(lat), np.cos(lon)),
            np.outer(np.sin(lat), np.sin(lon)),
            np.outer(np.cos(lat), np.ones_like(lon)),
        ],
        axis=-1,
    ).reshape(-1, 3)
    vertices = np.vstack([ring, [[0, 0, 1]], [[0, 0, -1]]])
    n, north, south = len(lon), len(ring), len(ring) + 1
    faces = []
    for i in range(n):
        j = (i + 1) % n
        faces.append((north, i, j))
        faces.append((south, north - n + j, north - n + i))
        for row in range(0, north - n, n):
            faces.append((row + i, row + n + i, row + n + j))
            faces.append((row + i, row + n + j, row + j))
    triangles = np.array(faces, np.int32)
    vertices *= radius_mm * (4 / 3 * np.pi / volume((vertices, triangles))) ** (1 / 3)
    return vertices + np.asarray(centre, float), triangles


def box(low, high) -> Body:
    """Axis-parallel box from corner to corner."""
    corners = np.array([[i & 1, i >> 1 & 1, i >> 2 & 1] for i in range(8)], float)
    quads = [(0, 4, 6, 2), (1, 3, 7, 5), (0, 1, 5, 4), (2, 6, 7, 3), (0, 2, 3, 1)]
    quads.append((4, 5, 7, 6))
    faces = [t for a, b, c, d in quads for t in ((a, b, c), (a, c, d))]
    low, high = np.asarray(low, float), np.asarray(high, float)
    return low + corners * (high - low), np.array(faces, np.int32)


def wedge(low, high) -> Body:
    """Box whose height along y grows linearly from 0 at low x to full at high x."""
    vertices, triangles = box(low, high)
    share = (vertices[:, 0] - low[0]) / (high[0] - low[0])
    vertices[:, 1] = low[1] + (vertices[:, 1] - low[1]) * share
    return vertices, triangles


def joined(*bodies: Body) -> tuple[NDArray[np.float64], NDArray[np.int32], NDArray]:
    """One list of vertices and triangles, and the body that each triangle is of."""
    offset, vertices, triangles, owner = 0, [], [], []
    for number, (points, faces) in enumerate(bodies):
        vertices.append(points)
        triangles.append(faces + offset)
        owner.append(np.full(len(faces), number, np.int32))
        offset += len(points)
    return np.vstack(vertices), np.vstack(triangles), np.concatenate(owner)


def volume(body: Body) -> float:
    """Signed volume; positive when the triangles look outwards."""
    a, b, c = (body[0][body[1][:, i]] for i in range(3))
    return float(np.einsum("ij,ij->i", a, np.cross(b, c)).sum() / 6)
