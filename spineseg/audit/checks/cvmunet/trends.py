"""Orders of rows in the tables of Cvm-UNet, asked of our own runs."""

from spineseg.audit.case import Check
from spineseg.audit.checks.curves import (
    FALLS,
    RISES,
    curve,
    faster,
    flat_after,
    independent_after,
)
from spineseg.audit.checks.trends import Above, trend

_OURS, _BASE = "cvmunet/cvm_unet", "cvmunet/convnext_unet"
_PARTS = ("res_relu", "scsa", "vss")


def _above(higher: str, lower: str) -> tuple[Above, ...]:
    return (Above(f"cvmunet/{higher}", f"cvmunet/{lower}"),)


_TABLE_3 = ("unet", "attention_unet", "residual_unet", "unet_plus_plus", "unext")
_ABLATION = (_OURS, _BASE, *(f"{_BASE}_{part}" for part in _PARTS))
_ORDERS: dict[str, Check] = {
    f"cvmunet-{name}": trend(*pairs, score="dice")
    for name, pairs in {
        "T3-row-unet": _above("cvm_unet", "unet"),
        "T3-row-attention-unet": _above("cvm_unet", "attention_unet"),
        "T3-row-residual-unet": _above("cvm_unet", "residual_unet"),
        "T3-row-unetpp": _above("cvm_unet", "unet_plus_plus"),
        "T3-row-unext": _above("cvm_unet", "unext"),
        "T7": tuple(Above(_OURS, f"{_BASE}_{part}") for part in _PARTS),
        "abl-convnext-unetplusscsa": (Above(f"{_BASE}_scsa", _BASE),),
        "abl-convnext-unetplusvssblock": (Above(f"{_BASE}_vss", _BASE),),
        "abl-ours": (Above(_OURS, _BASE),),
        "abl-vss": (Above(f"{_BASE}_vss", _BASE),),
    }.items()
}
"""By Dice, the first of the paper's metrics; its Hausdorff distance has no unit."""

_CURVES: dict[str, Check] = {
    # of BCE beside Dice in general: the recipes that differ in nothing but the loss
    "cvmunet-eq-text-complementarity": faster(
        "inception_unet/unet/bce_dice", "inception_unet/unet/dice"
    ),
    "cvmunet-T5-independence": curve(_OURS, rules=[independent_after(2 / 3)]),
    "cvmunet-F13": curve(_OURS, rules=[FALLS, flat_after(250 / 300)]),
    "cvmunet-F13-convergence": curve(_OURS, rules=[flat_after(250 / 300)]),
    "cvmunet-F14": curve(
        _OURS, *(f"cvmunet/{name}" for name in _TABLE_3), rules=[RISES]
    ),
    "cvmunet-F16": curve(*_ABLATION, rules=[FALLS]),
    "cvmunet-F17": curve(*_ABLATION, rules=[RISES]),
}
CHECKS = {**_ORDERS, **_CURVES}
