"""The checkers of the chapter on metrics accept the right and explain the wrong."""

import numpy as np
from answering import *  # noqa: F403  the shared tests

from spineseg.metrics import per_patient


def percent_point(distances, lengths, share):
    order = np.argsort(distances)
    reached = np.cumsum(lengths[order]) / lengths.sum()
    return distances[order][np.argmax(reached >= share)]


def patient_mean(scores, patients):
    return per_patient(scores, patients).mean


RIGHT = {
    "measuring.1": (0.818, 0.692),
    "measuring.2": (4, 4.0),
    "measuring.3": {"B", "d", "e", "f"},
    "measuring.4": percent_point,
    "measuring.5": patient_mean,
    "measuring.6": (1.2, 3.0),
    "measuring.7": 0.113,
    "measuring.8": (34.3, 2, 0.8),
    "measuring.9": np.ptp,
}

WRONG = [
    ("measuring.1", (0.692, 0.818), "Dice comes first"),
    ("measuring.1", (0.409, 0.692), "twice"),
    ("measuring.1", (0.818, 0.409), "counts once"),
    ("measuring.1", (0.818, 0.9), "at least one"),
    ("measuring.2", (2, 2), "0.95"),
    ("measuring.2", (8, 8), "0.80"),
    ("measuring.2", (4, 8), "sticks out"),
    ("measuring.3", {"a", "b", "d", "e", "f"}, "true negative"),
    ("measuring.3", {"b", "d"}, "missing"),
    ("measuring.3", {"x"}, "a to g"),
    ("measuring.4", lambda d, w, s: np.quantile(d, s), "do not interpolate"),
    ("measuring.4", lambda d, w, s: d[np.argmax(np.cumsum(w) / w.sum() >= s)], "order"),
    (
        "measuring.4",
        lambda d, w, s: np.quantile(d, s, method="inverted_cdf"),
        "exactly is enough",
    ),
    ("measuring.5", lambda s, p: np.nanmean(s), "one vote"),
    ("measuring.5", lambda s, p: np.mean(s), "one vote"),
    (
        "measuring.5",
        lambda s, p: patient_mean([x if np.isfinite(x) else np.nan for x in s], p),
        "must not vanish",
    ),
    ("measuring.6", (0.6, 1.5), "2A/P"),
    ("measuring.6", (2.4, 6.0), "diameter"),
    ("measuring.6", (1, 1), "formula"),
    ("measuring.7", 0.06, "not of Dice"),
    ("measuring.7", 11.3, "percent"),
    ("measuring.7", 0.5, "both classes"),
    ("measuring.8", (0.343, 2, 0.8), "in percent, not"),
    ("measuring.8", (12, 1, 0.8), "plate below"),
    ("measuring.8", (34.3, 1, 0.8), "second quarter"),
    ("measuring.8", (34.3, 2, 1.25), "not back over front"),
    ("measuring.8", (34.3, 2, 0.2), "height behind"),
    ("measuring.9", lambda tilts: tilts[0] - tilts[-1], "no sign"),
    ("measuring.9", lambda tilts: abs(tilts[0] - tilts[-1]), "first and the last"),
    ("measuring.9", lambda tilts: abs(np.diff(tilts)).max(), "most against each"),
    ("measuring.9", lambda tilts: abs(tilts).max(), "most against each"),
    (
        "measuring.9",
        lambda tilts: np.ptp(tilts) or abs(tilts).max(),
        "however they tilt",
    ),
]

LITERAL = True
