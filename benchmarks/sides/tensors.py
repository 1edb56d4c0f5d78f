"""Overlap, error and similarity by MONAI and torchmetrics, which take tensors."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import monai.metrics as monai
import numpy as np
import torch
from torchmetrics import functional as tm
from torchmetrics.functional import segmentation as tm_masks

from sides.side import Pair, Side, Steps, side

_MATRIX = {
    "f1": "f1 score",
    "precision": "precision",
    "recall": "sensitivity",
    "specificity": "specificity",
    "accuracy": "accuracy",
}
_BINARY = {
    "iou": tm.classification.binary_jaccard_index,
    "f1": tm.classification.binary_f1_score,
    "precision": tm.classification.binary_precision,
    "recall": tm.classification.binary_recall,
    "specificity": tm.classification.binary_specificity,
    "accuracy": tm.classification.binary_accuracy,
}


def batch(pair: Pair) -> list[torch.Tensor]:
    """Return both masks as MONAI takes them: b c h w, numbers."""
    return [torch.from_numpy(mask)[None, None].float() for mask in pair]


def by_class(pair: Pair) -> list[torch.Tensor]:
    """Return background and foreground as two channels."""
    return [torch.cat([1 - one, one], dim=1) for one in batch(pair)]


def mean_of_two_means(pair: list[torch.Tensor], how: Mapping[str, Any]) -> float:
    both = (pair, pair[::-1])
    found = [monai.compute_average_surface_distance(*one, **how) for one in both]
    return float(sum(found)) / 2


def overlaps(pair: Pair) -> Iterator[Side]:
    """Yield overlap and error; both libraries work in single precision."""
    pictures, classes = batch(pair), by_class(pair)
    labels = [torch.from_numpy(mask)[None].long() for mask in pair]
    dice = partial(monai.compute_dice, include_background=True)
    iou = partial(monai.compute_iou, include_background=True)
    yield side("dice", "MONAI", partial(dice, *pictures), *pair)
    yield side("iou", "MONAI", partial(iou, *pictures), *pair)
    yield side("dice_class_mean", "MONAI", lambda: dice(*classes).mean(), *pair)
    yield side("iou_class_mean", "MONAI", lambda: iou(*classes).mean(), *pair)
    for name, theirs in _MATRIX.items():
        yield side(name, "MONAI", partial(by_matrix, theirs, pictures), *pair)
    for name, call in _BINARY.items():
        yield side(name, "torchmetrics", partial(call, *labels), *pair)
    index = {"num_classes": 2, "input_format": "index"}
    score = partial(tm_masks.dice_score, *labels, average="none", **index)
    yield side("dice", "torchmetrics", lambda: score()[0, 1], *pair)
    yield side("dice_class_mean", "torchmetrics", lambda: score()[0].mean(), *pair)
    mean_iou = partial(tm_masks.mean_iou, *labels, **index)
    yield side("iou_class_mean", "torchmetrics", mean_iou, *pair)
    error = partial(tm.mean_absolute_error, *pictures)
    yield side("mae", "torchmetrics", error, *pair)
    if pair[0].ndim == 2:
        yield from similarities(pair)


def by_matrix(name: str, pictures: list[torch.Tensor]) -> float:
    matrix = monai.get_confusion_matrix(*pictures)
    return float(monai.compute_confusion_matrix_metric(name, matrix))


def similarities(pair: Pair) -> Iterator[Side]:
    """Yield the structural similarity of masks."""
    pictures = batch(pair)
    window = {"kernel_size": (11, 11), "kernel_sigma": (1.5, 1.5), "data_range": 1.0}

    def valid() -> float:
        found = monai.regression.compute_ssim_and_cs(
            *pictures, spatial_dims=2, **window
        )
        return float(found[0].mean())

    yield side("ssim", "MONAI", valid, *pair)
    call = partial(tm.structural_similarity_index_measure, *pictures, data_range=1.0)
    note = "another definition: it adds a reflected border"
    yield side("ssim", "torchmetrics", call, *pair, note=note)


def furthest(pair: Pair, steps: Steps) -> float:
    """Return torchmetrics' Hausdorff distance of two small masks."""
    masks = [torch.from_numpy(mask)[None, None] for mask in pair]
    found = tm_masks.hausdorff_distance(
        *masks,
        num_classes=1,
        include_background=True,
        spacing=list(steps) if steps else None,
    )
    return float(found)


def together(pairs: Sequence[Pair]) -> Iterator[Side]:
    """Yield means over a set of pictures of one size."""
    stacks = [torch.from_numpy(np.stack(side)) for side in zip(*pairs, strict=True)]
    pictures = [stack[:, None].float() for stack in stacks]
    labels = [stack.long() for stack in stacks]
    count = {"num_classes": 2}
    pooled = partial(tm.classification.multiclass_jaccard_index, *labels, **count)
    mean = partial(tm_masks.mean_iou, *labels, input_format="index", **count)
    foreground = partial(monai.compute_iou, *pictures, include_background=True)
    for name, library, theirs in (
        ("miou_pooled", "torchmetrics", pooled),
        ("miou_class_mean", "torchmetrics", lambda: mean().mean()),
        ("miou_foreground", "MONAI", lambda: foreground().mean()),
    ):
        yield side(name, library, theirs, pairs)
