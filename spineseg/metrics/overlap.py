"""Overlap: everything that follows from four counts.

TP, FP, FN, TN: pixels that are foreground in both masks, in the prediction alone, in
the target alone, in neither. Every metric comes twice: ``dice(prediction, target)``
for two masks and ``dice_of(counts)`` for counts, so that counts can be added over
images before the ratio is taken (pooling) and rates printed in a paper can be put in.

Sources: Dice 1945; Jaccard 1912; Taha and Hanbury 2015 (doi:10.1186/s12880-015-0068-x)
for the common names. Empty masks: :mod:`spineseg.metrics.empty`.
"""

from dataclasses import dataclass

import numpy as np

from spineseg.metrics.empty import NAN, when_empty
from spineseg.metrics.inputs import Mask, mask_pair


@dataclass(frozen=True)
class Counts:
    """Pixels by what the prediction says and what is true; shares work as well."""

    tp: float
    fp: float
    fn: float
    tn: float

    @property
    def predicted(self) -> float:
        """Size of the predicted foreground."""
        return self.tp + self.fp

    @property
    def true(self) -> float:
        """Size of the true foreground."""
        return self.tp + self.fn

    @property
    def total(self) -> float:
        """All pixels."""
        return self.tp + self.fp + self.fn + self.tn

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            self.tp + other.tp,
            self.fp + other.fp,
            self.fn + other.fn,
            self.tn + other.tn,
        )

    def of_background(self) -> "Counts":
        """Return the counts with foreground and background exchanged."""
        return Counts(tp=self.tn, fp=self.fn, fn=self.fp, tn=self.tp)


def count(prediction: Mask, target: Mask) -> Counts:
    """Count the pixels of each kind.

    Raises:
        SpinesegError: if a mask is not boolean, or the shapes differ.
    """
    prediction, target = mask_pair(prediction, target)
    tp = int(np.count_nonzero(prediction & target))
    fp = int(np.count_nonzero(prediction)) - tp
    fn = int(np.count_nonzero(target)) - tp
    return Counts(tp, fp, fn, tn=prediction.size - tp - fp - fn)


def _fixed(metric: str, counts: Counts) -> float | None:
    return when_empty(metric, counts.predicted == 0, counts.true == 0)


def dice_of(counts: Counts) -> float:
    """Return 2 TP / (2 TP + FP + FN)."""
    fixed = _fixed("dice", counts)
    if fixed is not None:
        return fixed
    return 2 * counts.tp / (counts.predicted + counts.true)


def iou_of(counts: Counts) -> float:
    """Return TP / (TP + FP + FN), the Jaccard index."""
    fixed = _fixed("iou", counts)
    if fixed is not None:
        return fixed
    return counts.tp / (counts.predicted + counts.fn)


def precision_of(counts: Counts) -> float:
    """Return TP / (TP + FP); an empty prediction of something present has 0."""
    fixed = _fixed("precision", counts)
    return counts.tp / counts.predicted if fixed is None else fixed


def recall_of(counts: Counts) -> float:
    """Return TP / (TP + FN); a prediction where nothing is has 0."""
    fixed = _fixed("recall", counts)
    return counts.tp / counts.true if fixed is None else fixed


def f1_of(counts: Counts) -> float:
    """Return the harmonic mean of precision and recall; for masks it equals Dice."""
    fixed = _fixed("f1", counts)
    if fixed is not None:
        return fixed
    p, r = precision_of(counts), recall_of(counts)
    return 2 * p * r / (p + r) if p + r else 0.0


def specificity_of(counts: Counts) -> float:
    """Return TN / (TN + FP); ``nan`` if the target has no background."""
    background = counts.tn + counts.fp
    return counts.tn / background if background else NAN


def accuracy_of(counts: Counts) -> float:
    """Return (TP + TN) / all, called GPA (global pixel accuracy) in one paper."""
    return (counts.tp + counts.tn) / counts.total if counts.total else NAN


def volumetric_similarity_of(counts: Counts) -> float:
    """Return 1 - |predicted - true| / (predicted + true); blind to the place."""
    fixed = _fixed("volumetric_similarity", counts)
    if fixed is not None:
        return fixed
    size = counts.predicted + counts.true
    return 1 - abs(counts.predicted - counts.true) / size


def iou_class_mean_of(counts: Counts) -> float:
    """Return the mean of the IoU of the foreground and that of the background.

    An empty prediction of a target with foreground share f still has (1 - f) / 2.
    """
    return (iou_of(counts) + iou_of(counts.of_background())) / 2


def dice_class_mean_of(counts: Counts) -> float:
    """Return the mean of the Dice of the foreground and that of the background.

    An empty prediction of a target with foreground share f still has
    (1 - f) / (2 - f).
    """
    return (dice_of(counts) + dice_of(counts.of_background())) / 2


def dice(prediction: Mask, target: Mask) -> float:
    """Return the Dice coefficient of two masks, :func:`dice_of`."""
    return dice_of(count(prediction, target))


def iou(prediction: Mask, target: Mask) -> float:
    """Return the intersection over union of two masks, :func:`iou_of`."""
    return iou_of(count(prediction, target))


def precision(prediction: Mask, target: Mask) -> float:
    """Return the share of the prediction that is true (PPV), :func:`precision_of`."""
    return precision_of(count(prediction, target))


def recall(prediction: Mask, target: Mask) -> float:
    """Return the share of the truth that is found (sensitivity), :func:`recall_of`."""
    return recall_of(count(prediction, target))


def f1(prediction: Mask, target: Mask) -> float:
    """Return the F1 score of two masks, :func:`f1_of`."""
    return f1_of(count(prediction, target))


def specificity(prediction: Mask, target: Mask) -> float:
    """Return the share of the background left alone, :func:`specificity_of`."""
    return specificity_of(count(prediction, target))


def accuracy(prediction: Mask, target: Mask) -> float:
    """Return the share of pixels that are right, :func:`accuracy_of`."""
    return accuracy_of(count(prediction, target))


def volumetric_similarity(prediction: Mask, target: Mask) -> float:
    """Return the agreement of the two sizes, :func:`volumetric_similarity_of`."""
    return volumetric_similarity_of(count(prediction, target))


def iou_class_mean(prediction: Mask, target: Mask) -> float:
    """Return the IoU averaged over fore- and background, :func:`iou_class_mean_of`."""
    return iou_class_mean_of(count(prediction, target))


def dice_class_mean(prediction: Mask, target: Mask) -> float:
    """Return the Dice averaged over two classes, :func:`dice_class_mean_of`."""
    return dice_class_mean_of(count(prediction, target))
