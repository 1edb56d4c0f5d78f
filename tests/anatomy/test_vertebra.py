import io

import numpy as np
import pytest

from spineseg.anatomy.bake import (
    DETAILS_MM,
    bake_all,
    baked_bone,
    banded,
    nearest_detail_mm,
    without_crumbs,
)
from spineseg.anatomy.mesh import is_closed, joined, mesh_of, volume_mm3
from spineseg.anatomy.scene import PARTS
from spineseg.anatomy.sdf import grid_points, sphere
from spineseg.anatomy.tables import DIMENSIONS, LEVELS, SACRUM
from spineseg.anatomy.vertebra import box_mm, cortex_mm, vertebra
from spineseg.anatomy.vertebra_lumbar import arch_side, pars_centre
from spineseg.core.errors import SpinesegError

COARSE = DETAILS_MM[0]


@pytest.mark.parametrize("level", [*LEVELS, SACRUM])
def test_both_surfaces_of_a_bone_are_closed_and_nested(level):
    bone = baked_bone(level, COARSE)
    assert is_closed(bone.outer)
    assert is_closed(bone.inner)
    assert 0 < volume_mm3(bone.inner) < volume_mm3(bone.outer)


@pytest.mark.parametrize("level", LEVELS)
def test_no_bone_touches_its_box(level):
    low, high = box_mm(level)
    vertices = baked_bone(level, COARSE).outer.vertices
    assert np.all(vertices.min(0) > np.array(low) + 0.5), level
    assert np.all(vertices.max(0) < np.array(high) - 0.5), level


@pytest.mark.parametrize("level", LEVELS)
def test_every_part_of_a_vertebra_has_triangles(level):
    found = set(np.unique(baked_bone(level, COARSE).part))
    # the atlas has no pedicles
    expected = set(range(len(PARTS))) - ({1} if level == "C1" else set())
    assert expected <= found


@pytest.mark.parametrize("level", ["C5", "T3", "T9", "L1", "L4"])
def test_a_body_has_the_size_of_the_table(level):
    bone, size = baked_bone(level, 0.8), DIMENSIONS[level]
    faces = bone.outer.triangles[bone.part == PARTS.index("body")]
    body = bone.outer.vertices[np.unique(faces)]
    wide = np.ptp(body[np.abs(body[:, 2]) < size.height_mm, 0])
    assert wide == pytest.approx(
        max(size.upper_width_mm, size.lower_width_mm), rel=0.06
    )
    middle = body[np.abs(body[:, 0]) < 3]
    front = middle[middle[:, 1] < 0]
    assert -front[:, 1].min() == pytest.approx(size.depth_mm / 2, rel=0.08)


@pytest.mark.parametrize("level", LEVELS[1:])
def test_the_canal_is_open(level):
    size = DIMENSIONS[level]
    middle = [0, size.depth_mm / 2 + size.canal_depth_mm / 2, 0]
    heights = np.linspace(-size.height_mm, size.height_mm, 9)
    p = np.array([[middle[0], middle[1], z] for z in heights], np.float32)
    whole, _ = vertebra(level, p)
    assert np.all(whole > 3), level


def test_a_vertebra_is_its_own_mirror_image():
    p = np.random.default_rng(0).normal(scale=20, size=(200, 3)).astype("f4")
    for level in ("C2", "T6", "L3"):
        left, right = vertebra(level, p)[0], vertebra(level, p * [-1, 1, 1])[0]
        np.testing.assert_allclose(left, right, atol=1e-4)


def test_spinous_processes_point_down_most_in_the_middle_of_the_chest():
    def drop(level):
        bone = baked_bone(level, COARSE)
        faces = bone.outer.triangles[bone.part == PARTS.index("spinous")]
        process = bone.outer.vertices[np.unique(faces)]
        return process[process[:, 1].argmax(), 2]

    assert drop("T7") < drop("T1") - 10
    assert drop("T7") < drop("L3") - 10


