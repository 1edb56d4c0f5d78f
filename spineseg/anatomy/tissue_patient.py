"""All tissue regions of one patient's lower trunk, in the order they are laid down."""

from typing import Protocol

import numpy as np

from spineseg.anatomy.scene import Scene
from spineseg.anatomy.spec import PatientSpec
from spineseg.anatomy.spine import Spine
from spineseg.anatomy.tissue import Region, marrow
from spineseg.anatomy.tissue_abdomen import (
    organ_regions,
    retroperitoneum,
    vessel_regions,
)
from spineseg.anatomy.tissue_bone import (
    Shells,
    ageing_regions,
    facet_regions,
    other_bones,
    sacral_remnants,
    vertebra_regions,
)
from spineseg.anatomy.tissue_bowel import bowel_regions
from spineseg.anatomy.tissue_canal import (
    canal_regions,
    canal_shape,
    foramen_regions,
)
from spineseg.anatomy.tissue_disc import DiscState, disc_regions, extrusion_region
from spineseg.anatomy.tissue_frames import ABOVE, SpineCurve, spine_curve
from spineseg.anatomy.tissue_ligament import ligament_regions
from spineseg.anatomy.tissue_muscle import muscle_regions
from spineseg.anatomy.tissue_trunk import lungs, trunk_regions
from spineseg.core.rng import rng

SHOWN = ABOVE[: ABOVE.index("T8") + 1]
"""Vertebrae that a lumbar examination may show, from L5 upwards."""


class ImagedPatient(Protocol):
    """What magnetic resonance reads from a patient."""

    @property
    def spec(self) -> PatientSpec:
        """Knobs and seed."""
        ...

    @property
    def spine(self) -> Spine:
        """Frames and sizes."""
        ...

    def scene(self, region: str, detail_mm: float) -> Scene:
        """Surfaces of bones and body."""
        ...


def disc_states(spec: PatientSpec) -> dict[str, DiscState]:
    """Condition of every disc: what the knobs ask for, the rest by age and chance.

    Height loss means degeneration; below L3 discs wear first (Pfirrmann grades rise
    with age and caudally). A herniation up to 5 mm is a protrusion, above that the
    material has left the disc.
    """
    stream = rng(spec.seed, "tissue", "discs")
    sick, age = spec.pathology, spec.anatomy.age_years
    states = {}
    for row, level in enumerate(SHOWN):
        low = (0.16, 0.20, 0.10, 0.04, 0.0)[min(row, 4)]
        worn = 0.06 + 0.0062 * max(age - 20, 0) + low + stream.normal(0, 0.11)
        worn = max(worn, 1.15 * sick.disc_loss.get(level, 0.0))
        out = float(sick.herniation_mm.get(level, 0.0))
        worn = float(np.clip(max(worn, 0.45 if out else 0.0), 0.03, 0.97))
        tight = sick.stenosis.get(level, 0.0)
        free = out > 5.0
        states[level] = DiscState(
            degeneration=worn,
            bulge_mm=0.5 + 1.5 * worn * (level[0] == "L") + 2.5 * tight,
            protrusion_mm=min(out, 4.0),
            side=float(stream.choice([-1, 1]) * stream.uniform(0.0, 0.75)),
            extrusion_mm=out if free else 0.0,
            migration_mm=float(stream.choice([-1, -1, 1]) * stream.uniform(4, 11)),
            fissure=bool(stream.random() < 0.35 * (0.3 < worn < 0.85)),
        )
    return states


def tissue_regions(patient: ImagedPatient, detail_mm: float = 1.2) -> list[Region]:
    """Everything that gives signal between the mid thorax and the third sacral segment.

    Args:
        patient: spine, knobs and surfaces.
        detail_mm: size of the triangles of the bones.
    """
    spec, curve = patient.spec, spine_curve(patient.spine)
    scene = patient.scene("thoracolumbar", detail_mm)
    discs, fat = disc_states(spec), spec.anatomy.fat
    age = spec.anatomy.age_years
    stream = rng(spec.seed, "tissue", "infiltration")
    lean = float(np.clip(0.008 * (age - 25) + stream.normal(0.1, 0.12), 0.0, 1.0))
    part = [rng(spec.seed, "tissue", name) for name in ("trunk", "belly", "canal")]
    return [
        *trunk_regions(curve, fat, part[0]),
        *lungs(curve),
        *organ_regions(curve, part[1]),
        *bowel_regions(curve, fat, part[1]),
        *retroperitoneum(curve, part[1]),
        *muscle_regions(curve, lean, part[0]),
        *vessel_regions(curve, part[1]),
        *_spine_regions(curve, spec, scene, discs, part[2]),
    ]


def _spine_regions(
    curve: SpineCurve,
    spec: PatientSpec,
    scene: Scene,
    discs: dict[str, DiscState],
    stream: np.random.Generator,
) -> list[Region]:
    tight = dict(spec.pathology.stenosis)
    push = {
        level: (0.6 * s.protrusion_mm + 0.35 * s.extrusion_mm, -0.9 * s.side)
        for level, s in discs.items()
        if s.protrusion_mm > 0
    }
    shape = canal_shape(curve, tight, push, stream)
    label = {level: row + 1 for row, level in enumerate(ABOVE)}
    regions = []
    for level, state in discs.items():
        regions += disc_regions(curve, level, state, label[level])
    ligaments = ligament_regions(curve, tight, stream)
    regions += ligaments[:1]
    regions += foramen_regions(curve, stream)
    regions += canal_regions(curve, shape, stream)
    regions += ligaments[1:]
    for level, state in discs.items():
        regions += extrusion_region(curve, level, state, label[level])
    bones = Shells(scene)
    regions += facet_regions(curve)
    tissue = marrow(spec.anatomy.age_years, 1 - spec.anatomy.bone_density - 0.04)
    regions += sacral_remnants(curve)
    regions += other_bones(bones, tissue)
    for level in SHOWN:
        regions += vertebra_regions(curve, bones, level, label[level], tissue, stream)
    ageing = rng(spec.seed, "tissue", "ageing")
    return regions + ageing_regions(curve, bones, discs, spec.anatomy.age_years, ageing)
