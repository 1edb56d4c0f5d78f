"""A share of what ``scripts/fuzz_readers.py`` does with 10,000 inputs a family."""

import importlib.util
import json
import os
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
COUNT = 10_000


def load(name):
    spec = importlib.util.spec_from_file_location(name, ROOT / "scripts" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


ways, families, fuzz = map(load, ("fuzz_damage", "fuzz_families", "fuzz_readers"))
pytestmark = pytest.mark.filterwarnings(
    # torch and numba keep threads; the child reads files and uses none of them
    "ignore:.*use of fork:DeprecationWarning"
)


@pytest.mark.parametrize("family", families.FAMILIES)
def test_damaged_inputs_end_in_documented_errors(family):
    tally = fuzz.run(family, COUNT, 60)  # numbers that the long run does not have
    assert tally.failures == []
    assert tally.inputs == 60
    # a series leaves a broken slice out, with the reason, and reads the others
    assert tally.refused > 10 or family == "DICOM series"
    assert tally.memory_mib < 1000  # Pillow opens up to 89 million pixels


def test_the_long_runs_had_ten_thousand_inputs_a_family_and_no_failure():
    kept = json.loads((ROOT / "benchmarks" / "results" / "fuzz.json").read_text())
    assert set(kept["families"]) == set(families.FAMILIES)
    assert len(kept["families"]) == 8
    for one in kept["families"].values():
        assert one["inputs"] >= COUNT
        assert one["failed"] == 0


def test_every_way_changes_most_files_and_none_ends_the_fuzzer(tmp_path):
    cases = families.labelme(tmp_path) + families.films(tmp_path)
    targets = [case.folder / case.targets[0] for case in cases]
    changed = 0
    for number in range(200):
        dice = fuzz.rng(0, "ways", number)
        whole = targets[number % len(targets)].read_bytes()
        _, broken = ways.damage(targets[number % len(targets)].name, whole, dice)
        changed += broken != whole
    assert changed > 180


def misbehaving(kind):
    def read(folder):
        if kind == "dies":
            os._exit(3)
        if kind == "writes":
            (folder / "left.txt").write_text("x")
        if kind == "raises":
            raise KeyError("x")

    return read


@pytest.mark.parametrize(
    ("kind", "said"),
    [("raises", "KeyError"), ("writes", "written"), ("dies", "ended with 3")],
)
def test_the_fuzzer_notices_a_reader_that_misbehaves(tmp_path, kind, said):
    (tmp_path / "x.png").write_bytes(b"0123456789")
    calls = []

    def read(folder):
        if calls:  # the first call, on the whole file, must go well
            misbehaving(kind)(folder)
        calls.append(1)

    case = families.Case(tmp_path, ("x.png",), read)
    with fuzz.own_tmp(), pytest.MonkeyPatch.context() as patch:
        patch.setitem(ways.WAYS, ".png", ways.flip)
        tally = fuzz._run("x", [case], 0, 1)
    assert tally.inputs == 1
    assert said in tally.failures[0]["what"]
    assert (tmp_path / "x.png").read_bytes() == b"0123456789"
