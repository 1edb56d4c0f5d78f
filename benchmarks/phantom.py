"""What does a new patient cost, against meshing the patient's bones anew?

Times are processor time of this process, so that other work on the machine does not
count. "scene" is everything from the knobs to surfaces in the world: sizes, frames
(solved for the Cobb angle), warped bones, carried body. The obvious way to a new
patient is to mesh the distance functions again for the same levels: that is what the
baking line measures, without any individual shape. The first start of a newcomer is a
fresh process with empty caches (compiling, baking, one film of 480 x 480), the later
start one with full caches.
"""

import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

from spineseg.anatomy.bake import _bake
from spineseg.anatomy.bones import REGIONS
from spineseg.anatomy.patient import Patient
from spineseg.anatomy.sample import sample_patient
from spineseg.core.rng import rng

RESULT = Path(__file__).resolve().parent / "results" / "phantom.json"
ROUNDS = 15
_FIRST_FILM = (
    "import time; t = time.perf_counter(), time.process_time();"
    "from spineseg import render; from spineseg.anatomy.spec import PatientSpec;"
    "render(PatientSpec(1), 'ap', 480);"
    "print(time.perf_counter() - t[0], time.process_time() - t[1])"
)


def median_ms(call: Callable[[int], object], rounds: int = ROUNDS) -> float:
    """Return the median processor time of a call, after one call to warm up."""
    call(10_000)
    times = []
    for k in range(rounds):
        start = time.process_time()
        call(k)
        times.append(time.process_time() - start)
    return 1000 * sorted(times)[rounds // 2]


def new_patient(k: int) -> Patient:
    return Patient(sample_patient(rng(k, "benchmark")))


def scenes() -> list[dict[str, float | str]]:
    """Time bones and whole scenes of new patients by region and detail."""
    lines = []
    for region in ("thoracolumbar", "cervical"):
        for detail in (2.0, 1.2):
            found = new_patient(0).scene(region, detail)
            lines.append(
                {
                    "region": region,
                    "detail_mm": detail,
                    "triangles": len(found.triangles),
                    "spine_ms": median_ms(lambda k: new_patient(k).spine),
                    "bones_ms": median_ms(
                        lambda k, r=region, d=detail: new_patient(k).bones(r, d)
                    ),
                    "scene_ms": median_ms(
                        lambda k, r=region, d=detail: new_patient(k).scene(r, d)
                    ),
                }
            )
    return lines


def baking_ms(detail_mm: float) -> float:
    """Return the time to mesh the bones of a thoracolumbar film once."""
    start = time.process_time()
    for level in REGIONS["thoracolumbar"]:
        _bake(level, detail_mm, False)
    return 1000 * (time.process_time() - start)


def starts() -> dict[str, float]:
    """Time the first and the second film of a newcomer, in fresh processes."""
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {
            "SPINESEG_CACHE": f"{folder}/bones",
            "NUMBA_CACHE_DIR": f"{folder}/numba",
        }
        for name in ("first", "later"):
            done = subprocess.run(
                [sys.executable, "-c", _FIRST_FILM],
                env=environment,
                capture_output=True,
                text=True,
                check=True,
            )
            wall, processor = map(float, done.stdout.split())
            found[f"{name}_wall_s"], found[f"{name}_processor_s"] = wall, processor
    return found


def main() -> None:
    """Print the tables and write the result."""
    lines = scenes()
    print(f"{'region':14} detail  triangles   spine   bones   scene")
    for line in lines:
        print(
            f"{line['region']:14} {line['detail_mm']:4} mm {line['triangles']:10,} "
            f"{line['spine_ms']:5.1f}   {line['bones_ms']:5.1f}   "
            f"{line['scene_ms']:5.1f} ms"
        )
    anew = {str(d): baking_ms(d) for d in (2.0, 1.2)}
    ratio = anew["2.0"] / float(lines[0]["bones_ms"])
    print(
        f"meshing the same bones anew: {anew['2.0']:.0f} ms, {ratio:.0f} times slower"
    )
    first = starts()
    print(
        f"first film of a newcomer {first['first_wall_s']:.1f} s "
        f"({first['first_processor_s']:.1f} s of processor), "
        f"later start {first['later_wall_s']:.1f} s"
    )
    result = {
        "question": (__doc__ or "").splitlines()[0],
        "machine": {
            "system": platform.system(),
            "machine": platform.machine(),
            "cores": os.cpu_count(),
            "load": os.getloadavg()[0],
            "python": platform.python_version(),
            "packages": {name: version(name) for name in ("numpy", "scipy", "numba")},
        },
        "lines": lines,
        "meshing_anew_ms": anew,
        "ratio_to_meshing": ratio,
        "starts": first,
        "max_rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
