"""Made-up records of recipes, for checks that our runs decide."""

import dataclasses

from spineseg.core.rng import rng
from spineseg.experiments import create_recipe
from spineseg.training.record import Record, write_record


def write(folder, name, level, seeds=range(3), profile="laptop", **changes):
    """Write records of a recipe whose every score is near a level."""
    recipe = create_recipe(name, profile)
    labels = [""] if recipe.model.classes == 1 else [
        f".{k}" for k in range(1, recipe.model.classes)]  # fmt: skip
    for seed in seeds:
        random = rng(seed, "made up", name)
        record = Record(
            recipe=name,
            profile=profile,
            seed=seed,
            configuration=dataclasses.asdict(recipe),
            data={"facts": {"twin": True}},
            code={},
            device="none",
            packages={},
            wall_s=1.0,
            sessions=1,
            peak_memory_mb={},
            curves=[],
            scores=[
                {"id": str(i), "patient": str(i)}
                | {f"{score}{label}": level + 0.001 * float(random.normal())
                   for label in labels for score in ("dice", "iou")}
                for i in range(6)
            ],
        )  # fmt: skip
        record = dataclasses.replace(record, **changes)
        write_record(folder / f"{recipe.run_name(seed)}.json", record)
