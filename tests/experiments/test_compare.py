from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from spineseg import SpinesegError
from spineseg.experiments.compare import compare, likely_causes, spread, typical
from spineseg.training.record import Record


def record(seed, *dices, **more):
    scores = [
        {
            "id": str(k),
            "patient": str(k),
            "dice": d,
            "hd_mm": float("inf") if d == 0 else 1 - d,
        }
        for k, d in enumerate(dices)
    ]
    given = {
        "recipe": "a/b",
        "profile": "smoke",
        "seed": seed,
        "configuration": {"plan": {"epochs": 3}},
        "data": {"sha256": {"test": "aa"}},
        "code": {"version": "1"},
        "device": "cpu",
        "packages": {"torch": "2"},
        "wall_s": 1.0,
        "sessions": 1,
        "peak_memory_mb": {},
        "curves": [],
        "scores": scores,
    }
    return Record(**(given | more))


def test_a_further_value_falls_into_the_interval_as_often_as_it_says():
    random = np.random.default_rng(0)
    draws = random.normal(0.8, 0.02, (4000, 4))
    hits = []
    for *known, further in draws:
        low, high = spread(tuple(known))
        hits.append(low <= further <= high)
    # 95 % of 4,000 has a standard error of 0.35 %
    assert np.mean(hits) == pytest.approx(0.95, abs=0.012)


def test_the_interval_of_two_values_is_wide_and_of_one_a_point():
    assert spread((0.8,)) == (0.8, 0.8)
    low, high = spread((0.7, 0.9))
    half = float(stats.t.ppf(0.975, 1)) * 0.2 / np.sqrt(2) * np.sqrt(1.5)
    assert (low, high) == pytest.approx((0.8 - half, 0.8 + half))
    assert spread((1.0, float("inf"))) == (1.0, float("inf"))


def test_no_interval_leaves_what_a_metric_can_be():
    others = [record(0, 0.1, 0.1), record(1, 0.95, 0.95)]
    for verdict in compare(record(2, 0.5, 0.5), others):
        low, high = spread(verdict.others)
        assert low < 0
        assert high > 1
        assert verdict.low == 0
        assert verdict.high == (high if verdict.metric == "hd_mm" else 1)


def test_scores_are_averaged_and_distances_halved():
    one = record(0, 0.9, 0.8, 0.0)
    assert typical(one, "dice") == pytest.approx(1.7 / 3)
    assert typical(one, "hd_mm") == pytest.approx(0.2)


def test_an_ordinary_run_is_inside_and_a_broken_one_is_not():
    others = [record(k, 0.80 + k / 100, 0.82) for k in range(4)]
    inside = {v.metric: v.inside for v in compare(record(9, 0.81, 0.82), others)}
    assert inside == {"dice": True, "hd_mm": True}
    outside = {v.metric: v.inside for v in compare(record(9, 0.4, 0.5), others)}
    assert outside == {"dice": False, "hd_mm": False}


def test_a_structure_that_no_test_image_shows_is_no_surprise_in_any_run():
    nan = float("nan")
    blind, seeing = record(0, nan, nan), record(1, 0.8, 0.8)

    def inside(one, others):
        return {v.metric: v.inside for v in compare(one, others)}["dice"]

    assert inside(blind, [record(2, nan, nan)])
    assert not inside(blind, [seeing])
    assert not inside(seeing, [blind])
    assert inside(seeing, [blind, record(3, 0.8, 0.8)])


def test_what_differs_is_named_with_the_recipe_first():
    others = [record(0, 0.8), record(1, 0.8, device="gpu")]
    mine = record(
        2,
        0.5,
        configuration={"plan": {"epochs": 1}},
        packages={"torch": "3"},
        data={"sha256": {"test": "bb"}},
        precision="bf16-mixed",
    )
    assert likely_causes(mine, others) == [
        "number of the recipe: plan.epochs is 1, recorded 3",
        "data: sha256.test is bb, recorded aa",
        "library: torch is 3, recorded 2",
        "arithmetic: precision is bf16-mixed, recorded 32-true",
    ]
    assert likely_causes(record(2, 0.5), others) == []


def test_nothing_to_compare_with_is_said():
    with pytest.raises(SpinesegError, match=r"no record of a/b \(smoke\)"):
        compare(record(0, 0.5), [])
    other = record(1, 0.5)
    rows = [row | {"extra": 1.0} for row in other.scores]
    with pytest.raises(SpinesegError, match="same metrics; found extra"):
        compare(record(0, 0.5), [replace(other, scores=rows)])
