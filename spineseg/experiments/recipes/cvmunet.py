"""Recipes of the paper of Cvm-UNet (Sec. 4.2 and 4.4).

``full`` is the paper's setting: 1,174 films, 480 x 480, batch 4, 300 epochs, Adam at
1e-3, BCE and Dice. The paper names no validation part; here a tenth of the films is
taken out of its training part, so that no choice is made on test films.
"""

from dataclasses import replace
from typing import Any

from spineseg.core.profile import Profile
from spineseg.experiments.recipe import RECIPES, DataPlan, ModelPlan, Recipe, Steps
from spineseg.experiments.recipes.outputs import supervised
from spineseg.experiments.recipes.sizes import reading
from spineseg.training.schedule import PLANS, Plan

ABLATIONS = (
    "convnext_unet",
    "convnext_unet_res_relu",
    "convnext_unet_scsa",
    "convnext_unet_vss",
)
"""Of Tables 7 and 8, beside the whole network."""
BASELINES = (
    "attention_unet",
    "channel_unet",
    "dense_unet",
    "lightm_unet",
    "md_unet",
    "meta_unet",
    "residual_unet",
    "swin_unet",
    "trans_unet",
    "unet_plus_plus",
    "unext",
    "vm_unet_v2",
)
"""Of Table 3, beside U-Net. ConDSeg has no recipe: three of its four outputs are masks
with losses of their own, of which the paper says nothing."""


def plan(profile: Profile) -> Plan:
    """Return the paper's plan; the small profiles are shorter, smoke also faster."""
    paper = PLANS["cvmunet"]
    return replace(
        paper,
        epochs=profile.pick(8, 30, 300),
        batch=profile.pick(2, 4, 4),
        optimiser=replace(paper.optimiser, rate=profile.pick(1e-2, 1e-3, 1e-3)),
        schedule=replace(paper.schedule, warmup_epochs=profile.pick(1, 3, 5)),
    )


@RECIPES.register("cvmunet/unet")
def unet(profile: Profile) -> Recipe:
    """Return the U-Net baseline of Table 3 on the synthetic twin."""
    widths = profile.pick([4, 8, 16], [8, 16, 32, 64, 128], [64, 128, 256, 512, 1024])
    return _recipe(profile, "cvmunet/unet", {"widths": widths})


def _side(profile: Profile, name: str) -> int:
    if name == "cvmunet/meta_unet":  # its fields fit into multiples of 64 only
        return profile.pick(64, 128, 448)
    return profile.pick(32, 128, 480)


def _recipe(profile: Profile, name: str, sizes: dict[str, Any]) -> Recipe:
    return Recipe(
        name,
        profile.name,
        DataPlan(
            "cvmunet_xray",
            size_px=profile.pick(64, 256, None),
            count=profile.pick(20, 120, None),
        ),
        Steps("cvmunet", {"size_px": _side(profile, name)}),
        Steps("cvmunet"),
        ModelPlan(name, 3, 1, sizes),
        supervised(name, "bce_dice"),
        plan(profile),
    )


def _register(network: str) -> None:
    name = f"cvmunet/{network}"
    RECIPES.register(name)(lambda p: _recipe(p, name, reading(p, name, _side(p, name))))


for _network in ("cvm_unet", *ABLATIONS, *BASELINES):
    _register(_network)
