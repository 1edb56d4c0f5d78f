"""Experiments: the only place that wires names together, from recipe to record."""

from spineseg.experiments.choose import choose_recipes
from spineseg.experiments.recipe import (
    CriticPlan,
    DataPlan,
    DuelRecipe,
    ModelPlan,
    Recipe,
    Steps,
    create_recipe,
    list_recipes,
)
from spineseg.experiments.run import Machine, Places, run, trained_model
from spineseg.experiments.sweep import Workers, sweep

__all__ = [
    "CriticPlan",
    "DataPlan",
    "DuelRecipe",
    "Machine",
    "ModelPlan",
    "Places",
    "Recipe",
    "Steps",
    "Workers",
    "choose_recipes",
    "create_recipe",
    "list_recipes",
    "run",
    "sweep",
    "trained_model",
]
