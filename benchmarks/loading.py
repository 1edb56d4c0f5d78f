"""How fast are files read, and does a network ever wait for its data?

First part: the same files, read by us, by pydicom with NumPy, and by SimpleITK, in turn
in one process; the fastest round of each counts, in milliseconds of processor time: a
clock would count what else a busy machine does. The obvious ways do less: no table, no
polarity, no check of the compressed data, and the file's own axes. "SimpleITK, turned"
brings volumes to one orientation as our reader does.

Second part: a U-Net training step at 480 x 480 on this CPU (one picture a batch, one
thread), fed by a DataLoader without and with two workers. Counted is how long the loop
waits for a batch after the first, which no prefetching can hide.
"""

import json
import os
import platform
import tempfile
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import SimpleITK
import torch
from torch.utils.data import DataLoader

from spineseg.core.rng import rng
from spineseg.datasets import create_dataset
from spineseg.datasets.base import TwinPlan
from spineseg.datasets.make import materialise
from spineseg.io import make_volume, read_radiograph, read_volume, write_radiograph
from spineseg.io import write_volume as write_image
from spineseg.models import create_model
from spineseg.training import AtEpoch, PreparedSamples, SampleExamples
from spineseg.transforms import Step, apply, augmentation, preprocessing

RESULT = Path(__file__).resolve().parent / "results" / "loading.json"
ROUNDS = 25
STEPS = 4
SIDE_PX = 480

Reader = Callable[[Path], object]


def by_pydicom(path: Path) -> np.ndarray:
    """Read stored numbers and divide: no window, no polarity."""
    header = pydicom.dcmread(path)
    return header.pixel_array.astype(np.float32) / (2**header.BitsStored - 1)


def by_sitk(path: Path) -> np.ndarray:
    """Read with SimpleITK: no window; volumes stay in the file's axes."""
    return SimpleITK.GetArrayFromImage(SimpleITK.ReadImage(str(path))).astype(
        np.float32
    )


def by_sitk_turned(path: Path) -> np.ndarray:
    """Read a volume with SimpleITK and turn it with its own filter."""
    image = SimpleITK.DICOMOrient(SimpleITK.ReadImage(str(path)), "PIR")
    return SimpleITK.GetArrayFromImage(image).astype(np.float32)


def by_us(path: Path) -> np.ndarray:
    """Read a volume with our reader, to the same type of number as the others."""
    return read_volume(path).array.astype(np.float32)


def files(folder: Path) -> dict[str, tuple[Path, dict[str, Reader]]]:
    """Write the files that are read and say who reads them."""
    picture = rng(0, "loading").random((2048, 1536)).astype(np.float32)
    for bits in (12, 16):
        write_radiograph(folder / f"film{bits}.dcm", picture, bits=bits)
    grey = (rng(1, "loading").random((15, 448, 448)) * 1000).astype(np.int16)
    volume = make_volume(grey, (4.4, 0.65, 0.65))
    for code in ("PIR", "LPS"):
        write_image(folder / f"{code}.mha", volume, orientation=code)
    film: dict[str, Reader] = {
        "spineseg": read_radiograph,
        "pydicom + numpy": by_pydicom,
        "SimpleITK": by_sitk,
    }
    stack: dict[str, Reader] = {
        "spineseg": by_us,
        "SimpleITK": by_sitk,
        "SimpleITK, turned": by_sitk_turned,
    }
    return {
        "film 2048 x 1536, 12 bits": (folder / "film12.dcm", film),
        "film 2048 x 1536, 16 bits": (folder / "film16.dcm", film),
        "volume 15 x 448 x 448, slices first": (folder / "PIR.mha", stack),
        "volume 15 x 448 x 448, slices last": (folder / "LPS.mha", stack),
    }


def reading(folder: Path) -> list[dict[str, Any]]:
    """Return the fastest of some rounds for each file and reader, in turn."""
    lines = []
    for name, (path, readers) in files(folder).items():
        best = dict.fromkeys(readers, np.inf)
        for _ in range(ROUNDS):
            for who, read in readers.items():
                begin = time.process_time()
                read(path)
                best[who] = min(best[who], time.process_time() - begin)
        lines.append({"file": name, "cpu_ms": {k: 1000 * v for k, v in best.items()}})
    return lines


