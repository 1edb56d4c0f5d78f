"""The checkers on reading an architecture figure accept and explain."""

import torch
from answering import *  # noqa: F403  the shared tests
from torch import nn

PREFIX = "reading-figures."


def agrees(count, printed):
    decimals = len(printed.partition(".")[2])
    return f"{count / 1e6:.{decimals}f}" == printed


def two_decimals_only(count, printed):
    return f"{count / 1e6:.2f}" == printed


RIGHT = {
    "1": 36,
    "2": (False, True),
    "3": 128,
    "4": agrees,
    "5": {"dilation", "order", "activation"},
}

WRONG = [
    ("1", 48, "no order to choose"),
    ("1", 24, "two orders"),
    ("1", 10, "multiply"),
    ("1", 5, "together first"),
    ("2", (True, False), "18,496"),
    ("2", (True, True), "18,624"),
    ("2", (False, False), "18,432"),
    ("3", 192, "skip included"),
    ("3", 64, "73,728"),
    ("3", 7, "9 weights"),
    ("4", lambda count, printed: True, "52,366,100 and '52.36' you gave True"),
    ("4", two_decimals_only, "52,364,100 and '52.364' you gave False"),
    ("5", {"bias"}, "one more parameter"),
    ("5", {"groups", "order"}, "fewer weights"),
    ("5", {"kernel"}, "more products"),
    ("5", {"colour"}, "not in the list"),
    ("5", {"order", "dilation"}, "1 more"),
    ("5", "order", "2 more"),
]


def test_the_counts_of_the_exercises_are_those_of_the_layers():
    with torch.device("meta"):
        box = nn.Sequential(nn.Conv2d(32, 64, 3, bias=False), nn.BatchNorm2d(64))
        joined = nn.Conv2d(64 + RIGHT["3"], 64, 3, bias=False)

    assert sum(p.numel() for p in box.parameters()) == 18_560
    assert sum(p.numel() for p in joined.parameters()) == 110_592
