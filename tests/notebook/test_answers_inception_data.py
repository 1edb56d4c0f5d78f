"""The checkers on the Inception U-Net's data accept and explain."""

import numpy as np
from answering import *  # noqa: F403  the shared tests

PREFIX = "inception-data."


def grouped(labels):
    out = np.zeros(labels.shape, int)
    out[((labels >= 1) & (labels <= 25)) | ((labels >= 101) & (labels <= 125))] = 1
    out[labels == 100] = 2
    out[(labels >= 201) & (labels <= 225)] = 3
    return out


def shares(mask, side):
    width = len(mask) // side
    return mask.reshape(side, width, side, width).mean(axis=(1, 3))


def in_place(labels):
    labels[labels > 200] = 3
    return labels


RIGHT = {
    "1": ([126, 152, 178], 0),
    "2": 0.63 / 0.44,
    "3": grouped,
    "4": (126, 31, 39),
    "5": lambda mask, side: (shares(mask, side) > 0.5).astype(int),
}

WRONG = [
    ("1", ([178, 152, 126], 0), "not the other way"),
    ("1", ([1, 2, 3], 0), "104 long"),
    ("1", ([126, 152, 178], 1), "201 to 225"),
    ("2", 0.44 / 0.63, "too tall"),
    ("2", 3.5, "both axes"),
    ("2", 1.0, "how many millimetres"),
    ("3", in_place, "work on a copy"),
    ("3", lambda x: x[0], "shape"),
    ("3", lambda x: (x > 0).astype(int), "label 100 became 1"),
    ("3", lambda x: np.where(x > 200, 3, grouped(x)), "230"),
    ("4", (100, 31, 39), "170 pictures"),
    ("4", (118, 39, 39), "from what the test leaves"),
    ("4", (140, 36, 20), "a fifth of 196"),
    ("4", (137, 20, 39), "about 31"),
    ("5", lambda m, s: (shares(m, s) > 0).astype(int), "one pixel of sixteen"),
    ("5", lambda m, s: (shares(m, s) >= 0.5).astype(int), "exactly half"),
    ("5", lambda m, s: m, "asked for"),
    ("5", lambda m, s: np.zeros((s, s)), "twelve of sixteen"),
]
