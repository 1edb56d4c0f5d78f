"""Checkers of the exercises in "Inception U-Net: architecture"."""

from collections.abc import Callable, Sequence


def _triple(answer: tuple[int, int, int]) -> str | None:
    """1: total, trainable and non-trainable of a convolution and its norm."""
    total, trained, rest = map(int, answer)
    if (total, trained, rest) == (74_368, 74_112, 256):
        return None
    if rest == 0 and total == trained:
        return "Keras counts the running mean and variance, too: they are not trained"
    if trained == 74_112 - 128:
        return "the convolution has a bias for each channel that leaves"
    if total != trained + rest:
        return "the total is the sum of the other two"
    if rest != 256:
        return "the norm keeps a mean and a variance for each of the 128 channels"
    return "9 weights for each pair of channels, a bias, a scale and a shift for each"


def _colours(answer: int) -> str | None:
    """2: parameters that two more input channels add."""
    more = int(answer)
    if more == 416:
        return None
    if more == 624:
        return "two channels are new, the first one was there already"
    if more == 208:
        return "this is one more channel; there are two more"
    if more == 1152:
        return "that is the U-Net's first layer, 3 x 3 to 64 channels"
    if more == 2 * (64 + 96 + 16):
        return "the pooled branch sees the picture as well"
    return "which convolutions see the picture, and how wide are their kernels"


def _shortcuts(answer: Sequence[int]) -> str | None:
    """3: widths of the nine shortcuts."""
    widths = [int(w) for w in answer]
    right = [64, 128, 256, 512, 1024, 512, 256, 128, 64]
    if widths == right:
        return None
    if len(widths) != 9:
        return "nine blocks have a shortcut: five on the way down, four up"
    if 2 * sum(widths) != 17_664 - 11_776:
        return f"a norm has two running numbers a channel; yours make {2 * sum(widths)}"
    return "the sum is right; a shortcut is as wide as the output of its block"


def _reach(answer: Callable[[Sequence[int]], int]) -> str | None:
    """4: the reach of a chain of convolutions."""
    cases = (((1,), 1), ((3,), 3), ((3, 3), 5), ((1, 5), 5), ((3, 3, 3), 7), ((), 1))
    for kernels, right in cases:
        found = answer(kernels)
        if found != right:
            return (
                f"for kernels {list(kernels)} you gave {found}; count on squared paper"
            )
    return None


def _pairs(answer: int) -> str | None:
    """5: how many pairs of widths fit."""
    count = int(answer)
    if count == 1:
        return None
    if count == 0:
        return "the pair (512, 128) fits, so there is at least one"
    return (
        "each pair must give the total exactly; a step of the attention's width adds "
        "4099 parameters, one of the perceptron's 2049: how far apart are two solutions"
    )


ANSWERS = {
    "inception-architecture.1": _triple,
    "inception-architecture.2": _colours,
    "inception-architecture.3": _shortcuts,
    "inception-architecture.4": _reach,
    "inception-architecture.5": _pairs,
}
