"""The record of a run: everything that a number needs to be believed or repeated.

Records are small JSON files, written once and never changed. They are the only source
of the numbers that the book quotes from longer runs.
"""

import hashlib
import json
import math
import os
import platform
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import torch

import spineseg
from spineseg.core.errors import SpinesegError

SCHEMA = 1
PACKAGES = ("torch", "numpy", "scipy", "lightning-fabric", "pillow", "safetensors")
LATER = {"precision": "not recorded"}
"""Parts that older records lack, and what is read in their place."""
_STRANGE = {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}


@dataclass(frozen=True)
class Record:
    """One finished run.

    recipe and profile: what was run.  seed: of weights, order and augmentation.
    configuration: the recipe's every number.  data: names, counts and hashes.
    code: version and hash of the package's sources.  device: in words.  precision:
    of the arithmetic, in Lightning Fabric's words.  packages: versions.  wall_s: of
    the last session, evaluation included.  sessions: how often the run was started.
    peak_memory_mb: of the process, and of the GPU if any.  curves: a row an epoch.
    scores: a row for each test image; counts of pixels are whole numbers, scores are
    not.
    """

    recipe: str
    profile: str
    seed: int
    configuration: dict[str, Any]
    data: dict[str, Any]
    code: dict[str, str]
    device: str
    packages: dict[str, str]
    wall_s: float
    sessions: int
    peak_memory_mb: dict[str, float]
    curves: list[dict[str, float]]
    scores: list[dict[str, Any]]
    precision: str = "32-true"
    schema: int = SCHEMA

    @property
    def name(self) -> str:
        """Return the name of the record's file, without folder and ending."""
        key = configuration_key(self.configuration)
        return run_name(self.recipe, self.profile, self.seed, key)

    @property
    def metrics(self) -> list[str]:
        """Return the names of the scores."""
        return [k for k, v in self.scores[0].items() if isinstance(v, float)]


def configuration_key(plain: Mapping[str, Any]) -> str:
    """Return a short hash of every number in a recipe's plain form."""
    text = json.dumps(plain, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:10]


def run_name(recipe: str, profile: str, seed: int, key: str) -> str:
    """Return the name of a run's folder and record."""
    return f"{recipe.replace('/', '-')}-{profile}-seed{seed}-{key}"


