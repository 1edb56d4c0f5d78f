"""Facts about rendered examinations of whole patients."""

import hashlib
import json
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np
import pytest
from scipy.ndimage import label as components

from spineseg.anatomy.mesh import is_closed, volume_mm3
from spineseg.anatomy.patient import Patient
from spineseg.anatomy.spec import Alignment, Pathology, PatientSpec
from spineseg.anatomy.tissue_patient import tissue_regions
from spineseg.core.errors import SpinesegError
from spineseg.imaging.mri import render_mri, render_mri_set, sagittal_stack
from spineseg.imaging.mri_geometry import unknown_tissues

SPIDER = {0, *range(1, 26), 100, *range(101, 126), *range(201, 226)}


def patient(seed=4, **sick) -> Patient:
    supine = Alignment(posture="supine")
    return Patient(PatientSpec(seed, alignment=supine, pathology=Pathology(**sick)))


@pytest.fixture(scope="module")
def pair():
    return render_mri_set(patient(), matrix=192, slices=13)


@pytest.fixture(scope="module")
def regions():
    sick = {"herniation_mm": {"L4": 7.0, "L5": 3.5}, "stenosis": {"L3": 0.5}}
    return tissue_regions(patient(8, **sick))


def test_every_region_is_a_closed_body_of_positive_volume(regions):
    for region in regions:
        if len(region.mesh.triangles):
            assert is_closed(region.mesh), region.name
            assert volume_mm3(region.mesh) > 0, region.name


def test_every_mixture_uses_tissues_of_the_table_and_shares_up_to_one(regions):
    assert unknown_tissues(regions) == set()
    for region in regions:
        assert 0 < sum(region.mixture.values()) < 1.25, region.name


def test_labels_are_those_of_the_sagittal_data_set(pair):
    found = set(np.unique(pair["t2"].labels).tolist())
    assert found <= SPIDER
    assert {0, 1, 2, 3, 4, 5, 100, 201, 202, 203, 204, 205} <= found


def test_a_vertebra_that_the_picture_cuts_is_marked_as_partly_visible(pair):
    labels = pair["t2"].labels
    cut = set(np.unique(labels[:, 0])) - {0, 100}
    assert cut
    assert all(value > 100 for value in cut)
    inside = {int(v) for v in np.unique(labels) if 1 <= v <= 25}
    assert not {v - 100 for v in cut if v < 200} & inside


def test_every_vertebra_and_every_disc_is_one_body(pair):
    labels = pair["t2"].labels
    for value in np.unique(labels):
        if value in (0, 100) or value > 205 or 5 < value < 200:
            continue
        pieces, count = components(labels == value)
        sizes = np.bincount(pieces.ravel())[1:]
        assert sizes.max() >= 0.98 * sizes.sum(), (value, count)


def test_vertebrae_are_numbered_from_below(pair):
    labels = pair["t2"].labels
    heights = [np.argwhere(labels == k)[:, 1].mean() for k in range(1, 6)]
    assert heights == sorted(heights, reverse=True)  # row 0 is at the top
    below = [np.argwhere(labels == 200 + k)[:, 1].mean() for k in range(1, 6)]
    assert all(disc > body for disc, body in zip(below, heights, strict=True))


def test_both_weightings_share_geometry_and_differ_in_contrast(pair):
    t1, t2 = pair["t1"], pair["t2"]
    assert np.array_equal(t1.labels, t2.labels)
    assert np.array_equal(t1.origin_mm, t2.origin_mm)
    canal, bone = (t1.labels == value for value in (100, 3))
    assert t1.array[canal].mean() < t1.array[bone].mean()
    assert t2.array[canal].mean() > 1.5 * t2.array[bone].mean()


def test_the_grid_says_where_a_vertebra_is(pair):
    volume, spine = pair["t2"], patient().spine
    index = np.argwhere(volume.labels == 3).mean(0)  # L3
    world = volume.origin_mm + (index * volume.spacing_mm) @ volume.direction
    body = spine.frames["L3"].origin_mm
    assert abs(world[0] - body[0]) < 4
    assert abs(world[2] - body[2]) < 6
    assert 0 < world[1] - body[1] < 25  # with its arch, behind the body's middle
    assert np.linalg.det(volume.direction[::-1]) == pytest.approx(1)


