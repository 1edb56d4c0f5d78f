"""The canonical body, built once per region and detail, and the body of a patient."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spineseg.anatomy.body import abdomen, bowel, chest, pelvis, ribs, skin
from spineseg.anatomy.body.carry import CARRIERS, carry, make_rig
from spineseg.anatomy.body.parts import Part, Places
from spineseg.anatomy.scene import Scene
from spineseg.anatomy.spec import Anatomy, PatientSpec
from spineseg.anatomy.spine import UPWARDS, Spine, build_spine
from spineseg.anatomy.tables import SACRUM
from spineseg.core.errors import SpinesegError
from spineseg.core.rng import rng

REGIONS = ("thoracolumbar", "cervical")
ORDER = (SACRUM, *UPWARDS, "C1")
"""The knots of the column from below upwards."""


@dataclass(frozen=True)
class Baked:
    """The canonical body of one region as flat arrays.

    arrays: vertices (n, 3), triangles (m, 3) counted within their part, first_vertex
    and first_triangle (s + 1), carrier (s,), girth (s,), jump and per_fraction (s, 4),
    ages (s, 2), family, variant and sex (s,).
    """

    arrays: dict[str, Any]
    structures: tuple[str, ...]
    families: dict[str, int]


@lru_cache(maxsize=1)
def canonical_spine() -> Spine:
    """Return the spine around which the canonical body is built."""
    return build_spine(PatientSpec(seed=0, anatomy=Anatomy(sex="male", asymmetry=0)))


def canonical_parts(region: str, detail_mm: float) -> list[Part]:
    """Build all parts of a region anew; :func:`baked_body` keeps them.

    Raises:
        SpinesegError: if the region is none of :data:`REGIONS`.
    """
    if region not in REGIONS:
        raise SpinesegError(
            "no such region of the body",
            found=repr(region),
            expected=" or ".join(REGIONS),
        )
    places = Places(canonical_spine().frames, detail_mm)
    random = rng(0, "canonical body", region)
    parts = ribs.ribs(places, random) + ribs.sternum(places)
    parts += pelvis.pelvis(places)
    parts += chest.chest(places, random) + abdomen.abdomen(places, random)
    parts += bowel.bowel(places, random) + skin.skin(places, head=False)
    return [part for part in parts if len(part.mesh.triangles)]


@lru_cache(maxsize=8)
def baked_body(region: str, detail_mm: float) -> Baked:
    """Return the canonical body of a region, built on the first call."""
    return flatten(canonical_parts(region, detail_mm))


def flatten(parts: Sequence[Part]) -> Baked:
    """Return parts as flat arrays."""
    families = {
        name: 1 + max(p.variant for p in parts if p.family == name)
        for name in sorted({p.family for p in parts if p.family})
    }
    numbers = {name: i for i, name in enumerate(families)}
    arrays = {
        "vertices": np.concatenate([p.mesh.vertices for p in parts]),
        "triangles": np.concatenate([p.mesh.triangles for p in parts]),
        "first_vertex": _starts([len(p.mesh.vertices) for p in parts]),
        "first_triangle": _starts([len(p.mesh.triangles) for p in parts]),
        "carrier": np.array([CARRIERS.index(p.carrier) for p in parts], np.int8),
        "girth": np.array([p.girth for p in parts], np.float32),
        "jump": np.array([p.material.jump for p in parts], np.float32),
        "per_fraction": np.array([p.material.per_fraction for p in parts], np.float32),
        "ages": np.array([p.ages for p in parts]),
        "family": np.array([numbers.get(p.family, -1) for p in parts]),
        "variant": np.array([p.variant for p in parts]),
        "sex": np.array([p.sex for p in parts]),
    }
    return Baked(arrays, tuple(p.structure for p in parts), families)


def _starts(lengths: list[int]) -> NDArray[np.int64]:
    return np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)


def chosen(body: Baked, spec: PatientSpec) -> NDArray[np.intp]:
    """Return the parts that this patient has: by sex, age and drawn variants."""
    a, person = body.arrays, spec.anatomy
    random = rng(spec.seed, "body variants")
    keep = (a["ages"][:, 0] <= person.age_years) & (person.age_years < a["ages"][:, 1])
    keep &= (a["sex"] == "") | (a["sex"] == person.sex[0])
    for number, count in enumerate(body.families.values()):
        drawn = int(random.integers(count))
        keep &= (a["family"] != number) | (a["variant"] == drawn)
    return np.flatnonzero(keep)


def body_scene(
    spine: Spine, spec: PatientSpec, region: str, detail_mm: float = 2.0
) -> Scene:
    """Return everything around the vertebrae and the sacrum, in the patient's pose.

    Args:
        spine: of the patient.
        spec: its fat, age, sex, bone density, asymmetry and seed are used.
        region: ``"thoracolumbar"`` or ``"cervical"``.
        detail_mm: edge length that the picture can show.

    Raises:
        SpinesegError: if there is no such region.
    """
    body = baked_body(region, detail_mm)
    rows = chosen(body, spec)
    person = spec.anatomy
    rig = make_rig(
        canonical_spine().frames,
        spine.frames,
        ORDER,
        scale=body_scale(spine),
        fat=person.fat,
        asymmetry=person.asymmetry,
        random=rng(spec.seed, "body posture"),
    )
    vertices, triangles, surface = carry(body.arrays, rows, rig)
    jumps = body.arrays["jump"][rows]
    jumps = jumps + np.float32(person.bone_density) * body.arrays["per_fraction"][rows]
    structures = tuple(body.structures[k] for k in rows)
    return Scene(
        vertices, triangles, surface, jumps, structures, (None,) * len(structures)
    )


def body_scale(spine: Spine) -> float:
    """Return the length of the column along its curve over the canonical one."""
    return _length(spine) / _length(canonical_spine())


def _length(spine: Spine) -> float:
    return float(np.linalg.norm(np.diff(spine.line(), axis=0), axis=1).sum())
