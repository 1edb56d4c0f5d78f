"""Claims in the book: a badge in a line, a note in the margin, the ledger page.

``{claim}`cvmunet-T6` `` shows a badge with the verdict that links to the evidence. The
directive of the same name puts claim, verdict and evidence into the margin of the page
that proves it; claims shown by the role alone are listed in one note at its end
(:mod:`spineseg.notebook.claims_margin`). ``claims-summary`` counts verdicts, for all
papers or for one; ``claims-ledger`` writes every claim. Nothing is typed: each verdict
is computed when the book is built, and a stale or unproved one stops the build.
"""

import html
from collections import Counter
from functools import cache
from typing import Any

from docutils import nodes
from docutils.parsers.rst import Directive
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.util.docutils import SphinxRole

import spineseg
from spineseg.audit import PAPERS, Judgement, Verdict, judge_all
from spineseg.notebook.numbers import with_minus

LEDGER = "book/synthesis/claims-ledger"
"""The page that the badges link to."""
TITLES = {
    "cvmunet": "Cvm-UNet",
    "cervspinenet": "CervSpineNet",
    "mdwcnet": "MDWC-Net",
    "inception_unet": "Inception U-Net",
    "wgan_ctm": "WGAN with CTM",
}


class ClaimBadge(nodes.Inline, nodes.TextElement):
    """A verdict: colour and symbol by its kind, the words beside them."""


@cache
def judged() -> dict[str, Judgement]:
    """Return every claim with its verdict, computed once for a build."""
    return {one.claim.id: one for one in judge_all()}


def anchor(claim: str) -> str:
    """Return the id of a claim's row on the ledger page."""
    return "claim-" + "".join(c if c.isalnum() else "-" for c in claim.lower())


def short(verdict: Verdict) -> str:
    """Return the verdict in at most four words."""
    return verdict.value.split(" by ")[0].split(" on synthetic")[0]


def badge(one: Judgement, *, name: bool, link: bool = True) -> ClaimBadge:
    """Return the badge of a claim, with its short name in front if asked for."""
    words = short(one.verdict)
    if name:
        words = f"{one.claim.id.partition('-')[2]}: {words}"
    return ClaimBadge(
        "",
        words,
        kind=one.verdict.badge,
        said=f"{one.claim.text} Verdict: {one.verdict}.",
        claim=one.claim.id if link else "",
    )


class ClaimRole(SphinxRole):
    """``{claim}`id` ``: the badge of one claim."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Return the badge, or an error that stops a strict build."""
        one = judged().get(self.text)
        if one is None:
            problem = self.inliner.reporter.error(
                f"there is no claim {self.text!r}", line=self.lineno
            )
            return [self.inliner.problematic(self.rawtext, self.rawtext, problem)], [
                problem
            ]
        mark = badge(one, name=True)
        mark["told"] = True  # for the note in the margin of the page
        return [mark], []


class ClaimDirective(Directive):
    """Claims that a page proves, in its margin: text, verdict, evidence."""

    required_arguments = 1
    final_argument_whitespace = True

    def run(self) -> list[nodes.Node]:
        """Return one margin note for each id."""
        notes: list[nodes.Node] = []
        for name in self.arguments[0].split():
            one = judged().get(name)
            if one is None:
                raise self.error(f"there is no claim {name!r}")
            note = nodes.sidebar(classes=["margin", "spx-claim"])
            note += nodes.paragraph("", "", badge(one, name=True))
            note += nodes.paragraph("", f"{TITLES[one.claim.paper]}: {one.claim.text}")
            note += _evidence(one)
            notes.append(note)
        return notes


