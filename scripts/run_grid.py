"""Run the quarter-width grid of inception_unet, most telling runs first.

Usage: python scripts/run_grid.py [--output runs] [--jobs 1] [--list]

Everything that the tables of the paper compare, with every width a quarter: 115 runs,
about 5 minutes each on one quiet core for a U-Net and 9 for the proposed network. What
is in results/records is skipped, what was broken off goes on, what is finished is
copied there, the runs of the book's pictures with their masks. Arithmetic is bfloat16
where that is safe (mixed), which the records say.
"""

import argparse
import shutil
from pathlib import Path

from spineseg.core.terminal import readers_may_leave
from spineseg.experiments import Machine, Places, Recipe, Workers, create_recipe, sweep
from spineseg.experiments.kept_masks import keep_masks
from spineseg.experiments.recipes.inception_unet import (
    GRID,
    MODULES,
    NETWORKS,
    PAPER,
    SKIPS,
)
from spineseg.experiments.run import record_path

ROOT = Path(__file__).resolve().parent.parent
RECORDS = ROOT / "results" / "records"
SEEDS = (0, 1, 2)
TEN = range(3, 10)
PICTURED = [(f"{PAPER}/{network}/four_class", 0) for network in NETWORKS]
"""Runs whose masks the book shows."""


def order() -> list[tuple[str, int]]:
    """Return (row, seed): what decides most claims comes first."""
    proposed = "inception_unet/dice"
    parts = [proposed, "unet/dice", *MODULES]
    queue = [(row, seed) for seed in SEEDS for row in parts]
    firsts = ["unet/bce", "inception_unet/bce", "inception_unet/bce_dice"]
    firsts += ["inception_unet/dice/augmented", "inception_unet/focal"]
    firsts += ["inception_unet/dice/augmented_unmirrored"]
    queue += [(row, seed) for row in firsts for seed in SEEDS]
    four = [f"{network}/four_class" for network in NETWORKS]
    rest = [*GRID, *four, *SKIPS]
    queue += [(row, seed) for seed in SEEDS for row in rest]
    queue += [(proposed, seed) for seed in TEN]
    return list(dict.fromkeys(queue))


def main() -> None:
    """Do what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path, default=ROOT / "runs")
    parser.add_argument("--jobs", type=int, default=1, help="runs at a time")
    parser.add_argument("--list", action="store_true", help="say what is missing")
    given = parser.parse_args()
    places = Places(given.output, given.output / "records", given.output / "cache")
    runs = [(create_recipe(f"{PAPER}/{row}", "laptop"), k) for row, k in order()]
    missing = [pair for pair in runs if not shipped(*pair)]
    if given.list:
        print(*(recipe.run_name(seed) for recipe, seed in missing), sep="\n")
        print(f"{len(missing)} of {len(runs)} runs are missing")
        return
    machine = Machine("cpu", precision="bf16-mixed")
    for k in range(0, len(missing), given.jobs):  # each is kept when it is done
        batch = missing[k : k + given.jobs]
        sweep(batch, places, machine, Workers(given.jobs))
        for recipe, seed in batch:
            kept = shutil.copy2(record_path(recipe, seed, places), RECORDS)
            if (recipe.name, seed) in PICTURED:
                keep_masks(Path(kept), places)


def shipped(recipe: Recipe, seed: int) -> bool:
    """Say whether a run's record is in the repository."""
    return record_path(recipe, seed, Places(ROOT / "runs", RECORDS)).exists()


if __name__ == "__main__":
    with readers_may_leave():
        main()
