import json
from dataclasses import asdict, replace

import numpy as np
import pytest
import torch

from spineseg import SpinesegError, profile
from spineseg.experiments import (
    Machine,
    Workers,
    create_recipe,
    list_recipes,
    run,
    sweep,
    trained_model,
)
from spineseg.experiments.data import data_hash, open_part, prepared
from spineseg.experiments.evaluate import label_maps, score_all
from spineseg.experiments.recipe import LOSSES, recipe_from
from spineseg.experiments.run import fresh_model, read_run, record_path
from spineseg.models import list_models
from spineseg.training import PLANS
from spineseg.training.record import read_record
from spineseg.training.shipped import records_folder

CPU = Machine("cpu")


def results(record):
    """What must not depend on when, where and how often a run was started."""
    plain = asdict(record)
    for name in ("wall_s", "sessions", "peak_memory_mb", "device", "code"):
        del plain[name]
    return json.dumps(plain)


@pytest.mark.parametrize("name", list_recipes())
@pytest.mark.parametrize("size", ["smoke", "laptop", "full"])
def test_a_recipe_names_what_exists_and_survives_json(name, size):
    found = create_recipe(name, size)
    assert (found.name, found.profile) == (name, size)
    assert found.model.name in list_models()
    assert recipe_from(json.loads(json.dumps(asdict(found)))) == found
    with torch.device("meta"):
        fresh_model(found, 0)


def test_the_full_recipe_of_cvmunet_has_the_papers_numbers():
    full = create_recipe("cvmunet/unet", "full")
    assert full.plan == PLANS["cvmunet"]
    assert full.preprocessing.numbers == {"size_px": 480}
    with torch.device("meta"):
        model = fresh_model(full, 0)
    assert sum(p.numel() for p in model.parameters()) == 17_262_977


def test_an_unknown_recipe_loss_or_part_is_refused(recipe):
    with pytest.raises(SpinesegError, match=r"unknown recipe.*perhaps cvmunet/unet"):
        create_recipe("cvmunet/unte")
    with pytest.raises(SpinesegError, match="unknown profile"):
        create_recipe("cvmunet/unet", "huge")
    with pytest.raises(SpinesegError, match="unknown loss"):
        replace(recipe, loss="luck")
    with pytest.raises(SpinesegError, match="this is no recipe"):
        recipe_from({"name": "x"})
    assert profile().name == "smoke"
    assert set(LOSSES) >= {"bce_dice", "ce_dice"}


def test_every_number_of_a_recipe_changes_its_key(recipe):
    other = replace(recipe, plan=replace(recipe.plan, clip_norm=1.0))
    assert len({recipe.key, other.key, replace(recipe, loss="bce").key}) == 3


@pytest.mark.parametrize(
    ("name", "profile_name", "key"),
    [
        ("cvmunet/unet", "smoke", "587e5f7b9b"),
        ("cvmunet/vm_unet_v2", "laptop", "22a38f19c2"),
        ("wgan_ctm/nnunet", "laptop", "c008244ff3"),
        ("inception_unet/inception_unet/dice", "laptop", "11a275e5e8"),
        ("inception_unet/unet/dice", "laptop", "32d56e29f5"),
        ("inception_unet/unet_inception/dice", "laptop", "904456526f"),
    ],
)
def test_a_key_stays_what_the_records_of_its_recipe_are_called_by(
    name, profile_name, key
):
    assert create_recipe(name, profile_name).key == key


def test_every_shipped_record_bears_the_name_that_its_content_gives():
    files = sorted(records_folder().glob("*.json"))
    assert files
    assert [read_record(path).name for path in files] == [p.stem for p in files]


def test_a_run_leaves_a_record_with_a_score_for_each_test_image(recipe, places):
    record = run(recipe, 3, places, CPU)
    assert record == read_record(record_path(recipe, 3, places))
    test = open_part(recipe, "test")
    assert [row["id"] for row in record.scores] == list(test.ids)
    assert set(record.metrics) >= {"dice", "iou", "hd95_pooled_mm", "assd_mm"}
    assert record.precision == "32-true"
    assert not {"tp", "fp", "fn", "tn"} & set(record.metrics)
    for row in record.scores:
        counts = [row[kind] for kind in ("tp", "fp", "fn", "tn")]
        assert all(isinstance(value, int) for value in counts)
        overlap = 2 * row["tp"] / (2 * row["tp"] + row["fp"] + row["fn"])
        assert row["dice"] == pytest.approx(overlap)
    assert all(0 <= row["iou"] <= row["dice"] <= 1 for row in record.scores)
    assert [row["epoch"] for row in record.curves] == [0, 1]
    assert record.data["counts"] == {"train": 7, "val": 1, "test": 2}
    assert record.configuration["plan"]["batch"] == 4
    assert recipe_from(record.configuration) == recipe
    assert record.sessions == 1


