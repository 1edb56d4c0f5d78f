"""Data sets by name."""

import importlib
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from spineseg.core.errors import SpinesegError
from spineseg.core.registry import unknown
from spineseg.datasets.base import Card, Family, Source, SpineDataset, TwinPlan
from spineseg.datasets.splits import (
    Parts,
    Split,
    check_no_leak,
    read_split,
    split_by_shares,
)
from spineseg.datasets.variants import VARIANTS, Changed
from spineseg.io._files import FilePath

HOMES = {
    "cvmunet_xray": "cvmunet_xray",
    "csxa_spinous": "csxa",
    "mdwc_spine": "mdwc_spine",
    "chest_xray": "chest_xray",
    "isic2016": "isic",
    "spider": "spider",
    "axial_mri": "axial_mri",
    "own_folder": "own_folder",
}
"""Name of a data set and the module that holds it."""


def list_datasets() -> list[str]:
    """Return the names that :func:`create_dataset` takes."""
    return list(HOMES)


def family(name: str) -> Family:
    """Return a data set's card, twin, folder reader and rules.

    Raises:
        SpinesegError: if there is no such data set.
    """
    if name not in HOMES:
        raise unknown("unknown data set", name, list_datasets(), "spineseg data list")
    return importlib.import_module(f"spineseg.datasets.{HOMES[name]}").FAMILY


def card(name: str) -> Card:
    """Return the facts about a data set."""
    return family(name).card


def create_dataset(
    name: str,
    split: str = "train",
    root: FilePath | None = None,
    variant: str | None = None,
    *,
    seed: int = 0,
    size_px: int | None = None,
    count: int | None = None,
    rule: str | Path = "paper",
    split_seed: int = 0,
) -> SpineDataset:
    """Return one part of a data set: the synthetic twin, or the real one from a folder.

    Args:
        name: see :func:`list_datasets`.
        split: ``"train"``, ``"val"``, ``"test"``, ``"train+val"`` or ``"all"``.
        root: folder of the real data, or of a materialised twin; None draws the twin.
        variant: one of the card's; None is the first.
        seed: of the twin; every picture follows from it and its number.
        size_px: rows of the twin's pictures; None is its usual size.
        count: how many pictures the twin has; None is as many as the original.
        rule: how the split is made: a rule's name, or a split file.
        split_seed: shuffles the patients.

    Raises:
        SpinesegError: if a name is unknown, the folder cannot be read, or a patient
            stands in two parts.
    """
    kin = family(name)
    chosen = _known_variant(kin.card, variant)
    source = _source(kin, root, TwinPlan(seed, size_px, count, chosen))
    parts = make_split(kin, source, rule, split_seed)
    wanted = set(parts.ids(split))
    found = SpineDataset(
        kin.card,
        source,
        tuple(name for name in source.ids if name in wanted),
        split,
        chosen,
        {
            "rule": parts.rule,
            "split_seed": parts.seed,
            "split_sha256": parts.sha256,
            "twin": root is None,
        },
    )
    change = VARIANTS.get((name, chosen))
    if change is None:
        return found
    changed = Changed(source, change, seed, training="train" in split.split("+"))
    return replace(found, source=changed, ids=changed.ids_of(found.ids))


def make_split(
    kin: Family, source: Source, rule: str | Path, split_seed: int = 0
) -> Split:
    """Return all parts of a source by a rule or a file, checked for leaks."""
    name = kin.card.name
    if isinstance(rule, Path) or rule not in kin.rules:
        found = _from_file(kin, rule)
        unknown = set(found.ids("all")) - set(source.ids)
        if unknown:
            raise SpinesegError(
                f"the split names {len(unknown)} pictures that are not there",
                path=rule,
                found=", ".join(sorted(unknown)[:3]),
            )
        check_no_leak(found.parts, source.patient_of)
        return found
    how: Any = kin.rules[rule]
    parts: Parts
    if callable(how):
        parts = cast(Parts, how(source))
    else:
        parts = split_by_shares(source.ids, source.patient_of, how, split_seed, name)
    check_no_leak(parts, source.patient_of)
    return Split(name, str(rule), split_seed, parts)


def _from_file(kin: Family, rule: str | Path) -> Split:
    if not Path(rule).is_file():
        raise SpinesegError(
            f"{kin.card.name} knows no such rule of splitting",
            found=repr(str(rule)),
            expected=f"{', '.join(kin.rules)}, or a split file",
        )
    found = read_split(rule)
    if found.dataset != kin.card.name:
        raise SpinesegError(
            "this split is of another data set",
            path=rule,
            found=found.dataset,
            expected=kin.card.name,
        )
    return found


def _known_variant(known: Card, variant: str | None) -> str:
    chosen = known.variants[0] if variant is None else variant
    if chosen not in known.variants:
        raise SpinesegError(
            f"{known.name} has no such variant",
            found=repr(variant),
            expected=", ".join(known.variants),
        )
    return chosen


def _source(kin: Family, root: FilePath | None, plan: TwinPlan) -> Source:
    if root is not None:
        return kin.folder(Path(root), plan.variant)
    return kin.twin(plan)
