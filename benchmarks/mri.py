"""How fast is a lumbar examination of a new patient?

One core. Every round has a patient of its own: knobs drawn, bones warped, some 550
tissue regions built, laid into the slices, sent through coil, k-space and noise, with
labels. The target is a pair of T1- and T2-weighted volumes of 15 x 448 x 448 in under
1.7 seconds. Seconds are those of the process' own clock.

``--study FOLDER`` times an older prototype from a folder as well:
its regions and its slices, but not the building of its patient, which ours includes.
"""

import argparse
import importlib
import json
import os
import platform
import resource
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

os.environ["OMP_NUM_THREADS"] = "1"  # before numpy is imported
os.environ["OPENBLAS_NUM_THREADS"] = "1"
os.environ["NUMBA_NUM_THREADS"] = "1"

import numpy as np

from spineseg.anatomy.patient import Patient
from spineseg.anatomy.sample import sample_patient
from spineseg.anatomy.tissue_patient import tissue_regions
from spineseg.core.rng import rng
from spineseg.imaging.mri import render_mri_set

RESULT = Path(__file__).resolve().parent / "results" / "mri.json"
ROUNDS = 7
TARGET_S = 1.7
CASES = {
    "sagittal 15 x 448 x 448, T1 + T2": ("sagittal", ("t1", "t2"), 15, 448),
    "sagittal 15 x 448 x 448, T2": ("sagittal", ("t2",), 15, 448),
    "sagittal 1 x 448 x 448, T1 + T2": ("sagittal", ("t1", "t2"), 1, 448),
    "axial 1 x 512 x 512, T2": ("axial", ("t2",), 1, 512),
    "axial 15 x 512 x 512, T2": ("axial", ("t2",), 15, 512),
}


def new_patient(seed: int) -> Patient:
    """Return a patient that no cache has seen."""
    return Patient(sample_patient(rng(seed, "benchmark")))


def seconds(name: str, seed: int) -> float:
    plane, contrasts, slices, matrix = CASES[name]
    patient = new_patient(seed)
    start = time.process_time()
    render_mri_set(patient, plane, contrasts, slices=slices, matrix=matrix)
    return time.process_time() - start


def region_seconds(seed: int) -> float:
    patient = new_patient(seed)
    start = time.process_time()
    tissue_regions(patient)
    return time.process_time() - start


def study_seconds(folder: Path) -> list[float]:
    """Times of the pair by the prototype; it leaves its cache in a scratch folder."""
    sys.path.insert(0, str(folder.resolve()))
    home = Path.cwd()
    times = []
    with tempfile.TemporaryDirectory() as scratch:
        os.chdir(scratch)
        try:
            scene, old = importlib.import_module("t2"), importlib.import_module("mri")
            parts = ("spine", "ribs", "pelvis", "soft")
            body = scene.make(scene.SpineParams(), seed=5, parts=parts)
            weights = {"T1": (560, 10), "T2": (3600, 105)}
            for turn in range(4):
                stream = np.random.default_rng(turn)
                start = time.process_time()
                regions = old.mr_parts(body, body.fr, 1.0, stream)
                centre = body.fr["L3"][1]
                old.acquire(
                    regions, "sag", centre, 290.0, 448, 15, 4.0, weights, stream, ss=1
                )
                times.append(time.process_time() - start)
        finally:
            os.chdir(home)
    return times[1:]  # the first one compiles


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--study", type=Path, help="folder of the older prototype")
    study = parser.parse_args().study
    rows = []
    for case in CASES:
        seconds(case, 0)  # compile, bake, cache the textures
    for case, (_, contrasts, slices, _) in CASES.items():
        times = [seconds(case, 1 + k) for k in range(ROUNDS)]
        median = float(np.median(times))
        rows.append(
            {
                "case": case,
                "median_s": median,
                "slowest_s": max(times),
                "slice_images_per_s": slices * len(contrasts) / median,
            }
        )
    regions = float(np.median([region_seconds(20 + k) for k in range(ROUNDS)]))
    memory_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    width = max(map(len, CASES))
    print(f"{'':{width}}  median s  slowest s  slice images/s")
    for row in rows:
        print(
            f"{row['case']:{width}}  {row['median_s']:8.2f}  {row['slowest_s']:9.2f}"
            f"  {row['slice_images_per_s']:14.1f}"
        )
    before = None
    if study:
        before = float(np.median(study_seconds(study)))
        ratio = before / rows[0]["median_s"]
        print(f"older prototype, the pair: {before:.2f} s, {ratio:.1f} times ours")
    print(f"of which building the tissue regions: {regions:.2f} s")
    print(f"target for the pair: {TARGET_S} s; memory {memory_mb:.0f} MB")
    record = {
        "rows": rows,
        "regions_s": regions,
        "target_s": TARGET_S,
        "memory_mb": memory_mb,
        "rounds": ROUNDS,
        "older_prototype_s": before,
        "load": os.getloadavg()[0],
        "machine": platform.machine(),
        "python": platform.python_version(),
        "numba": version("numba"),
    }
    RESULT.parent.mkdir(exist_ok=True)
    part = RESULT.with_suffix(".part")
    part.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    os.replace(part, RESULT)


if __name__ == "__main__":
    main()
