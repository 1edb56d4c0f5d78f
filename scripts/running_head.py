"""The line above a chapter's title: its part and its number.

A small Sphinx extension. Both come from ``_toc.yml``: the part is the caption under
which the page stands there, the number is the one in the side bar.
"""

import html
from typing import Any

from docutils import nodes
from sphinx import addnodes


def parts(env: Any) -> dict[str, str]:
    """The part of every page that stands in one, by page name."""
    found: dict[str, str] = {}
    root = env.config.root_doc
    for tree in env.get_doctree(root).findall(addnodes.toctree):
        caption = tree.get("caption")
        for _, page in tree["entries"]:
            if caption and page is not None:
                found[page] = caption
    return found


def number(env: Any, page: str) -> str:
    """The chapter's number as printed, or nothing for an unnumbered page."""
    numbers = env.toc_secnumbers.get(page, {}).get("", ())
    return ".".join(str(n) for n in numbers)


def head(part: str | None, chapter: str) -> str:
    """The line as HTML; empty when there is nothing to say."""
    pieces = [("part", part)] if part else []
    if chapter:
        pieces.append(("chapter", f"Chapter {chapter}"))
    spans = (
        f'<span class="spx-head-{kind}">{html.escape(text or "")}</span>'
        for kind, text in pieces
    )
    line = " ".join(spans)
    return f'<p class="spx-head">{line}</p>' if line else ""


def add_head(app: Any, tree: nodes.document, page: str) -> None:
    """Put the line above the title."""
    if app.builder.format != "html" or page == app.config.root_doc:
        return
    title = next(iter(tree.findall(nodes.title)), None)
    line = head(parts(app.env).get(page), number(app.env, page))
    if title is not None and line:
        index = title.parent.index(title)
        title.parent.insert(index, nodes.raw("", line, format="html"))


def setup(app: Any) -> dict[str, Any]:
    """What Sphinx calls when it loads this extension."""
    app.connect("doctree-resolved", add_head)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
