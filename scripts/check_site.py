"""Check a built book: what a reader without a network, or without eyes, would miss.

    python scripts/check_site.py _build/html

Every fault is printed on a line of its own and the exit status is 1. Looked for:
pictures without an alternative text that says something, internal links and anchors
that lead nowhere, files that are not there, anything that a browser would fetch from
a network, pages without a heading, ids used twice, and a search index that is
missing or does not know a page. Links that a reader follows to the outside are left
alone.
"""

import argparse
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

_LOADED = {
    "audio": ("src",),
    "embed": ("src",),
    "iframe": ("src",),
    "image": ("href", "xlink:href"),
    "img": ("src",),
    "input": ("src",),
    "object": ("data",),
    "script": ("src",),
    "source": ("src",),
    "track": ("src",),
    "use": ("href", "xlink:href"),
    "video": ("src", "poster"),
}
"""Attributes whose address a browser fetches without being asked."""

_LOADED_RELATIONS = {
    "apple-touch-icon",
    "dns-prefetch",
    "icon",
    "manifest",
    "mask-icon",
    "modulepreload",
    "preconnect",
    "prefetch",
    "preload",
    "stylesheet",
}
_SHORTEST_ALT = 3
_THEIRS = {("search.html", "search-input")}
"""Ids that the theme itself writes twice."""

_CSS_ADDRESS = re.compile(r"""(?:url\(\s*["']?|@import\s+["'])([^"')\s;]+)""")
_SCRIPT_ADDRESS = re.compile(
    r"""["'`]((?:https?:)?//[^"'`\s]+\.(?:css|js|json|mjs|ttf|wasm|woff2?)\b[^"'`]*)"""
)


@dataclass
class Page:
    """What one HTML file holds, as far as the checks look at it."""

    ids: list[str] = field(default_factory=list)
    names: set[str] = field(default_factory=set)  # old anchors: <a name="...">
    links: list[str] = field(default_factory=list)
    loads: list[str] = field(default_factory=list)
    pictures: list[dict[str, str | None]] = field(default_factory=list)
    specs: list[str] = field(default_factory=list)
    refresh: str | None = None
    has_heading: bool = False


