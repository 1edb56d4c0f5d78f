import numpy as np
import pytest
from numpy.testing import assert_allclose

from spineseg.anatomy.mesh import is_closed, volume_mm3
from spineseg.anatomy.spec import Anatomy, Pathology, PatientSpec
from spineseg.anatomy.spine import build_spine
from spineseg.anatomy.tissue import half_spaces, marrow
from spineseg.anatomy.tissue_canal import canal_shape
from spineseg.anatomy.tissue_disc import (
    DiscState,
    disc_shell,
    extrusion_region,
    pfirrmann,
)
from spineseg.anatomy.tissue_frames import loft_along, spine_curve
from spineseg.anatomy.tissue_patient import disc_states
from spineseg.core.rng import rng


@pytest.fixture(scope="module")
def curve():
    return spine_curve(build_spine(PatientSpec(seed=2)))


def test_half_spaces_are_the_sides_of_a_box():
    planes = half_spaces((1, 2, 3), np.eye(3), {"y": (-1.0, 4.0)})
    inside = [(9, 1.5, -9), (0, 5.9, 0)]
    outside = [(1, 0.9, 3), (1, 6.1, 3)]
    for points, expected in ((inside, True), (outside, False)):
        for point in points:
            assert np.all(planes[:, :3] @ point <= planes[:, 3]) == expected


def test_shares_of_marrow_sum_to_one_and_fat_grows():
    fat = [marrow(age)["fat"] for age in (20, 45, 70)]
    assert fat == sorted(fat)
    assert sum(marrow(45).values()) == pytest.approx(1)


def test_the_curve_passes_through_every_frame(curve):
    spine = build_spine(PatientSpec(seed=2))
    for level in ("L5", "L3", "T12"):
        origin, x, y, z = (v[0] for v in curve.at(curve.q(level)))
        assert_allclose(origin, spine.frames[level].origin_mm, atol=1e-9)
        assert_allclose([x @ y, y @ z, z @ x], 0, atol=1e-9)
        assert np.linalg.det([x, y, z]) == pytest.approx(1)
        assert y @ spine.frames[level].axes[1] > 0.9


def test_the_curve_runs_upwards(curve):
    heights = curve.at(np.linspace(0, len(curve.names) - 1, 80))[0][:, 2]
    assert (np.diff(heights) > 0).all()


def test_the_curve_of_the_muscles_runs_behind_and_bends_less(curve):
    def bend(line):
        z = line.at(np.linspace(line.q("S1"), line.q("L1"), 30))[3]
        return np.arccos(np.clip((z[1:] * z[:-1]).sum(1), -1, 1)).max()

    back = curve.behind(50.0)
    moved = back.origins[5] - curve.origins[5]
    assert moved @ curve.axes[5, 1] == pytest.approx(50, abs=6)
    assert bend(back) < bend(curve)


def test_a_loft_of_circles_has_the_volume_of_a_tube(curve):
    q = ["L4", "L3", "L2"]
    mesh = loft_along(curve, q, 0.0, 0.0, 10.0, 10.0, exponent=2.0, around=48)
    centre = curve.at(np.linspace(curve.q("L4"), curve.q("L2"), 200))[0]
    length = np.linalg.norm(np.diff(centre, axis=0), axis=1).sum()
    assert is_closed(mesh)
    assert volume_mm3(mesh) == pytest.approx(np.pi * 100 * length, rel=0.02)


def test_shells_of_a_disc_are_closed_and_shrink(curve):
    sizes = []
    for shrink in (1.0, 0.8, 0.5):
        mesh = disc_shell(curve, "L4", shrink=shrink, overlap_mm=0.0)
        assert is_closed(mesh)
        sizes.append(volume_mm3(mesh))
    assert sizes == sorted(sizes, reverse=True)
    assert 8e3 < sizes[0] < 30e3  # mm3, a lumbar disc is 10 to 20 ml


def test_a_protrusion_stands_out_by_what_is_asked(curve):
    def points(**state):
        mesh = disc_shell(curve, "L4", state=DiscState(bulge_mm=0.0, **state))
        return mesh.vertices.astype(float)

    moved = points(protrusion_mm=4.0) - points()
    size = np.linalg.norm(moved, axis=1)
    assert size.max() == pytest.approx(4.0, abs=0.2)
    back = curve.axes[curve.names.index("L4"), 1]
    assert moved[size.argmax()] @ back > 3.5  # backwards, towards the canal


def test_an_extrusion_has_a_rim_and_a_core_and_only_when_asked(curve):
    assert extrusion_region(curve, "L5", DiscState(), 1) == []
    rim, core = extrusion_region(curve, "L5", DiscState(extrusion_mm=7.0), 1)
    assert volume_mm3(rim.mesh) > volume_mm3(core.mesh) > 50
    assert {rim.sagittal, core.sagittal} == {201}


def test_pfirrmann_grades_rise_with_degeneration():
    grades = [pfirrmann(x) for x in (0.05, 0.2, 0.45, 0.7, 0.95)]
    assert grades == [1, 2, 3, 4, 5]


def test_discs_wear_with_age_below_first():
    def mean(age, levels):
        return np.mean(
            [
                disc_states(PatientSpec(seed, Anatomy(age_years=age)))[k].degeneration
                for seed in range(60)
                for k in levels
            ]
        )

    assert mean(25, ["L4", "L5"]) < mean(50, ["L4", "L5"]) < mean(75, ["L4", "L5"])
    assert mean(50, ["L4", "L5"]) > mean(50, ["L1", "L2"]) + 0.05


def test_knobs_of_the_discs_are_obeyed():
    sick = Pathology(disc_loss={"L5": 0.6}, herniation_mm={"L4": 7.0, "L3": 3.0})
    states = disc_states(PatientSpec(3, pathology=sick))
    assert states["L5"].degeneration > 0.6
    assert states["L4"].extrusion_mm == 7.0
    assert (states["L3"].protrusion_mm, states["L3"].extrusion_mm) == (3.0, 0.0)


def test_the_sac_lies_within_the_canal_and_ends_at_s2(curve):
    shape = canal_shape(curve, {}, {}, rng(1, "canal"))
    inside = shape.q > curve.q("S1")
    back = (shape.sac_centre + shape.sac_y - shape.front - shape.depth)[inside]
    assert back.max() < 0.3
    assert (shape.sac_x < shape.half_width).all()
    assert shape.sac_x[shape.q < curve.q("S3", 0.62)].max() < 2
    assert shape.sac_x[shape.q > curve.q("L5")].min() > 5


def test_stenosis_takes_room_only_at_its_disc(curve):
    free = canal_shape(curve, {}, {}, rng(1, "canal"))
    tight = canal_shape(curve, {"L4": 0.6}, {}, rng(1, "canal"))
    at, far = (np.argmin(np.abs(free.q - curve.q(v, -0.5))) for v in ("L4", "L1"))
    area = tight.sac_x * tight.sac_y / (free.sac_x * free.sac_y)
    assert area[at] < 0.6
    assert area[far] == pytest.approx(1.0, abs=1e-3)
