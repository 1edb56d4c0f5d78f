"""The training loop, all of it, on one page.

The same lines run on a CPU, on one GPU and on many (Lightning Fabric decides), in
full or mixed precision. Everything random follows from the seed and the position, so
a run that was killed and resumed on a CPU ends with the same bits, in bf16, too. With
16-mixed on a GPU the scale of the loss is no part of a checkpoint and starts anew.

Several devices share each batch and take the same steps as one device would, as long
as the network treats pictures apart: batch norm sees on each device its own share only.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from lightning_fabric import Fabric
from torch import Tensor, nn

from spineseg.training.checkpoint import load_checkpoint, save_checkpoint, save_weights
from spineseg.training.examples import Examples
from spineseg.training.position import (
    Position,
    batches,
    seed_torch,
    updates_per_epoch,
)
from spineseg.training.schedule import Plan

Loss = Callable[[Any, Tensor], Tensor]
Scores = dict[str, float]
BEST = "best.safetensors"


@dataclass(frozen=True)
class Job:
    """What is trained on what.

    loss: of the network's output and the target, averaged over pictures.
    seed: of order, augmentation and dropout.
    validate: numbers for the curves after each epoch; the first one is watched and
    the weights of its highest value are kept.  folder: for checkpoints, or None.
    call: the method whose output the loss takes; ``heads`` gives all of them by name.
    """

    model: nn.Module
    loss: Loss
    examples: Examples
    plan: Plan
    seed: int = 0
    validate: Callable[[nn.Module], Scores] | None = None
    folder: Path | None = None
    call: str = "forward"


@torch.random.fork_rng(devices=[])  # the caller's own stream stays as it was
def fit(
    job: Job,
    fabric: Fabric | None = None,
    tell: Callable[[Position], None] | None = None,
) -> Position:
    """Train, or go on training, until the plan is done; return the last position.

    Args:
        job: what is trained on what.
        fabric: launched; None is the CPU.
        tell: called after each update and each epoch, for progress bars.

    Raises:
        SpinesegError: if the folder holds a damaged or foreign checkpoint.
    """
    fabric = fabric or Fabric(accelerator="cpu", devices=1)
    plan, count = job.plan, len(job.examples)
    models = {"model": job.model}
    optimisers = {"model": plan.optimiser.build(job.model)}
    place = Position()
    if job.folder is not None:
        place = load_checkpoint(job.folder, models, optimisers)
    model, optimiser = fabric.setup(job.model, optimisers["model"])
    if job.call != "forward":
        model.mark_forward_method(job.call)
    while place.epoch < plan.epochs:
        model.train()
        for indices in batches(count, plan.batch, job.seed, place):
            set_rate(optimiser, plan, place.done, count)
            seed_torch(job.seed, place, fabric.global_rank)
            loss = update(fabric, model, optimiser, job, indices, place.epoch)
            place = place.after_update(loss)
            if plan.save_every and place.done % plan.save_every == 0:
                save(fabric, job, place, models, optimisers)
            if tell:
                tell(place)
        place = finish_epoch(fabric, job, place)
        save(fabric, job, place, models, optimisers)
        if tell:
            tell(place)
    return place


def update(
    fabric: Fabric, model: Any, optimiser: Any, job: Job, indices: list[int], epoch: int
) -> float:
    """Do one update with these pictures, shared among devices and micro-batches."""
    mine = indices[fabric.global_rank :: fabric.world_size]
    # devices average their gradients; this makes it the mean over all pictures. A
    # device without a picture must still take part, with weight zero
    share = fabric.world_size / len(indices) if mine else 0.0
    answer = model if job.call == "forward" else getattr(model, job.call)
    parts = split(mine or indices[:1], job.plan.accumulate)
    total = torch.zeros((), device=fabric.device)
    for number, part in enumerate(parts):
        pictures, targets = stack(job.examples, part, epoch, fabric.device)
        last = number == len(parts) - 1
        with fabric.no_backward_sync(model, enabled=not last):
            loss = job.loss(answer(pictures), targets) * (len(part) * share)
            fabric.backward(loss)
        total += loss.detach()
    if job.plan.clip_norm is not None:
        fabric.clip_gradients(model, optimiser, max_norm=job.plan.clip_norm)
    optimiser.step()
    optimiser.zero_grad()
    whole: Any = fabric.all_reduce(total, reduce_op="mean")
    return float(whole)


def finish_epoch(fabric: Fabric, job: Job, place: Position) -> Position:
    """Validate, keep the best weights, and close the epoch."""
    if job.validate is None:
        return place.after_epoch({}, None)
    job.model.eval()
    with torch.no_grad():
        scores = job.validate(job.model)
    watched = next(iter(scores.values()))
    best = place.best
    if best is None or watched > best:
        best = watched
        if job.folder is not None and fabric.is_global_zero:
            job.folder.mkdir(parents=True, exist_ok=True)
            facts = {"epoch": str(place.epoch), "score": repr(watched)}
            save_weights(job.folder / BEST, job.model, facts)
    return place.after_epoch(scores, best)


def save(
    fabric: Fabric,
    job: Job,
    place: Position,
    models: Mapping[str, nn.Module],
    optimisers: Mapping[str, torch.optim.Optimizer],
) -> None:
    """Write a checkpoint on the first device while the others wait."""
    if job.folder is not None and fabric.is_global_zero:
        save_checkpoint(job.folder, place, models, optimisers)
    fabric.barrier()


def set_rate(optimiser: Any, plan: Plan, done: int, count: int) -> None:
    """Set the learning rate of the update that follows ``done`` updates."""
    per_epoch = updates_per_epoch(count, plan.batch)
    factor = plan.schedule.factor(done, per_epoch, plan.epochs)
    for group in optimiser.param_groups:
        group["lr"] = group["initial_lr"] * factor


def split(indices: list[int], parts: int) -> list[list[int]]:
    """Cut into at most ``parts`` pieces of nearly equal length."""
    step = -(-len(indices) // parts)
    return [indices[k : k + step] for k in range(0, len(indices), step)]


def stack(
    examples: Examples, indices: list[int], epoch: int, device: torch.device
) -> tuple[Tensor, Tensor]:
    """Return these pictures and targets as two tensors on the device."""
    pairs = [examples.pair(index, epoch) for index in indices]
    return (
        torch.stack([picture for picture, _ in pairs]).to(device),
        torch.stack([target for _, target in pairs]).to(device),
    )
