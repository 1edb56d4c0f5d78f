"""Metrics of a segmentation: functions on two boolean arrays, 2-D or 3-D.

``metric(prediction, target)`` gives one float. Two behaviours have two names, never a
switch. Distances take ``spacing_mm`` and are in pixels without it. What happens with
empty masks stands in one table, :data:`EMPTY_TABLE`. Averages over images, with what
they leave out, are in :mod:`spineseg.metrics.aggregate`.
"""

from spineseg.metrics.aggregate import (
    Summary,
    by_class,
    miou_class_mean,
    miou_foreground,
    miou_pooled,
    per_image,
    per_patient,
    pooled,
)
from spineseg.metrics.boundary import (
    boundary_iou,
    boundary_iou_mm,
    boundary_points,
    inner_boundary,
)
from spineseg.metrics.contour import (
    contour_corners,
    contour_distances,
    hd95_by_length,
    nsd_by_length,
)
from spineseg.metrics.empty import EMPTY_TABLE, WhenEmpty
from spineseg.metrics.overlap import (
    Counts,
    accuracy,
    accuracy_of,
    count,
    dice,
    dice_class_mean,
    dice_class_mean_of,
    dice_of,
    f1,
    f1_of,
    iou,
    iou_class_mean,
    iou_class_mean_of,
    iou_of,
    precision,
    precision_of,
    recall,
    recall_of,
    specificity,
    specificity_of,
    volumetric_similarity,
    volumetric_similarity_of,
)
from spineseg.metrics.rows import hausdorff_of_rows
from spineseg.metrics.structure import mae, mae_foreground, ssim
from spineseg.metrics.surface import (
    SurfaceDistances,
    assd,
    assd_of,
    hausdorff,
    hausdorff_of,
    hausdorff_of_regions,
    hd95_directed_max,
    hd95_directed_max_of,
    hd95_pooled,
    hd95_pooled_of,
    masd,
    masd_of,
    nsd,
    nsd_of,
    surface_distances,
)

ppv = precision
"""The positive predictive value is the precision."""
sensitivity = recall
"""The sensitivity is the recall."""

__all__ = [
    "EMPTY_TABLE",
    "Counts",
    "Summary",
    "SurfaceDistances",
    "WhenEmpty",
    "accuracy",
    "accuracy_of",
    "assd",
    "assd_of",
    "boundary_iou",
    "boundary_iou_mm",
    "boundary_points",
    "by_class",
    "contour_corners",
    "contour_distances",
    "count",
    "dice",
    "dice_class_mean",
    "dice_class_mean_of",
    "dice_of",
    "f1",
    "f1_of",
    "hausdorff",
    "hausdorff_of",
    "hausdorff_of_regions",
    "hausdorff_of_rows",
    "hd95_by_length",
    "hd95_directed_max",
    "hd95_directed_max_of",
    "hd95_pooled",
    "hd95_pooled_of",
    "inner_boundary",
    "iou",
    "iou_class_mean",
    "iou_class_mean_of",
    "iou_of",
    "mae",
    "mae_foreground",
    "masd",
    "masd_of",
    "miou_class_mean",
    "miou_foreground",
    "miou_pooled",
    "nsd",
    "nsd_by_length",
    "nsd_of",
    "per_image",
    "per_patient",
    "pooled",
    "ppv",
    "precision",
    "precision_of",
    "recall",
    "recall_of",
    "sensitivity",
    "specificity",
    "specificity_of",
    "ssim",
    "surface_distances",
    "volumetric_similarity",
    "volumetric_similarity_of",
]
