"""Damage files and read them: only documented errors may come out, and soon.

    python scripts/fuzz_readers.py                    # 10,000 inputs a family
    python scripts/fuzz_readers.py --family LabelMe --count 500
    python scripts/fuzz_readers.py --family LabelMe --only 123    # with traceback

Each input follows from (family, number). A child process reads them, so that a decoder
that ends its process is caught too. Counted as a failure is every exception that is no
SpinesegError, a process that dies, an input that takes over 20 s, memory over 3 GiB,
and a file that was written, changed or left behind.
"""

import argparse
import json
import multiprocessing
import os
import platform
import resource
import sys
import tempfile
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

from fuzz_damage import damage, pick
from fuzz_families import FAMILIES, Case

from spineseg.core.errors import SpinesegError
from spineseg.core.rng import rng

RESULT = Path(__file__).resolve().parents[1] / "benchmarks" / "results" / "fuzz.json"
COUNT = 10_000
LONGEST_S = 20.0
ROOM_BYTES = 3 << 30
CHUNK = 500
State = dict[str, tuple[int, int]]


@dataclass
class Tally:
    """What came out of a family. ways: way of damage to [inputs, refused]."""

    inputs: int = 0
    refused: int = 0
    ways: dict[str, list[int]] = field(default_factory=dict)
    failures: list[dict[str, Any]] = field(default_factory=list)
    times_ms: list[float] = field(default_factory=list)
    memory_mib: float = 0.0

    def add(self, other: "Tally") -> None:
        """Join the counts of another part."""
        self.inputs += other.inputs
        self.refused += other.refused
        for way, (count, refused) in other.ways.items():
            mine = self.ways.setdefault(way, [0, 0])
            mine[0] += count
            mine[1] += refused
        self.failures += other.failures
        self.times_ms += other.times_ms
        self.memory_mib = max(self.memory_mib, other.memory_mib)


def state(folder: Path) -> State:
    """Return size and time of change of every file below a folder."""
    found = {}
    for path in folder.rglob("*"):
        if path.is_file():
            facts = path.stat()
            found[str(path)] = facts.st_size, facts.st_mtime_ns
    return found


def one_input(family: str, cases: list[Case], number: int, tally: Tally) -> None:
    """Damage one file, read its folder, and count what happened."""
    dice = rng(0, "fuzz", family, number)
    case = pick(dice, cases)
    target = case.folder / pick(dice, case.targets)
    whole = target.read_bytes()
    way, broken = damage(target.name, whole, dice)
    target.write_bytes(broken)
    before = state(case.folder)
    begin = time.perf_counter()
    refused, problem = False, ""
    try:
        case.read(case.folder)
    except SpinesegError as error:
        refused = True
        if "\n" in str(error) or len(str(error)) > 900:
            problem = f"an unreadable message: {str(error)[:200]!r}"
    except Exception as error:
        problem = f"{type(error).__name__}: {str(error)[:160]}"
        if len(sys.argv) > 1 and "--only" in sys.argv:
            traceback.print_exc()
    spent = time.perf_counter() - begin
    if state(case.folder) != before or os.listdir(os.environ["TMPDIR"]):
        problem = problem or "a file was written"
    target.write_bytes(whole)
    if problem:
        where = str(target.relative_to(case.folder))
        tally.failures.append({"input": number, "file": where, "what": problem})
    tally.inputs += 1
    tally.refused += refused
    counts = tally.ways.setdefault(way, [0, 0])
    counts[0] += 1
    counts[1] += refused
    tally.times_ms.append(1000 * spent)


def part(
    family: str, cases: list[Case], first: int, stop: int, place: Any, pipe: Any
) -> None:
    """Read some inputs in a process of its own and send back the tally."""
    in_use = int(Path("/proc/self/statm").read_text().split()[0]) * 4096
    resource.setrlimit(resource.RLIMIT_AS, (in_use + ROOM_BYTES, in_use + ROOM_BYTES))
    os.chdir(os.environ["TMPDIR"])
    warnings.simplefilter("error")  # a reader that warns would end a strict run
    tally = Tally()
    for case in cases:
        with suppress(SpinesegError):  # a JPEG is no mask
            case.read(case.folder)  # imports and caches are no damage's memory
    start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for number in range(first, stop):
        place.value = number
        one_input(family, cases, number, tally)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - start
    tally.memory_mib = grown / 1024
    pipe.send(tally)


