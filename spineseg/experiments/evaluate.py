"""Scores of a network for each image by itself."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from spineseg import metrics
from spineseg.core.errors import SpinesegError
from spineseg.core.sample import Sample
from spineseg.inference.predict import padded, probabilities, to_labels
from spineseg.training.examples import to_picture


def label_maps(
    model: nn.Module,
    samples: Sequence[Sample],
    channels: int,
    device: torch.device | None = None,
) -> Iterable[NDArray[np.uint8]]:
    """Yield the predicted label map of each sample, one picture at a time."""
    model.eval()
    predict = probabilities(padded(model))
    for sample in samples:
        picture = to_picture(sample, channels)[None]
        with torch.inference_mode():
            yield to_labels(predict(picture.to(device)))[0]


def score_image(
    prediction: NDArray[Any], target: NDArray[Any], spacing_mm: Any
) -> dict[str, float | int]:
    """Return overlap and distances of two masks, and the counts they rest on.

    Distances are in millimetres where the spacing is known, else in pixels, and their
    names say which. The counts (whole numbers) are no scores: they let a reader pool
    pixels over images, as some papers do.
    """
    unit = "px" if spacing_mm is None else "mm"
    apart = metrics.surface_distances(prediction, target, spacing_mm)
    return {
        "dice": metrics.dice(prediction, target),
        "iou": metrics.iou(prediction, target),
        "precision": metrics.precision(prediction, target),
        "recall": metrics.recall(prediction, target),
        f"hd_{unit}": metrics.hausdorff_of(apart),
        f"hd95_pooled_{unit}": metrics.hd95_pooled_of(apart),
        f"assd_{unit}": metrics.assd_of(apart),
        **count_pixels(prediction, target),
    }


def count_pixels(prediction: NDArray[Any], target: NDArray[Any]) -> dict[str, int]:
    """Return true and false positives and negatives of two masks, in pixels."""
    counts = metrics.count(prediction, target)
    return {k: int(getattr(counts, k)) for k in ("tp", "fp", "fn", "tn")}


def score_all(
    maps: Iterable[NDArray[Any]], samples: Sequence[Sample], classes: int
) -> list[dict[str, Any]]:
    """Return a row for each sample; with several classes, scores carry the number.

    Several classes have the background's counts too, under number 0.
    """
    rows: list[dict[str, Any]] = []
    for found, sample in zip(maps, samples, strict=True):
        row: dict[str, Any] = {"id": sample.id, "patient": sample.patient}
        if classes == 1:
            row |= score_image(found > 0, sample.mask > 0, sample.spacing_mm)
        if classes > 1:
            known = count_pixels(found == 0, sample.mask == 0)
            row |= {f"{name}.0": value for name, value in known.items()}
        for label in range(1, classes):
            scores = score_image(
                found == label, sample.mask == label, sample.spacing_mm
            )
            row |= {f"{name}.{label}": value for name, value in scores.items()}
        rows.append(
            {k: v if isinstance(v, str | int) else float(v) for k, v in row.items()}
        )
    return rows


def validator(
    samples: Sequence[Sample],
    channels: int,
    classes: int,
    loss: Callable[[Tensor, Tensor], Tensor],
) -> Callable[[nn.Module], dict[str, float]]:
    """Return what a training run asks after each epoch: mean Dice, then the loss.

    Dice is the mean over images and classes; pairs of empty masks are left out.

    Raises:
        SpinesegError: if no picture has any foreground.
    """
    if not any(sample.mask.any() for sample in samples):
        raise SpinesegError("no validation picture shows what is looked for")

    def validate(model: nn.Module) -> dict[str, float]:
        device = next(model.parameters()).device
        predict, dices, losses = padded(model), [], []
        for sample in samples:
            logits = predict(to_picture(sample, channels)[None].to(device))
            target = torch.from_numpy(sample.mask.astype(np.int64))[None].to(device)
            aim = (target > 0).float()[:, None] if classes == 1 else target
            losses.append(float(loss(logits, aim)))
            found = to_labels(probabilities(lambda x: x)(logits))[0]
            dices += [
                metrics.dice(found == k, sample.mask == k)
                for k in range(1, max(classes, 2))
            ]
        dice = float(np.nanmean(dices))
        return {"val_dice": dice, "val_loss": float(np.mean(losses))}

    return validate
