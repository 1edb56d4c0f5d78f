"""The self-checks of "The data" accept the right and explain the wrong."""

import numpy as np
from answering import *  # noqa: F403  the shared tests

from spineseg.notebook.exercises import judge


def split(ids, patient_of, share, seed):
    people = sorted({patient_of(name) for name in ids})
    test = []
    for person in np.random.default_rng(seed).permutation(people):
        theirs = [name for name in ids if patient_of(name) == person]
        if len(test) + len(theirs) / 2 <= share * len(ids):
            test += theirs
    return test


def deal_pictures(ids, patient_of, share, seed):
    chosen = np.random.default_rng(seed).permutation(ids)
    return list(chosen[: round(share * len(ids))])


ENDS = ("top left", "top right", "bottom left", "bottom right")


def bodies(labels):
    tidy = {" ".join(label.lower().split()) for label in labels}
    return {f"C{n}" for n in range(3, 8) if all(f"c{n} {end}" in tidy for end in ENDS)}


def counted(labels, least=4, levels="34567"):
    """Count corners by the first two letters, as a careless script does."""
    level = [label.strip()[:2].upper() for label in labels if "centroid" not in label]
    return {f"C{n}" for n in levels if level.count(f"C{n}") >= least}


RIGHT = {
    "data.1": 1 / 7,
    "data.2": (165, True),
    "data.3": (12.5, 8.33),
    "data.4": split,
    "data.5": {1, 25, 101},
    "data.6": {"spider", "isic2016", "chest_xray", "axial_mri"},
    "data.7": bodies,
}


WRONG = [
    ("data.1", 6 / 7, "does stand on both sides"),
    ("data.1", 0.2, "three patients"),
    ("data.1", 14, "between 0 and 1"),
    ("data.1", 0.5, "count all pairs"),
    ("data.2", (330, True), "eight bits"),
    ("data.2", (234, True), "not spread over 256"),
    ("data.2", (150, True), "two degrees"),
    ("data.2", (165, False), "both bands"),
    ("data.3", (8.33, 12.5), "rows lie closer"),
    ("data.3", (50, 33.3), "before the picture was shrunk"),
    ("data.3", (7.5, 7.5), "different spacing"),
    ("data.3", (1, 2), "millimetres over spacing"),
    ("data.4", deal_pictures, "a leak"),
    ("data.4", lambda ids, p, share, seed: [], "some of the ids"),
    ("data.4", lambda ids, p, share, seed: ids[:1] * 2, "twice"),
    ("data.4", lambda ids, p, share, seed: ids[:1], "a quarter was asked for"),
    ("data.4", lambda i, p, share, seed: split(i, p, share, 1), "every seed"),
    ("data.5", {1, 2}, "three different"),
    ("data.5", {1, 2, 100}, "from the beginning"),
    ("data.5", {1, 2, 210}, "between the smallest"),
    ("data.5", {1, 2, 60}, "means nothing"),
    ("data.6", {"spider", "verse"}, "no name from the list"),
    ("data.6", {"spider", "mdwc_spine"}, "hospital"),
    ("data.6", {"spider", "csxa_spinous"}, "open films"),
    ("data.6", {"spider"}, "3 more"),
    ("data.7", lambda labels: {"C3"}, "all 23 labels"),
    ("data.7", lambda labels: counted(labels, 2, "234567"), "no upper corners"),
    ("data.7", lambda labels: counted(labels, 3), "three corners"),
    ("data.7", counted, "does not replace"),
    ("data.7", lambda x: bodies(x) if "C3 top left" in x else {}, "capitals"),
    ("data.7", lambda x: bodies(x) | ({"C9"} if "C9" in str(x) else set()), "C9"),
]

LITERAL = True


def test_an_unseeded_split_is_noticed():
    random = np.random.default_rng(0)

    def moody(ids, patient_of, share, seed):
        return split(ids, patient_of, share, int(random.integers(10**6)))

    assert "the same seed" in str(judge("data.4", moody))
