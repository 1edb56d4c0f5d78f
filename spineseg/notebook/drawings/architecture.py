"""Networks drawn from the network itself: one box a block, sizes and counts computed.

A box is as high as its map has rows and as wide as it has channels (both by the square
root), so that what is cheap and what is dear can be seen before it is read.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import matplotlib.pyplot as plt
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, Rectangle
from matplotlib.path import Path
from torch import Tensor, nn

from spineseg.core.errors import SpinesegError
from spineseg.notebook.style import INK, MUTED

KINDS = {
    "convolutions": "#0072B2",
    "Inception": "#D55E00",
    "residual": "#56B4E9",
    "transformer": "#CC79A7",
    "rise": "#E69F00",
    "gate": "#F0E442",
    "head": "#009E73",
}
"""Kind of block to its colour."""


@dataclass(frozen=True)
class Stage:
    """One block as it ran: its kind, channels, rows, columns, and its parameters."""

    kind: str
    channels: int
    rows: int
    columns: int
    parameters: int


def trace(
    model: nn.Module, picture: Tensor, kinds: Mapping[str, str]
) -> dict[str, Stage]:
    """Run a picture through and return what each named block gave.

    Args:
        model: any network.
        picture: ``b c h w``; on the meta device nothing is computed.
        kinds: module name (as ``get_submodule`` takes it) to one of :data:`KINDS`.

    Raises:
        SpinesegError: if a kind is unknown or a block did not run.
    """
    unknown = set(kinds.values()) - set(KINDS)
    if unknown:
        raise SpinesegError(
            "unknown kind of block", found=sorted(unknown), expected=", ".join(KINDS)
        )
    shapes: dict[str, torch.Size] = {}
    handles = [
        model.get_submodule(name).register_forward_hook(_noting(shapes, name))
        for name in kinds
    ]
    try:
        with torch.no_grad():
            model(picture)
    finally:
        for handle in handles:
            handle.remove()
    silent = [name for name in kinds if name not in shapes]
    if silent:
        raise SpinesegError("these blocks did not run", found=", ".join(silent))
    return {name: _stage(model, name, kinds[name], shapes[name]) for name in kinds}


def _noting(shapes: dict[str, torch.Size], name: str):
    def note(_module: nn.Module, _given: object, found: Tensor) -> None:
        shapes[name] = found.shape

    return note


def _stage(model: nn.Module, name: str, kind: str, shape: torch.Size) -> Stage:
    _, channels, rows, columns = shape
    block = model.get_submodule(name)
    count = sum(p.numel() for p in block.parameters())
    return Stage(kind, channels, rows, columns, count)


def u_drawing(
    down: Sequence[Stage],
    up: Sequence[Stage],
    heads: Mapping[str, tuple[int, Stage]] | None = None,
) -> Figure:
    """Draw an encoder, a bottleneck and a decoder as a U.

    Args:
        down: encoder stages from the top, the bottleneck last.
        up: decoder stages from the bottom up; one fewer than ``down``.
        heads: label to (index into ``down + up`` that it reads, stage).
    """
    fig, ax = plt.subplots(figsize=(9.2, 4.4))
    stages = [*down, *up]
    spots = _spots(stages, len(down))
    for spot, stage in zip(spots, stages, strict=True):
        _box(ax, spot, stage)
        _words(ax, spot, stage)
    last = len(stages) - 1
    for k in range(len(up)):
        _skip(ax, spots[k], stages[k], spots[last - k], stages[last - k])
    for k in range(last):
        _elbow(ax, spots[k : k + 2], stages[k : k + 2], falling=k < len(down) - 1)
    for label, (source, stage) in (heads or {}).items():
        put = _head if source == len(stages) - 1 else _head_below
        put(ax, spots[source], stages[source], label, stage)
    _legend(ax, stages, [stage for _, stage in (heads or {}).values()])
    ax.set_aspect("equal")
    ax.axis("off")
    ax.autoscale_view()
    return fig


Spot = tuple[float, float]
_STEP = 15.0
_WORDS = 5.0  # height of the two lines above a box


def _width(stage: Stage) -> float:
    return 0.28 * stage.channels**0.5


def _height(stage: Stage) -> float:
    return 0.95 * stage.rows**0.5


def _spots(stages: Sequence[Stage], depth: int) -> list[Spot]:
    """Return the middle of each box: down to the right, then up again."""
    found = []
    y = 0.0
    levels = [0.0]
    for a, b in pairwise(stages[:depth]):
        y -= max(_height(b) / 2 + _WORDS + 1, _height(a) / 2 + 2)
        levels.append(y)
    for k in range(len(stages)):
        level = k if k < depth else 2 * (depth - 1) - k
        found.append((k * _STEP, levels[level]))
    return found


def _box(ax: Axes, spot: Spot, stage: Stage) -> None:
    x, y = spot
    w, h = _width(stage), _height(stage)
    ax.add_patch(
        Rectangle((x - w / 2, y - h / 2), w, h, facecolor=KINDS[stage.kind], alpha=0.9)
    )


def _words(ax: Axes, spot: Spot, stage: Stage) -> None:
    x, y = spot
    count = f"{stage.parameters / 1e6:.2f} M"
    if stage.parameters < 1e5:
        count = f"{stage.parameters / 1e3:.1f} k"
    top = y + _height(stage) / 2 + 0.5
    words = f"{_size(stage)}\n{count}"
    ax.text(x, top, words, ha="center", va="bottom", fontsize=8, color=INK)


def _size(stage: Stage) -> str:
    return f"{stage.channels} × {stage.rows} × {stage.columns}"


def _skip(ax: Axes, a: Spot, left: Stage, b: Spot, right: Stage) -> None:
    start, end = a[0] + _width(left) / 2 + 0.6, b[0] - _width(right) / 2 - 0.6
    _arrow(ax, [(start, a[1]), (end, b[1])], (0, (3, 3)))


def _elbow(
    ax: Axes, spots: Sequence[Spot], stages: Sequence[Stage], falling: bool
) -> None:
    """Go straight down and then right, or right and then up: clear of all words."""
    (x0, y0), (x1, y1) = spots
    first, second = stages
    if falling:
        start, corner = (x0, y0 - _height(first) / 2 - 0.4), (x0, y1)
        end = (x1 - _width(second) / 2 - 0.4, y1)
    else:
        start, corner = (x0 + _width(first) / 2 + 0.4, y0), (x1, y0)
        end = (x1, y1 - _height(second) / 2 - 0.4)
    _arrow(ax, [start, corner, end])


def _arrow(ax: Axes, points: Sequence[Spot], dashes: object = "solid") -> None:
    path = Path(points)
    ax.add_patch(
        FancyArrowPatch(
            path=path, arrowstyle="-|>", mutation_scale=9, color=MUTED, lw=1, ls=dashes
        )
    )


def _head(ax: Axes, spot: Spot, source: Stage, label: str, stage: Stage) -> None:
    start = spot[0] + _width(source) / 2 + 0.4
    _arrow(ax, [(start, spot[1]), (start + 6, spot[1])])
    _head_box(ax, start + 6.4, spot[1], label, stage)


def _head_below(ax: Axes, spot: Spot, source: Stage, label: str, stage: Stage) -> None:
    x, top = spot[0], spot[1] - _height(source) / 2 - 0.4
    _arrow(ax, [(x, top), (x, top - 4)])
    _head_box(ax, x - 0.6, top - 4.4 - max(_height(stage) / 2, 1.5), label, stage)


def _head_box(ax: Axes, x: float, y: float, label: str, stage: Stage) -> None:
    half = max(_height(stage) / 2, 1.5)
    ax.add_patch(Rectangle((x, y - half), 1.2, 2 * half, facecolor=KINDS["head"]))
    words = f"{label}\n{_size(stage)}"
    ax.text(x + 2.2, y, words, va="center", fontsize=8, color=INK)


def _legend(ax: Axes, stages: Sequence[Stage], heads: Sequence[Stage]) -> None:
    kinds = dict.fromkeys(stage.kind for stage in (*stages, *heads))
    patches = [Rectangle((0, 0), 1, 1, facecolor=KINDS[k], label=k) for k in kinds]
    ax.legend(handles=patches, loc="lower left", fontsize=9, handlelength=1.0)