def test_a_pars_defect_bakes_two_closed_pieces_that_touch():
    whole, split = baked_bone("L5", COARSE), baked_bone("L5", COARSE, split=True)
    assert is_closed(split.outer)
    assert volume_mm3(split.outer) == pytest.approx(volume_mm3(whole.outer), rel=0.02)
    arch = split.outer.vertices[split.loose_outer == 1]
    rest = split.outer.vertices[split.loose_outer == 0]
    assert arch[:, 1].max() > rest[:, 1].max() + 20  # the spinous process goes free
    assert rest[:, 1].min() < 0  # the body stays


def test_the_border_of_a_pars_defect_runs_through_the_pars():
    side = arch_side(pars_centre(DIMENSIONS["L5"]).astype("f4"), DIMENSIONS["L5"])
    assert float(side) == pytest.approx(0, abs=1e-4)


def test_cortex_is_thinner_on_bodies_than_on_arches():
    size = DIMENSIONS["L3"]
    side_wall = np.array([[size.upper_width_mm / 2 - 2, -5, 0]], np.float32)
    lamina = np.array([[6, size.depth_mm / 2 + size.canal_depth_mm + 3, -4]], "f4")
    thin, thick = (
        float(cortex_mm("L3", p, vertebra("L3", p)[1])[0]) for p in (side_wall, lamina)
    )
    assert 0.3 < thin < 0.5
    assert 0.65 < thick < 0.95


def test_evaluating_a_band_finds_the_surface_of_the_whole_grid():
    low, high = box_mm("T6")
    h = 1.2

    def shape(p):
        return vertebra("T6", p)[0][None]

    band = banded(shape, low, high, h)[0]
    full = shape(grid_points(low, high, h))[0]
    np.testing.assert_array_equal(band < 0, full < 0)
    near = np.abs(full) < 2 * h
    np.testing.assert_allclose(band[near], full[near], atol=1e-4)


@pytest.mark.parametrize(
    ("asked", "given"), [(5, 2.0), (2.0, 2.0), (1.5, 1.2), (0.9, 0.8), (0.1, 0.8)]
)
def test_detail_is_never_coarser_than_asked_unless_nothing_finer_exists(asked, given):
    assert nearest_detail_mm(asked) == given


def test_an_unknown_level_is_refused():
    with pytest.raises(SpinesegError, match="C1, C2"):
        vertebra("L6", np.zeros((1, 3), np.float32))


def test_crumbs_of_a_cut_are_dropped_and_the_rest_stays():
    def ball(x, radius):
        low, high = (
            [x - radius - 2] + [-radius - 2] * 2,
            [x + radius + 2] + [radius + 2] * 2,
        )
        return mesh_of(lambda p: sphere(p, (x, 0, 0), radius), low, high, 1.0)

    large, crumb = ball(0, 10), ball(30, 1.6)
    kept = without_crumbs(joined([crumb, large]))
    assert is_closed(kept)
    assert volume_mm3(kept) == pytest.approx(volume_mm3(large), rel=1e-4)


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize("stream", [Terminal, io.StringIO])
def test_baking_shows_its_progress_once_and_to_a_terminal_only(
    tmp_path, monkeypatch, stream
):
    monkeypatch.setenv("SPINESEG_CACHE", str(tmp_path))
    shown = []
    for _ in range(2):
        told = stream()
        monkeypatch.setattr("sys.stderr", told)
        baked_bone.cache_clear()
        bake_all(("T5", "T6"), COARSE)
        shown.append(told.getvalue())
    assert ("baking bones" in shown[0]) == (stream is Terminal)
    assert shown[1] == ""
    assert len(list(tmp_path.glob("bone-T*.npz"))) == 2


def test_a_bone_from_the_cache_is_the_bone_that_was_baked(tmp_path, monkeypatch):
    monkeypatch.setenv("SPINESEG_CACHE", str(tmp_path))
    baked_bone.cache_clear()
    fresh = baked_bone("C3", COARSE)
    baked_bone.cache_clear()
    kept = baked_bone("C3", COARSE)
    assert kept is not fresh
    np.testing.assert_array_equal(kept.outer.vertices, fresh.outer.vertices)
    np.testing.assert_array_equal(kept.part, fresh.part)
