"""How large a difference is, beside whether it is one."""

import numpy as np
from numpy.typing import ArrayLike

from spineseg.core.errors import SpinesegError
from spineseg.stats.paired import paired_samples


def cohens_d_pooled(x: ArrayLike, y: ArrayLike) -> float:
    """Return the difference of means over the pooled SD of the two samples.

    For independent samples, and the one to compare across studies. Raises
    SpinesegError for samples without spread.
    """
    a, b = np.asarray(x, float), np.asarray(y, float)
    freedom = len(a) + len(b) - 2
    if min(len(a), len(b)) < 2:
        raise SpinesegError("too few values for a spread", found=(len(a), len(b)))
    pooled = ((len(a) - 1) * a.var(ddof=1) + (len(b) - 1) * b.var(ddof=1)) / freedom
    return _ratio(a.mean() - b.mean(), np.sqrt(pooled))


def cohens_d_paired(x: ArrayLike, y: ArrayLike) -> float:
    """Return the mean difference over the SD of the differences (d_z).

    It grows with the correlation of the pairs and is not comparable with
    :func:`cohens_d_pooled`.
    """
    a, b = paired_samples(x, y)
    difference = a - b
    return _ratio(difference.mean(), difference.std(ddof=1))


def cliffs_delta(x: ArrayLike, y: ArrayLike) -> float:
    """Return P(x > y) - P(x < y), from -1 to 1, over all pairs of values.

    Cliff 1993, doi:10.1037/0033-2909.114.3.494.
    """
    a, b = np.sort(np.asarray(x, float)), np.asarray(y, float)
    if not len(a) or not len(b) or np.isnan(a).any() or np.isnan(b).any():
        raise SpinesegError("samples are empty or hold NaN", found=(len(a), len(b)))
    below = np.searchsorted(a, b, "left").sum()  # x < y
    above = (len(a) - np.searchsorted(a, b, "right")).sum()
    return float((above - below) / (len(a) * len(b)))


def _ratio(difference: float, spread: float) -> float:
    if spread == 0:
        raise SpinesegError(
            "an effect size needs values that vary", found="a standard deviation of 0"
        )
    return float(difference / spread)
