"""One synthetic patient: knobs in, surfaces and measured truth out."""

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from spineseg.anatomy.bake import nearest_detail_mm
from spineseg.anatomy.body.bake import body_scene
from spineseg.anatomy.bones import REGIONS, bone_set
from spineseg.anatomy.individual import bone_records
from spineseg.anatomy.scene import Scene
from spineseg.anatomy.spec import PatientSpec
from spineseg.anatomy.spine import Spine, build_spine
from spineseg.anatomy.truth import Truth, measure
from spineseg.core.errors import SpinesegError


class Patient:
    """A body in world millimetres, made from its specification alone.

    The same specification gives the same surfaces in any process. Nothing is built
    until it is asked for.
    """

    def __init__(self, spec: PatientSpec) -> None:
        self.spec = spec

    @property
    def spine(self) -> Spine:
        """Frames, sizes and landmarks."""
        return self._spine

    @cached_property
    def _spine(self) -> Spine:
        return build_spine(self.spec)

    @cached_property
    def bone_records(self) -> NDArray:
        """What shapes each bone, C1 to L5 and the sacrum."""
        return bone_records(self.spec, self.spine)

    @cached_property
    def truth(self) -> Truth:
        """Angles, slips, ratios and heights as measured on the finished spine."""
        return measure(self.spec, self.spine)

    def bones(self, region: str = "thoracolumbar", detail_mm: float = 2.0) -> Scene:
        """Return vertebrae (and sacrum) alone; arguments as :meth:`scene`."""
        if region not in REGIONS:
            raise SpinesegError(
                "no such region of the body",
                found=repr(region),
                expected=" or ".join(REGIONS),
            )
        split = frozenset(k for k, v in self.spec.pathology.pars_gap_mm.items() if v)
        split &= frozenset(REGIONS[region])
        bones = bone_set(region, nearest_detail_mm(detail_mm), split)
        return bones.scene(self.bone_records, self.spec.anatomy.bone_density)

    def scene(self, region: str = "thoracolumbar", detail_mm: float = 2.0) -> Scene:
        """Return all surfaces of a region.

        Args:
            region: ``"thoracolumbar"`` (T4 to the pelvis) or ``"cervical"`` (head to
                T4).
            detail_mm: size of the surfaces' triangles; 2.0 does for pictures of 480
                pixels, 0.8 for the detector's own resolution.

        Raises:
            SpinesegError: if there is no such region.
        """
        bones = self.bones(region, detail_mm)
        detail = nearest_detail_mm(detail_mm)
        return joined_scenes(bones, body_scene(self.spine, self.spec, region, detail))


def joined_scenes(*scenes: Scene) -> Scene:
    """Return one scene with the surfaces of all."""
    vertex = np.cumsum([0, *(len(s.vertices) for s in scenes)]).astype(np.int32)
    row = np.cumsum([0, *(len(s.jumps) for s in scenes)]).astype(np.int32)
    face = np.cumsum([0, *(len(s.triangles) for s in scenes)])
    triangles = np.empty((face[-1], 3), np.int32)
    surface = np.empty(face[-1], np.int32)
    for k, scene in enumerate(scenes):
        np.add(scene.triangles, vertex[k], out=triangles[face[k] : face[k + 1]])
        np.add(scene.surface, row[k], out=surface[face[k] : face[k + 1]])
    return Scene(
        np.concatenate([s.vertices for s in scenes]),
        triangles,
        surface,
        np.concatenate([s.jumps for s in scenes]),
        tuple(name for s in scenes for name in s.structures),
        tuple(part for s in scenes for part in s.parts),
    )
