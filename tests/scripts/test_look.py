"""The colours of the pages: enough contrast in both themes, agreeing with figures."""

import re
from pathlib import Path

import pytest
import yaml

from spineseg.notebook import style
from spineseg.notebook.legible import LEAST, contrast

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "book" / "_static"
LETTERS = ("ink", "muted", "link", "accent", "blue", "green", "amber", "red", "purple")
GROUNDS = ("paper", "sheet")


def inks(theme):
    """The theme's colours as they stand in book.css."""
    css = (STATIC / "css" / "book.css").read_text(encoding="utf-8")
    start = css.index(f'html[data-theme="{theme}"] {{')
    block = css[start : css.index("}", start)]
    return dict(re.findall(r"--spx-(\w+): (#[0-9a-f]{6});", block))


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("letters", LETTERS)
def test_letters_have_the_contrast_of_level_aa(theme, ground, letters):
    colours = inks(theme)
    assert contrast(colours[letters], colours[ground]) >= LEAST


def test_pages_and_figures_share_their_inks():
    light, dark = inks("light"), inks("dark")
    assert {"light": light["paper"], "dark": dark["paper"]} == style.PAGES
    assert (light["ink"], light["muted"]) == (style.INK, style.MUTED)
    assert (dark["ink"], dark["muted"]) == (
        style._DARK[style.INK],
        style._DARK[style.MUTED],
    )


def test_every_listed_style_and_script_is_there():
    config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    settings = config["sphinx"]["config"]
    names = [*settings["html_css_files"], settings["mathjax_path"]]
    names += [name for name, _ in settings["html_js_files"]]
    assert [name for name in names if not (STATIC / name).is_file()] == []
