"""Write a twin to disk: many processes, resumable, with a manifest of every knob.

``manifest.jsonl`` has a head (what is drawn) and one line a unit (its files with their
hashes, its knobs). A unit is listed after its files are whole; what an interruption
leaves behind is drawn again, and gives the same bytes.
"""

import json
import multiprocessing
import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import spineseg
from spineseg.core.errors import SpinesegError
from spineseg.datasets.base import Twin, TwinPlan
from spineseg.datasets.registry import family, make_split
from spineseg.datasets.splits import write_split
from spineseg.io._files import atomic_write, sha256_of

MANIFEST = "manifest.jsonl"
HEAD_KEYS = ("dataset", "seed", "size_px", "variant")
Record = dict[str, Any]
Progress = Callable[[int, int, str], None]


@dataclass(frozen=True)
class Made:
    """What a run did: units in the folder, of these drawn now, and samples."""

    units: int
    drawn: int
    samples: int


def materialise(
    name: str,
    root: Path,
    plan: TwinPlan,
    *,
    workers: int = 1,
    progress: Progress | None = None,
) -> Made:
    """Write a twin's files below ``root``; units that are there already stay.

    Args:
        name: of the data set.
        root: folder, made if need be; it must be empty or hold the same twin.
        plan: what is drawn. A larger count than before adds to the folder.
        workers: processes.
        progress: called with units done, units in all, and the unit's name.

    Raises:
        SpinesegError: if the folder holds something else, or a file cannot be written;
            what was finished stays and the next run goes on from there.
    """
    if workers < 1:
        raise SpinesegError("at least one worker is needed", found=workers)
    twin = family(name).twin(plan)
    root.mkdir(parents=True, exist_ok=True)
    done = _resume(name, root, plan, twin)
    missing = [unit for unit in twin.units if unit not in done]
    with (root / MANIFEST).open("a", encoding="utf-8") as stream:
        for record in _drawn(name, root, plan, missing, workers):
            done[record["unit"]] = record
            stream.write(_line(record))
            stream.flush()
            if progress:
                progress(len(done), len(twin.units), record["unit"])
    written = [done[unit] for unit in twin.units]
    twin.finish(root, written)
    _write_splits(name, root, twin)
    _rewrite(root, _head(name, plan), written)
    return Made(len(written), len(missing), len(twin.ids))


def _write_splits(name: str, root: Path, twin: Twin) -> None:
    kin = family(name)
    (root / "splits").mkdir(exist_ok=True)
    for rule in kin.rules:
        write_split(root / "splits" / f"{rule}.txt", make_split(kin, twin, rule))


def _head(name: str, plan: TwinPlan) -> Record:
    return {
        "kind": "head",
        "dataset": name,
        "seed": plan.seed,
        "size_px": plan.size_px,
        "variant": plan.variant,
        "count": plan.count,
        "spineseg": spineseg.__version__,
    }


def _line(record: Record) -> str:
    # keys keep their order: tables take their columns from the first record
    return json.dumps(record, allow_nan=False) + "\n"


def _rewrite(root: Path, head: Record, records: list[Record]) -> None:
    """Put the manifest into order; equal twins get equal manifests."""
    with atomic_write(root / MANIFEST) as part:
        part.write_text("".join(map(_line, [head, *records])), encoding="utf-8")


def _resume(name: str, root: Path, plan: TwinPlan, twin: Twin) -> dict[str, Record]:
    """Return the records of units whose files are whole; begin a manifest if none."""
    head = _head(name, plan)
    if not (root / MANIFEST).exists():
        left = [p.name for p in root.iterdir()]
        if left:
            raise SpinesegError(
                "the folder is not empty and holds no manifest",
                path=root,
                found=", ".join(sorted(left)[:4]),
                remedy="Choose a new folder",
            )
        _rewrite(root, head, [])
        return {}
    old, records = read_manifest(root)
    differing = [key for key in HEAD_KEYS if old.get(key) != head[key]]
    if differing:
        raise SpinesegError(
            "the folder holds another twin",
            path=root,
            found=", ".join(f"{key} {old.get(key)}" for key in differing),
            expected=", ".join(f"{key} {head[key]}" for key in differing),
            remedy="Choose a new folder",
        )
    if old.get("count") != plan.count and records:
        # the last unit of the smaller plan may hold fewer samples than it will now
        records.pop(list(records)[-1])
    for left in root.rglob(".part-*"):  # of a run that was killed while it wrote
        left.unlink(missing_ok=True)
    wanted = set(twin.units)
    whole = {
        u: r for u, r in records.items() if u in wanted and _is_whole(root, r["files"])
    }
    _rewrite(root, head, list(whole.values()))
    return whole


def read_manifest(root: Path) -> tuple[Record, dict[str, Record]]:
    """Return the head and the units' records of a materialised twin.

    A last line that was cut off is left out: its unit was not finished.

    Raises:
        SpinesegError: if there is no manifest or its head is broken.
    """
    path = root / MANIFEST
    if not path.is_file():
        raise SpinesegError("there is no manifest", path=path)
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    found: list[Record] = []
    for line in lines:
        try:
            found.append(json.loads(line))
        except ValueError:
            continue
    if not found or found[0].get("kind") != "head":
        raise SpinesegError("the manifest has no head", path=path)
    return found[0], {r["unit"]: r for r in found[1:] if "unit" in r and "files" in r}


def _is_whole(root: Path, files: dict[str, str]) -> bool:
    return all(
        (root / name).is_file() and sha256_of(root / name) == digest
        for name, digest in files.items()
    )


def _drawn(
    name: str, root: Path, plan: TwinPlan, units: list[str], workers: int
) -> Iterator[Record]:
    if workers == 1 or len(units) < 2:
        _begin(name, root, plan)
        yield from map(_one, units)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(
        workers, mp_context=context, initializer=_join, initargs=(name, root, plan)
    ) as pool:
        waiting: set[Future[Record]] = set()
        rest = iter(units)
        try:
            while True:
                # a short queue: an interruption then has little to wait for
                for unit in rest:
                    waiting.add(pool.submit(_one, unit))
                    if len(waiting) >= 2 * workers:
                        break
                if not waiting:
                    return
                finished, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                for future in finished:
                    yield future.result()
        finally:
            for future in waiting:
                future.cancel()


_worker: dict[str, Any] = {}


def _begin(name: str, root: Path, plan: TwinPlan) -> None:
    _worker.update(twin=family(name).twin(plan), root=root)


def _join(name: str, root: Path, plan: TwinPlan) -> None:
    """Begin in a worker that leaves with the process that started it.

    A worker waits for work at a pipe that its siblings hold open: when the first
    process is killed, nothing would ever wake it.
    """
    threading.Thread(target=_leave_with_parent, daemon=True).start()
    _begin(name, root, plan)


def _leave_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)  # half a file stays under its .part- name, as in any crash


def _one(unit: str) -> Record:
    """Write one unit in this process and return its line of the manifest."""
    root: Path = _worker["root"]
    record = _worker["twin"].write(unit, root)
    files = {file: sha256_of(root / file) for file in record["files"]}
    return {**record, "kind": "unit", "unit": unit, "files": files}
