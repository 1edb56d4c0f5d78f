"""Scores of the WGAN paper: ranks, bounds, agreement of its tables."""

from spineseg.audit.case import Case
from spineseg.audit.checks.bounds import above_two_class_ceiling, iou_above_dice
from spineseg.audit.checks.compare import parts, settled
from spineseg.audit.checks.ranking import HIGHER, LOWER, best, inversions
from spineseg.audit.verdict import Finding, Verdict
from spineseg.stats.ranges import Range

_BODY, _FORAMEN, _LAMINA = (f"wgan_ctm_table{n}" for n in (2, 3, 4))
_T5, _T6 = "wgan_ctm_table5", "wgan_ctm_table6"
_OURS = "Our Model"
_STRUCTURES = ("disc", "foramen", "arch")


def _pairs(case: Case, table: str) -> dict[str, tuple[Range, Range]]:
    return {
        row: (
            case.cell(table, row, "dice_pct_mean") / 100.0,
            case.cell(table, row, "miou_pct_mean") / 100.0,
        )
        for row in case.rows(table)
    }


def _spreads(case: Case, table: str) -> dict[str, Range]:
    return {
        row: case.cell(table, row, "dice_pct_sd") / 100.0 for row in case.rows(table)
    }


def _bounded(table: str, only: str | None = None):
    """Dice and mIOU of a structure under both readings of mIOU."""

    def check(case: Case) -> Finding:
        pairs, spreads = _pairs(case, table), _spreads(case, table)
        if only is not None:
            pairs, spreads = {only: pairs[only]}, {only: spreads[only]}
        above = iou_above_dice(pairs)
        over = above_two_class_ceiling(pairs, spreads)
        hard = above_two_class_ceiling(pairs)
        return Finding(
            _reading(above, hard),
            f"mIOU exceeds Dice in {len(above)} of {len(pairs)} rows, the ceiling of a "
            f"fore- and background mean at the printed SD in {len(over)}, and "
            f"(1 + Dice) / 2, which no spread can lift, in {len(hard)}.",
            "Dice and mIOU score the same masks of one structure, and the SD is over "
            "images.",
            "A mean of fore- and background can exceed Dice; where it exceeds the "
            "ceiling too, other weights, nearly empty slices counted as one, or an SD "
            "over folds could explain it.",
        )

    return check


def _reading(above: list[str], hard: list[str]) -> Verdict:
    # above the ceiling at the printed SD an SD over folds would still be a way out
    if hard:
        return Verdict.CONTRADICTED
    return Verdict.DEPENDS if above else Verdict.HOLDS


def _ablation_bounds(case: Case) -> Finding:
    pairs, spreads = {}, {}
    # the two tables write the same configurations with and without blanks
    for row, other in zip(case.rows(_T5), case.rows(_T6), strict=True):
        for name in _STRUCTURES:
            key = f"{row} {name}"
            dice = case.cell(_T5, row, f"dice_pct_{name}_mean") / 100.0
            iou = case.cell(_T6, other, f"miou_pct_{name}_mean") / 100.0
            pairs[key] = (dice, iou)
            spreads[key] = case.cell(_T5, row, f"dice_pct_{name}_sd") / 100.0
    above = iou_above_dice(pairs)
    over = above_two_class_ceiling(pairs, spreads)
    hard = above_two_class_ceiling(pairs)
    return Finding(
        _reading(above, hard),
        f"Of {len(pairs)} cells mIOU exceeds Dice in {len(above)}, the ceiling at the "
        f"printed SD in {len(over)}, and (1 + Dice) / 2 in {len(hard)}: "
        f"{', '.join(hard) or 'none'}.",
        "Tables 5 and 6 score the same masks.",
        "Other weights, or nearly empty slices counted as one, could explain it.",
    )


def _inverted(case: Case) -> tuple[bool, str]:
    found = {}
    for key, table in (("T2", _BODY), ("T3", _FORAMEN), ("T4", _LAMINA)):
        pairs = _pairs(case, table)
        found[key] = inversions(
            {row: dice for row, (dice, _) in pairs.items()},
            {row: iou for row, (_, iou) in pairs.items()},
        )
        case.value(key)
    sizes = {key: len(pairs) for key, pairs in found.items()}
    ledger = all(case.count(key) == size for key, size in sizes.items())
    said = ", ".join(f"{key} {size}" for key, size in sizes.items())
    first = found["T2"][0] if found["T2"] else "none"
    return ledger and not sum(sizes.values()), (
        f"Pairs in opposite order: {said}, for instance {first}."
    )


