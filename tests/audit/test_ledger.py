"""The ledger: complete, strict, and every verdict proved today."""

from collections import Counter

import pytest
import yaml

from spineseg import SpinesegError
from spineseg.audit import Verdict, claims, judge, judge_all
from spineseg.audit.checks import CHECKS
from spineseg.audit.claim import claim_from
from spineseg.audit.ledger import CURRENT, STALE, UNPROVED, accepted
from spineseg.audit.source import Source, statements, table

JUDGED = {one.claim.id: one for one in judge_all()}
ENTRY = {
    "id": "cvmunet-x",
    "where": "Sec. 1",
    "kind": "dataset",
    "level": "core",
    "claim": "something",
    "checkable_by": "exact",
    "needs": "none",
}


def test_the_five_papers_make_540_claims():
    papers = Counter(claim.paper for claim in claims().values())
    assert papers == {
        "cvmunet": 148,
        "cervspinenet": 114,
        "wgan_ctm": 102,
        "inception_unet": 92,
        "mdwcnet": 84,
    }


def test_no_verdict_is_stale_or_unproved():
    assert [(k, one.state) for k, one in JUDGED.items() if one.state != CURRENT] == []


def test_the_list_of_verdicts_is_closed():
    assert [str(verdict) for verdict in Verdict] == [
        "holds",
        "holds within tolerance",
        "contradicted by the paper's own numbers",
        "depends on the definition",
        "trend seen on synthetic data",
        "trend not seen on synthetic data",
        "needs private data",
        "needs public data",
        "cannot be checked",
        "open",
    ]
    assert len({verdict.slug for verdict in Verdict}) == len(Verdict)


def test_a_verdict_is_computed_exactly_where_a_check_stands():
    for one in JUDGED.values():
        assert not one.verdict.computed or one.claim.id in CHECKS
        assert bool(one.fingerprint) == (one.claim.id in CHECKS)


def test_a_check_without_a_verdict_names_the_runs_that_it_waits_for():
    for name in CHECKS:
        if not JUDGED[name].verdict.computed:
            kinds = {key[0] for key in JUDGED[name].read or {}}
            assert kinds & {"records", "curves"}
            assert "waits for 3 seeds" in JUDGED[name].finding.evidence


def test_every_check_and_every_accepted_verdict_belongs_to_a_claim():
    assert set(CHECKS) <= set(claims())
    assert set(accepted()) == set(CHECKS)


def test_what_arithmetic_can_settle_is_checked_or_says_what_it_waits_for():
    by_arithmetic = [
        claim
        for claim in claims().values()
        if claim.nature.checkable_by in ("exact", "consistency")
    ]
    assert len(by_arithmetic) == 258
    for claim in by_arithmetic:
        reasons = [claim.remarks.get(k) for k in ("waits_for", "cannot")]
        known = [claim.id in CHECKS, *map(bool, reasons)]
        assert sum(known) == 1, claim.id


def test_the_tolerance_stands_beside_every_checked_claim():
    for name in CHECKS:
        assert claims()[name].rule
        assert claims()[name].tolerance() >= 0


@pytest.mark.parametrize("name", sorted(CHECKS))
def test_a_verdict_against_a_paper_names_its_assumption_and_a_fair_reading(name):
    one = JUDGED[name]
    assert one.finding.evidence
    if one.verdict in (Verdict.CONTRADICTED, Verdict.DEPENDS):
        assert one.finding.assumption
        assert one.finding.fair


def test_no_finding_calls_a_paper_wrong():
    for one in JUDGED.values():
        said = f"{one.finding.evidence} {one.finding.assumption} {one.finding.fair}"
        assert not {"wrong", "wrongly"} & set(said.lower().split()), one.claim.id


def test_evidence_that_changes_makes_a_verdict_stale_even_if_it_stays_the_same():
    name = "cvmunet-T3-hd-ours"
    key = ("cell", "cvmunet_table3", "UNet", "hd")
    found = judge(claims()[name], Source({key: "3.790"}))
    assert found.verdict == JUDGED[name].verdict
    assert found.state == STALE


