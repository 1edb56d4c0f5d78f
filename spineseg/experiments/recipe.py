"""A recipe: every name and number of a run, and nothing that is not plain."""

import importlib
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from torch import Tensor

from spineseg import losses
from spineseg.core.errors import SpinesegError
from spineseg.core.profile import Profile, profile
from spineseg.core.registry import Registry
from spineseg.experiments.heads import deep, dual, one_each
from spineseg.models.baselines.nnunet import deep_weights
from spineseg.training.adversarial import (
    CriticLoss,
    as_printed,
    wasserstein_with_penalty,
)
from spineseg.training.record import configuration_key, run_name
from spineseg.training.schedule import Optimiser, Plan, Schedule

LOSSES: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "bce": losses.bce_loss,
    "bce_dice": losses.bce_dice_loss,
    "ce_dice": losses.ce_dice_loss,
    "class_dice": losses.multiclass_dice_loss,
    "class_focal": losses.multiclass_focal_loss,
    "cervspinenet": losses.cervspinenet_loss,
    "cross_entropy": losses.cross_entropy_loss,
    "dice": losses.dice_loss,
}
"""Losses of one output by name."""


_DUAL = {
    f"dual_{name}": name
    for name in ("cross_entropy", "class_dice", "class_focal", "ce_dice")
}
PLAIN = _DUAL | {"deep_bce_dice": "bce_dice", "deep_ce_dice": "ce_dice"}
"""What a loss of several outputs is on the main one alone, for validation."""

HEAD_LOSSES = {name: dual(LOSSES[plain]) for name, plain in _DUAL.items()} | {
    "deep_bce_dice": deep(LOSSES["bce_dice"], one_each),
    "deep_ce_dice": deep(LOSSES["ce_dice"], deep_weights),  # as nnU-Net weighs
}
"""Losses of all outputs of a network with several."""

CRITIC_LOSSES: dict[str, CriticLoss] = {
    "sigmoid_as_printed": as_printed,
    "wasserstein_with_penalty": wasserstein_with_penalty,
}
"""What a critic minimises, by name."""


@dataclass(frozen=True)
class DataPlan:
    """Which data set, and how it is split; see ``create_dataset``."""

    name: str
    variant: str | None = None
    seed: int = 0
    size_px: int | None = None
    count: int | None = None
    rule: str = "paper"
    split_seed: int = 0


@dataclass(frozen=True)
class Steps:
    """A paper's pipeline by the paper's key, with its numbers."""

    paper: str
    numbers: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class ModelPlan:
    """Which network; ``reading`` holds its further arguments."""

    name: str
    in_channels: int = 1
    classes: int = 1
    reading: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Recipe:
    """One experiment but for its seed.

    name: ``paper/network``.  profile: smoke, laptop or full.  augmentation: None for
    none.  loss: one of :data:`LOSSES` or :data:`HEAD_LOSSES`.
    """

    name: str
    profile: str
    data: DataPlan
    preprocessing: Steps
    augmentation: Steps | None
    model: ModelPlan
    loss: str
    plan: Plan

    def __post_init__(self) -> None:
        if self.loss not in (*LOSSES, *HEAD_LOSSES):
            known = ", ".join((*LOSSES, *HEAD_LOSSES))
            raise SpinesegError("unknown loss", found=repr(self.loss), expected=known)

    @property
    def key(self) -> str:
        """Return a short hash of every number in the recipe."""
        return configuration_key(asdict(self))

    def run_name(self, seed: int) -> str:
        """Return the name of a run's folder and record."""
        return run_name(self.name, self.profile, seed, self.key)


@dataclass(frozen=True)
class CriticPlan:
    """A critic beside the network; see ``Duel``.

    model: its input channels are those of a label map.  loss: one of
    :data:`CRITIC_LOSSES`.  weight: of its word in the network's loss.  steps: batches
    a step of the network.
    """

    model: ModelPlan
    loss: str
    optimiser: Optimiser
    weight: float
    steps: int

    def __post_init__(self) -> None:
        if self.loss not in CRITIC_LOSSES:
            known = ", ".join(CRITIC_LOSSES)
            raise SpinesegError(
                "unknown loss of a critic", found=repr(self.loss), expected=known
            )


@dataclass(frozen=True)
class DuelRecipe(Recipe):
    """An experiment whose network trains against a critic."""

    critic: CriticPlan


def recipe_from(plain: Mapping[str, Any]) -> Recipe:
    """Return the recipe that ``dataclasses.asdict`` made plain, also through JSON.

    Raises:
        SpinesegError: if it has other parts than a recipe.
    """
    try:
        plan, more = dict(plain["plan"]), plain["augmentation"]
        plan |= {
            "optimiser": _optimiser_from(plan["optimiser"]),
            "schedule": Schedule(**plan["schedule"]),
        }
        parts = (
            plain["name"],
            plain["profile"],
            DataPlan(**plain["data"]),
            Steps(**plain["preprocessing"]),
            None if more is None else Steps(**more),
            ModelPlan(**plain["model"]),
            plain["loss"],
            Plan(**plan),
        )
        if "critic" not in plain:
            return Recipe(*parts)
        return DuelRecipe(*parts, _critic_from(plain["critic"]))
    except (KeyError, TypeError) as error:
        raise SpinesegError("this is no recipe", found=str(error)) from error


def _optimiser_from(plain: Mapping[str, Any]) -> Optimiser:
    return Optimiser(**{**plain, "betas": tuple(plain["betas"])})


def _critic_from(plain: Mapping[str, Any]) -> CriticPlan:
    parts = {
        "model": ModelPlan(**plain["model"]),
        "optimiser": _optimiser_from(plain["optimiser"]),
    }
    return CriticPlan(**{**plain, **parts})


RECIPES: Registry[Callable[[Profile], Recipe]] = Registry("recipe", "spineseg train")
"""Name to a function of the profile."""


def create_recipe(name: str, profile_name: str | None = None) -> Recipe:
    """Return a recipe by name, in the profile named or that of the environment.

    Raises:
        SpinesegError: if there is no such recipe or profile.
    """
    _register_all()

    return RECIPES[name](profile(profile_name))


def list_recipes() -> list[str]:
    """Return the names that :func:`create_recipe` takes."""
    _register_all()

    return RECIPES.names()


def _register_all() -> None:
    # late: the modules of the recipes import this one
    importlib.import_module("spineseg.experiments.recipes")
