import importlib.util
import json
import sys
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"
SPEC = {
    "controls": [{"name": "level", "label": "Level", "values": [1, 2], "default": 0}],
    "frames": ["data:image/webp;base64,AA==", "data:image/webp;base64,AB=="],
    "alt": ["A film that grows brighter."],
}
GOOD = f"""<!doctype html><html lang="en"><head>
<link rel="stylesheet" href="../_static/book.css">
<link rel="canonical" href="https://example.org/book/one.html">
<script src="../_static/live.js"></script></head>
<body><main><article>
<h1>One <a class="headerlink" href="#one">#</a></h1><p id="one">Text.</p>
<img src="../_static/film.png" alt="A film with a bright spine.">
<img src="../_static/film.png" alt="" role="presentation">
<div id="fig-level"
 data-spec="{json.dumps(SPEC).replace('"', "&quot;")}"></div>
<a href="two.html#here">Two</a> <a href="#fig-level:level=2">the second state</a>
<a href="https://example.org/elsewhere">outside</a>
<a href="mailto:someone@example.org">letter</a>
</article></main></body></html>"""
SECOND = (
    '<html><body><main><h1>Two</h1><a name="here"></a>'
    '<a href="../_static/film.png">film</a></main></body></html>'
)


def load(name):
    """Import a file of scripts/, which is no package."""
    spec = importlib.util.spec_from_file_location(name, SCRIPTS / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


check_site = load("check_site")


@pytest.fixture
def site(tmp_path):
    """A built book of two pages without a fault."""
    static = tmp_path / "_static"
    static.mkdir()
    (tmp_path / "book").mkdir()
    (tmp_path / "book" / "one.html").write_text(GOOD, encoding="utf-8")
    (tmp_path / "book" / "two.html").write_text(SECOND, encoding="utf-8")
    (tmp_path / "search.html").write_text("<main><h1>Search</h1></main>")
    (tmp_path / "index.html").write_text(
        '<meta http-equiv="Refresh" content="0; url=book/one.html">'
    )
    (tmp_path / "searchindex.js").write_text(
        'Search.setIndex({"alltitles": {}, "docnames": ["book/one", "book/two"]})'
    )
    (static / "book.css").write_text(
        "a{background:url(film.png)} b{background:url(data:image/png;base64,AA==)}"
    )
    (static / "live.js").write_text("// https://example.org is only told of here")
    (static / "film.png").write_bytes(b"")
    return tmp_path


def faults_with(site, old, new, page="book/one.html"):
    path = site / page
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    check_site.read_page.cache_clear()
    return check_site.site_faults(site)


def test_a_site_without_a_fault_passes(site, capsys):
    assert check_site.site_faults(site) == []
    assert check_site.main([str(site)]) == 0
    assert "no faults" in capsys.readouterr().out


PICTURE = '<img src="../_static/film.png" alt="A film with a bright spine.">'
TAIL = "</article>"
PLANTED = {
    "no alt": (
        PICTURE,
        '<img src="../_static/film.png">',
        "picture without an alternative text",
    ),
    "alt without a value": (
        PICTURE,
        '<img src="../_static/film.png" alt>',
        "picture without an alternative text",
    ),
    "empty alt": (
        PICTURE,
        '<img src="../_static/film.png" alt=" ">',
        "picture with an empty alternative text",
    ),
    "alt is the path": (
        PICTURE,
        '<img src="../_static/film.png" alt="../_static/film.png">',
        "alternative text is a file name",
    ),
    "alt is the file's name": (
        PICTURE,
        '<img src="../_static/film.png" alt="film.png">',
        "alternative text is a file name",
    ),
    "alt is the name of another file": (
        PICTURE,
        '<img src="../_static/film.png" alt="build/a1b2c3.webp">',
        "alternative text is a file name",
    ),
    "alt is a dot": (
        PICTURE,
        '<img src="../_static/film.png" alt=".">',
        "alternative text says nothing",
    ),
    "live figure without words": (
        "A film that grows brighter.",
        "",
        "live figure without an alternative text",
    ),
    "picture not there": (
        PICTURE,
        '<img src="../_static/gone.png" alt="A film.">',
        "file not there: ../_static/gone.png",
    ),
    "broken link": ('href="two.html#here"', 'href="three.html"', "broken link: three"),
    "broken anchor": ("two.html#here", "two.html#there", "broken anchor: two.html#th"),
    "broken anchor in the page": (
        "#fig-level:level=2",
        "#fig-window:level=2",
        "broken anchor: #fig-window",
    ),
    "script from a network": (
        "../_static/live.js",
        "https://example.org/live.js",
        "loads from a network: https://example.org/live.js",
    ),
    "script without a scheme": (
        "../_static/live.js",
        "//example.org/live.js",
        "loads from a network: //example.org/live.js",
    ),
    "style from a network": (
        "../_static/book.css",
        "https://example.org/book.css",
        "loads from a network: https://example.org/book.css",
    ),
    "preconnect": (
        'rel="canonical"',
        'rel="preconnect"',
        "loads from a network: https://example.org/book/one.html",
    ),
    "picture from a network": (
        'src="../_static/film.png" alt="A',
        'src="http://example.org/film.png" alt="A',
        "loads from a network: http://example.org/film.png",
    ),
    "picture set from a network": (
        PICTURE,
        '<img src="" srcset="https://example.org/2.png 2x" alt="A film.">',
        "loads from a network: https://example.org/2.png",
    ),
    "frame from a network": (
        TAIL,
        '<iframe src="https://example.org"></iframe></article>',
        "loads from a network: https://example.org",
    ),
    "font in a style element": (
        TAIL,
        "<style>@font-face{src:url('https://example.org/a.woff2')}</style></article>",
        "loads from a network: https://example.org/a.woff2",
    ),
    "import in a style element": (
        TAIL,
        '<style>@import "https://example.org/a.css";</style></article>',
        "loads from a network: https://example.org/a.css",
    ),
    "style attribute": (
        TAIL,
        '<p style="background:url(https://example.org/a.png)"></p></article>',
        "loads from a network: https://example.org/a.png",
    ),
    "address in a script": (
        TAIL,
        '<script>const URL = "https://example.org/lib/index.js"</script></article>',
        "loads from a network: https://example.org/lib/index.js",
    ),
    "id used twice": (TAIL, '<p id="one"></p></article>', "id used 2 times: one"),
    "no heading": ("<h1>One", "<h2>One", "no h1"),
    "heading without words": ("<h1>One ", '<h1><img src="" alt="">', "no h1"),
}


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_fault_in_a_page_is_found(site, name):
    old, new, told = PLANTED[name]
    faults = faults_with(site, old, new)
    assert any(told in fault for fault in faults), faults
    if name != "heading without words":  # whose picture lacks words too
        assert len(faults) == 1
    assert all(fault.startswith("book/one.html: ") for fault in faults)


def test_a_heading_outside_the_article_does_not_count(site):
    told = faults_with(site, "<main><h1>Two</h1>", "<h1>Two</h1>", "book/two.html")
    assert told == ["book/two.html: no h1 in the page's article"]


def test_a_redirect_to_nowhere_is_found(site):
    told = faults_with(site, "book/one.html", "book/none.html", "index.html")
    assert told == ["index.html: broken link: book/none.html"]


@pytest.mark.parametrize(
    ("style", "told"),
    [
        ("@import url(//example.org/a.css);", "loads from a network: //example.org/a"),
        ("a{src:url( 'https://example.org/a.woff2' )}", "loads from a network"),
        ("a{background:url(gone.png)}", "file not there: gone.png"),
    ],
)
def test_a_planted_fault_in_a_style_sheet_is_found(site, style, told):
    (site / "_static" / "book.css").write_text(style)
    faults = check_site.site_faults(site)
    assert len(faults) == 1
    assert faults[0].startswith("_static/book.css: " + told)


def test_a_missing_search_index_is_found(site):
    (site / "searchindex.js").unlink()
    assert check_site.site_faults(site) == ["searchindex.js: missing"]


def test_a_missing_search_page_is_found(site):
    (site / "search.html").unlink()
    assert check_site.site_faults(site) == ["search.html: missing"]


def test_a_search_index_that_is_none_is_found(site):
    (site / "searchindex.js").write_text("{}")
    assert check_site.site_faults(site) == ["searchindex.js: not an index"]


def test_a_page_that_search_does_not_know_is_found(site):
    (site / "searchindex.js").write_text('Search.setIndex({"docnames":["book/one"]})')
    told = "searchindex.js: does not know the page book/two"
    assert check_site.site_faults(site) == [told]


def test_every_fault_is_printed_and_the_exit_status_is_one(site, capsys):
    (site / "searchindex.js").unlink()
    faults_with(site, "<h1>", "<h2>", "book/two.html")
    assert check_site.main([str(site)]) == 1
    assert len(capsys.readouterr().out.splitlines()) == 2


def test_an_empty_folder_is_no_book(tmp_path):
    assert check_site.site_faults(tmp_path) == [f"{tmp_path.name}: no pages"]
