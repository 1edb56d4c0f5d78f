"""Scores of Cvm-UNet: ranks, bounds between metrics, efficiency, ablation."""

from spineseg.audit.case import Case
from spineseg.audit.checks.bounds import recall_bound_rows
from spineseg.audit.checks.compare import both, parts, settled
from spineseg.audit.checks.ranking import HIGHER, LOWER, best, better, rank
from spineseg.audit.checks.words import agree
from spineseg.audit.verdict import Finding, Verdict

_T3, _T4, _T5, _T7, _T9, _T10 = (f"cvmunet_table{n}" for n in (3, 4, 5, 7, 9, 10))
_CLASSES = {"dice_pct": HIGHER, "miou_pct": HIGHER, "hd": LOWER}
_MAINSTREAM = ("UNet", "Attention-UNet", "Residual-UNet")


def _hd_rank(case: Case) -> tuple[bool, str]:
    place = rank(case, _T3, "Our", "hd", LOWER)
    of = len(case.rows(_T3))
    ahead = better(case, _T3, "Our", "hd", LOWER)
    same = case.text(_T3, "Our", "hd") == case.value("ours")
    printed = f"HD {case.value('ours')} has rank {place} of {of}"
    return same and place == 1, f"{printed}; lower: {', '.join(ahead)}."


def _reasonable(case: Case) -> tuple[dict[str, bool], str]:
    middle = (len(case.rows(_T3)) + 1) // 2
    size = rank(case, _T3, "Our", "params_m", HIGHER)
    work = rank(case, _T3, "Our", "flops_g", HIGHER)
    fits = size == case.count("params_rank_desc")
    fits = fits and work == case.count("flops_rank_desc")
    evidence = (
        f"From the largest: parameters {size}, FLOPs {work} of {len(case.rows(_T3))}. "
        f"Reasonable is read as not above the median (rank {middle})."
    )
    return {
        "FLOPs": fits and work >= middle,
        "parameters": fits and size >= middle,
    }, evidence


def _slow_models(case: Case) -> tuple[bool, str]:
    floor = min(case.cell(_T3, name, "dice_pct").middle for name in _MAINSTREAM)
    found = {
        name: case.cell(_T3, name, "dice_pct").middle
        for name in ("Vm-UNetV2", "META-UNet", "MD-UNet")
    }
    said = ", ".join(f"{name} {value:.1f}" for name, value in found.items())
    return all(value < floor for value in found.values()), (
        f"Dice: {said}; the lowest of {', '.join(_MAINSTREAM)} is {floor:.1f}."
    )


def _boundary(case: Case) -> tuple[dict[str, bool], str]:
    ours = case.cell(_T4, "Ours", "boundary_iou_mean")
    spread = case.cell(_T4, "Ours", "boundary_iou_sd").middle
    others = {name: case.cell(_T4, name, "boundary_iou_mean") for name in _MAINSTREAM}
    worst = max(other.middle for other in others.values()) - ours.middle
    said = ", ".join(f"{name} {one.middle:.4f}" for name, one in others.items())
    evidence = f"Ours {case.value('mean')} (SD {spread:.4f}); {said}."
    return {
        "matches by the printed means": worst <= 1e-9,
        "matches within one SD": worst <= spread,
    }, evidence


def _low_boundary(case: Case) -> tuple[bool, str]:
    names = {"channel": "Channel-UNet", "swin": "Swin-UNet", "trans": "Trans-UNet"}
    level = case.cell(_T4, "UNet", "boundary_iou_mean").middle
    good, texts = True, []
    for key, row in names.items():
        cell = case.cell(_T4, row, "boundary_iou_mean")
        good &= cell.meets(case.number(key)) and cell.high < 0.9 * level
        texts.append(f"{row} {cell.middle:.4f}")
    return good, f"Boundary IoU: {', '.join(texts)}; UNet {level:.4f}."


def _sd_growth(case: Case) -> tuple[bool, str]:
    texts, grown = [], False
    for metric in ("dice", "miou", "hd"):
        late = case.cell(_T5, "Ours", f"{metric}_sd")
        long = case.cell(_T10, "Ours", f"{metric}_sd")
        ratio = long / late
        grown |= ratio.low > 1.5
        texts.append(f"{metric} {ratio.low:.1f} to {ratio.high:.1f}")
    return not grown, f"SD of epochs 10-299 over that of 200-299: {', '.join(texts)}."