def watched(family: str, cases: list[Case], first: int, stop: int) -> Tally:
    """Run a part; an input that ends or stops the process counts as a failure."""
    fork = multiprocessing.get_context("fork")
    mine, its = fork.Pipe(duplex=False)
    place = fork.Value("i", first)
    whole = {p: p.read_bytes() for case in cases for p in _files(case)}
    child = fork.Process(target=part, args=(family, cases, first, stop, place, its))
    child.start()
    its.close()
    before, since = -1, time.monotonic()
    while child.is_alive() and not mine.poll(0.5):
        if place.value != before:
            before, since = place.value, time.monotonic()
        elif time.monotonic() - since > LONGEST_S:
            child.kill()
    try:
        tally = mine.recv()
        child.join()
        return tally
    except EOFError:
        child.join()
    for path, content in whole.items():
        path.write_bytes(content)
    reached = place.value
    said = {"input": reached, "what": f"the process ended with {child.exitcode}"}
    tally = Tally(inputs=1, failures=[said])
    for begin, end in ((first, reached), (reached + 1, stop)):
        if begin < end:
            tally.add(watched(family, cases, begin, end))
    return tally


def _files(case: Case) -> list[Path]:
    return [case.folder / name for name in dict.fromkeys(case.targets)]


@contextmanager
def own_tmp() -> Iterator[Path]:
    """Give a folder whose ``tmp`` is where temporary files would go; see there."""
    memory = Path("/dev/shm")  # a disk would take ten times as long as the readers
    where = memory if memory.is_dir() else None
    with tempfile.TemporaryDirectory(dir=where) as root, mock.patch.dict(os.environ):
        os.environ["TMPDIR"] = str(Path(root) / "tmp")
        Path(root, "tmp").mkdir()
        with mock.patch.object(tempfile, "tempdir", None):
            yield Path(root)


def run(family: str, first: int, count: int) -> Tally:
    """Damage ``count`` inputs of a family, in parts of 500."""
    with own_tmp() as root:
        return _run(family, FAMILIES[family](root / "cases"), first, count)


def _run(family: str, cases: list[Case], first: int, count: int) -> Tally:
    tally = Tally()
    for begin in range(first, first + count, CHUNK):
        tally.add(watched(family, cases, begin, min(begin + CHUNK, first + count)))
        slowest = max(tally.times_ms, default=0)
        print(
            f"{family}: {tally.inputs} of {count}, {tally.refused} refused, "
            f"{len(tally.failures)} failures, slowest {slowest:.0f} ms",
            flush=True,
        )
    return tally


def summary(tally: Tally, seconds: float) -> dict[str, Any]:
    """Return what the result file keeps of a family."""
    kept = asdict(tally)
    times = sorted(kept.pop("times_ms")) or [0.0]
    kept["failures"] = tally.failures[:20]
    kept["failed"] = len(tally.failures)
    kept["median_ms"] = times[len(times) // 2]
    kept["slowest_ms"] = times[-1]
    kept["seconds"] = seconds
    return kept


def main() -> int:
    """Run the families asked for, print what failed, and keep the result."""
    words = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    words.add_argument("--family", choices=list(FAMILIES), action="append")
    words.add_argument("--count", type=int, default=COUNT)
    words.add_argument("--only", type=int, help="one input, with its traceback")
    words.add_argument("--keep", action="store_true", help="add to the result file")
    asked = words.parse_args()
    first, count = (asked.only, 1) if asked.only is not None else (0, asked.count)
    found: dict[str, Any] = {}
    for family in asked.family or FAMILIES:
        begin = time.perf_counter()
        tally = run(family, first, count)
        found[family] = summary(tally, time.perf_counter() - begin)
        kinds = Counter(one["what"][:70] for one in tally.failures)
        for what, times in kinds.most_common(12):
            numbers = [f["input"] for f in tally.failures if f["what"][:70] == what]
            print(f"  {times} x {what} (input {numbers[0]})", flush=True)
    if asked.only is None and (asked.keep or not asked.family):
        keep(found, count)
    return int(any(one["failed"] for one in found.values()))


def keep(found: dict[str, Any], count: int) -> None:
    """Write the result file; families that did not run keep their old lines."""
    old = json.loads(RESULT.read_text())["families"] if RESULT.is_file() else {}
    machine = {"system": platform.system(), "python": platform.python_version()}
    result = {
        "question": "Does a damaged file end in a documented error, and soon?",
        "machine": machine,
        "families": {k: {**old, **found}[k] for k in FAMILIES if k in {**old, **found}},
    }
    RESULT.write_text(json.dumps(result, indent=1) + "\n")
    print(f"{count} inputs a family: {RESULT}")


if __name__ == "__main__":
    raise SystemExit(main())
