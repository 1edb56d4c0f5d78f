"""The one switch of a chapter: synthetic patients, or a folder of real ones.

``SPINESEG_DATA`` names the folder. Without it a chapter draws the synthetic twin once
and keeps the prepared pictures in the cache folder, where other chapters find them.
"""

import os
from dataclasses import dataclass, replace
from pathlib import Path

from spineseg.anatomy.cache import cache_folder
from spineseg.core.errors import SpinesegError
from spineseg.core.sample import Sample
from spineseg.datasets import SpineDataset, card, create_dataset
from spineseg.experiments.data import open_part, prepared
from spineseg.experiments.recipe import Recipe

VARIABLE = "SPINESEG_DATA"
PARTS = ("train", "val", "test")
FEWEST_PATIENTS = 10


def data_root() -> Path | None:
    """Return the folder that ``SPINESEG_DATA`` names; None means the twin."""
    named = os.environ.get(VARIABLE, "").strip()
    return Path(named).expanduser() if named else None


@dataclass(frozen=True)
class ChapterData:
    """The pictures of a chapter.

    recipe: the one asked for, with the contrast that was found.  parts: train, val and
    test, before any preprocessing.  root: of the real data, or None.  split: False
    where the patients are too few to be split and every part holds all of them.
    """

    recipe: Recipe
    parts: dict[str, SpineDataset]
    root: Path | None
    split: bool

    @property
    def whose(self) -> str:
        """Say for a caption whose pictures these are."""
        return "synthetic patients" if self.root is None else "real patients"

    @property
    def origin(self) -> str:
        """Say in one line whose pictures these are."""
        people = {name for part in self.parts.values() for name in part.patients}
        variant = self.recipe.data.variant
        line = f"{len(people)} {self.whose}, {self.recipe.data.name} ({variant})"
        if self.split:
            counts = ", ".join(f"{k} {len(part)}" for k, part in self.parts.items())
            return f"{line}: {counts}"
        return f"{line}: too few to split, every part holds all; no result, a check"

    def prepared(self) -> dict[str, list[Sample]]:
        """Return the samples of each part after the paper's preprocessing."""
        cache = cache_folder() / "prepared"
        return {k: prepared(self.recipe, part, cache) for k, part in self.parts.items()}


def chapter_data(recipe: Recipe, root: Path | None = None) -> ChapterData:
    """Return the data of a recipe: the twin, or what ``SPINESEG_DATA`` points to.

    A folder without the recipe's contrast is read in another one that it has. Fewer
    than ten patients cannot be split by the paper's rule: all of them then stand in
    every part, which checks the path and says nothing of a network.

    Args:
        recipe: what the chapter runs.
        root: instead of the variable's folder.

    Raises:
        SpinesegError: if the folder holds nothing of the kind.
    """
    root = root or data_root()
    if root is None:
        return ChapterData(recipe, _parts(recipe, None), None, split=True)
    found = _with_a_contrast_of(recipe, root)
    everything = create_dataset(found.data.name, "all", root, found.data.variant)
    if len(set(everything.patients)) < FEWEST_PATIENTS:
        return ChapterData(found, dict.fromkeys(PARTS, everything), root, split=False)
    return ChapterData(found, _parts(found, root), root, split=True)


def _parts(recipe: Recipe, root: Path | None) -> dict[str, SpineDataset]:
    return {part: open_part(recipe, part, root) for part in PARTS}


def _with_a_contrast_of(recipe: Recipe, root: Path) -> Recipe:
    plan = recipe.data
    first, _, kind = (plan.variant or "").partition("_")
    others = [
        name
        for name in card(plan.name).variants
        if name.partition("_")[2] == kind and name != plan.variant
    ]
    failed: SpinesegError | None = None
    for variant in (plan.variant, *others):
        try:
            create_dataset(plan.name, "all", root, variant)
        except SpinesegError as error:
            failed = failed or error
        else:
            return replace(recipe, data=replace(plan, variant=variant))
    raise failed or SpinesegError(f"{plan.name} knows no variant", found=first)
