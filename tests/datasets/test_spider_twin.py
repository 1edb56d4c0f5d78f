"""What of SPIDER's twin may never change, and its quirks."""

import csv
import hashlib

import numpy as np
import pytest

from spineseg.datasets import create_dataset
from spineseg.datasets.base import TwinPlan
from spineseg.datasets.spider import SpiderTwin, read_overview
from spineseg.datasets.spider_twin import COLUMNS, PATIENTS, WITH_SPACE


def test_the_first_t1_sample_and_the_split_stay_what_longer_runs_saw():
    data = create_dataset("spider", "train", variant="t1_four", size_px=64)
    assert data.ids[:3] == ("1_t1", "3_t1", "4_t1")
    assert len(data) == 125
    assert data.facts["split_sha256"].startswith("80d02527291203c0")
    first = data[0]
    found = hashlib.sha256(first.mask.tobytes()).hexdigest()
    assert found[:16] == "1f545356fdfc7e71"
    assert first.picture.mean() == pytest.approx(0.22420794, rel=1e-5)
    assert first.picture.std() == pytest.approx(0.23654051, rel=1e-5)


def test_41_patients_have_a_thin_series_and_the_loader_reads_it(tmp_path):
    assert len(WITH_SPACE) == 41
    assert set(PATIENTS) >= WITH_SPACE
    twin = SpiderTwin(TwinPlan(0, 48, 1, "space_labels"))
    twin.finish(tmp_path, [twin.write(unit, tmp_path) for unit in twin.units])
    data = create_dataset("spider", "all", root=tmp_path, variant="space_labels")
    assert data.ids == twin.ids
    assert data.ids[0].endswith("_t2_SPACE")
    drawn, read = twin.load(twin.ids[0]), data[0]
    np.testing.assert_allclose(read.picture, drawn.picture, atol=1e-7)
    np.testing.assert_array_equal(read.mask, drawn.mask)
    drawn = twin.people.series(int(twin.units[0]), "t2_SPACE")
    assert drawn.image.spacing_mm[0] == pytest.approx(1.0)
    with (tmp_path / "overview.csv").open(newline="") as stream:
        rows = {row["new_file_name"]: row for row in csv.DictReader(stream)}
    thin = rows[data.ids[0]]
    assert list(thin) == list(COLUMNS)
    assert thin["MRAcquisitionType"] == "3D"
    assert float(thin["birth_date"]) > 0
    assert thin["BodyPartExamined"] == thin["SoftwareVersions"] == ""
    assert rows[f"{twin.units[0]}_t1"]["BodyPartExamined"] == "LSPINE"
    assert read_overview(tmp_path / "overview.csv")[data.ids[0]]["subset"]


def test_an_ordinary_variant_has_one_series_a_patient():
    for variant in ("t1", "t2"):
        data = create_dataset("spider", "all", variant=variant, size_px=48)
        assert len(data) == 196
        assert len(set(data.patients)) == 196
