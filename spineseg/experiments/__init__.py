"""Experiments: the only place that wires names together, from recipe to record."""

from spineseg.experiments.recipe import (
    DataPlan,
    ModelPlan,
    Recipe,
    Steps,
    create_recipe,
    list_recipes,
)
from spineseg.experiments.run import Machine, Places, run, trained_model
from spineseg.experiments.sweep import Workers, sweep

__all__ = [
    "DataPlan",
    "Machine",
    "ModelPlan",
    "Places",
    "Recipe",
    "Steps",
    "Workers",
    "create_recipe",
    "list_recipes",
    "run",
    "sweep",
    "trained_model",
]
