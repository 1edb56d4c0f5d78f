"""Losses and metrics of CervSpineNet, as printed."""

import math

import numpy as np

from spineseg.audit.case import Case
from spineseg.audit.checks.compare import parts, settled, total
from spineseg.audit.checks.formulae import (
    counts,
    dice_loss_by_hand,
    formula,
    logits_and_target,
    masks,
    on_masks,
    on_tensors,
    tversky_by_hand,
)
from spineseg.audit.verdict import Finding, Verdict

_SSIM_C1, _SSIM_C2 = 0.01**2, 0.03**2


def _focal_tversky(case: Case) -> float:
    of = "cervspinenet-loss-params"
    alpha, beta = case.count("alpha", of=of), case.count("beta", of=of)
    gamma = case.count("gamma", of=of)
    both = [(1 - t) ** gamma for t in tversky_by_hand(alpha, beta)]
    return sum(both) / len(both)


def _tversky(case: Case) -> float:
    of = "cervspinenet-loss-params"
    found = tversky_by_hand(case.count("alpha", of=of), case.count("beta", of=of))
    return sum(found) / len(found)


def _picture():
    """Return logits and mask of one 16 x 16 picture, large enough for SSIM."""
    import torch

    rows, columns = np.mgrid[:16, :16]
    target = ((rows - 7) ** 2 + (columns - 8) ** 2 < 20).astype(float)
    logits = 4 * (2 * target - 1) + np.sin(rows) + np.cos(2 * columns)
    return torch.tensor(logits)[None, None], torch.tensor(target)[None, None]


def steepest(case: Case) -> float:
    """Return the largest gradient of the distance term as printed, on 256 pixels."""
    import torch

    logits, target = _picture()
    logits.requires_grad_()
    loss = case.function("losses:hausdorff_dt_loss_as_printed")(logits, target)
    (gradient,) = torch.autograd.grad(loss, logits)
    return float(gradient.abs().max())


def _gradient(case: Case) -> Finding:
    slope = steepest(case)
    said = case.said("gradient of the distance term")[0]["value"]
    zero = slope == 0
    claimed = "zero" if said == "zero" else "not zero"
    verdict = Verdict.HOLDS if zero == (claimed == "zero") else Verdict.CONTRADICTED
    return Finding(
        verdict,
        f"The threshold makes the term flat: its largest gradient is {slope:g} on a "
        f"picture of 256 pixels; Sec. 2.7.2 implies that it is {claimed}.",
        "The term is programmed literally as printed, with the threshold inside.",
        "The code may use a soft variant that has a gradient."
        if verdict != Verdict.HOLDS
        else "",
    )


def _ssim_loss(case: Case) -> tuple[bool, str]:
    logits, target = _picture()
    loss = float(case.function("losses:ssim_loss")(logits, target))
    by_hand = 1 - _windowed(logits.sigmoid().numpy()[0, 0], target.numpy()[0, 0])
    return math.isclose(loss, by_hand, abs_tol=1e-6), (
        f"SSIM loss of a picture of 256 pixels: package {loss:.6f}, by hand "
        f"{by_hand:.6f}."
    )


def _windowed(x: np.ndarray, y: np.ndarray) -> float:
    """Return the mean of Eq. 18 over all whole 11 x 11 Gaussian windows."""
    steps = np.arange(-5, 6)
    bell = np.exp(-(steps**2) / (2 * 1.5**2))
    weight = np.outer(bell, bell) / bell.sum() ** 2
    values = [
        _eq18(x[i : i + 11, j : j + 11], y[i : i + 11, j : j + 11], weight)
        for i in range(x.shape[0] - 10)
        for j in range(x.shape[1] - 10)
    ]
    return float(np.mean(values))


def _eq18(x: np.ndarray, y: np.ndarray, weight: np.ndarray) -> float:
    mean_x, mean_y = (weight * x).sum(), (weight * y).sum()
    var_x, var_y = (
        (weight * x * x).sum() - mean_x**2,
        (weight * y * y).sum() - mean_y**2,
    )
    cov = (weight * x * y).sum() - mean_x * mean_y
    top = (2 * mean_x * mean_y + _SSIM_C1) * (2 * cov + _SSIM_C2)
    return float(
        top / ((mean_x**2 + mean_y**2 + _SSIM_C1) * (var_x + var_y + _SSIM_C2))
    )


def _global_or_windowed(case: Case) -> Finding:
    prediction, target = masks()
    ours = float(case.function("metrics:ssim")(prediction, target))
    x, y = prediction.astype(float), target.astype(float)
    whole = _eq18(x, y, np.full(x.shape, 1 / x.size))
    windows = _windowed(x, y)
    verdict = Verdict.CONTRADICTED
    if math.isclose(ours, windows, abs_tol=1e-6):
        same = math.isclose(whole, windows, abs_tol=1e-6)
        verdict = Verdict.HOLDS if same else Verdict.DEPENDS
    return Finding(
        verdict,
        f"Two rectangles: {whole:.4f} with one mean and variance of the picture, as "
        f"written; {windows:.4f} averaged over windows, by the package {ours:.4f}.",
        "C1 = 0.01^2 and C2 = 0.03^2, which the paper leaves out.",
        "Libraries average the same formula over windows of 11 pixels.",
    )


