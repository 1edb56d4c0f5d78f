"""Labels of figures and exercises are names of the whole book, not of one chapter."""

import re
from collections import Counter
from pathlib import Path

BOOK = Path(__file__).resolve().parent.parent / "book"
LABEL = re.compile(r'\bname="(fig-[\w-]+)"|^:label: ([\w-]+)$|^\(([\w-]+)\)=$', re.M)


def labels(text: str) -> list[str]:
    return ["".join(found) for found in LABEL.findall(text)]


def test_a_label_is_found_in_each_of_its_forms():
    text = 'figure(fig, name="fig-one")\n:label: ex-two\n(three)=\n:name: four\n'
    assert labels(text) == ["fig-one", "ex-two", "three"]


def test_no_label_is_given_twice():
    found = Counter(
        label for page in BOOK.rglob("*.md") for label in labels(page.read_text())
    )
    assert len(found) > 100
    assert [label for label, times in found.items() if times > 1] == []
