"""Losses, attention and metrics of the WGAN paper, as printed."""

import math

import numpy as np

from spineseg.audit.case import Case
from spineseg.audit.checks.compare import both, readings, settled
from spineseg.audit.checks.formulae import (
    counts,
    dice_loss_by_hand,
    formula,
    masks,
    on_masks,
    on_tensors,
)
from spineseg.audit.checks.wgan_ctm.attention import softmax_attention
from spineseg.audit.verdict import Finding, Verdict
from spineseg.stats.ranges import Range

_REAL, _FAKE = np.array([1.2, 0.4, -0.3]), np.array([-0.8, 0.1, 0.6])
"""Scores of a critic for three real and three generated maps."""
_QUERIES = np.array([[0.2, 1.0], [0.9, -0.4], [-0.5, 0.3], [0.1, 0.8]])
_KEYS = np.array([[1.0, 0.2], [-0.3, 0.7], [0.4, -0.9], [0.6, 0.5]])
_VALUES = np.array([[1.0, 0.0], [0.0, 1.0], [0.5, 0.5], [-1.0, 2.0]])


def _scores():
    import torch

    return torch.tensor(_REAL), torch.tensor(_FAKE)


def _cross_entropy(case: Case) -> tuple[float, float]:
    import torch

    logits = np.array([[0.3, -0.2], [1.1, 0.4], [-0.6, 0.9]])
    labels = np.array([1, 0])
    exp = np.exp(logits)
    by_hand = float(
        np.mean([-np.log(exp[c, i] / exp[:, i].sum()) for i, c in enumerate(labels)])
    )
    ours = case.function("losses:cross_entropy_loss")(
        torch.tensor(logits)[None], torch.tensor(labels)[None]
    )
    return by_hand, float(ours)


def _critic(case: Case) -> Finding:
    """Compare how both critic losses answer to scores twice as large."""
    real, fake = _scores()
    printed = case.function("losses:sigmoid_critic_loss_as_printed")
    wasserstein = case.function("losses:wasserstein_critic_loss")
    ratio = {
        "Eq. 5": float(printed(2 * real, 2 * fake) / printed(real, fake)),
        "Wasserstein": float(wasserstein(2 * real, 2 * fake) / wasserstein(real, fake)),
    }
    by_hand = float(np.log1p(np.exp(-_REAL)).mean() + np.log1p(np.exp(_FAKE)).mean())
    correct = math.isclose(by_hand, float(printed(real, fake)), abs_tol=1e-6)
    linear = math.isclose(ratio["Eq. 5"], 2, abs_tol=1e-6)
    verdict = Verdict.HOLDS if correct and linear else Verdict.CONTRADICTED
    return Finding(
        verdict,
        f"With scores doubled Eq. 5 is multiplied by {ratio['Eq. 5']:.3f} and a "
        f"Wasserstein estimate by {ratio['Wasserstein']:.3f}; by hand Eq. 5 is "
        f"{by_hand:.6f}, by the package {float(printed(real, fake)):.6f}.",
        "The critic of a Wasserstein GAN, which the title and Eqs. 2 and 7 name, "
        "estimates a distance that is linear in the scores.",
        "It is the loss of a classical GAN, which can be trained.",
    )


def _sign(case: Case) -> tuple[bool, str]:
    sign = case.value("sign")
    factor = -1.0 if sign == "minus" else 1.0
    honest, fooled = (
        math.log(0.9) + factor * math.log(1 - fake) for fake in (0.1, 0.9)
    )
    return honest > fooled, (
        f"With a {sign} the objective is {honest:.3f} for a discriminator that "
        f"rejects a fake (0.1) and {fooled:.3f} for one that accepts it (0.9)."
    )


def _penalty(case: Case) -> tuple[bool, str]:
    sign = case.value("sign")
    factor = 1.0 if sign == "plus" else -1.0
    low, high = (0.5 + factor * 10 * gap for gap in (0.0, 1.0))
    return high < low, (
        f"With a {sign} the critic's objective goes from {low:g} to {high:g} when the "
        "penalty grows from 0 to 1, and it is maximised."
    )


