"""Claims on a page: badge, margin note, counts, ledger, and a build that stops."""

import io
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

from spineseg.audit import Verdict, claims, judge_all
from spineseg.notebook import claims_sphinx

ROOT = Path(__file__).resolve().parents[2]
PAGES = {
    "index": """# Start

```{toctree}
chapter
mention
summary
book/synthesis/claims-ledger
```
""",
    "chapter": """# A chapter

The gradient {claim}`cervspinenet-eq12` of the term.

```{claim} cervspinenet-eq12 cvmunet-data-total
```

```{claims-summary} mdwcnet
```
""",
    "mention": "# Two claims\n\n## Body\n\nOne {claim}`cervspinenet-eq12`, one\n"
    "{claim}`cvmunet-data-total`, the first {claim}`cervspinenet-eq12` again.\n\n"
    "## Take-aways\n\n- Two.\n\n## Exercises\n\nNone.\n",
    "summary": "# Summary\n\n```{claims-of} inception_unet\n```\n",
    "book/synthesis/claims-ledger": "# Ledger\n\n```{claims-summary}\n```\n\n"
    "```{claims-ledger}\n```\n",
}


def build(folder: Path, pages: dict[str, str]) -> tuple[Path, str]:
    """Build pages with Sphinx; return the folder of the HTML and the warnings."""
    for name, text in pages.items():
        path = folder / "src" / f"{name}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    extensions = ["myst_parser", "spineseg.notebook.claims_sphinx"]
    said = io.StringIO()
    app = Sphinx(
        folder / "src",
        None,
        folder / "html",
        folder / "trees",
        "html",
        confoverrides={"extensions": extensions, "html_theme": "basic"},
        status=None,
        warning=said,
    )
    app.build()
    return folder / "html", said.getvalue()


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    out, said = build(tmp_path_factory.mktemp("book"), PAGES)
    assert said == ""
    return {
        name: BeautifulSoup((out / f"{name}.html").read_text(), "html.parser")
        for name in PAGES
    }


def test_a_badge_says_the_verdict_and_leads_to_its_row(book):
    mark = book["chapter"].select_one("p > a.spx-badge")
    assert mark.text == "eq12: contradicted"
    assert mark["data-verdict"] == "fails"
    page, _, name = mark["href"].partition("#")
    assert page == "book/synthesis/claims-ledger.html"
    row = book["book/synthesis/claims-ledger"].find(id=name)
    assert "cervspinenet-eq12" in row.text


def test_the_margin_holds_claim_evidence_assumption_and_fair_reading(book):
    first, second = book["chapter"].select("aside.margin.spx-claim")
    assert "largest gradient is 0" in first.text
    assert "Assumed:" in first.text
    assert "In fairness:" in first.text
    assert "657 + 517 = 1174" in second.text


def test_a_page_lists_the_claims_of_its_text_once_in_the_margin(book):
    (note,) = book["mention"].select("aside.margin.spx-claim")
    assert note.find_previous_sibling().text.startswith("Take-aways")
    assert [line.text.partition(":")[0] for line in note.select("p")[1:]] == [
        "CervSpineNet",
        "Cvm-UNet",
    ]
    marks = note.select("a.spx-badge")
    assert [mark["href"].partition("#")[2] for mark in marks] == [
        "claim-cervspinenet-eq12",
        "claim-cvmunet-data-total",
    ]
    # what has a note of its own needs no second one
    assert "Claims on this page" not in book["chapter"].text
    assert not book["summary"].select("aside.margin")


def test_the_counts_add_up_to_all_claims(book):
    table = book["book/synthesis/claims-ledger"].select_one("table.spx-claim-counts")
    rows = [[cell.text for cell in row.select("td")] for row in table.select("tr")[1:]]
    named = [row[0].replace("\N{RIGHT SINGLE QUOTATION MARK}", "'") for row in rows]
    assert named == [*map(str, Verdict), "all claims"]
    sums = [sum(int(row[i]) for row in rows[:-1]) for i in range(1, 7)]
    assert [int(text) for text in rows[-1][1:]] == sums
    assert sums[-1] == 540


def test_the_summary_of_a_paper_names_every_claim_once_or_counts_it(book):
    page = book["summary"].select_one("div.body")
    mine = [one for one in judge_all() if one.claim.paper == "inception_unet"]
    shown = [mark.text.partition(":")[0] for mark in page.select(".spx-badge")]
    told = [one.claim.id.partition("-")[2] for one in mine if one.verdict.computed]
    assert sorted(shown) == sorted(told)
    waiting = page.select("ul")[-1].select("li")
    counts = [int(re.findall(r"\((\d+)\):", line.text)[0]) for line in waiting]
    assert sum(counts) == len(mine) - len(told)
    assert f"{len(mine)} claims, {len(told)} of them judged" in page.text


def test_a_finding_stands_with_its_evidence_and_its_fair_reading(book):
    page = book["summary"].select_one("div.body")
    contradicted = page.select("ul")[0].select("li")
    assert contradicted
    assert all("In fairness:" in line.text for line in contradicted)
    assert all(line.select_one("a.spx-badge") for line in contradicted)


def test_an_unknown_paper_has_no_summary(tmp_path):
    said = build(tmp_path, {"index": "# P\n\n```{claims-of} nature\n```\n"})[1]
    assert "there is no paper 'nature'" in said


def test_the_ledger_has_a_row_for_every_claim_that_the_filter_can_tell(book):
    ledger = book["book/synthesis/claims-ledger"]
    rows = ledger.select("table.spx-ledger tbody tr")
    assert [row.code.text for row in rows] == list(claims())
    offered = {
        name: {
            option["value"] for option in ledger.select(f"select[name={name}] option")
        }
        for name in ("paper", "verdict")
    }
    for row in rows:
        of, kind = (name for name in row["class"] if name.startswith("spx-"))
        assert of.removeprefix("spx-of-") in offered["paper"]
        assert kind.removeprefix("spx-is-") in offered["verdict"]
    assert len({row["id"] for row in rows}) == len(rows)


def test_every_control_of_the_filter_has_a_label(book):
    form = book["book/synthesis/claims-ledger"].select_one("form.spx-filter")
    assert form.has_attr("hidden"), "without its script the filter must not show"
    assert all(field.find_parent("label") for field in form.select("select, input"))


def test_an_unknown_claim_is_an_error_of_the_build(tmp_path):
    page = "# P\n\n{claim}`cvmunet-nothing`\n\n```{claim} cvmunet-nothing\n```\n"
    said = build(tmp_path, {"index": page})[1]
    assert said.count("there is no claim 'cvmunet-nothing'") == 2


def test_a_stale_verdict_stops_the_build(tmp_path, monkeypatch):
    one = claims_sphinx.judged()["cvmunet-data-total"]
    broken = {"cvmunet-data-total": replace(one, state="stale")}
    monkeypatch.setattr(claims_sphinx, "judged", lambda: broken)
    with pytest.raises(ExtensionError, match="cvmunet-data-total"):
        build(tmp_path, {"index": "# P\n"})


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
def test_the_script_of_the_filter_can_be_parsed():
    script = ROOT / "book" / "_static" / "js" / "claims.js"
    subprocess.run(["node", "--check", script], check=True)
