from dataclasses import replace

import numpy as np
import pytest

from spineseg.anatomy.body import REGIONS, body_scale, body_scene
from spineseg.anatomy.body.bake import (
    baked_body,
    canonical_parts,
    chosen,
)
from spineseg.anatomy.body.blobs import blob, icosphere
from spineseg.anatomy.body.hardware import implants, metal_mm3
from spineseg.anatomy.mesh import is_closed, volume_mm3
from spineseg.anatomy.scene import Mesh
from spineseg.anatomy.spec import Anatomy, Hardware, Pathology, PatientSpec
from spineseg.anatomy.spine import build_spine
from spineseg.core.errors import SpinesegError
from spineseg.core.rng import rng
from spineseg.imaging.raster import path_lengths

DETAIL_MM = 3.0


def scene_of(spec, region="thoracolumbar"):
    return body_scene(build_spine(spec), spec, region, DETAIL_MM)


def part_mesh(scene, index):
    t = scene.triangles[scene.surface == index]
    return Mesh(scene.vertices, t)


@pytest.mark.parametrize("region", REGIONS)
def test_every_canonical_part_is_closed_and_faces_outwards(region):
    for part in canonical_parts(region, DETAIL_MM):
        assert is_closed(part.mesh), part.structure
        assert volume_mm3(part.mesh) > 0, part.structure


def shadow(scene, axis, jumps):
    """Path lengths of parallel rays along x (0) or y (1), 4 mm apart."""
    v = scene.vertices
    projected = np.column_stack([v[:, 1 - axis], v[:, 2], v[:, axis]]) / [4, 4, 1]
    projected[:, :2] -= projected[:, :2].min(0) - 2.37
    shape = tuple(int(n) + 3 for n in projected[:, 1::-1].max(0))
    lengths = path_lengths(projected, scene.triangles, scene.surface, jumps, shape)
    return np.sign(lengths[0].sum()) * lengths


@pytest.mark.parametrize("region", REGIONS)
@pytest.mark.parametrize("axis", [0, 1])
def test_no_ray_through_the_body_meets_less_than_nothing(region, axis):
    """Gas takes soft tissue away, marrow takes cortex: never more than is there."""
    scene = scene_of(PatientSpec(seed=2, anatomy=Anatomy(age_years=80)), region)
    soft, cortical, trabecular, metal = shadow(scene, axis, scene.jumps)
    assert soft.max() > 150
    assert (soft + cortical + metal).min() > -3
    assert cortical.min() > -2
    assert trabecular.min() > -4
    assert metal.min() > -0.1


@pytest.mark.parametrize("region", REGIONS)
@pytest.mark.parametrize("fat", [0.5, 2.5])
def test_the_skin_covers_the_muscles_of_the_thin_and_of_the_fat(region, fat):
    scene = scene_of(PatientSpec(seed=8, anatomy=Anatomy(fat=fat)), region)
    jumps = np.zeros((len(scene.jumps), 4), np.float32)
    for column, name in enumerate(("skin", "muscle")):
        jumps[scene.structures.index(name), column] = 1
    for axis in (0, 1):
        skin, muscle, _, _ = shadow(scene, axis, jumps)
        assert muscle.max() > 150
        assert (skin - muscle)[4:-4].min() > -0.5  # but for the flat cuts


@pytest.mark.parametrize("region", REGIONS)
def test_carried_parts_stay_closed_and_outwards_in_a_bent_patient(region):
    spec = PatientSpec(
        seed=5,
        anatomy=Anatomy(age_years=88, fat=1.8, asymmetry=1.5),
        pathology=Pathology(cobb_deg=45),
    )
    scene = scene_of(spec, region)
    for k, name in enumerate(scene.structures):
        assert volume_mm3(part_mesh(scene, k)) > 0, name


