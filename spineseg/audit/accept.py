"""Accept today's verdicts: ``python -m spineseg.audit.accept``.

Every check is run; what its outcome or its evidence has changed is printed, claim by
claim, and written to the accepted verdicts of this copy of the package. Read the list
before you commit it: a verdict that nobody has looked at proves nothing.
"""

import os
from importlib.resources import files
from pathlib import Path

from spineseg.audit.claim import PAPERS
from spineseg.audit.ledger import CURRENT, Judgement, judge_all

_HEAD = "# Verdicts as accepted, each with the fingerprint of its evidence.\n"


def accept() -> list[str]:
    """Write the accepted verdicts and return a line for each that has changed."""
    judged = [one for one in judge_all() if one.fingerprint]
    for paper in PAPERS:
        _write(paper, [one for one in judged if one.claim.paper == paper])
    return [
        f"{one.state:9} {one.claim.id}: {one.verdict}. {one.finding.evidence}"
        for one in judged
        if one.state != CURRENT
    ]


def _write(paper: str, judged: list[Judgement]) -> None:
    path = Path(str(files("spineseg.audit") / "data" / "verdicts" / f"{paper}.yaml"))
    lines = [
        f"{one.claim.id}:\n  verdict: {one.verdict}\n  fingerprint: {one.fingerprint}\n"
        for one in judged
    ]
    beside = path.with_suffix(".part")
    beside.write_text(_HEAD + "".join(lines), encoding="utf-8")
    os.replace(beside, path)


if __name__ == "__main__":
    changed = accept()
    print("\n".join(changed))
    print(f"{len(changed)} verdicts accepted anew")
