"""Live figures of one picture, its truth and many masks: by epoch, by threshold.

The numbers are computed here, by :mod:`spineseg.metrics`; a page only looks them up.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike, NDArray

from spineseg.core.errors import SpinesegError
from spineseg.metrics import dice, hd95_pooled
from spineseg.metrics.inputs import Mask, mask_of, same_shape
from spineseg.notebook.canvas import (
    MOST_STEPS,
    Words,
    control,
    grey,
    packed,
    runs,
    show_live,
)
from spineseg.notebook.stills import Course, draw_masks
from spineseg.notebook.style import COLOURS

Spacing = float | tuple[float, float] | None
SHOWN = ("contours", "errors")
THRESHOLD_STEPS = 50


def scrubber(
    picture: ArrayLike,
    truth: Mask,
    masks: Sequence[Mask],
    *,
    alt: str,
    epochs: Sequence[int] | None = None,
    start: int | None = None,
    spacing_mm: Spacing = None,
    caption: str | None = None,
    name: str | None = None,
) -> None:
    """Show how the mask of one picture changes from epoch to epoch, with its Dice.

    Args:
        picture: (H, W) grey levels in [0, 1].
        truth: (H, W) bool.
        masks: the predicted mask at each epoch, at most 25.
        alt: what is seen at the start and how it changes with the epochs.
        epochs: the number of each mask's epoch; 1, 2, 3 ... where it is silent.
        start: the epoch shown first; the last where it is silent.
        spacing_mm: size of a pixel, one number or (row, column).
        caption: plain text; gives the figure a number.
        name: label for ``{numref}``; needs a caption.

    Raises:
        SpinesegError: if shapes or kinds do not fit, there are more than 25 epochs or
            the data weigh more than 300 kB.
    """
    numbers = list(range(1, len(masks) + 1)) if epochs is None else list(epochs)
    _demand_steps(numbers, masks)
    truth = mask_of(truth, "truth")
    checked = [
        mask_of(m, f"mask of epoch {e}") for m, e in zip(masks, numbers, strict=True)
    ]
    scores = [dice(m, truth) for m in checked]
    course = Course("Dice", numbers, scores, [f"{s:.3f}" for s in scores], (0, 1))
    first = _place(start if start is not None else numbers[-1], numbers, "epoch")
    spec = _film(picture, truth, spacing_mm) | {
        "controls": _controls("epoch", "Epoch", [str(e) for e in numbers], first),
        "masks": [runs(m) for m in checked],
        "curves": [course.spec()],
    }

    def draw(epoch: int, show: str) -> Figure:
        step = numbers.index(epoch)
        return draw_masks(
            (picture, truth, checked[step]), [course], "Epoch", step, show, spacing_mm
        )

    values = {"epoch": numbers, "show": SHOWN}
    show_live("masks", spec, draw, values, Words(alt, caption, name))


def threshold_slider(
    picture: ArrayLike,
    truth: Mask,
    probability: ArrayLike,
    *,
    alt: str,
    start: float = 0.5,
    spacing_mm: Spacing = None,
    caption: str | None = None,
    name: str | None = None,
) -> None:
    """Cut one probability map at any threshold; Dice and HD95 follow.

    A pixel is foreground where its probability is at least the threshold. The map is
    kept in 255 levels, so the cut is off by 1/510 at most; at 0.5 it is exact. Scores
    are computed from the levels that are shown, at steps of 0.02.

    Args:
        picture: (H, W) grey levels in [0, 1].
        truth: (H, W) bool.
        probability: (H, W) in [0, 1], of the foreground.
        alt: what is seen at the start and how it changes with the threshold.
        start: the threshold shown first, a multiple of 0.02.
        spacing_mm: size of a pixel; the HD95 is in pixels without it.
        caption: plain text; gives the figure a number.
        name: label for ``{numref}``; needs a caption.

    Raises:
        SpinesegError: if shapes or kinds do not fit, a probability leaves [0, 1], or
            the data weigh more than 300 kB.
    """
    truth, levels = mask_of(truth, "truth"), grey(probability)
    same_shape(levels, truth)
    cuts = [math.ceil(255 * i / THRESHOLD_STEPS) for i in range(THRESHOLD_STEPS + 1)]
    thresholds = [round(i / THRESHOLD_STEPS, 2) for i in range(THRESHOLD_STEPS + 1)]
    courses = _threshold_courses(levels, truth, cuts, thresholds, spacing_mm)
    labels = [f"{t:.2f}" for t in thresholds]
    first = _place(round(start, 4), thresholds, "threshold")
    spec = _film(picture, truth, spacing_mm) | {
        "controls": _controls("threshold", "Threshold", labels, first),
        "levels": packed(levels),
        "cuts": cuts,
        "curves": [course.spec() for course in courses],
    }

    def draw(threshold: float, show: str) -> Figure:
        step = thresholds.index(threshold)
        shown = (picture, truth, levels >= cuts[step])
        return draw_masks(shown, courses, "Threshold", step, show, spacing_mm)

    values = {"threshold": thresholds, "show": SHOWN}
    show_live("masks", spec, draw, values, Words(alt, caption, name))


def _threshold_courses(
    levels: NDArray[np.uint8],
    truth: Mask,
    cuts: Sequence[int],
    thresholds: Sequence[float],
    spacing_mm: Spacing,
) -> list[Course]:
    masks = [levels >= cut for cut in cuts]
    unit = "pixels" if spacing_mm is None else "mm"
    overlap = [dice(m, truth) for m in masks]
    far = [hd95_pooled(m, truth, spacing_mm) for m in masks]
    worst = max((d for d in far if math.isfinite(d)), default=1.0) or 1.0
    return [
        Course("Dice", thresholds, overlap, [_number(d, 3) for d in overlap], (0, 1)),
        Course(
            f"HD95 ({unit})", thresholds, far, [_number(d, 1) for d in far], (0, worst)
        ),
    ]


def _number(value: float, digits: int) -> str:
    if math.isnan(value):
        return "undefined"
    return "infinite" if math.isinf(value) else f"{value:.{digits}f}"


def _film(picture: ArrayLike, truth: Mask, spacing_mm: Spacing) -> dict[str, Any]:
    levels = grey(picture)
    same_shape(levels, truth)
    rows, columns = (
        spacing_mm if isinstance(spacing_mm, tuple) else (spacing_mm or 1.0,) * 2
    )
    used = ("truth", "prediction", "false_positive", "false_negative")
    return {
        "shape": list(levels.shape),
        "aspect": round(float(rows) / float(columns), 4),
        "picture": packed(levels),
        "truth": runs(truth),
        "colours": {key: COLOURS[key] for key in used},
    }


def _controls(
    name: str, label: str, values: Sequence[str], first: int
) -> list[Mapping[str, Any]]:
    return [
        control(name, label, values, first),
        control("show", "Show", SHOWN, 0, "choice"),
    ]


def _demand_steps(numbers: Sequence[int], masks: Sequence[Mask]) -> None:
    if not 1 <= len(masks) <= MOST_STEPS or len(numbers) != len(masks):
        raise SpinesegError(
            "the masks of a scrubber do not fit",
            found=f"{len(masks)} masks and {len(numbers)} epochs",
            expected=f"one mask an epoch, 1 to {MOST_STEPS} of them",
            remedy="Keep every second epoch, or every fifth",
        )


def _place(value: float, values: Sequence[float], what: str) -> int:
    if value not in values:
        raise SpinesegError(
            f"the {what} to start with is none of those shown",
            found=value,
            expected=", ".join(map(str, values)),
        )
    return list(values).index(value)
