"""How many images a comparison needs, from the t test's exact power."""

import math

from scipy import stats

from spineseg.core.errors import SpinesegError


def power_paired_t(effect: float, n: int, alpha: float = 0.05) -> float:
    """Return the chance that a two-sided paired t test sees an effect.

    Args:
        effect: mean difference over the SD of the differences (d_z).
        n: number of pairs.
        alpha: level of the test.
    """
    if n < 2:
        raise SpinesegError("a paired t test needs two pairs", found=n)
    freedom = n - 1
    bound = stats.t.isf(alpha / 2, freedom)
    shift = abs(effect) * math.sqrt(n)
    above = stats.nct.sf(bound, freedom, shift)
    # the lower tail by symmetry: scipy's cdf is nan there for large shifts
    below = stats.nct.sf(bound, freedom, -shift)
    return float(above + below)


def pairs_needed(effect: float, power: float = 0.8, alpha: float = 0.05) -> int:
    """Return the smallest number of pairs that reaches the power.

    Raises:
        SpinesegError: if the effect is zero or the power is not between alpha and 1.
    """
    if effect == 0 or not alpha < power < 1:
        raise SpinesegError(
            "no number of pairs gives that power",
            found=f"effect {effect}, power {power}",
            expected="an effect other than 0 and alpha < power < 1",
        )
    low, high = 2, 4
    while power_paired_t(effect, high, alpha) < power:
        low, high = high, 2 * high
    while low < high:
        middle = (low + high) // 2
        if power_paired_t(effect, middle, alpha) < power:
            low = middle + 1
        else:
            high = middle
    return low
