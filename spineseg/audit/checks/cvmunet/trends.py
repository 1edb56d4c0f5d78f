"""Orders of rows in the tables of Cvm-UNet, asked of our own runs."""

from spineseg.audit.case import Check
from spineseg.audit.checks.trends import Above, trend

_OURS, _BASE = "cvmunet/cvm_unet", "cvmunet/convnext_unet"
_PARTS = ("res_relu", "scsa", "vss")


def _above(higher: str, lower: str) -> tuple[Above, ...]:
    return (Above(f"cvmunet/{higher}", f"cvmunet/{lower}"),)


CHECKS: dict[str, Check] = {
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
