"""Samples of a recipe, preprocessed once and kept on disk."""

import hashlib
import json
import re
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from spineseg.core.sample import Sample
from spineseg.datasets import SpineDataset, create_dataset
from spineseg.experiments.recipe import Recipe
from spineseg.io._files import atomic_write
from spineseg.training.record import sources_hash
from spineseg.transforms import preprocessing

DRAWN_BY = ("anatomy", "core", "datasets", "imaging", "io", "transforms")
"""Folders of the package whose code makes a prepared sample what it is."""


def open_part(recipe: Recipe, part: str, root: Path | None = None) -> SpineDataset:
    """Return the train, val or test part that a recipe names.

    Args:
        recipe: what is run.
        part: of the split.
        root: folder of real data; None draws the synthetic twin.
    """
    plan = recipe.data
    return create_dataset(
        plan.name,
        part,
        root,
        plan.variant,
        seed=plan.seed,
        size_px=plan.size_px,
        count=plan.count,
        rule=plan.rule,
        split_seed=plan.split_seed,
    )


def prepared(recipe: Recipe, part: SpineDataset, cache: Path | None) -> list[Sample]:
    """Return all samples of a part after the recipe's preprocessing.

    Args:
        recipe: whose preprocessing is done.
        part: from :func:`open_part`.
        cache: folder that keeps the results; None keeps nothing. A change of any
            number or of the sources in :data:`DRAWN_BY` makes a new place in it.
    """
    run = preprocessing(recipe.preprocessing.paper, **recipe.preprocessing.numbers)
    if cache is None or not part.facts.get("twin"):
        # real files may change behind a name: they are read again
        return [run(sample) for sample in part]
    folder = cache / _place(recipe, part)
    folder.mkdir(parents=True, exist_ok=True)
    found = []
    for name in part.ids:
        file = folder / f"{re.sub(r'[^A-Za-z0-9_.-]', '_', name)}.npz"
        kept = _read(file)
        if kept is None or kept.id != name:
            kept = run(part.sample(name))
            _write(file, kept)
        found.append(kept)
    return found


def data_hash(samples: list[Sample]) -> str:
    """Return one hash of names, pictures and masks in their order."""
    found = hashlib.sha256()
    for sample in samples:
        found.update(f"{sample.id}\0{sample.patient}\0{sample.picture.shape}".encode())
        found.update(np.ascontiguousarray(sample.picture).tobytes())
        found.update(np.ascontiguousarray(sample.mask).tobytes())
    return found.hexdigest()


def _place(recipe: Recipe, part: SpineDataset) -> str:
    facts: dict[str, Any] = {
        "data": asdict(recipe.data),
        "part": part.split,
        "preprocessing": asdict(recipe.preprocessing),
        "code": sources_hash(*DRAWN_BY),
    }
    text = json.dumps(facts, sort_keys=True)
    return f"{recipe.data.name}-{hashlib.sha256(text.encode()).hexdigest()[:16]}"


def _write(file: Path, sample: Sample) -> None:
    spacing = sample.spacing_mm or (np.nan, np.nan)
    with atomic_write(file) as part:
        np.savez_compressed(
            part,
            picture=sample.picture,
            mask=sample.mask,
            spacing_mm=np.array(spacing),
            names=np.array([sample.id, sample.patient]),
        )


def _read(file: Path) -> Sample | None:
    if not file.is_file():
        return None
    try:
        with np.load(file, allow_pickle=False) as kept:
            rows, columns = (float(v) for v in kept["spacing_mm"])
            name, patient = (str(v) for v in kept["names"])
            sample = Sample(kept["picture"], kept["mask"], name, patient)
    except (OSError, ValueError, KeyError, BadZipFile):
        return None  # a cache is no source: it is made again
    return sample if np.isnan(rows) else replace(sample, spacing_mm=(rows, columns))
