"""Data, protocols and statements of the WGAN paper."""

from spineseg.audit.case import Case
from spineseg.audit.checks.compare import parts, settled
from spineseg.audit.checks.words import agree

_T1 = "wgan_ctm_table1"


def _shares(case: Case) -> tuple[bool, str]:
    train, test = case.count("train"), case.count("test")
    whole = train + test
    split = [case.count(f"split.{i}", of="wgan_ctm-data-split") for i in range(3)]
    folds = case.count("folds", of="wgan_ctm-data-split")
    by_split = round(whole * split[2] / 100)
    good = abs(test - by_split) <= 1 or abs(test - whole / folds) <= 1
    return good, (
        f"{train:g} + {test:g} = {whole:g}: a test part of {100 * test / whole:.1f} %; "
        f"{split[2]:g} % would be {by_split}, a fold {whole / folds:.1f}."
    )


def _protocols(case: Case) -> tuple[bool, str]:
    split = [case.count(f"split.{i}") for i in range(3)]
    folds = case.count("folds")
    return abs(split[2] - 100 / folds) < 1e-9, (
        f"{' / '.join(f'{s:g}' for s in split)} tests on {split[2]:g} %, "
        f"{folds:g} folds on {100 / folds:g} % each."
    )


def _same_columns(case: Case) -> tuple[bool, str]:
    pairs = (
        ("wgan_ctm_table2", "disc"),
        ("wgan_ctm_table4", "arch"),
    )
    same = [
        case.text(table, row, f"{metric}_mean")
        == case.text("wgan_ctm_table5", row, f"{metric}_{name}_mean")
        for table, name in pairs
        for row in ("U-Net", "Our Model")
        for metric in ("dice_pct", "hd_mm")
    ]
    return not all(same), (
        f"{sum(same)} of {len(same)} means under disc and arch are those of the "
        "vertebral body and the lamina."
    )


def _sizes(case: Case) -> tuple[bool, str]:
    odd = []
    for row in case.rows(_T1):
        sides = case.text(_T1, row, "size").split("×")
        if sides[0] != sides[1]:
            odd.append(f"{row} {sides[0]} x {sides[1]}")
    return not odd, f"Inputs that are not square: {', '.join(odd) or 'none'}."


def _patch(case: Case) -> tuple[bool, str]:
    layers, stride = int(case.count("layers")), int(case.count("stride"))
    side = 512 / stride**layers
    return side == 8, f"512 halved {layers} times is {side:g}: a map of scores."


CHECKS = {
    "wgan_ctm-data-n": settled(
        _shares,
        "The slices are split by one of the two protocols that the text names.",
        "The slices may be a subset chosen for the comparison.",
    ),
    "wgan_ctm-data-split": settled(
        _protocols,
        "One experiment follows both.",
        "Cross-validation may have been used inside the training part.",
    ),
    "wgan_ctm-data-naming": settled(
        _same_columns,
        "A disc is not a vertebral body, an arch more than a lamina.",
        "The columns hold the body and the lamina under other names.",
    ),
    "wgan_ctm-abs-sig": agree(
        "tests of significance",
        "Both sentences speak of the same gains.",
        "The later tests may be further ones.",
    ),
    "wgan_ctm-abl-future": agree(
        "comparison with nnU-Net",
        "Both sentences speak of the same comparison.",
        "A larger comparison may be meant.",
    ),
    "wgan_ctm-arch-ctm-place": agree(
        "place of the transformer", "There is one placement.", "Both may be used."
    ),
    "wgan_ctm-arch-disc": settled(_patch),
    "wgan_ctm-T1": parts(
        settled(_sizes),
        agree("number of compared networks"),
        assumption="Inputs are square.",
        fair="The odd size may be a slip of one digit.",
    ),
    "wgan_ctm-cites": parts(
        agree("work cited for WGAN"), agree("work cited for DeepLab v3+")
    ),
}
