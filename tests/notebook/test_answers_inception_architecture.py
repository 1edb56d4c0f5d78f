"""The checkers on the Inception U-Net's architecture accept and explain."""

from answering import *  # noqa: F403  the shared tests

PREFIX = "inception-architecture."


def reach(kernels):
    return 1 + sum(k - 1 for k in kernels)


RIGHT = {
    "1": (74_368, 74_112, 256),
    "2": 416,
    "3": [64, 128, 256, 512, 1024, 512, 256, 128, 64],
    "4": reach,
    "5": 1,
}

WRONG = [
    ("1", (74_112, 74_112, 0), "running mean"),
    ("1", (74_240, 73_984, 256), "bias"),
    ("1", (74_000, 74_112, 256), "sum of the other two"),
    ("1", (74_240, 74_112, 128), "a mean and a variance"),
    ("1", (300, 44, 256), "9 weights"),
    ("2", 624, "the first one was there"),
    ("2", 208, "there are two more"),
    ("2", 1152, "U-Net's first layer"),
    ("2", 352, "pooled branch"),
    ("2", 7, "which convolutions"),
    ("3", [64] * 4, "nine blocks"),
    ("3", [64] * 9, "yours make 1152"),
    ("3", [1024, 512, 256, 128, 64, 64, 128, 256, 512], "as wide as the output"),
    ("4", sum, r"kernels \[3, 3\] you gave 6"),
    ("5", 0, "at least one"),
    ("5", 3, "exactly"),
]