def test_a_claim_whose_words_change_has_a_stale_verdict():
    entry = ENTRY | {"id": "cvmunet-data-total", "claim": "other words"}
    entry |= {"values": {"ap": "657", "lateral": "517", "total": "1174"}}
    found = judge(claim_from(entry, "cvmunet"))
    assert found.verdict == Verdict.HOLDS
    assert found.state == STALE


def test_a_claim_without_check_and_without_pointer_is_unproved():
    found = judge(claim_from(ENTRY, "cvmunet"))
    assert (found.verdict, found.state) == (Verdict.OPEN, UNPROVED)
    waiting = judge(claim_from(ENTRY | {"waits_for": "a network"}, "cvmunet"))
    assert waiting.state == CURRENT
    never = judge(claim_from(ENTRY | {"cannot": "Its formula is missing"}, "cvmunet"))
    assert (never.verdict, never.state) == (Verdict.CANNOT, CURRENT)
    assert never.finding.evidence == "Its formula is missing."


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"kind": "rumour"}, "kind"),
        ({"checkable_by": "magic"}, "checkable_by"),
        ({"status": "open"}, "status"),
        ({"id": "mdwcnet-x"}, "another paper"),
    ],
)
def test_an_entry_outside_the_schema_is_refused(change, said):
    with pytest.raises(SpinesegError, match=said):
        claim_from(ENTRY | change, "cvmunet")


@pytest.mark.parametrize("field", sorted(set(ENTRY) - {"id"}))
def test_an_entry_without_a_field_is_refused(field):
    with pytest.raises(SpinesegError, match=field):
        claim_from({k: v for k, v in ENTRY.items() if k != field}, "cvmunet")


def test_a_tolerance_that_nobody_can_read_is_refused():
    claim = claim_from(ENTRY | {"tolerance": "roughly"}, "cvmunet")
    with pytest.raises(SpinesegError, match="tolerance"):
        claim.tolerance()


def test_unknown_tables_cells_and_topics_are_refused():
    with pytest.raises(SpinesegError, match="no such table"):
        table("cvmunet_table99")
    with pytest.raises(SpinesegError, match="no such cell"):
        Source().cell("cvmunet_table3", "UNet", "beauty")
    with pytest.raises(SpinesegError, match="no statement"):
        Source().said("cvmunet", "the weather")


def test_numbers_keep_their_printed_digits():
    assert Source().cell("cvmunet_table5", "UNet", "dice_sd") == "0.000"
    assert claims()["cvmunet-T4-biou-ours"].values["mean"] == "0.8904"


@pytest.mark.shared
def test_the_ledger_has_the_claims_and_tables_of_the_papers_files(shared):
    source = yaml.safe_load((shared / "papers" / "claims.yaml").read_text())
    assert {entry["id"] for entry in source} == set(claims())
    for path in sorted((shared / "papers" / "tables").glob("*.csv")):
        kept = [dict(row) for row in table(path.stem).values()]
        lines = path.read_text().splitlines()
        assert len(kept) == len(lines) - 1
        assert list(kept[0]) == lines[0].split(",")


@pytest.mark.shared
def test_claims_and_statements_are_in_our_words(shared):
    for paper in sorted({claim.paper for claim in claims().values()}):
        text = (shared / "papers" / "text" / f"{paper}.txt").read_text()
        printed = _runs(text)
        ours = [claim.text for claim in claims().values() if claim.paper == paper]
        ours += [one["says"] for one in statements(paper)]
        for sentence in ours:
            common = _runs(sentence) & printed
            names = {run for run in common if _mostly_names(run)}
            assert not common - names, (paper, sentence)


def _runs(text: str, length: int = 8) -> set[tuple[str, ...]]:
    """Return all runs of words; numbers and symbols are no words."""
    words = "".join(c if c.isalpha() else " " for c in text.lower()).split()
    words = [word for word in words if len(word) > 1]
    return {tuple(words[i : i + length]) for i in range(len(words) - length + 1)}


def _mostly_names(run: tuple[str, ...]) -> bool:
    """Lists of networks, metrics and terms have few other words."""
    plain = {"the", "of", "is", "are", "was", "and", "to", "in", "for", "with", "that"}
    return sum(word in plain for word in run) < 2
