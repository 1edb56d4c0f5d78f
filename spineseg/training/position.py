"""Where a run stands, and which pictures come next: a function of seed and place."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import torch

from spineseg.core.rng import rng, seed_sequence


@dataclass(frozen=True)
class Position:
    """How far a run has come.

    epoch and step: of the next update.  done: updates so far.  sums: of the losses of
    this epoch.  curves: one row of numbers for each finished epoch.  best: the highest
    watched score so far.
    """

    epoch: int = 0
    step: int = 0
    done: int = 0
    sums: float = 0.0
    curves: tuple[dict[str, float], ...] = field(default=())
    best: float | None = None

    @property
    def name(self) -> str:
        """Return a name that sorts in the order of time."""
        return f"epoch-{self.epoch:05d}-step-{self.step:07d}"

    def after_update(self, loss: float) -> "Position":
        """Return the place behind one update with this loss."""
        return replace(
            self, step=self.step + 1, done=self.done + 1, sums=self.sums + loss
        )

    def after_epoch(self, scores: dict[str, float], best: float | None) -> "Position":
        """Return the place at the start of the next epoch, its numbers kept."""
        row = {"epoch": float(self.epoch), "loss": self.sums / self.step, **scores}
        return Position(self.epoch + 1, 0, self.done, 0.0, (*self.curves, row), best)

    def as_dict(self) -> dict[str, Any]:
        """Return plain values that ``torch.load(weights_only=True)`` accepts."""
        return {
            "epoch": self.epoch,
            "step": self.step,
            "done": self.done,
            "sums": self.sums,
            "curves": [dict(row) for row in self.curves],
            "best": self.best,
        }

    @classmethod
    def from_dict(cls, plain: dict[str, Any]) -> "Position":
        """Return what :meth:`as_dict` wrote."""
        return cls(**{**plain, "curves": tuple(plain["curves"])})


def updates_per_epoch(count: int, batch: int) -> int:
    """Return the number of updates; the last one of an epoch may be smaller."""
    return -(-count // batch)


def batches(count: int, batch: int, seed: int, place: Position) -> Iterator[list[int]]:
    """Yield the pictures of each remaining update of the epoch.

    The order follows from the seed and the epoch alone, so a resumed run goes on with
    the batch that was due.
    """
    order = rng(seed, "order", place.epoch).permutation(count).tolist()
    for start in range(place.step * batch, count, batch):
        yield order[start : start + batch]


def seed_torch(seed: int, place: Position, rank: int) -> None:
    """Start torch's own stream (dropout) anew for one update on one device.

    The random state is thereby part of the position and needs no file of its own.
    """
    stream = seed_sequence(seed, "torch", place.epoch, place.step, rank)
    torch.manual_seed(int(stream.generate_state(1, dtype="uint64")[0] >> 1))
