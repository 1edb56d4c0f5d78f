"""The Sphinx side of the chapters: figures, explorers, sources, the chapter strip.

Registered twice: as a ``myst_nb.mime_renderers`` entry point, which turns what
:mod:`spineseg.notebook` displays into nodes, and as a Sphinx extension in
``_config.yml``, which adds the strip under a chapter's title and tells the kernels
that no live front end will read their output.
"""

import base64
import hashlib
import html
import json
import math
import os
from pathlib import Path
from typing import Any, ClassVar

import nbformat
from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx

import spineseg
from spineseg.notebook.canvas import LIVE_MIME
from spineseg.notebook.figures import FIGURE_MIME
from spineseg.notebook.live import STATIC, STEPS_MIME
from spineseg.notebook.source import SOURCE_MIME

_HTML_BUILDERS = ("html", "dirhtml", "singlehtml")
_WORDS_PER_MINUTE = 200


class SpinesegMimeRenderer:
    """Renders the package's own MIME types; every other one is left to MyST-NB."""

    mime_priority_overrides: ClassVar[list[tuple[str, str, int]]] = [
        (builder, mime, 1)
        for builder in _HTML_BUILDERS
        for mime in (FIGURE_MIME, STEPS_MIME, LIVE_MIME, SOURCE_MIME)
    ]

    @staticmethod
    def handle_mime(renderer: Any, data: Any, inline: bool) -> list[Any] | None:
        """Return the nodes of an output, or None if it is none of ours."""
        if inline:
            return None
        if data.mime_type == FIGURE_MIME:
            return _figure_nodes(renderer, data.content)
        if data.mime_type == STEPS_MIME:
            return _steps_nodes(renderer, data.content)
        if data.mime_type == LIVE_MIME:
            return _live_nodes(renderer, data.content)
        if data.mime_type == SOURCE_MIME:
            return _source_nodes(renderer, data)
        return None


def _figure_nodes(renderer: Any, page: dict[str, Any]) -> list[nodes.Node]:
    wrapper = nodes.figure(classes=["spx-figure", f"spx-{page['width']}"])
    for theme in ("light", "dark"):
        image = nodes.image(
            uri=_write(renderer, page[theme]),
            alt=page["alt"],
            classes=[f"only-{theme}"],
            width=f"{page['width_px']}px",
        )
        wrapper += image
    return [_captioned(renderer, wrapper, page)]


def _steps_nodes(renderer: Any, page: dict[str, Any]) -> list[nodes.Node]:
    wrapper = nodes.figure(classes=["spx-figure", "spx-live"])
    frames = [f"data:image/webp;base64,{frame}" for frame in page["frames"]]
    spec = {"controls": page["controls"], "frames": frames, "alt": [page["alt"]]}
    start = frames[page["start"]]
    wrapper += nodes.raw(
        "",
        f'<div class="spx-steps" data-spec="{html.escape(json.dumps(spec))}">'
        f'<img src="{start}" alt="{html.escape(page["alt"])}"></div>',
        format="html",
    )
    return [_captioned(renderer, wrapper, page)]


def _live_nodes(renderer: Any, page: dict[str, Any]) -> list[nodes.Node]:
    wrapper = nodes.figure(classes=["spx-figure", "spx-live"])
    spec, alt = (
        html.escape(json.dumps(page["spec"] | {"alt": [page["alt"]]})),
        html.escape(page["alt"]),
    )
    wrapper += nodes.raw(
        "",
        f'<div class="spx-film" data-kind="{page["kind"]}" data-spec="{spec}">'
        f'<img class="spx-still" src="data:image/png;base64,{page["still"]}" '
        f'alt="{alt}"></div>',
        format="html",
    )
    return [_captioned(renderer, wrapper, page)]


def _captioned(
    renderer: Any, wrapper: nodes.figure, page: dict[str, Any]
) -> nodes.figure:
    document = renderer.renderer.document
    if page.get("caption"):
        wrapper += nodes.caption(page["caption"], page["caption"])
    if page.get("name"):
        wrapper["names"].append(nodes.fully_normalize_name(page["name"]))
        document.note_explicit_target(wrapper, wrapper)
    return wrapper


def _source_nodes(renderer: Any, data: Any) -> list[nodes.Node]:
    source = data.content["source"]
    block = renderer.renderer.create_highlighted_code_block(
        source, "python", source=renderer.source, line=data.line
    )
    label = nodes.inline(data.content["where"], data.content["where"])
    box = nodes.container(classes=["spx-source"])
    box += nodes.paragraph("", "", label, classes=["spx-source-where"])
    box += block
    return [box]


def _write(renderer: Any, encoded: str) -> str:
    content = base64.b64decode(encoded)
    name = hashlib.sha256(content).hexdigest()[:24] + ".webp"
    return renderer.write_file([name], content, overwrite=False, exists_ok=True)


def _add_strip(app: Sphinx, doctree: nodes.document) -> None:
    """Put minutes to read, seconds to run and needs under a chapter's title."""
    env = app.env
    needs = env.metadata[env.docname].get("spineseg")
    if needs is None:
        return
    # MyST stores nested front matter as JSON text
    front = json.loads(needs) if isinstance(needs, str) else needs
    words = sum(
        len(node.astext().split())
        for node in doctree.findall(nodes.paragraph)
        if not isinstance(node.parent, addnodes.glossary)
    )
    facts = [("to read", f"{max(1, math.ceil(words / _WORDS_PER_MINUTE))} min")]
    seconds = _measured_seconds(Path(env.doc2path(env.docname)))
    if seconds is not None:
        facts.append(("to run, smoke profile", f"{seconds:.0f} s"))
    if front.get("needs"):
        facts.append(("needs", front["needs"]))
    title = next(iter(doctree.findall(nodes.title)), None)
    if title is not None:
        spans = "".join(
            f"<span><b>{html.escape(value)}</b> {html.escape(what)}</span>"
            if what != "needs"
            else f"<span>Needs: {html.escape(value)}</span>"
            for what, value in facts
        )
        strip = nodes.raw("", f'<div class="spx-strip">{spans}</div>', format="html")
        title.parent.insert(title.parent.index(title) + 1, strip)


def _measured_seconds(source: Path) -> float | None:
    pair = source.with_suffix(".ipynb")
    if not pair.exists():
        return None
    notebook = nbformat.read(pair, as_version=4)
    return notebook.metadata.get("spineseg", {}).get("seconds")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx (called by Sphinx)."""
    os.environ[STATIC] = "1"
    app.connect("doctree-read", _add_strip)
    return {
        "version": spineseg.__version__,
        "parallel_read_safe": True,
        "parallel_write_safe": True,
    }
