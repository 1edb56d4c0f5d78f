"""A tiny network on tiny pictures, fit for any process."""

import torch
from torch import nn
from torch.nn import functional

from spineseg.training import Job, Optimiser, Plan, Schedule, fit


class Dots:
    """Ten pictures of 8 x 8 with a bright square each, a little noise every epoch."""

    def __len__(self):
        return 10

    def pair(self, index, epoch):
        stream = torch.Generator().manual_seed(1000 * epoch + index)
        target = torch.zeros(1, 8, 8)
        target[:, index % 6 : index % 6 + 3, (2 * index) % 5 : (2 * index) % 5 + 3] = 1
        return target + 0.3 * torch.randn(1, 8, 8, generator=stream), target


def network(seed=0, dropout=0.0):
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return nn.Sequential(
            nn.Conv2d(1, 8, 3, padding=1),
            nn.GroupNorm(2, 8),
            nn.ReLU(),
            nn.Dropout(dropout),
            nn.Conv2d(8, 1, 3, padding=1),
        )


def loss(logits, target):
    return functional.binary_cross_entropy_with_logits(logits, target)


def plan(**more):
    given = {
        "epochs": 3,
        "batch": 4,
        "optimiser": Optimiser("adam", 1e-2),
        "schedule": Schedule("cosine", 1, floor=0.01),
    }
    return Plan(**(given | more))


def score(model):
    """Higher is better; exactly repeatable."""
    pairs = [Dots().pair(index, 99) for index in range(3)]
    losses = [float(loss(model(x[None]), y[None])) for x, y in pairs]
    return {"val_score": -sum(losses)}


def job(folder=None, dropout=0.5, **more):
    return Job(network(0, dropout), loss, Dots(), plan(**more), 7, score, folder)


def train(folder, tell=None, **more):
    """Train or go on; what a killed process runs again."""
    # equal bits need an equal number of threads, here and in the process that dies
    torch.set_num_threads(1)
    one = job(folder, **more)
    return one.model, fit(one, tell=tell)
