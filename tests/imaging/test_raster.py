"""The rasteriser against formulas and against its slow definition."""

import numpy as np
import pytest
from bodies import box, joined, sphere, volume, wedge
from hypothesis import given, settings
from hypothesis import strategies as st

from spineseg.core.errors import SpinesegError
from spineseg.core.rng import rng
from spineseg.imaging import raster, raster_reference
from spineseg.imaging.raster import Slabs, path_lengths, silhouettes, slab_occupancy


def parallel(vertices, px_per_mm=2.0, centre_px=40.0):
    """Project along +y: u from x, v from -z, depth from y."""
    x, y, z = vertices.T
    return np.stack(
        [x * px_per_mm + centre_px, -z * px_per_mm + centre_px, y + 500.0], axis=1
    )


def lengths_of(*bodies, jumps=None, shape=(81, 81)):
    vertices, triangles, owner = joined(*bodies)
    table = np.eye(len(bodies)) if jumps is None else np.asarray(jumps, float)
    return path_lengths(parallel(vertices), triangles, owner, table, shape)


def test_the_bodies_of_these_tests_look_outwards():
    assert volume(box((0, 0, 0), (2, 3, 4))) == pytest.approx(24)
    assert volume(sphere(10)) == pytest.approx(4 / 3 * np.pi * 1000)
    assert volume(wedge((0, 0, 0), (2, 3, 4))) == pytest.approx(12)


def test_a_box_has_its_thickness_inside_and_nothing_outside():
    (thickness,) = lengths_of(box((-10.1, -7, -5.1), (10.1, 5, 5.1)))
    inside = np.zeros((81, 81), bool)
    inside[30:51, 20:61] = True
    np.testing.assert_allclose(thickness[inside], 12.0, atol=1e-5)
    assert np.all(thickness[~inside] == 0.0)


def test_a_sphere_has_the_chord_of_the_formula():
    (chord,) = lengths_of(sphere(18.0, rings=160))
    rows, columns = np.mgrid[:81, :81]
    squared = 18.0**2 - ((rows - 40) ** 2 + (columns - 40) ** 2) / 4.0
    expected = 2 * np.sqrt(np.maximum(squared, 0))
    well_inside = squared > 25
    assert np.abs(chord - expected)[well_inside].max() < 0.02
    assert chord.sum() == pytest.approx(expected.sum(), rel=1e-3)


def test_nested_shells_split_a_chord_between_their_materials():
    outer, inner = sphere(18.0, rings=120), sphere(12.0, rings=120)
    shell, core = lengths_of(outer, inner, jumps=[[1, 0], [-1, 1]])
    assert shell[40, 40] == pytest.approx(2 * (18 - 12), abs=0.02)
    assert core[40, 40] == pytest.approx(24, abs=0.02)
    assert shell[40, 40 + 30] == pytest.approx(2 * np.sqrt(18**2 - 15**2), abs=0.03)
    assert core[40, 40 + 30] == 0.0


def test_a_wedge_grows_linearly():
    (height,) = lengths_of(wedge((-15, 0, -10), (15, 9, 10)))
    columns = np.arange(11, 70)
    np.testing.assert_allclose(height[40, columns], (columns - 10) * 0.15, atol=1e-4)


def test_abutting_boxes_are_one_box_without_a_seam():
    left, right = box((-10, 0, -5), (0, 8, 5)), box((0, 0, -5), (10, 8, 5))
    both = lengths_of(left, right, jumps=[[1], [1]])
    whole = lengths_of(box((-10, 0, -5), (10, 8, 5)))
    np.testing.assert_allclose(both, whole, atol=1e-5)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), rings=st.sampled_from([4, 9, 24]))
def test_fast_and_slow_rasterisers_agree_on_any_turned_sphere(seed, rings):
    stream = rng(seed, "raster")
    turn, _ = np.linalg.qr(stream.standard_normal((3, 3)))
    turn *= np.sign(np.linalg.det(turn))
    bodies = [sphere(s, c, rings) for s, c in ((5, (0, 0, 0)), (3, (4, 1, -2)))]
    vertices, triangles, owner = joined(*bodies)
    points = parallel(vertices @ turn.T, centre_px=float(stream.uniform(5, 20)))
    jumps = np.array([[1.0, -1.0], [0.0, 0.5]])
    fast = path_lengths(points, triangles, owner, jumps, (24, 25))
    slow = raster_reference.path_lengths(points, triangles, owner, jumps, (24, 25))
    np.testing.assert_allclose(fast, slow, atol=1e-4)
    bits = np.array([1, 1 << 40], np.uint64)[owner]
    np.testing.assert_array_equal(
        silhouettes(points, triangles, bits, (24, 25)),
        raster_reference.silhouettes(points, triangles, bits, (24, 25)),
    )


