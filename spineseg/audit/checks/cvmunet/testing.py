"""Tests and effect sizes of Cvm-UNet."""

import math

from spineseg.audit.case import Case
from spineseg.audit.checks.compare import near, settled
from spineseg.audit.verdict import Finding, Verdict
from spineseg.stats import published
from spineseg.stats.ranges import exactly

_T3, _T5, _T6, _T9 = (f"cvmunet_table{n}" for n in (3, 5, 6, 9))
_T10, _T11, _T12, _T13 = (f"cvmunet_table{n}" for n in (10, 11, 12, 13))
_LEVEL = 0.05
_METRIC = {"Dice": "dice", "mIoU": "miou", "HD": "hd"}


def _models(case: Case, table: str) -> list[tuple[str, str, str]]:
    """Return row, model and metric of the tests that name a real baseline."""
    found = []
    for row in case.rows(table):
        model = case.text(table, row, "baseline_model_inferred")
        if "duplicate" not in model:
            found.append((row, model, case.text(table, row, "metric")))
    return found


def _evaluations(case: Case) -> tuple[bool, str]:
    epochs = sorted({*range(0, 300, 10), 299})
    windows = [1.0 * sum(start <= e <= 299 for e in epochs) for start in (200, 10, 0)]
    printed = [case.count(f"n.{i}") for i in range(3)]
    return windows == printed, (
        f"Every tenth epoch and epoch 299: {', '.join(f'{n:g}' for n in windows)}; "
        f"printed {', '.join(f'{n:g}' for n in printed)}."
    )


def _protocol(case: Case) -> tuple[bool, str]:
    deltas, ds, wrong_kind = [], [], []
    for row, model, metric in _models(case, _T6):
        kind = case.text(_T6, row, "effect_size_type")
        test = case.text(_T6, row, "test")
        size = float(case.text(_T6, row, "effect_size"))
        if (kind == "Cohen's d") != (test == "t-test"):
            wrong_kind.append(row)
        if kind == "Cliff's delta":
            deltas.append(abs(size * 121 - round(size * 121)) <= 0.0605)
        elif metric == "HD":
            ds.append(_d_fits(case, model, size))
    good = all(deltas) and all(ds) and not wrong_kind
    return good, (
        f"{sum(deltas)} of {len(deltas)} Cliff deltas are multiples of 1/121; "
        f"{sum(ds)} of {len(ds)} Cohen d of the HD follow from the means and SDs of "
        f"Table 5 with the SD of both samples pooled; {len(wrong_kind)} rows pair a "
        "test with the other test's effect size."
    )


def _d_fits(case: Case, model: str, printed: float) -> bool:
    gap = case.cell(_T5, "Ours", "hd_mean") - case.cell(_T5, model, "hd_mean")
    ours, theirs = case.cell(_T5, "Ours", "hd_sd"), case.cell(_T5, model, "hd_sd")
    pooled = (ours * ours + theirs * theirs) / 2.0
    ends = [
        value / math.sqrt(variance)
        for value in (gap.low, gap.high)
        for variance in (pooled.low, pooled.high)
    ]
    return min(ends) - 0.0005 <= printed <= max(ends) + 0.0005


def _floor(case: Case) -> float:
    return published.smallest_wilcoxon_p(
        int(case.count("n.0", of="cvmunet-eval-counts"))
    )


def _separated(case: Case) -> dict[str, set[str]]:
    """Return the printed p of fully separated Wilcoxon tests, by baseline."""
    found: dict[str, set[str]] = {}
    for row, model, _ in _models(case, _T6):
        size = case.text(_T6, row, "effect_size")
        if case.text(_T6, row, "test") == "Wilcoxon" and abs(float(size)) == 1:
            found.setdefault(model, set()).add(case.text(_T6, row, "p_adj"))
    return found


