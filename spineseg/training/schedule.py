"""Optimisers and learning rates of the five papers: functions that fill numbers.

A learning rate is a function of the number of updates done, so nothing of it has to
be stored: a resumed run asks the same function again.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import torch
from torch import nn

from spineseg.core.errors import SpinesegError
from spineseg.core.registry import Registry


@dataclass(frozen=True)
class Optimiser:
    """Which optimiser and its numbers.

    name: ``adam``, ``adamw`` or ``sgd``.  rate: the highest learning rate.
    decay: weight decay.  betas: of Adam.  momentum: of SGD.  factors: beginning of a
    parameter's name to what its rate is multiplied by (1 for all others).
    """

    name: str = "adam"
    rate: float = 1e-3
    decay: float = 0.0
    betas: tuple[float, float] = (0.9, 0.999)
    momentum: float = 0.0
    factors: Mapping[str, float] = field(default_factory=dict)

    def build(self, model: nn.Module) -> torch.optim.Optimizer:
        """Return the torch optimiser of a model's parameters.

        Raises:
            SpinesegError: if the name is unknown, or a factor fits no parameter.
        """
        groups = self._groups(model)
        if self.name == "adam":
            return torch.optim.Adam(
                groups, lr=self.rate, betas=self.betas, weight_decay=self.decay
            )
        if self.name == "adamw":
            return torch.optim.AdamW(
                groups, lr=self.rate, betas=self.betas, weight_decay=self.decay
            )
        if self.name == "sgd":
            return torch.optim.SGD(
                groups, lr=self.rate, momentum=self.momentum, weight_decay=self.decay
            )
        raise SpinesegError(
            "unknown optimiser", found=repr(self.name), expected="adam, adamw or sgd"
        )

    def _groups(self, model: nn.Module) -> list[dict]:
        named: dict[str, list[nn.Parameter]] = {"": [], **{k: [] for k in self.factors}}
        for name, parameter in model.named_parameters():
            start = next((k for k in self.factors if name.startswith(k)), "")
            named[start].append(parameter)
        empty = [start for start in self.factors if not named[start]]
        if empty:
            raise SpinesegError(
                "no parameter's name begins like this", found=", ".join(empty)
            )
        rates = {"": 1.0, **self.factors}
        return [
            {"params": kept, "initial_lr": self.rate * rates[start]}
            for start, kept in named.items()
            if kept
        ]


@dataclass(frozen=True)
class Schedule:
    """How the learning rate goes down, as a factor of the optimiser's rate.

    ``constant``; ``cosine`` (straight up for ``warmup_epochs``, then half a cosine
    down to ``floor``, update by update); ``steps`` (divided by ``divide_by`` every
    ``every_epochs``).
    """

    name: str = "constant"
    warmup_epochs: float = 0.0
    floor: float = 0.0
    every_epochs: int = 1
    divide_by: float = 10.0

    def factor(self, done: int, per_epoch: int, epochs: int) -> float:
        """Return the factor of the update that follows ``done`` updates.

        Raises:
            SpinesegError: if the name is unknown.
        """
        if self.name == "constant":
            return 1.0
        if self.name == "steps":
            return self.divide_by ** -(done // (per_epoch * self.every_epochs))
        if self.name == "cosine":
            return self._cosine(done, per_epoch * epochs, per_epoch)
        raise SpinesegError(
            "unknown schedule",
            found=repr(self.name),
            expected="constant, cosine or steps",
        )

    def _cosine(self, done: int, total: int, per_epoch: int) -> float:
        warm = min(round(self.warmup_epochs * per_epoch), total - 1)
        if done < warm:
            return (done + 1) / warm
        way = (done - warm) / (total - warm)
        return self.floor + (1 - self.floor) * (1 + math.cos(math.pi * way)) / 2


@dataclass(frozen=True)
class Plan:
    """How long and how hard to train.

    epochs: walks through the data.  batch: pictures of one update, over all devices
    and micro-batches together.  accumulate: micro-batches of one update on a device.
    clip_norm: longest gradient, None for no limit.  save_every: updates between two
    checkpoints within an epoch, 0 for one after each epoch only.
    """

    epochs: int
    batch: int
    optimiser: Optimiser = Optimiser()
    schedule: Schedule = Schedule()
    accumulate: int = 1
    clip_norm: float | None = None
    save_every: int = 0

    def __post_init__(self) -> None:
        low = {"epochs": 1, "batch": 1, "accumulate": 1, "save_every": 0}
        for name, least in low.items():
            if getattr(self, name) < least:
                raise SpinesegError(
                    f"impossible {name}", found=getattr(self, name), expected=least
                )


PLANS: Registry[Plan] = Registry("training plan")
"""The papers' plans by the paper's key, hyperparameters as printed."""

PLANS.register("cvmunet")(
    # warm-up and cosine are named without numbers; five epochs and 1e-6 are usual
    Plan(300, 4, Optimiser("adam", 1e-3), Schedule("cosine", 5, floor=1e-3))
)
PLANS.register("cervspinenet")(
    # the text names AdamW, batch and epochs; rates, decay and cosine are ours
    Plan(
        50,
        1,
        Optimiser("adamw", 1e-4, decay=1e-4, factors={"encoder": 0.1}),
        Schedule("cosine"),
    )
)
PLANS.register("mdwcnet")(
    # momentum and decay are not given: plain SGD hardly moves in 2,500 such steps
    Plan(
        100,
        8,
        Optimiser("sgd", 1e-3, decay=1e-4, momentum=0.9),
        Schedule("steps", every_epochs=20),
    )
)
PLANS.register("inception_unet")(Plan(50, 2, Optimiser("adam", 1e-4)))
PLANS.register("wgan_ctm")(
    # epochs and batch are printed; the optimiser is the one of WGAN-GP
    Plan(500, 4, Optimiser("adam", 1e-4, betas=(0.5, 0.9)))
)
