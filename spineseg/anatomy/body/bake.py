"""The canonical body, built once per region and detail, and the body of a patient."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from spineseg.anatomy import (
    cache,
    curve,
    mesh,
    sacrum,
    sdf,
    sizes,
    sweep,
    tables,
)
from spineseg.anatomy import spine as chain
from spineseg.anatomy.body import (
    abdomen,
    bowel,
    chest,
    hardware,
    jaw,
    neck,
    pelvis,
    ribs,
    shoulder,
    skin,
    skull,
)
from spineseg.anatomy.body.carry import CARRIERS, carry, make_rig
from spineseg.anatomy.body.parts import Part, Places
from spineseg.anatomy.scene import Mesh, Scene
from spineseg.anatomy.spec import Anatomy, PatientSpec
from spineseg.anatomy.spine import UPWARDS, Frame, Spine, build_spine
from spineseg.anatomy.tables import DIMENSIONS, SACRUM
from spineseg.core.errors import SpinesegError
from spineseg.core.rng import rng

REGIONS = ("thoracolumbar", "cervical")
SACRUM_WIDTH_MM = 49.0
"""Width of the mean adult's first sacral end-plate, as in the sizes."""
ORDER = (SACRUM, *UPWARDS, "C1")
"""The knots of the column from below upwards."""


@dataclass(frozen=True)
class Baked:
    """The canonical body of one region as flat arrays.

    arrays: vertices (n, 3), triangles (m, 3) counted within their part, first_vertex
    and first_triangle (s + 1), carrier, girth, family, variant, sex and structures
    (s,), jump and per_fraction (s, 4), ages (s, 2); variants: how many each family has.
    """

    arrays: dict[str, NDArray]


@lru_cache(maxsize=1)
def canonical_frames() -> dict[str, Frame]:
    """Return the frames around which the canonical body is built.

    Those of a neutral man, brought to the length of the mean adult's column.
    """
    spine = build_spine(PatientSpec(seed=0, anatomy=Anatomy(sex="male", asymmetry=0)))
    size = body_scale(spine)
    return {k: Frame(f.origin_mm / size, f.axes) for k, f in spine.frames.items()}


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
    places = Places(canonical_frames(), detail_mm)
    random = rng(0, "canonical body", region)
    build = _head_and_neck if region == "cervical" else _trunk
    return [part for part in build(places, random) if len(part.mesh.triangles)]


def _trunk(places: Places, random: np.random.Generator) -> list[Part]:
    parts = ribs.ribs(places, random) + ribs.sternum(places)
    s1 = places.frames[SACRUM]
    parts += pelvis.pelvis(
        places, lambda p: sacrum.sacrum(s1.to_local(p).astype(np.float32))
    )
    parts += chest.chest(places, random) + abdomen.abdomen(places, random)
    parts += bowel.bowel(places, random) + skin.skin(places, head=False)
    return parts + shoulder.shoulders(places, humerus=False)


def _head_and_neck(places: Places, random: np.random.Generator) -> list[Part]:
    parts = skull.skull(places, random) + jaw.jaw(places, random)
    parts += neck.neck(places, random) + shoulder.shoulders(places)
    parts += ribs.ribs(places, random, lowest=5) + ribs.sternum(places)
    parts += chest.lungs(places, lowest="T6") + skin.skin(places, head=True)
    return parts


@lru_cache(maxsize=8)
def baked_body(region: str, detail_mm: float) -> Baked:
    """Return the canonical body of a region: from memory, the cache, or built now."""
    name = f"body-{region}-{detail_mm:g}mm"
    arrays = cache.remember(
        name, _key(), lambda: flatten(canonical_parts(region, detail_mm))
    )
    return Baked(arrays)


@lru_cache(maxsize=1)
def _key() -> str:
    """Hash of all code that the canonical body depends on."""
    names = [m for m in sys.modules if m.startswith("spineseg.anatomy.body.")]
    around = (cache, curve, mesh, sacrum, sdf, sizes, chain, sweep, tables)
    return cache.code_hash([*(sys.modules[m] for m in sorted(names)), *around])


