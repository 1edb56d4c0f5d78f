"""The checkers of the first chapter accept the right answers and explain the wrong."""

import math

from answering import *  # noqa: F403  the shared tests


def genant(front: float, middle: float, back: float) -> int:
    loss = 1 - min(front, middle, back) / max(front, middle, back)
    return sum(loss >= limit for limit in (0.20, 0.25, 0.40))


def slip(front: tuple, back: tuple, upper: tuple) -> float:
    ex, ey = back[0] - front[0], back[1] - front[1]
    gap = (back[0] - upper[0]) * ex + (back[1] - upper[1]) * ey
    return gap / (ex**2 + ey**2)


def labels(names: list[str]) -> dict[str, int]:
    return {name: number for number, name in enumerate(reversed(names), 1)}


RIGHT = {
    "spine.1": ("l3", "L4"),
    "spine.2": 25.3,
    "spine.3": genant,
    "spine.4": slip,
    "spine.5": {"b", "d"},
    "spine.6": labels,
    "spine.7": 1.9,
}

WRONG = [
    ("spine.1", ("L2", "L3"), "below"),
    ("spine.1", ("L4", "L3"), "upper one comes first"),
    ("spine.1", ("C3", "C4"), "bottom"),
    ("spine.1", ("L1", "L2"), "from the lowest"),
    ("spine.2", 2.73, "opposite"),
    ("spine.2", math.radians(25.35), "radians"),
    ("spine.2", 154.65, "other angle"),
    ("spine.2", 25.8, "estimate for small angles"),
    ("spine.2", 90, "tilt of each plate"),
    ("spine.3", lambda f, m, b: 0, "grade 1"),
    ("spine.3", lambda f, m, b: genant(f, b, b), "middle"),
    ("spine.3", lambda f, m, b: genant(f, min(m, b), b) if b > 18 else 0, "tallest"),
    ("spine.4", lambda f, b, u: 20.0, "fraction"),
    ("spine.4", lambda f, b, u: (b[0] - u[0]) / (b[0] - f[0]), "turned"),
    ("spine.4", lambda f, b, u: abs(slip(f, b, u)), "negative"),
    ("spine.4", lambda f, b, u: (40 - u[0]) / 40, "moved"),
    ("spine.5", {"b"}, "missing"),
    ("spine.5", "bde", "e needs no change"),
    ("spine.5", {"z"}, "letters"),
    ("spine.6", lambda n: {k: i + 1 for i, k in enumerate(n)}, "top"),
    ("spine.6", lambda n: {"L5": 1}, "every name"),
    ("spine.6", lambda n: {k: int(k[1:]) for k in n}, "lowest"),
    ("spine.7", 0.0333, "radians"),
    ("spine.7", 1.35, "one plate"),
    ("spine.7", 0.955, "two uncertain points"),
    ("spine.7", 30, "denominator"),
]

LITERAL = True
