"""Write a data set in the folder format of nnU-Net v2, for the real nnU-Net.

``RAW/Dataset501_name/``: ``dataset.json``, ``imagesTr/CASE_0000.png``,
``labelsTr/CASE.png``, the same with ``Ts`` for the test part, and
``splits_final.json``, which nnU-Net wants in its folder of preprocessed data: without
it nnU-Net deals slices at random, and slices of a patient land on both sides.
``cases.json`` is ours: what the format has no place for, and who scores nnU-Net's masks
must know. :mod:`spineseg.experiments.nnunet` does so.

Grey pictures are 16-bit PNG, colours 8-bit; masks are grey PNG, as nnU-Net's reader
turns a palette into colours. PNG has no millimetres: nnU-Net takes pixels as squares of
one size.

Source of the format: the page "dataset format" of nnU-Net's documentation; Isensee et
al. 2021, doi:10.1038/s41592-020-01008-z.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from spineseg.core.errors import SpinesegError
from spineseg.core.rng import rng
from spineseg.core.sample import Sample
from spineseg.datasets.base import SpineDataset
from spineseg.io._files import atomic_write

FOLDS = 5
COLOURS = ("R", "G", "B")
CASES = "cases.json"
SPLITS = "splits_final.json"


@dataclass(frozen=True)
class Exported:
    """What was written: the data set's folder, its number, training and test cases."""

    folder: Path
    number: int
    training: int
    test: int


def export_nnunet(
    raw: Path,
    train: SpineDataset,
    val: SpineDataset | None = None,
    test: SpineDataset | None = None,
    *,
    number: int = 501,
    seed: int = 0,
) -> Exported:
    """Write one data set below nnU-Net's folder of raw data.

    Args:
        raw: what ``nnUNet_raw`` names; made if need be.
        train: cases to learn from.
        val: cases of the one fold's other side; without any, five folds are dealt,
            patient by patient.
        test: kept apart; nnU-Net does not look at it before prediction.
        number: of the data set, 1 to 999; nnU-Net's own end at 10.
        seed: deals the folds.

    Raises:
        SpinesegError: if the number is impossible, or the folder holds a whole data
            set already; what an interruption left is written anew.
    """
    if not 1 <= number <= 999:
        raise SpinesegError("impossible number", found=number, expected="1 to 999")
    folder = raw / f"Dataset{number:03d}_{train.card.name}"
    if (folder / "dataset.json").exists():
        raise SpinesegError(
            "this data set is there already",
            path=folder,
            remedy="Remove it, or take another number",
        )
    labels = _labels(train.card.classes)
    parts = [part for part in (train, val) if part is not None]
    _check_cases([*parts, *([test] if test else [])])
    channels = 0
    for part in parts:
        channels, _ = _write_part(part, folder, "Tr", labels)
    if test is not None:
        _, known = _write_part(test, folder, "Ts", labels)
        plain = {"labels": list(labels), "test": known, "facts": dict(test.facts)}
        _write_json(folder / CASES, plain)
    folds = [_fold(train, val)] if val else _deal(train, seed)
    _write_json(folder / SPLITS, folds)
    training = sum(map(len, parts))
    # last: a folder without it is no data set
    _write_json(folder / "dataset.json", _facts(train, channels, training))
    return Exported(folder, number, training, len(test) if test else 0)


def case(name: str) -> str:
    """Return nnU-Net's name of a sample: letters, digits and hyphens only."""
    return re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-")


def instructions(made: Exported) -> str:
    """Return what to type next, and how to get nnU-Net where it is missing."""
    name = made.folder.name
    lines = [
        *(f"export {what}={where}" for what, where in variables(made.folder).items()),
        f"nnUNetv2_plan_and_preprocess -d {made.number} -c 2d "
        "--verify_dataset_integrity",
        f'cp {made.folder}/{SPLITS} "$nnUNet_preprocessed/{name}/"',
        f"nnUNetv2_train {made.number} 2d 0",
    ]
    if made.test:
        lines.append(
            f"nnUNetv2_predict -d {made.number} -c 2d -f 0 "
            f"-i {made.folder}/imagesTs -o PREDICTIONS"
        )
        lines.insert(
            0, f"spineseg nnunet {made.folder}    # all of what follows, and the scores"
        )
    if find_spec("nnunetv2") is None:
        lines.insert(
            0,
            "pip install nnunetv2    # not installed here; Apache-2.0, needs a GPU "
            "to train in reasonable time",
        )
    return "\n".join(lines)