def _family(case: Case) -> Finding:
    floor = _floor(case)
    printed = set().union(*_separated(case).values())
    allowed = {f"{floor * 3 / rank:.4f}": rank for rank in (1, 2, 3)}
    threes = printed <= set(allowed)
    one = len(printed) == 1
    least, likely = _single_family(case, floor)
    written = near(case.number("adj_42"), exactly(likely))
    verdict = written if threes else Verdict.CONTRADICTED
    return Finding(
        verdict,
        f"Fully separated tests all have the raw p {floor:.7f}, yet print "
        f"{sorted(printed)}. Benjamini-Hochberg within three tests gives "
        f"{sorted(allowed)}; one family of 42 would give all of them one value"
        f"{'' if one else ', so it was not one family'}. That value would be at least "
        f"{least:.6f}, and {likely:.6f} if the one t-test that prints no less lies "
        "above the floor.",
        "The family is the three metrics of one baseline.",
        "" if threes else "Another correction may have been used.",
    )


def _single_family(case: Case, floor: float) -> tuple[float, float]:
    """Return the adjusted p of the floor in one family of all tests.

    The floor times the number of tests over the rank of the last that reaches it. The
    rank is at most the number of tests that print no more than separated ones do (the
    first value), and smaller if t-tests that print as much lie above the floor.
    """
    most = max(float(p) for p in set().union(*_separated(case).values()))
    tests = _models(case, _T6)
    printed = [
        (case.text(_T6, row, "test"), float(case.text(_T6, row, "p_adj")))
        for row, _, _ in tests
    ]
    above = sum(p > most for _, p in printed)
    level = sum(p == most and test == "t-test" for test, p in printed)
    n = len(tests)
    return floor * n / (n - above), floor * n / (n - above - level)


def _printed_floor(case: Case) -> tuple[bool, str]:
    floor = _floor(case)
    printed = [
        (row, case.text(_T6, row, "p_adj"))
        for row, _, _ in _models(case, _T6)
        if case.text(_T6, row, "test") == "Wilcoxon"
    ]
    below = [row for row, p in printed if float(p) < floor - 0.00005]
    return not below, (
        f"Least two-sided exact p at n = 11: {floor:.7f}, printed 0.0010; "
        f"{len(below)} of {len(printed)} Wilcoxon tests print less."
    )


def _significant(case: Case, table: str) -> dict[str, list[str]]:
    """Return the models that are significantly worse, better or undecided in HD."""
    found: dict[str, list[str]] = {"worse": [], "better": [], "undecided": []}
    for row, model, metric in _models(case, table):
        if metric != "HD":
            continue
        significant = float(case.text(table, row, "p_adj")) < _LEVEL
        ours = case.text(table, row, "conclusion") == "Ours Better"
        key = ("better" if ours else "worse") if significant else "undecided"
        found[key].append(model)
    return found


def _overlap_wins(case: Case, table: str) -> tuple[int, int]:
    wins = [
        case.text(table, row, "conclusion") == "Ours Better"
        and float(case.text(table, row, "p_adj")) < _LEVEL
        for row, _, metric in _models(case, table)
        if metric != "HD"
    ]
    return sum(wins), len(wins)


def _table6(case: Case) -> tuple[bool, str]:
    rows, tests = len(case.rows(_T6)), len(_models(case, _T6))
    hd = _significant(case, _T6)
    wins, of = _overlap_wins(case, _T6)
    good = tests == 42 and not hd["worse"]
    return good, (
        f"{tests} tests, {rows - tests} more rows repeat some of them. "
        f"Dice and mIoU: {wins} of {of} significant for the model. HD: "
        f"{len(hd['better'])} for it, {len(hd['worse'])} against it, "
        f"{len(hd['undecided'])} undecided."
    )


def _delta_bound(case: Case) -> tuple[bool, str]:
    size = case.text(_T6, "21", "effect_size")
    kind = case.text(_T6, "21", "effect_size_type")
    good = kind != "Cliff's delta" or abs(float(size)) <= 1
    right = case.text(_T6, "24", "effect_size_type")
    return good, f"Row 21 prints {kind} {size}; row 24 has the value as {right}."


def _unchanged(case: Case) -> tuple[bool, str]:
    early, late = _significant(case, _T11), _significant(case, _T6)
    texts = [
        f"{name}: Dice and mIoU {wins} of {of}, HD worse than {len(hd['worse'])}"
        for name, (wins, of), hd in (
            ("late window", _overlap_wins(case, _T6), late),
            ("whole run", _overlap_wins(case, _T11), early),
        )
    ]
    good = set(early["worse"]) == set(late["worse"]) and not late["worse"]
    return good, f"{'; '.join(texts)}. Table 11 covers epochs 0-299."


