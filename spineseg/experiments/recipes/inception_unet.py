"""Recipes of the paper of the Inception U-Net with dual output.

``full`` is the paper's setting: T1 middle slices at 128 x 128, batch 2, 50 epochs, Adam
at 1e-4; 64 % of the patients for training, 16 % for validation, 20 % for test.
"""

from dataclasses import replace

from spineseg.core.profile import Profile
from spineseg.experiments.recipe import RECIPES, DataPlan, ModelPlan, Recipe, Steps
from spineseg.training.schedule import PLANS


def _recipe(
    profile: Profile, network: str, loss: str, reading: dict[str, list[int]]
) -> Recipe:
    size_px = profile.pick(32, 64, 128)
    widths = profile.pick([4, 8, 16], [8, 16, 32, 64, 128], [64, 128, 256, 512, 1024])
    paper = PLANS["inception_unet"]
    return Recipe(
        network,
        profile.name,
        DataPlan(
            "spider",
            "t1",
            size_px=profile.pick(64, 128, None),
            count=profile.pick(20, 60, None),
        ),
        Steps("inception_unet", {"size_px": size_px}),
        None,  # augmentation is an ablation of the paper, not its setting
        ModelPlan(network, 1, 2, {"widths": widths, **reading}),
        loss,
        replace(
            paper,
            epochs=profile.pick(8, 30, 50),
            # thin networks on few pictures want larger steps
            optimiser=replace(paper.optimiser, rate=profile.pick(1e-2, 1e-3, 1e-4)),
        ),
    )


@RECIPES.register("inception_unet/unet")
def unet(profile: Profile) -> Recipe:
    """Return the U-Net baseline (Tables 5 and 8): cross entropy and Dice."""
    return _recipe(profile, "inception_unet/unet", "ce_dice", {})


@RECIPES.register("inception_unet/inception_unet")
def inception_unet(profile: Profile) -> Recipe:
    """Return the proposed network: both outputs with cross entropy and Dice.

    The small profiles thin out the Inception branches with the rest.
    """
    branches = profile.pick(
        [4, 6, 8, 2, 4, 4], [8, 12, 16, 2, 4, 4], [64, 96, 128, 16, 32, 32]
    )
    return _recipe(
        profile,
        "inception_unet/inception_unet",
        "dual_ce_dice",
        {"inception": branches},
    )