def _headline_interval(case: Case) -> tuple[bool, str]:
    outside = []
    for row in case.rows(_T5):
        single = case.cell(_T3, "Our" if row == "Ours" else row, "hd")
        low = case.cell(_T5, row, "hd_ci95_lo").low
        high = case.cell(_T5, row, "hd_ci95_hi").high
        if single.high < low or single.low > high:
            outside.append(row)
    headline = case.text(_T3, "Our", "hd")
    interval = f"[{case.value('hd_ci.0')}, {case.value('hd_ci.1')}]"
    return "Ours" not in outside, (
        f"HD {headline} of Table 3 against the interval {interval} of Table 5; "
        f"{len(outside)} of {len(case.rows(_T5))} models lie outside theirs."
    )


def _additions(case: Case) -> tuple[bool, str]:
    names = [case.text(_T7, row, "model") for row in case.rows(_T7)[:-1]]
    added = {name: name.count("+") for name in names}
    steps = sorted(added.values())
    return steps == list(range(len(steps))), (
        f"Modules added to the baseline in the rows of Table 7: "
        f"{', '.join(f'{name}: {n}' for name, n in added.items())}; then all."
    )


def _resrelu(case: Case) -> Finding:
    base, name = "ConvNext-UNet", "ConvNext-UNet + Res-ReLU Block"
    texts, gains = [], []
    for row, metric, sign in (("1", "dice", 1), ("2", "miou", 1), ("3", "hd", -1)):
        change = sign * (
            case.cell(_T7, name, f"{metric}_mean").middle
            - case.cell(_T7, base, f"{metric}_mean").middle
        )
        p = float(case.text(_T9, row, "p_adj"))
        gains.append(change > 0 and p < 0.05)
        texts.append(f"{metric} {sign * change:+.3f} (p {p:.4f})")
    verdict = Verdict.HOLDS if all(gains) else Verdict.CONTRADICTED
    fair = "The mIoU does gain." if any(gains) else ""
    return Finding(
        verdict,
        f"Change in the late window: {', '.join(texts)}.",
        "A gain is read as better on the printed means with p below 0.05, in every "
        "metric of Table 9.",
        "" if all(gains) else fair,
    )


CHECKS = {
    "cvmunet-abs-superior": best(_T3, "Our", _CLASSES),
    "cvmunet-T3-hd-ours": settled(
        _hd_rank,
        "Superior means lower than that of every compared model.",
        "Dice and mIoU are the highest of the table.",
    ),
    "cvmunet-T3-efficiency-text": both(
        _reasonable, "The paper names no limit; the median of the table is one."
    ),
    "cvmunet-T3-slow-models": settled(
        _slow_models,
        "The order is that of the Dice in Table 3.",
        "It holds for VM-UNetV2 and META-UNet.",
    ),
    "cvmunet-T3-refs": parts(
        agree("number of Channel-UNet"),
        agree("number of MD-UNet"),
        agree("number of Unext"),
        fair="The table may stem from an earlier numbering.",
    ),
    "cvmunet-T4-biou-ours": both(
        _boundary, "To match is to be no lower, by the means or within the spread."
    ),
    "cvmunet-T4-boundary-text": settled(
        _low_boundary, "Low means more than a tenth below the U-Net."
    ),
    "cvmunet-T4": recall_bound_rows(
        _T3, _T4, {"Our": "Ours"}, "dice_pct", "recall_mean", "acc_mean"
    ),
    "cvmunet-T3-row-swin-unet": recall_bound_rows(
        _T3, _T4, {}, "dice_pct", "recall_mean", "acc_mean", only="Swin-UNet"
    ),
    "cvmunet-T3-row-vm-unetv2": recall_bound_rows(
        _T3, _T4, {}, "dice_pct", "recall_mean", "acc_mean", only="Vm-UNetV2"
    ),
    "cvmunet-T3-row-condseg": recall_bound_rows(
        _T3, _T4, {}, "dice_pct", "recall_mean", "acc_mean", only="ConDSeg"
    ),
    "cvmunet-T5-ours": settled(
        _headline_interval,
        "Table 3 and Table 5 show late epochs of the same run.",
        "Table 3 may show one checkpoint chosen by another score.",
    ),
    "cvmunet-T10-sd-claim": settled(
        _sd_growth,
        "A notable increase is one by more than half.",
        "The long window holds the first epochs, where scores still rise.",
    ),
    "cvmunet-abl-resrelu-claim": _resrelu,
    "cvmunet-abl-full-best": best(
        _T7, "Ours", {"dice_mean": HIGHER, "miou_mean": HIGHER, "hd_mean": LOWER}
    ),
    "cvmunet-abl-progressive": settled(
        _additions,
        "Progressive means that each variant keeps the modules of the one before.",
        "Each module is shown alone, and all of them together.",
    ),
    "cvmunet-cite-mismatch": parts(
        agree("work cited for HRNet"),
        agree("work cited for ResNet"),
        agree("work cited for ST-UNet"),
    ),
}