def test_the_same_patient_has_the_same_body_in_any_order():
    a, b = PatientSpec(seed=1), PatientSpec(seed=2)
    first = scene_of(a)
    scene_of(b)
    again = scene_of(a)
    np.testing.assert_array_equal(first.vertices, again.vertices)
    np.testing.assert_array_equal(first.triangles, again.triangles)


def test_two_patients_differ_in_their_bowel():
    bowels = [
        {s for s in scene_of(PatientSpec(seed=k)).structures if "gas" in s}
        for k in range(3)
    ]
    rows = [
        tuple(chosen(baked_body("thoracolumbar", DETAIL_MM), PatientSpec(seed=k)))
        for k in range(6)
    ]
    assert all(bowels)
    assert len(set(rows)) > 3


def test_plaques_on_the_aorta_come_with_age():
    def count(age):
        spec = PatientSpec(seed=0, anatomy=Anatomy(age_years=age))
        return sum(s == "aortic plaque" for s in scene_of(spec).structures)

    young, middle, old = count(30), count(65), count(95)
    assert young == 0
    assert 0 < middle < old


def test_fat_thickens_the_layer_under_the_skin():
    def layer_mm3(fat):
        scene = scene_of(PatientSpec(seed=0, anatomy=Anatomy(fat=fat)))
        skin, muscle = (scene.structures.index(s) for s in ("skin", "muscle"))
        return volume_mm3(part_mesh(scene, skin)) - volume_mm3(part_mesh(scene, muscle))

    assert layer_mm3(0.6) < 0.8 * layer_mm3(1.0)
    assert layer_mm3(1.8) > 1.3 * layer_mm3(1.0)


def test_dense_bone_puts_more_bone_into_the_marrow():
    light, dense = (
        scene_of(PatientSpec(seed=0, anatomy=Anatomy(bone_density=f)))
        for f in (0.08, 0.18)
    )
    difference = dense.jumps - light.jumps
    k = light.structures.index("rib_9_left") + 1  # shell, marrow, fade
    np.testing.assert_allclose(difference[k], [-0.1, 0.1, 0, 0], atol=1e-6)


def test_breasts_are_those_of_women():
    woman, man = (
        scene_of(PatientSpec(seed=0, anatomy=Anatomy(sex=sex))).structures
        for sex in ("female", "male")
    )
    assert "breast_left" in woman
    assert "breast_left" not in man


def test_rib_heads_follow_their_vertebrae_into_a_curve():
    straight = PatientSpec(seed=3, anatomy=Anatomy(asymmetry=0))
    bent = replace(straight, pathology=Pathology(cobb_deg=40, apex="T9"))
    gaps = []
    for spec in (straight, bent):
        spine, scene = build_spine(spec), scene_of(spec)
        head = part_mesh(scene, scene.structures.index("rib_9_left"))
        points = scene.vertices[np.unique(head.triangles)]
        away = np.linalg.norm(points - spine.frames["T9"].origin_mm, axis=1)
        gaps.append(away.min())
    assert gaps[1] == pytest.approx(gaps[0], abs=4)


def test_a_tall_patient_has_a_large_body():
    small, tall = (
        body_scale(build_spine(PatientSpec(seed=4, anatomy=Anatomy(scale=s))))
        for s in (0.9, 1.08)
    )
    assert tall / small == pytest.approx(1.2)


def test_the_pelvis_keeps_its_shape_whatever_the_spine_does():
    """Rigid: all distances grow by one factor."""

    def spread(spec):
        scene = scene_of(spec)
        k = scene.structures.index("femur_left")
        points = scene.vertices[np.unique(part_mesh(scene, k).triangles)]
        return np.linalg.norm(points - points[0], axis=1)[1:]

    ratio = spread(PatientSpec(seed=1, pathology=Pathology(cobb_deg=50))) / spread(
        PatientSpec(seed=9, anatomy=Anatomy(scale=0.9))
    )
    np.testing.assert_allclose(ratio, ratio[0], rtol=1e-3)


def test_an_unknown_region_is_refused():
    with pytest.raises(SpinesegError, match="region"):
        canonical_parts("knee", 2.0)