_HERE = "audit.checks.wgan_ctm.attention"


def _full_attention(case: Case) -> tuple[bool, str]:
    import torch

    q, k, v = (torch.tensor(x)[None] for x in (_QUERIES, _KEYS, _VALUES))
    library = torch.nn.functional.scaled_dot_product_attention(q, k, v)[0].numpy()
    ours = case.function(f"{_HERE}:softmax_attention")(_QUERIES, _KEYS, _VALUES)
    equal = bool(np.abs(library - ours).max() < 1e-9)
    said = "equal" if equal else "not equal"
    return equal, f"Four tokens: the formula and PyTorch's function are {said}."


def _clusters(case: Case) -> tuple[bool, str]:
    grouped = case.function(f"{_HERE}:clustered")
    alone = grouped(_QUERIES, np.arange(4), _KEYS, _VALUES)
    full = softmax_attention(_QUERIES, _KEYS, _VALUES)
    pairs = grouped(_QUERIES, np.array([0, 1, 1, 0]), _KEYS, _VALUES)
    exact = np.allclose(alone, full) and np.allclose(pairs[0], pairs[3])
    gap = float(np.abs(pairs - full).max())
    return exact, (
        "With one query in a cluster it is full attention; two clusters of two "
        f"queries change an output by at most {gap:.3f}."
    )


def _cost(case: Case) -> tuple[bool, str]:
    cost = case.function(f"{_HERE}:attention_macs")
    clusters, width, tokens = 100, 256, 1024
    full = [cost(n, n, width) for n in (tokens, 2 * tokens)]
    few = [cost(clusters, n, width) for n in (tokens, 2 * tokens)]
    good = full[0] == tokens**2 * (width + width)
    good = good and few[0] == tokens * clusters * (width + width)
    good = good and full[1] == 4 * full[0] and few[1] == 2 * few[0]
    return good, (
        f"Twice the tokens cost {full[1] / full[0]:g} times as much in full and "
        f"{few[1] / few[0]:g} times with {clusters} clusters; at {tokens} tokens "
        f"{few[0] / full[0]:.3f} of the full cost, without the k-means."
    )


def _fields(single: bool, pooled: bool = False):
    def compute(case: Case) -> list[Range]:
        rates = [
            int(case.count(f"rates.{i}", of="wgan_ctm-arch-dilation")) for i in range(4)
        ]
        found, reach, step = [], 1, 1
        for rate in rates:
            reach += 2 * rate * step
            found.append(float(3 + 2 * (rate - 1) if single else reach))
            if pooled:
                reach, step = reach + step, 2 * step
        return [Range(one, one) for one in found]

    return compute


def _printed_rule(case: Case) -> list[Range]:
    rates = [
        int(case.count(f"rates.{i}", of="wgan_ctm-arch-dilation")) for i in range(4)
    ]
    return [Range(*(2 * [float(3 + 4 * (rate - 1))])) for rate in rates]


def _hausdorff(case: Case) -> tuple[dict[str, bool], str]:
    prediction, target = masks()
    largest = case.function("metrics:hausdorff")(prediction, target)
    tail = case.function("metrics:hd95_pooled")(prediction, target)
    evidence = f"Two rectangles: maximum {largest:.4f}, 95 % point {tail:.4f}."
    return {
        "Eq. 16, the maximum": math.isclose(largest, _by_hand(1.0), abs_tol=1e-6),
        "the text's HD with 95 %": math.isclose(tail, largest, abs_tol=1e-6),
    }, evidence


def _by_hand(level: float) -> float:
    prediction, target = masks()
    a, b = np.argwhere(prediction), np.argwhere(target)
    gaps = np.sqrt(((a[:, None] - b[None]) ** 2).sum(-1))
    return float(np.quantile([*gaps.min(1), *gaps.min(0)], level))


