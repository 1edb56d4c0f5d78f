"""Orders of rows in the tables of MDWC-Net, asked of our own runs."""

from spineseg.audit.case import Check
from spineseg.audit.checks.curves import FALLS, RISES, curve, flat_after
from spineseg.audit.checks.trends import Above, trend


def _above(higher: str, *lower: str) -> tuple[Above, ...]:
    return tuple(Above(f"mdwcnet/{higher}", f"mdwcnet/{one}") for one in lower)


_OURS = "mdwc_net"
_ORDERS: dict[str, Check] = {
    f"mdwcnet-{name}": trend(*pairs, score="dice")
    for name, pairs in {
        "T1-dice-vs-fcn-8s": _above(_OURS, "fcn_8s"),
        "T1-dice-vs-deeplabv3plus": _above(_OURS, "deeplab_v3_plus"),
        "T1-dice-vs-u-net": _above(_OURS, "unet"),
        "abl-mscaw-only": _above("mscaw", "ablation_unet"),
        "abl-mscaw-dfcb": _above("mscaw_dfcb", "mscaw"),
        "abl-full": _above(_OURS, "mscaw_dfcb"),
        "abl-replace": _above(_OURS, "aspp_for_mscaw", "cbam_for_bieb"),
    }.items()
}
"""By the Dice of the foreground."""

_ALL = (_OURS, "fcn_8s", "deeplab_v3_plus", "pspnet", "unet", "resunet")
_MODELS = [f"mdwcnet/{name}" for name in (*_ALL, "attention_unet")]
_CURVES: dict[str, Check] = {
    "mdwcnet-F6": curve(*_MODELS, rules=[FALLS, RISES]),
    "mdwcnet-F7": curve(f"mdwcnet/{_OURS}", rules=[flat_after(0.61, "val_loss")]),
    "mdwcnet-nopretrain": curve(f"mdwcnet/{_OURS}", rules=[FALLS]),
}
CHECKS = {**_ORDERS, **_CURVES}
"""Seven of the nine compared networks have a recipe; none starts from weights."""
