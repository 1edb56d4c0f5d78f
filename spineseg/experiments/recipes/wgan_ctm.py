"""Recipes of the paper of the WGAN with clustered transformer (Tables 1 to 6).

``full`` is the paper's setting: 1,188 axial slices, 512 x 512, batch 4, 500 epochs,
cross entropy and Dice; studies dealt 60/10/30. The text names no optimiser, weights of
the losses or steps of the critic: here Adam at 1e-4, 0.01 for the critic's word, and
five critic steps for a step of the network, as is usual for WGAN-GP.

``wgan_gp`` trains against a critic with gradient penalty, which is what Eq. 7 means;
``wgan_as_printed`` takes Eqs. 2 and 5 literally.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from spineseg.core.profile import Profile
from spineseg.experiments.recipe import (
    RECIPES,
    CriticPlan,
    DataPlan,
    DuelRecipe,
    ModelPlan,
    Recipe,
    Steps,
)
from spineseg.experiments.recipes.outputs import supervised
from spineseg.experiments.recipes.sizes import reading
from spineseg.training.schedule import PLANS, Plan

PAPER = "wgan_ctm"
CLASSES = 4
ABLATIONS = ("unet", "res_unet", "unet_tm", "unet_ctm", "res_unet_ctm", "generator")
"""Of Table 6, all without a critic; ``generator`` has the dilations, too, and is the
row "ResUNet + CTM + Dconv"."""
BASELINES: dict[str, tuple[str, int, int, int]] = {
    "unet": ("/256", 256, 4, 500),
    "segnet": ("", 256, 4, 500),
    "deeplab_v3_plus": ("", 512, 2, 500),
    "nnunet": ("", 512, 2, 1000),
    "spine_gan": ("", 512, 2, 500),
}
"""Network to the end of its name, size in pixels, batch and epochs of Table 1. nnU-Net
is its plain network under this paper's plan, without nnU-Net's own rules; Spine-GAN's
network trains without its critic."""
CRITICS = {
    "wgan_gp": "wasserstein_with_penalty",
    "wgan_as_printed": "sigmoid_as_printed",
}


def _plan(profile: Profile, batch: int, epochs: int) -> Plan:
    paper = PLANS[PAPER]
    rate = profile.pick(3e-3, 1e-3, 1e-4)
    return replace(
        paper,
        epochs=profile.pick(30, 60, epochs),
        batch=profile.pick(2, batch, batch),
        optimiser=replace(paper.optimiser, rate=rate),
    )


def _reading(profile: Profile, network: str) -> dict[str, Any]:
    found = reading(profile, f"{PAPER}/{network}")
    if network == "nnunet" and profile.name == "laptop":
        # nnU-Net halves down to 4 x 4: twice less often from a quarter of the side
        found["widths"] = found["widths"][:-2]
    return found


def _recipe(
    profile: Profile,
    name: str,
    network: str,
    size_px: int = 512,
    batch: int = 4,
    epochs: int = 500,
) -> Recipe:
    side = profile.pick(32, size_px // 4, size_px)
    return Recipe(
        name,
        profile.name,
        DataPlan(
            "axial_mri",
            size_px=profile.pick(64, 256, None),
            count=profile.pick(24, 120, None),
        ),
        Steps(PAPER, {"size_px": side}),
        Steps(PAPER, {"size_px": side}),
        ModelPlan(f"{PAPER}/{network}", 1, CLASSES, _reading(profile, network)),
        supervised(f"{PAPER}/{network}", "ce_dice"),
        _plan(profile, batch, epochs),
    )


def _duel(profile: Profile, name: str, loss: str) -> Recipe:
    plain = _recipe(profile, name, "generator")
    widths = profile.pick([8, 8, 16], [16, 32, 64, 128], [64, 128, 256, 512, 512])
    critic = CriticPlan(
        ModelPlan(f"{PAPER}/critic", CLASSES, 1, {"widths": widths}),
        loss,
        replace(PLANS[PAPER].optimiser, rate=profile.pick(1e-3, 1e-4, 1e-4)),
        weight=0.01,
        steps=profile.pick(1, 5, 5),
    )
    parts = {k: getattr(plain, k) for k in plain.__dataclass_fields__}
    return DuelRecipe(**parts, critic=critic)


def _register(name: str, make: Callable[[Profile, str], Recipe]) -> None:
    full_name = f"{PAPER}/{name}"
    RECIPES.register(full_name)(lambda profile: make(profile, full_name))


def _row(network: str, *more: int) -> Callable[[Profile, str], Recipe]:
    return lambda profile, name: _recipe(profile, name, network, *more)


def _against(loss: str) -> Callable[[Profile, str], Recipe]:
    return lambda profile, name: _duel(profile, name, loss)


for _network in ABLATIONS:
    _register(_network, _row(_network))
for _network, (_end, *_setting) in BASELINES.items():
    _register(f"{_network}{_end}", _row(_network, *_setting))
for _name, _loss in CRITICS.items():
    _register(_name, _against(_loss))
