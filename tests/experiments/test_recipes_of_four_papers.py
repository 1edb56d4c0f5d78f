"""Recipes of Cvm-UNet, CervSpineNet, MDWC-Net and the WGAN: what they say they do."""

import json
from dataclasses import asdict, fields, replace

import numpy as np
import pytest
import torch

from spineseg import SpinesegError
from spineseg.experiments import (
    CriticPlan,
    DuelRecipe,
    Machine,
    ModelPlan,
    Places,
    create_recipe,
    list_recipes,
    run,
)
from spineseg.experiments.recipe import (
    CRITIC_LOSSES,
    HEAD_LOSSES,
    LOSSES,
    recipe_from,
)
from spineseg.experiments.recipes import mdwcnet, sizes
from spineseg.experiments.recipes.outputs import supervised
from spineseg.experiments.run import fresh_model, trained_model
from spineseg.models import create_model, list_models
from spineseg.training import PLANS, Optimiser

CPU = Machine("cpu")
PAPERS = ("cvmunet", "cervspinenet", "mdwcnet", "wgan_ctm")
NAMES = [name for name in list_recipes() if name.split("/")[0] in PAPERS]
PROPOSED = {
    "cvmunet/cvm_unet": 480,
    "cervspinenet/cervspinenet": 1024,
    "mdwcnet/mdwc_net": 256,
    "wgan_ctm/wgan_gp": 512,
    "wgan_ctm/wgan_as_printed": 512,
}
"""The papers' own networks and the side of their pictures."""


def test_deep_outputs_have_a_loss_each_and_others_one():
    deep = {
        recipe.model.name
        for recipe in (create_recipe(name, "full") for name in list_recipes())
        if recipe.loss.startswith("deep_")
    }
    assert deep == {"cvmunet/vm_unet_v2", "wgan_ctm/nnunet"}
    assert supervised("wgan_ctm/nnunet", "ce_dice") == "deep_ce_dice"
    assert supervised("wgan_ctm/unet", "ce_dice") == "ce_dice"


def test_every_row_that_can_be_built_here_has_a_recipe():
    count = {paper: sum(n.startswith(f"{paper}/") for n in NAMES) for paper in PAPERS}
    assert count == {
        "cvmunet": 1 + 4 + 13,  # its own, the ablations, the baselines
        "cervspinenet": 3 * (1 + 3) + 3 + 1,  # films in three variants; a loss
        "mdwcnet": 1 + 9 + 8 + 3,  # two further sets, one without momentum
        "wgan_ctm": 2 + 6 + 5,  # two critics
    }
    trained = {create_recipe(name, "full").model.name for name in list_recipes()}
    assert {*list_models()} - trained == {
        "cervspinenet/sam",  # wants a point in each process
        "cervspinenet/sam_one_by_one",
        "cvmunet/condseg",  # its masks have losses of their own
        "wgan_ctm/critic",  # beside another network
        "wgan_ctm/res_unet_ctm_dconv",  # the generator by another name
    }
    assert trained <= {*list_models()}


@pytest.mark.parametrize("name", NAMES)
def test_a_recipe_trains_what_it_names(name):
    recipe = create_recipe(name, "smoke")
    plan, side = recipe.model, recipe.preprocessing.numbers["size_px"]
    model = fresh_model(recipe, 0)
    target = torch.randint(0, max(2, plan.classes), (2, side, side))
    if plan.classes == 1:
        target = target[:, None].float()
    x = torch.rand(2, plan.in_channels, side, side)
    if recipe.loss in HEAD_LOSSES:
        value = HEAD_LOSSES[recipe.loss](model.heads(x), target)
    else:
        value = LOSSES[recipe.loss](model(x), target)
    value.backward()
    assert value.isfinite()
    learning = [p for p in model.parameters() if p.requires_grad]
    assert all(p.grad is not None for p in learning)
    recipe.plan.optimiser.build(model)


@pytest.mark.parametrize("name", NAMES)
def test_the_full_profile_has_the_papers_network_plan_and_whole_set(name):
    full, paper = create_recipe(name, "full"), name.split("/")[0]
    written = fresh_model_on_meta(full)
    with torch.device("meta"):
        plan = full.model
        default = create_model(plan.name, plan.in_channels, plan.classes)
    assert [p.shape for p in written.parameters()] == [
        p.shape for p in default.parameters()
    ]
    longer = {"wgan_ctm/nnunet": 1000}  # Table 1
    assert full.plan.epochs == longer.get(name, PLANS[paper].epochs)
    assert full.plan.optimiser.rate == PLANS[paper].optimiser.rate
    assert (full.data.size_px, full.data.count) == (None, None)
    assert full.data.rule == "paper"


def fresh_model_on_meta(recipe):
    with torch.device("meta"):
        return fresh_model(recipe, 0)


@pytest.mark.parametrize("name", PROPOSED)
def test_the_papers_own_network_is_trained_as_printed(name):
    full = create_recipe(name, "full")
    assert full.plan == PLANS[name.split("/")[0]]
    assert full.preprocessing.numbers["size_px"] == PROPOSED[name]