@pytest.mark.parametrize("pitch_mm", [None, 2.5])
def test_fast_and_slow_slabs_agree(pitch_mm):
    vertices, triangles, _ = joined(sphere(6, rings=16), sphere(2, (0, 9, 1), rings=9))
    points = parallel(vertices + 1e-3, centre_px=13.0)
    slabs = Slabs(start_mm=495.3, thickness_mm=2.0, count=5, pitch_mm=pitch_mm)
    fast = slab_occupancy(points, triangles, slabs, (27, 27))
    slow = raster_reference.slab_occupancy(points, triangles, slabs, (27, 27))
    np.testing.assert_allclose(fast, slow, atol=1e-5)


def test_slabs_add_up_to_the_path_length():
    vertices, triangles = sphere(11.0)
    points = parallel(vertices)
    (whole,) = path_lengths(
        points, triangles, np.zeros(len(triangles), int), [[1.0]], (81, 81)
    )
    for count in (1, 7, 40):
        slabs = Slabs(start_mm=485.0, thickness_mm=30 / count, count=count)
        parts = slab_occupancy(points, triangles, slabs, (81, 81))
        total = parts.sum(axis=0) * slabs.thickness_mm
        np.testing.assert_allclose(total, whole, atol=2e-4)
        assert parts.min() > -1e-5
        assert parts.max() < 1 + 1e-5


def test_a_box_fills_slabs_by_the_exact_fraction():
    vertices, triangles = box((-10, 1.0, -10), (10, 9.5, 10))
    slabs = Slabs(start_mm=500.0, thickness_mm=4.0, count=4)
    filled = slab_occupancy(parallel(vertices), triangles, slabs, (81, 81))
    np.testing.assert_allclose(filled[:, 40, 40], [0.75, 1.0, 0.375, 0.0], atol=1e-6)


def test_what_lies_in_the_gap_between_slabs_is_not_seen():
    vertices, triangles = box((-10, 3.0, -10), (10, 4.0, 10))
    gap = Slabs(start_mm=500.0, thickness_mm=3.0, count=2, pitch_mm=4.0)
    assert slab_occupancy(parallel(vertices), triangles, gap, (81, 81)).max() < 1e-6


def test_a_window_is_a_cut_of_the_whole():
    vertices, triangles = sphere(8.0)
    points = parallel(vertices)
    slabs = Slabs(start_mm=490.0, thickness_mm=5.0, count=4)
    whole = slab_occupancy(points, triangles, slabs, (81, 81))
    rows, columns = raster.window_of(points, (81, 81))
    shape = (rows.stop - rows.start, columns.stop - columns.start)
    origin = (columns.start, rows.start)
    part = slab_occupancy(points, triangles, slabs, shape, origin)
    np.testing.assert_allclose(part, whole[:, rows, columns], atol=1e-5)
    whole[:, rows, columns] = 0
    assert not whole.any()


def test_order_of_triangles_does_not_matter_for_silhouettes_and_little_for_lengths():
    vertices, triangles = sphere(12.0)
    mixed = rng(1, "order").permutation(triangles)
    owner = np.zeros(len(triangles), int)
    one = path_lengths(parallel(vertices), triangles, owner, [[1.0]], (81, 81))
    two = path_lengths(parallel(vertices), mixed, owner, [[1.0]], (81, 81))
    np.testing.assert_allclose(one, two, atol=1e-4)


def test_nothing_to_draw_gives_zeros():
    empty = np.zeros((0, 3))
    none = np.zeros((0, 3), int)
    assert not path_lengths(empty, none, none[:, 0], np.ones((1, 4)), (3, 4)).any()


@pytest.mark.parametrize(
    ("points", "faces", "owner", "words"),
    [
        (np.zeros((3, 2)), [[0, 1, 2]], [0], "three columns"),
        (np.full((3, 3), np.nan), [[0, 1, 2]], [0], "not finite"),
        (np.zeros((3, 3)), [[0, 1, 3]], [0], "vertex that does not exist"),
        (np.zeros((3, 3)), [[0, 1, -1]], [0], "vertex that does not exist"),
        (np.zeros((3, 3)), [[0, 1, 2]], [1], "surface that does not exist"),
        (np.zeros((3, 3)), [[0, 1, 2]], [0, 0], "one surface for each"),
    ],
)
def test_broken_input_is_refused_with_a_reason(points, faces, owner, words):
    with pytest.raises(SpinesegError, match=words):
        path_lengths(points, np.array(faces), np.array(owner), [[1.0]], (4, 4))
