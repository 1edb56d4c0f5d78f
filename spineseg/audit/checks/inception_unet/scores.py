"""Scores, ablations and repeated runs of the Inception U-Net."""

import math
import statistics

from spineseg.audit.case import Case
from spineseg.audit.checks.compare import both, readings, settled
from spineseg.audit.verdict import Finding, Verdict, all_of
from spineseg.stats.ranges import Range

_T2, _T3, _T4, _T6, _T7, _T9 = (f"inception_unet_table{n}" for n in (2, 3, 4, 6, 7, 9))
_OURS, _RUNS = "Proposed Model", [str(n) for n in range(1, 11)]
_BASELINES = ("U-Net", "ResUNet", "Attention U-Net", "TransUNet")
_LOSSES = ("Dice", "BCE-Dice", "BCE", "Focal")


def _best_baseline(case: Case) -> tuple[bool, str]:
    found = {
        row: case.cell(_T2, row, "miou").middle
        for row in case.rows(_T2)
        if not row.startswith(_OURS)
    }
    top = max(found, key=lambda row: found[row])
    same = case.number("miou").meets(case.cell(_T2, top, "miou"))
    return (
        top == "U-Net BCE" and same,
        f"Highest mIoU of a baseline: {top} {found[top]:.4f}.",
    )


def _order(case: Case) -> tuple[bool, str]:
    kept = []
    for model in (*_BASELINES, _OURS):
        scores = [case.cell(_T2, f"{model} {loss}", "miou").middle for loss in _LOSSES]
        if scores == sorted(scores, reverse=True):
            kept.append(model)
    return len(kept) > 2, f"The order holds for {len(kept)} of 5: {', '.join(kept)}."


def _best_loss(case: Case, models: tuple[str, ...]) -> dict[str, str]:
    return {
        model: max(
            _LOSSES, key=lambda loss: case.cell(_T2, f"{model} {loss}", "miou").middle
        )
        for model in models
    }


def _all_dice(case: Case) -> tuple[bool, str]:
    top = _best_loss(case, (*_BASELINES, _OURS))
    said = ", ".join(f"{model}: {loss}" for model, loss in top.items())
    return set(top.values()) == {"Dice"}, f"Loss with the highest mIoU: {said}."


def _chosen(case: Case) -> tuple[bool, str]:
    top = _best_loss(case, (_OURS,))[_OURS]
    rows = len(case.rows(_T2))
    return top == "Dice", (
        f"On the test part the proposed model is best with {top}; {rows} pairs of "
        "model and loss were compared there, so the score of the winner is the best "
        "of several draws."
    )


def _precision(case: Case) -> tuple[bool, str]:
    found = {
        loss: case.cell(_T2, f"{_OURS} {loss}", "precision").middle for loss in _LOSSES
    }
    said = ", ".join(f"{loss} {value:.4f}" for loss, value in found.items())
    return max(found, key=lambda loss: found[loss]) == "BCE", f"Precision: {said}."


def _dual(case: Case) -> tuple[bool, str]:
    base, alone = (
        case.cell(_T3, row, "miou").middle
        for row in ("U-Net", "U-Net + Dual-Output mechanism")
    )
    return alone > base, f"mIoU without {base:.4f}, with the dual output {alone:.4f}."


def _runs(case: Case, column: str) -> list[float]:
    return [case.cell(_T7, run, column).middle for run in _RUNS]


def _synergy(case: Case) -> tuple[bool, str]:
    single = case.cell(_T3, "U-Net + Inception module", "miou").middle
    ten = _runs(case, "miou")
    mean = statistics.mean(ten)
    sigma = (single - mean) / statistics.stdev(ten)
    return mean > single, (
        f"Inception alone {single:.4f} (one run); full model {mean:.4f} (mean of ten "
        f"runs), {sigma:.1f} SD lower."
    )


def _sam_cbam(case: Case) -> tuple[dict[str, bool], str]:
    pairs = (
        ("U-Net + SAM BCE", "U-Net + CBAM BCE"),
        ("ResUNet + SAM BCE-Dice", "ResUNet + CBAM Dice"),
        ("Proposed Model + SAM BCE-Dice", "Proposed Model + CBAM Dice"),
    )
    wins = {
        column: sum(
            case.cell(_T4, a, column).middle > case.cell(_T4, b, column).middle
            for a, b in pairs
        )
        for column in ("miou", "accuracy", "precision", "f1")
    }
    said = ", ".join(f"{column} {won} of 3" for column, won in wins.items())
    by = {f"by {column}": won == 3 for column, won in wins.items()}
    return by, f"SAM above CBAM: {said}."


def _decline(case: Case) -> tuple[bool, str]:
    squeeze = case.cell(_T4, "Proposed Model + SE block BCE-Dice", "miou").middle
    single = case.cell(_T4, "Proposed Model Dice", "miou").middle
    mean = statistics.mean(_runs(case, "miou"))
    return squeeze < mean - 0.0005, (
        f"mIoU with the SE block {squeeze:.4f}; the model without it has {mean:.4f} "
        f"on average over ten runs, and {single:.4f} in the single run of the table."
    )


