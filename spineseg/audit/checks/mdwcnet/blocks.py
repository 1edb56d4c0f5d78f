"""Blocks, size and metrics of MDWC-Net as the prose describes them, against ours.

Its four metrics have no formula in the text at hand, but a sentence each; the standard
form of that sentence is written out pixel by pixel.
"""

import numpy as np

from spineseg.audit.case import Case
from spineseg.audit.checks.compare import parts
from spineseg.audit.checks.formulae import counts, formula, masks, on_masks
from spineseg.audit.checks.mdwcnet.ours import NETWORK, REBUILT, network, steps_of
from spineseg.audit.checks.networks import facts, on_meta
from spineseg.audit.checks.operations import diagram
from spineseg.audit.checks.prepared import size, square

_SAID = "The formula is missing in the text at hand; its sentence is read as usual."


def _weights() -> int:
    """Return how many branches have weights of their own."""
    return int(on_meta(NETWORK).get_parameter("encoder.1.weights").shape[0])


def _right_pixels(case: Case) -> float:
    prediction, target = masks()
    return float(np.mean([p == t for p, t in zip(
        prediction.ravel(), target.ravel(), strict=True)]))  # fmt: skip


def _mean_iou(case: Case) -> float:
    """Return the mean of the IoU of foreground and of background."""
    hit, invented, missed = counts()
    error = invented + missed
    left = masks()[0].size - hit - error
    return (hit / (hit + error) + left / (left + error)) / 2


def _dice(case: Case) -> float:
    hit, invented, missed = counts()
    return 2 * hit / (2 * hit + invented + missed)


def _found(case: Case) -> float:
    hit, _, missed = counts()
    return hit / (hit + missed)


_RESULTS = {
    "eq20": (_right_pixels, "accuracy", "Share of pixels that are right"),
    "eq21": (_dice, "dice", "Dice of two rectangles"),
    "eq22": (_mean_iou, "iou_class_mean", "IoU averaged over two classes"),
    "eq23": (_found, "recall", "Share of the true pixels that are found"),
}
CHECKS = {
    "mdwcnet-prep-size": facts(
        ("size", "rows of a prepared picture",
         lambda: size(NETWORK).split(" x ")[0]),
        ("square", "height over width of a square", lambda: square(NETWORK)),
        why="Proportions are kept by padding, which the text does not name.",
    ),
    "mdwcnet-arch-overall": diagram({"network": network}, "Depth and widths are ours."),
    "mdwcnet-arch-mscaw": parts(
        diagram({"branches": steps_of("encoder.1", 32)}, REBUILT),
        facts(("weights", "branches with weights of their own", _weights), why=REBUILT),
    ),
    "mdwcnet-arch-dfcb": diagram({"block": steps_of("joins.0", 256, 512)}, REBUILT),
    "mdwcnet-arch-bieb": diagram({"block": steps_of("bottleneck", 512)}, REBUILT),
    **{
        f"mdwcnet-{name}": formula(literal, on_masks(metric), what, _SAID)
        for name, (literal, metric, what) in _RESULTS.items()
    },
}  # fmt: skip
"""What our blocks and metrics answer."""
