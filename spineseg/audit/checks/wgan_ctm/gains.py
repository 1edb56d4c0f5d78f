"""Gains that the WGAN paper's text names, recomputed from its tables."""

from collections.abc import Sequence

from spineseg.audit.case import Case
from spineseg.audit.checks.compare import both, parts, readings, recomputed
from spineseg.audit.verdict import Finding, Verdict
from spineseg.stats.published import welch_of_printed
from spineseg.stats.ranges import Range, mean_of

_BODY, _FORAMEN, _LAMINA = (f"wgan_ctm_table{n}" for n in (2, 3, 4))
_T5, _T6 = "wgan_ctm_table5", "wgan_ctm_table6"
_OURS = "Our Model"
_FIVE = ("U-Net", "nnU-Net", "SegNet", "DeepLab v3+", "Spine-GAN")
_MODERN = _FIVE[1:]
_ALL, _TWO = ("disc", "foramen", "arch"), ("disc", "foramen")


def _over(table: str, column: str, rivals: Sequence[str], *, relative: bool):
    """Our gain over the mean of rivals, in the column's unit or in percent."""

    def compute(case: Case) -> Range:
        ours = case.cell(table, _OURS, column)
        base = mean_of(case.cell(table, row, column) for row in rivals)
        return (ours / base - 1.0) * 100.0 if relative else ours - base

    return compute


def _each(table: str, column: str, rivals: Sequence[str]):
    """Mean of our relative gains over each rival, in percent."""

    def compute(case: Case) -> Range:
        ours = case.cell(table, _OURS, column)
        gains = [ours / case.cell(table, row, column) - 1.0 for row in rivals]
        return mean_of(gains) * 100.0

    return compute


def _less(table: str, rivals: Sequence[str]):
    def compute(case: Case) -> Range:
        base = mean_of(case.cell(table, row, "hd_mm_mean") for row in rivals)
        return base - case.cell(table, _OURS, "hd_mm_mean")

    return compute


def _step(row: str, before: str, metric: str, names: Sequence[str], *, relative=False):
    """Mean change of an ablation row against another over structures."""

    def compute(case: Case) -> Range:
        changes = []
        for name in names:
            new, old = (
                case.cell(_T5, r, f"{metric}_{name}_mean") for r in (row, before)
            )
            changes.append((new / old - 1.0) * 100.0 if relative else new - old)
        return mean_of(changes)

    return compute


def _flip(compute):
    return lambda case: compute(case) * -1.0


def _list(*computes):
    return lambda case: [compute(case) for compute in computes]


def _dilated(case: Case, base: Sequence[str]) -> list[Range]:
    found = []
    for name in _ALL:
        column = f"dice_pct_{name}_mean"
        new = case.cell(_T5, "ResU-Net + CTM + Dconv", column)
        old = mean_of(case.cell(_T5, row, column) for row in base)
        found.append((new / old - 1.0) * 100.0)
    return found


def _average(metric: str):
    def compute(case: Case) -> Range:
        return mean_of(
            case.cell(_T6, "Our Model", f"{metric}_{name}_mean") for name in _ALL
        )

    return compute


def _as_printed(case: Case) -> tuple[dict[str, bool], str]:
    ours, rival = case.number("ours"), case.number("spine_gan")
    cells = [case.cell(_BODY, row, "miou_pct_mean") for row in (_OURS, "Spine-GAN")]
    known = ours.meets(cells[0]) and rival.meets(cells[1])
    gain = ours - rival
    top = gain.high
    said = (
        f"Gain over Spine-GAN {gain.middle:.1f} points, to {ours.middle:.1f}; over the "
        f"best baseline {(ours - case.number('nnunet')).middle:.1f}."
    )
    return {"gains from 4.1 to 96.2 %": known and top >= 96.2}, said


def _significance(case: Case) -> Finding:
    texts, found, slices = [], [], int(case.count("test", of="wgan_ctm-data-n"))
    for metric in ("dice_pct", "hd_mm"):
        for name in _ALL:
            (new, new_sd), (old, old_sd) = (
                [case.cell(_T5, row, f"{metric}_{name}_{part}")
                 for part in ("mean", "sd")]
                for row in ("U-Net + CTM", "U-Net")
            )  # fmt: skip
            p = welch_of_printed(new, new_sd, slices, old, old_sd, slices)
            gap = new.middle - old.middle
            texts.append(f"{metric} {name} {gap:+.1f} (p {p.low:.2g} to {p.high:.2g})")
            found.append(p)
    verdict = _all_below(found, 0.05)
    return Finding(
        verdict,
        f"U-Net + CTM minus U-Net: {', '.join(texts)}.",
        f"Welch's test on {slices} independent slices, with every mean and SD that "
        "the printed ones can stand for.",
        "A paired test can find smaller differences, but none where the means are "
        "equal."
        if verdict == Verdict.CONTRADICTED
        else "",
    )


def _all_below(values: Sequence[Range], limit: float) -> Verdict:
    if any(value.low >= limit for value in values):
        return Verdict.CONTRADICTED
    below = all(value.high < limit for value in values)
    return Verdict.HOLDS if below else Verdict.DEPENDS


