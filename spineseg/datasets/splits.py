"""Splits: lists of ids with rule, seed and hash; a patient stands on one side only."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from spineseg.core.errors import SpinesegError
from spineseg.core.rng import rng
from spineseg.io._files import FilePath, atomic_write, existing_file

Parts = Mapping[str, tuple[str, ...]]

_HEAD = "# spineseg split"


@dataclass(frozen=True)
class Split:
    """Parts of a data set.

    parts: name (train, val, test) to ids.  rule and seed: how they came about.
    """

    dataset: str
    rule: str
    seed: int
    parts: Parts

    @property
    def sha256(self) -> str:
        """Return the hash of the parts: equal lists in equal order have equal ones."""
        lines = [f"{part} {name}" for part in self.parts for name in self.parts[part]]
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()

    def ids(self, wanted: str) -> tuple[str, ...]:
        """Return the ids of a part; ``"train+val"`` joins, ``"all"`` takes everything.

        Raises:
            SpinesegError: if there is no such part.
        """
        names = list(self.parts) if wanted == "all" else wanted.split("+")
        missing = [name for name in names if name not in self.parts]
        if missing:
            raise SpinesegError(
                f"{self.dataset} has no part of this name",
                found=repr(wanted),
                expected=f"{', '.join(self.parts)}, all, or parts joined by +",
            )
        return tuple(name for part in names for name in self.parts[part])


def split_by_shares(
    ids: Sequence[str],
    patient_of: Callable[[str], str],
    shares: Mapping[str, float],
    seed: int,
    stream: str,
) -> dict[str, tuple[str, ...]]:
    """Deal patients at random into parts of given shares of the pictures.

    Patients are shuffled; each goes to the part in which the middle of its pictures
    falls, so that parts of single pictures have exactly the rounded sizes.

    Raises:
        SpinesegError: if the shares do not add up to 1.
    """
    if abs(sum(shares.values()) - 1) > 1e-9 or min(shares.values()) < 0:
        raise SpinesegError("shares must add up to 1", found=dict(shares))
    pictures: dict[str, list[str]] = {}
    for name in ids:
        pictures.setdefault(patient_of(name), []).append(name)
    people = sorted(pictures)
    rng(seed, "split", stream).shuffle(people)
    limits, total = [], 0.0
    for share in shares.values():
        total += share
        limits.append(round(total * len(ids) + 1e-9))
    parts: dict[str, list[str]] = {part: [] for part in shares}
    seen = 0
    for person in people:
        middle = seen + len(pictures[person]) / 2
        row = next((k for k, limit in enumerate(limits) if middle <= limit), -1)
        parts[list(shares)[row]] += pictures[person]
        seen += len(pictures[person])
    order = {name: k for k, name in enumerate(ids)}
    return {
        part: tuple(sorted(names, key=order.__getitem__))
        for part, names in parts.items()
    }


def check_no_leak(parts: Parts, patient_of: Callable[[str], str]) -> None:
    """Refuse parts that share a picture or a patient.

    Raises:
        SpinesegError: naming the part pairs and the number of patients.
    """
    owner: dict[str, str] = {}
    shared: dict[str, set[str]] = {}
    for part, names in parts.items():
        if len(set(names)) != len(names):
            raise SpinesegError(f"the part {part} names a picture twice")
        for name in names:
            first = owner.setdefault(patient_of(name), part)
            if first != part:
                shared.setdefault(f"{first} and {part}", set()).add(patient_of(name))
    if shared:
        raise SpinesegError(
            "a leak: patients stand in two parts of the split",
            found="; ".join(f"{len(who)} in {pair}" for pair, who in shared.items()),
            expected="each patient in one part",
            remedy="Split by patient, not by picture",
        )


def write_split(path: FilePath, split: Split) -> None:
    """Write a split as text, atomically: a head with rule, seed, hash, then ids."""
    head = {
        "dataset": split.dataset,
        "rule": split.rule,
        "seed": str(split.seed),
        "sha256": split.sha256,
    }
    lines = [_HEAD, *(f"# {key}: {value}" for key, value in head.items())]
    lines += [f"{part} {name}" for part in split.parts for name in split.parts[part]]
    with atomic_write(path) as part:
        part.write_text("\n".join(lines) + "\n", encoding="utf-8")


def read_split(path: FilePath) -> Split:
    """Read a split and check its hash.

    Raises:
        SpinesegError: if it is no such file, or its lists were changed.
    """
    file = existing_file(path)
    lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
    head = _head(lines, file)
    parts: dict[str, list[str]] = {}
    for number, line in enumerate(lines, 1):
        if line.startswith("#") or not line.strip():
            continue
        part, space, name = line.strip().partition(" ")
        if not space:
            raise SpinesegError(f"line {number} names no part and id", path=path)
        parts.setdefault(part, []).append(name)
    found = {part: tuple(names) for part, names in parts.items()}
    split = Split(head["dataset"], head["rule"], int(head["seed"]), found)
    if split.sha256 != head["sha256"]:
        raise SpinesegError(
            "the lists of this split were changed: its hash does not fit",
            path=path,
            found=split.sha256[:16],
            expected=head["sha256"][:16],
            remedy="Restore the file, or write the changed lists as a new split",
        )
    return split


def _head(lines: list[str], file: Path) -> dict[str, str]:
    pairs = [line[2:].split(": ", 1) for line in lines if line.startswith("# ")]
    head = {pair[0]: pair[1] for pair in pairs if len(pair) == 2}
    needed = ("dataset", "rule", "seed", "sha256")
    if lines[:1] != [_HEAD] or not all(key in head for key in needed):
        raise SpinesegError(
            "this is no split file",
            path=file,
            expected=f"{_HEAD!r} and lines for {', '.join(needed)}",
        )
    if not head["seed"].isdecimal() or len(head["seed"]) > 20:
        raise SpinesegError("the split's seed is no number", path=file)
    return head
