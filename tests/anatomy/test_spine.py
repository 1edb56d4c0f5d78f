from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spineseg.anatomy.spec import Alignment, Anatomy, Pathology, PatientSpec
from spineseg.anatomy.spine import UPWARDS, build_spine
from spineseg.anatomy.tables import DIMENSIONS, LEVELS, SACRUM
from spineseg.core.errors import SpinesegError


def pitch_deg(frame) -> float:
    return float(np.rad2deg(np.arctan2(-frame.axes[2, 1], frame.axes[2, 2])))


def film_angle_deg(left: np.ndarray, right: np.ndarray) -> float:
    """Angle on a film far behind the patient (parallel beam)."""
    d = left - right
    return float(np.rad2deg(np.arctan2(d[2], d[0])))


def cobb_by_hand(spine) -> float:
    """The largest difference of projected end-plates, with a point source."""
    focus = spine.frames["L1"].origin_mm * [0, 1, 1] - [0, 990, 0]

    def shadow(p):
        d = p - focus
        return d * 1150 / d[1]

    angles = []
    for level in UPWARDS[: UPWARDS.index("T1") + 1]:
        marks = spine.landmarks[level]
        angles += [
            film_angle_deg(shadow(plate[0]), shadow(plate[1]))
            for plate in (marks.upper, marks.lower)
        ]
    return max(angles) - min(angles)


def spec(seed=0, alignment=None, **knobs) -> PatientSpec:
    return PatientSpec(seed, Anatomy(), alignment or Alignment(), Pathology(**knobs))


@pytest.mark.parametrize("apex", ["T7", "T9", "L1", "L3"])
@pytest.mark.parametrize("wanted", [8, 20, 32, 50])
def test_the_projected_cobb_angle_is_the_knob(wanted, apex):
    spine = build_spine(spec(3, cobb_deg=wanted, apex=apex))
    assert cobb_by_hand(spine) == pytest.approx(wanted, abs=0.1)


def test_a_straight_spine_has_no_cobb_angle():
    assert cobb_by_hand(build_spine(spec())) == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize(("side", "sign"), [("left", 1), ("right", -1)])
def test_the_apex_bulges_to_the_side_named(side, sign):
    spine = build_spine(spec(cobb_deg=35, side=side))
    assert sign * spine.frames["L1"].origin_mm[0] > 12


def test_the_spinous_processes_turn_into_the_hollow_of_the_curve():
    spine = build_spine(spec(cobb_deg=40, side="left"))
    backwards = spine.frames["L1"].axes[1]
    assert backwards[0] < -0.2


def test_a_curve_leaves_the_head_near_the_midline():
    spine = build_spine(spec(cobb_deg=40, apex="T9"))
    assert abs(spine.frames["C2"].origin_mm[0]) < 30


@settings(max_examples=30, deadline=None)
@given(
    lordosis=st.floats(25, 75),
    kyphosis=st.floats(20, 60),
    neck=st.floats(-10, 35),
    seed=st.integers(0, 10**6),
)
def test_sagittal_angles_are_those_asked_for(lordosis, kyphosis, neck, seed):
    alignment = Alignment(53, lordosis, kyphosis, neck)
    spine = build_spine(spec(seed, alignment))

    def plate(level, side):
        marks = getattr(spine.landmarks[level], side)
        d = marks[2] - marks[3]
        return np.rad2deg(np.arctan2(d[2], -d[1]))

    assert plate("L1", "upper") - plate(SACRUM, "upper") == pytest.approx(
        lordosis, abs=0.01
    )
    assert plate("T12", "lower") - plate("T4", "upper") == pytest.approx(
        kyphosis, abs=0.01
    )
    assert plate("C2", "lower") - plate("C7", "lower") == pytest.approx(neck, abs=0.01)


def test_bodies_stand_one_disc_apart():
    spine = build_spine(spec(5))
    for upper, lower in pairwise(LEVELS[1:]):
        above = spine.landmarks[upper].lower.mean(0)
        under = spine.landmarks[lower].upper.mean(0)
        gap = np.linalg.norm(above - under)
        assert gap == pytest.approx(spine.sizes[upper].disc_height_mm, abs=0.35), upper