def _baselines(case: Case) -> tuple[bool, str]:
    rows = len(case.rows(_T3)) - 1
    return case.count("text") == rows, (
        f"The conclusion counts {case.value('text')}, Table 3 has {rows} besides the "
        "proposed model."
    )


def _claimed_levels(case: Case) -> tuple[bool, str]:
    missed = []
    for row, model, metric in _models(case, _T9):
        level = 0.01 if case.text(_T9, row, "test") == "Wilcoxon" else 0.001
        gain = case.text(_T9, row, "conclusion") == "Baseline Better"
        p = case.text(_T9, row, "p_adj")
        if not gain or float(p) >= level:
            missed.append(f"{model.split('+')[-1].strip()} {metric} (p {p})")
    return not missed, f"{len(missed)} of 12 tests miss it: {', '.join(missed)}."


def _verdict_columns(table: str, means: str, ours_first: bool):
    """A column of conclusions, read by the sign of the effect or of the means."""

    def check(case: Case) -> Finding:
        by_effect, by_mean, total = [], [], 0
        for row, model, metric in _models(case, table):
            total += 1
            sign = -1.0 if metric == "HD" else 1.0
            first = "Ours" if ours_first else "ConvNext-UNet"
            said = case.text(table, row, "conclusion") != "Baseline Better"
            effect = float(case.text(table, row, "effect_size"))
            gap = case.cell(means, first, f"{_METRIC[metric]}_mean").middle
            gap -= case.cell(means, model, f"{_METRIC[metric]}_mean").middle
            if (sign * effect > 0) != said:
                by_effect.append(f"{model} {metric}")
            if (sign * gap > 0) != said:
                by_mean.append(f"{model} {metric}")
        if by_effect and by_mean:
            verdict = Verdict.CONTRADICTED
        else:
            verdict = Verdict.DEPENDS if by_effect or by_mean else Verdict.HOLDS
        return Finding(
            verdict,
            f"Of {total} conclusions {len(by_effect)} disagree with the sign of the "
            f"effect size and {len(by_mean)} with that of the difference of means"
            f"{': ' + ', '.join(by_mean) if by_mean else ''}.",
            "The conclusion column says which of the two scored better.",
            "Ranks and means may point in opposite directions."
            if verdict != Verdict.HOLDS
            else "",
        )

    return check


CHECKS = {
    "cvmunet-eval-counts": settled(_evaluations),
    "cvmunet-stat-protocol": settled(
        _protocol,
        "Nine repeated rows of the extracted Table 6 are left out. The effect size is "
        "that of two independent samples, although the test is paired.",
    ),
    "cvmunet-stat-bh-family": _family,
    "cvmunet-stat-wilcoxon-floor": settled(_printed_floor),
    "cvmunet-T6": settled(
        _table6,
        "The tests are to show the model superior on all three metrics, as the text "
        "says.",
        "Dice and mIoU favour the model in every test.",
    ),
    "cvmunet-T6-mislabels": settled(
        _delta_bound,
        "The row is taken as extracted; Cliff's delta lies between -1 and 1.",
        "Rows 22 to 24 hold the same values under the right names, so the extraction "
        "may be at fault.",
    ),
    "cvmunet-T11": _verdict_columns(_T11, _T10, True),
    "cvmunet-T13": _verdict_columns(_T13, _T12, False),
    "cvmunet-T9": settled(
        _claimed_levels,
        "A consistent gain is one in all tests, at the levels that the text names.",
        "The VSS block and the full model pass all of theirs.",
    ),
    "cvmunet-stat-conclusion": settled(
        _unchanged,
        "Unchanged means the same tests significant in both windows, HD included.",
        "For Dice and mIoU all 28 tests agree in both windows.",
    ),
    "cvmunet-baseline-count": settled(
        _baselines,
        "The tables hold every baseline.",
        "Two more may have been tried and left out.",
    ),
}
