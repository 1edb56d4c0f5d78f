"""Numbers and words of MDWC-Net; most cells of its tables are not in our text."""

from spineseg.audit.case import Case
from spineseg.audit.checks.bounds import iou_above_dice
from spineseg.audit.checks.compare import both, parts, recomputed, settled
from spineseg.audit.checks.words import agree
from spineseg.audit.verdict import Finding, Verdict
from spineseg.stats import published
from spineseg.stats.ranges import Range

_T1, _T3, _T4, _T5 = (f"mdwcnet_table{n}" for n in (1, 3, 4, 5))
_PAIRS = {
    "spine": (_T1, "MDWC-Net"),
    "+MSCAW": (_T3, "+MSCAW only"),
    "+MSCAW+DFCB": (_T3, "+MSCAW+DFCB"),
    "chest": (_T4, "MDWC-Net"),
    "ISIC 2016": (_T5, "MDWC-Net"),
}


def _percent(case: Case, table: str, row: str) -> Range:
    return case.cell(table, row, "value") / 100.0


def _split(case: Case) -> tuple[bool, str]:
    whole = case.count("n", of="mdwcnet-data-n")
    sizes = [case.count(name) for name in ("train", "val", "test")]
    wanted = [whole * share / 10 for share in (7, 1, 2)]
    same = all(abs(a - b) < 1e-9 for a, b in zip(sizes, wanted, strict=True))
    return same, f"7:1:2 of {whole:g} is {' / '.join(f'{w:g}' for w in wanted)}."


def _schedule(case: Case) -> tuple[bool, str]:
    start = case.count("lr", of="mdwcnet-hp-lr")
    epochs = int(case.count("epochs", of="mdwcnet-hp-epochs"))
    rates = [start / 10 ** (epoch // 20) for epoch in range(epochs)]
    share, late = sum(rates[:20]) / sum(rates), sum(rates[60:]) / sum(rates)
    last = case.count("lr_last")
    same = abs(rates[-1] / last - 1) < 1e-9 if last else False
    same = same and abs(share - case.count("mass_first_20")) < 0.0005
    return same, (
        f"Last rate {rates[-1]:.0e}; {100 * share:.1f} % of the summed rate falls in "
        f"the first 20 epochs, {100 * late:.2f} % after epoch 60."
    )


def _bieb_gain(case: Case) -> list[Range]:
    names = ("Dice", "MIoU", "GPA", "Sensitivity")
    return [
        case.cell(_T1, f"MDWC-Net {name}", "value")
        - case.cell(_T3, f"+MSCAW+DFCB {name}", "value")
        for name in names
    ]


def _below_sd(case: Case) -> tuple[bool, str]:
    gain = _bieb_gain(case)[0].middle
    spread = float(case.text(_T1, "MDWC-Net Dice", "sd"))
    return True, f"The Dice gain {gain:.2f} is below the printed SD {spread:.3f}."


def _caption(case: Case) -> tuple[bool, str]:
    letters = ord("j") - ord("c") + 1
    same = case.count("letters") == letters == case.count("models")
    return same, f"c to j are {letters} letters; {case.value('models')} models."


def _gap(case: Case) -> tuple[dict[str, bool], str]:
    table = "mdwcnet_prose_training"
    train = case.cell(table, "training loss, end (Figure 7)", "value")
    valid = case.cell(table, "validation loss plateau (Figure 7)", "value")
    gap = 100 * (valid / train - 1.0).middle
    return {
        f"a gap up to {limit} % is none": gap <= limit for limit in (10, 25)
    }, f"Validation loss is {gap:.0f} % above training loss."


def _order(case: Case) -> Finding:
    pairs = {
        name: (_percent(case, t, f"{row} Dice"), _percent(case, t, f"{row} MIoU"))
        for name, (t, row) in _PAIRS.items()
    }
    above = iou_above_dice(pairs)
    said = ", ".join(f"{k} {100 * d.middle:.2f} / {100 * i.middle:.2f}"
                     for k, (d, i) in pairs.items())  # fmt: skip
    printed = [
        [case.value(f"pairs.{n}.{k}") for k in (0, 1)] for n in range(len(pairs))
    ]
    ledger_above = sum(float(iou) > float(dice) for dice, iou in printed)
    if ledger_above != len(above):
        verdict = Verdict.CONTRADICTED
    else:
        verdict = Verdict.DEPENDS if above else Verdict.HOLDS
    return Finding(
        verdict,
        f"Dice / MIoU: {said}; MIoU is above Dice in {len(above)} of {len(pairs)}.",
        "IoU is at most Dice for each class and image, so equal averaging is excluded.",
        "Dice of the foreground and MIoU with the background can stand like this.",
    )


def _pooled(table: str, row: str):
    def check(case: Case) -> Finding:
        dice = _percent(case, table, f"{row} Dice")
        printed = _percent(case, table, f"{row} MIoU")
        right = _percent(case, table, f"{row} GPA")
        pooled = published.two_class_miou_given(dice, right)
        same_classes = printed.low <= dice.high
        gap = printed.apart(pooled)
        if same_classes or gap == 0:
            verdict = Verdict.HOLDS
        else:
            near = gap <= case.claim.tolerance()
            verdict = Verdict.WITHIN_TOLERANCE if near else Verdict.DEPENDS
        return Finding(
            verdict,
            f"Dice {100 * dice.middle:.2f} and GPA {100 * right.middle:.2f} give a "
            f"pooled two-class MIoU of {100 * pooled.middle:.2f}; printed "
            f"{100 * printed.middle:.2f}.",
            "Dice is that of the foreground, all pixels pooled.",
            "Averages over images may differ from pooled ones.",
        )

    return check


CHECKS = {
    "mdwcnet-data-split": settled(_split),
    "mdwcnet-hp-step": settled(_schedule),
    "mdwcnet-arch-dynamic": agree(
        "weights at inference",
        "Adapting to an image means that the weights depend on it.",
        "They are dynamic while the network is trained.",
    ),
    "mdwcnet-abl-bieb-gain": parts(
        recomputed(
            ["dice", "miou", "gpa", "sensitivity"],
            _bieb_gain,
            "Full model minus + MSCAW + DFCB",
        ),
        settled(_below_sd),
    ),
    "mdwcnet-F8-caption": settled(
        _caption, "Each panel has one letter.", "Two panels may share a letter."
    ),
    "mdwcnet-fit-claim": both(_gap, "The paper prints no limit; two are tried."),
    "mdwcnet-dice-lt-miou": _order,
    "mdwcnet-T1-miou-ours": _pooled(_T1, "MDWC-Net"),
    "mdwcnet-cites": parts(
        agree("work cited for Attention U-Net"),
        agree("work cited for ResU-Net"),
        agree("work cited for DeepLabV3+"),
    ),
}
