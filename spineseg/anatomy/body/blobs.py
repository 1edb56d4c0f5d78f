"""Lumps: spheres pushed out of shape, for gas, stool, chalk and small organs."""

from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spineseg.anatomy.scene import Mesh
from spineseg.anatomy.sweep import outwards

Array = NDArray[np.float64]


@lru_cache(maxsize=8)
def icosphere(level: int) -> tuple[Array, NDArray[np.int32]]:
    """Return the unit sphere of 20 * 4**level triangles: points and triangles."""
    if level == 0:
        return _icosahedron()
    points, triangles = icosphere(level - 1)
    edges = np.sort(triangles[:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2), axis=1)
    unique, index = np.unique(edges, axis=0, return_inverse=True)
    middle = points[unique].sum(1)
    middle /= np.linalg.norm(middle, axis=1, keepdims=True)
    ab, bc, ca = index.reshape(-1, 3).T + len(points)
    a, b, c = triangles.T
    quarter = [(a, ab, ca), (b, bc, ab), (c, ca, bc), (ab, bc, ca)]
    split = np.concatenate([np.stack(t, -1) for t in quarter])
    return np.concatenate([points, middle]), split.astype(np.int32)


def _icosahedron() -> tuple[Array, NDArray[np.int32]]:
    g = (1 + np.sqrt(5)) / 2
    corners = [(s, t * g, 0) for s in (-1, 1) for t in (-1, 1)]
    points = np.array([np.roll(c, k) for k in range(3) for c in corners], float)
    near = np.linalg.norm(points[:, None] - points, axis=-1) < 2.01
    triangles = [
        (i, j, k) if np.linalg.det(points[[i, j, k]]) > 0 else (i, k, j)
        for i in range(12)
        for j in range(i + 1, 12)
        for k in range(j + 1, 12)
        if near[i, j] and near[j, k] and near[i, k]
    ]
    return points / np.linalg.norm(points[0]), np.array(triangles, np.int32)


def blob(
    centre: ArrayLike,
    radii_mm: ArrayLike,
    random: np.random.Generator,
    *,
    rough: float = 0.2,
    waves: float = 2.2,
    level: int = 2,
    floor: float | None = None,
) -> Mesh:
    """Return a lump about a centre.

    Args:
        centre: world mm.
        radii_mm: half sizes along x, y, z.
        random: where its form comes from.
        rough: relative size of the bumps.
        waves: how many bumps fit around it; each of the six waves has its own.
        level: subdivisions of the sphere, 20 * 4**level triangles.
        floor: cut flat below this z (a fluid level), relative to the half height.
    """
    points, triangles = icosphere(level)
    wave = random.normal(0, waves, (6, 3))
    size = random.normal(0, rough / np.sqrt(3), 6)
    bump = np.sin(points @ wave.T + random.uniform(0, 2 * np.pi, 6)) @ size
    moved = points * np.clip(1 + bump, 0.35, 1.8)[:, None]
    if floor is not None:
        # squeezed to a thin skin instead of cut, so that the lump stays closed
        low = np.minimum(moved[:, 2] - floor, 0)
        moved[:, 2] = np.maximum(moved[:, 2], floor) + 0.02 * low
    return outwards(moved * np.asarray(radii_mm, float) + np.asarray(centre), triangles)
