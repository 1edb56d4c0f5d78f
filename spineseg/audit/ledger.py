"""The ledger: all claims, the checks that judge them, the verdicts once accepted.

A verdict is *current* when the check gives it today from the same evidence as on the
day when it was accepted, *stale* when claim, evidence or outcome have changed since,
and *unproved* when a claim that arithmetic can settle has neither a check nor a
statement of what it waits for, or a check whose outcome nobody has accepted.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from spineseg.audit.case import Case
from spineseg.audit.checks import CHECKS
from spineseg.audit.claim import PAPERS, Claim, claim_from
from spineseg.audit.source import Key, Source
from spineseg.audit.verdict import Finding, Verdict, undecided
from spineseg.core.errors import SpinesegError

CURRENT, STALE, UNPROVED = "current", "stale", "unproved"


@dataclass(frozen=True)
class Judgement:
    """A claim with what is known of it today.

    Args:
        claim: the claim.
        finding: verdict and evidence.
        state: :data:`CURRENT`, :data:`STALE` or :data:`UNPROVED`.
        fingerprint: of claim, evidence and outcome; empty without a check.
        read: what the check read, as printed.
    """

    claim: Claim
    finding: Finding
    state: str
    fingerprint: str = ""
    read: Mapping[Key, str] | None = None

    @property
    def verdict(self) -> Verdict:
        """The verdict."""
        return self.finding.verdict

    def as_dict(self) -> dict[str, Any]:
        """Return what the command line prints as JSON."""
        return {
            "id": self.claim.id,
            "paper": self.claim.paper,
            "where": self.claim.where,
            **asdict(self.claim.nature),
            "claim": self.claim.text,
            "verdict": str(self.verdict),
            "state": self.state,
            "evidence": self.finding.evidence,
            "assumption": self.finding.assumption,
            "fair_alternative": self.finding.fair,
            "tolerance": self.claim.rule,
            "values": dict(self.claim.values),
            "remarks": dict(self.claim.remarks),
            "read": [[*key, text] for key, text in (self.read or {}).items()],
            "fingerprint": self.fingerprint,
        }


@cache
def claims() -> dict[str, Claim]:
    """Return all claims by id, paper after paper.

    Raises:
        SpinesegError: if an entry breaks the schema or an id occurs twice.
    """
    found: dict[str, Claim] = {}
    for paper in PAPERS:
        for entry in _read_yaml("claims", paper) or []:
            claim = claim_from(entry, paper)
            if claim.id in found:
                raise SpinesegError("two claims have one id", found=claim.id)
            found[claim.id] = claim
    return found


@cache
def accepted() -> dict[str, dict[str, str]]:
    """Return the accepted verdicts with their fingerprints, by claim."""
    return {
        name: entry
        for paper in PAPERS
        for name, entry in (_read_yaml("verdicts", paper) or {}).items()
    }


def judge(claim: Claim, source: Source | None = None) -> Judgement:
    """Run a claim's check, if it has one, and compare with what was accepted."""
    check = CHECKS.get(claim.id)
    if check is None:
        return _unchecked(claim)
    case = Case(claim, claims(), source or Source())
    finding = check(case)
    mark = fingerprint(claim, finding, case.read)
    known = accepted().get(claim.id)
    if known is None:
        state = UNPROVED
    elif known == {"verdict": str(finding.verdict), "fingerprint": mark}:
        state = CURRENT
    else:
        state = STALE
    return Judgement(claim, finding, state, mark, case.read)


def judge_all() -> list[Judgement]:
    """Judge every claim of the ledger, in its order."""
    return [judge(claim) for claim in claims().values()]


def fingerprint(claim: Claim, finding: Finding, read: Mapping[Key, str]) -> str:
    """Return a short hash of a claim, what its check read and what it found."""
    whole = {
        "claim": claim.as_dict(),
        "read": sorted([list(key), text] for key, text in read.items()),
        "finding": [
            str(finding.verdict),
            finding.evidence,
            finding.assumption,
            finding.fair,
        ],
    }
    encoded = json.dumps(whole, sort_keys=True, ensure_ascii=False).encode()
    return hashlib.sha256(encoded).hexdigest()[:16]


def _unchecked(claim: Claim) -> Judgement:
    way = claim.nature.checkable_by
    waits = claim.remarks.get("waits_for", "")
    cannot = claim.remarks.get("cannot", "")
    verdict = Verdict.CANNOT if cannot else undecided(way)
    text = waits if waits and verdict == Verdict.OPEN else claim.nature.needs
    proved = bool(waits or cannot) or way not in ("exact", "consistency")
    note = claim.remarks.get("note", "")
    evidence = "" if text == "none" else f"Waits for: {text}."
    evidence = f"{cannot}." if cannot else evidence
    finding = Finding(verdict, " ".join(part for part in (evidence, note) if part))
    return Judgement(claim, finding, CURRENT if proved else UNPROVED)


def _read_yaml(folder: str, paper: str) -> Any:
    path = files("spineseg.audit") / "data" / folder / f"{paper}.yaml"
    # every scalar stays the printed text: 0.50 is not 0.5
    return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
