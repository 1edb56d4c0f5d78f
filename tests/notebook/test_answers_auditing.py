"""The checkers of the chapter on auditing accept the right and explain the wrong."""

from answering import *  # noqa: F403  the shared tests

from spineseg.stats import published


def fits(dice, recall):
    top = published.mean_dice_given_mean_recall(published.rounded(recall)).high
    return published.rounded(dice).low <= top


RIGHT = {
    "auditing.1": (0.005, 0.0005),
    "auditing.2": "b",
    "auditing.3": {"percent of the mean": True, "points": False},
    "auditing.4": 11,
    "auditing.5": fits,
    "auditing.6": "2.900",
}
WRONG = [
    ("auditing.1", (0.01, 0.001), "half of it"),
    ("auditing.1", (0.1, 0.1), "one unit"),
    ("auditing.2", "a", "alike"),
    ("auditing.2", "c", "differ"),
    ("auditing.2", "d", "letters"),
    ("auditing.3", {"percent of the mean": True, "points": True}, "difference"),
    ("auditing.3", {"percent of the mean": False, "points": False}, "two ends"),
    ("auditing.4", 10, "1024"),
    ("auditing.4", 5, "2 / 2"),
    ("auditing.5", lambda dice, recall: True, "cannot stand"),
    ("auditing.5", lambda dice, recall: False, "can stand"),
    # without the rounding: 0.69 is above the bound of exactly 0.52
    (
        "auditing.5",
        lambda d, r: float(d) <= 2 * float(r) / (1 + float(r)),
        "0.69",
    ),
    ("auditing.6", "3.000", "lower"),
    ("auditing.6", "2.980", "lower"),
    ("auditing.6", "low", "as it would be printed"),
]

LITERAL = True
