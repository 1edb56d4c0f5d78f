"""Bones of the mean adult as closed meshes, made once for each level of detail.

A bone is two surfaces: the outside of its cortex and, inside by the local thickness,
the border to the spongiosa. Both come from one field. A lumbar vertebra with a pars
defect is baked in two pieces that touch, so that any gap can be opened later.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from tqdm import tqdm

from spineseg.anatomy import (
    cache,
    mesh,
    sacrum,
    scene,
    sdf,
    tables,
    vertebra,
    vertebra_body,
    vertebra_cervical,
    vertebra_lumbar,
    vertebra_thoracic,
)
from spineseg.anatomy.mesh import joined, sample_field, surface_nets
from spineseg.anatomy.scene import Mesh
from spineseg.anatomy.sdf import Field, Points, grid_points, smooth_max, unit_field
from spineseg.anatomy.tables import DIMENSIONS, SACRUM
from spineseg.core.rng import rng

DETAILS_MM = (2.0, 1.2, 0.8)
"""Spacings that bones are baked at; pictures of 480, 1024 and 3072 pixels."""

_FINER = {"C": 0.65, "S": 1.35}
_SACRUM_CORTEX_MM = 1.1
_CRUMB = 0.05
"""Pieces with a smaller share of the vertices are dust of a cut and are dropped."""


@dataclass(frozen=True)
class BakedBone:
    """One bone of the mean adult in its own frame.

    part: index of :data:`spineseg.anatomy.scene.PARTS` for each outer triangle.
    loose_outer, loose_inner: 1 for the vertices of the arch that a pars defect sets
    free, 0 elsewhere.
    """

    outer: Mesh
    inner: Mesh
    part: NDArray[np.uint8]
    loose_outer: NDArray[np.float32]
    loose_inner: NDArray[np.float32]


def nearest_detail_mm(detail_mm: float) -> float:
    """Return the coarsest baked spacing that is not coarser than asked for."""
    fine = [d for d in DETAILS_MM if d <= detail_mm * 1.05]
    return max(fine, default=DETAILS_MM[-1])


def bake_all(
    levels: Iterable[str], detail_mm: float, split: frozenset[str] = frozenset()
) -> None:
    """Bake the bones that are not yet baked, with a progress bar on a terminal.

    Elsewhere it is silent: what a notebook prints must not depend on its cache.
    """
    wanted = [(level, level in split) for level in levels]
    missing = [
        (level, cut)
        for level, cut in wanted
        if not cache.is_remembered(_name(level, detail_mm, cut), _key())
    ]
    if len(missing) < 2:
        return
    bar = tqdm(missing, "baking bones", unit="bone", leave=False, disable=None)
    for level, cut in bar:
        baked_bone(level, detail_mm, cut)


@lru_cache(maxsize=120)
def baked_bone(level: str, detail_mm: float, split: bool = False) -> BakedBone:
    """Return one bone, from memory, from the cache, or baked now."""
    arrays = cache.remember(
        _name(level, detail_mm, split),
        _key(),
        lambda: _bake(level, detail_mm, split),
    )
    return BakedBone(
        Mesh(arrays["outer"], arrays["outer_triangles"]),
        Mesh(arrays["inner"], arrays["inner_triangles"]),
        arrays["part"],
        arrays["loose_outer"],
        arrays["loose_inner"],
    )


def _name(level: str, detail_mm: float, split: bool) -> str:
    return f"bone-{level}{'-split' if split else ''}-{detail_mm:g}mm"


@lru_cache(maxsize=1)
def _key() -> str:
    return cache.code_hash(
        [
            *(cache, mesh, sacrum, scene, sdf, tables, vertebra, vertebra_body),
            *(vertebra_cervical, vertebra_lumbar, vertebra_thoracic),
            __import__(__name__, fromlist=["_key"]),
        ]
    )


def _bake(level: str, detail_mm: float, split: bool) -> cache.Arrays:
    h = detail_mm * _FINER.get(level[0], 1.0)
    if level == SACRUM:
        low, high = sacrum.LOW_MM, sacrum.HIGH_MM
    else:
        low, high = vertebra.box_mm(level)
    fields = banded(lambda p: _whole_and_cortex(level, p), low, high, h)
    pieces: list[Field | None] = [None]
    if split:
        side = vertebra_lumbar.arch_side(grid_points(low, high, h), DIMENSIONS[level])
        pieces = [-side, side]
    outer, inner = [], []
    for piece in pieces:
        out, within = _two_surfaces(level, fields, piece, np.array(low), h)
        outer.append(out)
        inner.append(within)
    skin, marrow = joined(outer), joined(inner)
    return {
        "outer": skin.vertices,
        "outer_triangles": skin.triangles,
        "inner": marrow.vertices,
        "inner_triangles": marrow.triangles,
        "part": _parts(level, skin),
        "loose_outer": _piece_flags(outer),
        "loose_inner": _piece_flags(inner),
    }


def _whole_and_cortex(level: str, p: Points) -> NDArray[np.floating]:
    """Return distance and thickness stacked on a new first axis."""
    if level == SACRUM:
        whole = sacrum.sacrum(p)
        return np.stack([whole, np.full_like(whole, _SACRUM_CORTEX_MM)])
    whole, parts = vertebra.vertebra(level, p)
    return np.stack([whole, vertebra.cortex_mm(level, p, parts)])


def _parts(level: str, skin: Mesh) -> NDArray[np.uint8]:
    if level == SACRUM:
        return np.zeros(len(skin.triangles), np.uint8)
    centre = skin.vertices[skin.triangles].mean(axis=1)
    return vertebra.part_of(vertebra.vertebra(level, centre)[1])


def _piece_flags(pieces: list[Mesh]) -> NDArray[np.float32]:
    flags = [np.full(len(m.vertices), k, np.float32) for k, m in enumerate(pieces)]
    return np.concatenate(flags)


def _two_surfaces(
    level: str,
    fields: NDArray[np.floating],
    piece: Field | None,
    low: NDArray,
    spacing_mm: float,
) -> tuple[Mesh, Mesh]:
    whole, thick = fields
    if piece is not None:
        whole = smooth_max(whole, piece, 0.8)
    distance = unit_field(whole, spacing_mm)
    outer = surface_nets(distance, low, spacing_mm)
    inner = surface_nets(distance + thick, low, spacing_mm)
    if piece is not None:
        outer, inner = without_crumbs(outer), without_crumbs(inner)
    if spacing_mm < 1.5:  # finer than what a coarse mesh could carry
        bumps = _roughness(outer.vertices, (1.1, 3.0), (0.10, 0.16))
        hollows = _roughness(inner.vertices, (1.0, 2.6), (0.22, 0.22))
        inward = hollows * np.float32(np.median(thick[np.abs(whole) < 1]))
        outer = _displaced(outer, bumps, distance, low, spacing_mm)
        inner = _displaced(inner, inward, distance, low, spacing_mm)
    return outer, inner


def without_crumbs(surface: Mesh) -> Mesh:
    """Return the mesh without its small unconnected pieces."""
    t, n = surface.triangles, len(surface.vertices)
    edges = (np.ones(2 * len(t)), (t[:, [0, 1]].ravel(), t[:, [1, 2]].ravel()))
    _, piece = connected_components(coo_array(edges, shape=(n, n)), directed=False)
    keep = np.bincount(piece)[piece] > _CRUMB * n
    number = np.cumsum(keep) - 1
    faces = number[t[keep[t[:, 0]]]]
    return Mesh(surface.vertices[keep], faces.astype(np.int32))


def _displaced(
    surface: Mesh, by_mm: NDArray, distance: Field, low: NDArray, spacing_mm: float
) -> Mesh:
    """Return the mesh moved along the field's gradient."""
    if not len(surface.vertices):
        return surface
    _, slope = sample_field(distance, (surface.vertices - low) / spacing_mm)
    slope /= np.maximum(np.linalg.norm(slope, axis=1, keepdims=True), 0.2)
    moved = surface.vertices + slope * by_mm[:, None]
    return Mesh(moved.astype(np.float32), surface.triangles)


