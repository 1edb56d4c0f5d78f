"""Data, settings, equations and modules of Cvm-UNet."""

import math

import numpy as np

from spineseg.audit.case import Case, Check
from spineseg.audit.checks.compare import both, parts, settled, total
from spineseg.audit.checks.formulae import (
    bce_by_hand,
    counts,
    dice_loss_by_hand,
    formula,
    masks,
    on_masks,
    on_tensors,
)
from spineseg.audit.checks.words import agree, as_in_table, cell_names
from spineseg.audit.verdict import Finding, Verdict
from spineseg.stats import published

_T1, _T2, _T4, _T5 = (f"cvmunet_table{n}" for n in (1, 2, 4, 5))
_WIDTHS = (96, 192, 384, 768)
_BOTTLENECK = (768, 15, 15)
"""Channels, height and width of ConvNeXt's last stage for a 480 x 480 picture."""


def _positives(case: Case) -> tuple[bool, str]:
    table = float(case.text(_T1, "Number of positive samples", "value"))
    text = case.count("positive", of="cvmunet-data-posneg")
    frontal = case.count("ap", of="cvmunet-data-total")
    evidence = (
        f"Table 1 prints {table:g} positives, Sec. 4.1 {text:g}; the frontal views "
        f"are {frontal:g}."
    )
    return table == text, evidence


def _split(case: Case) -> tuple[bool, str]:
    shares = [case.count("train"), case.count("test")]
    cell = case.text(_T1, "Proportion of training and testing samples", "value")
    whole = float(case.text(_T1, "Total number of samples", "value"))
    ratio = [float(part) / 10 for part in cell.split(":")]
    same = np.allclose(shares, ratio) and math.isclose(sum(shares), 1)
    test = shares[1] * whole
    return same, (
        f"Text {shares[0]:g} and {shares[1]:g}, Table 1 {cell}; the test part of "
        f"{whole:g} images has {test:.1f}, so 234 or 235."
    )


def _miou(case: Case) -> tuple[dict[str, bool], str]:
    dice = case.cell(_T5, "Ours", "dice_mean")
    printed = case.cell(_T5, "Ours", "miou_mean")
    accuracy = case.cell(_T4, "Ours", "acc_mean")
    pooled = published.two_class_miou_given(dice, accuracy)
    single = published.mean_iou_given_mean_dice(dice)
    evidence = (
        f"Dice {dice.middle:.3f}, accuracy {accuracy.middle:.4f}, printed mIoU "
        f"{printed.middle:.3f}. Foreground Dice in a pooled class mean gives "
        f"{pooled.low:.3f} to {pooled.high:.3f}; averages of one class or of both "
        f"over images allow {single.low:.3f} to {single.high:.3f}."
    )
    return {
        "class mean of Eq. 5 beside a foreground Dice": pooled.meets(printed),
        "Dice and mIoU averaged over the same classes": single.meets(printed),
    }, evidence


def _hausdorff(case: Case) -> Finding:
    prediction, target = masks()
    usual = case.function("metrics:hausdorff")(prediction, target)
    rows = case.function("metrics:hausdorff_of_rows")(prediction, target)
    by_hand = _largest_nearest(prediction, target)
    if not math.isclose(usual, by_hand, abs_tol=1e-6):
        verdict = Verdict.CONTRADICTED
    else:
        verdict = Verdict.HOLDS if math.isclose(usual, rows) else Verdict.DEPENDS
    return Finding(
        verdict,
        f"Two rectangles: {usual:.4f} with boundary pixels as points (by hand "
        f"{by_hand:.4f}), {rows:.4f} with image rows as points.",
        "The directed distance, which the paper leaves out, is the largest of the "
        "nearest distances.",
        "The maximum of both directions is the standard form; only the points that it "
        "is taken over are open.",
    )


def _largest_nearest(prediction: np.ndarray, target: np.ndarray) -> float:
    a, b = (np.argwhere(_rim(mask)) for mask in (prediction, target))
    gaps = np.sqrt(((a[:, None] - b[None]) ** 2).sum(-1))
    return float(max(gaps.min(0).max(), gaps.min(1).max()))


def _rim(mask: np.ndarray) -> np.ndarray:
    inner = mask.copy()
    for axis in (0, 1):
        for step in (-1, 1):
            inner &= np.roll(mask, step, axis)
    return mask & ~inner


def eca_kernel(channels: int, gamma: float = 2, b: float = 1) -> int:
    """Return the odd kernel size of ECA for a number of channels."""
    size = int(abs(math.log2(channels) / gamma + b / gamma))
    return size if size % 2 else size + 1


def _eca(case: Case) -> tuple[bool, str]:
    kernel = case.function("audit.checks.cvmunet.setting:eca_kernel")
    sizes = [kernel(width) for width in _WIDTHS]
    good = all(size % 2 == 1 for size in sizes) and sizes == sorted(sizes)
    return good, f"K is {sizes} for {list(_WIDTHS)} channels: odd and growing with C."