def write_record(path: Path, record: Record) -> None:
    """Write a record; what is there already is never replaced.

    Raises:
        SpinesegError: if the file exists, or the record breaks the schema.
    """
    plain = _words(asdict(record))
    check_record(plain, path)
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(plain, indent=1, allow_nan=False, sort_keys=True) + "\n"
    handle, name = tempfile.mkstemp(prefix=".part-", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        Path(name).chmod(0o644)
        # a link fails where a file stands; a rename would replace it
        os.link(name, path)
    except FileExistsError as error:
        raise SpinesegError(
            "there is a record of this name already",
            path=path,
            remedy="Records are kept as they are; write this one elsewhere",
        ) from error
    finally:
        Path(name).unlink(missing_ok=True)


def read_record(path: Path) -> Record:
    """Read a record and check it.

    Raises:
        SpinesegError: if it is missing, no record, or of another schema.
    """
    try:
        plain = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SpinesegError(
            "this is no record", path=path, found=str(error)[:100]
        ) from error
    check_record(plain, path)
    plain = LATER | plain
    for part in ("curves", "scores"):
        plain[part] = [_numbers(row, part == "scores") for row in plain[part]]
    return Record(**plain)


def read_records(folder: Path, recipe: str, profile: str) -> list[Record]:
    """Return the records of a recipe in a folder, by seed."""
    found = [read_record(path) for path in sorted(folder.glob("*.json"))]
    fitting = [r for r in found if (r.recipe, r.profile) == (recipe, profile)]
    return sorted(fitting, key=lambda record: record.seed)


_KINDS: dict[str, type | tuple[type, ...]] = {
    **dict.fromkeys(("recipe", "profile", "device", "precision"), str),
    **dict.fromkeys(("seed", "schema", "sessions"), int),
    **dict.fromkeys(
        ("configuration", "data", "code", "packages", "peak_memory_mb"), dict
    ),
    **dict.fromkeys(("curves", "scores"), list),
    "wall_s": (int, float),
}


def check_record(plain: Any, path: Path) -> None:
    """Hold plain values against the schema.

    Raises:
        SpinesegError: naming the first thing that is missing, unknown or of a
            wrong kind.
    """
    if not isinstance(plain, dict) or plain.get("schema") != SCHEMA:
        found = plain.get("schema") if isinstance(plain, dict) else type(plain).__name__
        raise SpinesegError(
            "this record has another schema", path=path, found=found, expected=SCHEMA
        )
    wanted, whole = {field.name for field in fields(Record)}, LATER | plain
    if whole.keys() != wanted:
        raise SpinesegError(
            "this record's parts are not those of the schema",
            path=path,
            found=", ".join(sorted(whole.keys() ^ wanted)),
        )
    wrong = [k for k, kind in _KINDS.items() if not isinstance(whole[k], kind)]
    for part in ("curves", "scores"):
        rows = plain[part] if isinstance(plain[part], list) else []
        if not all(_fits(row, part == "scores") for row in rows):
            wrong.append(part)
    if not plain["scores"] or wrong:
        raise SpinesegError(
            "this record holds values of a wrong kind, or none",
            path=path,
            found=", ".join(wrong) or "no scores",
        )


def _fits(row: Any, scored: bool) -> bool:
    names = {"id", "patient"} if scored else set()
    if not isinstance(row, dict) or not names <= row.keys():
        return False
    return all(
        isinstance(v, str)
        if k in names
        else isinstance(v, int | float) or v in _STRANGE
        for k, v in row.items()
    )


def _numbers(row: dict[str, Any], scored: bool) -> dict[str, Any]:
    names = {"id", "patient"} if scored else set()
    return {k: v if k in names else _STRANGE.get(v, v) for k, v in row.items()}


def _words(value: Any) -> Any:
    """Return the value with nan and inf as words, which JSON has no numbers for."""
    if isinstance(value, Mapping):
        return {str(k): _words(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_words(v) for v in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value


@cache
def code_version() -> dict[str, str]:
    """Return the package's version and one hash of all its sources."""
    return {"version": spineseg.__version__, "sources_sha256": sources_hash()}


@cache
def sources_hash(*folders: str) -> str:
    """Return one hash of the sources in these folders of the package; none is all."""
    root = Path(spineseg.__file__).parent
    found = hashlib.sha256()
    for file in sorted(root.rglob("*.py")):
        name = file.relative_to(root).as_posix()
        if not folders or name.partition("/")[0] in folders:
            found.update(name.encode() + b"\0")
            found.update(file.read_bytes() + b"\0")
    return found.hexdigest()


def package_versions() -> dict[str, str]:
    """Return the versions of Python and of the libraries that numbers rest on."""
    found = {"python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found


def device_name(device: torch.device) -> str:
    """Return the device in words."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    return f"{device.type}, {platform.machine()}, {torch.get_num_threads()} threads"


def peak_memory_mb(device: torch.device) -> dict[str, float]:
    """Return the most memory that the process, and its GPU, ever held."""
    found: dict[str, float] = {}
    if sys.platform != "win32":
        import resource

        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        # kilobytes on Linux, bytes on macOS
        found["process"] = most / (1024**2 if sys.platform == "darwin" else 1024)
    if device.type == "cuda":
        found["gpu"] = torch.cuda.max_memory_allocated(device) / 1024**2
    return found


def circumstances(device: torch.device) -> dict[str, Any]:
    """Return those parts of a record that are not of the run's own making."""
    return {
        "code": code_version(),
        "device": device_name(device),
        "packages": package_versions(),
        "peak_memory_mb": peak_memory_mb(device),
    }
