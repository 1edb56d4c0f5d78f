"""Blocks, counts and optimiser of Cvm-UNet, held against our network and recipe."""

from collections.abc import Callable

from spineseg.audit.case import Case
from spineseg.audit.checks.compare import near, parts, settled, show
from spineseg.audit.checks.networks import facts, on_meta
from spineseg.audit.checks.operations import diagram, operations
from spineseg.audit.checks.recipes import as_printed
from spineseg.audit.verdict import Finding, Verdict, all_of
from spineseg.stats.ranges import Range

_NETWORK = "cvmunet/cvm_unet"
_SIDE_PX = 480
_WHOLE = ("ConvNeXt", "SCSA", "ResReLU", "VSSWithECA", "Residual")


def network() -> list[str]:
    """Return the steps of the whole network, its blocks by name."""
    return operations(on_meta(_NETWORK, 3, 1), (1, 3, 64, 64), whole=_WHOLE)


def steps_of(place: str, whole: tuple[str, ...] = ()) -> Callable[[], list[str]]:
    """Return what lists the steps of a block of the network, by its place."""

    def found() -> list[str]:
        block = on_meta(_NETWORK, 3, 1).get_submodule(place)
        return operations(block, _shape(place), whole=whole)

    return found


def _shape(place: str) -> tuple[int, ...]:
    """Return the shape that a block of the network takes."""
    if place.endswith("ss2d"):
        return (1, 16, 16, 768 + 384)  # channels last
    # encoder stage 0; three rises to 384 channels at the first skip and its join
    channels = {"encoder.stages.0.0": 96, "skips.0": 384, "bottleneck": 768,
                "bottleneck.1": 768}.get(place, 768 + 384)  # fmt: skip
    return (1, channels, 16, 16)


def scan_orders() -> str:
    """Return the order in which the four scans read a picture of 2 x 3 pixels."""
    import torch

    from spineseg.blocks.ss2d import cross_scan

    picture = torch.arange(1.0, 7.0).view(1, 1, 2, 3)
    return " / ".join(
        "".join(str(int(v)) for v in path[0]) for path in cross_scan(picture)[0]
    )


def merged() -> str:
    """Return what merging the four readings of a picture makes of its pixels."""
    import torch

    from spineseg.blocks.ss2d import cross_merge, cross_scan

    picture = torch.arange(1.0, 7.0).view(1, 1, 2, 3)
    ratio = cross_merge(cross_scan(picture), 2, 3) / picture
    return f"{float(ratio.min()):g} to {float(ratio.max()):g} times"


def addends(case: Case) -> tuple[bool, str]:
    """Compare the channels of B and of Z, which the text adds up."""
    block = on_meta(_NETWORK, 3, 1).get_submodule("ups.0.vss")
    b = int(case.ours("channels of B", block.get_submodule("phi_2.0").out_channels))
    z = int(case.ours("channels of Z", block.get_submodule("phi_1.0").in_channels))
    return b == z, f"B has {b} channels, Z has {z}."


def _counted(case: Case) -> Finding:
    from spineseg.audit.counters_thop import count_as_printed

    found = count_as_printed(on_meta(_NETWORK, 3, 1), (1, 3, _SIDE_PX, _SIDE_PX))
    ours = {
        "params_m": case.ours("counted parameters, M", f"{found.parameters / 1e6:.3f}"),
        "flops_g": case.ours("counted operations, G", f"{found.macs / 1e9:.3f}"),
    }
    verdicts, said = [], []
    for name, counted in ours.items():
        printed = case.number(name)
        mine = Range(float(counted), float(counted))
        slack = case.claim.tolerance() * printed.middle
        verdicts.append(near(printed, mine, slack))
        said.append(f"{name}: printed {case.value(name)}, counted {show(mine, 3)}")
    return Finding(
        all_of(verdicts),
        f"{'; '.join(said)}. The time of {case.value('infer_ms')} ms needs that GPU.",
        "Counted as the printed table is, with the tiny ConvNeXt and wiring A; the "
        "text settles neither, and other wirings fit as well.",
        "Another wiring may give the printed digits.",
    )


def _depthwise_sides() -> str:
    from torch import nn

    encoder = on_meta(_NETWORK, 3, 1).get_submodule("encoder")
    sides = {
        m.kernel_size[0]
        for m in encoder.modules()
        if isinstance(m, nn.Conv2d) and m.groups == m.in_channels
    }
    return ", ".join(str(side) for side in sorted(sides))


CHECKS = {
    "cvmunet-hp-adam": as_printed(
        _NETWORK,
        words={
            "plan.optimiser.name": "adam",
            "plan.optimiser.betas": "(0.9, 0.999)",
            "plan.optimiser.decay": "0.0",
        },
        remark="Betas and decay are the library's defaults, as the text gives none.",
    ),
    "cvmunet-arch-encoder": parts(
        diagram({"steps": steps_of("encoder.stages.0.0")}),
        facts(
            (
                "kernel",
                "sides of the depthwise kernels of the encoder",
                _depthwise_sides,
            ),
            why="Widths and depths, which are not printed, are those of ConvNeXt-T.",
        ),
    ),
    "cvmunet-arch-params": _counted,
    "cvmunet-F2": diagram({"network": network}, "The decoder's wiring is one of many."),
    "cvmunet-F3": diagram({"block": steps_of("encoder.stages.0.0")}),
    "cvmunet-F4": facts(
        (
            "orders",
            "orders in which the pixels 1 to 6 of two rows are read",
            scan_orders,
        ),
        ("merged", "pixels after four readings are merged", merged),
        why="Four scans as in VMamba; the text says multi-directional.",
    ),
    "cvmunet-F5": parts(
        diagram({"block": steps_of("ups.0.vss", ("SS2D", "ECA"))}),
        settled(
            addends,
            "B is added to the whole concatenation Z, as the text says.",
            "B can be added to A, or to Z after a 1 x 1 convolution.",
            Verdict.DEPENDS,
        ),
    ),
    "cvmunet-F6": diagram({"block": steps_of("ups.0.vss.eca")}),
    "cvmunet-F7": diagram(
        {"block": steps_of("skips.0")}, "Two convolutions, our choice."
    ),
    "cvmunet-F8": diagram(
        {"block": steps_of("bottleneck")}, "SMSA stands before PCSA, as in the text."
    ),
}
"""What our network and recipe answer."""
