"""A study of the axial twin mixes planes, weightings and a localizer, as a real one."""

import hashlib
import pickle
import shutil
from dataclasses import replace

import numpy as np
import pydicom
import pytest

from spineseg.core.errors import SpinesegError
from spineseg.datasets import create_dataset
from spineseg.datasets.axial_beside import QUICK_NAMES
from spineseg.datasets.axial_mri import POINTS, STUDIES, axial_slices, read_points
from spineseg.datasets.axial_twin import AxialPatients
from spineseg.datasets.mr_slice import write_slice
from spineseg.datasets.spider_twin import SpinePatients
from spineseg.io import read_series, read_slice, write_mask

LOCALIZERS = {"image13.dcm", "image14.dcm", "image15.dcm"}


@pytest.fixture(scope="module")
def study(twin_folder):
    """Return the root of a materialised twin, its first study and the twin."""
    root, twin, _ = twin_folder("axial_mri")
    return root, root / STUDIES / "study001", twin


def test_of_a_mixed_study_the_axial_slices_come_back_and_the_rest_is_dropped(study):
    root, folder, twin = study
    series = read_series(folder)
    assert dict(series.left_out) == dict.fromkeys(LOCALIZERS, "localizer")
    kinds = sorted((s.plane, s.slices[0].echo_ms, len(s.slices)) for s in series.stacks)
    assert kinds == [
        ("axial", 100, 1),
        ("axial", 100, 2),
        ("sagittal", 10, 3),
        ("sagittal", 100, 3),
    ]
    real = create_dataset("axial_mri", "all", root=root)
    found = axial_slices(folder)
    assert {f"study001/{one.path.stem}" for one in found} == set(real.ids)
    assert set(real.ids) == set(twin.ids)
    for one in found:
        drawn, read = (s.load(f"study001/{one.path.stem}") for s in (twin, real.source))
        np.testing.assert_allclose(one.picture, drawn.picture, rtol=0, atol=1e-7)
        np.testing.assert_array_equal(read.mask, drawn.mask)
        assert read.mask.shape == one.picture.shape
        assert one.spacing_mm == pytest.approx(drawn.spacing_mm, rel=1e-8)
    heights = [one.origin_mm[2] for one in found]
    assert heights == sorted(heights)


def test_one_localizer_series_holds_three_planes_of_the_same_patient(study):
    _, folder, _ = study
    series = read_series(folder, keep_localizers=True)
    quick = [stack for stack in series.stacks if stack.slices[0].localizer]
    assert sorted(s.plane for s in quick) == ["axial", "coronal", "sagittal"]
    assert len({stack.slices[0].series for stack in quick}) == 1
    heads = [pydicom.dcmread(file) for file in folder.glob("*.dcm")]
    assert len(heads) == 3 + 3 + 3 + 3
    assert len({head.StudyInstanceUID for head in heads}) == 1
    assert len({head.SOPInstanceUID for head in heads}) == len(heads)
    for stack in quick:
        assert stack.slices[0].picture.std() > 0.1  # something is to be seen


@pytest.mark.parametrize("name", QUICK_NAMES)
def test_a_localizer_is_known_by_its_name_or_by_its_image_type(study, tmp_path, name):
    _, _, twin = study
    write_slice(tmp_path / "a.dcm", replace(twin.people.slice(1, 0), localizer=name))
    one = read_slice(tmp_path / "a.dcm")
    assert one.localizer
    assert one.description == name
    head = pydicom.dcmread(tmp_path / "a.dcm")
    assert ("LOCALIZER" in head.get("ImageType", [])) == (name == "localizer")


def test_points_lie_on_the_middle_sagittal_t2_slice(study):
    root, folder, _ = study
    ((image, named),) = read_points(root / POINTS).items()
    assert image == pydicom.dcmread(folder / "image8.dcm").SOPInstanceUID
    side = read_slice(folder / "image8.dcm")
    stacks = [s for s in read_series(folder).stacks if "T2 sagittal" in s.description]
    assert [stack.middle().path for stack in stacks] == [side.path]
    assert list(named)[:2] == ["L1", "L1-L2"]
    assert "L5-S1" in named
    heights = [named[level][1] for level in ("L1", "L2", "L3", "L4", "L5")]
    assert heights == sorted(heights)
    rows, columns = side.picture.shape
    assert all(0 <= x < columns and 0 <= y < rows for x, y in named.values())


@pytest.mark.parametrize("image", ["image8", "image15"])
def test_a_mask_beside_a_sagittal_or_a_localizers_slice_is_refused(
    study, tmp_path, image
):
    root, folder, _ = study
    shutil.copytree(root, tmp_path / "copy")
    size = read_slice(folder / f"{image}.dcm").picture.shape
    write_mask(
        tmp_path / f"copy/masks/study001/{image}.nii.gz", np.zeros(size, np.uint8)
    )
    data = create_dataset("axial_mri", "all", root=tmp_path / "copy")
    with pytest.raises(SpinesegError, match="not axial, or a localizer's"):
        data.sample(f"study001/{image}")


def test_a_study_without_axial_slices_says_what_is_there(study, tmp_path):
    _, folder, _ = study
    shutil.copy(folder / "image8.dcm", tmp_path)
    with pytest.raises(SpinesegError, match=r"no axial T2 slice.*sagittal T2 sagittal"):
        axial_slices(tmp_path)


def test_samples_stay_what_longer_runs_saw():
    data = create_dataset("axial_mri", "all", size_px=64, count=7)
    for index, mask, mean in (
        (0, "29d543a8322ecb40", 0.2810527980),
        (5, "799a72ebb21469a8", 0.3131254315),
        (6, "711aaf8ed0102cc7", 0.2806004001),
    ):
        sample = data[index]
        assert hashlib.sha256(sample.mask.tobytes()).hexdigest()[:16] == mask
        assert sample.picture.mean() == pytest.approx(mean, rel=1e-5)
    split = create_dataset("axial_mri", "train").facts["split_sha256"]
    assert split.startswith("728731599d9602b3")


@pytest.mark.parametrize(
    ("people", "method", "ask"),
    [
        (AxialPatients(3, 48), "_render_level", lambda p: p._level(1, "L3")),
        (SpinePatients(3, 48), "_render", lambda p: p._rendered(1)),
    ],
)
def test_patients_travel_to_another_process_without_their_caches(
    monkeypatch, people, method, ask
):
    monkeypatch.setattr(type(people), method, lambda self, *which: (self.seed, *which))
    there = pickle.loads(pickle.dumps(people))
    assert ask(there)[:2] == (3, 1)
    assert there.size_px == people.size_px
