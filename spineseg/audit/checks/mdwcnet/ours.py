"""Blocks, sizes and settings of MDWC-Net, held against our network and recipe.

The text at hand has the prose and no formula: a block is judged by what the prose
says of it, and its reconstruction is named as one.
"""

from collections.abc import Callable

from spineseg.audit.case import Case
from spineseg.audit.checks.compare import both
from spineseg.audit.checks.networks import facts, on_meta
from spineseg.audit.checks.operations import diagram, operations
from spineseg.audit.checks.prepared import changes
from spineseg.audit.checks.recipes import as_printed

NETWORK = "mdwcnet/mdwc_net"
_OTHERS = ("fcn_8s", "deeplab_v3_plus", "pspnet", "unet", "resunet", "attention_unet")
"""Of the eight compared networks those that the registry holds since the first."""
_SIDE_PX = 256
REBUILT = "The formulas are missing: the block is rebuilt from the prose."


def network() -> list[str]:
    """Return the steps of the whole network, its blocks by name."""
    return operations(on_meta(NETWORK), (1, 1, 64, 64), whole=("MSCAW", "DFCB", "BIEB"))


def steps_of(place: str, *channels: int) -> Callable[[], list[str]]:
    """Return what lists the steps of a block of the network, by its place."""

    def found() -> list[str]:
        block = on_meta(NETWORK).get_submodule(place)
        return operations(block, *((1, c, 16, 16) for c in channels))

    return found


def _sizes(widths: tuple[int, ...]) -> int:
    import torch

    from spineseg.models import create_model

    with torch.device("meta"):
        made = create_model(NETWORK, 1, 2, widths=widths)
    return sum(p.numel() for p in made.parameters())


def _lighter(case: Case) -> tuple[dict[str, bool], str]:
    from spineseg.audit.counters_true import count

    shape = (1, 1, _SIDE_PX, _SIDE_PX)
    found = {
        name: count(on_meta(f"mdwcnet/{name}"), shape)
        for name in ("mdwc_net", *_OTHERS)
    }
    ours = found.pop("mdwc_net")
    least = min(found, key=lambda name: found[name].parameters)
    fewest = min(found, key=lambda name: found[name].macs)
    double = _sizes((64, 128, 256, 512, 1024))
    mine, theirs, wide = (
        float(case.ours(f"parameters of {what}, M", f"{number / 1e6:.2f}"))
        for what, number in (
            ("MDWC-Net, 32 to 512", ours.parameters),
            (f"the smallest other, {least}", found[least].parameters),
            ("MDWC-Net, 64 to 1024", double),
        )
    )
    work, other = (
        float(case.ours(f"operations of {what}, G", f"{number / 1e9:.2f}"))
        for what, number in (
            ("MDWC-Net, 32 to 512", ours.macs),
            (f"the fastest other, {fewest}", found[fewest].macs),
        )
    )
    return {
        "with widths 32 to 512": mine < theirs and work < other,
        "with widths 64 to 1024": wide < theirs,
    }, (
        f"With widths 32 to 512 MDWC-Net has {mine} M parameters and {work} G "
        f"multiply-accumulates at {_SIDE_PX} x {_SIDE_PX}, with 64 to 1024 {wide} M; "
        f"the least of six others {theirs} M ({least}) and {other} G ({fewest}). Time "
        "is not judged."
    )


CHECKS = {
    "mdwcnet-prep-flip": facts(
        ("changes", "what forty random changes did to a picture",
         lambda: changes(NETWORK)),
        why="The recipe's augmentation is all that is random; the chance of a flip, "
        "which is not printed, is one half.",
    ),
    "mdwcnet-hp-batch": as_printed(NETWORK, {"batch": "plan.batch"}),
    "mdwcnet-hp-lr": as_printed(NETWORK, {"lr": "plan.optimiser.rate"}),
    "mdwcnet-hp-epochs": as_printed(NETWORK, {"epochs": "plan.epochs"}),
    "mdwcnet-hp-sgd": as_printed(
        NETWORK,
        words={"plan.optimiser.name": "sgd"},
        remark="Momentum and decay are ours; /no_momentum is the recipe without.",
    ),
    "mdwcnet-hp-loss": as_printed(NETWORK, words={"loss": "cross_entropy"}),
    "mdwcnet-arch-light": both(
        _lighter, "The widths are not printed; six of eight compared networks."
    ),
    "mdwcnet-F1": diagram({"network": network}, "Depth and widths are ours."),
    "mdwcnet-F2": diagram({"block": steps_of("encoder.1", 32)}, REBUILT),
    "mdwcnet-F3": diagram({"branches": steps_of("encoder.1", 32)}, REBUILT),
    "mdwcnet-F4": diagram({"block": steps_of("joins.0", 256, 512)}, REBUILT),
    "mdwcnet-F5": diagram(
        {"upper": steps_of("bottleneck.branches.0", 512),
         "lower": steps_of("bottleneck.branches.1", 512)},
        REBUILT,
    ),
}  # fmt: skip
"""What our network and recipe answer."""
