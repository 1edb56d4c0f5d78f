import json

import pytest
from typer.testing import CliRunner

from spineseg import SpinesegError
from spineseg.cli import app


def call(*arguments):
    return CliRunner().invoke(app, ["claims", *arguments], catch_exceptions=False)


def test_all_claims_are_listed_and_counted():
    result = call()
    assert result.exit_code == 0
    assert "540 claims; 0 stale, 0 unproved" in result.stdout
    assert "cvmunet-baseline-count" in result.stdout


def test_a_paper_and_a_verdict_narrow_the_list():
    shown = json.loads(
        call("--paper", "mdwcnet", "--verdict", "contradicted", "--json").stdout
    )
    assert shown
    assert {one["paper"] for one in shown} == {"mdwcnet"}
    assert {one["verdict"] for one in shown} == {
        "contradicted by the paper's own numbers"
    }


def test_the_list_of_a_paper_ends_with_its_counts_by_verdict():
    *_, last = call("--paper", "inception_unet").stdout.strip().splitlines()
    assert "92 claims; 0 stale, 0 unproved" in last
    lines = call("--paper", "inception_unet").stdout.rpartition("\n\n")[2].splitlines()
    assert sum(int(line.split()[0]) for line in lines[:-1]) == 92


def test_json_holds_all_that_is_known_of_a_claim():
    (one,) = json.loads(call("inception_unet-hp-batch", "--json").stdout)
    assert one["values"] == {"batch": "2"}
    assert one["checkable_by"] == "exact"
    assert ["ours", "inception_unet/inception_unet/dice plan.batch", "2"] in one["read"]


def test_several_verdicts_add_up():
    def count(*names):
        options = [part for name in names for part in ("--verdict", name)]
        return len(json.loads(call(*options, "--json").stdout))

    assert count("holds", "open") == count("holds") + count("open")


def test_one_claim_shows_its_evidence():
    text = call("cervspinenet-eq12").stdout
    assert "largest gradient is 0" in text
    assert "fair" in text


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--paper", "nature"], "unknown paper"),
        (["--verdict", "nonsense"], "unknown verdict"),
        (["cvmunet-baseline-cuont"], "no such claim.*perhaps cvmunet-baseline-count"),
    ],
)
def test_an_unknown_name_is_refused_with_the_known_ones_before_any_check_runs(
    arguments, said, monkeypatch
):
    monkeypatch.setattr("spineseg.audit.judge_all", lambda: pytest.fail("it judges"))
    with pytest.raises(SpinesegError, match=said):
        call(*arguments)


def test_a_claim_of_another_paper_is_refused():
    with pytest.raises(SpinesegError, match="another paper"):
        call("cvmunet-baseline-count", "--paper", "mdwcnet")
