"""The closed list of verdicts, and what a check hands back."""

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """What can be said of a claim; every value is the wording that readers see."""

    HOLDS = "holds"
    WITHIN_TOLERANCE = "holds within tolerance"
    CONTRADICTED = "contradicted by the paper's own numbers"
    DEPENDS = "depends on the definition"
    TREND_SEEN = "trend seen on synthetic data"
    TREND_NOT_SEEN = "trend not seen on synthetic data"
    PRIVATE_DATA = "needs private data"
    PUBLIC_DATA = "needs public data"
    CANNOT = "cannot be checked"
    OPEN = "open"

    @property
    def computed(self) -> bool:
        """Whether only a check may give it (the last four need none)."""
        return self not in _WITHOUT_CHECK

    @property
    def badge(self) -> str:
        """The kind of badge: ``holds``, ``partly``, ``fails`` or ``open``."""
        return _BADGES.get(self, "open")

    @property
    def slug(self) -> str:
        """The name on the command line: ``contradicted``, ``needs-private-data``."""
        first = self.value.split(" by ")[0].split(" on ")[0]
        return first.replace(" ", "-")


_WITHOUT_CHECK = {
    Verdict.PRIVATE_DATA,
    Verdict.PUBLIC_DATA,
    Verdict.CANNOT,
    Verdict.OPEN,
}
_BY_WAY = {
    "private-data": Verdict.PRIVATE_DATA,
    "public-data": Verdict.PUBLIC_DATA,
    "not-checkable": Verdict.CANNOT,
}


def undecided(way: str) -> Verdict:
    """Return the verdict of a claim without evidence, by how it could be checked."""
    return _BY_WAY.get(way, Verdict.OPEN)


_BADGES = {
    Verdict.HOLDS: "holds",
    Verdict.TREND_SEEN: "holds",
    Verdict.WITHIN_TOLERANCE: "partly",
    Verdict.DEPENDS: "partly",
    Verdict.CONTRADICTED: "fails",
    Verdict.TREND_NOT_SEEN: "fails",
}


@dataclass(frozen=True)
class Finding:
    """The outcome of one check.

    Args:
        verdict: from the closed list.
        evidence: the numbers, in one or two sentences.
        assumption: under which the verdict stands ("inconsistent under ...").
        fair: the reading that speaks for the paper, where there is one.
    """

    verdict: Verdict
    evidence: str
    assumption: str = ""
    fair: str = ""


def all_of(verdicts: list[Verdict]) -> Verdict:
    """Return the verdict of a claim whose parts have these: the weakest decides."""
    order = (Verdict.CONTRADICTED, Verdict.DEPENDS, Verdict.WITHIN_TOLERANCE)
    return next((one for one in order if one in verdicts), Verdict.HOLDS)