def _highest_precision(case: Case) -> tuple[bool, str]:
    se = case.cell(_T4, "Proposed Model + SE block BCE-Dice", "precision").middle
    above = [
        run for run in _RUNS if case.cell(_T7, run, "precision").middle > se + 1e-9
    ]
    top = max(_runs(case, "precision"))
    return not above, (
        f"SE variant {se:.4f}; runs {', '.join(above)} of Table 7 are higher, up to "
        f"{top:.4f}."
    )


def _gains(relative: bool):
    def compute(case: Case) -> list[Range]:
        found = []
        for column in ("miou", "accuracy", "precision", "f1"):
            ours, base = (case.cell(_T6, row, column) for row in (_OURS, "U-Net"))
            gain = (ours / base - 1.0) if relative else (ours - base)
            found.append(gain * 100.0)
        return found

    return compute


def _means(case: Case) -> Finding:
    verdicts, texts = [], []
    tolerance = case.claim.tolerance()
    for column in ("miou", "accuracy", "precision", "recall", "f1"):
        runs = _runs(case, column)
        mean = case.cell(_T7, "mean_and_sd", column).middle
        sd = case.cell(_T7, "mean_and_sd", f"{column}_sd").middle
        off = abs(statistics.mean(runs) - mean)
        off_sd = min(
            abs(statistics.stdev(runs) - sd), abs(statistics.pstdev(runs) - sd)
        )
        worst = max(off, off_sd)
        verdicts.append(_by_gap(worst, tolerance))
        texts.append(
            f"{column} {statistics.mean(runs):.5f}, {statistics.stdev(runs):.5f}"
        )
    return Finding(
        all_of(verdicts),
        f"Mean and SD (n - 1) of the ten runs: {'; '.join(texts)}.",
        "The SD may be that of the sample or of the population.",
    )


def _by_gap(gap: float, tolerance: float) -> Verdict:
    if gap <= 0.00005 + 1e-9:
        return Verdict.HOLDS
    return Verdict.WITHIN_TOLERANCE if gap <= tolerance else Verdict.CONTRADICTED


def _headline(case: Case) -> tuple[bool, str]:
    runs = _runs(case, "miou")
    mean, sd = statistics.mean(runs), statistics.stdev(runs)
    headline = case.cell(_T6, _OURS, "miou")
    half = 2.262 * sd * math.sqrt(1 + 1 / len(runs))
    inside = mean - half <= headline.high and headline.low <= mean + half
    return inside, (
        f"Headline {headline.middle:.4f}; ten runs {mean:.4f} (SD {sd:.4f}, highest "
        f"{max(runs):.4f}); 95 % prediction interval of one more run "
        f"{mean - half:.4f} to {mean + half:.4f}."
    )


def _recall(case: Case) -> tuple[bool, str]:
    found = {row: case.cell(_T9, row, "recall").middle for row in case.rows(_T9)}
    above = [row for row, value in found.items() if value > found[_OURS]]
    return len(above) == 1, f"Recall {found[_OURS]:.4f}; above it: {', '.join(above)}."


def _whatever_loss(case: Case) -> tuple[bool, str]:
    gaps = {
        loss: case.cell(_T2, f"{_OURS} {loss}", "miou").middle
        - case.cell(_T2, f"U-Net {loss}", "miou").middle
        for loss in _LOSSES
    }
    said = ", ".join(f"{loss} {gap:+.4f}" for loss, gap in gaps.items())
    return all(gap > 0 for gap in gaps.values()), f"mIoU against the U-Net: {said}."


_SAME_RUN = "Table 7 repeats the model of Tables 2 to 6 with other seeds."
CHECKS = {
    "inception_unet-abs-dual": settled(
        _dual,
        "The effect of the dual output is read from the row that adds it alone.",
        "On top of the Inception block the single runs do rise.",
    ),
    "inception_unet-hp-lossselect": settled(_chosen),
    "inception_unet-T2-bestbaseline": settled(_best_baseline),
    "inception_unet-T2-order": settled(_order, "Most cases means more than half."),
    "inception_unet-T2-precision": settled(_precision),
    "inception_unet-T3-synergy": settled(
        _synergy,
        _SAME_RUN,
        "Compared run by run, the full model is higher.",
    ),
    "inception_unet-T4-sam-cbam": both(
        _sam_cbam, "Better in all three models means better in the metric, three times."
    ),
    "inception_unet-T4-attn-decline": settled(
        _decline,
        _SAME_RUN + " A decline is one of more than 0.0005 in mIoU.",
        "Against the single run of the table all attention variants are lower.",
    ),
    "inception_unet-T4-precision": settled(
        _highest_precision,
        _SAME_RUN,
        "Among the rows of Table 4 it is the highest.",
    ),
    "inception_unet-T6-bestloss": settled(
        _all_dice, "Best is by mIoU in Table 2.", "It holds for the other models."
    ),
    "inception_unet-T6-improvement": readings(
        [f"printed.{i}" for i in range(4)],
        {"percentage points": _gains(False), "relative percent": _gains(True)},
        "All four gains are in one unit.",
    ),
    "inception_unet-T7-mean": _means,
    "inception_unet-T7-vs-headline": settled(
        _headline,
        _SAME_RUN + " Runs scatter normally.",
        "The headline may come from an earlier version or from many trials.",
    ),
    "inception_unet-T9-recall": settled(_recall),
    "inception_unet-outperform-all": settled(
        _whatever_loss,
        "Each loss is one comparison of mIoU in Table 2.",
        "It holds with Dice and with BCE-Dice.",
    ),
}
