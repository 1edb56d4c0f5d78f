"""Settings, shapes and labels of the Inception U-Net, held against our recipe."""

import numpy as np

from spineseg.audit.case import Case
from spineseg.audit.checks.compare import recomputed
from spineseg.audit.checks.networks import facts, on_meta, stages
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


_SILENT = "The paper leaves the other numbers of the optimiser to its framework."
CHECKS = {
    "inception_unet-prep-onehot": facts(
        ("channels", "output channels of the recipe", _channels),
        ("channels", "classes among SPIDER's labels in the binary task", _classes),
        why="The softmax has a channel for each class, background included.",
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
}
"""What the registered network, the recipe and the data set answer."""
