import matplotlib.pyplot as plt
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.colors import rgb_to_hsv, to_rgb

from spineseg.notebook.legible import LEAST, contrast, legible, readable
from spineseg.notebook.style import COLOURS, FILM, INK, PAGES

GROUNDS = [*PAGES.values(), FILM]


def test_contrast_is_that_of_the_guidelines():
    assert contrast("black", "white") == pytest.approx(21)
    assert contrast("#777777", "white") == pytest.approx(4.48, abs=0.005)
    assert contrast("#0072B2", "#0072B2") == 1
    assert contrast("black", "#E69F00") == contrast("#E69F00", "black")


@given(st.tuples(*[st.floats(0, 1)] * 3), st.sampled_from(GROUNDS), st.floats(0.1, 1))
def test_any_letters_become_readable_and_keep_their_opacity(colour, page, alpha):
    moved = readable((*colour, alpha), page)
    assert contrast(moved, page) >= LEAST
    assert moved[3] == alpha


@pytest.mark.parametrize("page", GROUNDS)
@pytest.mark.parametrize("name", [n for n in COLOURS if n != "truth"])
def test_the_hue_of_a_word_stays(name, page):
    given, moved = to_rgb(COLOURS[name]), readable(COLOURS[name], page)
    assert rgb_to_hsv(moved[:3])[0] == pytest.approx(rgb_to_hsv(given)[0], abs=1e-6)


def test_what_can_be_read_is_left_as_it_is():
    assert readable("#0072B2", PAGES["light"])[:3] == to_rgb("#0072B2")


def test_words_change_and_inks_lines_and_labels_on_pictures_do_not():
    fig, (chart, film) = plt.subplots(1, 2)
    (line,) = chart.plot([0, 1], color="#E69F00")
    word = chart.text(0, 0, "disc", color="#E69F00")
    boxed = chart.text(0, 1, "disc", color="#E69F00", bbox={"facecolor": "black"})
    chart.set_xlabel("discs")
    film.imshow(np.zeros((4, 4)))
    on_film = film.text(1, 1, "disc", color="#E69F00")
    above = film.set_title("disc", loc="center", color="#E69F00")
    before = legible(fig, PAGES["light"])
    assert before == {word: "#E69F00", film.title: "#E69F00"}
    changed = to_rgb(word.get_color()[:3])
    assert contrast(changed, PAGES["light"]) == pytest.approx(LEAST, abs=0.2)
    assert to_rgb(above.get_color()[:3]) == changed
    for same in (line, boxed, on_film):
        assert to_rgb(same.get_color()) == to_rgb("#E69F00")
    assert chart.xaxis.label.get_color() == INK
    plt.close(fig)
