"""A paper's scores from our records: pixels pooled over the test images.

Some papers add the pixels of all test images before they take a ratio, and average the
classes with the background as one of them (inception_unet, spec section 5). A record
holds the counts of each image, so that those numbers can be had beside the scores of
each image by itself.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import reduce
from operator import add

import numpy as np

from spineseg.core.errors import SpinesegError
from spineseg.metrics import Counts, f1_of, iou_of, precision_of, recall_of
from spineseg.training.record import Record

KINDS = ("tp", "fp", "fn", "tn")
RATIOS: Mapping[str, Callable[[Counts], float]] = {
    "miou": iou_of,
    "precision": precision_of,
    "recall": recall_of,
    "f1": f1_of,
}


@dataclass(frozen=True)
class PooledScores:
    """Means over the classes, background included, of ratios of pooled pixels.

    accuracy: share of pixels with the right class, which needs no averaging.
    """

    miou: float
    accuracy: float
    precision: float
    recall: float
    f1: float


def pooled_scores(record: Record) -> PooledScores:
    """Return the five scores of the tables of inception_unet for one run.

    Raises:
        SpinesegError: if the record holds no counts of pixels.
    """
    counts = pooled_counts(record)
    means = {
        name: float(np.mean([ratio(one) for one in counts.values()]))
        for name, ratio in RATIOS.items()
    }
    first = next(iter(counts.values()))
    right = sum(one.tp for one in counts.values())
    return PooledScores(accuracy=right / first.total, **means)


def pooled_counts(record: Record) -> dict[int, Counts]:
    """Return the pixels of each class, added over the test images; 0 is background.

    Raises:
        SpinesegError: if the record holds no counts of pixels.
    """
    row = record.scores[0]
    if "tp" in row:
        front = _added(record, "")
        return {0: front.of_background(), 1: front}
    labels = sorted(int(k.partition(".")[2]) for k in row if k.startswith("tp."))
    if not labels:
        raise SpinesegError(
            "this record holds no counts of pixels",
            found=f"{record.recipe}, seed {record.seed}",
            expected=f"columns {', '.join(KINDS)}",
            remedy="Run its recipe again",
        )
    return {label: _added(record, f".{label}") for label in labels}


def _added(record: Record, ending: str) -> Counts:
    rows = [Counts(*(row[k + ending] for k in KINDS)) for row in record.scores]
    return reduce(add, rows)
