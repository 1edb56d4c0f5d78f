"""Training: one visible loop, checkpoints that survive, records that tell all."""

from spineseg.training.adversarial import Duel, fit_adversarial
from spineseg.training.checkpoint import (
    load_checkpoint,
    load_weights,
    save_checkpoint,
    save_weights,
)
from spineseg.training.examples import (
    AtEpoch,
    Examples,
    PreparedSamples,
    SampleExamples,
    to_picture,
)
from spineseg.training.fit import BEST, Job, fit
from spineseg.training.position import Position
from spineseg.training.schedule import PLANS, Optimiser, Plan, Schedule

__all__ = [
    "BEST",
    "PLANS",
    "AtEpoch",
    "Duel",
    "Examples",
    "Job",
    "Optimiser",
    "Plan",
    "Position",
    "PreparedSamples",
    "SampleExamples",
    "Schedule",
    "fit",
    "fit_adversarial",
    "load_checkpoint",
    "load_weights",
    "save_checkpoint",
    "save_weights",
    "to_picture",
]
