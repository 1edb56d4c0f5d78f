"""Take ids off a page that sphinx-exercise gives to every exercise alike.

A small Sphinx extension. An id that stands twice makes a page invalid and leads a
screen reader astray; nothing refers to these two.
"""

from typing import Any

from docutils import nodes

REPEATED = {"exercise-content", "solution-content"}


def drop_repeated(app: Any, tree: nodes.document, page: str) -> None:
    """Remove the repeated ids from the sections that carry them."""
    for section in tree.findall(nodes.section):
        section["ids"] = [name for name in section["ids"] if name not in REPEATED]


def setup(app: Any) -> dict[str, Any]:
    """What Sphinx calls when it loads this extension."""
    app.connect("doctree-resolved", drop_repeated)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