_STEP = ("U-Net + Res", "U-Net")
_LAST = ("Our Model", "ResU-Net + CTM + Dconv")
CHECKS = {
    "wgan_ctm-abs-dice": readings(
        "gain",
        {
            "points over Spine-GAN": _over(
                _BODY, "dice_pct_mean", ["Spine-GAN"], relative=False
            ),
            "percent over Spine-GAN": _over(
                _BODY, "dice_pct_mean", ["Spine-GAN"], relative=True
            ),
            "points over the best baseline (nnU-Net)": _over(
                _BODY, "dice_pct_mean", ["nnU-Net"], relative=False
            ),
        },
    ),
    "wgan_ctm-abs-hd": recomputed(
        "gain", _less(_BODY, ["Spine-GAN"]), "Against Spine-GAN, the lowest baseline"
    ),
    "wgan_ctm-abs-miou": both(
        _as_printed, "The range is one of gains in percent, as printed."
    ),
    "wgan_ctm-T2-u-net-gain": recomputed(
        "printed",
        _over(_BODY, "dice_pct_mean", ["U-Net"], relative=True),
        "Relative gain over the U-Net",
    ),
    "wgan_ctm-T2-avg7": readings(
        "printed",
        {
            "percent of the mean": _over(
                _BODY, "dice_pct_mean", _MODERN, relative=True
            ),
            "mean of the percents": _each(_BODY, "dice_pct_mean", _MODERN),
            "points": _over(_BODY, "dice_pct_mean", _MODERN, relative=False),
        },
        primary="percent of the mean",
    ),
    "wgan_ctm-T2-hd21": recomputed(
        "recomputed", _less(_BODY, _FIVE), "Mean of five minus ours"
    ),
    "wgan_ctm-T3-708": readings(
        "printed",
        {
            "percent of the mean": _over(
                _FORAMEN, "dice_pct_mean", _FIVE, relative=True
            ),
            "mean of the percents": _each(_FORAMEN, "dice_pct_mean", _FIVE),
        },
        primary="percent of the mean",
    ),
    "wgan_ctm-T3-75": readings(
        "printed",
        {
            "percent of the mean": _over(
                _FORAMEN, "miou_pct_mean", _FIVE, relative=True
            ),
            "mean of the percents": _each(_FORAMEN, "miou_pct_mean", _FIVE),
        },
        primary="percent of the mean",
    ),
    "wgan_ctm-T3-hd": recomputed(
        "printed", _flip(_less(_FORAMEN, ["Spine-GAN"])), "Ours minus Spine-GAN"
    ),
    "wgan_ctm-T4-618": recomputed(
        "recomputed",
        _over(_LAMINA, "dice_pct_mean", _FIVE, relative=True),
        "Percent of the mean of five",
    ),
    "wgan_ctm-T4-hd": recomputed(
        "recomputed", _less(_LAMINA, ["Spine-GAN"]), "Spine-GAN minus ours"
    ),
    "wgan_ctm-abl-res": readings(
        ["printed.0", "hd"],
        {
            "all three structures": _list(
                _step(*_STEP, metric="dice_pct", names=_ALL, relative=True),
                _flip(_step(*_STEP, metric="hd_mm", names=_ALL)),
            ),
            "body and foramen": _list(
                _step(*_STEP, metric="dice_pct", names=_TWO, relative=True),
                _flip(_step(*_STEP, metric="hd_mm", names=_TWO)),
            ),
        },
    ),
    "wgan_ctm-abl-ctm-tm": readings(
        "printed",
        {
            label: _step(
                row="U-Net + CTM", before="U-Net + TM", metric="dice_pct", names=names
            )
            for label, names in (
                ("all three structures", _ALL),
                ("body and foramen", _TWO),
            )
        },
    ),
    "wgan_ctm-abl-dconv": readings(
        [f"printed.{i}" for i in range(3)],
        {
            "over the row before": lambda case: _dilated(case, ["U-Net + Res + CTM"]),
            "over the mean of the first four rows": lambda case: _dilated(
                case, ["U-Net", "U-Net + Res", "U-Net + TM", "U-Net + CTM"]
            ),
        },
    ),
    "wgan_ctm-abl-wgan": readings(
        ["printed.0", "printed.1", "printed.2"],
        {
            label: _list(
                _step(*_LAST, metric="dice_pct", names=["disc"], relative=relative),
                _step(*_LAST, metric="dice_pct", names=["foramen"], relative=relative),
                _flip(_step(*_LAST, metric="hd_mm", names=names)),
            )
            for label, relative, names in (
                ("percent, HD of all three", True, _ALL),
                ("percent, HD of body and foramen", True, _TWO),
                ("points, HD of body and foramen", False, _TWO),
            )
        },
        "The gain of the body, of the foramen and of the mean HD, in this order.",
    ),
    "wgan_ctm-abl-avg": recomputed(
        ["printed_miou", "ppv"],
        _list(_average("miou_pct"), _average("ppv_pct")),
        "Means over three structures of Table 6",
        "The body's PPV is that of Table 6, not of Table 2.",
    ),
    "wgan_ctm-abl-rescctm": parts(
        recomputed(
            "dice",
            _step("U-Net + Res + CTM", "U-Net", "dice_pct", ["disc"]),
            "Dice of the body, points over the U-Net",
        ),
        recomputed(
            "hd",
            lambda case: case.cell(_T5, "U-Net + Res + CTM", "hd_mm_disc_mean"),
            "HD of the body",
        ),
    ),
    "wgan_ctm-abl-ttest": _significance,
}
