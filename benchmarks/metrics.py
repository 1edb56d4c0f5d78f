"""Are our metrics equal to the public ones, and how much faster are they?

Each line compares one metric with one library on one pair of masks. Both sides run
alternately in this process, with one thread each; the fastest round of each counts,
because whatever else the machine does can only slow a call down.
Memory is the peak of what the call itself allocates, per pixel of the picture.
"""

import json
import os
import platform
import time
import tracemalloc
import warnings
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

import cv2
import monai.metrics as monai
import numpy as np
import skimage.metrics as skimage
import torch

from spineseg import metrics as m

RESULT = Path(__file__).resolve().parent / "results" / "metrics.json"
ROUNDS = 15
Pair = tuple[np.ndarray, np.ndarray]


class Line(NamedTuple):
    """One metric on one pair of masks: agreement and speed."""

    masks: str
    metric: str
    library: str
    difference: float
    ours_ms: float
    theirs_ms: float
    ratio: float


def box(shape: tuple[int, ...], centre: tuple, semi: tuple) -> np.ndarray:
    """Return a box with soft corners, about as round as a vertebral body."""
    axes = zip(np.ogrid[tuple(slice(n) for n in shape)], centre, semi, strict=True)
    return sum(abs((x - c) / s) ** 4 for x, c, s in axes) < 1


def spine(shift: float, size: float) -> np.ndarray:
    """Return seven bodies along a bow on 512 x 512."""
    shape, mask = (512, 512), np.zeros((512, 512), bool)
    for k in range(7):
        centre = (40 + 70 * k + shift, 256 + 30 * np.sin(k) + shift)
        mask |= box(shape, centre, (26 * size, 40 * size))
    return mask


def pairs() -> dict[str, Pair]:
    """Return (prediction, target) pairs from easy to unkind."""
    flat, random = (512, 512), np.random.default_rng(0)
    target = spine(0, 1)
    return {
        "one vertebra": (
            box(flat, (258, 256), (30, 40)),
            box(flat, (256, 256), (31, 39)),
        ),
        "seven vertebrae": (spine(2, 1.02), target),
        "large shape": (
            box(flat, (250, 260), (190, 170)),
            box(flat, (256, 256), (180, 180)),
        ),
        "with specks": (spine(2, 1.02) | (random.random(flat) < 0.001), target),
        "far apart": (
            box(flat, (40, 40), (30, 30)),
            box(flat, (470, 470), (30, 30)),
        ),
        "noise": (random.random(flat) < 0.5, random.random(flat) < 0.5),
        "volume 96x160x160": (
            box((96, 160, 160), (48, 80, 80), (30, 44, 60)),
            box((96, 160, 160), (49, 82, 79), (31, 43, 61)),
        ),
    }


def comparisons(pair: Pair) -> Iterator[tuple[str, str, Callable, Callable]]:
    """Yield metric, library, our call and theirs for one pair of masks."""
    batch = [torch.from_numpy(mask)[None, None].float() for mask in pair]
    keep = {"include_background": True}

    def distance(**how: float) -> Callable:
        return lambda: monai.compute_hausdorff_distance(*batch, **keep, **how)

    yield "hausdorff", "MONAI", lambda: m.hausdorff(*pair), distance()
    yield (
        "hd95_directed_max",
        "MONAI",
        lambda: m.hd95_directed_max(*pair),
        distance(percentile=95),
    )
    yield (
        "assd",
        "MONAI",
        lambda: m.assd(*pair),
        lambda: monai.compute_average_surface_distance(*batch, symmetric=True, **keep),
    )
    yield (
        "nsd",
        "MONAI",
        lambda: m.nsd(*pair, 2.0, 1.0),
        lambda: monai.compute_surface_dice(*batch, [2.0], **keep),
    )
    yield (
        "dice",
        "MONAI",
        lambda: m.dice(*pair),
        lambda: monai.compute_dice(*batch, **keep),
    )
    if pair[0].ndim == 2:
        yield from picture_comparisons(pair)


