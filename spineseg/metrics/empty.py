"""The one table of what each metric says when a mask is empty.

Three things can be empty: both masks, the prediction alone, the target alone. The
rule of the whole project:

* both empty: ``nan``. There was nothing to find and nothing was found; the case says
  nothing about the metric, is left out of the mean and is *counted*.
* one empty: the worst value there is, 0 for a share and ``inf`` for a distance. The
  case is never dropped and never a made-up number such as -1.
* ``None``: the formula needs no foreground and is computed as ever. These metrics
  also reward the background, which is their weakness and is shown as it is.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

NAN = float("nan")
INF = float("inf")


class WhenEmpty(NamedTuple):
    """The value of one metric for each way to be empty; ``None`` means computed."""

    both: float | None
    prediction: float | None
    target: float | None


_SHARE = WhenEmpty(both=NAN, prediction=0.0, target=0.0)
_DISTANCE = WhenEmpty(both=NAN, prediction=INF, target=INF)
_COMPUTED = WhenEmpty(both=None, prediction=None, target=None)
# the foreground follows the rule, the background is computed, then the mean is taken
_CLASS_MEAN = WhenEmpty(both=NAN, prediction=None, target=None)

EMPTY_TABLE: Mapping[str, WhenEmpty] = MappingProxyType(
    {
        "dice": _SHARE,
        "iou": _SHARE,
        "f1": _SHARE,
        "precision": _SHARE,
        "recall": _SHARE,
        "volumetric_similarity": _SHARE,
        "boundary_iou": _SHARE,
        "boundary_iou_mm": _SHARE,
        "nsd": _SHARE,
        "nsd_by_length": _SHARE,
        "dice_class_mean": _CLASS_MEAN,
        "iou_class_mean": _CLASS_MEAN,
        "hausdorff": _DISTANCE,
        "hausdorff_of_regions": _DISTANCE,
        "hd95_pooled": _DISTANCE,
        "hd95_directed_max": _DISTANCE,
        "hd95_by_length": _DISTANCE,
        "assd": _DISTANCE,
        "masd": _DISTANCE,
        # 1 is the largest error that a probability can have
        "mae_foreground": WhenEmpty(both=NAN, prediction=None, target=1.0),
        "mae": _COMPUTED,
        "accuracy": _COMPUTED,
        # its own hole, a target without background, is nan and not in this table
        "specificity": _COMPUTED,
        "ssim": _COMPUTED,
        # does not see emptiness: that is one of the things wrong with it
        "hausdorff_of_rows": _COMPUTED,
    }
)
"""What every metric of :mod:`spineseg.metrics` says about empty masks."""


def when_empty(metric: str, prediction_empty: bool, target_empty: bool) -> float | None:
    """Return the value that the table fixes, or ``None`` where the formula decides.

    Args:
        metric: a name of :data:`EMPTY_TABLE`.
        prediction_empty: whether the prediction has no foreground.
        target_empty: whether the target has no foreground.
    """
    row = EMPTY_TABLE[metric]
    if prediction_empty and target_empty:
        return row.both
    if prediction_empty:
        return row.prediction
    return row.target if target_empty else None