def _compound(case: Case) -> tuple[bool, str]:
    logits, target = _picture()
    names = {"dice": "dice_loss", "ft": "focal_tversky_loss", "ssim": "ssim_loss"}
    names["hdt"] = "hausdorff_dt_loss_as_printed"
    by_hand = sum(
        case.count(key, of="cervspinenet-loss-weights")
        * float(_plain(name)(logits, target))
        for key, name in names.items()
    )
    ours = float(case.function("losses:cervspinenet_loss")(logits, target))
    same = math.isclose(by_hand, ours, abs_tol=1e-6)
    return same, f"Weighted terms {by_hand:.6f}, the compound loss {ours:.6f}."


def _plain(name: str):
    from spineseg import losses

    return getattr(losses, name)


def _distances() -> list[float]:
    """Return all nearest boundary distances of the two rectangles, both ways."""
    rims = []
    for mask in masks():
        inner = mask.copy()
        for axis in (0, 1):
            for step in (-1, 1):
                inner &= np.roll(mask, step, axis)
        rims.append(np.argwhere(mask & ~inner))
    gaps = np.sqrt(((rims[0][:, None] - rims[1][None]) ** 2).sum(-1))
    return [*gaps.min(1), *gaps.min(0)]


def _volume_similarity(case: Case) -> float:
    hit, invented, missed = counts()
    return 1 - abs(invented - missed) / (2 * hit + invented + missed)


def _all_distances(case: Case) -> tuple[bool, str]:
    prediction, target = masks()
    by_hand = _distances()
    mean = float(case.function("metrics:assd")(prediction, target))
    worst = float(case.function("metrics:hausdorff")(prediction, target))
    same = math.isclose(mean, float(np.mean(by_hand)), abs_tol=1e-6)
    same = same and math.isclose(worst, max(by_hand), abs_tol=1e-6)
    return same, (
        f"{len(by_hand)} distances both ways, mean {np.mean(by_hand):.4f}, largest "
        f"{max(by_hand):.4f}; by the package {mean:.4f} and {worst:.4f}."
    )


CHECKS = {
    "cervspinenet-eq8": formula(
        lambda case: dice_loss_by_hand(), on_tensors("dice_loss"), "Soft Dice loss"
    ),
    "cervspinenet-eq9": formula(
        lambda case: (
            tversky_by_hand(0.5, 0.5)[0] * 0.5 + tversky_by_hand(0.5, 0.5)[1] * 0.5
        ),
        lambda case: float(
            case.function("losses:tversky_index")(
                *logits_and_target(), alpha=0.5, beta=0.5
            ).mean()
        ),
        "Soft counts put into the index with both weights one half, which is Dice",
    ),
    "cervspinenet-eq10": formula(
        _tversky,
        lambda case: float(
            case.function("losses:tversky_index")(
                *logits_and_target(), alpha=0.75, beta=0.3
            ).mean()
        ),
        "Tversky index; alpha + beta = 1.05 is allowed, and unusual",
    ),
    "cervspinenet-eq11": formula(
        _focal_tversky, on_tensors("focal_tversky_loss"), "Focal Tversky loss"
    ),
    "cervspinenet-eq12": _gradient,
    "cervspinenet-eq13": settled(
        _ssim_loss,
        "On probabilities, windows of 11 pixels.",
    ),
    "cervspinenet-eq14": parts(
        total(
            "dice",
            "ft",
            "hdt",
            "ssim",
            whole=1.0,
            parts_of="cervspinenet-loss-weights",
        ),
        settled(_compound),
    ),
    "cervspinenet-eq15": formula(
        lambda case: 2 * counts()[0] / (2 * counts()[0] + counts()[1] + counts()[2]),
        on_masks("dice"),
        "Dice of two rectangles",
    ),
    "cervspinenet-eq16": formula(
        lambda case: counts()[0] / sum(counts()), on_masks("iou"), "IoU"
    ),
    "cervspinenet-eq17": formula(
        _volume_similarity, on_masks("volumetric_similarity"), "Volume similarity"
    ),
    "cervspinenet-eq18": _global_or_windowed,
    "cervspinenet-eq19": settled(
        _all_distances, "Boundary pixels are those with a neighbour outside."
    ),
    "cervspinenet-eq20": formula(
        lambda case: float(np.quantile(_distances(), 0.95)),
        on_masks("hd95_pooled"),
        "95 % point of both lists joined",
    ),
    "cervspinenet-loss-params": formula(
        _focal_tversky,
        on_tensors("focal_tversky_loss"),
        "Focal Tversky loss with the printed numbers",
    ),
    "cervspinenet-loss-weights": settled(_compound),
}