def picture_comparisons(pair: Pair) -> Iterator[tuple[str, str, Callable, Callable]]:
    """Yield the comparisons that make sense for pictures only."""
    yield (
        "hausdorff_of_regions",
        "scikit-image",
        lambda: m.hausdorff_of_regions(*pair),
        lambda: skimage.hausdorff_distance(*pair),
    )
    yield "ssim", "scikit-image", lambda: m.ssim(*pair), lambda: scikit_ssim(pair)
    yield "boundary_iou", "OpenCV", lambda: m.boundary_iou(*pair), lambda: eroded(pair)


def scikit_ssim(pair: Pair) -> float:
    return skimage.structural_similarity(
        *[mask.astype(float) for mask in pair],
        gaussian_weights=True,
        use_sample_covariance=False,
        data_range=1.0,
    )


def eroded(pair: Pair) -> float:
    width = round(0.02 * float(np.hypot(*pair[0].shape)))
    bands = []
    for mask in pair:
        framed = np.pad(mask, 1).astype(np.uint8)
        kept = cv2.erode(framed, np.ones((3, 3), np.uint8), iterations=width)
        bands.append(mask & ~kept[1:-1, 1:-1].astype(bool))
    return (bands[0] & bands[1]).sum() / (bands[0] | bands[1]).sum()


def compare(name: str, pair: Pair) -> Iterator[Line]:
    """Measure all comparisons of one pair of masks."""
    for metric, library, ours, theirs in comparisons(pair):
        difference = abs(float(ours()) - float(theirs()))
        theirs()  # both sides are warm now
        seconds: tuple[list[float], list[float]] = ([], [])
        for _ in range(ROUNDS):
            for call, taken in zip((ours, theirs), seconds, strict=True):
                start = time.perf_counter()
                call()
                taken.append(time.perf_counter() - start)
        mine, other = (1000 * min(taken) for taken in seconds)
        yield Line(name, metric, library, difference, mine, other, other / mine)


def bytes_per_pixel(side: int) -> float:
    """Return the peak memory of one HD95 on side x side, per pixel."""
    prediction = box((side, side), (0.5 * side,) * 2, (0.40 * side,) * 2)
    target = box((side, side), (0.5 * side,) * 2, (0.41 * side,) * 2)
    m.hd95_directed_max(prediction, target)
    tracemalloc.start()
    m.hd95_directed_max(prediction, target)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak / side**2


def machine() -> dict[str, object]:
    packages = ("numpy", "scipy", "numba", "monai", "scikit-image", "torch")
    return {
        "system": platform.system(),
        "machine": platform.machine(),
        "cores": os.cpu_count(),
        "threads": 1,
        "python": platform.python_version(),
        "packages": {name: version(name) for name in packages},
    }


def main() -> None:
    """Print the table and write the result."""
    warnings.simplefilter("ignore", FutureWarning)
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    lines = []
    form = "{:18} {:21} {:13} {:>11} {:>9} {:>9} {:>7}"
    print(form.format("masks", "metric", "library", "difference", "ms", "theirs", "x"))
    for name, pair in pairs().items():
        for line in compare(name, pair):
            lines.append(line)
            print(
                f"{line.masks:18} {line.metric:21} {line.library:13} "
                f"{line.difference:11.1e} {line.ours_ms:9.3f} {line.theirs_ms:9.3f} "
                f"{line.ratio:7.1f}"
            )
    memory = {side: bytes_per_pixel(side) for side in (256, 512, 1024, 2048)}
    print("bytes per pixel:", {side: round(b, 2) for side, b in memory.items()})
    distances = [x.ratio for x in lines if x.library == "MONAI" and x.metric != "dice"]
    print(f"distances against MONAI: from {min(distances):.1f} times faster")
    result = {
        "question": __doc__.splitlines()[0] if __doc__ else "",
        "machine": machine(),
        "rounds": ROUNDS,
        "lines": [line._asdict() for line in lines],
        "bytes_per_pixel": memory,
    }
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
