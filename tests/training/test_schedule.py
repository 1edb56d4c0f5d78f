import math

import pytest
from torch import nn

from spineseg import SpinesegError
from spineseg.training import PLANS, Optimiser, Plan, Schedule


def rates(plan, per_epoch):
    updates = range(plan.epochs * per_epoch)
    rate = plan.optimiser.rate
    return [rate * plan.schedule.factor(k, per_epoch, plan.epochs) for k in updates]


def test_mdwcnet_has_learned_ninety_per_cent_of_its_rate_by_epoch_20():
    found = rates(PLANS["mdwcnet"], 25)
    # 2,500 updates; in steps of 25: 0.025 an epoch, a tenth of it after 20 epochs
    assert len(found) == 2500
    assert sum(found) == pytest.approx(0.5 * 1.1111)
    assert sum(found[:500]) / sum(found) == pytest.approx(0.9000, abs=5e-5)
    assert sum(found[1500:]) / sum(found) == pytest.approx(0.001, abs=5e-5)


def test_cvmunet_warms_up_for_five_epochs_and_ends_at_a_millionth():
    found = rates(PLANS["cvmunet"], 235)
    top = 5 * 235
    assert found[0] == pytest.approx(1e-3 / top)
    assert found[top - 1] == found[top] == 1e-3
    assert all(a > b for a, b in zip(found[top:-1], found[top + 1 :], strict=True))
    assert 1e-6 < found[-1] < 1.001e-6


def test_half_way_down_a_cosine_is_half_the_rate():
    assert Schedule("cosine").factor(50, 10, 10) == pytest.approx(0.5)
    assert Schedule("cosine").factor(25, 10, 10) == pytest.approx(
        (1 + math.cos(math.pi / 4)) / 2
    )


@pytest.mark.parametrize(
    ("paper", "name", "rate", "batch", "epochs"),
    [
        ("cvmunet", "adam", 1e-3, 4, 300),
        ("cervspinenet", "adamw", 1e-4, 1, 50),
        ("mdwcnet", "sgd", 1e-3, 8, 100),
        ("inception_unet", "adam", 1e-4, 2, 50),
        ("wgan_ctm", "adam", 1e-4, 4, 500),
    ],
)
def test_a_paper_trains_with_its_own_numbers(paper, name, rate, batch, epochs):
    plan = PLANS[paper]
    assert (plan.optimiser.name, plan.optimiser.rate) == (name, rate)
    assert (plan.batch, plan.epochs) == (batch, epochs)


def test_a_factor_slows_the_parameters_whose_name_begins_with_it():
    model = nn.ModuleDict({"encoder": nn.Linear(2, 2), "head": nn.Linear(2, 1)})
    optimiser = PLANS["cervspinenet"].optimiser.build(model)
    found = {
        g["initial_lr"]: sum(p.numel() for p in g["params"])
        for g in optimiser.param_groups
    }
    assert found == pytest.approx({1e-4: 3, 1e-5: 6})


@pytest.mark.parametrize(
    ("what", "words"),
    [
        (lambda: Optimiser("sdg").build(nn.Linear(1, 1)), "unknown optimiser"),
        (lambda: Schedule("line").factor(0, 1, 1), "unknown schedule"),
        (lambda: Plan(0, 4), "impossible epochs"),
        (lambda: Plan(1, 0), "impossible batch"),
        (
            lambda: Optimiser(factors={"tail": 2.0}).build(nn.Linear(1, 1)),
            "no parameter's name begins like this; found tail",
        ),
    ],
)
def test_a_wrong_plan_says_what_is_wrong(what, words):
    with pytest.raises(SpinesegError, match=words):
        what()
