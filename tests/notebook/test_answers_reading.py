"""The self-checks of "Reading real images" accept the right and explain the wrong."""

import numpy as np
from answering import *  # noqa: F403  the shared tests

from spineseg.notebook.exercises import judge


def window(values, center, width):
    if width == 1:
        return (values > center - 0.5).astype(float)
    return np.clip((values - (center - 0.5)) / (width - 1) + 0.5, 0, 1)


def order(slices):
    cosines = np.asarray(slices[0][1], float)
    normal = np.cross(cosines[:3], cosines[3:])
    if normal[np.argmax(np.abs(normal))] < 0:
        normal = -normal
    return np.argsort([np.dot(normal, position) for position, _ in slices])


RIGHT = {
    "reading.1": 0.878,
    "reading.2": (0, 1, 1, 0),
    "reading.3": window,
    "reading.4": 27.5,
    "reading.5": 0.7733,
    "reading.6": order,
    "reading.7": (2, 0),
}


WRONG = [
    ("reading.1", 0.122, "one step more"),
    ("reading.1", 0.107, "slope and intercept first"),
    ("reading.1", 542, "between 0 and 1"),
    ("reading.1", 0.5, "one by one"),
    ("reading.2", (0, 1, 2, 0), "count the statements"),
    ("reading.2", (0, 1, 1, 1), "first step"),
    ("reading.2", (1, 1), "four numbers"),
    ("reading.3", lambda v, c, w: np.clip((v - c) / w + 0.5, 0, 1), "one half"),
    ("reading.3", lambda v, c, w: (v - c + 0.5) / (w - 1) + 0.5, "outside"),
    (
        "reading.3",
        lambda v, c, w: np.clip((v - c + 0.5) / w + 0.5, 0, 1),
        "w - 1 steps",
    ),
    (
        "reading.3",
        lambda v, c, w: np.clip((v - c + 0.5) / max(w - 1, 3) + 0.5, 0, 1),
        "step",
    ),
    ("reading.3", lambda v, c, w: v[:2], "shape"),
    ("reading.4", 35.7, "shadow on the detector"),
    ("reading.4", 46.41, "not larger still"),
    ("reading.4", 255, "magnification"),
    ("reading.5", 77.26, "percent"),
    ("reading.5", 0.5, "exactly 1"),
    ("reading.6", lambda s: range(len(s)), "cross product"),
    ("reading.6", lambda s: np.argsort([p[0] for p, _ in s]), "tilted"),
    ("reading.6", lambda s: np.argsort([sum(p) for p, _ in s]), "tilted"),
    ("reading.7", (0, 2), "in reverse"),
    ("reading.7", (1, 0), "LPS"),
    ("reading.7", (2, 1), "PIR"),
    ("reading.7", 2, "form asked for"),
]

LITERAL = True


def test_the_shares_of_black_and_grey_are_told_apart():
    for share, word in ((0.0, "black"), (0.2267, "in between")):
        assert word in (judge("reading.5", share) or "accepted")
