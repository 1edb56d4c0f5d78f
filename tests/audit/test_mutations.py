"""No check is vacuous: another printed number, another verdict."""

import pytest
from cures import CURES
from mutate import noticed

from spineseg.audit import judge, judge_all
from spineseg.audit.ledger import claims
from spineseg.audit.source import Source
from spineseg.audit.verdict import Verdict

JUDGED = {one.claim.id: one for one in judge_all() if one.fingerprint}
TRENDS = {
    name
    for name, one in JUDGED.items()
    if any(k[0] in ("records", "curves") for k in one.read or {})
}
"""Decided by our runs: ``test_trends`` and ``test_curves`` show that others change
them."""
CHECKED = {name: one for name, one in JUDGED.items() if name not in TRENDS}
BY_NATURE = {"wgan_ctm-eq5"}
"""A property of two functions, whatever number is printed."""


@pytest.mark.parametrize("name", sorted(set(CHECKED) - set(CURES) - BY_NATURE))
def test_one_changed_number_changes_the_verdict(name):
    assert noticed(CHECKED[name])


@pytest.mark.parametrize("name", sorted(CURES))
def test_the_numbers_that_decide_together_change_the_verdict(name):
    changed = judge(claims()[name], Source(CURES[name]))
    assert changed.verdict != CHECKED[name].verdict
    assert set(CURES[name]) <= set(changed.read or {}), "a change that is never read"


def test_a_p_value_on_both_sides_of_its_limit_depends_on_the_rounding():
    cure = dict(CURES["wgan_ctm-abl-ttest"])
    claim = claims()["wgan_ctm-abl-ttest"]
    assert judge(claim, Source(cure)).verdict == Verdict.HOLDS
    del cure["cell", "wgan_ctm_table5", "U-Net + CTM", "hd_mm_arch_mean"]
    assert judge(claim, Source(cure)).verdict == Verdict.DEPENDS


def test_nearly_every_check_can_be_shown_to_notice():
    assert len(BY_NATURE) / len(CHECKED) < 0.01


@pytest.mark.parametrize("name", sorted(JUDGED))
def test_every_check_reads_something(name):
    assert JUDGED[name].read
