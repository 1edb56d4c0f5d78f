"""Curves: rules on made-up curves, a verdict from made-up runs, none from too few."""

import numpy as np
import pytest
from made_up_runs import write

from spineseg.audit import Verdict, claims, judge, judge_all
from spineseg.audit.checks import curves
from spineseg.audit.source import Source
from spineseg.audit.verdict import undecided
from spineseg.core.rng import rng

EPOCHS = 60
TIME = np.arange(EPOCHS) / EPOCHS
NAMED = {
    one.claim.id: list(dict.fromkeys(k[1] for k in one.read if k[0] == "curves"))
    for one in judge_all()
    if one.read and any(k[0] == "curves" for k in one.read)
}
FASTER = "cvmunet-eq-text-complementarity"


def noise(seed):
    return 0.001 * rng(seed, "made-up curve").standard_normal(EPOCHS)


def learning(seed, speed=12.0):
    fall = np.exp(-speed * TIME)
    return {"loss": 0.1 + fall, "val_loss": 0.1 + fall, "val_dice": 0.9 - 0.6 * fall}


def idle(seed):
    rise = 0.5 + 0.4 * TIME
    return {"loss": rise, "val_loss": rise, "val_dice": 1 - rise}


def train(folder, name, shape, seeds=range(3)):
    """Write records of a recipe whose curves have a shape."""
    for seed in seeds:
        columns = {k: v + noise(seed) for k, v in shape(seed).items()}
        rows = [
            {"epoch": float(i)} | {k: float(v[i]) for k, v in columns.items()}
            for i in range(EPOCHS)
        ]
        write(folder, name, 0.5, seeds=[seed], curves=rows)


def finding(folder, name):
    return judge(claims()[name], Source(records=folder)).finding


@pytest.mark.parametrize("name", sorted(set(NAMED) - {FASTER}))
def test_a_sentence_is_seen_in_runs_that_learn_and_not_in_runs_that_do_not(
    name, tmp_path
):
    for recipe in NAMED[name]:
        train(tmp_path / "learn", recipe, learning)
        train(tmp_path / "idle", recipe, idle)
    assert finding(tmp_path / "learn", name).verdict == Verdict.TREND_SEEN
    other = finding(tmp_path / "idle", name)
    assert other.verdict == Verdict.TREND_NOT_SEEN
    assert other.assumption
    assert other.fair


@pytest.mark.parametrize("name", sorted(set(NAMED) - {FASTER}))
def test_one_seed_that_does_not_learn_is_enough_against_a_sentence(name, tmp_path):
    for recipe in NAMED[name]:
        train(tmp_path, recipe, learning, seeds=[0, 1])
        train(tmp_path, recipe, idle, seeds=[2])
    found = finding(tmp_path, name)
    assert found.verdict == Verdict.TREND_NOT_SEEN
    assert "seed 2" in found.evidence


@pytest.mark.parametrize("name", sorted(NAMED))
def test_two_seeds_are_too_few(name, tmp_path):
    for recipe in NAMED[name]:
        train(tmp_path, recipe, learning, seeds=[0, 1])
    found = finding(tmp_path, name)
    assert found.verdict == undecided(claims()[name].nature.checkable_by)
    assert f"{NAMED[name][0]} (2)" in found.evidence


@pytest.mark.parametrize("missing", [0, 1])
def test_every_named_recipe_must_have_its_runs(missing, tmp_path):
    names = NAMED[FASTER]
    train(tmp_path, names[missing], learning)
    assert not finding(tmp_path, FASTER).verdict.computed


def test_the_recipe_that_needs_fewer_epochs_is_faster(tmp_path):
    first, second = NAMED[FASTER]
    train(tmp_path / "as said", first, lambda seed: learning(seed, 20.0))
    train(tmp_path / "as said", second, lambda seed: learning(seed, 5.0))
    train(tmp_path / "opposite", first, lambda seed: learning(seed, 5.0))
    train(tmp_path / "opposite", second, lambda seed: learning(seed, 20.0))
    assert finding(tmp_path / "as said", FASTER).verdict == Verdict.TREND_SEEN
    assert finding(tmp_path / "opposite", FASTER).verdict == Verdict.TREND_NOT_SEEN


def test_white_noise_has_no_autocorrelation_and_a_slope_has_one():
    rule = curves.independent_after(0.5)
    assert rule.holds(rng(3, "white").standard_normal(200), 0.0)
    assert not rule.holds(np.linspace(0, 1, 200), 0.0)
    assert not rule.holds(np.ones(200), 0.0)  # nothing varies: nothing is shown


def test_a_curve_that_still_falls_late_is_not_flat():
    rule = curves.flat_after(0.8)
    assert rule.holds(np.exp(-20 * TIME), 0.05)
    assert not rule.holds(1 - TIME, 0.05)


def test_falling_and_rising_are_measured_between_the_ends():
    assert curves.FALLS.holds(1 - TIME, 0.5)
    assert not curves.FALLS.holds(1 - 0.4 * TIME, 0.5)
    assert curves.RISES.holds(0.1 * TIME, 0.02)
    assert not curves.RISES.holds(0.01 * TIME, 0.02)
