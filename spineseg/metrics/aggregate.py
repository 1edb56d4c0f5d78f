"""From many images to one number: per image, per patient, pooled; nothing dropped.

The three answer different questions. *Per image*: how good is it on a picture drawn
from this set? *Per patient*: how good is it for a person? *Pooled*: what share of all
pixels is right? Large structures and patients with many images weigh more in the
last. A mean without its way of averaging cannot be compared with another.
"""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spineseg.core.errors import SpinesegError
from spineseg.metrics.empty import NAN
from spineseg.metrics.inputs import Mask, same_shape
from spineseg.metrics.overlap import (
    Counts,
    count,
    iou,
    iou_class_mean,
    iou_class_mean_of,
)

Pairs = Iterable[tuple[Mask, Mask]]


@dataclass(frozen=True)
class Summary:
    """Scores of many images or patients in a few numbers, with what is missing.

    Attributes:
        unit: what was averaged, ``"image"`` or ``"patient"``.
        n: units with a defined value, on which all statistics rest.
        undefined: units without one (all images with both masks empty).
        undefined_images: images without a defined value.
        infinite: units with an infinite distance (one mask empty).
        mean: mean over the n units; ``inf`` as soon as one of them is.
        sd: standard deviation with n - 1; ``nan`` below two units or with an ``inf``.
        median: the middle value, finite as long as fewer than half are not.
        finite_mean: mean over the finite units; only honest beside ``infinite``.
    """

    unit: str
    n: int
    undefined: int
    undefined_images: int
    infinite: int
    mean: float
    sd: float
    median: float
    finite_mean: float


def per_image(values: ArrayLike) -> Summary:
    """Summarise one score an image; ``nan`` is left out and counted."""
    scores = np.asarray(values, float)
    return _summary("image", scores, undefined_images=int(np.isnan(scores).sum()))


def per_patient(values: ArrayLike, patients: Sequence[Hashable]) -> Summary:
    """Average the images of each patient first, then summarise the patients.

    Args:
        values: one score an image.
        patients: whose image it is, in the same order.

    Raises:
        SpinesegError: if there is not one patient for each score.
    """
    scores = np.asarray(values, float)
    if len(scores) != len(patients):
        raise SpinesegError(
            "each score needs its patient",
            found=f"{len(scores)} scores and {len(patients)} patients",
            expected="as many of one as of the other",
        )
    groups: dict[Hashable, list[float]] = {patient: [] for patient in patients}
    for patient, score in zip(patients, scores, strict=True):
        if not np.isnan(score):
            groups[patient].append(float(score))
    means = [float(np.mean(g)) if g else NAN for g in groups.values()]
    return _summary("patient", np.array(means), int(np.isnan(scores).sum()))


def pooled(ratio: Callable[[Counts], float], pairs: Pairs) -> float:
    """Add the counts of all images, then take the ratio once.

    An image in which both masks are empty adds background only; nothing is undefined
    unless no image has any foreground.

    Args:
        ratio: ``dice_of``, ``iou_of``, ``iou_class_mean_of``, ...
        pairs: (prediction, target) of each image.
    """
    return ratio(reduce(add, (count(p, t) for p, t in pairs), Counts(0, 0, 0, 0)))


def miou_foreground(pairs: Pairs) -> float:
    """Return the mean over the images of the IoU of the foreground.

    Images with both masks empty are left out; ``per_image`` also counts them.
    """
    return per_image([iou(p, t) for p, t in pairs]).mean


def miou_class_mean(pairs: Pairs) -> float:
    """Return the mean over the images of the IoU averaged over both classes.

    Images with both masks empty are left out; ``per_image`` also counts them.
    """
    return per_image([iou_class_mean(p, t) for p, t in pairs]).mean


def miou_pooled(pairs: Pairs) -> float:
    """Return the IoU averaged over both classes, of counts added over all images."""
    return pooled(iou_class_mean_of, pairs)


def by_class(
    metric: Callable[[Mask, Mask], float],
    prediction: NDArray[Any],
    target: NDArray[Any],
    labels: Iterable[int],
) -> dict[int, float]:
    """Return a metric of two label maps for each label by itself.

    Raises:
        SpinesegError: if the shapes differ.
    """
    same_shape(prediction, target)
    return {k: metric(prediction == k, target == k) for k in labels}


def _summary(unit: str, scores: NDArray[np.float64], undefined_images: int) -> Summary:
    defined = scores[~np.isnan(scores)]
    finite = defined[np.isfinite(defined)]
    complete = len(finite) == len(defined)
    return Summary(
        unit=unit,
        n=len(defined),
        undefined=len(scores) - len(defined),
        undefined_images=undefined_images,
        infinite=len(defined) - len(finite),
        mean=float(defined.mean()) if len(defined) else NAN,
        sd=float(defined.std(ddof=1)) if complete and len(defined) > 1 else NAN,
        median=_median(defined),
        finite_mean=float(finite.mean()) if len(finite) else NAN,
    )


def _median(defined: NDArray[np.float64]) -> float:
    return float(np.median(defined)) if len(defined) else NAN
