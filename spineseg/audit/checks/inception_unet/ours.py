"""Settings, shapes and labels of the Inception U-Net, held against our recipe."""

import numpy as np

from spineseg.audit.case import Case
from spineseg.audit.checks.compare import both, recomputed
from spineseg.audit.checks.networks import facts, on_meta, stages
from spineseg.audit.checks.prepared import size, small_film
from spineseg.audit.checks.recipes import as_printed, full
from spineseg.stats.ranges import Range, mean_of

_PROPOSED = "inception_unet/inception_unet"
_RECIPE = f"{_PROPOSED}/dice"
_T2, _T7 = "inception_unet_table2", "inception_unet_table7"
_LABELS = np.array([0, 1, 25, 100, 201, 225])
"""SPIDER: background, lowest and highest vertebra, canal, first and last disc."""
_STAGES = (
    *(f"encoder.{i}" for i in range(5)),
    "auxiliary",
    *(f"decoder.{i}" for i in range(4)),
    "head",
)


def _dropped() -> dict[str, float]:
    """Return the share that each block of the encoder drops."""
    from torch import nn

    return {
        name: module.p
        for name, module in on_meta(_PROPOSED).named_modules()
        if isinstance(module, (nn.Dropout, nn.Dropout2d))
    }


def _where() -> str:
    return ", ".join(sorted({name.rpartition(".")[0] for name in _dropped()}))


def _share() -> str:
    return ", ".join(sorted({str(p) for p in _dropped().values()}))


def _channels() -> int:
    return full(_RECIPE)["model"]["classes"]


def _binary() -> str:
    from spineseg.datasets.spider import classes_of

    variant = full(_RECIPE)["data"]["variant"]
    return ", ".join(str(n) for n in classes_of(_LABELS, variant))


def _classes() -> int:
    return len(set(_binary().split(", ")))


def _gain(case: Case) -> list[Range]:
    runs = [case.cell(_T7, str(n), "miou") for n in range(1, 11)]
    base = case.cell(_T2, "U-Net BCE", "miou")
    mean = mean_of(runs)
    return [mean - base, (mean / base - 1.0) * 100.0]


def _levels() -> str:
    """Return lowest, highest and most levels of a prepared picture."""
    seen = np.asarray(small_film(_RECIPE).picture)
    steps = np.abs(seen * 255 - np.round(seen * 255)).max()
    return f"{seen.min():g} to {seen.max():g}, {'8 bit' if steps < 1e-3 else 'finer'}"


def _scaled_labels(case: Case) -> tuple[dict[str, bool], str]:
    """Scale a label map to 8 bits and group it: are the classes those of before?"""
    from spineseg.datasets.spider import classes_of

    scaled = np.round(_LABELS * (255 / _LABELS.max())).astype(int)
    outcome = {}
    for words, variant in (("two classes", "t1"), ("four classes", "t1_four")):
        same = (classes_of(scaled, variant) == classes_of(_LABELS, variant)).all()
        said = case.ours(f"{words} after scaling", "the same" if same else "others")
        outcome[words] = said == "the same"
    levels = case.ours("levels of a prepared picture", _levels())
    if levels != case.value("levels"):
        outcome = dict.fromkeys(outcome, False)
    return outcome, (
        f"Pictures have levels {levels}. The labels {', '.join(map(str, _LABELS))} "
        f"become {', '.join(map(str, scaled))}."
    )


_SILENT = "The paper leaves the other numbers of the optimiser to its framework."
CHECKS = {
    "inception_unet-prep-onehot": facts(
        ("channels", "output channels of the recipe", _channels),
        ("channels", "classes among SPIDER's labels in the binary task", _classes),
        why="The softmax has a channel for each class, background included.",
    ),
    "inception_unet-prep-scale": both(
        _scaled_labels,
        "A mask is scaled by its largest label, then grouped into classes.",
    ),
    "inception_unet-prep-resize": facts(
        ("size", "rows of a prepared picture", lambda: size(_RECIPE).split(" x ")[0]),
        ("size", "columns of a prepared picture",
         lambda: size(_RECIPE).split(" x ")[1]),
        why="Pictures are resized linearly and labels to the nearest, after padding "
        "to a square; the text names none of the three.",
    ),
    "inception_unet-hp-batch": as_printed(_RECIPE, {"batch": "plan.batch"}),
    "inception_unet-hp-epochs": as_printed(_RECIPE, {"epochs": "plan.epochs"}),
    "inception_unet-hp-lr": as_printed(
        _RECIPE,
        {"lr": "plan.optimiser.rate"},
        {"plan.optimiser.name": "adam", "plan.schedule.name": "constant"},
        _SILENT,
    ),
    "inception_unet-hp-dropout": facts(
        ("dropout", "share that the network drops", _share),
        ("blocks", "blocks of the encoder that drop", _where),
        why="Deep blocks are the last before the bottleneck, and it; whether "
        "numbers or whole channels are dropped the text does not say.",
    ),
    "inception_unet-T7-vs-baseline": recomputed(
        ["gain", "relative_pct"],
        _gain,
        "Mean of ten runs minus the best baseline's single run, and in percent of it",
        "One run stands for the baseline: how much of the gain is chance cannot be "
        "told from the tables.",
    ),
    "inception_unet-F1": facts(
        ("binary", "SPIDER's labels 0, 1, 25, 100, 201, 225 become", _binary),
        why="The principle is that every labelled structure becomes foreground.",
    ),
    "inception_unet-F2": stages(_PROPOSED, _STAGES, (1, 1, 128, 128)),
}  # fmt: skip
"""What the registered network, the recipe and the data set answer."""
