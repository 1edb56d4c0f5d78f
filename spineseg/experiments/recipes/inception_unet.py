"""Recipes of the paper of the Inception U-Net with dual output, a name a table row.

``full`` is the paper's setting: T1 middle slices of 196 patients at 128 x 128, batch 2,
50 epochs, Adam at 1e-4; 64 % of the patients for training, 16 % for validation, 20 %
for test. ``laptop`` is the same with every width a quarter; ``smoke`` is thin, small
and short, and shows that the wheels turn. Where the paper is silent: the losses of one
class are taken over both channels of the softmax, the auxiliary output has the same
loss and the weight one, and the weights of the best validation Dice are tested.
"""

from dataclasses import replace
from typing import Any

from spineseg.core.profile import Profile
from spineseg.experiments.recipe import RECIPES, DataPlan, ModelPlan, Recipe, Steps
from spineseg.training.schedule import PLANS, Plan

PAPER = "inception_unet"
NETWORKS = ("unet", "resunet", "attention_unet", "trans_unet", "inception_unet")
"""Of Tables 2, 6, 8 and 9."""
LOSSES_OF_TABLE_2 = {
    "bce": "cross_entropy",  # of two channels that sum to one: the same number
    "dice": "class_dice",
    "focal": "class_focal",
    "bce_dice": "ce_dice",
}
MODULES = ("unet_inception/dice", "unet_dual_output/dice")
"""Table 3, beside U-Net and the whole network with the Dice loss."""
SKIPS = (
    "unet_sam/bce",
    "unet_cbam/bce",
    "resunet_sam/bce_dice",
    "resunet_cbam/dice",
    "inception_unet_se/bce_dice",
    "inception_unet_sam/bce_dice",
    "inception_unet_cbam/dice",
)
"""Table 4: attention in the skips, each with the loss the paper shows it with."""


def _plan(profile: Profile) -> Plan:
    paper = PLANS[PAPER]
    # a thin network on few pictures wants larger steps
    rate = profile.pick(3e-3, 1e-4, 1e-4)
    return replace(
        paper,
        epochs=profile.pick(20, 50, 50),
        optimiser=replace(paper.optimiser, rate=rate),
    )


def _reading(profile: Profile, network: str) -> dict[str, Any]:
    """Return a network's widths, the branches of its Inception block with the rest."""
    reading: dict[str, Any] = {
        "widths": profile.pick(
            [8, 16, 32, 64], [16, 32, 64, 128, 256], [64, 128, 256, 512, 1024]
        )
    }
    if "inception" in network:
        reading["inception"] = profile.pick(
            [8, 12, 16, 2, 4, 4], [16, 24, 32, 4, 8, 8], [64, 96, 128, 16, 32, 32]
        )
    if network == "trans_unet":
        reading["inner"] = profile.pick(32, 128, 512)
        reading["hidden"] = profile.pick(8, 32, 128)
    return reading


def _recipe(
    profile: Profile,
    name: str,
    loss: str,
    classes: int = 2,
    augmentation: Steps | None = None,
) -> Recipe:
    """Return the recipe of a row.

    Args:
        profile: smoke, laptop or full.
        name: of the row; its second part is the network's.
        loss: of one output; a network with two is given it for both.
        classes: 2, or 4 with vertebrae, canal and discs apart.
        augmentation: the rotations, shifts, zooms and flips of Table 5.
    """
    network = name.split("/")[1]
    dual = network.startswith("inception_unet") or network.endswith("dual_output")
    return Recipe(
        name,
        profile.name,
        DataPlan(
            "spider",
            "t1" if classes == 2 else "t1_four",
            size_px=profile.pick(128, None, None),
            count=profile.pick(20, None, None),
        ),
        Steps(PAPER, {"size_px": profile.pick(64, 128, 128)}),
        augmentation,
        ModelPlan(f"{PAPER}/{network}", 1, classes, _reading(profile, network)),
        f"dual_{loss}" if dual else loss,
        _plan(profile),
    )


def _register(name: str, loss: str, **more: Any) -> None:
    def make(profile: Profile) -> Recipe:
        return _recipe(profile, name, loss, **more)

    RECIPES.register(name)(make)


def _names_of(rows: tuple[str, ...]) -> list[tuple[str, str]]:
    return [(f"{PAPER}/{row}", LOSSES_OF_TABLE_2[row.split("/")[1]]) for row in rows]


GRID = tuple(f"{network}/{loss}" for network in NETWORKS for loss in LOSSES_OF_TABLE_2)
"""Table 2: five networks with four losses each."""

for _name, _loss in _names_of((*GRID, *MODULES, *SKIPS)):
    _register(_name, _loss)
# what the paper names, and the same without the flip: which of them does what is seen?
for _name, _numbers in (("augmented", {}), ("augmented_unmirrored", {"mirrored": 0.0})):
    _register(
        f"{PAPER}/inception_unet/dice/{_name}",
        "class_dice",
        augmentation=Steps(PAPER, _numbers),
    )
for _network in NETWORKS:
    _register(f"{PAPER}/{_network}/four_class", "ce_dice", classes=4)
