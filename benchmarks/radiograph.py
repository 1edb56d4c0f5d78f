"""How fast is a radiograph of a new patient, against voxels and rays?

Times are processor time, all threads added, so they are those of one core whatever else
the machine does. Every picture has its own patient: knobs drawn, bones warped, soft
tissue carried along, surfaces projected and traced, masks, physics, processing. The
obvious baseline fills a volume of 1 mm voxels with the same patient and adds up 300
samples along every ray (trilinear, SciPy), at 480 x 480 only; filling the volume is not
counted.

``--study FOLDER`` times an older prototype from that folder too, in turn with ours.
"""

import argparse
import json
import os
import platform
import resource
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import numpy as np
from scipy.ndimage import map_coordinates

from spineseg.anatomy.patient import Patient
from spineseg.anatomy.sample import sample_patient
from spineseg.core.rng import rng
from spineseg.imaging import presentation
from spineseg.imaging.camera import Camera
from spineseg.imaging.film import film
from spineseg.imaging.radiograph import (
    camera_of,
    detail_for,
    expose,
    render_radiograph,
    shadows,
)
from spineseg.imaging.raster import Slabs, slab_occupancy

RESULT = Path(__file__).resolve().parent / "results" / "radiograph.json"
SIZES = ((480, 480), (1024, 1024), (3072, 1536))
TARGETS = {"480x480": 20.0, "1024x1024": 6.0, "3072x1536": 1.5}
VIEWS = ("ap", "lateral", "cervical")
ROUNDS = {480: 15, 1024: 9, 3072: 5}


def new_patient(seed: int) -> Patient:
    """Return a patient that no cache has seen."""
    return Patient(sample_patient(rng(seed, "benchmark")))


def stages(view: str, shape: tuple[int, int], seed: int) -> dict[str, float]:
    """Return the seconds of each stage of one picture, by the process' own clock."""
    marks = [time.process_time()]

    def mark() -> None:
        marks.append(time.process_time())

    patient, settings = new_patient(seed), film(view)
    camera = camera_of(patient, settings, shape)
    scene = patient.scene(settings.region, detail_for(camera.spacing_mm))
    mark()
    lengths, _ = shadows(scene, camera)
    mark()
    exposed = expose(lengths, camera.pitch_mm, settings, seed)
    mark()
    presentation.presented(
        exposed.reading,
        camera.pitch_mm,
        exposed.air,
        settings.presentation,
        exposed.field,
    )
    mark()
    names = ("patient", "trace", "physics", "processing")
    return dict(zip(names, np.diff(marks), strict=True))


def seconds(call: Callable[[], object]) -> float:
    start = time.process_time()
    call()
    return time.process_time() - start


def voxels(patient: Patient, camera: Camera) -> np.ndarray:
    """Return soft tissue and bone of a patient as attenuation in 1 mm voxels."""
    settings = film("ap")
    scene = patient.scene(settings.region, 2.0)
    centre = patient.spine.frames[settings.centre].origin_mm
    volume = np.zeros((300, 400, 420), np.float32)  # y, z, x
    local = scene.vertices - centre
    points = np.stack([local[:, 0] + 210, 200 - local[:, 2], local[:, 1]], axis=1)
    slabs = Slabs(start_mm=-150.0, thickness_mm=1.0, count=300)
    mu = np.array([0.0217, 0.0604, 0.0, 0.35], np.float32)
    for row in range(len(scene.jumps)):
        faces = scene.triangles[scene.surface == row]
        if len(faces):
            filled = slab_occupancy(points, faces, slabs, (400, 420))
            volume += filled * (scene.jumps[row] @ mu)
    return volume


def rays(volume: np.ndarray, camera: Camera, samples: int = 300) -> np.ndarray:
    """Return the attenuation along every ray by trilinear samples."""
    rows, columns = np.mgrid[: camera.shape[0], : camera.shape[1]]
    u, v = camera.centre_px
    step = camera.pitch_mm / camera.sid_mm
    out = np.zeros(camera.shape, np.float32)
    to_object = camera.sid_mm - camera.object_detector_mm
    for depth in np.linspace(to_object - 150, to_object + 150, samples):
        place = [
            np.full(camera.shape, depth - to_object + 150),
            (rows - v) * step * depth + 200,
            (columns - u) * step * depth + 210,
        ]
        out += map_coordinates(volume, place, order=1, output=np.float32)
    return out * (300 / samples)


def baseline() -> tuple[float, float]:
    """Return seconds of the voxel baseline for one picture, and of ours alike."""
    patient = new_patient(1)
    camera = camera_of(patient, film("ap"), (480, 480))
    volume = voxels(patient, camera)
    scene = patient.scene("thoracolumbar", 2.0)
    shadows(scene, camera)
    ours = min(seconds(lambda: shadows(scene, camera)) for _ in range(5))
    return min(seconds(lambda: rays(volume, camera)) for _ in range(2)), ours


