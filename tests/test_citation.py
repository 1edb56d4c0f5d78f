"""The pages and files that say how to cite agree with each other."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml

import spineseg

ROOT = Path(__file__).resolve().parent.parent
CFF = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
PAGE = (ROOT / "book/how-to-cite.md").read_text(encoding="utf-8")
REFERENCES = (ROOT / "book/references.bib").read_text(encoding="utf-8")
PAPERS = ("cvmunet", "cervspinenet", "mdwcnet", "inception_unet", "wgan_ctm")


def entry(text: str, key: str) -> dict[str, str]:
    """Fields of one BibTeX entry, white space collapsed."""
    body = re.search(rf"@\w+\{{{key},(.*?)\n\}}", text, re.DOTALL)
    assert body, f"no entry {key}"
    flat = re.sub(r"\s+", " ", body[1])
    return dict(re.findall(r"(\w+) = \{(.*?)\}(?=,? \w+ = |,? ?$)", flat.strip()))


def test_the_version_to_cite_is_the_version_of_the_package():
    assert str(CFF["version"]) == spineseg.__version__
    assert entry(PAGE, "spineseg")["version"] == spineseg.__version__


def test_the_address_to_cite_is_the_repository():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    url = project["urls"]["Repository"]
    assert CFF["repository-code"] == url
    assert url in entry(PAGE, "spineseg")["howpublished"]


@pytest.mark.parametrize("paper", PAPERS)
def test_a_paper_is_cited_alike_on_the_page_and_in_the_references(paper: str):
    fields = entry(PAGE, paper)
    assert {"author", "title", "journal", "year"} <= fields.keys()
    assert fields == entry(REFERENCES, paper)


def test_every_citation_of_a_chapter_has_a_reference():
    keys = set(re.findall(r"@\w+\{(\w+),", REFERENCES))
    for page in (ROOT / "book").rglob("*.md"):
        text = page.read_text(encoding="utf-8")
        cited = re.findall(r"\{cite(?::\w+)?\}`([^`]+)`", text)
        names = {name.strip() for group in cited for name in group.split(",")}
        assert names <= keys, page.name