def test_a_record_says_its_precision(recipe, places):
    record = run(recipe, 0, places, Machine("cpu", precision="bf16-mixed"))
    assert read_record(record_path(recipe, 0, places)).precision == "bf16-mixed"
    assert all(0 <= row["dice"] <= 1 for row in record.scores)


def test_the_recorded_scores_are_those_of_the_kept_weights(recipe, places):
    record = run(recipe, 0, places, CPU)
    model, known = trained_model(places.runs / recipe.run_name(0))
    assert known == recipe
    samples = prepared(recipe, open_part(recipe, "test"), None)
    rows = score_all(label_maps(model, samples, 1), samples, 1)
    assert rows == record.scores
    assert data_hash(samples) == record.data["sha256"]["test"]


def test_a_recorded_run_is_read_and_not_repeated(recipe, places):
    first = run(recipe, 0, places, CPU)
    told = []
    assert run(recipe, 0, places, CPU, told.append) == first
    assert told == []


class StopError(Exception):
    pass


def test_a_run_that_was_broken_off_goes_on_and_ends_with_the_same_numbers(
    recipe, places, tmp_path
):
    whole = run(
        recipe, 0, replace(places, records=tmp_path / "a", runs=tmp_path / "ra"), CPU
    )

    def stop(place):
        if place.epoch == 1:
            raise StopError

    with pytest.raises(StopError):
        run(recipe, 0, places, CPU, stop)
    assert not record_path(recipe, 0, places).exists()
    resumed = run(recipe, 0, places, CPU)
    assert resumed.sessions == 2
    assert results(resumed) == results(whole)


def test_a_sweep_skips_what_is_recorded(recipe, places, capsys):
    run(recipe, 1, places, CPU)
    before = record_path(recipe, 1, places).stat().st_mtime_ns
    records = sweep([(recipe, seed) for seed in (0, 1, 2)], places, CPU)
    assert [record.seed for record in records] == [0, 1, 2]
    assert record_path(recipe, 1, places).stat().st_mtime_ns == before
    assert len({results(record) for record in records}) == 3
    assert "3/3" in capsys.readouterr().err


@pytest.mark.slow
def test_two_workers_find_the_same_numbers_as_one(recipe, places, tmp_path):
    alone = sweep([(recipe, seed) for seed in (0, 1)], places, CPU)
    elsewhere = replace(places, runs=tmp_path / "r2", records=tmp_path / "c2")
    pairs = [(recipe, seed) for seed in (0, 1)]
    together = sweep(pairs, elsewhere, CPU, Workers(jobs=2))
    assert [results(r) for r in together] == [results(r) for r in alone]


@pytest.mark.slow
def test_a_dask_cluster_finds_the_same_numbers(recipe, places, tmp_path):
    pytest.importorskip("distributed", reason="needs the extra 'cluster'")
    alone = sweep([(recipe, seed) for seed in (0, 1)], places, CPU)
    elsewhere = replace(places, runs=tmp_path / "r2", records=tmp_path / "c2")
    pairs = [(recipe, seed) for seed in (0, 1)]
    together = sweep(pairs, elsewhere, CPU, Workers(2, "local"))
    assert [results(r) for r in together] == [results(r) for r in alone]


def test_without_dask_a_cluster_is_refused_with_the_remedy(recipe, places, monkeypatch):
    import importlib

    real = importlib.import_module

    def without(name, *more):
        if name == "distributed":
            raise ImportError(name)
        return real(name, *more)

    monkeypatch.setattr(importlib, "import_module", without)
    with pytest.raises(SpinesegError, match=r"spineseg\[cluster\]"):
        sweep([(recipe, 0)], places, CPU, Workers(1, "local"))


def test_the_cache_gives_the_same_pixels_and_survives_damage(recipe, tmp_path):
    part = open_part(recipe, "test")
    fresh = prepared(recipe, part, None)
    prepared(recipe, part, tmp_path)
    files = sorted(tmp_path.rglob("*.npz"))
    assert len(files) == 2
    files[0].write_bytes(b"PK broken")
    again = prepared(recipe, part, tmp_path)
    assert data_hash(again) == data_hash(fresh)
    assert [s.spacing_mm for s in again] == [s.spacing_mm for s in fresh]
    assert [s.patient for s in again] == [s.patient for s in fresh]


def test_a_changed_pixel_changes_the_hash(recipe):
    samples = prepared(recipe, open_part(recipe, "val"), None)
    before = data_hash(samples)
    picture = samples[0].picture.copy()
    picture[0, 0] += np.float32(1e-6)
    assert data_hash([replace(samples[0], picture=picture)]) != before


def test_a_folder_that_is_no_run_says_how_to_make_one(tmp_path):
    with pytest.raises(SpinesegError, match=r"no folder of a run.*spineseg train"):
        read_run(tmp_path)


def test_weights_follow_from_the_seed(recipe):
    first, same, other = (fresh_model(recipe, seed) for seed in (0, 0, 1))
    one, two, three = (next(m.parameters()) for m in (first, same, other))
    assert torch.equal(one, two)
    assert not torch.equal(one, three)
