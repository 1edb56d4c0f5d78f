"""Recipes of the paper of CervSpineNet (Sec. 2.2 to 2.6, Tables 1, 4 and 5).

``full`` is the paper's setting: 500 films, batch 1, 50 epochs, AdamW; CervSpineNet and
its ablations at 1024 x 1024 with the compound loss, the baselines at 512 x 512 with
BCE. 40 of the 400 training films choose the epoch; the paper chose on its test films.

The paper starts from the weights of SAM, which this package does not hold: a run
starts from fresh ones (``load_sam_encoder`` takes SAM's). The encoder keeps the tenth
of the rate that suits a start from SAM.
"""

from dataclasses import replace
from typing import Any

from spineseg.core.profile import Profile
from spineseg.experiments.recipe import RECIPES, DataPlan, ModelPlan, Recipe, Steps
from spineseg.experiments.recipes.sizes import reading
from spineseg.training.schedule import PLANS, Plan

PAPER = "cervspinenet"
BASELINES = ("unet", "deeplab_v3_plus", "segformer_text")
"""Of Table 1, all from fresh weights and with BCE; SegFormer with the stand-in for the
text's embedding. Full SAM has no recipe: it wants a point in each process, which no
film comes with."""
ABLATIONS = ("cnn_basic", "cnn_full", "vit_basic")
"""Of Table 4."""
VARIANTS = ("original", "clahe", "augmented")
"""Of the films; the first is meant where a name has none."""


def _plan(profile: Profile, network: str) -> Plan:
    paper = PLANS[PAPER]
    # only what the paper starts from learned weights is slowed down
    learned = network in (PAPER, "vit_basic") and profile.name != "smoke"
    optimiser = replace(
        paper.optimiser,
        rate=profile.pick(3e-3, 1e-4, 1e-4),
        factors=paper.optimiser.factors if learned else {},
    )
    return replace(
        paper,
        epochs=profile.pick(60, 50, 50),
        batch=profile.pick(2, 1, 1),
        optimiser=optimiser,
    )


def _reading(profile: Profile, network: str) -> dict[str, Any]:
    found = reading(profile, f"{PAPER}/{network}")
    if network not in (PAPER, "vit_basic") or profile.name == "smoke":
        return found
    encoder = {
        "channels": profile.pick(0, 192, 768),
        "depth": profile.pick(0, 6, 12),
        "heads": profile.pick(0, 3, 12),
        "out": profile.pick(0, 64, 256),
        "size": profile.pick(0, 256, 1024),
        "window": profile.pick(0, 7, 14),
        "global_blocks": profile.pick([], [2, 5], [2, 5, 8, 11]),
    }
    return found | {"encoder": encoder}


def _recipe(
    profile: Profile, name: str, network: str, variant: str, loss: str
) -> Recipe:
    side = profile.pick(64, 256, 1024)
    if network in BASELINES:
        side = profile.pick(64, 128, 512)
    return Recipe(
        name,
        profile.name,
        DataPlan(
            "csxa_spinous",
            variant,
            size_px=profile.pick(96, 256, None),
            count=profile.pick(20, 100, None),
        ),
        Steps(PAPER, {"size_px": side}),
        None,  # the augmented variant is a second, fixed copy of each film
        ModelPlan(f"{PAPER}/{network}", 3, 1, _reading(profile, network)),
        loss,
        _plan(profile, network),
    )


def _register(
    network: str, suffix: str = "", variant: str = VARIANTS[0], loss: str = PAPER
) -> None:
    name = f"{PAPER}/{network}{suffix}"

    def make(profile: Profile) -> Recipe:
        return _recipe(profile, name, network, variant, loss)

    RECIPES.register(name)(make)


for _variant in VARIANTS:
    _suffix = "" if _variant == VARIANTS[0] else f"/{_variant}"
    _register(PAPER, _suffix, _variant)
    for _network in BASELINES:
        _register(_network, _suffix, _variant, "bce")
for _network in ABLATIONS:
    _register(_network)
_register(PAPER, "/dice", loss="dice")  # the first row of Table 5
