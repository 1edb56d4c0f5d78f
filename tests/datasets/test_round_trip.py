"""What the twin draws is what the real loader reads from the files it becomes."""

import json

import numpy as np
import pytest
from small_twins import SIZES

from spineseg.core.errors import SpinesegError
from spineseg.datasets import create_dataset

NAMES = list(SIZES)


@pytest.mark.parametrize("name", NAMES)
def test_the_real_loader_reads_the_twins_files_back(name, twin_folder):
    root, twin, _ = twin_folder(name)
    real = create_dataset(name, "all", root=root)
    assert sorted(real.ids) == sorted(twin.ids)
    for key in twin.ids:
        drawn, read = twin.load(key), real.sample(key)
        # a file's grey levels are whole numbers: far below half a level is equal
        np.testing.assert_allclose(read.picture, drawn.picture, rtol=0, atol=1e-7)
        np.testing.assert_array_equal(read.mask, drawn.mask)
        assert drawn.mask.any()
        assert read.patient == drawn.patient
        if drawn.spacing_mm is not None:
            assert read.spacing_mm == pytest.approx(drawn.spacing_mm, rel=1e-8)
        np.testing.assert_array_equal(read.points_px, drawn.points_px)


@pytest.mark.parametrize("name", NAMES)
def test_every_file_is_listed_with_knobs_that_json_can_hold(name, twin_folder):
    root, _, written = twin_folder(name)
    listed = {file for one in written for file in one["files"]}
    tables = {"samples.csv", "labels.txt", "overview.csv", "datasets.xlsx"}
    on_disk = {str(p.relative_to(root)) for p in root.rglob("*") if p.is_file()}
    extra = {file for file in on_disk - listed if "annotation.json" not in file}
    assert listed <= on_disk
    assert extra <= tables
    assert json.loads(json.dumps(written)) == written


@pytest.mark.parametrize("name", ["cvmunet_xray", "isic2016", "csxa_spinous"])
def test_a_sample_depends_on_seed_and_number_only(name):
    size = SIZES[name]
    one = create_dataset(name, "all", **size)
    other = create_dataset(name, "all", size_px=size["size_px"], count=2)
    np.testing.assert_array_equal(one.sample(other.ids[1]).picture, other[1].picture)
    reseeded = create_dataset(name, "all", seed=1, **size)
    assert not np.array_equal(reseeded[1].picture, one[1].picture)


def test_the_smallest_films_are_drawn_however_narrow_they_are():
    twin = create_dataset("cvmunet_xray", "all", size_px=32, count=15)
    narrow = twin[14]  # its width, 0.4 of its height, would be 14 columns
    assert narrow.size == (32, 16)
    assert twin[0].size[0] == 32
    with pytest.raises(SpinesegError, match=r"impossible size_px.*32 to 4096"):
        create_dataset("cvmunet_xray", "all", size_px=31)


def test_a_mask_of_another_size_is_refused(twin_folder, tmp_path):
    root, _, _ = twin_folder("cvmunet_xray")
    from spineseg.io import write_mask

    (tmp_path / "images").symlink_to(root / "images")
    write_mask(tmp_path / "small.png", np.zeros((5, 5), bool))
    (tmp_path / "samples.csv").write_text("image,mask\nimages/ap-0001.dcm,small.png\n")
    data = create_dataset("own_folder", "all", root=tmp_path)
    with pytest.raises(SpinesegError, match="another size"):
        data[0]


@pytest.mark.parametrize("name", NAMES)
def test_an_empty_folder_is_refused_with_what_was_expected(name, tmp_path):
    with pytest.raises(SpinesegError) as refusal:
        create_dataset(name, root=tmp_path)
    assert refusal.value.path is not None
    assert refusal.value.expected
    with pytest.raises(SpinesegError, match="no such folder"):
        create_dataset(name, root=tmp_path / "nowhere")


def test_a_folder_without_films_of_the_asked_view_is_refused(twin_folder, tmp_path):
    root, _, _ = twin_folder("cvmunet_xray")
    for kind in ("images", "masks"):
        (tmp_path / kind).symlink_to(root / kind)
    lines = (root / "samples.csv").read_text().splitlines(keepends=True)
    frontal = [line for line in lines if not line.startswith("ll")]
    (tmp_path / "samples.csv").write_text("".join(frontal))
    assert create_dataset("cvmunet_xray", "all", root=tmp_path, variant="ap").ids
    with pytest.raises(SpinesegError, match="no lateral film is named; found ap"):
        create_dataset("cvmunet_xray", "all", root=tmp_path, variant="lateral")
