from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spineseg.anatomy.scene import Mesh
from spineseg.anatomy.sweep import (
    frames_along,
    loft,
    outwards,
    plate,
    profile,
    section,
    sheet,
    spline,
    sweep,
    thicken,
    tube,
)
from spineseg.core.errors import SpinesegError


def volume(mesh: Mesh) -> float:
    v = mesh.vertices.astype(float)
    a, b, c = (v - v.mean(0))[mesh.triangles].transpose(1, 0, 2)
    return float(np.einsum("ij,ij->", a, np.cross(b, c)) / 6)


def is_closed(mesh: Mesh) -> bool:
    """Every directed edge is met by its reverse exactly once."""
    t = mesh.triangles
    edges = Counter(
        map(tuple, np.concatenate([t[:, [0, 1]], t[:, [1, 2]], t[:, [2, 0]]]))
    )
    return all(n == 1 and edges.get((b, a)) == 1 for (a, b), n in edges.items())


def test_spline_passes_through_its_control_points():
    control = np.array([[0, 0, 0], [1, 5, 2], [4, 1, 1], [9, 0, -3.0]])
    np.testing.assert_allclose(spline(control, 31)[::10], control, atol=1e-12)


def test_spline_through_points_on_a_line_is_the_line():
    got = spline([[0, 0, 0], [1, 2, 3], [2, 4, 6]], 9)
    np.testing.assert_allclose(
        got, np.linspace(0, 2, 9)[:, None] * [1, 2, 3], atol=1e-12
    )


def test_a_curve_of_one_point_is_refused():
    with pytest.raises(SpinesegError, match="control points"):
        spline([[0, 0, 0]], 5)


@given(st.lists(st.floats(0.1, 50), min_size=2, max_size=8))
def test_profile_never_leaves_the_range_of_its_values(values):
    got = profile(values, 57)
    assert got.min() >= min(values) - 1e-9
    assert got.max() <= max(values) + 1e-9


def test_section_of_exponent_two_is_the_unit_circle():
    np.testing.assert_allclose(np.hypot(*section(17).T), 1)


def test_section_of_a_high_exponent_approaches_the_square():
    assert np.abs(section(8, 40.0)[1]).min() > 0.97


def test_section_frames_are_orthonormal_and_right_handed():
    path = spline([[0, 0, 0], [10, 5, 20], [0, 30, 40]], 25)
    side, up = frames_along(path, (1, 0, 0))
    tangent = np.gradient(path, axis=0)
    tangent /= np.linalg.norm(tangent, axis=1, keepdims=True)
    np.testing.assert_allclose(np.cross(side, tangent), up, atol=1e-12)
    np.testing.assert_allclose(np.linalg.norm(side, axis=1), 1)


@pytest.mark.parametrize("path", [[[0, 0, 0], [0, 0, 9]], [[1, 1, 1], [1, 1, 1]]])
def test_a_path_without_a_section_frame_is_refused(path):
    with pytest.raises(SpinesegError, match="section frame"):
        frames_along(path, (0, 0, 1))


def test_tube_volume_is_that_of_a_prism_over_its_polygon():
    mesh = tube([[0, 0, 0], [10, 0, 0]], 3.0, 2.0, around=24)
    polygon = 12 * np.sin(2 * np.pi / 24)  # area of the unit 24-gon
    assert volume(mesh) == pytest.approx(10 * 3 * 2 * polygon, rel=1e-6)


def test_rounded_ends_add_the_volume_of_an_ellipsoid():
    flat = sweep([[0, 0, 0], [50, 0, 0]], 6.0, 6.0, around=48)
    rounded = sweep([[0, 0, 0], [50, 0, 0]], 6.0, 6.0, around=48, round_ends=True)
    added = volume(rounded) - volume(flat)
    assert added == pytest.approx(4 / 3 * np.pi * 6**3, rel=0.06)
    np.testing.assert_allclose(rounded.vertices[:, 0].min(), -6, atol=1e-5)
    np.testing.assert_allclose(rounded.vertices[:, 0].max(), 56, atol=1e-5)


def test_a_bent_tube_has_the_volume_pappus_predicts():
    angle = np.linspace(0, np.pi, 90)
    path = np.stack([80 * np.cos(angle), 80 * np.sin(angle), 0 * angle], -1)
    polygon = 32 / 2 * np.sin(2 * np.pi / 32) * 5 * 4
    mesh = tube(path, 5.0, 4.0, around=32)
    assert volume(mesh) == pytest.approx(np.pi * 80 * polygon, rel=2e-3)


def test_plate_volume_is_area_times_thickness():
    control = np.stack(
        np.meshgrid([0.0, 20, 40], [0.0, 30, 60], [5.0], indexing="ij"), -1
    )[:, :, 0]
    points, thickness, normal = sheet(control, np.full((3, 3), 2.0), 30, 30)
    mesh = thicken(points, np.full_like(thickness, 2.0), normal)
    assert volume(mesh) == pytest.approx(40 * 60 * 2, rel=1e-5)


def test_sheet_normals_stand_on_the_sheet():
    control = np.random.default_rng(0).normal(0, 2, (4, 4, 3))
    control += np.stack(np.meshgrid(*[np.arange(4) * 20.0] * 2, [0.0]), -1)[:, :, 0]
    points, _, normal = sheet(control, np.full((4, 4), 3.0))
    for axis in (0, 1):
        along = np.gradient(points, axis=axis)
        assert np.abs((along * normal).sum(-1)).max() < 1e-9


@given(
    st.integers(2, 12),
    st.integers(3, 20),
    st.booleans(),
    st.floats(1.0, 8.0),
    st.integers(0, 99),
)
@settings(max_examples=25, deadline=None)
def test_every_sweep_is_closed_and_oriented_outwards(n, m, ends, exponent, seed):
    r = np.random.default_rng(seed)
    control = np.arange(5)[:, None] * [20.0, 3, 1] + r.normal(0, 2, (5, 3)) + 4000
    mesh = sweep(
        control,
        r.uniform(1, 4, 3),
        2.0,
        stations=n,
        around=m,
        exponent=exponent,
        round_ends=ends,
    )
    assert is_closed(mesh)
    assert volume(mesh) > 0


@given(st.integers(3, 15), st.integers(3, 15), st.integers(0, 99))
@settings(max_examples=25, deadline=None)
def test_every_plate_is_closed_and_oriented_outwards(n, m, seed):
    r = np.random.default_rng(seed)
    control = np.stack(np.meshgrid(*[np.arange(4) * 20.0] * 2, [0.0]), -1)[:, :, 0]
    mesh = plate(control + r.normal(0, 1, (4, 4, 3)), r.uniform(1, 5, (4, 4)), n, m)
    assert is_closed(mesh)
    assert volume(mesh) > 0


def test_turning_a_mesh_inside_out_changes_nothing():
    mesh = sweep([[0, 0, 0], [9, 0, 0]], 2.0, 2.0)
    again = outwards(mesh.vertices, mesh.triangles[:, ::-1])
    assert volume(again) == pytest.approx(volume(mesh))


def test_loft_of_square_rings_is_the_box():
    square = np.array([[0, 0, 0], [2, 0, 0], [2, 3, 0], [0, 3, 0.0]])
    mesh = loft(square + np.array([0, 4, 5])[:, None, None] * [0, 0, 1])
    assert volume(mesh) == pytest.approx(30)
    assert is_closed(mesh)
