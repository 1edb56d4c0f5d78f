"""Orders of rows in the tables of the Inception U-Net, asked of our own runs."""

from spineseg.audit.case import Check
from spineseg.audit.checks.trends import Above, order, trend

_PAPER = "inception_unet"


def _rows(*names: str) -> tuple[str, ...]:
    return tuple(f"{_PAPER}/{name}" for name in names)


def _above(higher: str, lower: str) -> Above:
    return Above(*_rows(higher, lower))


_OURS, _BASE = "inception_unet/dice", "unet/dice"
_LOSSES = ("dice", "bce_dice", "bce", "focal")
_OTHERS = ("unet", "resunet", "attention_unet", "trans_unet")

CHECKS: dict[str, Check] = {
    f"{_PAPER}-{name}": trend(*pairs)
    for name, pairs in {
        "T2-ours-bcedice": order(*_rows(*(f"inception_unet/{x}" for x in _LOSSES))),
        "T2-ours-bce": (_above("unet/bce", "inception_unet/bce"),),
        "T2-ours-focal": (_above("unet/focal", "inception_unet/focal"),),
        "T3": order(
            *_rows(_OURS, "unet_inception/dice", _BASE, "unet_dual_output/dice")
        ),
        "T3-u-net-plus-inception-module": (_above("unet_inception/dice", _BASE),),
        "T3-u-net-plus-dual-output-mechanism": (
            _above(_BASE, "unet_dual_output/dice"),
        ),
        "T3-proposed-model": (_above(_OURS, _BASE),),
        "T4-u-net-plus-sam": (_above("unet/bce", "unet_sam/bce"),),
        "T4-u-net-plus-cbam": (_above("unet/bce", "unet_cbam/bce"),),
        "T4-resunet-plus-sam": (_above("resunet/dice", "resunet_sam/bce_dice"),),
        "T4-resunet-plus-cbam": (_above("resunet/dice", "resunet_cbam/dice"),),
        "T4-proposed-model-plus-se-block": (
            _above(_OURS, "inception_unet_se/bce_dice"),
        ),
        "T4-proposed-model-plus-sam": (_above(_OURS, "inception_unet_sam/bce_dice"),),
        "T4-proposed-model-plus-cbam": (_above(_OURS, "inception_unet_cbam/dice"),),
        "T5": (_above(_OURS, f"{_OURS}/augmented"),),
        "T6": tuple(_above(_OURS, f"{name}/dice") for name in _OTHERS),
        "T9-proposed-model": tuple(
            _above("inception_unet/four_class", f"{name}/four_class")
            for name in _OTHERS
        ),
    }.items()
}
"""Which row the paper prints above which other; the loss stands behind the slash."""
