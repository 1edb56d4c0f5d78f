"""Orders of rows in the ablation of the WGAN with CTM, asked of our own runs."""

from spineseg.audit.case import Check
from spineseg.audit.checks.trends import Above, trend

_PAPER = "wgan_ctm"


def _above(higher: str, *lower: str) -> tuple[Above, ...]:
    return tuple(Above(f"{_PAPER}/{higher}", f"{_PAPER}/{one}") for one in lower)


CHECKS: dict[str, Check] = {
    f"{_PAPER}-abl-{name}": trend(*pairs, score="dice")
    for name, pairs in {
        "u-net-plus-res": _above("res_unet", "unet"),
        "u-net-plus-ctm": _above("unet_ctm", "unet"),
        "u-net-plus-res-plus-ctm": _above("res_unet_ctm", "res_unet", "unet_ctm"),
        "resu-net-plus-ctm-plus-dconv": _above("generator", "res_unet_ctm"),
        "our-model": _above("wgan_gp", "generator"),
    }.items()
}
"""By the Dice averaged over the three structures, as Table 5 orders its rows; the row
with full attention (U-Net + TM) is level with the U-Net there and asks nothing."""
