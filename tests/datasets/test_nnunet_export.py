"""The folder as the page "dataset format" of nnU-Net v2 describes it."""

import json
import sys
from types import ModuleType

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from spineseg import SpinesegError
from spineseg.cli import app
from spineseg.core.sample import Sample
from spineseg.datasets import create_dataset
from spineseg.datasets.base import Card, SpineDataset
from spineseg.datasets.nnunet import Exported, case, export_nnunet, instructions

PLAN = {"size_px": 48, "count": 12}


def part(name):
    return create_dataset("axial_mri", name, **PLAN)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    raw = tmp_path_factory.mktemp("nnUNet_raw")
    return export_nnunet(raw, part("train"), test=part("test"), number=502)


def pixels(path):
    with Image.open(path) as picture:
        return picture.mode, np.asarray(picture)


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_the_folder_has_the_names_of_the_format(made):
    assert made.folder.name == "Dataset502_axial_mri"
    cases = [case(name) for name in part("train").ids]
    assert names(made.folder / "imagesTr") == sorted(f"{c}_0000.png" for c in cases)
    assert names(made.folder / "labelsTr") == sorted(f"{c}.png" for c in cases)
    tests = [case(name) for name in part("test").ids]
    assert names(made.folder / "imagesTs") == sorted(f"{c}_0000.png" for c in tests)


def test_the_json_has_the_keys_of_the_format(made):
    facts = json.loads((made.folder / "dataset.json").read_text())
    assert facts["channel_names"] == {"0": "MR"}
    labels = {"background": 0, "body or disc": 1, "canal": 2, "lamina": 3}
    assert facts["labels"] == labels
    assert facts["numTraining"] == made.training == len(part("train"))
    assert facts["file_ending"] == ".png"


def test_pictures_and_masks_come_back_as_they_were(made):
    sample = part("train")[0]
    mode, grey = pixels(made.folder / "imagesTr" / f"{case(sample.id)}_0000.png")
    assert mode.startswith("I;16")
    assert np.abs(grey / 65535 - sample.picture).max() <= 0.5 / 65535 + 1e-7
    mode, mask = pixels(made.folder / "labelsTr" / f"{case(sample.id)}.png")
    assert mode == "L"  # a palette would be read as colours
    assert (mask == sample.mask).all()


def test_no_patient_stands_on_both_sides_of_a_fold(made):
    folds = json.loads((made.folder / "splits_final.json").read_text())
    train = part("train")
    person = dict(zip(map(case, train.ids), train.patients, strict=True))
    for fold in folds:
        sides = [{person[name] for name in fold[side]} for side in ("train", "val")]
        assert not sides[0] & sides[1]
        assert sides[0] | sides[1] == set(train.patients)
    held_out = [name for fold in folds for name in fold["val"]]
    assert sorted(held_out) == sorted(person)


def test_a_validation_part_makes_one_fold(tmp_path):
    train, val = (
        create_dataset("isic2016", p, size_px=32, count=10) for p in ("train", "val")
    )
    made = export_nnunet(tmp_path, train, val)
    folds = json.loads((made.folder / "splits_final.json").read_text())
    assert [len(folds), len(folds[0]["train"]), len(folds[0]["val"])] == [1, 7, 1]
    facts = json.loads((made.folder / "dataset.json").read_text())
    assert facts["labels"] == {"background": 0, "lesion": 1}
    assert facts["numTraining"] == 8


def test_a_validation_part_of_nobody_leaves_the_folds_to_be_dealt(tmp_path):
    plan = {"size_px": 48, "count": 18}
    train, val = (create_dataset("axial_mri", p, **plan) for p in ("train", "val"))
    assert (len(train), len(val)) == (12, 0)
    made = export_nnunet(tmp_path, train, val)
    folds = json.loads((made.folder / "splits_final.json").read_text())
    assert [(len(fold["train"]), len(fold["val"])) for fold in folds] == [(6, 6)] * 2


