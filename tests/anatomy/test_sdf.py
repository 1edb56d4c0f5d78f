import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spineseg.anatomy.sdf import (
    axes_along,
    ellipsoid,
    grid_points,
    mirrored,
    round_cone,
    rounded_box,
    smooth_max,
    smooth_min,
    smooth_step,
    sphere,
    unit_field,
)

coordinate = st.floats(-40, 40, width=32)


def at(*point: float) -> np.ndarray:
    return np.array(point, np.float32)


@given(coordinate, coordinate, st.floats(0.5, 10))
def test_a_smooth_minimum_lies_at_most_a_quarter_blend_below(a, b, blend):
    united = float(smooth_min(np.float32(a), np.float32(b), blend))
    assert min(a, b) - blend / 4 - 1e-3 <= united <= min(a, b) + 1e-3


@given(coordinate, coordinate)
def test_a_smooth_maximum_mirrors_the_minimum(a, b):
    low = smooth_min(np.float32(-a), np.float32(-b), 3)
    assert float(smooth_max(np.float32(a), np.float32(b), 3)) == pytest.approx(
        -float(low)
    )


def test_a_capsule_is_the_distance_to_its_segment_less_the_radius():
    cone = round_cone(at(3, 4, 5), (0, 0, 0), (0, 0, 10), 2)
    assert float(cone) == pytest.approx(5 - 2)
    beyond = round_cone(at(0, 0, 16), (0, 0, 0), (0, 0, 10), 2)
    assert float(beyond) == pytest.approx(4)


def test_a_flattened_capsule_is_thinner_along_its_flat_direction():
    def radius(direction):
        reach = np.linspace(0, 8, 801, dtype=np.float32)
        values = round_cone(
            reach[:, None] * at(*direction),
            (0, 0, -5),
            (0, 0, 5),
            4,
            flat=((1, 0, 0), 2),
        )
        return reach[np.argmin(np.abs(values))]

    assert radius((1, 0, 0)) == pytest.approx(2, abs=0.02)
    assert radius((0, 1, 0)) == pytest.approx(4, abs=0.02)


def test_an_ellipsoid_vanishes_on_its_surface():
    r = np.array([12, 7, 4])
    u = np.random.default_rng(0).normal(size=(50, 3))
    on = (u / np.linalg.norm(u, axis=1, keepdims=True) * r + [1, 2, 3]).astype("f4")
    assert np.abs(ellipsoid(on, (1, 2, 3), r)).max() < 1e-4


def test_a_turned_box_is_the_box_in_its_own_axes():
    axes = axes_along((1, 2, 0.5))
    p = np.random.default_rng(1).normal(scale=8, size=(60, 3)).astype("f4")
    turned = rounded_box(p, (0, 0, 0), (5, 3, 2), 1, axes)
    own = rounded_box((p @ axes.T).astype("f4"), (0, 0, 0), (5, 3, 2), 1)
    np.testing.assert_allclose(turned, own, atol=1e-4)


def test_axes_are_a_rotation():
    axes = axes_along((0.3, -2, 1))
    np.testing.assert_allclose(axes @ axes.T, np.eye(3), atol=1e-12)
    assert np.linalg.det(axes) == pytest.approx(1)


def test_mirrored_points_only_lose_the_sign_of_x():
    np.testing.assert_array_equal(mirrored(at(-3, -4, 5)), at(3, -4, 5))


def test_a_grid_covers_its_box_at_its_spacing():
    p = grid_points((-1, 0, 2), (1.5, 3, 4), 0.7)
    assert np.all(p[0, 0, 0] == at(-1, 0, 2))
    assert np.all(p[-1, -1, -1] >= [1.5, 3, 4])
    np.testing.assert_allclose(np.diff(p[:, 0, 0, 0]), 0.7, atol=1e-5)


def test_a_unit_field_of_a_scaled_distance_is_the_distance():
    p = grid_points([-15] * 3, [15] * 3, 1.0)
    d = sphere(p, (0, 0, 0), 10)
    near = np.abs(d) < 2
    np.testing.assert_allclose(unit_field(2.5 * d, 1.0)[near], d[near], atol=0.06)


def test_a_smooth_step_ends_flat():
    np.testing.assert_allclose(smooth_step([0, 1, 1.5, 2, 9], 1, 2), [0, 0, 0.5, 1, 1])
