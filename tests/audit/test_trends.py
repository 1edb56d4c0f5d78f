"""Trends: a verdict from made-up runs, and none from too few or from others."""

import dataclasses

import pytest
from made_up_runs import write

from spineseg import SpinesegError
from spineseg.audit import Verdict, claims, judge, judge_all
from spineseg.audit.checks.trends import Above, order
from spineseg.audit.records import NONE, digest, twin_runs
from spineseg.audit.source import Source
from spineseg.audit.verdict import undecided

TRENDS = {
    one.claim.id: [(k[1], k[2]) for k in one.read if k[0] == "records"]
    for one in judge_all()
    if one.read and any(k[0] == "records" for k in one.read)
}
INCEPTION = "inception_unet-T3-u-net-plus-inception-module"
WITH, WITHOUT = "inception_unet/unet_inception/dice", "inception_unet/unet/dice"


def verdict(folder, name=INCEPTION):
    return judge(claims()[name], Source(records=folder)).finding


@pytest.mark.parametrize("name", sorted(TRENDS))
def test_a_claimed_order_is_seen_and_the_opposite_one_is_not(name, tmp_path):
    rows = list(dict.fromkeys(row for row, _ in TRENDS[name]))
    for place, row in enumerate(rows):
        write(tmp_path / "as claimed", row, 0.9 - 0.01 * place)
        write(tmp_path / "opposite", row, 0.8 + 0.01 * place)
    seen = verdict(tmp_path / "as claimed", name)
    assert seen.verdict == Verdict.TREND_SEEN
    assert "laptop, 3 seeds, 6 images" in seen.evidence
    other = verdict(tmp_path / "opposite", name)
    assert other.verdict == Verdict.TREND_NOT_SEEN
    assert other.assumption
    assert other.fair


def test_equal_rows_show_no_trend(tmp_path):
    write(tmp_path, WITH, 0.9)
    write(tmp_path, WITHOUT, 0.9)
    assert verdict(tmp_path).verdict == Verdict.TREND_NOT_SEEN


def test_two_seeds_on_one_side_give_no_verdict(tmp_path):
    write(tmp_path, WITH, 0.9)
    write(tmp_path, WITHOUT, 0.8, seeds=range(2))
    found = verdict(tmp_path)
    assert found.verdict == Verdict.PUBLIC_DATA
    assert f"{WITH} (3), {WITHOUT} (2)" in found.evidence


def test_three_seeds_that_no_other_run_shares_give_no_verdict(tmp_path):
    write(tmp_path, WITH, 0.9, seeds=range(3))
    write(tmp_path, WITHOUT, 0.8, seeds=range(2, 5))
    assert verdict(tmp_path).verdict == Verdict.PUBLIC_DATA


def test_the_papers_own_setting_decides_where_it_was_run(tmp_path):
    for profile, levels in (("full", (0.8, 0.9)), ("laptop", (0.9, 0.8))):
        write(tmp_path, WITH, levels[0], profile=profile)
        write(tmp_path, WITHOUT, levels[1], profile=profile)
    found = verdict(tmp_path)
    assert found.verdict == Verdict.TREND_NOT_SEEN
    assert "full, 3 seeds" in found.evidence


@pytest.mark.parametrize(
    "changes",
    [
        {"data": {"facts": {"twin": False}}},
        {"data": {}},
        {"configuration": {"name": "an older recipe"}},
    ],
)
def test_runs_on_real_data_or_of_another_recipe_do_not_count(tmp_path, changes):
    write(tmp_path, WITH, 0.9, **changes)
    write(tmp_path, WITHOUT, 0.8)
    assert twin_runs(WITH, "laptop", tmp_path) == []
    assert verdict(tmp_path).verdict == Verdict.PUBLIC_DATA


def test_runs_on_other_images_are_not_compared(tmp_path):
    write(tmp_path, WITH, 0.9)
    row = {"id": "elsewhere", "patient": "1", "dice.1": 0.8, "iou.1": 0.8}
    write(tmp_path, WITHOUT, 0.8, scores=[row, row | {"id": "there"}])
    assert verdict(tmp_path).verdict == Verdict.PUBLIC_DATA


def test_an_image_without_a_score_is_left_out_on_both_sides(tmp_path):
    rows = [
        {"id": str(i), "patient": "1", "iou.1": float("nan") if i == 0 else 0.5}
        for i in range(6)
    ]
    write(tmp_path, WITH, 0.9)
    write(tmp_path, WITHOUT, 0.5, scores=rows)
    assert "5 images" in verdict(tmp_path).evidence


def test_a_smoke_run_never_decides(tmp_path):
    write(tmp_path, WITH, 0.9, profile="smoke")
    write(tmp_path, WITHOUT, 0.8, profile="smoke")
    assert verdict(tmp_path).verdict == Verdict.PUBLIC_DATA


def test_a_further_seed_makes_the_verdict_stale(tmp_path):
    write(tmp_path, WITH, 0.9)
    write(tmp_path, WITHOUT, 0.8)
    first = judge(claims()[INCEPTION], Source(records=tmp_path))
    write(tmp_path, WITH, 0.9, seeds=range(3, 4))
    write(tmp_path, WITHOUT, 0.8, seeds=range(3, 4))
    second = judge(claims()[INCEPTION], Source(records=tmp_path))
    assert first.verdict == second.verdict == Verdict.TREND_SEEN
    assert first.fingerprint != second.fingerprint


def test_two_records_of_one_seed_are_refused(tmp_path):
    write(tmp_path, WITH, 0.9, seeds=range(1))
    path = next(tmp_path.iterdir())
    path.with_name(path.name.replace(".json", "-again.json")).write_bytes(
        path.read_bytes()
    )
    with pytest.raises(SpinesegError, match="one recipe and seed"):
        twin_runs(WITH, "laptop", tmp_path)


def test_the_digest_follows_the_scores(tmp_path):
    write(tmp_path, WITH, 0.9)
    runs = twin_runs(WITH, "laptop", tmp_path)
    other = [dataclasses.replace(run, scores=run.scores[::-1]) for run in runs]
    assert digest([]) == NONE
    assert digest(runs) == digest(twin_runs(WITH, "laptop", tmp_path))
    assert digest(runs) != digest(other)


def test_an_order_is_a_chain_of_pairs():
    assert order("p/a", "p/b", "p/c") == (Above("p/a", "p/b"), Above("p/b", "p/c"))
    assert str(Above("p/a", "p/b")) == "a minus b"


def test_without_runs_the_way_of_checking_names_what_is_needed():
    ways = ("private-data", "public-data", "not-checkable", "synthetic", "exact")
    assert [undecided(way) for way in ways] == [
        Verdict.PRIVATE_DATA,
        Verdict.PUBLIC_DATA,
        Verdict.CANNOT,
        Verdict.OPEN,
        Verdict.OPEN,
    ]
