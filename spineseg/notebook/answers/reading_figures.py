"""Checkers of the exercises in "Reading an architecture figure"."""

from collections.abc import Callable, Collection


def _readings(answer: int) -> str | None:
    """1: readings of a figure with dependent places."""
    n = int(answer)
    if n == 36:
        return None
    if n == 48:
        return "without a norm there is no order to choose"
    if n == 24:
        return "with a norm there are two orders"
    if n in (10, 11):
        return "choices that do not hang together multiply"
    return "count norm and order together first, then multiply by the rest"


def _layer(answer: tuple[bool, bool]) -> str | None:
    """2: bias and norm of a layer with 18,560 parameters."""
    bias, norm = map(bool, answer)
    if (bias, norm) == (False, True):
        return None
    total = 9 * 32 * 64 + 64 * bias + 128 * norm
    return f"that box has {total:,} parameters; what has 128 numbers for 64 channels"


def _joined(answer: int) -> str | None:
    """3: channels that came from below."""
    channels = int(answer)
    if channels == 128:
        return None
    if channels == 192:
        return "this is all that goes in, the skip included"
    if channels == 64:
        return "then 128 channels would go in, and make 73,728 weights"
    return "each pair of channels has 9 weights, and 64 channels leave"


def _agrees(answer: Callable[[int, str], bool]) -> str | None:
    """4: whether a count could have been printed like this."""
    cases = (
        (52_364_100, "52.36", True),
        (52_366_100, "52.36", False),
        (52_366_100, "52.37", True),
        (52_364_100, "52.364", True),
        (52_364_900, "52.364", False),
        (49_000, "0.05", True),
        (31_050_114, "31", True),
        (31_550_114, "31", False),
        (30_000_000, "30.00", True),
        (30_010_000, "30.00", False),
    )
    for count, printed, right in cases:
        found = answer(count, printed)
        if found is not right:
            return f"for {count:,} and {printed!r} you gave {found}, not {right}"
    return None


_WHY = {
    "bias": "a bias is one more parameter for each channel that leaves",
    "groups": "with groups each output sees fewer inputs, so there are fewer weights",
    "kernel": "a larger kernel has more weights and more products",
}
_SILENT = {"dilation", "order", "activation"}


def _invisible(answer: Collection[str]) -> str | None:
    """5: changes that no count sees."""
    named = {answer} if isinstance(answer, str) else set(answer)
    for name in sorted(named - _SILENT):
        return _WHY.get(name, f"{name!r} is not in the list")
    missing = len(_SILENT - named)
    if missing:
        return f"{missing} more of them cannot be seen in a count"
    return None


ANSWERS = {
    "reading-figures.1": _readings,
    "reading-figures.2": _layer,
    "reading-figures.3": _joined,
    "reading-figures.4": _agrees,
    "reading-figures.5": _invisible,
}