def test_a_slip_moves_everything_above_by_its_share_of_the_end_plate():
    still, slipped = (build_spine(spec(2, slip=s)) for s in ({}, {"L4": 0.3}))

    def offset(spine):
        below = spine.frames["L5"]
        corner = below.to_local(spine.landmarks["L4"].lower[3])
        return corner[1]

    moved = offset(still) - offset(slipped)
    assert moved == pytest.approx(0.3 * still.sizes["L5"].upper_depth_mm, rel=0.02)


def test_slipping_and_wear_leave_levels_below_untouched():
    still = build_spine(spec(2))
    sick = build_spine(spec(2, disc_loss={"L2": 0.5}))
    lean = pitch_deg(sick.frames[SACRUM]) - pitch_deg(still.frames[SACRUM])
    relative = pitch_deg(sick.frames["L3"]) - pitch_deg(still.frames["L3"])
    assert relative == pytest.approx(lean, abs=1e-6)


def test_a_wedge_costs_the_front_of_the_body_its_share():
    spine = build_spine(spec(wedge={"L1": 0.25}))
    whole, broken = spine.healthy["L1"], spine.sizes["L1"]
    assert broken.anterior_height_mm == pytest.approx(0.75 * whole.anterior_height_mm)


def test_frames_are_rotations_and_local_coordinates_round_trip():
    spine = build_spine(spec(9, cobb_deg=30))
    for frame in spine.frames.values():
        np.testing.assert_allclose(frame.axes @ frame.axes.T, np.eye(3), atol=1e-12)
        assert np.linalg.det(frame.axes) == pytest.approx(1)
        p = np.array([[3.0, -4, 5], [0, 0, 0]])
        np.testing.assert_allclose(frame.to_local(frame.to_world(p)), p, atol=1e-9)


def test_seventh_cervical_vertebra_stands_over_the_sacrum():
    for kyphosis in (25, 40, 55):
        spine = build_spine(spec(1, Alignment(kyphosis_deg=kyphosis)))
        assert abs(spine.frames["C7"].origin_mm[1]) < 60


def test_the_same_specification_gives_the_same_frames():
    one, two = (build_spine(spec(4, cobb_deg=22)) for _ in range(2))
    for level, frame in one.frames.items():
        np.testing.assert_array_equal(frame.origin_mm, two.frames[level].origin_mm)


def test_men_are_wider_than_women_by_the_published_ratio():
    ratios = []
    for seed in range(40):
        widths = [
            build_spine(PatientSpec(seed, Anatomy(sex=sex))).sizes["L3"].upper_width_mm
            for sex in ("female", "male")
        ]
        ratios.append(widths[0] / widths[1])
    assert 0.85 < np.mean(ratios) < 0.89


def test_neighbours_share_their_facet_joint():
    spine = build_spine(spec(11))
    for upper, lower in pairwise(LEVELS[19:]):
        assert spine.sizes[upper].lower_facet_mm == pytest.approx(
            spine.sizes[lower].upper_facet_mm
        )


def test_the_table_has_every_level_and_no_size_is_absurd():
    assert tuple(DIMENSIONS) == LEVELS
    for level, d in DIMENSIONS.items():
        assert 10 < d.height_mm < 30, level


@pytest.mark.parametrize(
    "knobs",
    [
        {"cobb_deg": 90},
        {"cobb_deg": float("nan")},
        {"slip": {"L6": 0.1}},
        {"wedge": {"L1": 1.2}},
        {"apex": "C3"},
        {"side": "up"},
    ],
)
def test_a_knob_out_of_range_is_refused(knobs):
    with pytest.raises(SpinesegError, match="expected"):
        Pathology(**knobs)


def test_an_unknown_sex_is_refused():
    with pytest.raises(SpinesegError, match="female or male"):
        replace(Anatomy(), sex="x")