def _group_size(case: Case) -> tuple[bool, str]:
    kernels = [case.count(f"kernels.{i}") for i in range(4)]
    above, below = case.value("group_size").split("/")
    channels = _BOTTLENECK[0]
    known = {"C": channels, "4": 4}
    size = known[above] / known[below]
    whole = size * len(kernels)
    return whole == channels, (
        f"{len(kernels)} groups of {above}/{below} channels make {whole:g} of "
        f"{channels}; of C/4 they make {channels}."
    )


def _scsa_cost(case: Case) -> Finding:
    channels, height, width = _BOTTLENECK
    kernels = [
        case.count(f"kernels.{i}", of="cvmunet-arch-scsa-smsa") for i in range(4)
    ]
    spatial = channels / 4 * sum(kernels) * (height + width)
    tokens = math.ceil(height / 7) * math.ceil(width / 7)
    channel = tokens * (3 * channels + 2 * channels**2)
    whole = case.number("flops_g", of="cvmunet-arch-params").middle * 1e9
    share = (spatial + channel) / whole
    verdict = (
        Verdict.WITHIN_TOLERANCE
        if share <= case.claim.tolerance()
        else Verdict.CONTRADICTED
    )
    return Finding(
        verdict,
        f"About {(spatial + channel) / 1e6:.1f} million multiply-accumulates at the "
        f"bottleneck, {100 * share:.3f} % of the printed {whole / 1e9:.1f} G.",
        f"{channels} channels on {height} x {width}, pooling window 7, as in the paper "
        "that SCSA comes from.",
        "None is added in the sense that the share is far below one percent.",
    )


_SETTINGS = {
    "image_size": ("Image_size", "cvmunet-hp-image-size"),
    "batch_size": ("Batch size", "cvmunet-hp-batch-size"),
    "lr": ("Initial learning rate", "cvmunet-hp-lr"),
    "epochs": ("epochs", "cvmunet-hp-epochs"),
}


def _setting(name: str) -> Check:
    row, claim = _SETTINGS[name]
    return as_in_table(name, _T2, row, "hyperparameter_configuration", of=claim)


CHECKS = {
    "cvmunet-data-total": total("ap", "lateral", whole="total"),
    "cvmunet-data-posneg": total(
        "positive", "negative", whole="total", of="cvmunet-data-total"
    ),
    "cvmunet-data-T1-positive": settled(
        _positives,
        "Both counts mean images with a finding.",
        "The count equals that of the frontal views; the same word may have been "
        "translated in two ways.",
    ),
    "cvmunet-data-split": settled(_split),
    "cvmunet-data-format": agree(
        "larger image dimension",
        "Both places describe the same images.",
        "Either description fits radiographs that were cropped in one direction.",
    ),
    "cvmunet-hp-image-size": _setting("image_size"),
    "cvmunet-hp-batch-size": _setting("batch_size"),
    "cvmunet-hp-lr": _setting("lr"),
    "cvmunet-hp-epochs": _setting("epochs"),
    "cvmunet-hp-schedule": cell_names(
        _T2,
        "Learning rate strategy",
        "hyperparameter_configuration",
        "cosine annealing",
        "warmup",
    ),
    "cvmunet-hp-lossweights": formula(
        lambda case: (
            case.count("alpha") * bce_by_hand()
            + case.count("beta") * dice_loss_by_hand()
        ),
        on_tensors("bce_dice_loss"),
        "Sum of both losses with the printed weights",
    ),
    "cvmunet-eq1-loss": formula(
        lambda case: bce_by_hand() + dice_loss_by_hand(),
        on_tensors("bce_dice_loss"),
        "BCE plus Dice loss",
    ),
    "cvmunet-eq2-bce": formula(
        lambda case: bce_by_hand(), on_tensors("bce_loss"), "Mean cross-entropy"
    ),
    "cvmunet-eq3-diceloss": formula(
        lambda case: dice_loss_by_hand(),
        on_tensors("dice_loss"),
        "One minus Dice, soft sums, by image",
    ),
    "cvmunet-eq4-dicecoef": formula(
        lambda case: 2 * counts()[0] / (2 * counts()[0] + counts()[1] + counts()[2]),
        on_masks("dice"),
        "Dice of two rectangles",
    ),
    "cvmunet-eq5-miou": both(_miou, "All three numbers come from the same masks."),
    "cvmunet-eq6-hd": _hausdorff,
    "cvmunet-arch-eca": settled(_eca, "gamma = 2 and b = 1, as in the ECA paper."),
    "cvmunet-arch-scsa-smsa": settled(
        _group_size,
        "The fraction is meant as printed.",
        "With C/4, the fraction turned over, the four groups hold all channels.",
    ),
    "cvmunet-arch-scsa-cost": _scsa_cost,
    "cvmunet-T1": parts(
        total(
            "ap",
            "lateral",
            whole="total",
            of="cvmunet-data-total",
            parts_of="cvmunet-data-total",
        ),
        settled(_positives),
        agree("larger image dimension"),
        assumption="Table 1 and Sec. 4.1 describe the same images.",
        fair="The total of the table is right.",
    ),
    "cvmunet-T2": parts(*(_setting(name) for name in _SETTINGS)),
}
