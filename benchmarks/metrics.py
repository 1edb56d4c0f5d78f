"""Are our metrics equal to the public ones, and how much faster are they?

Each line compares one metric with one library on one pair of masks. Both sides run
alternately in this process, with one thread each. Counted is the time that the
processor works for this process, so that whatever else the machine does is left out;
the fastest round of each side counts.
Memory is the peak of what the call itself allocates, per pixel of the picture.
What is compared stands in ``sides/metrics.py``.
"""

import inspect
import json
import os
import platform
import time
import tracemalloc
import warnings
from collections.abc import Iterable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
import SimpleITK
import torch
from sides.metrics import sides, small, together
from sides.side import Pair, Side, Steps

from spineseg import metrics as m

RESULT = Path(__file__).resolve().parent / "results" / "metrics.json"
ROUNDS, LEAST_ROUNDS = 15, 3
BUDGET_S = 0.2
"""For the rounds of one comparison, once the least number is done."""
UNEVEN_MM = (0.7, 0.3)
PACKAGES = (
    *("numpy", "scipy", "numba", "torch", "monai", "torchmetrics"),
    *("surface-distance", "scikit-image", "simpleitk", "opencv-python-headless"),
)


class Line(NamedTuple):
    """One metric on one pair of masks: agreement and speed."""

    masks: str
    spacing_mm: Steps
    metric: str
    library: str
    difference: float
    ours_ms: float
    theirs_ms: float
    ratio: float
    rounds: int
    note: str


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


def trials() -> Iterator[tuple[str, Steps, Iterable[Side]]]:
    """Yield masks, spacing and what to compare on them."""
    made = pairs()
    for name, pair in made.items():
        yield name, None, sides(pair, None)
        if pair[0].ndim == 2:
            yield name, UNEVEN_MM, sides(pair, UNEVEN_MM)
    flat = [pair for pair in made.values() if pair[0].ndim == 2]
    yield "all flat ones", None, together(flat)
    cut = (slice(208, 304), slice(208, 304))
    one = (made["one vertebra"][0][cut], made["one vertebra"][1][cut])
    for steps in (None, UNEVEN_MM):
        yield "one vertebra 96x96", steps, small(one, steps)


def compare(name: str, steps: Steps, one: Side) -> Line:
    """Measure one comparison."""
    difference = abs(float(one.ours()) - float(one.theirs()))
    one.theirs()  # both sides are warm now
    seconds: tuple[list[float], list[float]] = ([], [])
    while len(seconds[0]) < LEAST_ROUNDS or (
        len(seconds[0]) < ROUNDS and sum(map(sum, seconds)) < BUDGET_S
    ):
        for call, taken in zip((one.ours, one.theirs), seconds, strict=True):
            start = time.process_time()
            call()
            taken.append(time.process_time() - start)
    mine, other = (1000 * min(taken) for taken in seconds)
    return Line(
        *(name, steps, one.metric, one.library, difference),
        *(mine, other, other / mine, len(seconds[0]), one.note),
    )


def alone(lines: list[Line]) -> list[str]:
    """Return our metrics of two masks that no line compares."""
    ours = {
        function.__name__
        for name in m.__all__
        if inspect.isfunction(function := getattr(m, name))
        and list(inspect.signature(function).parameters)[:2] == ["prediction", "target"]
        and inspect.signature(function).return_annotation in (float, "float")
    }
    return sorted(ours - {line.metric for line in lines})


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
    return {
        "system": platform.system(),
        "machine": platform.machine(),
        "cores": os.cpu_count(),
        "threads": 1,
        "python": platform.python_version(),
        "packages": {name: version(name) for name in PACKAGES},
    }


def measured() -> Iterator[Line]:
    """Yield every line and print it."""
    form = "{:18} {:10} {:22} {:17} {:>11} {:>9} {:>9} {:>7}"
    head = ("masks", "mm", "metric", "library", "difference", "ms", "theirs", "x")
    print(form.format(*head))
    for name, steps, found in trials():
        for one in found:
            line = compare(name, steps, one)
            yield line
            numbers = (f"{line.difference:.1e}", f"{line.ours_ms:.3f}",
                       f"{line.theirs_ms:.3f}", f"{line.ratio:.1f}")  # fmt: skip
            by = " x ".join(map(str, steps or ()))
            print(form.format(name, by, line.metric, line.library, *numbers))


def main() -> None:
    """Print the table and write the result."""
    warnings.simplefilter("ignore", FutureWarning)
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    SimpleITK.ProcessObject.SetGlobalDefaultNumberOfThreads(1)
    lines = list(measured())
    memory = {side: bytes_per_pixel(side) for side in (256, 512, 1024, 2048)}
    print("bytes per pixel:", {side: round(b, 2) for side, b in memory.items()})
    print("in no library here:", ", ".join(alone(lines)))
    result = {
        "question": __doc__.splitlines()[0] if __doc__ else "",
        "machine": machine(),
        "rounds": ROUNDS,
        "lines": [line._asdict() for line in lines],
        "alone": alone(lines),
        "bytes_per_pixel": memory,
    }
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
