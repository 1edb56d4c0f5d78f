"""The vertebrae and the sacrum of one patient as part of a scene."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from spineseg.anatomy.bake import BakedBone, bake_all, baked_bone
from spineseg.anatomy.individual import ROW
from spineseg.anatomy.scene import PARTS, Scene
from spineseg.anatomy.tables import LEVELS, SACRUM
from spineseg.anatomy.warp import warp_bones

REGIONS: dict[str, tuple[str, ...]] = {
    "thoracolumbar": (*LEVELS[LEVELS.index("T4") :], SACRUM),
    "cervical": LEVELS[: LEVELS.index("T4") + 1],
    "all": (*LEVELS, SACRUM),
}
"""Bones that a region shows."""

OUTER_JUMP = (-1.0, 1.0, 0.0, 0.0)
"""Into compact bone from soft tissue."""


def inner_jump(bone_density: float) -> tuple[float, float, float, float]:
    """Into spongiosa from compact bone: that share of it is bone, the rest marrow."""
    return (1 - bone_density, bone_density - 1, 1.0, 0.0)


@dataclass(frozen=True)
class BoneSet:
    """Bones of the mean adult one after another, ready for warping.

    ends, rows: last vertex + 1 and record of each piece (outer and inner surface of
    each bone). inner: which surfaces (rows of the scene) lie inside the cortex.
    """

    vertices: NDArray[np.float32]
    loose: NDArray[np.float32]
    ends: NDArray[np.int64]
    rows: NDArray[np.int64]
    triangles: NDArray[np.int32]
    surface: NDArray[np.int32]
    structures: tuple[str, ...]
    parts: tuple[str | None, ...]
    inner: NDArray[np.bool_]

    def scene(self, records: NDArray, bone_density: float) -> Scene:
        """Return the patient's bones in the world."""
        vertices = np.empty_like(self.vertices)
        warp_bones(self.vertices, self.loose, self.ends, self.rows, records, vertices)
        jumps = np.where(self.inner[:, None], inner_jump(bone_density), OUTER_JUMP)
        return Scene(
            vertices,
            self.triangles,
            self.surface,
            jumps.astype(np.float32),
            self.structures,
            self.parts,
        )


@lru_cache(maxsize=24)
def bone_set(
    region: str, detail_mm: float, split: frozenset[str] = frozenset()
) -> BoneSet:
    """Return the bones of a region; those in ``split`` have a freed arch."""
    levels = REGIONS[region]
    bake_all(levels, detail_mm, split)
    pieces = _Pieces()
    for level in levels:
        pieces.add(level, baked_bone(level, detail_mm, level in split))
    return pieces.join()


class _Pieces:
    """Collects surfaces and numbers their vertices and rows."""

    def __init__(self) -> None:
        self.vertices, self.loose, self.triangles, self.surface = [], [], [], []
        self.structures: list[str] = []
        self.parts: list[str | None] = []
        self.inner: list[bool] = []
        self.rows: list[int] = []
        self.count = 0

    def add(self, level: str, bone: BakedBone) -> None:
        name = "sacrum" if level == SACRUM else level
        order = np.argsort(bone.part, kind="stable")
        part = bone.part[order]
        found = np.unique(part)
        row = np.searchsorted(found, part) + len(self.structures)
        self._append(level, bone.outer.vertices, bone.loose_outer)
        self._faces(bone.outer.triangles[order], row, len(bone.outer.vertices))
        named = [PARTS[k] if level != SACRUM else None for k in found]
        self.structures += [name] * len(found)
        self.parts += named
        self.inner += [False] * len(found)
        self._append(level, bone.inner.vertices, bone.loose_inner)
        row = np.full(len(bone.inner.triangles), len(self.structures))
        self._faces(bone.inner.triangles, row, len(bone.inner.vertices))
        self.structures.append(name)
        self.parts.append(None)
        self.inner.append(True)

    def _append(self, level: str, vertices: NDArray, loose: NDArray) -> None:
        self.vertices.append(vertices)
        self.loose.append(loose)
        self.rows.append(ROW[level])

    def _faces(self, triangles: NDArray, row: NDArray, vertices: int) -> None:
        self.triangles.append(triangles + np.int32(self.count))
        self.surface.append(row.astype(np.int32))
        self.count += vertices

    def join(self) -> BoneSet:
        return BoneSet(
            vertices=np.concatenate(self.vertices),
            loose=np.concatenate(self.loose),
            ends=np.cumsum([len(v) for v in self.vertices]).astype(np.int64),
            rows=np.array(self.rows, np.int64),
            triangles=np.concatenate(self.triangles).astype(np.int32),
            surface=np.concatenate(self.surface),
            structures=tuple(self.structures),
            parts=tuple(self.parts),
            inner=np.array(self.inner),
        )
