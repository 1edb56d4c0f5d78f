"""nnU-Net's three commands in order, and their masks scored.

A stand-in on PATH takes nnU-Net's words and leaves its files.
"""

import csv
import json
import os
import sys

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from spineseg import SpinesegError
from spineseg.cli import app
from spineseg.core.sample import Sample
from spineseg.datasets.base import Card, SpineDataset
from spineseg.datasets.nnunet import export_nnunet
from spineseg.experiments.evaluate import score_all
from spineseg.experiments.nnunet import COMMANDS, NnunetJob, installed, run_nnunet

STAND_IN = """#!{python} -IS
import json, os, pathlib, shutil, sys
words, name = sys.argv[1:], pathlib.Path(sys.argv[0]).name
here = pathlib.Path(sys.argv[0]).parent
places = dict((k, v) for k, v in os.environ.items() if k.startswith("nnUNet_"))
with open(here / "log.jsonl", "a") as log:
    log.write(json.dumps([name, words, places]) + "\\n")
after = dict(zip(words, words[1:]))
(data,) = pathlib.Path(places["nnUNet_raw"]).glob("Dataset501_*")
if name.endswith("preprocess"):
    made = pathlib.Path(places["nnUNet_preprocessed"], data.name)
    made.mkdir(parents=True, exist_ok=True)
    shutil.copy(data / "splits_final.json", made)  # before the work, as nnU-Net does
if name.endswith("train"):
    trainer = after["-tr"] + "__nnUNetPlans__2d"
    made = pathlib.Path(places["nnUNet_results"], data.name, trainer, "fold_0")
    (made / "validation").mkdir(parents=True, exist_ok=True)
    split = pathlib.Path(places["nnUNet_preprocessed"], data.name, "splits_final.json")
    assert split.exists()
    (made / "checkpoint_latest.pth").touch()
if (here / "fails").exists() and (here / "fails").read_text() == name:
    sys.exit(3)
if name.endswith("train"):
    (made / "checkpoint_final.pth").touch()
    (made / "validation" / "summary.json").write_text("{{}}")
if name.endswith("predict"):
    made = pathlib.Path(after["-o"])
    made.mkdir(exist_ok=True)
    for image in sorted(pathlib.Path(after["-i"]).iterdir()):
        mask = image.name.replace("_0000.png", ".png")
        if not (here / "forgets").exists() and not (made / mask).exists():
            shutil.copy(data / "labelsTs" / mask, made / mask)
"""


class Own:
    """Samples by hand."""

    def __init__(self, masks):
        picture = np.full(masks[0].shape, 0.5, np.float32)
        self.samples = {
            f"film/{k}": Sample(picture, mask, f"film/{k}", f"person {k}", (2.0, 2.0))
            for k, mask in enumerate(masks)
        }
        self.ids = tuple(self.samples)

    def patient_of(self, name):
        return self.samples[name].patient

    def load(self, name):
        return self.samples[name]


def exported(raw, labels):
    """Export three cases to train and two to test; return job and test part."""
    masks = [np.zeros((8, 9), np.uint8) for _ in range(5)]
    for k, mask in enumerate(masks):
        for i, label in enumerate(labels[1:]):
            mask[2 + k % 2 : 6, 1 + 3 * i : 4 + 3 * i] = label
    classes = {label: f"structure {label}" for label in labels}
    card = Card("own", "", "", "MR", classes, ("",), 5, "", "", "", "", "")
    source = Own(masks)
    train = SpineDataset(card, source, source.ids[:3])
    test = SpineDataset(card, source, source.ids[3:], "test", facts={"twin": True})
    made = export_nnunet(raw, train, test=test)
    return NnunetJob(made.folder, device="cpu"), test


