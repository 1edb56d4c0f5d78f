"""Our metrics beside those of public libraries, call by call.

A library that has the parts of a metric but not the metric is called
"SciPy's parts": the composition is ours then, the distances are not.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial

import cv2
import monai.metrics as monai
import numpy as np
import SimpleITK
import skimage.metrics as skimage
import surface_distance as deepmind
from scipy import ndimage
from scipy.spatial import distance as scipy_distance

from sides import tensors
from sides.side import Pair, Side, Steps, side

TOLERANCE_MM = 2.0


def sides(pair: Pair, steps: Steps) -> Iterator[Side]:
    """Yield every comparison that this pair of masks allows."""
    yield from distances(pair, steps)
    if pair[0].ndim == 2:
        yield from contours(pair, steps)
        yield from regions(pair, steps)
    if steps is None:
        yield from tensors.overlaps(pair)
        yield from others(pair)
        if pair[0].ndim == 2:
            yield from pictures(pair)


def distances(pair: Pair, steps: Steps) -> Iterator[Side]:
    """Distances between boundary pixels."""
    batch = tensors.batch(pair)
    how = {"include_background": True, "spacing": steps}
    furthest = partial(monai.compute_hausdorff_distance, *batch, **how)
    mean = partial(monai.compute_average_surface_distance, *batch, **how)
    share = partial(monai.compute_surface_dice, *batch, [TOLERANCE_MM], **how)
    given = (*pair, steps)
    yield side("hausdorff", "MONAI", furthest, *given)
    yield side("hd95_directed_max", "MONAI", partial(furthest, percentile=95), *given)
    yield side("assd", "MONAI", partial(mean, symmetric=True), *given)
    both = partial(tensors.mean_of_two_means, batch, how)
    yield side("masd", "MONAI", both, *given, note="mean of two directed calls")
    yield side("nsd", "MONAI", share, *pair, TOLERANCE_MM, steps or 1.0)
    summaries = {"hausdorff": largest, "hd95_pooled": joined_95, "masd": two_means}
    for name, summary in summaries.items():
        call = partial(by_map, pair, steps, summary)
        yield side(name, "SciPy's parts", call, *given)


def contours(pair: Pair, steps: Steps) -> Iterator[Side]:
    """Distances along the contour line, weighed by its length."""

    def lists() -> dict[str, np.ndarray]:
        return deepmind.compute_surface_distances(pair[1], pair[0], steps or (1.0, 1.0))

    library = "surface-distance"
    yield side(
        "hd95_by_length",
        library,
        lambda: deepmind.compute_robust_hausdorff(lists(), 95),
        *(*pair, steps),
    )
    limits = (*pair, TOLERANCE_MM, steps or 1.0)
    yield side(
        "nsd_by_length",
        library,
        lambda: deepmind.compute_surface_dice_at_tolerance(lists(), TOLERANCE_MM),
        *limits,
    )
    share = partial(
        monai.compute_surface_dice,
        *tensors.batch(pair),
        [TOLERANCE_MM],
        include_background=True,
        spacing=steps or (1.0, 1.0),
        use_subvoxels=True,
    )
    yield side("nsd_by_length", "MONAI", share, *limits)


def regions(pair: Pair, steps: Steps) -> Iterator[Side]:
    """Distances of all foreground pixels, not of the boundary."""
    given = (*pair, steps)
    if steps is None:
        call = partial(skimage.hausdorff_distance, *pair)
        yield side("hausdorff_of_regions", "scikit-image", call, *given)
    judge = SimpleITK.HausdorffDistanceImageFilter()
    images = itk_images(pair, steps)

    def furthest() -> float:
        judge.Execute(*images)
        return judge.GetHausdorffDistance()

    yield side("hausdorff_of_regions", "SimpleITK", furthest, *given)


def others(pair: Pair) -> Iterator[Side]:
    """Overlap by libraries that work on arrays or images."""
    flat = [mask.ravel() for mask in pair]
    theirs = partial(deepmind.compute_dice_coefficient, pair[1], pair[0])
    yield side("dice", "surface-distance", theirs, *pair)
    yield side("dice", "SciPy", lambda: 1 - scipy_distance.dice(*flat), *pair)
    yield side("iou", "SciPy", lambda: 1 - scipy_distance.jaccard(*flat), *pair)
    judge, images = SimpleITK.LabelOverlapMeasuresImageFilter(), itk_images(pair, None)

    def measured(name: str) -> float:
        judge.Execute(*images)
        return getattr(judge, f"Get{name}Coefficient")()

    yield side("dice", "SimpleITK", partial(measured, "Dice"), *pair)
    yield side("iou", "SimpleITK", partial(measured, "Jaccard"), *pair)

    def similarity() -> float:
        judge.Execute(*images)
        return 1 - abs(judge.GetVolumeSimilarity()) / 2

    note = "theirs has a sign and is twice as wide: 1 - |theirs| / 2"
    yield side("volumetric_similarity", "SimpleITK", similarity, *pair, note=note)


def pictures(pair: Pair) -> Iterator[Side]:
    """Metrics of whole pictures."""
    floats = [mask.astype(float) for mask in pair]
    yield side("ssim", "scikit-image", partial(scikit_ssim, floats), *pair)
    yield side("boundary_iou", "OpenCV", partial(eroded, pair), *pair)


def by_map(
    pair: Pair, steps: Steps, summary: Callable[[Sequence[np.ndarray]], float]
) -> float:
    """Return a summary of both lists, read off SciPy's distance maps."""
    rims = [rim(mask) for mask in pair]
    maps = [ndimage.distance_transform_edt(~one, steps) for one in rims]
    return summary([maps[1][rims[0]], maps[0][rims[1]]])


