"""One run: a recipe and a seed become weights and a record."""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import torch
from lightning_fabric import Fabric
from torch import nn

from spineseg.core.errors import SpinesegError
from spineseg.core.rng import seed_sequence
from spineseg.core.sample import Sample
from spineseg.experiments.data import data_hash, open_part, prepared
from spineseg.experiments.evaluate import label_maps, score_all, validator
from spineseg.experiments.recipe import (
    CRITIC_LOSSES,
    HEAD_LOSSES,
    LOSSES,
    PLAIN,
    DuelRecipe,
    ModelPlan,
    Recipe,
    recipe_from,
)
from spineseg.io._files import atomic_write
from spineseg.models import create_model
from spineseg.training.adversarial import Duel, fit_adversarial
from spineseg.training.checkpoint import load_weights
from spineseg.training.examples import SampleExamples
from spineseg.training.fit import BEST, Job, fit
from spineseg.training.position import Position
from spineseg.training.record import (
    Record,
    circumstances,
    read_record,
    write_record,
)
from spineseg.transforms import augmentation

PARTS = ("train", "val", "test")


@dataclass(frozen=True)
class Places:
    """Where things lie.

    runs: a folder for each run's checkpoints and best weights.  records: the finished
    ones.  cache: preprocessed samples, None keeps none.  root: real data, None draws
    the twin.
    """

    runs: Path
    records: Path
    cache: Path | None = None
    root: Path | None = None


@dataclass(frozen=True)
class Machine:
    """What it runs on, in Lightning Fabric's words."""

    accelerator: str = "auto"
    devices: int = 1
    precision: str = "32-true"
    nodes: int = 1

    def fabric(self) -> Fabric:
        """Return the fabric; several devices share each batch (DDP)."""
        return _launched(self)


@cache
def _launched(machine: Machine) -> Fabric:
    # once a process: launching starts the processes of the other devices
    precision: Any = machine.precision
    fabric = Fabric(
        accelerator=machine.accelerator,
        devices=machine.devices,
        num_nodes=machine.nodes,
        strategy="ddp" if machine.devices * machine.nodes > 1 else "auto",
        precision=precision,
    )
    fabric.launch()
    return fabric


def record_path(recipe: Recipe, seed: int, places: Places) -> Path:
    """Return where the record of a run is, or will be."""
    return places.records / f"{recipe.run_name(seed)}.json"


def run(
    recipe: Recipe,
    seed: int,
    places: Places,
    machine: Machine | None = None,
    tell: Callable[[Position], None] | None = None,
) -> Record:
    """Train, evaluate on the test part, write the record and return it.

    A run that is recorded is read, not repeated; one that was broken off goes on.
    """
    path = record_path(recipe, seed, places)
    if path.exists():
        return read_record(path)
    start = time.perf_counter()
    machine = machine or Machine()
    fabric = machine.fabric()
    folder = places.runs / recipe.run_name(seed)
    sessions = open_run(folder, recipe, seed, fabric.is_global_zero)
    parts = {part: open_part(recipe, part, places.root) for part in PARTS}
    samples = {k: prepared(recipe, part, places.cache) for k, part in parts.items()}
    job = make_job(recipe, seed, samples, folder)
    place = train(recipe, job, fabric, tell)
    if fabric.is_global_zero:
        load_weights(folder / BEST, job.model)
        plan = recipe.model
        maps = label_maps(job.model, samples["test"], plan.in_channels, fabric.device)
        record = Record(
            recipe=recipe.name,
            profile=recipe.profile,
            seed=seed,
            configuration=asdict(recipe),
            data=data_facts(samples, parts["test"].facts),
            curves=[dict(row) for row in place.curves],
            scores=score_all(maps, samples["test"], plan.classes),
            sessions=sessions,
            precision=machine.precision,
            **circumstances(fabric.device),
            wall_s=time.perf_counter() - start,
        )
        write_record(path, record)
    fabric.barrier()
    return read_record(path)


def data_facts(
    samples: dict[str, list[Sample]], facts: Mapping[str, Any]
) -> dict[str, Any]:
    """Return what a record says of its data: how it was split, counts and hashes."""
    return {
        "facts": dict(facts),
        "counts": {part: len(ones) for part, ones in samples.items()},
        "sha256": {part: data_hash(ones) for part, ones in samples.items()},
    }