def test_the_two_networks_of_the_wgan_differ_from_the_generator_in_their_critic():
    alone = create_recipe("wgan_ctm/generator", "full")
    printed = create_recipe("wgan_ctm/wgan_as_printed", "full")
    penalised = create_recipe("wgan_ctm/wgan_gp", "full")
    assert isinstance(printed, DuelRecipe)
    assert isinstance(penalised, DuelRecipe)
    assert not isinstance(alone, DuelRecipe)
    for part in ("data", "preprocessing", "augmentation", "model", "loss", "plan"):
        assert (
            getattr(alone, part) == getattr(printed, part) == getattr(penalised, part)
        )
    assert replace(printed.critic, loss=penalised.critic.loss) == penalised.critic


def test_mdwc_net_has_a_run_without_momentum_and_two_other_sets():
    plain = create_recipe("mdwcnet/mdwc_net/no_momentum", "full")
    assert plain.plan.optimiser.momentum == 0
    for end, data in mdwcnet.OTHER_SETS.items():
        assert create_recipe(f"mdwcnet/mdwc_net/{end}", "full").data.name == data


def test_a_reading_is_small_a_quarter_or_the_default():
    from spineseg.core.profile import Profile

    network = "mdwcnet/pspnet"
    found = [
        sizes.reading(Profile(name), network) for name in ("smoke", "laptop", "full")
    ]
    assert found[0]["widths"] == [4, 4, 8, 8]
    assert found[1] == {
        "widths": [16, 32, 64, 128],
        "channels": 128,
        "depths": [3, 4, 6, 3],
    }
    assert found[2]["widths"] == [64, 128, 256, 512]
    assert found[2]["channels"] == 512


@pytest.fixture
def duel(recipe):
    """The small recipe of these tests with a critic beside its network."""
    parts = {field.name: getattr(recipe, field.name) for field in fields(recipe)}
    parts["plan"] = replace(recipe.plan, save_every=1)
    critic = CriticPlan(
        ModelPlan("wgan_ctm/critic", 1, 1, {"widths": [4, 4]}),
        "wasserstein_with_penalty",
        Optimiser("adam", 1e-3, betas=(0.5, 0.9)),
        0.1,
        1,
    )
    return DuelRecipe(**parts, critic=critic)


class StopError(Exception):
    pass


def test_a_duel_broken_off_goes_on_and_records_the_same(duel, tmp_path, cache):
    def places(name):
        return Places(tmp_path / name, tmp_path / name / "records", cache)

    def stop(place):
        if place.done == 3:
            raise StopError

    whole = run(duel, 0, places("whole"), CPU)
    with pytest.raises(StopError):
        run(duel, 0, places("halved"), CPU, stop)
    halves = run(duel, 0, places("halved"), CPU)
    assert halves.sessions == 2
    assert (halves.scores, halves.curves) == (whole.scores, whole.curves)
    assert recipe_from(json.loads(json.dumps(whole.configuration))) == duel
    _, known = trained_model(tmp_path / "whole" / duel.run_name(0))
    assert known == duel


def test_the_critic_has_a_say_in_the_network(duel, tmp_path, cache):
    found = []
    for weight in (0.0, 100.0):
        one = replace(duel, critic=replace(duel.critic, weight=weight))
        here = Places(tmp_path, tmp_path / "records", cache)
        found.append([row["val_loss"] for row in run(one, 0, here, CPU).curves])
    assert found[0] != found[1]


def test_every_number_of_the_critic_changes_the_key(duel):
    changes = {
        "loss": "sigmoid_as_printed",
        "weight": 0.2,
        "steps": 3,
        "model": ModelPlan("wgan_ctm/critic", 1, 1, {"widths": [4, 8]}),
        "optimiser": Optimiser("sgd", 1e-3),
    }
    keys = {
        replace(duel, critic=replace(duel.critic, **{k: v})).key
        for k, v in changes.items()
    }
    assert len(keys | {duel.key}) == len(changes) + 1
    assert "critic" not in asdict(create_recipe("wgan_ctm/generator", "smoke"))


def test_an_unknown_loss_of_a_critic_is_refused(duel):
    with pytest.raises(SpinesegError, match=r"loss of a critic.*sigmoid_as_printed"):
        replace(duel.critic, loss="taste")
    assert len(CRITIC_LOSSES) == 2


@pytest.mark.slow
@pytest.mark.parametrize("name", PROPOSED)
def test_the_smoke_profile_learns_something(name, tmp_path):
    recipe = create_recipe(name, "smoke")
    record = run(recipe, 0, Places(tmp_path, tmp_path / "records"), CPU)
    assert record.precision == "32-true"
    (dice, *_) = [key for key in record.metrics if key.startswith("dice")]
    end = dice.removeprefix("dice")
    shares = [
        (row[f"tp{end}"] + row[f"fn{end}"])
        / sum(row[f"{kind}{end}"] for kind in ("tp", "fp", "fn", "tn"))
        for row in record.scores
    ]
    everything = np.mean([2 * share / (1 + share) for share in shares])
    assert np.mean([row[dice] for row in record.scores]) > everything + 0.1
