"""Which claims a page goes into: one note in its margin, beside the take-aways.

Whatever the text shows by the role ``claim`` is listed once, by paper, with its
verdict; claims that have a note of their own on the page are left to that.
"""

from docutils import nodes
from sphinx.application import Sphinx

from spineseg.notebook.claims_sphinx import TITLES, ClaimBadge, badge, judged


def in_text(tree: nodes.document) -> dict[str, list[str]]:
    """Return the claims that the text of a page shows, by paper, each once."""
    noted = {
        mark["claim"]
        for note in tree.findall(nodes.sidebar)
        for mark in note.findall(ClaimBadge)
    }
    found: dict[str, list[str]] = {}
    for mark in tree.findall(ClaimBadge):
        name = mark["claim"]
        if mark.get("told") and name not in noted:
            mine = found.setdefault(judged()[name].claim.paper, [])
            if name not in mine:
                mine.append(name)
    return found


def margin_note(claims: dict[str, list[str]]) -> nodes.sidebar:
    """Return the note: a line for each paper with the badges of its claims."""
    note = nodes.sidebar(classes=["margin", "spx-claim"])
    note += nodes.title("", "Claims on this page")
    for paper, names in claims.items():
        line = nodes.paragraph("", f"{TITLES[paper]}: ", classes=["spx-badges"])
        for name in names:
            line += [badge(judged()[name], name=True), nodes.Text(" ")]
        note += line
    return note


def add_note(app: Sphinx, tree: nodes.document) -> None:
    """Put the note beside the take-aways of a page that shows claims.

    A page without take-aways has it in its last section. The margin at the top belongs
    to the contents of the page.
    """
    claims = in_text(tree)
    parts = list(tree.findall(nodes.section))
    if claims and parts:
        ends = [part for part in parts if "take-aways" in part["ids"]]
        (ends or parts)[0 if ends else -1].insert(1, margin_note(claims))