def study(folder: Path) -> Callable[[str, tuple[int, int], int], float]:
    """Return a function that times the prototype: a new patient, raster, physics."""
    sys.path.insert(0, str(folder))
    sys.argv = ["study", "2.0", "ap"]
    import fast  # the prototype's own module names
    import raster as prototype
    import xray

    canon = fast.Canon(1, 2.0)

    def once(view: str, shape: tuple[int, int], seed: int) -> float:
        start, (height, width) = time.process_time(), shape
        pitch = {480: 0.9, 1024: 0.42, 3072: 0.14}[height]
        centre, reach = np.array([0, 0, 130.0]), height * pitch / 2.4
        knobs = fast.SpineParams(cobb=10 + seed, lordosis=0.9 + 0.03 * (seed % 5))
        vertices, (faces, group, jumps, bits), _ = canon.patient(
            knobs, seed, 130.0 - reach, 130.0 + reach
        )
        distance = 160 if view == "ap" else 300
        side = "ap" if view == "ap" else "lat"
        camera = xray.camera(side, centre, 1150, distance, pitch, height, width)
        lengths = np.zeros((4, height, width), np.float32)
        mask = np.zeros((height, width), np.uint32)
        prototype.raster2(
            xray.project(vertices, camera), faces, group, jumps, bits, lengths, mask
        )
        reading, quanta = xray.detect(
            lengths, camera, np.random.default_rng(seed), n0=1.5e4
        )
        xray.present(reading, pitch, comp=0.7, lo=0.5, hi=99.9, air=quanta)
        return time.process_time() - start

    return once


def measure(
    view: str, shape: tuple[int, int], other: Callable[..., float] | None
) -> dict[str, object]:
    """Return medians over new patients; the prototype runs in turn with ours."""
    rounds = ROUNDS[shape[0]]
    whole, parts, theirs = [], [], []
    for seed in range(rounds + 1):
        whole.append(
            seconds(lambda s=seed: render_radiograph(new_patient(100 + s), view, shape))
        )
        parts.append(stages(view, shape, 500 + seed))
        if other is not None and view != "cervical":
            theirs.append(other(view, shape, seed))
    middle = float(np.median(whole[1:]))  # the first one warms up
    line: dict[str, object] = {
        "view": view,
        "size": f"{shape[0]}x{shape[1]}",
        "ms": 1000 * middle,
        "fastest_ms": 1000 * min(whole[1:]),
        "per_second": 1 / middle,
        "stages_ms": {
            name: 1000 * float(np.median([p[name] for p in parts[1:]]))
            for name in parts[0]
        },
        "max_rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    if theirs:
        line["study_ms"] = 1000 * float(np.median(theirs[1:]))
        line["ratio_to_study"] = line["study_ms"] / line["ms"]
    return line


def table(lines: list[dict]) -> None:
    form = "{:9} {:>9} {:>8} {:>7} {:>7}  {:34} {:>7} {:>9} {:>6}"
    print(
        form.format(
            "view",
            "size",
            "ms",
            "img/s",
            "goal",
            "patient/trace/physics/processing",
            "MB",
            "study ms",
            "x",
        )
    )
    for line in lines:
        parts = " / ".join(f"{ms:.1f}" for ms in line["stages_ms"].values())
        print(
            form.format(
                line["view"],
                line["size"],
                f"{line['ms']:.1f}",
                f"{line['per_second']:.1f}",
                TARGETS[line["size"]],
                parts,
                f"{line['max_rss_mb']:.0f}",
                f"{line['study_ms']:.1f}" if "study_ms" in line else "-",
                f"{line['ratio_to_study']:.2f}" if "study_ms" in line else "-",
            )
        )


def machine() -> dict[str, object]:
    return {
        "system": platform.system(),
        "machine": platform.machine(),
        "cores": os.cpu_count(),
        "threads": 1,
        "load": os.getloadavg()[0],
        "python": platform.python_version(),
        "packages": {name: version(name) for name in ("numpy", "scipy", "numba")},
    }


def main() -> None:
    """Print the table and write the result."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--study", type=Path, help="folder of the prototype's code")
    parser.add_argument("--views", nargs="+", default=list(VIEWS), choices=VIEWS)
    parser.add_argument("--sizes", nargs="+", type=int, default=[480, 1024, 3072])
    chosen = parser.parse_args()
    other = study(chosen.study.resolve()) if chosen.study else None
    lines = [
        measure(view, shape, other)
        for shape in SIZES
        if shape[0] in chosen.sizes
        for view in chosen.views
    ]
    table(lines)
    theirs, ours = baseline()
    print(
        f"path lengths at 480 x 480: voxels and rays {1000 * theirs:.0f} ms, surfaces "
        f"{1000 * ours:.1f} ms, {theirs / ours:.0f} times faster"
    )
    result = {
        "question": __doc__.splitlines()[0] if __doc__ else "",
        "machine": machine(),
        "lines": lines,
        "voxel_baseline_ms": 1000 * theirs,
        "surfaces_ms": 1000 * ours,
        "ratio_to_voxels": theirs / ours,
    }
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
