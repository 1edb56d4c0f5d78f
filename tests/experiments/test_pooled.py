import pytest

from spineseg import SpinesegError
from spineseg.experiments.pooled import pooled_counts, pooled_scores
from spineseg.training.record import Record, read_records
from spineseg.training.shipped import VARIABLE, records_folder


def record(*rows):
    names = {"id": "1", "patient": "1"}
    return Record(
        recipe="a/b",
        profile="smoke",
        seed=0,
        configuration={},
        data={},
        code={},
        device="cpu",
        packages={},
        wall_s=1.0,
        sessions=1,
        peak_memory_mb={},
        curves=[],
        scores=[{**names, **row} for row in rows],
    )


def test_two_images_by_hand():
    # 10 pixels each: together 7 hit, 1 invented, 2 missed, 10 rightly left alone
    one = record(
        {"tp": 5, "fp": 1, "fn": 0, "tn": 4}, {"tp": 2, "fp": 0, "fn": 2, "tn": 6}
    )
    scores = pooled_scores(one)
    assert scores.accuracy == pytest.approx(17 / 20)
    assert scores.miou == pytest.approx((7 / 10 + 10 / 13) / 2)
    assert scores.precision == pytest.approx((7 / 8 + 10 / 12) / 2)
    assert scores.recall == pytest.approx((7 / 9 + 10 / 11) / 2)
    assert scores.f1 == pytest.approx((14 / 17 + 20 / 23) / 2)


def test_three_classes_are_averaged_with_the_background():
    row = {f"{kind}.{label}": 0 for kind in ("tp", "fp", "fn", "tn") for label in "012"}
    # 10 pixels: 6 of 0 all right; 2 of 1, one taken for 2; 2 of 2 all right
    row |= {"tp.0": 6, "tn.0": 4}
    row |= {"tp.1": 1, "fn.1": 1, "tn.1": 8}
    row |= {"tp.2": 2, "fp.2": 1, "tn.2": 7}
    scores = pooled_scores(record(row))
    assert scores.accuracy == pytest.approx(9 / 10)
    assert scores.miou == pytest.approx((1 + 1 / 2 + 2 / 3) / 3)
    assert sorted(pooled_counts(record(row))) == [0, 1, 2]


def test_a_record_without_counts_is_refused():
    with pytest.raises(SpinesegError, match="no counts of pixels"):
        pooled_scores(record({"dice": 0.5}))


def test_the_variable_names_another_folder(monkeypatch, tmp_path):
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    assert records_folder() == tmp_path
    assert read_records(records_folder(), "a/b", "smoke") == []
    monkeypatch.setenv(VARIABLE, str(tmp_path / "none"))
    with pytest.raises(SpinesegError, match="no folder of records"):
        records_folder()


def test_the_repository_ships_records(monkeypatch):
    monkeypatch.delenv(VARIABLE, raising=False)
    assert records_folder().is_dir()
