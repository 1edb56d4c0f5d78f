"""The training loop with a critic beside the network; sibling of ``fit``.

The critic learns on every batch, the network on every n-th one, where n is the number
of critic steps. Order, checkpoints and streams are as in :mod:`spineseg.training.fit`.

Source: wgan_ctm, Eqs. 1 to 7; critic steps as in Arjovsky et al. 2017,
arXiv:1701.07875, Algorithm 1.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import torch
from lightning_fabric import Fabric, is_wrapped
from torch import Tensor, nn
from torch.nn import functional

from spineseg.core.errors import SpinesegError
from spineseg.core.rng import seed_sequence
from spineseg.losses import (
    generator_loss,
    gradient_penalty,
    sigmoid_critic_loss_as_printed,
    wasserstein_critic_loss,
)
from spineseg.training.checkpoint import load_checkpoint
from spineseg.training.fit import Job, finish_epoch, save, set_rate, stack
from spineseg.training.position import Position, batches, seed_torch
from spineseg.training.schedule import PLANS, Optimiser


class CriticLoss(Protocol):
    """What the critic minimises on true and predicted label maps."""

    def __call__(
        self, critic: Any, real: Tensor, fake: Tensor, points: torch.Generator
    ) -> Tensor:
        """Return the loss; ``points`` is the stream for anything drawn."""
        ...


def as_printed(
    critic: Any, real: Tensor, fake: Tensor, points: torch.Generator
) -> Tensor:
    """Return the paper's critic loss, Eq. 5: cross entropy of a sigmoid."""
    return sigmoid_critic_loss_as_printed(critic(real), critic(fake))


def wasserstein_with_penalty(
    critic: Any, real: Tensor, fake: Tensor, points: torch.Generator
) -> Tensor:
    """Return the loss that Eq. 7 means: Wasserstein, with ten gradient penalties."""
    # the slope is a derivative that Fabric's wrapper forbids in mixed precision; it is
    # taken of the critic itself, in 32 bits
    plain = critic.module if is_wrapped(critic) else critic
    penalty = gradient_penalty(plain, real, fake, points)
    return wasserstein_critic_loss(critic(real), critic(fake)) + 10.0 * penalty


@dataclass(frozen=True)
class Duel:
    """A training job with a critic.

    job: of the network; its loss is the supervised part, its ``clip_norm`` holds the
    network's gradients and not the critic's.  critic: scores label maps.
    critic_loss: what it minimises.  optimiser: of the critic.  weight: of the critic's
    word in the network's loss (Eq. 1; the paper gives none).  critic_steps: batches a
    step of the network.
    """

    job: Job
    critic: nn.Module
    critic_loss: CriticLoss = wasserstein_with_penalty
    optimiser: Optimiser = PLANS["wgan_ctm"].optimiser
    weight: float = 0.01
    critic_steps: int = 5


@torch.random.fork_rng(devices=[])
def fit_adversarial(
    duel: Duel,
    fabric: Fabric | None = None,
    tell: Callable[[Position], None] | None = None,
) -> Position:
    """Train, or go on training, network and critic; return the last position.

    The curves hold the critic's loss under ``loss``.

    Raises:
        SpinesegError: on several devices, with micro-batches, or if a checkpoint is
            damaged.
    """
    fabric, job = fabric or Fabric(accelerator="cpu", devices=1), duel.job
    if fabric.world_size > 1:
        raise SpinesegError("a network and its critic train on one device")
    if job.plan.accumulate > 1:
        raise SpinesegError(
            "a network and its critic see each batch whole",
            found=f"{job.plan.accumulate} micro-batches",
            expected=1,
            remedy="Set accumulate to 1 and a smaller batch",
        )
    models = {"model": job.model, "critic": duel.critic}
    optimisers = {
        "model": job.plan.optimiser.build(job.model),
        "critic": duel.optimiser.build(duel.critic),
    }
    place = Position()
    if job.folder is not None:
        place = load_checkpoint(job.folder, models, optimisers)
    pairs = {name: fabric.setup(models[name], optimisers[name]) for name in models}
    while place.epoch < job.plan.epochs:
        job.model.train()
        for indices in batches(len(job.examples), job.plan.batch, job.seed, place):
            for _, optimiser in pairs.values():
                set_rate(optimiser, job.plan, place.done, len(job.examples))
            seed_torch(job.seed, place, 0)
            place = place.after_update(step(fabric, duel, pairs, indices, place))
            if job.plan.save_every and place.done % job.plan.save_every == 0:
                save(fabric, job, place, models, optimisers)
            if tell:
                tell(place)
        place = finish_epoch(fabric, job, place)
        save(fabric, job, place, models, optimisers)
    return place


def step(
    fabric: Fabric,
    duel: Duel,
    pairs: dict[str, Any],
    indices: list[int],
    place: Position,
) -> float:
    """Do one step of the critic and, when it is due, one of the network."""
    (model, own), (critic, its) = pairs["model"], pairs["critic"]
    pictures, targets = stack(duel.job.examples, indices, place.epoch, fabric.device)
    stream = seed_sequence(duel.job.seed, "penalty", place.epoch, place.step)
    points = torch.Generator().manual_seed(int(stream.generate_state(1, np.uint32)[0]))
    logits = model(pictures)
    real, fake = label_maps(targets, logits), probability_maps(logits)
    judged = duel.critic_loss(critic, real, fake.detach(), points)
    its.zero_grad()
    fabric.backward(judged)
    its.step()
    if place.done % duel.critic_steps == duel.critic_steps - 1:
        loss = duel.job.loss(logits, targets)
        loss = loss + duel.weight * generator_loss(critic(fake))
        own.zero_grad()
        fabric.backward(loss)
        if duel.job.plan.clip_norm is not None:
            fabric.clip_gradients(model, own, max_norm=duel.job.plan.clip_norm)
        own.step()
    return float(judged.detach())


def probability_maps(logits: Tensor) -> Tensor:
    """Return what the critic sees of a prediction: soft label maps."""
    return logits.sigmoid() if logits.shape[1] == 1 else logits.softmax(1)


def label_maps(targets: Tensor, logits: Tensor) -> Tensor:
    """Return what the critic sees of the truth: zeros and ones in each channel."""
    if logits.shape[1] == 1:
        return targets.to(logits.dtype)
    hot = functional.one_hot(targets.long(), logits.shape[1])
    return hot.movedim(-1, 1).to(logits.dtype)