def _ppv(case: Case) -> tuple[bool, str]:
    table2 = case.text(_BODY, _OURS, "ppv_pct_mean")
    table6 = case.text(_T6, _OURS, "ppv_pct_disc_mean")
    abstract = case.value("abstract")
    rival = case.text(_BODY, "Spine-GAN", "ppv_pct_mean")
    gain = float(table2) - float(rival)
    good = abstract == table2 == table6
    return good, (
        f"Abstract {abstract}, Table 2 {table2}, Table 6 {table6}; with Table 2 the "
        f"gain over Spine-GAN ({rival}) is {gain:.1f}."
    )


def _hd_spread(case: Case) -> tuple[bool, str]:
    first = case.text(_BODY, _OURS, "hd_mm_sd")
    second = case.text(_T5, _OURS, "hd_mm_disc_sd")
    known = first == case.value("table2") and second == case.value("table5")
    base = [
        case.text(_BODY, "U-Net", "hd_mm_sd"),
        case.text(_T5, "U-Net", "hd_mm_disc_sd"),
    ]
    return known and first == second, (
        f"SD of the HD of one model on one structure: {first} in Table 2, {second} in "
        f"Table 5; of the U-Net {base[0]} and {base[1]}."
    )


def _third(case: Case) -> tuple[bool, str]:
    ours = case.text(_FORAMEN, _OURS, "ppv_pct_mean")
    rival = case.text(_FORAMEN, "nnU-Net", "ppv_pct_mean")
    good = ours == case.value("ours") and rival == case.value("nnunet")
    return good and float(ours) < float(rival), f"PPV {ours}; nnU-Net {rival}."


def _keeps(case: Case) -> Finding:
    names = {"body": "disc", "foramen": "foramen", "lamina": "arch"}
    found = {}
    for key, name in names.items():
        clustered, full = (
            case.cell(_T5, row, f"dice_pct_{name}_mean").middle
            for row in ("U-Net + CTM", "U-Net + TM")
        )
        found[key] = clustered - full
    fits = all(abs(found[key] - case.count(key)) < 1e-6 for key in found)
    worst = min(found.values())
    if not fits or worst < -case.claim.tolerance():
        verdict = Verdict.CONTRADICTED
    else:
        verdict = Verdict.HOLDS if worst >= 0 else Verdict.WITHIN_TOLERANCE
    said = ", ".join(f"{key} {value:+.1f}" for key, value in found.items())
    return Finding(
        verdict,
        f"Dice points of clustered minus full attention: {said}.",
        "Kept means a loss of no more than the tolerance for any structure.",
    )


CHECKS = {
    "wgan_ctm-abs-ppv": settled(
        _ppv,
        "All places report one experiment.",
        "The cell of Table 2 equals that of Spine-GAN above it and may be a copy.",
    ),
    "wgan_ctm-T2-hd-sd": settled(
        _hd_spread,
        "All places report one experiment.",
        "One cell may have slipped from the row or column beside it.",
    ),
    "wgan_ctm-T2-best-all": best(
        _BODY,
        _OURS,
        {
            "dice_pct_mean": HIGHER,
            "hd_mm_mean": LOWER,
            "miou_pct_mean": HIGHER,
            "ppv_pct_mean": HIGHER,
        },
        fair="With the PPV of the abstract and Table 6 it is first in all four.",
    ),
    "wgan_ctm-T3-ppv": settled(_third),
    "wgan_ctm-order-inversion": settled(
        _inverted,
        "Dice and IoU of one structure, pooled, are monotone in each other.",
        "Means over images can swap near ties.",
    ),
    "wgan_ctm-T2": _bounded(_BODY),
    "wgan_ctm-T3": _bounded(_FORAMEN),
    "wgan_ctm-T4": _bounded(_LAMINA),
    "wgan_ctm-T6": _ablation_bounds,
    "wgan_ctm-T2-our-model": _bounded(_BODY, _OURS),
    "wgan_ctm-T3-our-model": _bounded(_FORAMEN, _OURS),
    "wgan_ctm-T4-our-model": _bounded(_LAMINA, _OURS),
    "wgan_ctm-complexity-acc": _keeps,
    "wgan_ctm-abl-hd-all": parts(
        *(best(_T5, _OURS, {f"hd_mm_{name}_mean": LOWER}) for name in _STRUCTURES)
    ),
}
