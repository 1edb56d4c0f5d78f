"""The checkers of the chapter on losses accept the right and explain the wrong."""

import torch
from answering import *  # noqa: F403  the shared tests
from scipy.ndimage import distance_transform_edt


def tversky(p, y, alpha, beta, tiny=1e-9):
    hit, missed, invented = (p * y).sum(), ((1 - p) * y).sum(), (p * (1 - y)).sum()
    return (hit + tiny) / (hit + alpha * missed + beta * invented + tiny)


def far(y):
    mask = y.numpy() > 0.5
    return torch.from_numpy(
        distance_transform_edt(mask) + distance_transform_edt(~mask)
    )


def gap(p, y):
    return ((p - y).abs() * far(y)).mean()


RIGHT = {
    "losses.1": (0.558, 0.556),
    "losses.2": (0.01, 0.81),
    "losses.3": tversky,
    "losses.4": {"A", "c", "e"},
    "losses.5": 2 / 3,
    "losses.6": gap,
    "losses.7": (7.8, 300),
}

WRONG = [
    ("losses.1", (1.674, 0.556), "averaged"),
    ("losses.1", (0.242, 0.556), "natural"),
    ("losses.1", (0.924, 0.556), "background"),
    ("losses.1", (0.3, 0.556), "minus the mean logarithm"),
    ("losses.1", (0.558, 0.444), "one minus it"),
    ("losses.1", (0.558, 0.3), "sums of probabilities"),
    ("losses.2", (0.81, 0.01), "here background"),
    ("losses.2", (0.1, 0.9), "exponent"),
    ("losses.2", (100, 1.23), "below one"),
    ("losses.2", (0.2, 0.3), "to the power gamma"),
    ("losses.3", lambda p, y, a, b: tversky(p, y, b, a), "recall"),
    ("losses.3", lambda p, y, a, b: 1 - tversky(p, y, a, b), "minus the index"),
    ("losses.3", lambda p, y, a, b: tversky(p > 0.5, y, a, b), "must give Dice"),
    ("losses.3", lambda p, y, a, b: tversky(p, y, a, 1 - a), "need not sum to one"),
    ("losses.3", lambda p, y, a, b: tversky(p, y, a, b, 0), "agree on nothing"),
    ("losses.4", {"a", "b", "c", "e"}, "moves as much"),
    ("losses.4", {"a", "c", "d", "e"}, "belong to the truth"),
    ("losses.4", {"a"}, "another step"),
    ("losses.4", {"z"}, "a to e"),
    ("losses.5", 0.8, "same in both cases"),
    ("losses.5", 1 / 3, "higher one"),
    ("losses.5", 0.5, "over TP equal"),
    ("losses.6", lambda p, y: 1.0, "one torch number"),
    ("losses.6", lambda p, y: gap(p.detach(), y), "is cut"),
    ("losses.6", lambda p, y: gap((p > 0.5).double(), y), "is cut"),
    ("losses.6", lambda p, y: gap(p.round(), y), "zero everywhere"),
    ("losses.6", lambda p, y: (p - y).abs().sum(), "by 1/81"),
    ("losses.6", lambda p, y: (p - y).abs().mean(), "top row"),
    ("losses.6", lambda p, y: ((p - y).abs() * far(y) * (1 - y)).mean(), "inside"),
    ("losses.7", (1.3, 300), "slope of the critic"),
    ("losses.7", (6.9, 300), "farther apart"),
    ("losses.7", (6, 300), "minimise"),
    ("losses.7", (7.8, 150), "counts once"),
    ("losses.7", (7.8, 100), "off by 3.0%"),
]

LITERAL = True
