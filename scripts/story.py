"""Train, kill, resume, evaluate, predict, compare: once, for real, and write it down.

Makes the records of ``cvmunet/unet`` (smoke) in ``results/records`` and, beside them,
the commands with what they printed: ``python scripts/story.py``. Needs a minute or two
on a CPU. Records that are there are never replaced: remove the old ones first.
"""

import os
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

RECORDS = Path(__file__).resolve().parent.parent / "results" / "records"
TRANSCRIPT = "story-of-cvmunet-unet-smoke.txt"
TRAIN = "spineseg train cvmunet/unet --profile smoke --accelerator cpu"
RUN = "runs/cvmunet-unet-smoke-seed{}-*"
GEOMETRY = """\
import highdicom, pydicom
film = pydicom.dcmread("film.dcm")
seg = highdicom.imread("mask.dcm")  # segread wants a slice thickness; films have none
(measures,) = seg.SharedFunctionalGroupsSequence[0].PixelMeasuresSequence
(series,) = seg.ReferencedSeriesSequence
(named,) = series.ReferencedInstanceSequence
print("rows and columns:", (film.Rows, film.Columns), (seg.Rows, seg.Columns))
print("spacing, mm:", film.PixelSpacing, measures.PixelSpacing)
print("same study:", film.StudyInstanceUID == seg.StudyInstanceUID)
print("of this film:", film.SOPInstanceUID == named.ReferencedSOPInstanceUID)
print("segments:", [segment.SegmentLabel for segment in seg.SegmentSequence])
print("pixels:", int(seg.pixel_array.sum()))
"""


def main() -> None:
    """Tell the story in a folder of its own, then keep records and transcript."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        text = tell(folder)
        RECORDS.mkdir(parents=True, exist_ok=True)
        for record in sorted((folder / "runs" / "records").glob("*.json")):
            target = RECORDS / record.name
            if target.exists():
                raise SystemExit(f"{target} is there already; remove it first.")
            shutil.copyfile(record, target)
    (RECORDS / TRANSCRIPT).write_text(text)
    print(text)


def tell(folder: Path) -> str:
    """Return the commands of the story with what they print, run in a folder."""
    (folder / "geometry.py").write_text(GEOMETRY)
    story = (
        "ls runs/records",
        f"{TRAIN} --seeds 0-2 -o runs",
        f"spineseg evaluate {RUN.format(0)}",
        "spineseg phantom --view ap --seed 7 --size 256 -o film.dcm",
        f"spineseg predict film.dcm --run {RUN.format(0)} -o mask.dcm",
        "cat geometry.py",
        "python geometry.py",
        f"{TRAIN} --seeds 3 -o fourth",
        "spineseg compare fourth/records/*.json --records runs/records",
    )
    killed = _killed(folder, f"{TRAIN} --seeds 0-2 -o runs")
    return "\n".join([killed, *(_said(folder, command) for command in story)])


def _said(folder: Path, command: str) -> str:
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env=_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"{command}\n{done.stderr}")
    return f"$ {command}\n{done.stdout}"


def _killed(folder: Path, command: str) -> str:
    """Start a training and kill it while the second seed learns."""
    words = shlex.split(command)
    with subprocess.Popen(
        words,
        cwd=folder,
        env=_environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        while process.poll() is None:
            if list(folder.glob(f"{RUN.format(1)}/epoch-*")):
                os.kill(process.pid, signal.SIGKILL)
                break
            time.sleep(0.005)
    (halved,) = folder.glob(f"{RUN.format(1)}/epoch-*")
    return f"$ {command} &\n$ kill -9 $!   # at {halved.name} of seed 1\n"


def _environment() -> dict[str, str]:
    # the commands of this Python, whatever the shell would find; one thread: the same
    # sums in the same order on every machine
    here = str(Path(sys.executable).parent)
    path = f"{here}{os.pathsep}{os.environ['PATH']}"
    return os.environ | {"PATH": path, "OMP_NUM_THREADS": "1"}


if __name__ == "__main__":
    main()
