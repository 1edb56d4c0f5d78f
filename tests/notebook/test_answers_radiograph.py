"""The radiograph chapter accepts right answers and says what is wrong with others."""

import numpy as np
from answering import *  # noqa: F403  the shared tests


def passed(shares, mu, lengths):
    return np.einsum(
        "e,ehw->hw", shares, np.exp(-np.einsum("me,mhw->ehw", mu, lengths))
    )


def unhardened(shares, mu, lengths):
    return np.exp(-np.tensordot(mu @ shares, lengths, axes=1))


RIGHT = {
    "radiograph.1": 31.9,
    "radiograph.2": (182, 5, 33),
    "radiograph.3": 0.5,
    "radiograph.4": 9000,
    "radiograph.5": passed,
    "radiograph.6": (22.8, 29.4),
}

WRONG = [
    ("radiograph.1", 3.19, "centimetres"),
    ("radiograph.1", 23.04, "what is left"),
    ("radiograph.1", 100.0, "solve"),
    ("radiograph.2", (220, 38, 33), "add up"),
    ("radiograph.2", (180, 5, 35), "out minus in"),
    ("radiograph.2", (182, 38, 0), "out minus in"),
    ("radiograph.2", (149, 38, 33), "without what lies inside"),
    ("radiograph.2", (182, 5), "three numbers"),
    ("radiograph.3", 1.5, "1 \\+ S/P"),
    ("radiograph.3", 0.333, "share of contrast that is lost"),
    ("radiograph.3", 4.0, "divided by"),
    ("radiograph.4", 3000, "1.7 times"),
    ("radiograph.4", 1000, "root"),
    ("radiograph.5", unhardened, "cannot harden"),
    ("radiograph.5", lambda s, m, t: -np.log(passed(s, m, t)), "logarithm"),
    ("radiograph.5", lambda s, m, t: passed(s, m, t) / 3, "add up to one"),
    ("radiograph.5", lambda s, m, t: passed(s, m, t)[0], "shape"),
    ("radiograph.5", lambda s, m, t: 0 * t[0], "inside the exponential"),
    ("radiograph.6", (15.0, 29.4), "fresh.*too thin"),
    ("radiograph.6", (22.8, 22.8), "hard.*too thin"),
    ("radiograph.6", (22.8, 40.0), "hard.*too thick"),
    ("radiograph.6", 22.8, "form asked for"),
]
