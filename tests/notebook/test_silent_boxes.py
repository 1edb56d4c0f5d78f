import matplotlib.pyplot as plt
import numpy as np

from spineseg.notebook.drawings.silent_boxes import BOXES, SILENCES, WORDS, four_boxes


def test_the_discs_are_numbered_from_one_to_eight():
    fig = four_boxes()
    words = [text.get_text() for text in fig.axes[0].texts]
    assert [w for w in words if w.isdigit()] == [str(k) for k in range(1, 9)]
    plt.close(fig)


def test_no_disc_lies_on_a_box_or_on_another_disc():
    discs = np.array(SILENCES)
    boxes = np.array([(x, y) for _, x, y in BOXES])
    apart = abs(discs[:, None] - boxes)
    assert ((apart[..., 0] > 0.6) | (apart[..., 1] > 0.45)).all()
    between = np.linalg.norm(discs[:, None] - discs, axis=-1)
    assert between[~np.eye(len(discs), dtype=bool)].min() > 0.35


def test_no_disc_hides_the_beginning_of_a_word():
    places = np.array([(x, y) for _, x, y, *_ in WORDS])
    apart = np.linalg.norm(np.array(SILENCES)[:, None] - places, axis=-1)
    assert apart.min() > 0.35
