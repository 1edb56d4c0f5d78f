import hashlib
import pickle
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context

import numpy as np
import pytest

from spineseg.anatomy.individual import ROW
from spineseg.anatomy.mesh import is_closed, volume_mm3
from spineseg.anatomy.patient import Patient, joined_scenes
from spineseg.anatomy.scene import Mesh, Scene
from spineseg.anatomy.spec import Alignment, Anatomy, Pathology, PatientSpec
from spineseg.anatomy.tables import LEVELS
from spineseg.anatomy.warp import _sine, warp_points
from spineseg.core.errors import SpinesegError


def patient(seed=0, *, anatomy=None, **knobs) -> Patient:
    return Patient(
        PatientSpec(seed, anatomy or Anatomy(), Alignment(), Pathology(**knobs))
    )


def surface(scene: Scene, structure: str, *, outer: bool = True) -> Mesh:
    rows = [
        row
        for row, name in enumerate(scene.structures)
        if name == structure and (scene.jumps[row, 1] > 0) == outer
    ]
    faces = scene.triangles[np.isin(scene.surface, rows)]
    low, high = faces.min(), faces.max()
    return Mesh(scene.vertices[low : high + 1], faces - low)


def test_every_bone_of_a_curved_old_patient_is_a_closed_shell():
    scene = patient(
        3,
        anatomy=Anatomy(age_years=82, bone_density=0.07, asymmetry=2),
        cobb_deg=35,
        wedge={"L1": 0.3},
        disc_loss={"L4": 0.6},
        pars_gap_mm={"L5": 3},
    ).bones("all")
    for level in (*LEVELS, "sacrum"):
        outer, inner = (surface(scene, level, outer=o) for o in (True, False))
        assert is_closed(outer), level
        assert is_closed(inner), level
        assert 0 < volume_mm3(inner) < volume_mm3(outer), level


def test_vertebrae_lie_where_their_frames_are():
    p = patient(4, cobb_deg=20)
    scene = p.bones("all")
    for level in LEVELS[1:]:
        local = p.spine.frames[level].to_local(surface(scene, level).vertices)
        size = p.spine.sizes[level]
        assert np.abs(local[:, 0]).max() == pytest.approx(
            size.transverse_span_mm / 2, rel=0.16
        ), level
        assert -local[:, 1].min() == pytest.approx(size.depth_mm / 2, abs=4.5), level


def landmark_error_mm(p: Patient, level: str) -> float:
    """How far the end-plate corners lie from where the bone really ends."""
    frame, bone = p.spine.frames[level], surface(p.bones("all", 0.8), level)
    local = frame.to_local(bone.vertices)
    front = local[(np.abs(local[:, 0]) < 4) & (local[:, 1] < -6)]
    upper = frame.to_local(p.spine.landmarks[level].upper[2])
    return float(abs(front[:, 2].max() - upper[2]))


@pytest.mark.parametrize("level", ["T8", "T12", "L2", "L4"])
def test_landmarks_lie_on_the_rim_of_the_bone(level):
    assert landmark_error_mm(patient(5), level) < 1.2


def test_left_and_right_differ_only_by_the_asymmetry_asked_for():
    even = patient(1, anatomy=Anatomy(asymmetry=0))
    bone = even.bone_records[ROW["L3"]]
    p = np.random.default_rng(0).normal(scale=18, size=(300, 3)).astype("f4")
    frame = even.spine.frames["L3"]
    left = frame.to_local(warp_points(p, bone))
    right = frame.to_local(warp_points(p * [-1, 1, 1], bone))
    aged = bone["spur"].any() or bone["swell"].any() or bone["node"].any()
    if not aged:
        np.testing.assert_allclose(left, right * [-1, 1, 1], atol=2e-3)
    uneven = patient(1, anatomy=Anatomy(asymmetry=2))
    frame, bone = uneven.spine.frames["L3"], uneven.bone_records[ROW["L3"]]
    left = frame.to_local(warp_points(p, bone))
    right = frame.to_local(warp_points(p * [-1, 1, 1], bone))
    assert np.abs(left - right * [-1, 1, 1]).max() > 1


def rim_reach_mm(p: Patient, level: str) -> float:
    frame, bone = p.spine.frames[level], surface(p.bones("all", 1.2), level)
    local = frame.to_local(bone.vertices)
    size = p.spine.sizes[level]
    rim = (np.abs(local[:, 2]) > 0.35 * size.height_mm) & (local[:, 1] < 0)
    rim &= np.abs(local[:, 2]) < 0.75 * size.height_mm
    radius = np.hypot(
        local[rim, 0] / size.lower_width_mm, local[rim, 1] / size.depth_mm
    )
    return float(np.quantile(radius, 0.99) * size.depth_mm)


def test_osteophytes_grow_with_age():
    young, old = (
        np.mean(
            [
                rim_reach_mm(patient(s, anatomy=Anatomy(age_years=a)), "L3")
                for s in range(3)
            ]
        )
        for a in (25, 85)
    )
    assert old > young + 1.0


