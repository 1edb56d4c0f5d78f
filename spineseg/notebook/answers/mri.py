"""Checkers of the exercises in "From patient to MRI"."""

import math
from collections.abc import Callable

from spineseg.imaging.mri_signal import PROTOCOLS, tissue_signal


def _close(value: float, right: float, relative: float = 0.01) -> bool:
    return math.isclose(value, right, rel_tol=relative)


def _slow_fluid(answer: tuple[float, float]) -> str | None:
    """mri.1: recovery after TR 3600 ms at T1 3800 ms, and the TR for 95 %."""
    share, tr_ms = map(float, answer)
    if _close(share, math.exp(-3600 / 3800)):
        return "that is the share still missing"
    if not _close(share, 1 - math.exp(-3600 / 3800)):
        return "the share is one minus an exponential of TR over T1"
    if _close(tr_ms, 3800 * math.log(1 / 0.95)):
        return "that TR leaves 95 % missing instead of 5 %"
    if _close(tr_ms / 1000, 3.8 * math.log(20)):
        return None
    if _close(tr_ms, 3.8 * math.log(20)):
        return "TR is asked for in milliseconds"
    return "the share is right; for TR, ask when the exponential has fallen to 0.05"


def _moment(answer: float) -> str | None:
    """mri.2: TE of the largest difference between T2 of 50 and 100 ms."""
    te_ms = float(answer)
    if _close(te_ms, 100 * math.log(2), 0.02):
        return None
    if _close(te_ms, 50 * math.log(2), 0.02):
        return "the two rates differ by 1/100 for each millisecond, not by 1/50"
    if te_ms in (50.0, 75.0, 100.0):
        return "neither T2 nor their mean: the difference has a maximum of its own"
    return "set the derivative of the difference to zero"


def _end_plate(answer: float) -> str | None:
    """mri.3: chemical shift at 3 T, 250 Hz a pixel, 0.6 mm."""
    millimetres = float(answer)
    pixels = 42.577 * 3.0 * 3.5 / 250.0
    if _close(millimetres, pixels * 0.6, 0.03):
        return None
    if _close(millimetres, pixels):
        return "those are pixels, millimetres are asked for"
    if _close(millimetres, pixels * 0.3):
        return "that is the shift at 1.5 tesla; it grows with the field"
    return "parts per million times the frequency of the field, over hertz a pixel"


def _ghost(answer: Callable[[float, float, int], float]) -> str | None:
    """mri.4: distance of the first ghost."""
    cases = (
        ((60, 37, 448), 37.0, "one beat a second for 37 seconds is 37 beats"),
        ((72, 100, 448), 120.0, "beats are given for a minute, the scan in seconds"),
        ((60, 300, 400), 100.0, "beyond half of the picture it comes in again"),
        ((60, 500, 400), 100.0, "it may go round more than once"),
        ((60, 400, 400), 0.0, "after a whole turn the ghost lies on its vessel"),
    )
    for arguments, right, reason in cases:
        found = float(answer(*arguments))
        if not abs(found - right) <= 1e-6:  # NaN is a fault, too
            return f"{arguments} gives {found:g}: {reason}"
    return None


def _axes(answer: set[str] | str) -> str | None:
    """mri.5: what follows the axes of encoding."""
    given = set(filter(str.isalpha, "".join(answer).lower()))
    if not given <= set("abcde"):
        return "answer with a set of letters from a to e"
    reasons = {
        "d": "(d) stays: the coil is where it was",
        "e": "(e) stays: noise has no direction",
    }
    for letter in sorted(given & set(reasons)):
        return reasons[letter]
    if given != {"a", "b", "c"}:
        return "what you named is right, but something else is encoded, too"
    return None


def _root(answer: float) -> str | None:
    """mri.6: a quarter of root in a voxel of fluid, T2-weighted."""
    share = float(answer)
    protocol = PROTOCOLS["t2"]
    ratio = tissue_signal("root", protocol) / tissue_signal("csf", protocol)
    right = 0.25 * ratio + 0.75
    if abs(share - right) < 0.005:
        return None
    if abs(share - ratio) < 0.005:
        return "that is a voxel full of root"
    if abs(share - (0.75 * ratio + 0.25)) < 0.005:
        return "the root fills a quarter, not three"
    if abs(share - right * tissue_signal("csf", protocol)) < 0.003:
        return "that is the brightness; a share of the fluid's is asked for"
    return "add the signals by their share of the voxel, then divide by the fluid's"


ANSWERS = {
    "mri.1": _slow_fluid,
    "mri.2": _moment,
    "mri.3": _end_plate,
    "mri.4": _ghost,
    "mri.5": _axes,
    "mri.6": _root,
}