class _Reader(HTMLParser):
    """Fills a Page from the text of a file."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.page = Page()
        self._inside: str | None = None  # script or style
        self._article = 0
        self._heading = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        page = self.page
        if values.get("id"):
            page.ids.append(values["id"] or "")
        if tag == "a":
            page.names.add(values.get("name") or "")
            if values.get("href") is not None:
                page.links.append(values["href"] or "")
        elif tag == "img":
            page.pictures.append(values)
        elif tag == "meta" and (values.get("http-equiv") or "").lower() == "refresh":
            page.refresh = (values.get("content") or "").partition("url=")[2]
        elif tag == "link":
            relations = set((values.get("rel") or "").lower().split())
            if relations & _LOADED_RELATIONS:
                page.loads.append(values.get("href") or "")
        if tag in ("script", "style"):
            self._inside = tag
        self._article += tag in ("article", "main")
        self._heading = self._heading or (tag == "h1" and self._article > 0)
        self._note_loads(tag, values)

    def _note_loads(self, tag: str, values: dict[str, str | None]) -> None:
        loads = self.page.loads
        loads += [values[name] or "" for name in _LOADED.get(tag, ()) if name in values]
        for part in (values.get("srcset") or "").split(", "):
            if part.strip() and not part.strip().startswith("data:"):
                loads.append(part.split()[0])
        loads += _CSS_ADDRESS.findall(values.get("style") or "")
        if values.get("data-spec"):
            self.page.specs.append(values["data-spec"] or "")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style"):
            self._inside = None
        self._article -= tag in ("article", "main")
        self._heading = self._heading and tag != "h1"

    def handle_data(self, data: str) -> None:
        if self._inside == "style":
            self.page.loads += _CSS_ADDRESS.findall(data)
        elif self._inside == "script":
            self.page.loads += _SCRIPT_ADDRESS.findall(data)
        elif self._heading and any(c.isalnum() for c in data):
            self.page.has_heading = True  # more than the mark of a link


@cache
def read_page(path: Path) -> Page:
    """Parse one HTML file."""
    reader = _Reader()
    reader.feed(path.read_text(encoding="utf-8"))
    reader.close()
    return reader.page


def is_remote(address: str) -> bool:
    """Whether a browser would go to a network for this address."""
    parts = urlsplit(address.strip())
    return bool(parts.netloc) or parts.scheme in ("http", "https", "ftp", "ws", "wss")


def target(root: Path, source: Path, address: str) -> tuple[Path, str] | None:
    """The file and the anchor that an address means; None if it is not a file."""
    parts = urlsplit(address.strip())
    if is_remote(address) or parts.scheme:  # mailto:, data:, javascript:
        return None
    if not parts.path:
        return source, unquote(parts.fragment)
    start = root if parts.path.startswith("/") else source.parent
    place = (start / unquote(parts.path).lstrip("/")).resolve()
    return (place / "index.html" if place.is_dir() else place), unquote(parts.fragment)


def picture_faults(page: Page) -> Iterator[str]:
    """Pictures that say nothing to a reader who cannot see them."""
    for picture in page.pictures:
        source = (picture.get("src") or "")[:60]
        alt = picture.get("alt")
        if alt is None:
            yield f"picture without an alternative text: {source}"
        elif not alt.strip():
            if picture.get("role") not in ("presentation", "none"):
                yield f"picture with an empty alternative text: {source}"
        elif is_file_name(alt.strip(), picture.get("src") or ""):
            yield f"picture whose alternative text is a file name: {alt.strip()}"
        elif len(alt.strip()) < _SHORTEST_ALT:
            yield f"picture whose alternative text says nothing: {alt!r}"
    for spec in page.specs:
        texts = json.loads(spec).get("alt") or [""]
        if not all(str(text).strip() for text in texts):
            yield "live figure without an alternative text"


def is_file_name(alt: str, source: str) -> bool:
    """Whether a text only repeats the address of its picture."""
    path = PurePosixPath(unquote(urlsplit(source).path))
    if alt in (source, str(path), path.name, path.stem):
        return True
    return re.fullmatch(r"\S+\.(?:gif|jpe?g|png|svg|tiff?|webp)", alt) is not None


def link_faults(root: Path, source: Path, page: Page) -> Iterator[str]:
    """Internal links whose file or anchor is not there."""
    refresh = [page.refresh] if page.refresh else []
    for address in dict.fromkeys(page.links + refresh):
        meant = target(root, source, address)
        if meant is None:
            continue
        place, anchor = meant
        if not place.is_file():
            yield f"broken link: {address}"
        elif anchor and place.suffix == ".html":
            # figure:level=3 is the state of a live figure, see live.js
            aims = {anchor, anchor.partition(":")[0]}
            there = read_page(place)
            if not aims & (set(there.ids) | there.names):
                yield f"broken anchor: {address}"


def load_faults(root: Path, source: Path, addresses: list[str]) -> Iterator[str]:
    """What the browser would fetch from a network, or would not find."""
    for address in dict.fromkeys(addresses):
        if is_remote(address):
            yield f"loads from a network: {address}"
            continue
        meant = target(root, source, address)
        if meant is not None and not meant[0].is_file():
            yield f"file not there: {address}"


def page_faults(root: Path, path: Path) -> Iterator[str]:
    """All faults of one page."""
    page = read_page(path)
    yield from picture_faults(page)
    yield from link_faults(root, path, page)
    yield from load_faults(root, path, page.loads)
    if not page.has_heading and not page.refresh:
        yield "no h1 in the page's article"
    for name, times in Counter(page.ids).items():
        if times > 1 and (path.relative_to(root).as_posix(), name) not in _THEIRS:
            yield f"id used {times} times: {name}"


def style_faults(root: Path, path: Path) -> Iterator[str]:
    """Faults of one style sheet."""
    addresses = _CSS_ADDRESS.findall(path.read_text(encoding="utf-8"))
    plain = [a for a in addresses if not a.startswith(("data:", "#"))]
    yield from load_faults(root, path, plain)


def search_faults(root: Path, pages: list[Path]) -> Iterator[str]:
    """A search index that is missing or does not know all pages."""
    index = root / "searchindex.js"
    if not (root / "search.html").is_file():
        yield "search.html: missing"
    if not index.is_file():
        yield "searchindex.js: missing"
        return
    text = index.read_text(encoding="utf-8")
    known = re.search(r'[,{]\s*"?docnames"?:\s*(\[[^\]]*\])', text)
    if not text.startswith("Search.setIndex(") or known is None:
        yield "searchindex.js: not an index"
        return
    names = set(json.loads(known.group(1)))
    for page in pages:
        name = page.relative_to(root).with_suffix("").as_posix()
        generated = name in ("genindex", "search", "py-modindex")
        if not generated and name not in names and not read_page(page).refresh:
            yield f"searchindex.js: does not know the page {name}"


def site_faults(root: Path) -> list[str]:
    """All faults of a built book, each with the file that it is in."""
    root = root.resolve()
    pages = [
        path
        for path in sorted(root.rglob("*.html"))
        if "_static" not in path.relative_to(root).parts
    ]
    if not pages:
        return [f"{root.name}: no pages"]
    faults = [
        f"{path.relative_to(root)}: {fault}"
        for path in pages
        for fault in page_faults(root, path)
    ]
    faults += [
        f"{path.relative_to(root)}: {fault}"
        for path in sorted(root.rglob("*.css"))
        for fault in style_faults(root, path)
    ]
    return faults + list(search_faults(root, pages))


def main(arguments: list[str] | None = None) -> int:
    """Command line: prints the faults, returns 1 if there are any."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path, help="the built HTML")
    folder = parser.parse_args(arguments).folder
    faults = site_faults(folder)
    print("\n".join(faults) or f"{folder}: no faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