def flatten(parts: Sequence[Part]) -> dict[str, NDArray]:
    """Return parts as the flat arrays of :class:`Baked`."""
    families = sorted({p.family for p in parts if p.family})
    number = {name: i for i, name in enumerate(families)}
    count = [1 + max(p.variant for p in parts if p.family == f) for f in families]
    return {
        "vertices": np.concatenate([p.mesh.vertices for p in parts]),
        "triangles": np.concatenate([p.mesh.triangles for p in parts]),
        "first_vertex": _starts([len(p.mesh.vertices) for p in parts]),
        "first_triangle": _starts([len(p.mesh.triangles) for p in parts]),
        "carrier": np.array([CARRIERS.index(p.carrier) for p in parts], np.int8),
        "girth": np.array([p.girth for p in parts], np.float32),
        "jump": np.array([p.material.jump for p in parts], np.float32),
        "per_fraction": np.array([p.material.per_fraction for p in parts], np.float32),
        "ages": np.array([p.ages for p in parts]),
        "family": np.array([number.get(p.family, -1) for p in parts]),
        "variant": np.array([p.variant for p in parts]),
        "variants": np.array(count, int),
        "sex": np.array([p.sex for p in parts]),
        "structures": np.array([p.structure for p in parts]),
    }


def _starts(lengths: list[int]) -> NDArray[np.int64]:
    return np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)


def chosen(body: Baked, spec: PatientSpec) -> NDArray[np.intp]:
    """Return the parts that this patient has: by sex, age and drawn variants."""
    a, person = body.arrays, spec.anatomy
    random = rng(spec.seed, "body variants")
    keep = (a["ages"][:, 0] <= person.age_years) & (person.age_years < a["ages"][:, 1])
    keep &= (a["sex"] == "") | (a["sex"] == person.sex[0])
    for number, count in enumerate(a["variants"]):
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
        canonical_frames(),
        spine.frames,
        ORDER,
        scale=body_scale(spine),
        pelvis_scale=spine.sizes.sacrum_width_mm / SACRUM_WIDTH_MM,
        fat=person.fat,
        asymmetry=person.asymmetry,
        random=rng(spec.seed, "body posture"),
    )
    a = body.arrays
    vertices, triangles, surface = carry(a, rows, rig)
    jumps = a["jump"][rows] + np.float32(person.bone_density) * a["per_fraction"][rows]
    structures = tuple(map(str, a["structures"][rows]))
    scene = Scene(
        vertices, triangles, surface, jumps, structures, (None,) * len(structures)
    )
    return with_parts(scene, hardware.implants(spine, spec))


def with_parts(scene: Scene, parts: Sequence[Part]) -> Scene:
    """Return the scene and some parts that need no carrying."""
    if not parts:
        return scene
    whole = mesh.joined(
        [Mesh(scene.vertices, scene.triangles), *(p.mesh for p in parts)]
    )
    rows = np.repeat(np.arange(len(parts)), [len(p.mesh.triangles) for p in parts])
    first = np.int32(len(scene.jumps))
    return Scene(
        whole.vertices,
        whole.triangles,
        np.concatenate([scene.surface, rows.astype(np.int32) + first]),
        np.concatenate(
            [scene.jumps, np.array([p.material.jump for p in parts], np.float32)]
        ),
        (*scene.structures, *(p.structure for p in parts)),
        (*scene.parts, *(None for _ in parts)),
    )


def body_scale(spine: Spine) -> float:
    """Return the healthy length of the column over the mean adult's."""
    names = ("anterior_height_mm", "posterior_height_mm", "disc_height_mm")
    own, mean = (
        sum(
            w * sum(getattr(size[level], name) for level in UPWARDS)
            for name, w in zip(names, (0.5, 0.5, 1.0), strict=True)
        )
        for size in (spine.healthy, DIMENSIONS)
    )
    return own / mean
