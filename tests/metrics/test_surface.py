"""Distances against closed forms, definitions by brute force, and invariances."""

import math
import tracemalloc

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from mask_shapes import disc, lens, mask_tuples, noise, rectangle, spacings
from scipy.spatial.distance import cdist

from spineseg import metrics as m
from spineseg.core.errors import SpinesegError
from spineseg.metrics.nearest import near_by_tree, near_by_walk, nearest_distances

DISTANCES = [
    m.hausdorff,
    m.hausdorff_of_regions,
    m.hd95_pooled,
    m.hd95_directed_max,
    m.assd,
    m.masd,
]


def test_two_squares_two_pixels_apart_have_hd_two():
    a, b = rectangle(10, 10, 20, 20), rectangle(10, 12, 20, 20)
    assert m.hausdorff(a, b) == 2
    assert m.hausdorff(a, b, spacing_mm=0.5) == 1
    # only the step along the columns matters for a shift along the columns
    assert m.hausdorff(a, b, spacing_mm=(9.0, 0.25)) == 0.5


@pytest.mark.parametrize("metric", DISTANCES)
def test_single_pixels_are_as_far_apart_as_pythagoras_says(metric):
    a, b = rectangle(10, 10, 1, 1), rectangle(13, 14, 1, 1)
    assert metric(a, b) == 5
    assert metric(a, b, spacing_mm=(1.0, 2.0)) == math.sqrt(9 + 64)


def test_voxels_use_the_spacing_of_their_own_axis():
    a, b = np.zeros((2, 5, 6, 7), bool)
    a[1, 2, 3] = b[2, 4, 6] = True
    assert m.hausdorff(a, b, (4.0, 0.5, 2.0)) == math.sqrt(16 + 1 + 36)


@pytest.mark.parametrize("grow", [1, 4, 11])
def test_concentric_discs_are_the_difference_of_radii_apart(grow):
    small, large = disc(30), disc(30 + grow)
    for metric in DISTANCES:
        assert metric(small, large) == pytest.approx(grow, abs=0.75)


def test_a_grown_square_has_every_summary_in_closed_form():
    # 20 x 20 inside 24 x 24: 76 pixels at 2 one way; other way 4 x 20 at 2, corners
    inner, outer = rectangle(12, 12, 20, 20), rectangle(10, 10, 24, 24)
    d = m.surface_distances(inner, outer)
    assert (len(d.forth), len(d.back)) == (76, 92)
    corner = 4 * (2 * math.sqrt(5) + math.sqrt(8))
    assert m.hausdorff(inner, outer) == pytest.approx(math.sqrt(8))
    assert m.masd(inner, outer) == pytest.approx((2 + (160 + corner) / 92) / 2)
    assert m.assd(inner, outer) == pytest.approx((2 * 76 + 160 + corner) / 168)
    assert m.nsd(inner, outer, 2.0, 1.0) == pytest.approx((76 + 80) / 168)


def test_a_spur_makes_the_three_public_hd95_disagree():
    # 152 pixels of the square against 64 of the spur; the ranks fall elsewhere
    target = rectangle(20, 10, 40, 40)
    prediction = target | rectangle(25, 50, 5, 30)
    assert m.hd95_directed_max(prediction, target) == pytest.approx(26.35)
    assert m.hd95_by_length(prediction, target) == 27
    assert m.hd95_pooled(prediction, target) == pytest.approx(22.55)
    assert m.hausdorff(prediction, target) == 30


def test_a_hole_costs_its_depth_at_the_boundary_and_its_radius_as_a_region():
    solid = disc(40)
    holed = solid & ~disc(5)
    assert m.hausdorff(holed, solid) == pytest.approx(35, abs=1)
    assert m.hausdorff_of_regions(holed, solid) == pytest.approx(5, abs=1)


def test_a_mask_cut_by_the_picture_has_its_boundary_there():
    full = np.ones((6, 8), bool)
    assert len(m.boundary_points(full)) == 6 * 8 - 4 * 6


@given(mask_tuples(1))
def test_boundary_pixels_are_foreground_with_a_neighbour_outside(masks):
    (mask,) = masks
    padded = np.pad(mask, 1)
    wanted = []
    for point in np.argwhere(mask):
        beside = [
            padded[tuple(point + 1 + step)]
            for step in np.vstack([np.eye(mask.ndim, dtype=int)] * 2)
            * np.repeat([1, -1], mask.ndim)[:, None]
        ]
        wanted += [] if all(beside) else [point]
    assert m.boundary_points(mask).tolist() == [p.tolist() for p in wanted]


@given(mask_tuples(2), st.lists(spacings, min_size=3, max_size=3))
def test_distances_are_the_smallest_of_all_pairs(masks, steps):
    a, b = masks
    assume(a.any() and b.any())
    steps = tuple(steps[: a.ndim])
    every = cdist(m.boundary_points(a) * steps, m.boundary_points(b) * steps)
    d = m.surface_distances(a, b, steps)
    np.testing.assert_allclose(d.forth, every.min(axis=1), rtol=1e-12)
    np.testing.assert_allclose(d.back, every.min(axis=0), rtol=1e-12)


