"""Closed triangle meshes: surface nets, closedness, volume.

Surface nets: Gibson 1998, "Constrained elastic surface nets". One vertex a cell that
the surface crosses, at the mean of its edge crossings, then two Newton steps onto the
level set. Closed meshes matter: chords through an open one are wrong by metres.
"""

from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spineseg.anatomy.scene import Mesh
from spineseg.anatomy.sdf import Field, Shape, grid_points, unit_field

_CORNERS = np.array([(i, j, k) for i in (0, 1) for j in (0, 1) for k in (0, 1)])
_EDGES = [
    (a, b)
    for a in range(8)
    for b in range(8)
    if a < b and np.abs(_CORNERS[a] - _CORNERS[b]).sum() == 1
]


def surface_nets(field: Field, origin_mm: ArrayLike, spacing_mm: float) -> Mesh:
    """Return the closed mesh of the surface where ``field`` changes its sign.

    The outermost layer of samples counts as outside, so that a shape cut by its grid
    is capped instead of left open. An empty field gives a mesh without triangles.

    Args:
        field: (nx, ny, nz), negative inside, mm.
        origin_mm: position of sample (0, 0, 0).
        spacing_mm: distance of the samples.
    """
    field = _with_outside_border(field)
    inside = field < 0
    cells, index = _crossed_cells(inside)
    vertices = _cell_vertices(field, cells)
    triangles = _quads(inside, index)
    vertices = _settle(vertices, field)
    placed = vertices * spacing_mm + np.asarray(origin_mm, float)
    return Mesh(placed.astype(np.float32), triangles)


def mesh_of(
    shape: Shape, low_mm: ArrayLike, high_mm: ArrayLike, spacing_mm: float
) -> Mesh:
    """Return the closed mesh of a signed-distance function within a box."""
    field = shape(grid_points(low_mm, high_mm, spacing_mm))
    return surface_nets(unit_field(field, spacing_mm), low_mm, spacing_mm)


def is_closed(mesh: Mesh) -> bool:
    """Tell whether every directed edge occurs as often as its reverse."""
    t = mesh.triangles.astype(np.int64)
    n = len(mesh.vertices)
    start = np.concatenate([t[:, 0], t[:, 1], t[:, 2]])
    end = np.concatenate([t[:, 1], t[:, 2], t[:, 0]])
    forth, back = np.sort(start * n + end), np.sort(end * n + start)
    return bool(np.array_equal(forth, back))


def volume_mm3(mesh: Mesh) -> float:
    """Return the signed volume; positive when the triangles face outwards."""
    a, b, c = (mesh.vertices[mesh.triangles[:, k]].astype(float) for k in range(3))
    return float(np.einsum("ij,ij->", a, np.cross(b, c)) / 6)


def area_mm2(mesh: Mesh) -> float:
    """Return the area of all triangles."""
    a, b, c = (mesh.vertices[mesh.triangles[:, k]].astype(float) for k in range(3))
    return float(np.linalg.norm(np.cross(b - a, c - a), axis=1).sum() / 2)


def facing_outwards(mesh: Mesh) -> Mesh:
    """Return the mesh with its triangles turned so that the volume is positive."""
    if volume_mm3(mesh) >= 0:
        return mesh
    return Mesh(mesh.vertices, np.ascontiguousarray(mesh.triangles[:, ::-1]))


def joined(meshes: Iterable[Mesh]) -> Mesh:
    """Return one mesh with the triangles of all."""
    vertices, triangles, count = [], [], 0
    for mesh in meshes:
        vertices.append(mesh.vertices)
        triangles.append(mesh.triangles + np.int32(count))
        count += len(mesh.vertices)
    if not vertices:
        return Mesh(np.zeros((0, 3), np.float32), np.zeros((0, 3), np.int32))
    return Mesh(np.concatenate(vertices), np.concatenate(triangles))