def test_brittle_bones_have_hollow_end_plates():
    def hollow(density):
        bones = patient(2, anatomy=Anatomy(bone_density=density)).bone_records
        return bones["sink"][ROW["T10"] : ROW["L4"]].mean()

    assert hollow(0.06) > hollow(0.18) + 1.0


@pytest.mark.parametrize("gap_mm", [1.5, 4.0])
def test_a_pars_gap_has_the_width_asked_for(gap_mm):
    p = patient(6, anatomy=Anatomy(asymmetry=0), pars_gap_mm={"L5": gap_mm})
    shift = p.bone_records[ROW["L5"]]["loose"]
    normal = np.array([0.35, -0.62, 0.70])
    opening = -shift @ normal / np.linalg.norm(normal)
    assert opening == pytest.approx(gap_mm, rel=0.01)


def test_an_arch_set_free_stays_behind_when_the_body_slips():
    shift = patient(slip={"L5": 0.3}, pars_gap_mm={"L5": 2}).bone_records["loose"]
    assert shift[ROW["L5"], 1] > 8


def test_jumps_bring_every_path_back_to_soft_tissue():
    scene = patient().bones()
    for structure in ("L4", "sacrum"):
        outer = scene.jumps[scene.structures.index(structure)]
        assert outer.tolist() == [-1, 1, 0, 0]
    inner = scene.jumps[[j[2] > 0 for j in scene.jumps]]
    np.testing.assert_allclose(inner[:, 0] + inner[:, 1], 0, atol=1e-6)


def test_surfaces_carry_the_names_of_their_parts():
    scene = patient().bones()
    named = {p for s, p in zip(scene.structures, scene.parts, strict=True) if s == "L2"}
    assert named == {
        "body",
        "pedicle",
        "lamina",
        "spinous",
        "transverse",
        "articular",
        None,
    }


def fingerprint(spec: PatientSpec) -> str:
    scene = Patient(spec).scene("thoracolumbar")
    digest = hashlib.sha256(scene.vertices.tobytes())
    for array in (scene.triangles, scene.surface, scene.jumps):
        digest.update(array.tobytes())
    return digest.hexdigest()


SPECS = [
    PatientSpec(s, pathology=Pathology(cobb_deg=12.0 * s, pars_gap_mm={"L5": 2.0}))
    for s in range(3)
]


def test_the_same_specification_gives_the_same_bytes_in_any_order():
    forwards = [fingerprint(spec) for spec in SPECS]
    backwards = [fingerprint(spec) for spec in reversed(SPECS)]
    assert forwards == backwards[::-1]
    assert len(set(forwards)) == len(SPECS)


def test_a_worker_process_gives_the_same_bytes():
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        assert list(pool.map(fingerprint, SPECS)) == [fingerprint(s) for s in SPECS]


def test_a_specification_survives_pickling_and_json():
    spec = replace(SPECS[1], seed=5)
    assert pickle.loads(pickle.dumps(spec)) == spec
    assert spec.as_dict()["pathology"]["pars_gap_mm"] == {"L5": 2.0}


def test_joined_scenes_keep_their_tables_apart():
    one, two = patient(1).bones(), patient(2).bones("cervical")
    both = joined_scenes(one, two)
    assert both.structures == one.structures + two.structures
    row = len(one.structures) + two.structures.index("C5")
    face = both.triangles[both.surface == row][0]
    k = np.flatnonzero(two.surface == two.structures.index("C5"))[0]
    np.testing.assert_array_equal(both.vertices[face], two.vertices[two.triangles[k]])


def test_an_unknown_region_is_refused():
    with pytest.raises(SpinesegError, match="thoracolumbar"):
        patient().scene("knee")


def test_truth_tells_the_knobs_back():
    truth = patient(
        7,
        cobb_deg=28,
        slip={"L4": 0.2},
        wedge={"L1": 0.3},
        disc_loss={"L3": 0.5},
    ).truth
    still = patient(7, cobb_deg=28).truth
    assert truth.cobb_deg == pytest.approx(28, abs=0.1)
    assert truth.slip_percent["L4"] == pytest.approx(20, abs=1)
    assert still.slip_percent["L4"] == pytest.approx(0, abs=1)
    assert truth.wedge_ratio["L1"] / still.wedge_ratio["L1"] == pytest.approx(
        0.7 / 0.955, rel=0.02
    )
    assert truth.disc_height_mm["L3"] == pytest.approx(
        0.5 * still.disc_height_mm["L3"], rel=0.05
    )
    assert set(truth.as_dict()) >= {"cobb_deg", "slip_percent", "wedge_ratio"}


def test_the_sine_of_the_warp_is_a_sine():
    x = np.linspace(-40, 40, 4001).astype(np.float32)
    found = np.array([_sine(value) for value in x])
    np.testing.assert_allclose(found, np.sin(x), atol=2e-3)
