"""Layers, sizes and settings of the WGAN with CTM, held against ours."""

from collections.abc import Callable

import numpy as np

from spineseg.audit.case import Case, Check
from spineseg.audit.checks.compare import settled
from spineseg.audit.checks.networks import facts, on_meta
from spineseg.audit.checks.operations import diagram, operations
from spineseg.audit.checks.recipes import FOLLOWED, full
from spineseg.core.rng import rng
from spineseg.core.sample import Sample

NETWORK, _CRITIC = "wgan_ctm/generator", "wgan_ctm/critic"
_T5 = "wgan_ctm_table5"
_PARTS = ("disc", "foramen", "arch")


def _rates() -> str:
    from torch import nn

    downs = on_meta(NETWORK, 1, 4).get_submodule("downs")
    layers = [
        {m.dilation[0] for m in down.modules()
         if isinstance(m, nn.Conv2d) and m.kernel_size == (3, 3)}
        for down in downs.children()
    ]  # fmt: skip
    return ", ".join("/".join(map(str, sorted(one))) for one in layers)


def _z_score() -> str:
    from spineseg.transforms import preprocessing

    steps = full(NETWORK)["preprocessing"]
    run = preprocessing(steps["paper"], **{**steps["numbers"], "size_px": 32})
    noise = rng(0, "audit", "z").uniform(0.1, 1.0, (32, 32)).astype(np.float32)
    seen = run(Sample(noise, np.zeros((32, 32), np.uint8))).picture
    return f"{abs(float(seen.mean())):.2f} and {float(seen.std()):.2f}"


def layer(place: str, channels: int) -> Callable[[], list[str]]:
    """Return what lists the steps of a part of the generator."""

    def found() -> list[str]:
        part = on_meta(NETWORK, 1, 4).get_submodule(place)
        return operations(part, (1, channels, 32, 32))

    return found


def generator() -> list[str]:
    """Return the steps of the generator, its blocks by name."""
    whole = ("DilatedResidualDown", "TokenMixer", "Residual")
    return operations(on_meta(NETWORK, 1, 4), (1, 1, 256, 256), whole=whole)


def attention() -> list[str]:
    """Return the steps of the clustered attention."""
    part = on_meta(NETWORK, 1, 4).get_submodule("bottleneck.1.attention")
    return operations(part, (1, 256, 1024))


def _critic() -> list[str]:
    return operations(on_meta(_CRITIC, 4, 1), (1, 4, 512, 512))


def _row(recipe: str) -> Check:
    """A row of Table 1: epochs, size and batch of the recipe."""
    name = f"wgan_ctm/{recipe}"

    def part(*path: str) -> object:
        found = full(name)
        for step in path:
            found = found[step]
        return found

    def size() -> str:
        side = part("preprocessing", "numbers", "size_px")
        return f"{side}\N{MULTIPLICATION SIGN}{side}\N{MULTIPLICATION SIGN}1"

    return facts(
        ("epochs", f"epochs of {name}", lambda: part("plan", "epochs")),
        ("size", f"size of {name}", size),
        ("batch", f"batch of {name}", lambda: part("plan", "batch")),
        why=FOLLOWED,
        fair="The other number may be a slip of the table.",
    )


def _bars(metric: str) -> Check:
    def test(case: Case) -> tuple[bool, str]:
        found = [
            case.cell(_T5, row, f"{metric}_{part}_mean").middle
            for row in case.rows(_T5)
            for part in _PARTS
        ]
        return len(found) == case.count("bars"), (
            f"Table 5 prints {len(found)} means, {min(found):g} to {max(found):g}: "
            f"{len(case.rows(_T5))} networks, {len(_PARTS)} structures."
        )

    return settled(
        test, "The bars are the means of Table 5.", "Other rows may be drawn."
    )


CHECKS = {
    "wgan_ctm-prep-z": facts(
        ("moments", "mean and standard deviation of a prepared picture", _z_score),
        why="Mean and deviation are those of the picture itself.",
    ),
    "wgan_ctm-eq8": diagram(
        {"layer": layer("downs.1", 64)}, "F has two convolutions, our choice."
    ),
    "wgan_ctm-arch-dilation": facts(
        ("dilations", "dilation of the 3 x 3 kernels of each layer", _rates),
        why="Both convolutions of a layer have its rate; the text does not say.",
    ),
    "wgan_ctm-T1-u-net": _row("unet/256"),
    "wgan_ctm-T1-segnet": _row("segnet"),
    "wgan_ctm-T1-deeplab-v3plus": _row("deeplab_v3_plus"),
    "wgan_ctm-T1-our-model": _row("wgan_gp"),
    "wgan_ctm-F2": diagram(
        {"generator": generator, "discriminator": _critic}, "Widths are ours."
    ),
    "wgan_ctm-F3": diagram(
        {f"layer_{i + 1}": layer(f"downs.{i}", channels)
         for i, channels in enumerate((1, 64, 128, 256))}
    ),
    "wgan_ctm-F4": diagram({"attention": attention}, "Heads and clusters are ours."),
    "wgan_ctm-F5": diagram({"discriminator": _critic}, "Widths and norm are ours."),
    "wgan_ctm-F7": _bars("dice_pct"),
    "wgan_ctm-F8": _bars("hd_mm"),
}  # fmt: skip
"""What our networks and recipes answer."""