@pytest.mark.parametrize("level", [0, 1, 2, 3])
def test_icosphere_is_a_closed_sphere(level):
    points, triangles = icosphere(level)
    mesh = Mesh(points.astype(np.float32), triangles)
    assert len(triangles) == 20 * 4**level
    assert is_closed(mesh)
    np.testing.assert_allclose(np.linalg.norm(points, axis=1), 1)
    if level == 3:
        assert volume_mm3(mesh) == pytest.approx(4 / 3 * np.pi, rel=0.02)


def test_blobs_are_closed_whatever_their_bumps_and_floors():
    random = rng(0, "blobs")
    for k in range(40):
        floor = -0.3 if k % 2 else None
        mesh = blob((5, 5, 5), (9, 4, 7), random, rough=0.35, level=2, floor=floor)
        assert is_closed(mesh)
        assert volume_mm3(mesh) > 0


HARDWARE = (
    Hardware("acdf", "C5", "C7"),
    Hardware("screws", "L3", "L5"),
    Hardware("cage", "L4", "L5"),
)


@pytest.mark.parametrize("item", HARDWARE)
def test_implants_are_closed_and_of_the_size_of_real_ones(item):
    """A plate with six screws, six pedicle screws with rods, a cage."""
    spec = PatientSpec(seed=1, pathology=Pathology(hardware=(item,)))
    parts = implants(build_spine(spec), spec)
    for part in parts:
        assert is_closed(part.mesh), part.structure
        assert volume_mm3(part.mesh) > 0, part.structure
    assert 50 < metal_mm3(parts) < 3e4


def test_pedicle_screws_end_inside_their_vertebral_bodies():
    spec = PatientSpec(seed=6, pathology=Pathology(hardware=(HARDWARE[1],)))
    spine = build_spine(spec)
    screws = [p for p in implants(spine, spec) if p.structure == "pedicle screw"]
    assert len(screws) == 6
    for part, level in zip(screws, ("L3", "L4", "L5") * 2, strict=True):
        local = spine.frames[level].to_local(part.mesh.vertices)
        tip = local[np.argmin(local[:, 1])]
        size = spine.sizes[level]
        assert abs(tip[0]) < size.upper_width_mm / 2
        assert -size.depth_mm / 2 < tip[1] < 0
        assert abs(tip[2]) < size.height_mm / 2


def test_a_patient_without_implants_has_no_metal_in_the_trunk():
    assert scene_of(PatientSpec(seed=1)).jumps[:, 3].max() == 0


def test_implants_come_last_and_leave_the_body_as_it_was():
    plain = PatientSpec(seed=1)
    fitted = replace(plain, pathology=Pathology(hardware=HARDWARE[1:]))
    a, b = scene_of(plain), scene_of(fitted)
    n = len(a.structures)
    assert b.structures[:n] == a.structures
    assert set(b.structures[n:]) >= {"pedicle screw", "rod"}
    np.testing.assert_array_equal(b.triangles[: len(a.triangles)], a.triangles)
    assert b.surface.max() == len(b.jumps) - 1


@pytest.mark.parametrize("region", REGIONS)
def test_bones_stay_under_the_skin_of_the_neutral_patient(region):
    scene = scene_of(PatientSpec(seed=3, anatomy=Anatomy(asymmetry=0)), region)
    jumps = np.zeros((len(scene.jumps), 4), np.float32)
    jumps[scene.structures.index("skin"), 0] = 1
    bones = [k for k, j in enumerate(scene.jumps) if j[1] > 0.9 and j[0] < -0.9]
    jumps[bones, 1] = 1
    for axis in (0, 1):
        skin, bone, _, _ = shadow(scene, axis, jumps)
        rows = np.flatnonzero(skin.max(1) > 0)[4:-4]  # the skin's own height
        bare = (bone > 0.5) & (skin < 0.5)
        assert bone.max() > 50
        assert bare[rows].mean() < 5e-4
