"""What the distance term can do, what a rollout is, and how long an image takes."""

from functools import cache

import numpy as np

from spineseg.audit.case import Case
from spineseg.audit.checks.cervspinenet.equations import steepest
from spineseg.audit.checks.compare import parts, recomputed, settled
from spineseg.audit.checks.recipes import full
from spineseg.audit.verdict import Finding, Verdict
from spineseg.stats.ranges import Range

_T5 = "cervspinenet_table5"
_WITHOUT, _WITH = "Dice + FT + SSIM", "Dice + FT + SSIM + HD95 (CervSpineNet)"
_WEIGHTS = "cervspinenet-loss-weights"
_SIDE_PX, _APART_PX = 1024, 100


def _pair():
    """Return logits and mask of a film: a disc predicted 100 pixels off its place."""
    import torch

    rows, columns = np.mgrid[:_SIDE_PX, :_SIDE_PX] - _SIDE_PX // 2

    def disc(right: int) -> np.ndarray:
        return (rows**2 + (columns - right) ** 2 < 60**2).astype(np.float32)

    logits = 20 * (2 * disc(_APART_PX) - 1)
    return torch.tensor(logits)[None, None], torch.tensor(disc(0))[None, None]


def _scale(case: Case) -> tuple[bool, str]:
    weight = {name: case.count(name, of=_WEIGHTS)
              for name in ("dice", "ft", "ssim", "hdt")}  # fmt: skip
    logits, target = _pair()
    pixels = float(case.function("losses:hausdorff_dt_loss_as_printed")(logits, target))
    bounded = weight["dice"] + weight["ft"] + weight["ssim"]
    mine = weight["hdt"] * pixels
    return mine > bounded, (
        f"A disc {_APART_PX} pixels off its place on {_SIDE_PX} x {_SIDE_PX}: the term "
        f"is {pixels:.1f} pixels, weighted {mine:.2f}; the other three together are "
        f"at most {bounded:g}."
    )


def _differences(case: Case) -> list[Range]:
    return [
        case.cell(_T5, _WITH, column) - case.cell(_T5, _WITHOUT, column)
        for column in ("dice", "hd95")
    ]


def _no_cause(case: Case) -> Finding:
    """Ask whether the printed term can have made the difference."""
    slope = float(case.ours("largest gradient of the term", f"{steepest(case):g}"))
    text = f"The largest gradient of the term as printed is {slope:g}"
    if slope > 0:
        return Finding(Verdict.HOLDS, f"{text}: it can change the weights.")
    return Finding(
        Verdict.DEPENDS,
        f"{text}: two runs of one seed, with and without it, have equal weights.",
        "The term is programmed literally as Eq. 12, with the threshold inside.",
        "The code may use a soft variant, or the difference is that of two runs.",
    )


@cache
def _rollouts() -> tuple[float, float]:
    """Return a rollout of three blocks by hand and by the package, as one number."""
    import torch

    from spineseg.core.rng import rng
    from spineseg.explain import attention_rollout

    draw = rng(0, "audit", "rollout")
    blocks = draw.dirichlet(np.ones(5), (3, 2, 5))  # block, head, query, key
    product = np.eye(5)
    for block in blocks:
        one = block.mean(0) + np.eye(5)
        product = one / one.sum(1, keepdims=True) @ product
    ours = attention_rollout([torch.tensor(block)[None] for block in blocks])[0].numpy()
    place = np.arange(25).reshape(5, 5)
    return float((product * place).sum()), float((ours * place).sum())


def _rollout(case: Case) -> Finding:
    hand, held = _rollouts()
    ours = float(case.ours("weighted sum of a rollout of three blocks", f"{held:.6f}"))
    encoder = full("cervspinenet/cervspinenet")["model"]["reading"]["encoder"]
    count = int(encoder["depth"]) - len(encoder["global_blocks"])
    windows = int(float(case.ours("blocks that see windows only", count)))
    text = (
        f"Identity, rows normalised, product over three blocks: by hand {hand:.6f}, by "
        f"the package {ours:.6f}. {windows} of {encoder['depth']} blocks of the "
        "encoder see windows only."
    )
    if abs(hand - ours) > 1e-5:
        return Finding(
            Verdict.CONTRADICTED, text, "Heads are averaged.", "Ours may be misread."
        )
    if not windows:
        return Finding(Verdict.HOLDS, text, "Heads are averaged.")
    return Finding(
        Verdict.DEPENDS,
        text,
        "Heads are averaged; a product needs matrices over all tokens.",
        "Windows can be written into a matrix of all tokens, or left out.",
    )


def _union(case: Case) -> tuple[bool, str]:
    """Hold the abstract's seconds against those of the two machines."""
    both = [
        [case.count(f"seconds.{i}", of=f"cervspinenet-eff-{name}") for i in (0, 1)]
        for name in ("gpu", "cpu")
    ]
    said = [case.count(f"seconds.{i}") for i in (0, 1)]
    low, high = min(a for a, _ in both), max(b for _, b in both)
    return said == [low, high], (
        f"GPU {both[0][0]:g} to {both[0][1]:g} s, CPU {both[1][0]:g} to "
        f"{both[1][1]:g} s: together {low:g} to {high:g} s; printed {said[0]:g} to "
        f"{said[1]:g} s."
    )


CHECKS = {
    "cervspinenet-abs-time": settled(
        _union, "Printed seconds against printed seconds; nothing is timed anew."
    ),
    "cervspinenet-loss-hdt-scale": settled(
        _scale, "Distances in pixels of the network's input, as printed."
    ),
    "cervspinenet-T5-hdt-effect": parts(
        recomputed(["d_dice", "d_hd95"], _differences, "With minus without the term"),
        _no_cause,
    ),
    "cervspinenet-arch-attnmaps": _rollout,
}
"""What the printed sentences allow."""