@pytest.fixture
def programs(tmp_path, monkeypatch):
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in COMMANDS:
        (folder / name).write_text(STAND_IN.format(python=sys.executable))
        (folder / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return folder


@pytest.fixture
def job(tmp_path, programs):
    return exported(tmp_path / "raw", (0, 1))[0]


def calls(programs):
    log = programs / "log.jsonl"
    return [json.loads(line) for line in log.read_text().splitlines()]


def names(programs):
    return [name for name, _, _ in calls(programs)]


def quiet(_):
    pass


def test_the_commands_come_in_order_with_their_words_and_places(
    job, programs, monkeypatch
):
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    run_nnunet(job, quiet)
    (_, plan, places), (_, train, _), (_, predict, _) = calls(programs)
    assert names(programs) == list(COMMANDS)
    assert " ".join(plan) == "-d 501 -c 2d --verify_dataset_integrity -npfp 2 -np 2"
    assert " ".join(train) == "501 2d 0 -tr nnUNetTrainer -device cpu"
    words = "-d 501 -c 2d -f 0 -tr nnUNetTrainer -device cpu --continue_prediction "
    words += "-npp 2 -nps 2"
    images = str(job.folder / "imagesTs")
    assert predict == [*words.split(), "-i", images, "-o", str(job.masks)]
    assert places["nnUNet_raw"] == str(job.folder.parent)
    for name in ("nnUNet_preprocessed", "nnUNet_results"):
        assert places[name] == str(job.folder / name)


def test_masks_like_the_truth_score_one_in_a_records_columns(job):
    rows = run_nnunet(job, quiet)
    truth = [Own([np.eye(8, 9, dtype=np.uint8)]).load("film/0")]
    ours = score_all([truth[0].mask], truth, 1)[0]
    with (job.results / "scores.csv").open(newline="") as file:
        table = list(csv.DictReader(file))
    assert list(table[0]) == list(rows[0]) == list(ours)
    assert [row["id"] for row in table] == ["film/3", "film/4"]
    assert [row["patient"] for row in rows] == ["person 3", "person 4"]
    assert [row["dice"] for row in rows] == [1.0, 1.0]
    assert float(table[0]["hd_mm"]) == 0.0


def test_what_was_run_stands_beside_the_table(job, programs):
    run_nnunet(job, quiet)
    facts = json.loads((job.results / "run.json").read_text())
    assert facts["trainer"] == "nnUNetTrainer"
    assert facts["data"] == {"test": 2, "facts": {"twin": True}}
    assert facts["seed"].startswith("none")
    assert facts["nnunetv2"] == "not known: of another Python"


def test_a_wrong_mask_scores_what_its_pixels_say(job, programs):
    run_nnunet(job, quiet)
    half = np.zeros((8, 9), np.uint8)
    half[3:6, 1:3] = 1  # two of the three columns of the truth, in all its rows
    Image.fromarray(half).save(job.masks / "film-3.png")
    row = run_nnunet(job, quiet)[0]
    assert (row["tp"], row["fp"], row["fn"]) == (6, 0, 3)
    assert row["dice"] == pytest.approx(0.8)
    assert row["hd_mm"] == 2.0


def test_a_second_call_runs_nothing_and_scores_the_same(job, programs):
    first, told = run_nnunet(job, quiet), []
    assert run_nnunet(job, told.append) == first
    assert len(calls(programs)) == 3
    assert told == [f"{name}: done before" for name in COMMANDS]


def test_a_broken_training_goes_on_from_its_checkpoint(job, programs):
    (programs / "fails").write_text("nnUNetv2_train")
    with pytest.raises(SpinesegError, match=r"nnUNetv2_train failed.*exit code 3"):
        run_nnunet(job, quiet)
    (programs / "fails").unlink()
    run_nnunet(job, quiet)
    assert names(programs) == [COMMANDS[0], COMMANDS[1], COMMANDS[1], COMMANDS[2]]
    assert [words[-1] for name, words, _ in calls(programs) if name == COMMANDS[1]] == [
        "cpu",
        "--c",
    ]


def test_a_broken_preprocessing_is_done_again(job, programs):
    (programs / "fails").write_text(COMMANDS[0])
    with pytest.raises(SpinesegError, match="the same command goes on"):
        run_nnunet(job, quiet)
    (programs / "fails").unlink()
    run_nnunet(job, quiet)
    assert names(programs) == [COMMANDS[0], *COMMANDS]


def test_missing_masks_are_named_and_no_table_is_left(job, programs):
    (programs / "forgets").touch()
    with pytest.raises(SpinesegError, match=r"no mask of 2 of 2.*film-3, film-4"):
        run_nnunet(job, quiet)
    assert not list(job.folder.rglob("scores.csv"))


def test_one_missing_mask_is_predicted_alone(job, programs):
    run_nnunet(job, quiet)
    (job.masks / "film-4.png").unlink()
    assert len(run_nnunet(job, quiet)) == 2
    assert names(programs)[3:] == [COMMANDS[2]]


def test_a_mask_of_another_size_or_number_is_refused(job, programs):
    run_nnunet(job, quiet)
    Image.fromarray(np.zeros((9, 8), np.uint8)).save(job.masks / "film-3.png")
    with pytest.raises(SpinesegError, match=r"another size.*\(9, 8\).*\(8, 9\)"):
        run_nnunet(job, quiet)
    Image.fromarray(np.full((8, 9), 2, np.uint8)).save(job.masks / "film-3.png")
    with pytest.raises(SpinesegError, match=r"no label; found 2; expected 0 to 1"):
        run_nnunet(job, quiet)


def test_numbers_become_the_data_sets_own_labels(tmp_path, programs):
    job, test = exported(tmp_path / "raw", (0, 7, 30))
    rows = run_nnunet(job, quiet)
    assert [row["dice.7"] for row in rows] == [row["dice.30"] for row in rows] == [1, 1]
    assert "dice.1" not in rows[0]
    assert rows[0]["tp.7"] == int((test[0].mask == 7).sum())
    assert rows[0]["tp.0"] == int((test[0].mask == 0).sum())


def test_without_nnunet_one_line_says_how_to_get_it(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    with pytest.raises(SpinesegError, match=r"pip install nnunetv2.*Apache-2\.0"):
        installed()


def test_commands_beside_python_need_no_path(programs, monkeypatch):
    monkeypatch.setenv("PATH", os.devnull)
    monkeypatch.setattr(sys, "executable", str(programs / "python"))
    assert installed() == {name: str(programs / name) for name in COMMANDS}


def test_what_is_no_export_with_a_test_part_is_refused(tmp_path, programs):
    job, _ = exported(tmp_path / "raw", (0, 1))
    with pytest.raises(SpinesegError, match="spineseg data export-nnunet"):
        run_nnunet(NnunetJob(tmp_path))
    with pytest.raises(SpinesegError, match="no exported data set"):
        run_nnunet(NnunetJob(tmp_path / "Dataset501_none"))
    (job.folder / "cases.json").unlink()
    with pytest.raises(SpinesegError, match="whose its test images are"):
        run_nnunet(job)
    assert not (programs / "log.jsonl").exists()


def test_a_damaged_list_of_folds_is_refused_before_anything_runs(job, programs):
    splits = job.folder / "splits_final.json"
    splits.write_text("{")
    with pytest.raises(SpinesegError, match=r"splits_final.json: the folds of this"):
        run_nnunet(job)
    splits.unlink()
    with pytest.raises(SpinesegError, match="folds of this export cannot be read"):
        run_nnunet(job)
    assert not (programs / "log.jsonl").exists()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"fold": 3}, "no such fold; found 3; expected 0 to 2"),
        ({"fold": -1}, "no such fold"),
        ({"device": "gpu"}, "cpu or cuda or mps"),
    ],
)
def test_folds_and_devices_are_checked_first(job, programs, change, words):
    plan = {"fold": 0, "device": "cpu", **change}
    with pytest.raises(SpinesegError, match=words):
        run_nnunet(NnunetJob(job.folder, **plan))
    assert not (programs / "log.jsonl").exists()


def test_the_command_prints_means_and_where_the_table_lies(job, programs):
    words = ["nnunet", str(job.folder), "--device", "cpu"]
    out = CliRunner().invoke(app, words, catch_exceptions=False).output
    assert "test: 2 images of 2 patients" in out
    assert str(job.results / "scores.csv") in out


def test_a_fold_with_an_empty_side_is_refused(job, programs):
    folds = [{"train": [], "val": ["film-0"]}]
    (job.folder / "splits_final.json").write_text(json.dumps(folds))
    with pytest.raises(SpinesegError, match=r"train: 0, val: 1.*more patients"):
        run_nnunet(job)
    assert not (programs / "log.jsonl").exists()
