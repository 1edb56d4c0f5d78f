"""What became of one paper's claims, on one page: counts, findings, what is missing.

The directive ``claims-of`` writes it from the ledger when the book is built. It opens
with a sentence of counts. Then come the claims that the paper's own numbers contradict
and those that a definition decides, each with evidence and the reading that speaks for
the paper; then the trends that our runs show or do not; then what was found to hold;
and last what the rest waits for.
"""

from collections import Counter
from collections.abc import Sequence

from docutils import nodes
from docutils.parsers.rst import Directive

from spineseg.audit import PAPERS, Judgement, Verdict
from spineseg.notebook.claims_sphinx import badge, judged
from spineseg.notebook.numbers import with_minus

_FINDINGS = (
    (
        (Verdict.CONTRADICTED,),
        "What the paper's own numbers contradict",
        "Each under the assumption that its row in the ledger names.",
    ),
    (
        (Verdict.DEPENDS,),
        "What depends on a definition",
        "One reading fits and another does not; the text leaves it open.",
    ),
    (
        (Verdict.TREND_SEEN, Verdict.TREND_NOT_SEEN),
        "What our own runs say on synthetic data",
        "Only the order of rows is judged, never the printed values.",
    ),
)
_GOOD = (Verdict.HOLDS, Verdict.WITHIN_TOLERANCE)
_WAITING = (Verdict.PRIVATE_DATA, Verdict.PUBLIC_DATA, Verdict.CANNOT, Verdict.OPEN)


class ClaimsOfDirective(Directive):
    """``claims-of`` and a paper's key: the summary of its claims."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return the summary; an unknown paper is an error of the build."""
        paper = self.arguments[0]
        if paper not in PAPERS:
            raise self.error(f"there is no paper {paper!r}")
        mine = [one for one in judged().values() if one.claim.paper == paper]
        found: list[nodes.Node] = [nodes.paragraph("", counted(mine))]
        for verdicts, head, remark in _FINDINGS:
            these = [one for one in mine if one.verdict in verdicts]
            if these:
                found += [nodes.rubric("", head), nodes.paragraph("", remark)]
                found.append(_list([_finding(one) for one in these]))
        good = [one for one in mine if one.verdict in _GOOD]
        found += [nodes.rubric("", "What holds"), _by_kind(good)]
        found += [nodes.rubric("", "What the rest waits for"), _needs(mine)]
        return found


def counted(mine: Sequence[Judgement]) -> str:
    """Return a sentence with the number of claims by verdict."""
    counts = Counter(one.verdict for one in mine)
    said = [f"{one} ({counts[one]})" for one in Verdict if counts[one]]
    proved = sum(number for one, number in counts.items() if one.computed)
    return f"{len(mine)} claims, {proved} of them judged by a check: {', '.join(said)}."


def _finding(one: Judgement) -> nodes.list_item:
    whole = nodes.paragraph("", "", badge(one, name=True), nodes.Text(" "))
    said = with_minus(one.finding.evidence)
    whole += [nodes.strong("", one.claim.text), nodes.Text(f" {said}")]
    if one.finding.fair:
        whole += nodes.Text(" ")
        whole += [nodes.emphasis("", "In fairness: "), nodes.Text(one.finding.fair)]
    return nodes.list_item("", whole)


def _by_kind(good: Sequence[Judgement]) -> nodes.Node:
    """Return a line for each kind of claim with the badges of those that hold."""
    kinds = sorted({one.claim.nature.kind for one in good})
    lines = []
    for kind in kinds:
        line = nodes.paragraph("", f"{kind}: ")
        for one in good:
            if one.claim.nature.kind == kind:
                line += [badge(one, name=True), nodes.Text(" ")]
        lines.append(nodes.list_item("", line))
    return _list(lines)


def _needs(mine: Sequence[Judgement]) -> nodes.Node:
    """Return what undecided claims wait for, the commonest need first."""
    counts = Counter(
        (one.verdict, _need(one)) for one in mine if one.verdict in _WAITING
    )
    return _list(
        [
            nodes.list_item("", nodes.paragraph("", f"{verdict} ({number}): {need}."))
            for (verdict, need), number in counts.most_common()
        ]
    )


def _need(one: Judgement) -> str:
    claim = one.claim
    said = claim.remarks.get("waits_for") or claim.remarks.get("cannot")
    if not said:
        said = claim.nature.needs
    return "the paper gives too little to check" if said == "none" else said


def _list(items: Sequence[nodes.list_item]) -> nodes.bullet_list:
    return nodes.bullet_list("", *items)