def variables(folder: Path) -> dict[str, str]:
    """Return what nnU-Net must find in its environment to work on one data set.

    What it makes lies in the data set's own folder, and goes with it.
    """
    return {
        "nnUNet_raw": str(folder.parent),
        "nnUNet_preprocessed": str(folder / "nnUNet_preprocessed"),
        "nnUNet_results": str(folder / "nnUNet_results"),
    }


def _labels(classes: Mapping[int, str]) -> dict[int, int]:
    """Return nnU-Net's number of each label: 0, 1, 2, ... without gaps."""
    return {label: i for i, label in enumerate(sorted(classes))}


def _check_cases(parts: Sequence[SpineDataset]) -> None:
    names = [case(name) for part in parts for name in part.ids]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise SpinesegError(
            "two samples would have the same file", found=", ".join(twice[:3])
        )


def _write_part(
    part: SpineDataset, folder: Path, ending: str, labels: Mapping[int, int]
) -> tuple[int, dict[str, dict[str, Any]]]:
    """Write pictures and masks of a part; return channels, and whose each case is."""
    images, masks = folder / f"images{ending}", folder / f"labels{ending}"
    images.mkdir(parents=True, exist_ok=True)
    masks.mkdir(exist_ok=True)
    channels, known = 1, {}
    for sample in part:
        name = case(sample.id)
        channels = 3 if sample.picture.ndim == 3 else 1
        _write_png(images / f"{name}_0000.png", _grey_or_colour(sample.picture))
        _write_png(masks / f"{name}.png", _renumbered(sample, labels))
        known[name] = {
            "id": sample.id,
            "patient": sample.patient,
            "spacing_mm": sample.spacing_mm,
        }
    return channels, known


def _grey_or_colour(picture: NDArray[np.float32]) -> NDArray[np.unsignedinteger]:
    top, kind = (255, np.uint8) if picture.ndim == 3 else (65535, np.uint16)
    return np.rint(np.clip(picture, 0, 1).astype(np.float64) * top).astype(kind)


def _renumbered(sample: Sample, labels: Mapping[int, int]) -> NDArray[np.uint8]:
    strange = sorted(set(np.unique(sample.mask).tolist()) - set(labels))
    if strange:
        raise SpinesegError(
            f"the mask of {sample.id} has labels that the data set does not name",
            found=strange,
            expected=sorted(labels),
        )
    out = np.zeros(sample.mask.shape, np.uint8)
    for label, number in labels.items():
        out[sample.mask == label] = number
    return out


def _write_png(path: Path, pixels: NDArray[np.unsignedinteger]) -> None:
    with atomic_write(path) as part:
        Image.fromarray(pixels).save(part, format="PNG")


def _fold(train: SpineDataset, val: SpineDataset) -> dict[str, list[str]]:
    return {"train": [case(n) for n in train.ids], "val": [case(n) for n in val.ids]}


def _deal(train: SpineDataset, seed: int) -> list[dict[str, list[str]]]:
    """Return folds in which a patient's cases stay together."""
    people = sorted(set(train.patients))
    rng(seed, "nnunet folds", train.card.name).shuffle(people)
    fold_of = {person: i % FOLDS for i, person in enumerate(people)}
    folds = [fold_of[person] for person in train.patients]
    names = [case(name) for name in train.ids]
    pairs = list(zip(names, folds, strict=True))
    return [
        {
            "train": [name for name, fold in pairs if fold != k],
            "val": [name for name, fold in pairs if fold == k],
        }
        for k in range(min(FOLDS, len(people)))
    ]


def _facts(train: SpineDataset, channels: int, training: int) -> dict[str, Any]:
    known = train.card
    names = COLOURS if channels == 3 else (known.modality.split(",")[0],)
    numbers = _labels(known.classes).items()
    return {
        "channel_names": {str(i): name for i, name in enumerate(names)},
        # nnU-Net knows number 0 by this name only
        "labels": {known.classes[n] if i else "background": i for n, i in numbers},
        "numTraining": training,
        "file_ending": ".png",
        "overwrite_image_reader_writer": "NaturalImage2DIO",
        "name": known.name,
        "description": known.title,
        "licence": known.licence,
        "reference": known.citation,
    }


def _write_json(path: Path, value: Any) -> None:
    with atomic_write(path) as part:
        part.write_text(json.dumps(value, indent=1) + "\n")
