"""The checkers of the chapter on counting accept the right and explain the wrong."""

from answering import *  # noqa: F403  the shared tests
from torch import nn

from spineseg.audit.counters_thop import RULES


def side(printed, at_480):
    return 32 * round(480 * (printed / at_480) ** 0.5 / 32)


def attention_macs(tokens, width):
    return 2 * tokens**2 * width


RIGHT = {
    "counting.1": (73_856, 57_802_752),
    "counting.2": (117_964_800, 471_859_200),
    "counting.3": side,
    "counting.4": (2320, 2368),
    "counting.5": (638, 900),
    "counting.6": attention_macs,
}

WRONG = [
    ("counting.1", (73_728, 57_802_752), "bias is a parameter"),
    ("counting.1", (100, 57_802_752), "each pair of channels"),
    ("counting.1", (73_856, 231_211_008), "half as many"),
    ("counting.1", (73_856, 115_605_504), "FLOPs"),
    ("counting.1", (73_856, 57_903_104), "no MAC"),
    ("counting.1", (73_856, 1), "each pixel of the output"),
    ("counting.2", (471_859_200, 117_964_800), "swapped"),
    ("counting.2", (471_859_200, 471_859_200), "one of the four"),
    ("counting.2", (1, 2), "each input value"),
    ("counting.2", (117_964_800, 117_964_800), "whole kernel"),
    ("counting.3", lambda p, a: 32 * round(480 * p / a / 32), "root"),
    ("counting.3", lambda p, a: 480 * (p / a) ** 0.5, "multiple of 32"),
    ("counting.3", lambda p, a: 480, "at 480 you gave 480"),
    ("counting.4", (2320, 2352), "16 scales"),
    ("counting.4", (2352, 2368), "GroupNorm"),
    ("counting.4", (2368, 2368), "raw parameter"),
    ("counting.4", (2304, 2368), "with its bias"),
    ("counting.5", (-3546, -3296), "MiB"),
    ("counting.5", (638_000, 900_000), "thousands"),
    ("counting.5", (769, 769), "range"),
    ("counting.5", (90_309, 90_571), "take the encoder away"),
    ("counting.5", (1, 2), "four bytes"),
    ("counting.6", lambda n, c: n**2 * c, "two products"),
    ("counting.6", lambda n, c: 4 * n**2 * c, "FLOPs"),
    ("counting.6", lambda n, c: 2 * n * c**2, "each token"),
    ("counting.6", lambda n, c: 7, "you gave 7"),
]


def test_group_norm_is_unknown_to_the_rules_as_the_exercise_says():
    assert nn.GroupNorm not in RULES