class Two:
    """Two samples by hand."""

    def __init__(self, masks, ids=("a/1", "b"), colours=False):
        shape = (2, 2, 3) if colours else (2, 2)
        picture = np.full(shape, 0.5, np.float32)
        self.samples = {
            name: Sample(picture, np.array(mask, np.uint8), name, name)
            for name, mask in zip(ids, masks, strict=True)
        }
        self.ids = tuple(ids)

    def patient_of(self, name):
        return name

    def load(self, name):
        return self.samples[name]


def own(source, classes):
    card = Card("own", "", "", "MR", classes, ("",), 2, "", "", "", "", "")
    return SpineDataset(card, source, source.ids)


def test_labels_with_gaps_are_renumbered(tmp_path):
    source = Two(([[0, 25], [0, 0]], [[100, 100], [25, 0]]))
    data = own(source, {0: "nothing", 25: "bone", 100: "canal"})
    made = export_nnunet(tmp_path, data)
    assert pixels(made.folder / "labelsTr" / "b.png")[1].tolist() == [[2, 2], [1, 0]]
    facts = json.loads((made.folder / "dataset.json").read_text())
    assert facts["labels"] == {"background": 0, "bone": 1, "canal": 2}


def test_colours_are_one_file_of_three_channels(tmp_path):
    data = own(Two([[[0, 1], [0, 0]]] * 2, colours=True), {0: "skin", 1: "lesion"})
    made = export_nnunet(tmp_path, data)
    mode, found = pixels(made.folder / "imagesTr" / "a-1_0000.png")
    assert (mode, found.shape, found.max()) == ("RGB", (2, 2, 3), 128)
    facts = json.loads((made.folder / "dataset.json").read_text())
    assert facts["channel_names"] == {"0": "R", "1": "G", "2": "B"}


def test_an_unnamed_label_is_refused_and_no_whole_data_set_is_left(tmp_path):
    data = own(Two(([[0, 1], [0, 0]], [[0, 7], [0, 0]])), {0: "a", 1: "b"})
    with pytest.raises(SpinesegError, match=r"mask of b has labels.*found 7;"):
        export_nnunet(tmp_path, data)
    assert not list(tmp_path.rglob("dataset.json"))


def test_two_samples_of_one_file_name_and_a_second_export_are_refused(tmp_path):
    masks = [[[0, 1], [0, 0]]] * 2
    with pytest.raises(SpinesegError, match="same file; found a-1"):
        export_nnunet(tmp_path, own(Two(masks, ("a/1", "a-1")), {0: "", 1: "b"}))
    data = own(Two(masks), {0: "", 1: "b"})
    export_nnunet(tmp_path, data)
    with pytest.raises(SpinesegError, match="there already"):
        export_nnunet(tmp_path, data)
    with pytest.raises(SpinesegError, match="expected 1 to 999"):
        export_nnunet(tmp_path, data, number=1000)


def test_the_next_steps_name_the_package_only_where_it_is_missing(
    tmp_path, monkeypatch
):
    made = Exported(tmp_path / "Dataset501_own", 501, 2, 0)
    assert "nnUNetv2_train 501 2d 0" in instructions(made)
    monkeypatch.setattr("spineseg.datasets.nnunet.find_spec", lambda name: None)
    assert instructions(made).startswith("pip install nnunetv2")
    present = ModuleType("nnunetv2")
    monkeypatch.setattr("spineseg.datasets.nnunet.find_spec", lambda name: present)
    assert "pip install" not in instructions(made)


def test_the_command_writes_a_twin_and_says_what_to_type(tmp_path):
    words = [
        "data",
        "export-nnunet",
        "axial_mri",
        "-o",
        tmp_path,
        "-n",
        12,
        "--size",
        48,
    ]
    out = CliRunner().invoke(app, list(map(str, words)), catch_exceptions=False).output
    assert "cases to train" in out
    assert "nnUNetv2_plan_and_preprocess -d 501 -c 2d" in out
    assert (tmp_path / "Dataset501_axial_mri" / "dataset.json").exists()


@pytest.mark.oracle
def test_nnunet_itself_finds_nothing_wrong(made):
    verify = pytest.importorskip(
        "nnunetv2.experiment_planning.verify_dataset_integrity",
        reason="nnunetv2 is optional and not in the development environment",
    )
    assert "nnunetv2" in sys.modules
    verify.verify_dataset_integrity(str(made.folder), num_processes=1)