@given(mask_tuples(2))
def test_distances_are_symmetric_and_zero_for_equal_masks(masks):
    a, b = masks
    assume(a.any() and b.any())
    for metric in DISTANCES:
        assert metric(a, b) == pytest.approx(metric(b, a))
        assert metric(a, a) == 0


@given(mask_tuples(3), st.sampled_from([m.hausdorff, m.hausdorff_of_regions]))
def test_hausdorff_keeps_the_triangle_inequality(masks, metric):
    a, b, c = masks
    assume(a.any() and b.any() and c.any())
    assert metric(a, c) <= metric(a, b) + metric(b, c) + 1e-9


@given(mask_tuples(2), spacings)
def test_scaling_the_spacing_scales_the_distance(masks, scale):
    a, b = masks
    assume(a.any() and b.any())
    for metric in DISTANCES:
        assert metric(a, b, scale) == pytest.approx(scale * metric(a, b))
    assert m.nsd(a, b, 1.5 * scale, scale) == m.nsd(a, b, 1.5, 1.0)


@given(mask_tuples(2), st.integers(0, 2))
def test_flips_and_margins_change_no_distance(masks, axis):
    a, b = masks
    assume(a.any() and b.any())
    flipped = [np.flip(x, axis % a.ndim) for x in masks]
    framed = [np.pad(x, 2) for x in masks]
    for metric in DISTANCES:
        assert metric(*flipped) == pytest.approx(metric(a, b))
        assert metric(*framed) == pytest.approx(metric(a, b))


@given(mask_tuples(2))
def test_summaries_are_ordered_as_their_definitions_demand(masks):
    a, b = masks
    assume(a.any() and b.any())
    d = m.surface_distances(a, b)
    largest = m.hausdorff_of(d)
    # which of the two HD95 is the larger depends: interpolation can turn the order
    assert max(m.hd95_pooled_of(d), m.hd95_directed_max_of(d)) <= largest
    assert max(m.assd_of(d), m.masd_of(d)) <= largest
    assert m.nsd_of(d, largest) == 1


@given(mask_tuples(2), st.floats(0, 5), st.floats(0, 5))
def test_a_wider_tolerance_never_lowers_nsd(masks, one, other):
    a, b = masks
    assume(a.any() or b.any())
    low, high = sorted([one, other])
    assert m.nsd(a, b, low, 1.0) <= m.nsd(a, b, high, 1.0)


@pytest.mark.parametrize("steps", [(1.0, 1.0), (0.3, 2.0), (2.0, 0.3)])
def test_the_walk_agrees_with_the_tree_wherever_it_reaches(steps):
    near, far = noise((90, 80), 0.05, 1), noise((90, 80), 0.0005, 2)
    for one, other in [(near, far), (far, near), (*lens(),)]:
        points, others = m.boundary_points(one), m.boundary_points(other)
        walked, asked = (f(points, others, steps) for f in (near_by_walk, near_by_tree))
        reached = ~np.isnan(walked)
        assert reached.any()
        np.testing.assert_allclose(walked[reached], asked[reached], rtol=1e-12)
        np.testing.assert_allclose(
            nearest_distances(points, others, steps), asked, rtol=1e-12
        )


def test_points_beyond_the_reach_of_the_walk_are_left_to_the_tree():
    a, b = rectangle(2, 2, 1, 1), rectangle(60, 70, 1, 1)
    points, others = m.boundary_points(a), m.boundary_points(b)
    assert np.isnan(near_by_walk(points, others, (1.0, 1.0))).all()
    assert m.hausdorff(a, b) == math.hypot(58, 68)


@pytest.mark.parametrize("metric", [m.hausdorff, m.boundary_iou])
def test_memory_is_linear_in_the_picture(metric):
    peaks = []
    for side in (256, 512):
        half = side // 2
        a = disc(0.4 * side, (half, half), (side, side))
        b = disc(0.35 * side, (half, half), (side, side))
        metric(a, b)  # compiles, fills caches
        tracemalloc.start()
        metric(a, b)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 5 * peaks[0]  # four times the pixels
    assert peaks[1] < 40 * 512 * 512


@pytest.mark.parametrize("metric", [m.nsd, m.nsd_by_length, m.boundary_iou_mm])
def test_a_length_in_millimetres_without_a_spacing_is_refused(metric):
    a = disc(9)
    with pytest.raises(SpinesegError, match="needs a spacing"):
        metric(a, a, 1.0, None)


@pytest.mark.parametrize("spacing", [0, -1.0, float("nan"), (1.0,), (1.0, 1.0, 1.0)])
def test_a_spacing_that_is_none_is_refused(spacing):
    a = disc(9)
    with pytest.raises(SpinesegError, match="spacing does not fit"):
        m.hausdorff(a, a, spacing)


@pytest.mark.parametrize("length_mm", [-1.0, float("nan")])
@pytest.mark.parametrize("metric", [m.nsd, m.nsd_by_length, m.boundary_iou_mm])
def test_a_negative_length_is_refused(metric, length_mm):
    a = disc(9)
    with pytest.raises(SpinesegError, match="cannot be negative"):
        metric(a, a, length_mm, 1.0)


def test_boundaries_of_a_line_of_pixels_are_refused():
    with pytest.raises(SpinesegError, match="2 or 3"):
        m.assd(np.ones(4, bool), np.ones(4, bool))
