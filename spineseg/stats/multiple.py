"""Many tests at once: p values that account for how often one looked."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spineseg.core.errors import SpinesegError


def bonferroni(p_values: ArrayLike) -> NDArray[np.float64]:
    """Return p times the number of tests, at most one (family-wise error)."""
    p = _p_values(p_values)
    return np.minimum(p * len(p), 1.0)


def holm(p_values: ArrayLike) -> NDArray[np.float64]:
    """Return Holm's step-down p values: never larger than Bonferroni's.

    Holm 1979, Scand J Statist 6:65-70.
    """
    p = _p_values(p_values)
    order = np.argsort(p)
    stepped = np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1))
    return _unsorted(np.minimum(stepped, 1.0), order)


def benjamini_hochberg(p_values: ArrayLike) -> NDArray[np.float64]:
    """Return step-up p values that bound the share of false discoveries.

    Benjamini and Hochberg 1995, doi:10.1111/j.2517-6161.1995.tb02031.x.
    """
    p = _p_values(p_values)
    order = np.argsort(p)[::-1]
    scaled = p[order] * len(p) / np.arange(len(p), 0, -1)
    return _unsorted(np.minimum(np.minimum.accumulate(scaled), 1.0), order)


def _unsorted(values: NDArray[np.float64], order: NDArray[np.intp]) -> NDArray:
    back = np.empty_like(values)
    back[order] = values
    return back


def _p_values(p_values: ArrayLike) -> NDArray[np.float64]:
    p = np.asarray(p_values, float)
    if p.ndim != 1 or len(p) == 0 or not ((p >= 0) & (p <= 1)).all():
        raise SpinesegError(
            "p values must be a vector of numbers from 0 to 1", found=p.tolist()
        )
    return p
