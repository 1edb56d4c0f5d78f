import base64
import io

import matplotlib.pyplot as plt
import numpy as np
import pytest
from IPython.utils.capture import capture_output
from PIL import Image

from spineseg import SpinesegError
from spineseg.notebook import INK, figure, film
from spineseg.notebook.figures import FIGURE_MIME, demand_alt, web_picture
from spineseg.notebook.style import darken

ALT = "A straight line rises from left to right, so the two values grow together."


def line():
    fig, ax = plt.subplots(figsize=(2, 1.5))
    ax.plot([0, 1], [0, 1], color="#0072B2")
    ax.set_xlabel("dose (mGy)")
    return fig


def shown(fig, **words):
    with capture_output() as captured:
        figure(fig, **words)
    (output,) = captured.outputs
    return output.data, output.metadata


@pytest.mark.parametrize("alt", ["", "short", "Figure of a line that rises and rises"])
def test_a_figure_without_a_telling_alternative_text_is_refused(alt):
    with pytest.raises(SpinesegError, match="alternative text"):
        figure(line(), alt=alt)


def test_a_name_without_a_caption_is_refused():
    with pytest.raises(SpinesegError, match="caption"):
        figure(line(), alt=ALT, name="fig-line")


def test_the_bundle_carries_words_a_live_picture_and_a_page_picture():
    data, metadata = shown(line(), alt=ALT, caption="A line.", name="fig-line")
    assert data["text/plain"] == f"[figure: {ALT}]"
    assert metadata["image/png"]["alt"] == ALT
    page = data[FIGURE_MIME]
    assert (page["alt"], page["caption"], page["name"]) == (ALT, "A line.", "fig-line")
    assert page["width_px"] == 192
    assert Image.open(io.BytesIO(base64.b64decode(data["image/png"]))).format == "PNG"


def test_no_theme_cuts_off_the_titles_of_a_row_of_films():
    fig, axes = plt.subplots(1, 4, figsize=(8, 2.3))
    for ax in axes:
        ax.imshow(np.eye(11))
        ax.set(xticks=[], yticks=[], xlabel="pixels: 9")
        ax.set_title("1 × 1, then 3 × 3", fontsize=10)
    page = shown(fig, alt=ALT)[0][FIGURE_MIME]
    for theme in ("light", "dark"):
        picture = Image.open(io.BytesIO(base64.b64decode(page[theme])))
        assert np.asarray(picture.convert("RGBA"))[:3, :, 3].max() == 0


def test_the_two_themes_differ_in_the_inks_and_agree_in_the_data():
    page = shown(line(), alt=ALT)[0][FIGURE_MIME]
    light, dark = (
        np.asarray(
            Image.open(io.BytesIO(base64.b64decode(page[theme]))).convert("RGBA")
        ).astype(int)
        for theme in ("light", "dark")
    )
    blue = np.abs(light - [0x00, 0x72, 0xB2, 255]).max(-1) < 12
    assert blue.sum() > 20
    assert np.abs(light[blue] - dark[blue]).max() < 25
    opaque = light[..., 3] > 250
    assert light[opaque][:, :3].min() < 60  # dark ink on a light page
    assert dark[dark[..., 3] > 250][:, :3].max() > 200  # light ink on a dark one


def test_a_shown_figure_is_closed():
    fig = line()
    shown(fig, alt=ALT)
    assert not plt.fignum_exists(fig.number)


def test_only_inks_change_when_a_figure_goes_dark():
    fig = line()
    ax = fig.axes[0]
    before = ax.lines[0].get_color()
    assert ax.xaxis.label.get_color() == INK
    darken(fig)
    assert ax.lines[0].get_color() == before
    assert ax.xaxis.label.get_color() != INK
    plt.close(fig)


def test_a_film_keeps_the_proportions_of_its_pixels():
    fig, ax = plt.subplots()
    film(ax, np.zeros((10, 20)), spacing_mm=(2.0, 1.0))
    assert ax.get_aspect() == 2.0
    assert [t.get_text() for t in ax.texts] == ["5 mm"]
    plt.close(fig)


def test_alternative_text_that_says_what_is_seen_passes():
    demand_alt(ALT)


@pytest.mark.parametrize("inches", [2.3, 2.4, 3.7, 4.15, 6.85])
def test_an_upright_line_stays_upright_at_every_width(inches):
    # 2.3 in x 110 dpi is 252.99999 pixels in floating point
    fig = plt.figure(figsize=(inches, 2))
    fig.add_artist(plt.Line2D([0.5, 0.5], [0, 1], color="red", linewidth=4))
    encoded = base64.b64decode(web_picture(fig, dpi=110))
    plt.close(fig)
    alpha = np.asarray(Image.open(io.BytesIO(encoded)).convert("RGBA"))[..., 3]
    centres = [np.mean(np.nonzero(row > 128)[0]) for row in alpha]
    assert np.ptp(centres) < 1
