import json
import math
from dataclasses import replace

import pytest
import torch

from spineseg import SpinesegError
from spineseg.training.record import (
    Record,
    check_record,
    code_version,
    device_name,
    package_versions,
    peak_memory_mb,
    read_record,
    read_records,
    write_record,
)

RECORD = Record(
    recipe="paper/net",
    profile="smoke",
    seed=3,
    configuration={"plan": {"epochs": 2, "betas": (0.9, 0.999)}},
    data={"sha256": {"test": "ab"}},
    code={"version": "0"},
    device="cpu",
    packages={"torch": "2"},
    wall_s=1.5,
    sessions=1,
    peak_memory_mb={"process": 10.0},
    curves=[{"epoch": 0.0, "loss": math.nan}],
    scores=[
        {"id": "a", "patient": "p", "dice": 0.1 + 0.2, "hd_mm": math.inf},
        {"id": "inf", "patient": "nan", "dice": math.nan, "hd_mm": math.nan},
    ],
)


def test_a_record_comes_back_to_the_last_bit(tmp_path):
    write_record(tmp_path / "new" / "r.json", RECORD)
    found = read_record(tmp_path / "new" / "r.json")
    assert found.scores[0] == RECORD.scores[0]
    assert found.scores[1]["id"] == "inf"
    assert math.isnan(found.scores[1]["dice"])
    assert math.isnan(found.curves[0]["loss"])
    assert found.metrics == ["dice", "hd_mm"]
    blank = {"scores": [], "curves": [], "configuration": {}}
    assert replace(found, **blank) == replace(RECORD, **blank)


def test_a_record_is_plain_json(tmp_path):
    write_record(tmp_path / "r.json", RECORD)

    def refuse(word):
        raise AssertionError(word)

    json.loads((tmp_path / "r.json").read_text(), parse_constant=refuse)


def test_a_record_is_never_replaced(tmp_path):
    write_record(tmp_path / "r.json", RECORD)
    before = (tmp_path / "r.json").read_bytes()
    with pytest.raises(SpinesegError, match="record of this name already"):
        write_record(tmp_path / "r.json", replace(RECORD, seed=4))
    assert (tmp_path / "r.json").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["r.json"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"schema": 0}, "another schema; found 0; expected 1"),
        ({"seed": "3"}, "wrong kind, or none; found seed"),
        ({"scores": []}, "no scores"),
        ({"scores": [{"id": "a", "dice": 1.0}]}, "found scores"),
        ({"scores": [{"id": "a", "patient": "p", "dice": "high"}]}, "found scores"),
        ({"curves": [{"loss": None}]}, "found curves"),
        ({"mood": "good"}, "not those of the schema; found mood"),
    ],
)
def test_what_breaks_the_schema_is_named_and_not_written(tmp_path, change, words):
    write_record(tmp_path / "r.json", RECORD)
    plain = json.loads((tmp_path / "r.json").read_text()) | change
    with pytest.raises(SpinesegError, match=words):
        check_record(plain, tmp_path / "r.json")


def test_an_older_record_without_precision_is_read_and_says_so(tmp_path):
    write_record(tmp_path / "new.json", RECORD)
    plain = json.loads((tmp_path / "new.json").read_text())
    assert plain.pop("precision") == "32-true"
    (tmp_path / "old.json").write_text(json.dumps(plain))
    assert read_record(tmp_path / "old.json").precision == "not recorded"
    assert read_record(tmp_path / "new.json").precision == "32-true"


def test_a_file_that_is_no_record_is_refused(tmp_path):
    (tmp_path / "a.json").write_text("{half")
    for name in ("a.json", "none.json"):
        with pytest.raises(SpinesegError, match="this is no record"):
            read_record(tmp_path / name)


def test_records_of_a_recipe_come_by_seed(tmp_path):
    for name, seed, recipe in (
        ("a", 5, "paper/net"),
        ("b", 1, "paper/net"),
        ("c", 0, "other/net"),
    ):
        one = replace(RECORD, seed=seed, recipe=recipe)
        write_record(tmp_path / f"{name}.json", one)
    found = read_records(tmp_path, "paper/net", "smoke")
    assert [record.seed for record in found] == [1, 5]
    assert read_records(tmp_path, "paper/net", "full") == []


def test_the_circumstances_are_told():
    assert code_version()["version"]
    assert len(code_version()["sources_sha256"]) == 64
    assert package_versions()["torch"] == torch.__version__
    cpu = torch.device("cpu")
    assert device_name(cpu).startswith("cpu, ")
    assert peak_memory_mb(cpu)["process"] > 50
