"""Twins on disk: whole, resumable, the same bytes whoever draws them."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest

from spineseg.core.errors import SpinesegError
from spineseg.datasets import axial_mri, create_dataset, read_split
from spineseg.datasets import make as making
from spineseg.datasets.axial_beside import Beside
from spineseg.datasets.axial_twin import AxialPatients, DrawnSlice
from spineseg.datasets.base import TwinPlan
from spineseg.datasets.make import MANIFEST, materialise, read_manifest
from spineseg.io._files import sha256_of

PLAN = TwinPlan(0, 32, 6, "all")
NAME = "isic2016"


def contents(root):
    files = sorted(p for p in root.rglob("*") if p.is_file())
    return {str(p.relative_to(root)): p.read_bytes() for p in files}


def test_two_processes_write_the_same_bytes_as_one(tmp_path):
    materialise(NAME, tmp_path / "one", PLAN)
    made = materialise(NAME, tmp_path / "two", PLAN, workers=2)
    assert made == making.Made(6, 6, 6)
    assert contents(tmp_path / "one") == contents(tmp_path / "two")


def test_a_second_run_draws_nothing_and_changes_nothing(tmp_path):
    materialise(NAME, tmp_path, PLAN)
    before = contents(tmp_path)
    assert materialise(NAME, tmp_path, PLAN).drawn == 0
    assert contents(tmp_path) == before


def test_the_manifest_holds_every_file_with_its_hash_and_the_knobs(tmp_path):
    materialise(NAME, tmp_path, PLAN)
    head, records = read_manifest(tmp_path)
    assert head["dataset"] == NAME
    assert head["seed"] == 0
    assert list(records) == list(create_dataset(NAME, "all", size_px=32, count=6).ids)
    for record in records.values():
        assert record["knobs"]["radius_px"] > 0
        for file, digest in record["files"].items():
            assert sha256_of(tmp_path / file) == digest


@pytest.mark.parametrize(
    ("name", "plan"), [(NAME, PLAN), ("cvmunet_xray", TwinPlan(0, 48, 5, "all"))]
)
def test_an_interrupted_run_goes_on_with_what_is_missing(
    tmp_path, monkeypatch, name, plan
):
    calls = []
    original = making._one

    def failing(unit):
        if len(calls) == 3:
            raise KeyboardInterrupt
        calls.append(unit)
        return original(unit)

    monkeypatch.setattr(making, "_one", failing)
    with pytest.raises(KeyboardInterrupt):
        materialise(name, tmp_path / "cut", plan)
    monkeypatch.setattr(making, "_one", original)
    assert materialise(name, tmp_path / "cut", plan).drawn == plan.count - 3
    materialise(name, tmp_path / "whole", plan)
    assert contents(tmp_path / "cut") == contents(tmp_path / "whole")


def test_workers_leave_when_the_first_process_is_killed(tmp_path):
    script = (
        "from pathlib import Path\n"
        "from spineseg.datasets.base import TwinPlan\n"
        "from spineseg.datasets.make import materialise\n"
        "if __name__ == '__main__':\n"
        f"    materialise('{NAME}', Path({str(tmp_path / 'cut')!r}),\n"
        "        TwinPlan(0, 32, 400, 'all'), workers=2,\n"
        "        progress=lambda done, total, unit: print(unit, flush=True))\n"
    )
    (tmp_path / "run.py").write_text(script)
    first = subprocess.Popen(
        [sys.executable, str(tmp_path / "run.py")],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert first.stdout
    assert first.stdout.readline()  # a unit is done: the workers are at work
    first.kill()
    # the pipe ends when its last holder has left, and the workers hold it, too
    first.communicate(timeout=60)
    _, done = read_manifest(tmp_path / "cut")
    assert 0 < len(done) < 400


@pytest.mark.parametrize("damage", ["delete", "change", "half a line"])
def test_what_was_damaged_since_is_drawn_again(tmp_path, damage):
    materialise(NAME, tmp_path, PLAN)
    before = contents(tmp_path)
    victim = next(tmp_path.rglob("*_Segmentation.png"))
    if damage == "delete":
        victim.unlink()
    elif damage == "change":
        victim.write_bytes(victim.read_bytes()[:-1])
    else:
        text = (tmp_path / MANIFEST).read_text()
        (tmp_path / MANIFEST).write_text(text[:-40])
    assert materialise(NAME, tmp_path, PLAN).drawn == 1
    assert contents(tmp_path) == before


def test_half_files_of_a_killed_run_are_swept_up(tmp_path):
    materialise(NAME, tmp_path, PLAN)
    before = contents(tmp_path)
    (tmp_path / ".part-abc.png").write_bytes(b"half")
    materialise(NAME, tmp_path, PLAN)
    assert contents(tmp_path) == before


def test_a_larger_number_adds_to_the_folder(tmp_path):
    materialise(NAME, tmp_path / "a", TwinPlan(0, 32, 4, "all"))
    materialise(NAME, tmp_path / "a", PLAN)
    materialise(NAME, tmp_path / "b", PLAN)
    assert contents(tmp_path / "a") == contents(tmp_path / "b")


@pytest.fixture
def blank_slices(monkeypatch):
    """Stand-ins: what is tested here is the bookkeeping, not the picture."""

    def blank(number, axes):
        nothing = np.zeros((8, 8), np.float32)
        grid = {"spacing_mm": (1.0, 1.0), "origin_mm": (0.0, 0.0, 0.0), "axes": axes}
        return DrawnSlice(
            nothing,
            nothing.astype(np.uint8),
            **grid,
            thickness_mm=4.0,
            study="0",
            number=number,
        )

    axial = np.array([[0.0, 1, 0], [1, 0, 0]])
    side = np.array([[0.0, 0, -1], [0, 1, 0]])
    monkeypatch.setattr(
        AxialPatients, "slice", lambda self, number, index: blank(index, axial)
    )
    beside = Beside((blank(7, side),), blank(7, side), {})
    monkeypatch.setattr(axial_mri, "beside_axial", lambda *_: beside)


def test_growing_by_part_of_a_study_completes_the_study(tmp_path, blank_slices):
    materialise("axial_mri", tmp_path, TwinPlan(0, 32, 1, "studies"))
    materialise("axial_mri", tmp_path, TwinPlan(0, 32, 2, "studies"))
    assert len(create_dataset("axial_mri", "all", root=tmp_path)) == 2


def test_another_twin_or_a_strangers_folder_is_refused(tmp_path):
    materialise(NAME, tmp_path / "a", PLAN)
    before = contents(tmp_path / "a")
    with pytest.raises(SpinesegError, match="seed 0; expected seed 1"):
        materialise(NAME, tmp_path / "a", TwinPlan(1, 32, 6, "all"))
    with pytest.raises(SpinesegError, match="another twin"):
        materialise("mdwc_spine", tmp_path / "a", TwinPlan(0, 32, 2, "all"))
    assert contents(tmp_path / "a") == before
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "thesis.txt").write_text("mine")
    with pytest.raises(SpinesegError, match="holds no manifest"):
        materialise(NAME, tmp_path / "b", PLAN)
    assert os.listdir(tmp_path / "b") == ["thesis.txt"]


def test_the_splits_beside_it_are_those_of_the_loader(tmp_path):
    materialise(NAME, tmp_path, PLAN)
    written = read_split(tmp_path / "splits" / "official.txt")
    data = create_dataset(NAME, "test", root=tmp_path, rule="official")
    assert written.ids("test") == data.ids
    assert written.sha256 == data.facts["split_sha256"]


def test_the_manifest_is_made_of_json_lines(tmp_path):
    materialise(NAME, tmp_path, PLAN)
    lines = (tmp_path / MANIFEST).read_text().splitlines()
    assert [json.loads(line)["kind"] for line in lines] == ["head", *["unit"] * 6]