def make_job(
    recipe: Recipe, seed: int, samples: dict[str, list[Sample]], folder: Path | None
) -> Job:
    """Return the training job of a recipe on samples that are ready."""
    plan, several = recipe.model, recipe.loss in HEAD_LOSSES
    loss = HEAD_LOSSES[recipe.loss] if several else LOSSES[recipe.loss]
    main = LOSSES[PLAIN.get(recipe.loss, recipe.loss)]
    change = None
    if recipe.augmentation is not None:
        change = augmentation(recipe.augmentation.paper, **recipe.augmentation.numbers)
    if not samples["train"] or not samples["val"]:
        raise SpinesegError(
            "a run needs pictures to train on and to choose by",
            found={k: len(v) for k, v in samples.items()},
            remedy="Take more pictures, or another rule of splitting",
        )
    return Job(
        fresh_model(recipe, seed),
        loss,
        SampleExamples(samples["train"], seed, change, plan.in_channels, plan.classes),
        recipe.plan,
        seed,
        validator(samples["val"], plan.in_channels, plan.classes, main),
        folder,
        "heads" if several else "forward",
    )


def train(
    recipe: Recipe,
    job: Job,
    fabric: Fabric,
    tell: Callable[[Position], None] | None = None,
) -> Position:
    """Train with the loop that the recipe asks for: alone, or against a critic."""
    if not isinstance(recipe, DuelRecipe):
        return fit(job, fabric, tell)
    plan = recipe.critic
    duel = Duel(
        job,
        _fresh(plan.model, job.seed, "critic"),
        CRITIC_LOSSES[plan.loss],
        plan.optimiser,
        plan.weight,
        plan.steps,
    )
    return fit_adversarial(duel, fabric, tell)


def fresh_model(recipe: Recipe, seed: int) -> nn.Module:
    """Return the recipe's network with the weights that follow from the seed."""
    return _fresh(recipe.model, seed, "weights")


def _fresh(plan: ModelPlan, seed: int, name: str) -> nn.Module:
    with torch.random.fork_rng(devices=[]):
        state = seed_sequence(seed, name).generate_state(1, np.uint64)
        torch.manual_seed(int(state[0] >> 1))
        made: Any = create_model(
            plan.name, plan.in_channels, plan.classes, **plan.reading
        )
    # the same sums in an order that convolutions walk faster
    return made.to(memory_format=torch.channels_last)


def open_run(folder: Path, recipe: Recipe, seed: int, writes: bool) -> int:
    """Prepare a run's folder; return how often the run has been started.

    Raises:
        SpinesegError: if the folder belongs to another recipe.
    """
    known = folder / "recipe.json"
    if known.exists() and read_run(folder)[0] != recipe:
        raise SpinesegError("this folder is of another recipe", path=folder)
    log = folder / "sessions.txt"
    if writes:
        folder.mkdir(parents=True, exist_ok=True)
        plain: dict[str, Any] = {"recipe": asdict(recipe), "seed": seed}
        with atomic_write(known) as part:
            part.write_text(json.dumps(plain, indent=1))
        with log.open("a") as file:
            file.write(time.strftime("%Y-%m-%dT%H:%M:%SZ\n", time.gmtime()))
    return len(log.read_text().splitlines()) if log.exists() else 1


def read_run(folder: Path) -> tuple[Recipe, int]:
    """Return recipe and seed of a run's folder.

    Raises:
        SpinesegError: if it is none.
    """
    known = folder / "recipe.json"
    try:
        plain = json.loads(known.read_text())
        return recipe_from(plain["recipe"]), int(plain["seed"])
    except (OSError, ValueError, KeyError) as error:
        raise SpinesegError(
            "this is no folder of a run",
            path=folder,
            expected="recipe.json and best.safetensors",
            remedy="Make one with: spineseg train RECIPE",
        ) from error


def trained_model(folder: Path) -> tuple[nn.Module, Recipe]:
    """Return the best network of a run, ready to predict, and its recipe."""
    recipe, seed = read_run(folder)
    model = fresh_model(recipe, seed)
    load_weights(folder / BEST, model)
    return model.eval(), recipe
