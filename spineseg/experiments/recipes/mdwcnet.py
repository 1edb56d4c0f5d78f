"""Recipes of the paper of MDWC-Net (Sec. 3.1 to 3.3).

``full`` is the paper's setting: 280 films, 256 x 256, horizontal flips, cross entropy,
SGD at 1e-3 divided by 10 every 20 epochs, batch 8, 100 epochs. Momentum and weight
decay are not given; 0.9 and 1e-4 are usual, and ``/no_momentum`` takes the text at its
word. The best validation Dice chooses the epoch.
"""

from dataclasses import replace

from spineseg.core.profile import Profile
from spineseg.experiments.recipe import RECIPES, DataPlan, ModelPlan, Recipe, Steps
from spineseg.experiments.recipes.sizes import reading
from spineseg.training.schedule import PLANS, Plan

PAPER = "mdwcnet"
PROPOSED = "mdwc_net"
ABLATIONS = (
    "ablation_unet",
    "multi_scale",
    "mscaw",
    "mscaw_upper",
    "mscaw_lower",
    "mscaw_bieb",
    "mscaw_dfcb",
    "aspp_for_mscaw",
    "cbam_for_bieb",
)
BASELINES = (
    "fcn_8s",
    "deeplab_v3_plus",
    "pspnet",
    "unet",
    "resunet",
    "attention_unet",
    "trans_unet",
    "plu_unet",
)
OTHER_SETS = {"chest": "chest_xray", "isic": "isic2016"}
"""Where the paper tries its network beside spines."""


def _plan(profile: Profile, momentum: float) -> Plan:
    paper = PLANS[PAPER]
    # few steps want to be larger
    optimiser = replace(
        paper.optimiser, rate=profile.pick(0.3, 1e-3, 1e-3), momentum=momentum
    )
    return replace(
        paper,
        epochs=profile.pick(10, 100, 100),
        batch=profile.pick(2, 8, 8),
        optimiser=optimiser,
        schedule=replace(paper.schedule, every_epochs=profile.pick(5, 20, 20)),
    )


def _recipe(
    profile: Profile, name: str, network: str, data: str, momentum: float = 0.9
) -> Recipe:
    side = profile.pick(32, 128, 256)
    return Recipe(
        name,
        profile.name,
        DataPlan(
            data,
            size_px=profile.pick(64, 256, None),
            count=profile.pick(20, 140, None),
        ),
        Steps(PAPER, {"size_px": side}),
        Steps(PAPER),
        ModelPlan(
            f"{PAPER}/{network}",
            3 if data == "isic2016" else 1,  # only skin is in colour
            2,
            reading(profile, f"{PAPER}/{network}", side),
        ),
        "cross_entropy",
        _plan(profile, momentum),
    )


def _register(
    network: str, suffix: str = "", data: str = "mdwc_spine", momentum: float = 0.9
) -> None:
    name = f"{PAPER}/{network}{suffix}"

    def make(profile: Profile) -> Recipe:
        return _recipe(profile, name, network, data, momentum)

    RECIPES.register(name)(make)


for _network in (PROPOSED, *ABLATIONS, *BASELINES):
    _register(_network)
for _suffix, _data in OTHER_SETS.items():
    _register(PROPOSED, f"/{_suffix}", _data)
_register(PROPOSED, "/no_momentum", momentum=0.0)