def _roughness(
    where_mm: NDArray, scales_mm: tuple[float, ...], amounts: tuple[float, ...]
) -> NDArray[np.float32]:
    """Return smooth noise at points: vascular grooves, tendon insertions."""
    total = np.zeros(len(where_mm), np.float32)
    for k, (scale, amount) in enumerate(zip(scales_mm, amounts, strict=True)):
        tile = _noise_tile(k)
        position = np.mod(where_mm / scale, _TILE - 1)
        total += np.float32(amount) * sample_field(tile, position)[0]
    return total


_TILE = 40


@lru_cache(maxsize=4)
def _noise_tile(index: int) -> NDArray[np.float32]:
    """Return periodic noise with unit spread, correlated over one sample."""
    white = rng(0, "bone roughness", index).standard_normal((_TILE - 1,) * 3)
    smooth = gaussian_filter(white, 1.0, mode="wrap")
    return np.pad(smooth / smooth.std(), (0, 1), mode="wrap").astype(np.float32)


def banded(
    function: Callable[[Points], NDArray[np.floating]],
    low_mm: Iterable[float],
    high_mm: Iterable[float],
    spacing_mm: float,
) -> NDArray[np.floating]:
    """Evaluate a function on a grid, carefully only where its first row is near zero.

    function: takes (..., 3) points and returns (k, ...) values, the first a distance.
    Far from the surface the value of the nearest coarse sample is good enough.
    """
    low, high = np.array(low_mm, float), np.array(high_mm, float)
    fine = grid_points(low, high, spacing_mm)
    if spacing_mm > 1.5:
        return function(fine)
    step, shape = 4, fine.shape[:3]
    reach = spacing_mm * step
    coarse = function(grid_points(low, high + reach, reach))
    near = np.abs(coarse[0]) < 1.0 + 1.45 * reach
    spread = [_repeat(values, step, shape) for values in (*coarse, near)]
    band = spread.pop() > 0
    out = np.stack(spread).astype(np.float32)
    out[:, band] = function(fine[band])
    return out


def _repeat(values: NDArray, step: int, shape: tuple[int, ...]) -> NDArray:
    """Return nearest-neighbour enlargement, cropped to a shape."""
    for axis in range(3):
        values = np.repeat(values, step, axis=axis)
        values = np.take(
            values, np.arange(shape[axis]) + step // 2, axis=axis, mode="clip"
        )
    return values