def sample_field(
    field: NDArray[np.float32], position: NDArray
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return value (n,) and gradient (n, 3) of a field between its samples.

    position: (n, 3) in samples. Trilinear; positions outside are held at the border.
    """
    corner, w = _cell_of(field, position)
    u = 1 - w
    value = np.zeros(len(w), np.float32)
    slope = np.zeros((len(w), 3), np.float32)
    for offset, step in zip(_CORNERS, _strides(field, _CORNERS), strict=True):
        f = field.ravel()[corner + step]
        x, y, z = (w[:, k] if offset[k] else u[:, k] for k in range(3))
        sx, sy, sz = np.float32(2) * offset - 1
        value += f * x * y * z
        slope[:, 0] += f * sx * y * z
        slope[:, 1] += f * x * sy * z
        slope[:, 2] += f * x * y * sz
    return value, slope


def _strides(field: Field, offsets: NDArray) -> NDArray:
    ny, nz = field.shape[1:]
    return offsets @ np.array([ny * nz, nz, 1])


def _cell_of(field: Field, position: NDArray) -> tuple[NDArray, NDArray[np.float32]]:
    position = np.asarray(position, np.float32)
    low = np.clip(np.floor(position).astype(np.int64), 0, np.array(field.shape) - 2)
    w = np.clip(position - low, 0, 1).astype(np.float32)
    return _strides(field, low), w


def _with_outside_border(field: Field) -> Field:
    field = np.array(field, np.float32, copy=True, order="C")
    for axis in range(3):
        border = np.moveaxis(field, axis, 0)
        border[0] = np.maximum(border[0], 0.1)
        border[-1] = np.maximum(border[-1], 0.1)
    return field


def _crossed_cells(inside: NDArray[np.bool_]) -> tuple[NDArray, NDArray[np.int32]]:
    nx, ny, nz = inside.shape
    count = np.zeros((nx - 1, ny - 1, nz - 1), np.int8)
    for i, j, k in _CORNERS:
        count += inside[i : nx - 1 + i, j : ny - 1 + j, k : nz - 1 + k]
    crossed = (count > 0) & (count < 8)
    cells = np.argwhere(crossed)
    index = np.full(crossed.shape, -1, np.int32)
    index[crossed] = np.arange(len(cells), dtype=np.int32)
    return cells, index


def _cell_vertices(field: Field, cells: NDArray) -> NDArray[np.float32]:
    """Return the mean of the edge crossings of every cell, in samples."""
    base = _strides(field, cells)
    value = [field.ravel()[base + s] for s in _strides(field, _CORNERS)]
    total = np.zeros((len(cells), 3), np.float32)
    count = np.zeros(len(cells), np.float32)
    for a, b in _EDGES:
        crossing = (value[a] < 0) != (value[b] < 0)
        t = np.where(crossing, value[a], 0) / np.where(
            crossing, value[a] - value[b], np.float32(1)
        )
        along = (_CORNERS[b] - _CORNERS[a]).astype(np.float32)
        total += crossing[:, None] * (_CORNERS[a] + t[:, None] * along)
        count += crossing
    return (cells + total / count[:, None]).astype(np.float32)


def _quads(inside: NDArray[np.bool_], index: NDArray[np.int32]) -> NDArray[np.int32]:
    """Return two triangles for every grid edge whose ends differ."""
    found = []
    for axis in range(3):
        u, v = (axis + 1) % 3, (axis + 2) % 3
        trim: list[slice] = [slice(1, -1)] * 3
        trim[axis] = slice(0, -1)
        low = inside[tuple(trim)]
        trim[axis] = slice(1, None)
        edges = np.argwhere(low != inside[tuple(trim)])
        leaving = low[tuple(edges.T)]
        edges[:, u] += 1
        edges[:, v] += 1
        quad = np.empty((len(edges), 4), np.int32)
        for corner, (du, dv) in enumerate([(-1, -1), (0, -1), (0, 0), (-1, 0)]):
            cell = edges.copy()
            cell[:, u] += du
            cell[:, v] += dv
            quad[:, corner] = index[tuple(cell.T)]
        quad[~leaving] = quad[~leaving][:, ::-1]
        found += [quad[:, [0, 1, 2]], quad[:, [0, 2, 3]]]
    return np.ascontiguousarray(np.concatenate(found), np.int32)


def _settle(vertices: NDArray[np.float32], field: Field) -> NDArray[np.float32]:
    """Move the vertices onto the level set by two bounded Newton steps."""
    for _ in range(2):
        value, slope = sample_field(field, vertices)
        steep = np.maximum(np.einsum("ij,ij->i", slope, slope), 1e-4)
        vertices = vertices - np.clip((value / steep)[:, None] * slope, -0.6, 0.6)
    return vertices
