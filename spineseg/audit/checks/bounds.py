"""Bounds between metrics of the same masks: Dice, IoU, recall, accuracy."""

from collections.abc import Mapping

from spineseg.audit.case import Case, Check
from spineseg.audit.verdict import Finding, Verdict
from spineseg.stats import published
from spineseg.stats.ranges import Range


def share(case: Case, table: str, row: str, column: str) -> Range:
    """Return a cell as a fraction, whether it is printed so or in percent."""
    cell = case.cell(table, row, column)
    return cell / 100.0 if "pct" in column else cell


def recall_bound_rows(
    scores: str,
    others: str,
    names: Mapping[str, str],
    dice: str,
    recall: str,
    accuracy: str,
    *,
    only: str | None = None,
) -> Check:
    """Dice of one table against recall and accuracy of another, row by row.

    A foreground Dice is at most 2R / (1 + R), which holds for means too; a Dice
    averaged over fore- and background is at most the accuracy. A row that breaks one
    bound depends on the definition, one that breaks both is contradicted.
    """

    def check(case: Case) -> Finding:
        first, second, texts = [], [], []
        rows = [only] if only else case.rows(scores)
        for row in rows:
            value = share(case, scores, row, dice)
            found = case.cell(others, names.get(row, row), recall)
            right = case.cell(others, names.get(row, row), accuracy)
            top = published.mean_dice_given_mean_recall(found).high
            if value.low > top:
                first.append(row)
                texts.append(f"{row}: Dice {value.middle:.3f}, at most {top:.3f} at "
                             f"recall {found.middle:.4f}")  # fmt: skip
            if value.low > right.high:
                second.append(row)
                texts.append(f"{row}: Dice {value.middle:.3f} above the accuracy "
                             f"{right.middle:.4f}")  # fmt: skip
        verdict = _of_two(first, second)
        said = "; ".join(texts) or "no row breaks a bound"
        return Finding(
            verdict,
            f"{said}.",
            "Both tables score the same predictions, image by image.",
            _fair(verdict),
        )

    return check


def _of_two(foreground: list[str], averaged: list[str]) -> Verdict:
    if foreground and averaged:
        return Verdict.CONTRADICTED
    return Verdict.DEPENDS if foreground or averaged else Verdict.HOLDS


def _fair(verdict: Verdict) -> str:
    if verdict == Verdict.DEPENDS:
        return "A Dice averaged over fore- and background can have this value."
    if verdict == Verdict.CONTRADICTED:
        return "The two tables may rest on other weights, images or thresholds."
    return ""


def iou_above_dice(pairs: Mapping[str, tuple[Range, Range]]) -> list[str]:
    """Return the rows whose IoU exceeds the Dice beyond rounding."""
    return [row for row, (dice, iou) in pairs.items() if iou.low > dice.high]


def above_two_class_ceiling(
    pairs: Mapping[str, tuple[Range, Range]], spreads: Mapping[str, Range] | None = None
) -> list[str]:
    """Return the rows whose IoU exceeds that of fore- and background averaged.

    The background's IoU is at most one and the mean foreground IoU at most the mean
    Dice, which gives (1 + D) / 2. With the SD s of the Dice over images the mean
    foreground IoU is about D / (2 - D) + 2 s^2 / (2 - D)^3 (second order).
    """
    found = []
    for row, (dice, iou) in pairs.items():
        top = dice.high
        if spreads is not None:
            d, s = dice.high, spreads[row].high
            top = d / (2 - d) + 2 * s**2 / (2 - d) ** 3
        if iou.low > (1 + top) / 2:
            found.append(row)
    return found
