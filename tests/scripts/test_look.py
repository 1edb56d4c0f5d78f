"""The colours of the pages: enough contrast in both themes, agreeing with figures."""

import re
from pathlib import Path

import pytest
import yaml

from spineseg.notebook import style

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


def luminance(colour):
    """Relative luminance, WCAG 2.2."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [
        p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    """Contrast ratio of two colours, WCAG 2.2."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_black_on_white_has_the_contrast_of_21():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("letters", LETTERS)
def test_letters_have_the_contrast_of_level_aa(theme, ground, letters):
    colours = inks(theme)
    assert contrast(colours[letters], colours[ground]) >= 4.5


def test_pages_and_figures_share_their_inks():
    light, dark = inks("light"), inks("dark")
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
