"""Blocks of Cvm-UNet as the text describes them, against our network."""

from spineseg.audit.checks.compare import parts, settled
from spineseg.audit.checks.cvmunet.ours import (
    addends,
    merged,
    network,
    scan_orders,
    steps_of,
)
from spineseg.audit.checks.networks import facts
from spineseg.audit.checks.operations import diagram
from spineseg.audit.verdict import Verdict

_VSS = "ups.0.vss"


def _gate() -> list[str]:
    """Return the steps of the branch without a scan: norm, linear and its SiLU."""
    steps = steps_of(_VSS)()
    place = len(steps) - 1 - steps[::-1].index("silu")
    return [*steps[:2], *steps[place : place + 2]]


CHECKS = {
    "cvmunet-arch-overall": diagram(
        {"network": network}, "The decoder's wiring is one of many."
    ),
    "cvmunet-arch-vss-branch1": diagram(
        {"branch": _gate},
        "One linear layer feeds both branches; the SiLU gates the scan's output, a "
        "place that the text does not name.",
    ),
    "cvmunet-arch-vss-branch2": diagram(
        {"branch": steps_of(_VSS)}, "S6 is the sum of products over the states."
    ),
    "cvmunet-arch-vss-merge": parts(
        diagram({"merge": steps_of(_VSS)}),
        settled(
            addends,
            "B is added to the whole concatenation Z, as the text says.",
            "B can be added to A, or to Z after a 1 x 1 convolution.",
            Verdict.DEPENDS,
        ),
    ),
    "cvmunet-arch-ss2d": parts(
        diagram({"steps": steps_of("ups.0.vss.ss2d")}),
        facts(
            ("orders", "orders in which the pixels 1 to 6 of two rows are read",
             scan_orders),
            ("merged", "pixels after four readings are merged", merged),
            why="Four scans as in VMamba; the text says multi-directional.",
        ),
    ),
    "cvmunet-arch-resrelu": diagram(
        {"block": steps_of("skips.0")}, "Two convolutions, our choice."
    ),
    "cvmunet-arch-scsa-pcsa": diagram(
        {"block": steps_of("bottleneck.1")}, "Softmax stands before the dropout."
    ),
}  # fmt: skip
"""What our blocks answer."""
