"""Recipes of the paper of Cvm-UNet (Sec. 4.2 and 4.4).

``full`` is the paper's setting: 1,174 films, 480 x 480, batch 4, 300 epochs, Adam at
1e-3, BCE and Dice. The paper names no validation part; here a tenth of the films is
taken out of its training part, so that no choice is made on test films.
"""

from dataclasses import replace

from spineseg.core.profile import Profile
from spineseg.experiments.recipe import RECIPES, DataPlan, ModelPlan, Recipe, Steps
from spineseg.training.schedule import PLANS, Plan


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
    size_px = profile.pick(32, 128, 480)
    widths = profile.pick([4, 8, 16], [8, 16, 32, 64, 128], [64, 128, 256, 512, 1024])
    return Recipe(
        "cvmunet/unet",
        profile.name,
        DataPlan(
            "cvmunet_xray",
            size_px=profile.pick(64, 256, None),
            count=profile.pick(20, 120, None),
        ),
        Steps("cvmunet", {"size_px": size_px}),
        Steps("cvmunet"),
        ModelPlan("cvmunet/unet", 3, 1, {"widths": widths}),
        "bce_dice",
        plan(profile),
    )
