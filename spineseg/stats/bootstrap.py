"""Confidence intervals by resampling the unit that was sampled.

Images of one patient, and seeds of one recipe, are not independent: resampling images
alone makes intervals too short. Each function names its unit.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from spineseg.core.errors import SpinesegError

Statistic = Callable[[NDArray[np.float64]], float]


@dataclass(frozen=True)
class Interval:
    """An estimate between two bounds, and the confidence they were made for."""

    estimate: float
    low: float
    high: float
    confidence: float


def bootstrap_images(
    values: ArrayLike,
    rng: np.random.Generator,
    statistic: Statistic = np.mean,
    resamples: int = 2000,
    confidence: float = 0.95,
) -> Interval:
    """Return the percentile interval, images resampled (one image a patient)."""
    x = _vector(values)
    draws = [statistic(x[rng.integers(0, len(x), len(x))]) for _ in range(resamples)]
    return _percentiles(statistic(x), draws, confidence)


def bootstrap_bca(
    values: ArrayLike,
    rng: np.random.Generator,
    statistic: Statistic = np.mean,
    resamples: int = 2000,
    confidence: float = 0.95,
) -> Interval:
    """Return the bias-corrected and accelerated interval (Efron 1987).

    doi:10.1080/01621459.1987.10478410. Better than percentiles for skewed scores
    such as Dice near one.
    """
    x = _vector(values)
    if np.ptp(x) == 0:
        return Interval(float(x[0]), float(x[0]), float(x[0]), confidence)
    result = stats.bootstrap(
        (x,),
        lambda sample: statistic(sample),
        n_resamples=resamples,
        confidence_level=confidence,
        method="BCa",
        vectorized=False,
        rng=rng,
    )
    low, high = result.confidence_interval
    return Interval(float(statistic(x)), float(low), float(high), confidence)


def bootstrap_patients(
    values: ArrayLike,
    patients: ArrayLike,
    rng: np.random.Generator,
    statistic: Statistic = np.mean,
    resamples: int = 2000,
    confidence: float = 0.95,
) -> Interval:
    """Return the percentile interval, whole patients resampled with their images.

    Args:
        values: one score an image.
        patients: the patient of each image.
        rng: draws the patients.
        statistic: of all images drawn.
        resamples: number of draws.
        confidence: of the interval.
    """
    x, owner = _vector(values), np.asarray(patients)
    if owner.shape != x.shape:
        raise SpinesegError(
            "every image needs its patient", found=f"{owner.shape} and {x.shape}"
        )
    groups = [np.flatnonzero(owner == who) for who in np.unique(owner)]
    draws = [
        statistic(x[np.concatenate([groups[i] for i in picked])])
        for picked in rng.integers(0, len(groups), (resamples, len(groups)))
    ]
    return _percentiles(statistic(x), draws, confidence)


def bootstrap_seeds_and_images(
    scores: ArrayLike,
    rng: np.random.Generator,
    resamples: int = 2000,
    confidence: float = 0.95,
) -> Interval:
    """Return the interval of the mean over seeds and images, both resampled.

    Args:
        scores: (seeds, images); every seed scored the same images.
        rng: draws seeds, then images (the same for all seeds of a draw).
        resamples: number of draws.
        confidence: of the interval.
    """
    table = np.asarray(scores, float)
    if table.ndim != 2 or np.isnan(table).any():
        raise SpinesegError(
            "scores must be a table (seeds, images) without NaN", found=table.shape
        )
    seeds, images = table.shape
    draws = [
        float(
            table[
                np.ix_(rng.integers(0, seeds, seeds), rng.integers(0, images, images))
            ].mean()
        )
        for _ in range(resamples)
    ]
    return _percentiles(float(table.mean()), draws, confidence)


def _percentiles(estimate: float, draws: list[float], confidence: float) -> Interval:
    tail = (1 - confidence) / 2
    low, high = np.quantile(draws, [tail, 1 - tail])
    return Interval(float(estimate), float(low), float(high), confidence)


def _vector(values: ArrayLike) -> NDArray[np.float64]:
    x = np.asarray(values, float)
    if x.ndim != 1 or len(x) < 2 or np.isnan(x).any():
        raise SpinesegError(
            "values must be a vector of at least two numbers without NaN",
            found=x.shape,
        )
    return x
