"""Layouts of the MR sets, and of real files where they are at hand."""

import json

import numpy as np
import pytest

from spineseg.core.errors import SpinesegError
from spineseg.datasets import create_dataset
from spineseg.io import read_volume


def test_spider_classes_follow_from_the_labels():
    views = {
        name: create_dataset("spider", "all", variant=name, size_px=48, count=1)[0]
        for name in ("t1", "t1_four", "t1_labels")
    }
    labels = views["t1_labels"].mask
    known = np.isin(labels, [0, *range(1, 26), 100, *range(101, 126), *range(201, 226)])
    assert known.all()
    four = views["t1_four"].mask
    np.testing.assert_array_equal(views["t1"].mask, four > 0)
    np.testing.assert_array_equal(four == 2, labels == 100)
    np.testing.assert_array_equal(four == 3, labels > 200)


def test_both_axis_orders_of_spider_give_the_same_slice(tmp_path, twin_folder):
    from spineseg.io import write_volume

    root, twin, _ = twin_folder("spider")
    before = create_dataset("spider", "all", root=root).sample(twin.ids[0])
    for kind in ("images", "masks"):
        (tmp_path / kind).mkdir()
        volume = read_volume(root / kind / f"{twin.ids[0]}.mha")
        other = "PIR" if volume.stored_as == "LPS" else "LPS"
        write_volume(tmp_path / kind / "1_t1.mha", volume, orientation=other)
    after = create_dataset("spider", "all", root=tmp_path)[0]
    np.testing.assert_array_equal(after.picture, before.picture)
    np.testing.assert_array_equal(after.mask, before.mask)


def test_the_table_of_spider_has_the_originals_columns_and_oddities(twin_folder):
    import csv

    from spineseg.datasets.spider import read_overview

    root, _, _ = twin_folder("spider")
    with (root / "overview.csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows[0]) == 39
    assert {row["sex"] for row in rows} & {"F ", "M "}
    assert any(not row["birth_date"] for row in rows)
    assert {v["sex"] for v in read_overview(root / "overview.csv").values()} <= {
        "F",
        "M",
    }


@pytest.mark.shared
def test_the_released_table_of_spider_counts_as_documented(shared):
    from spineseg.datasets.spider import read_overview

    table = read_overview(shared / "data" / "spider_tables" / "overview.csv")
    t1 = [row for name, row in table.items() if name.endswith("_t1")]
    assert len(table) == 447
    assert len(t1) == 196
    assert sum(row["subset"] == "training" for row in t1) == 158


@pytest.mark.shared
def test_the_twin_has_the_released_tables_columns(shared):
    from spineseg.datasets.spider_twin import COLUMNS

    text = (shared / "data" / "spider_tables" / "overview.csv").read_text()
    assert text.splitlines()[0].split(",") == list(COLUMNS)


@pytest.mark.shared
@pytest.mark.parametrize("kind", ["montgomery", "shenzhen"])
def test_chest_layouts_made_of_real_films_are_read(shared, kind):
    root = shared / "data" / "lung_cxr" / f"{kind}_layout"
    data = create_dataset("chest_xray", "all", root=root, variant=kind)
    assert len(data) == 2
    for sample in data:
        assert 0.1 < sample.mask.mean() < 0.5
    assert data.patients[0] != data.patients[1]


@pytest.mark.shared
def test_labelme_files_of_all_kinds_give_pictures_and_masks(shared):
    data = create_dataset("mdwc_spine", "all", root=shared / "data" / "labelme")
    sizes = {sample.id: sample.size for sample in data}
    assert sizes["lung_2"] == sizes["lung_3"] == (512, 512)
    assert all(sample.mask.any() for sample in data)
    assert len(sizes) == 5


def test_an_annotation_without_any_picture_is_refused(tmp_path):
    square = [[0, 0], [3, 0], [3, 3]]
    shapes = [{"label": "spine", "points": square, "shape_type": "polygon"}]
    content = {"shapes": shapes, "imageHeight": 8, "imageWidth": 8, "imageData": None}
    (tmp_path / "a.json").write_text(json.dumps(content))
    data = create_dataset("mdwc_spine", "all", root=tmp_path)
    with pytest.raises(SpinesegError, match=r"a\.png"):
        data[0]


@pytest.mark.shared
def test_spider_layout_of_real_volumes_gives_one_anatomy_in_both_orders(shared):
    root = shared / "data" / "mha_spider_layout"
    data = create_dataset("spider", "all", root=root, variant="t2_labels")
    assert data.ids == ("9001_t2", "9002_t2")
    shapes = [read_volume(root / "images" / f"{n}.mha").stored_as for n in data.ids]
    assert shapes[0] != shapes[1]
    assert all(sample.mask.any() for sample in data)


def mendeley(root, value=50):
    from PIL import Image

    raw = np.array([[0, value, 100], [150, 200, 250]], np.uint8).repeat(8, 0)
    grey = np.arange(48, dtype=np.uint8).reshape(16, 3)
    places = {
        "05_Final/Label_Images/L1_0007_D4.png": raw,
        "04_Inter/T2_Output/T2_0007_D4.png": grey,
    }
    for name, array in places.items():
        (root / name).parent.mkdir(parents=True)
        Image.fromarray(array).save(root / name)


def test_mendeley_values_become_classes(tmp_path):
    mendeley(tmp_path)
    sample = create_dataset("axial_mri", "all", root=tmp_path, variant="mendeley")[0]
    assert sample.mask[[0, 0, 0, 8, 8, 8], [0, 1, 2, 0, 1, 2]].tolist() == [
        *(0, 1, 3),
        *(2, 0, 0),
    ]
    assert sample.spacing_mm == (0.6875, 0.6875)
    assert sample.patient == "0007"


def test_an_unknown_mendeley_value_is_refused(tmp_path):
    mendeley(tmp_path, value=77)
    data = create_dataset("axial_mri", "all", root=tmp_path, variant="mendeley")
    with pytest.raises(SpinesegError, match="unknown label values"):
        data[0]
