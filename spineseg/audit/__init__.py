"""The ledger of the five papers' claims, and the checks that judge them."""

from spineseg.audit.claim import PAPERS, Claim
from spineseg.audit.ledger import Judgement, claims, judge, judge_all
from spineseg.audit.verdict import Finding, Verdict

__all__ = [
    "PAPERS",
    "Claim",
    "Finding",
    "Judgement",
    "Verdict",
    "claims",
    "judge",
    "judge_all",
]
