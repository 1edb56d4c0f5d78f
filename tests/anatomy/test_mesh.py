import numpy as np
import pytest

from spineseg.anatomy.mesh import (
    area_mm2,
    facing_outwards,
    is_closed,
    joined,
    mesh_of,
    sample_field,
    surface_nets,
    volume_mm3,
)
from spineseg.anatomy.scene import Mesh
from spineseg.anatomy.sdf import grid_points, rounded_box, sphere


def ball(radius: float, spacing_mm: float) -> Mesh:
    reach = radius + 2
    return mesh_of(
        lambda p: sphere(p, (0, 0, 0), radius), [-reach] * 3, [reach] * 3, spacing_mm
    )


# a mesh inscribed in a ball is short by the bulge between its vertices, ~ spacing^2
@pytest.mark.parametrize(("spacing_mm", "short"), [(0.8, 0.002), (2.0, 0.011)])
def test_a_meshed_sphere_has_the_volume_and_area_of_the_formula(spacing_mm, short):
    mesh = ball(20, spacing_mm)
    assert volume_mm3(mesh) == pytest.approx(4 / 3 * np.pi * 20**3, rel=short)
    assert area_mm2(mesh) == pytest.approx(4 * np.pi * 20**2, rel=short)


def test_vertices_of_a_meshed_sphere_lie_on_it():
    distance = np.linalg.norm(ball(20, 0.8).vertices, axis=1)
    assert np.abs(distance - 20).max() < 0.02


def test_surface_nets_are_closed_and_face_outwards():
    mesh = ball(9, 1.3)
    assert is_closed(mesh)
    assert volume_mm3(mesh) > 0


def test_a_shape_cut_by_its_grid_is_capped():
    mesh = mesh_of(lambda p: sphere(p, (0, 0, 0), 20), [-25, -25, 0], [25] * 3, 1.0)
    assert is_closed(mesh)
    half = 2 / 3 * np.pi * 20**3
    assert volume_mm3(mesh) == pytest.approx(half, rel=0.06)


def test_an_opened_mesh_is_not_closed():
    mesh = ball(9, 1.3)
    assert not is_closed(Mesh(mesh.vertices, mesh.triangles[1:]))


def test_an_empty_field_gives_no_triangles():
    mesh = surface_nets(np.ones((6, 6, 6), np.float32), (0, 0, 0), 1.0)
    assert len(mesh.triangles) == 0


def test_a_box_keeps_its_size():
    mesh = mesh_of(
        lambda p: rounded_box(p, (0, 0, 0), (10, 6, 4), 1), [-13] * 3, [13] * 3, 0.7
    )
    low, high = mesh.vertices.min(0), mesh.vertices.max(0)
    np.testing.assert_allclose(high - low, [20, 12, 8], atol=0.05)


def test_turning_a_mesh_inside_out_is_undone():
    mesh = ball(5, 1.0)
    inside_out = Mesh(mesh.vertices, mesh.triangles[:, ::-1])
    assert volume_mm3(inside_out) < 0
    np.testing.assert_array_equal(facing_outwards(inside_out).triangles, mesh.triangles)


def test_volumes_add_up_when_meshes_are_joined():
    parts = [ball(5, 1.0), ball(7, 1.0)]
    assert volume_mm3(joined(parts)) == pytest.approx(
        sum(volume_mm3(m) for m in parts), rel=1e-5
    )
    assert len(joined([]).triangles) == 0


def test_a_linear_field_is_sampled_exactly():
    p = grid_points((0, 0, 0), (4, 5, 6), 1.0)
    field = (2 * p[..., 0] - p[..., 1] + 0.5 * p[..., 2]).astype(np.float32)
    where = np.array([[1.2, 3.4, 5.1], [0.0, 0.0, 0.0], [3.9, 4.5, 0.3]])
    value, slope = sample_field(field, where)
    np.testing.assert_allclose(value, where @ [2, -1, 0.5], atol=1e-5)
    np.testing.assert_allclose(slope, [[2, -1, 0.5]] * 3, atol=1e-5)
