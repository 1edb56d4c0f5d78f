"""Two printed rows of Cvm-UNet that fit only under one reading of their metric."""

import numpy as np

from spineseg.audit.case import Case
from spineseg.audit.checks.compare import both
from spineseg.stats import published
from spineseg.stats.ranges import Range

_SIDE_PX = 480
_T4, _ROW = "cvmunet_table4", "Vm-UNetV2"


def _column(width: int, share: float) -> np.ndarray:
    """Return an upright bar of a width, with a share of the picture's pixels."""
    picture = np.zeros((_SIDE_PX, _SIDE_PX), bool)
    height = round(share * _SIDE_PX**2 / width)
    top, left = (_SIDE_PX - height) // 2, (_SIDE_PX - width) // 2
    picture[top : top + height, left : left + width] = True
    return picture


def _shrunk(mask: np.ndarray, recall: float) -> np.ndarray:
    """Return the mask drawn in evenly until no more than a share of it is left."""
    from scipy.ndimage import distance_transform_edt

    depth = np.asarray(distance_transform_edt(mask))
    enough = (
        depth > cut
        for cut in range(int(depth.max()) + 1)
        if (depth > cut).sum() <= recall * mask.sum()
    )
    return next(enough)


def _unit(case: Case) -> tuple[dict[str, bool], str]:
    """Hold the largest printed distance against pixels and against rows of them."""
    printed = case.number("hd_max").middle
    recall = case.cell(_T4, _ROW, "recall_mean").middle
    truth = _column(round(case.count("width_px")), case.count("share"))
    rows = case.function("metrics:hausdorff_of_rows")(truth & False, truth)
    pixels = case.function("metrics:hausdorff")(_shrunk(truth, recall), truth)
    return {
        "image rows as points": abs(rows - printed) <= case.claim.tolerance(),
        "boundary pixels as points": pixels <= printed + case.claim.tolerance(),
    }, (
        f"Printed at most {printed:g}. On a column {case.value('width_px')} pixels "
        f"wide an empty prediction is {rows:.2f} away by rows, the unit being the root "
        f"of a pixel; one with the printed recall of {recall:g}, drawn in evenly, is "
        f"{pixels:.1f} pixels away."
    )


def _share_by_dice(dice: float) -> float:
    """Return the foreground of a picture of which nothing painted scores this."""
    return (1 - 2 * dice) / (1 - dice)


def _empty(case: Case) -> tuple[dict[str, bool], str]:
    """Hold both scores against a prediction of nothing, and against its recall."""
    dice, iou = (
        Range(case.number(f"{name}.0").low, case.number(f"{name}.1").high)
        for name in ("dice", "miou")
    )
    by_dice = Range(_share_by_dice(dice.high), _share_by_dice(dice.low))
    by_iou = Range(1 - 2 * iou.high, 1 - 2 * iou.low)
    recall = case.cell(_T4, _ROW, "recall_mean")
    top = published.mean_dice_given_mean_recall(recall).high
    return {
        "nothing painted, averaged over both classes": by_dice.apart(by_iou) == 0,
        "foreground alone": dice.low <= top,
    }, (
        f"Nothing painted has this Dice at {by_dice.low:.3f} to {by_dice.high:.3f} "
        f"foreground and this mIoU at {by_iou.low:.3f} to {by_iou.high:.3f}. A "
        f"foreground Dice is at most {top:.3f} at the printed recall."
    )


CHECKS = {
    "cvmunet-hd-unit": both(
        _unit, "A prediction with few of the pixels lies in the middle of the spine."
    ),
    "cvmunet-collapse-vmunetv2": both(
        _empty, "The recall of Table 4 is that of the same predictions."
    ),
}
"""What the printed rows allow."""
