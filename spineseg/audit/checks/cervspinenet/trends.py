"""Orders of rows in the tables of CervSpineNet, asked of our own runs."""

from spineseg.audit.case import Check
from spineseg.audit.checks.trends import Above, trend

_PAPER = "cervspinenet"
_BASELINES = ("unet", "deeplab_v3_plus")
"""Of Tables 1 to 3 those with a recipe; SAM and SegFormer need weights."""


def _above(higher: str, *lower: str) -> tuple[Above, ...]:
    return tuple(Above(f"{_PAPER}/{higher}", f"{_PAPER}/{one}") for one in lower)


def _variant(name: str) -> tuple[Above, ...]:
    return _above(f"{_PAPER}{name}", *(f"{one}{name}" for one in _BASELINES))


_FULL = "vit-b-encoder-plus-full-decoder-cervspinenet"
CHECKS: dict[str, Check] = {
    f"{_PAPER}-{name}": trend(*pairs, score="dice")
    for name, pairs in {
        "T1-cervspinenet": _variant(""),
        "T2-cervspinenet": _variant("/clahe"),
        "T3-cervspinenet": _variant("/augmented"),
        "T4": (
            *_above(_PAPER, "vit_basic"),
            *_above("vit_basic", "cnn_full"),
            *_above("cnn_full", "cnn_basic"),
        ),
        "T4-pure-cnn-plus-full-decoder": _above("cnn_full", "cnn_basic"),
        "T4-vit-b-encoder-plus-basic-decoder": _above("vit_basic", "cnn_full"),
        f"T4-{_FULL}": _above(_PAPER, "vit_basic"),
        "T5-dice": _above(_PAPER, f"{_PAPER}/dice"),
    }.items()
}
"""By Dice; of Table 5 the first and the last row have a recipe."""
