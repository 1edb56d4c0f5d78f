"""The checkers on training the Inception U-Net accept and explain."""

from answering import *  # noqa: F403  the shared tests

PREFIX = "inception-training."


def gain(a, b):
    d = [a[seed] - b[seed] for seed in a.keys() & b.keys()]
    return len(d), sum(d) / len(d), sum(x > 0 for x in d)


def losses_counted(a, b):
    count, mean, wins = gain(a, b)
    return count, mean, count - wins


RIGHT = {
    "1": (125, 3150),
    "2": (125.9, 503.4),
    "3": (21.0, 19.6),
    "4": gain,
    "5": {"A", "c", "e"},
}

WRONG = [
    ("1", (157, 3950), "what the test part has left"),
    ("1", (126, 3150), "rounded up"),
    ("1", (196, 4900), "off first"),
    ("1", (125, 63), "one epoch"),
    ("1", (125, 3125), "of its own"),
    ("1", (125, 9), "times epochs"),
    ("2", (31.5, 125.9), "four bytes"),
    ("2", (120.0, 480.1), "millions of bytes"),
    ("2", (1, 1), "in millions"),
    ("2", (125.9, 377.6), "two running means"),
    ("2", (125.9, 251.7), "Adam's memory is missing"),
    ("2", (125.9, 1), "further numbers"),
    ("3", (2.1, 1.96), "ten runs"),
    ("3", (21.0, 38.5), "half as many steps"),
    ("3", (21.0, 18.9), "of its own"),
    ("3", (1, 1), "by 3600"),
    ("4", lambda a, b: (4, 0.0, 0), "in both"),
    ("4", lambda a, b: gain(b, a), "not a from b"),
    ("4", lambda a, b: (3, 0.5, 2), "by the seed"),
    ("4", losses_counted, "where it is higher"),
    ("4", lambda a, b: (*gain(a, b)[:2], 3), "in which a is higher"),
    ("5", {"z"}, "a to e"),
    ("5", {"a", "b"}, "did not choose"),
    ("5", {"d"}, "a strong word"),
    ("5", {"c"}, "by luck, too"),
    ("5", {"a", "e"}, "whichever part"),
    ("5", {"a", "c"}, "more pictures"),
]
