"""Masks of a recorded run: the record's own counts are what they are held against."""

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from spineseg import SpinesegError
from spineseg.experiments import Machine, run, trained_model
from spineseg.experiments.data import open_part, prepared
from spineseg.experiments.evaluate import label_maps
from spineseg.experiments.kept_masks import keep_masks, kept_masks
from spineseg.experiments.run import record_path
from spineseg.io import read_mask, write_mask
from spineseg.training.record import write_record


def several_classes(recipe):
    return replace(
        recipe,
        model=replace(recipe.model, classes=2),
        loss="ce_dice",
    )


@pytest.fixture(params=["one channel", "two channels"])
def kept(request, recipe, places):
    if request.param == "two channels":
        recipe = several_classes(recipe)
    record = run(recipe, 3, places, Machine("cpu"))
    path = record_path(recipe, 3, places)
    return record, keep_masks(path, places), recipe, places


def test_each_mask_is_what_the_best_network_paints(kept):
    record, _, recipe, places = kept
    found = kept_masks(record, places.records)
    model, _ = trained_model(places.runs / recipe.run_name(3))
    samples = prepared(recipe, open_part(recipe, "test"), places.cache)
    assert list(found) == [sample.id for sample in samples]
    for sample, painted in zip(samples, label_maps(model, samples, 1), strict=True):
        np.testing.assert_array_equal(found[sample.id], painted)
        ending = ".1" if recipe.model.classes > 1 else ""
        row = next(row for row in record.scores if row["id"] == sample.id)
        assert (painted & (sample.mask > 0)).sum() == row[f"tp{ending}"]


def test_nothing_else_of_a_patient_is_in_the_file(kept):
    _, path, _, _ = kept
    with Image.open(path) as picture:
        assert picture.info == {}


def test_without_a_file_there_are_no_masks(kept):
    record, path, _, places = kept
    path.unlink()
    assert kept_masks(record, places.records) is None


def test_a_pixel_that_the_record_did_not_count_is_refused(kept):
    record, path, _, places = kept
    labels = read_mask(path).labels
    labels[0, 0] = 1 - labels[0, 0]
    write_mask(path, labels.astype(np.uint8))
    with pytest.raises(SpinesegError, match="not of the record"):
        kept_masks(record, places.records)


def test_a_mask_too_few_is_refused(kept):
    record, path, _, places = kept
    write_mask(path, read_mask(path).labels[:-1].astype(np.uint8))
    with pytest.raises(SpinesegError, match="not of the record"):
        kept_masks(record, places.records)


def test_masks_of_another_run_are_not_written(kept):
    record, path, recipe, places = kept
    path.unlink()
    rows = [row | {k: v + 1 for k, v in row.items() if k[:2] == "tp"}
            for row in record.scores]  # fmt: skip
    record_file = record_path(recipe, 3, places)
    record_file.unlink()
    write_record(record_file, replace(record, scores=rows))
    with pytest.raises(SpinesegError, match="not of the record"):
        keep_masks(record_file, places)
    assert not path.exists()


def test_a_run_whose_folder_is_gone_cannot_paint(kept, tmp_path):
    _, path, _, places = kept
    path.unlink()
    with pytest.raises(SpinesegError, match="no folder of a run"):
        keep_masks(path.with_suffix(".json"), replace(places, runs=tmp_path / "no"))