def _dilated(case: Case) -> tuple[bool, str]:
    """Sum Eq. 9 index by index and compare with the library's convolution."""
    import torch

    picture = np.arange(49.0).reshape(7, 7) % 5
    kernel = np.array([[1.0, -2.0, 0.5], [0.0, 3.0, -1.0], [2.0, 1.0, -0.5]])
    gaps = []
    for i in range(2):
        stride = i + 1
        rate = int(case.count(f"rates.{i}", of="wgan_ctm-arch-dilation"))
        size = (7 - 2 * rate - 1) // stride + 1
        by_hand = [
            sum(
                picture[y * stride + u * rate, x * stride + v * rate] * kernel[u, v]
                for u in range(3)
                for v in range(3)
            )
            for y in range(size)
            for x in range(size)
        ]
        library = torch.nn.functional.conv2d(
            torch.tensor(picture)[None, None],
            torch.tensor(kernel)[None, None],
            stride=stride,
            dilation=(1, 2)[i],
        )
        found = library.numpy().ravel()
        same = len(found) == len(by_hand)
        gaps.append(float(np.abs(found - by_hand).max()) if same else math.inf)
    return max(gaps) < 1e-9, (
        "Rates and strides 1 and 2 on 7 x 7 numbers: largest difference from "
        f"PyTorch's convolution {max(gaps):g}."
    )


def _one_mean(case: Case) -> Finding:
    tables = {"body": 2, "foramen": 3, "lamina": 4}
    found = {
        name: case.text(f"wgan_ctm_table{n}", "Our Model", "miou_pct_mean")
        for name, n in tables.items()
    }
    one = len(set(found.values())) == 1
    said = ", ".join(f"{name} {value}" for name, value in found.items())
    return Finding(
        Verdict.HOLDS if one else Verdict.DEPENDS,
        f"One mean over all categories is one number; printed are {said}.",
        "N counts the categories of the task.",
        "N may count fore- and background of one structure." if not one else "",
    )


CHECKS = {
    "wgan_ctm-eq2": formula(
        lambda case: float(-_FAKE.mean()),
        lambda case: float(case.function("losses:generator_loss")(_scores()[1])),
        "Minus the mean score of generated maps",
    ),
    "wgan_ctm-eq3": formula(
        lambda case: _cross_entropy(case)[0],
        lambda case: _cross_entropy(case)[1],
        "Cross-entropy of three classes at two pixels",
        "N counts pixels.",
    ),
    "wgan_ctm-eq4": formula(
        lambda case: dice_loss_by_hand(), on_tensors("dice_loss"), "Soft Dice loss"
    ),
    "wgan_ctm-eq5": _critic,
    "wgan_ctm-eq6": settled(
        _sign,
        "The discriminator maximises the objective as printed.",
        "The standard objective has a plus; the code may too.",
    ),
    "wgan_ctm-eq7": settled(
        _penalty,
        "The critic maximises the objective and the added term is a penalty.",
        "With the roles of the signs swapped it is the usual constraint.",
    ),
    "wgan_ctm-eq9": settled(_dilated, "One channel; others add up."),
    "wgan_ctm-eq10": readings(
        [f"fields.{i}" for i in range(4)],
        {
            "the printed formula": _printed_rule,
            "one dilated kernel, k + (k-1)(r-1)": _fields(single=True),
            "four stacked layers of stride one": _fields(single=False),
            "the same with pooling between them": _fields(single=False, pooled=True),
        },
        "Kernels of 3 and the rates of the four layers.",
    ),
    "wgan_ctm-eq11": settled(_full_attention),
    "wgan_ctm-eq12": settled(_clusters),
    "wgan_ctm-eq13": settled(_clusters),
    "wgan_ctm-eq14": settled(_clusters),
    "wgan_ctm-eq15": formula(
        lambda case: 2 * counts()[0] / (2 * counts()[0] + counts()[1] + counts()[2]),
        on_masks("dice"),
        "Dice of two rectangles",
    ),
    "wgan_ctm-eq16": both(
        _hausdorff, "The text names its results HD (95 % confidence interval)."
    ),
    "wgan_ctm-eq17": _one_mean,
    "wgan_ctm-eq18": formula(
        lambda case: counts()[0] / (counts()[0] + counts()[1]), on_masks("ppv"), "PPV"
    ),
    "wgan_ctm-complexity": settled(_cost),
}
