"""Do two raters, or two methods, give the same number for the same thing."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spineseg.core.errors import SpinesegError
from spineseg.stats.paired import paired_samples


@dataclass(frozen=True)
class BlandAltman:
    """Mean difference and the limits that hold about 95 % of the differences."""

    bias: float
    low: float
    high: float
    sd: float


def bland_altman(x: ArrayLike, y: ArrayLike) -> BlandAltman:
    """Return bias and limits of agreement, bias plus and minus 1.96 SD.

    Bland and Altman 1986, doi:10.1016/S0140-6736(86)90837-8.
    """
    a, b = paired_samples(x, y)
    difference = a - b
    bias, sd = float(difference.mean()), float(difference.std(ddof=1))
    return BlandAltman(bias, bias - 1.96 * sd, bias + 1.96 * sd, sd)


def icc_agreement(ratings: ArrayLike) -> float:
    """Return ICC(2,1): one rating of a random rater, absolute agreement.

    Shrout and Fleiss 1979, doi:10.1037/0033-2909.86.2.420. A rater who is always two
    degrees higher lowers it.

    Args:
        ratings: (subjects, raters).
    """
    rows, columns, error, (n, k) = _mean_squares(ratings)
    return float((rows - error) / (rows + (k - 1) * error + k * (columns - error) / n))


def icc_consistency(ratings: ArrayLike) -> float:
    """Return ICC(3,1): one rating of these raters, a constant offset forgiven."""
    rows, _, error, (_, k) = _mean_squares(ratings)
    return float((rows - error) / (rows + (k - 1) * error))


def _mean_squares(
    ratings: ArrayLike,
) -> tuple[float, float, float, tuple[int, int]]:
    table: NDArray[np.float64] = np.asarray(ratings, float)
    if table.ndim != 2 or min(table.shape) < 2 or np.isnan(table).any():
        raise SpinesegError(
            "ratings must be a table (subjects, raters), at least 2 x 2, without NaN",
            found=table.shape,
        )
    n, k = table.shape
    mean = table.mean()
    rows = k * ((table.mean(1) - mean) ** 2).sum() / (n - 1)
    columns = n * ((table.mean(0) - mean) ** 2).sum() / (k - 1)
    rest = table - table.mean(1, keepdims=True) - table.mean(0) + mean
    error = (rest**2).sum() / ((n - 1) * (k - 1))
    return float(rows), float(columns), float(error), (n, k)