class SummaryDirective(Directive):
    """Numbers of claims by verdict: every paper a column, or one paper."""

    optional_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return the table."""
        papers = tuple(self.arguments) or PAPERS
        unknown = set(papers) - set(PAPERS)
        if unknown:
            raise self.error(f"there is no paper {unknown.pop()!r}")
        counts = Counter((one.claim.paper, one.verdict) for one in judged().values())
        head = ["Verdict", *(TITLES[paper] for paper in papers)]
        rows = [
            [str(verdict), *(str(counts[paper, verdict]) for paper in papers)]
            for verdict in Verdict
        ]
        sums = [str(sum(counts[p, v] for v in Verdict)) for p in papers]
        rows.append(["all claims", *sums])
        if len(papers) > 1:
            head.append("All")
            rows = [[*row, str(sum(map(int, row[1:])))] for row in rows]
        cells: list[list[list[nodes.Node]]] = [
            [[nodes.paragraph("", text)] for text in row] for row in rows
        ]
        return [_table(head, cells, classes=["spx-claim-counts"])]


class LedgerDirective(Directive):
    """Every claim with verdict and evidence, and a filter above them."""

    def run(self) -> list[nodes.Node]:
        """Return the filter and the table."""
        everything = list(judged().values())
        rows = [[_claim_cell(one), _verdict_cell(one)] for one in everything]
        table = _table(["Claim", "Verdict and evidence"], rows, ["spx-ledger"])
        for row, one in zip(table.findall(nodes.row), [None, *everything], strict=True):
            if one is not None:
                row["ids"] = [anchor(one.claim.id)]
                row["classes"] = [
                    f"spx-of-{one.claim.paper}",
                    f"spx-is-{one.verdict.slug}",
                ]
        return [nodes.raw("", _filter(), format="html"), table]


def _claim_cell(one: Judgement) -> list[nodes.Node]:
    place = f"{TITLES[one.claim.paper]}, {one.claim.where}"
    return [
        nodes.paragraph("", "", nodes.literal("", one.claim.id)),
        nodes.paragraph("", one.claim.text),
        nodes.paragraph("", place, classes=["spx-where"]),
    ]


def _verdict_cell(one: Judgement) -> list[nodes.Node]:
    mark = nodes.paragraph("", "", badge(one, name=False, link=False))
    return [mark, *_evidence(one)]


def _evidence(one: Judgement) -> list[nodes.Node]:
    found, claim = one.finding, one.claim
    said = [("", with_minus(found.evidence)), ("Assumed: ", found.assumption)]
    said += [("In fairness: ", found.fair)]
    if claim.rule not in ("", "exact", "rounding"):
        said.append(("Tolerance: ", claim.rule))
    return [
        nodes.paragraph("", "", nodes.emphasis("", label), nodes.Text(text))
        if label
        else nodes.paragraph("", text)
        for label, text in said
        if text
    ]


def _table(
    head: list[str], rows: list[list[list[nodes.Node]]], classes: list[str]
) -> nodes.table:
    group = nodes.tgroup(cols=len(head))
    group += [nodes.colspec(colwidth=1) for _ in head]
    top, body = nodes.thead(), nodes.tbody()
    top += _row([[nodes.paragraph("", text)] for text in head])
    body += [_row(cells) for cells in rows]
    group += [top, body]
    table = nodes.table(classes=classes)
    table += group
    return table


def _row(cells: list[list[nodes.Node]]) -> nodes.row:
    row = nodes.row()
    for cell in cells:
        entry = nodes.entry()
        entry += cell
        row += entry
    return row


def _filter() -> str:
    """Return the controls; the script of the page shows them when it runs."""
    papers = [(paper, TITLES[paper]) for paper in PAPERS]
    verdicts = [(verdict.slug, str(verdict)) for verdict in Verdict]
    choices = "".join(
        f'<label>{label} <select name="{name}"><option value="">all</option>'
        + "".join(
            f'<option value="{value}">{html.escape(text)}</option>'
            for value, text in options
        )
        + "</select></label>"
        for label, name, options in (
            ("Paper", "paper", papers),
            ("Verdict", "verdict", verdicts),
        )
    )
    return (
        f'<form class="spx-filter" hidden>{choices}<label>Word <input name="word" '
        'type="search" autocomplete="off"></label><output></output></form>'
    )


def _visit_html(writer: Any, node: ClaimBadge) -> None:
    link = f' href="{html.escape(node["refuri"])}"' if node.get("refuri") else ""
    tag = "a" if link else "span"
    title = html.escape(node["said"])
    writer.body.append(
        f'<{tag} class="spx-badge" data-verdict="{node["kind"]}"{link} title="{title}">'
    )


def _depart_html(writer: Any, node: ClaimBadge) -> None:
    writer.body.append("</a>" if node.get("refuri") else "</span>")


def _pass(writer: Any, node: ClaimBadge) -> None:
    """Other formats show the words alone."""


def _resolve(app: Sphinx, tree: nodes.document, page: str) -> None:
    """Link the badges to the ledger, if the book has that page."""
    if LEDGER not in app.env.found_docs:
        return
    for node in tree.findall(ClaimBadge):
        if node["claim"]:
            uri = app.builder.get_relative_uri(page, LEDGER)
            node["refuri"] = f"{uri}#{anchor(node['claim'])}"


def _prove(app: Sphinx) -> None:
    """Stop the build if a verdict is stale or unproved."""
    broken = [f"{name} ({one.state})" for name, one in judged().items()
              if one.state != "current"]  # fmt: skip
    if broken:
        raise ExtensionError(
            f"claims without a proved verdict: {', '.join(broken)}; "
            "look at them, then run python -m spineseg.audit.accept"
        )


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx (called by Sphinx)."""
    # late: summary and note are made of the badges of this module
    from spineseg.notebook.claims_margin import add_note
    from spineseg.notebook.claims_summary import ClaimsOfDirective

    app.add_node(
        ClaimBadge,
        html=(_visit_html, _depart_html),
        latex=(_pass, _pass),
        text=(_pass, _pass),
        man=(_pass, _pass),
        texinfo=(_pass, _pass),
    )
    app.add_role("claim", ClaimRole())
    app.add_directive("claim", ClaimDirective)
    app.add_directive("claims-summary", SummaryDirective)
    app.add_directive("claims-ledger", LedgerDirective)
    app.add_directive("claims-of", ClaimsOfDirective)
    app.connect("builder-inited", _prove)
    app.connect("doctree-read", add_note)
    app.connect("doctree-resolved", _resolve)
    app.add_css_file("css/claims.css")
    app.add_js_file("js/claims.js", defer="defer")
    return {
        "version": spineseg.__version__,
        "parallel_read_safe": True,
        "parallel_write_safe": True,
    }