def test_the_same_patient_gives_the_same_bytes():
    first, second = (render_mri(patient(6), matrix=96, slices=2) for _ in range(2))
    assert first.array.tobytes() == second.array.tobytes()
    assert first.labels.tobytes() == second.labels.tobytes()


def fingerprints(seeds) -> list[str]:
    return [
        hashlib.sha256(v.array.tobytes() + v.labels.tobytes()).hexdigest()
        for v in (render_mri(patient(seed), matrix=64, slices=2) for seed in seeds)
    ]


def test_another_process_and_another_order_give_the_same_bytes():
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        there = pool.submit(fingerprints, [7, 6]).result()
    assert fingerprints([6, 7]) == there[::-1]
    assert len(set(there)) == 2


def test_regions_built_once_serve_several_series():
    who = patient(6)
    regions = tissue_regions(who)
    for plane in ("sagittal", "axial"):
        shared = render_mri(who, plane, regions=regions, matrix=64)
        fresh = render_mri(who, plane, matrix=64)
        assert np.array_equal(shared.array, fresh.array)


def test_one_contrast_alone_is_the_same_as_in_a_pair():
    alone = render_mri(patient(6), contrast="t2", matrix=96, slices=2)
    both = render_mri_set(patient(6), matrix=96, slices=2)
    assert np.array_equal(alone.array, both["t2"].array)


def test_axial_labels_are_body_canal_and_lamina_one_behind_the_other():
    volume = render_mri(patient(), "axial", level="L3", matrix=192, slices=7)
    labels = volume.labels
    assert set(np.unique(labels)) == {0, 1, 2, 3}
    rows = [np.argwhere(labels == k)[:, 1].mean() for k in (1, 2, 3)]
    assert rows == sorted(rows)
    assert volume.spacing_mm[1] == pytest.approx(200 / 192)


def test_stenosis_narrows_the_canal_where_it_is_asked_for():
    def fluid(**sick) -> int:
        who = patient(9, **sick)
        volume = render_mri(who, "axial", level="L3", matrix=256, fov_mm=100.0)
        canal = volume.labels == 2
        bright = volume.array > 0.75 * np.percentile(volume.array[canal], 97)
        return int((bright & canal).sum())

    assert fluid(stenosis={"L3": 0.6}) < 0.7 * fluid()


def test_a_herniation_puts_disc_into_the_canal():
    def reach(**sick) -> float:
        who = patient(9, **sick)
        volume = render_mri(who, "axial", level="L4", matrix=256, fov_mm=100.0)
        columns = np.abs(np.arange(256) - 128) < 40
        return float(np.argwhere((volume.labels[0] == 1) & columns)[:, 0].max())

    pixels = reach(herniation_mm={"L4": 4.0}) - reach()
    assert pixels * 100 / 256 > 2.0


def test_metadata_holds_the_knobs_and_the_grade_of_every_disc(pair):
    metadata = pair["t1"].metadata
    assert json.loads(json.dumps(metadata)) == metadata | {
        "scanner": json.loads(json.dumps(metadata["scanner"])),
        "patient": json.loads(json.dumps(metadata["patient"])),
    }
    assert metadata["patient"]["seed"] == 4
    assert metadata["protocol"] == {"name": "t1", "tr_ms": 560.0, "te_ms": 10.0}
    assert {d["pfirrmann"] for d in metadata["discs"].values()} <= {1, 2, 3, 4, 5}


@pytest.mark.parametrize(
    "arguments",
    [{"plane": "coronal"}, {"contrast": "flair"}, {"plane": "axial", "level": "C3"}],
)
def test_impossible_requests_are_refused(arguments):
    with pytest.raises(SpinesegError):
        render_mri(patient(), **{"matrix": 64, **arguments})


def test_the_stack_covers_the_lumbar_spine():
    who = patient()
    place = sagittal_stack(who)
    for level in ("T12", "L3", "S1"):
        _, row, depth = place.project(who.spine.frames[level].origin_mm[None])[0]
        assert 0 < row < place.matrix
        assert abs(depth) < 33
