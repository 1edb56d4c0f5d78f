"""Checkers of the exercises in "Counting parameters and operations"."""

from collections.abc import Callable

SAM_ENCODER = 89_670_912


def _layer(answer: tuple[int, int]) -> str | None:
    """counting.1: parameters and MACs of a convolution with stride two."""
    parameters, macs = map(int, answer)
    if parameters == 73_728:
        return "the bias is a parameter for each channel that leaves"
    if parameters != 73_856:
        return "a kernel of 3 x 3 for each pair of channels, and a bias for each output"
    weights = 9 * 64 * 128
    if macs == weights * 28 * 28:
        return None
    if macs == weights * 56 * 56:
        return "with stride two the output has half as many rows and columns"
    if macs == 2 * weights * 28 * 28:
        return "these are FLOPs; a MAC is a multiplication with its addition"
    if macs == (weights + 128) * 28 * 28:
        return "a bias is added, not multiplied: it is no MAC"
    return "each weight is used once for each pixel of the output"


def _rise(answer: tuple[int, int]) -> str | None:
    """counting.2: a transposed convolution, done and shown."""
    done, shown = map(int, answer)
    right = 900 * 256 * 128 * 4
    if (done, shown) == (right, 4 * right):
        return None
    if (done, shown) == (4 * right, right):
        return "the two are swapped: the rule counts too much, not too little"
    if done == 4 * right:
        return "without overlap each output pixel gets one of the four weights only"
    if done != right:
        return "each input value meets 2 x 2 weights for each of 128 outputs"
    return "the rule takes the 60 x 60 output pixels times the whole kernel"


def _side(answer: Callable[[float, float], float]) -> str | None:
    """counting.3: the side from two counts."""
    cases = ((141.28, 141.2794, 480), (26.31, 30.2074, 448), (100.0, 25.0, 960))
    for printed, at_480, right in cases:
        found = answer(printed, at_480)
        if found == right:
            continue
        if abs(found - right) < 1:
            return "give the multiple of 32 itself, a whole number"
        if abs(found - 480 * printed / at_480) < 17:
            return "operations grow with the area, the side with its root"
        return f"for {printed} G printed and {at_480} G at 480 you gave {found}"
    return None


def _seen(answer: tuple[int, int]) -> str | None:
    """counting.4: parameters seen and there."""
    seen, there = map(int, answer)
    if there != 2320 + 32 + 16:
        return "there are a convolution with bias, a scale and shift each, 16 scales"
    if seen == 2320:
        return None
    if seen == 2320 + 32:
        return "is GroupNorm among the layers of the table"
    if seen == there:
        return "a raw parameter belongs to no layer that the table knows"
    return "what the table knows here is the convolution, with its bias"


def _unit(answer: tuple[float, float]) -> str | None:
    """counting.5: range of the decoder's parameters, thousands."""
    least, most = map(float, answer)
    right = [(mib * 2**20 / 4 - SAM_ENCODER) / 1e3 for mib in (344.5, 345.5)]
    if abs(least - right[0]) <= 1 and abs(most - right[1]) <= 1:
        return None
    if least < 0:
        return "that is in MB; a MiB has 1,048,576 bytes"
    if abs(least - 1e3 * right[0]) <= 1e3:
        return "give thousands"
    if abs(least - most) < 1:
        return "a number that was rounded to a whole stands for a range of one"
    if least > 80_000:
        return "that is the whole network; take the encoder away"
    return "345 rounded stands for 344.5 to 345.5, and a weight has four bytes"


def _attention(answer: Callable[[int, int], float]) -> str | None:
    """counting.6: the two products of an attention layer."""
    for tokens, width in ((3, 5), (900, 512), (1, 1)):
        found, right = answer(tokens, width), 2 * tokens**2 * width
        if found == right:
            continue
        if 2 * found == right:
            return "there are two products: scores, and weighted values"
        if found == 2 * right:
            return "these are FLOPs; a MAC is a multiplication with its addition"
        if found == 2 * tokens * width**2:
            return "each token meets each token, not each channel each channel"
        return f"for {tokens} tokens of width {width} you gave {found}"
    return None


ANSWERS = {
    "counting.1": _layer,
    "counting.2": _rise,
    "counting.3": _side,
    "counting.4": _seen,
    "counting.5": _unit,
    "counting.6": _attention,
}