def rim(mask: np.ndarray) -> np.ndarray:
    return mask & ~ndimage.binary_erosion(mask)


def largest(lists: Sequence[np.ndarray]) -> float:
    return float(max(one.max() for one in lists))


def joined_95(lists: Sequence[np.ndarray]) -> float:
    return float(np.percentile(np.concatenate(lists), 95))


def two_means(lists: Sequence[np.ndarray]) -> float:
    return float(np.mean([one.mean() for one in lists]))


def itk_images(pair: Pair, steps: Steps) -> list[SimpleITK.Image]:
    images = [SimpleITK.GetImageFromArray(mask.astype(np.uint8)) for mask in pair]
    for image in images:
        image.SetSpacing((steps or (1.0,) * pair[0].ndim)[::-1])  # columns first there
    return images


def scikit_ssim(floats: Sequence[np.ndarray]) -> float:
    return skimage.structural_similarity(
        *floats, gaussian_weights=True, use_sample_covariance=False, data_range=1.0
    )


def eroded(pair: Pair) -> float:
    """Return the boundary IoU with bands that OpenCV's erosion takes away."""
    width = round(0.02 * float(np.hypot(*pair[0].shape)))
    bands = []
    for mask in pair:
        framed = np.pad(mask, 1).astype(np.uint8)
        kept = cv2.erode(framed, np.ones((3, 3), np.uint8), iterations=width)
        bands.append(mask & ~kept[1:-1, 1:-1].astype(bool))
    return float((bands[0] & bands[1]).sum() / (bands[0] | bands[1]).sum())


def together(pairs: Sequence[Pair]) -> Iterator[Side]:
    """Means over a set of pictures."""
    yield from tensors.together(pairs)


def small(pair: Pair, steps: Steps) -> Iterator[Side]:
    """What a library can do on small pictures only."""
    note = "small pictures: it makes a table of all pixels by all boundary pixels"
    call = partial(tensors.furthest, pair, steps)
    yield side("hausdorff", "torchmetrics", call, *(*pair, steps), note=note)
