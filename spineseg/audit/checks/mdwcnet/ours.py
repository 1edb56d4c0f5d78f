"""Blocks, sizes and settings of MDWC-Net, held against our network and recipe.

The text at hand has the prose and no formula: a block is judged by what the prose
says of it, and its reconstruction is named as one.
"""

from collections.abc import Callable

import numpy as np

from spineseg.audit.case import Case
from spineseg.audit.checks.compare import both
from spineseg.audit.checks.networks import facts, on_meta
from spineseg.audit.checks.operations import diagram, operations
from spineseg.audit.checks.recipes import as_printed, full
from spineseg.core.rng import rng
from spineseg.core.sample import Sample

_NETWORK = "mdwcnet/mdwc_net"
_OTHERS = ("fcn_8s", "deeplab_v3_plus", "pspnet", "unet", "resunet", "attention_unet")
"""Of the eight compared networks those that the registry holds since the first."""
_SIDE_PX = 256
_REBUILT = "The formulas are missing: the block is rebuilt from the prose."


def _network() -> list[str]:
    return operations(
        on_meta(_NETWORK), (1, 1, 64, 64), whole=("MSCAW", "DFCB", "BIEB")
    )


def _block(place: str, *channels: int) -> Callable[[], list[str]]:
    def found() -> list[str]:
        block = on_meta(_NETWORK).get_submodule(place)
        return operations(block, *((1, c, 16, 16) for c in channels))

    return found


def _changes() -> str:
    """Return what happened to a picture in forty random changes."""
    from spineseg.transforms import augmentation

    steps = full(_NETWORK)["augmentation"]
    change = augmentation(steps["paper"], **steps["numbers"])
    blank = Sample(np.zeros((4, 4), np.float32), np.zeros((4, 4), np.uint8))
    seen = [change(blank, rng(n, "audit", "flip")).history for n in range(40)]
    kinds = {one.name for history in seen for one in history}
    never = any(not history for history in seen)
    return ", ".join(["nothing"] * never + sorted(kinds))


def _sizes(widths: tuple[int, ...]) -> int:
    import torch

    from spineseg.models import create_model

    with torch.device("meta"):
        made = create_model(_NETWORK, 1, 2, widths=widths)
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
        ("changes", "what forty random changes did to a picture", _changes),
        why="The recipe's augmentation is all that is random; the chance of a flip, "
        "which is not printed, is one half.",
    ),
    "mdwcnet-hp-batch": as_printed(_NETWORK, {"batch": "plan.batch"}),
    "mdwcnet-hp-lr": as_printed(_NETWORK, {"lr": "plan.optimiser.rate"}),
    "mdwcnet-hp-epochs": as_printed(_NETWORK, {"epochs": "plan.epochs"}),
    "mdwcnet-hp-sgd": as_printed(
        _NETWORK,
        words={"plan.optimiser.name": "sgd"},
        remark="Momentum and decay are ours; /no_momentum is the recipe without.",
    ),
    "mdwcnet-hp-loss": as_printed(_NETWORK, words={"loss": "cross_entropy"}),
    "mdwcnet-arch-light": both(
        _lighter, "The widths are not printed; six of eight compared networks."
    ),
    "mdwcnet-F1": diagram({"network": _network}, "Depth and widths are ours."),
    "mdwcnet-F2": diagram({"block": _block("encoder.1", 32)}, _REBUILT),
    "mdwcnet-F3": diagram({"branches": _block("encoder.1", 32)}, _REBUILT),
    "mdwcnet-F4": diagram({"block": _block("joins.0", 256, 512)}, _REBUILT),
    "mdwcnet-F5": diagram(
        {"upper": _block("bottleneck.branches.0", 512),
         "lower": _block("bottleneck.branches.1", 512)},
        _REBUILT,
    ),
}  # fmt: skip
"""What our network and recipe answer."""