def feeding(folder: Path, workers: int) -> dict[str, float]:
    """Return seconds of a step and seconds of waiting for its batch."""
    data = create_dataset("cvmunet_xray", "all", root=folder)
    ready = PreparedSamples(data, preprocessing("cvmunet"))
    loader = DataLoader(
        AtEpoch(SampleExamples(ready, 0, augmentation("cvmunet"))),
        batch_size=1,
        num_workers=workers,
        multiprocessing_context="spawn" if workers else None,
    )
    torch.manual_seed(0)
    network = create_model("cvmunet/unet", in_channels=1, classes=1)
    optimiser = torch.optim.Adam(network.parameters(), 1e-4)
    stream, waits, steps = iter(loader), [], []
    for _ in range(STEPS):
        begin = time.perf_counter()
        batch = next(stream)
        middle = time.perf_counter()
        step(network, optimiser, batch)
        waits.append(middle - begin)
        steps.append(time.perf_counter() - middle)
    return {
        "workers": workers,
        "step_s": float(np.median(steps[1:])),
        "wait_s": float(np.median(waits[1:])),
        "longest_wait_s": float(max(waits[1:])),
        "first_wait_s": waits[0],
    }


def step(
    network: torch.nn.Module,
    optimiser: torch.optim.Optimizer,
    batch: tuple[torch.Tensor, torch.Tensor],
) -> None:
    """Do one training step of a binary network."""
    optimiser.zero_grad()
    pictures, targets = batch
    loss = torch.nn.functional.binary_cross_entropy_with_logits(
        network(pictures), targets
    )
    loss.backward()
    optimiser.step()


def stages(folder: Path) -> dict[str, float]:
    """Return processor milliseconds of reading and of each step that prepares."""
    data = create_dataset("cvmunet_xray", "all", root=folder)
    best: dict[str, float] = {}
    for k in range(len(data)):
        begin = time.process_time()
        sample = data[k]
        spent = {"read": time.process_time() - begin}
        for one in preprocessing("cvmunet").parts:
            if isinstance(one, Step):
                begin = time.process_time()
                sample = apply(sample, one)
                spent[one.name] = time.process_time() - begin
        begin = time.process_time()
        augmentation("cvmunet")(sample, rng(0, "loading", k))
        spent["augmentation"] = time.process_time() - begin
        for name, seconds in spent.items():
            best[name] = min(best.get(name, np.inf), 1000 * seconds)
    return best


def machine() -> dict[str, object]:
    """Return what the numbers were measured on."""
    packages = ("numpy", "torch", "pydicom", "SimpleITK", "opencv-python-headless")
    return {
        "system": platform.system(),
        "machine": platform.machine(),
        "cores": os.cpu_count(),
        "load": os.getloadavg()[0],
        "python": platform.python_version(),
        "packages": {name: version(name) for name in packages},
    }


def main() -> None:
    """Print both tables and write the result."""
    torch.set_num_threads(1)
    SimpleITK.ProcessObject.SetGlobalDefaultNumberOfThreads(1)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        read = reading(folder)
        for line in read:
            cells = ", ".join(
                f"{who} {ms:.1f} ms" for who, ms in line["cpu_ms"].items()
            )
            print(f"{line['file']}: {cells}")
        plan = TwinPlan(0, 1024, STEPS, "all")
        materialise("cvmunet_xray", folder / "films", plan)
        spent = stages(folder / "films")
        print("one film of 1024 rows, prepared for 480:")
        print("  " + ", ".join(f"{step} {ms:.0f} ms" for step, ms in spent.items()))
        fed = [feeding(folder / "films", workers) for workers in (0, 2)]
    for line in fed:
        share = line["wait_s"] / (line["wait_s"] + line["step_s"])
        print(
            f"{line['workers']} workers: step {line['step_s']:.2f} s, wait "
            f"{line['wait_s']:.3f} s ({share:.1%}), longest "
            f"{line['longest_wait_s']:.3f} s"
        )
    result = {
        "question": __doc__.splitlines()[0] if __doc__ else "",
        "machine": machine(),
        "reading": read,
        "stages_cpu_ms": spent,
        "feeding": fed,
    }
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
