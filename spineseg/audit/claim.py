"""One entry of the ledger, read strictly."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from spineseg.core.errors import SpinesegError

PAPERS = ("cvmunet", "cervspinenet", "mdwcnet", "inception_unet", "wgan_ctm")
KINDS = {
    "architecture",
    "dataset",
    "efficiency",
    "equation",
    "figure",
    "hyperparameter",
    "metric-value",
    "preprocessing",
    "qualitative",
    "statistic",
}
WAYS = {
    "exact",
    "consistency",
    "synthetic",
    "public-data",
    "private-data",
    "not-checkable",
}
_REQUIRED = {"id", "where", "kind", "level", "claim", "checkable_by", "needs"}
_REMARKS = ("waits_for", "cannot", "note")
_OPTIONAL = {"values", "derived", "tolerance", *_REMARKS}


@dataclass(frozen=True)
class Nature:
    """What sort of claim it is and what a check of it takes.

    Args:
        kind: one of :data:`KINDS`.
        level: ``row`` restates one row of a table, ``core`` is everything else.
        checkable_by: one of :data:`WAYS`.
        needs: what a check takes, in words.
    """

    kind: str
    level: str
    checkable_by: str
    needs: str


@dataclass(frozen=True)
class Claim:
    """A statement of a paper in our words.

    Args:
        id: the paper's key, a hyphen, a short name.
        paper: the paper's key.
        where: section, table or figure.
        text: the claim.
        nature: sort and needs.
        values: its numbers by name, each the **printed** text (digits matter).
        rule: how near is near enough, written before the check ran.
        remarks: ``waits_for`` (what will decide an open claim), ``cannot`` (why nothing
            will), ``note``.
    """

    id: str
    paper: str
    where: str
    text: str
    nature: Nature
    values: Mapping[str, Any] = field(default_factory=dict)
    rule: str = ""
    remarks: Mapping[str, str] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """Return what a change of which makes a verdict stale."""
        return {
            "id": self.id,
            "claim": self.text,
            "values": dict(self.values),
            "tolerance": self.rule,
        }

    def tolerance(self) -> float:
        """Return the absolute tolerance that stands before the rule's colon.

        ``"rounding"`` and ``"exact"`` are zero: the rounding of printed digits is
        always carried by the ranges themselves.
        """
        head = self.rule.partition(":")[0].strip()
        if head in ("", "rounding", "exact"):
            return 0.0
        try:
            return float(head)
        except ValueError:
            raise SpinesegError(
                f"claim {self.id} has no readable tolerance",
                found=self.rule,
                expected="exact, rounding, or a number and a colon",
            ) from None


def claim_from(entry: Mapping[str, Any], paper: str) -> Claim:
    """Build a claim from an entry of the ledger.

    Raises:
        SpinesegError: if a field is missing, unknown or outside its list.
    """
    _check_fields(entry, paper)
    return Claim(
        id=entry["id"],
        paper=paper,
        where=entry["where"],
        text=entry["claim"],
        nature=Nature(
            entry["kind"], entry["level"], entry["checkable_by"], entry["needs"]
        ),
        values=entry.get("values", {}),
        rule=entry.get("tolerance", ""),
        remarks={k: entry[k] for k in _REMARKS if k in entry},
    )


def _check_fields(entry: Mapping[str, Any], paper: str) -> None:
    name = entry.get("id", "an entry without id")
    missing = _REQUIRED - set(entry)
    unknown = set(entry) - _REQUIRED - _OPTIONAL
    wrong = [
        key
        for key, allowed in (
            ("kind", KINDS),
            ("level", {"core", "row"}),
            ("checkable_by", WAYS),
        )
        if key in entry and entry[key] not in allowed
    ]
    if missing or unknown or wrong:
        raise SpinesegError(
            f"claim {name} does not follow the schema",
            found=f"missing {sorted(missing)}, unknown {sorted(unknown)}, "
            f"outside its list {wrong}",
        )
    if not str(name).startswith(f"{paper}-"):
        raise SpinesegError(
            "a claim stands in another paper's file", found=name, expected=f"{paper}-"
        )
