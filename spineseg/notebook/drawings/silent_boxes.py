"""Four boxes and six arrows: a network's figure as papers have it, silences marked."""

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, Rectangle

from spineseg.notebook.style import INK, MUTED

BOXES = (
    ("block\n16", 1.7, 2.6),
    ("block\n32", 4.2, 0.7),
    ("block\n16", 6.7, 2.6),
    ("1 × 1\nconv", 8.8, 2.6),
)
"""Words and centre of each box."""

ARROWS = (
    ((0.3, 2.6), (1.1, 2.6)),
    ((2.0, 2.1), (3.6, 0.9)),
    ((4.8, 0.9), (6.4, 2.1)),
    ((2.35, 2.6), (6.05, 2.6)),
    ((7.35, 2.6), (8.15, 2.6)),
    ((9.4, 2.6), (10.1, 2.6)),
)
WORDS = (
    ("picture", 0.2, 2.6, "right", "center"),
    ("concat", 3.3, 2.75, "left", "bottom"),
    ("up", 6.0, 1.2, "left", "bottom"),
    ("down", 1.75, 1.15, "left", "bottom"),
    ("mask", 10.2, 2.6, "left", "center"),
)
"""Text, place, and how it hangs on its place."""

SILENCES = (
    *((1.1, 3.35), (1.5, 3.35), (1.9, 3.35), (2.3, 3.35)),
    *((2.95, 1.6), (5.45, 1.6), (5.2, 2.9), (4.2, 1.45)),
)
"""Where the numbered discs lie."""


def four_boxes() -> Figure:
    """Return the figure, with a numbered disc at each place where it is silent."""
    fig, ax = plt.subplots(figsize=(6.2, 2.2))
    for words, x, y in BOXES:
        ax.add_patch(Rectangle((x - 0.6, y - 0.45), 1.2, 0.9, fc="#0072B2", alpha=0.9))
        ax.text(x, y, words, ha="center", va="center", color="white", fontsize=10)
    for a, b in ARROWS:
        arrow = FancyArrowPatch(a, b, arrowstyle="-|>", mutation_scale=13, color=MUTED)
        ax.add_patch(arrow)
    for words, x, y, ha, va in WORDS:
        ax.text(x, y, words, ha=ha, va=va, color=INK)
    _discs(ax)
    ax.set(xlim=(-0.8, 10.9), ylim=(0.1, 3.75))
    ax.set_aspect("equal")
    ax.axis("off")
    return fig


def _discs(ax: Axes) -> None:
    for k, (x, y) in enumerate(SILENCES, start=1):
        ax.plot(x, y, "o", ms=12.5, color="#E69F00")
        ax.text(x, y, str(k), ha="center", va="center", fontsize=8.5, color="black")
