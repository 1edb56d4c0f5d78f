"""A folder of DICOM pictures copied without the patients, ready to be a data set."""

import hashlib
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from spineseg.core.errors import SpinesegError
from spineseg.io import deidentify, read_dicom
from spineseg.io.dicom import field as element
from spineseg.io.radiograph import is_dicom


@dataclass(frozen=True)
class Cleaned:
    """What was copied. left_out: reason to number of files, no names."""

    files: int
    patients: int
    left_out: dict[str, int] = field(default_factory=dict)


def clean_folder(
    source: Path, target: Path, *, secret: str, prefix: str = "CASE"
) -> Cleaned:
    """Copy every readable DICOM picture below a folder, names and dates left behind.

    Old file and folder names are not kept, for they often hold a name or a number.
    Copies are called ``CASE-0001/image-0001.dcm``; files of one patient stay together.
    The order of the cases follows from the secret and says nothing about the old one.

    Raises:
        SpinesegError: if the source is missing, the target lies in it or is not empty,
            the secret is empty, the prefix is no plain word, or nothing can be copied.
    """
    if not secret:
        raise SpinesegError("an empty secret keeps none", remedy="Write any text in it")
    if not re.fullmatch(r"\w[\w-]*", prefix, re.ASCII):
        raise SpinesegError(
            "copies are called by a plain word",
            found=repr(prefix),
            expected="letters, digits, - and _",
        )
    if not source.is_dir():
        raise SpinesegError("there is no such folder", path=source)
    inside = target.resolve().is_relative_to(source.resolve())
    if inside or (target.exists() and any(target.iterdir())):
        raise SpinesegError(
            "clean copies go into an empty folder outside the source", path=target
        )
    people, left_out = _by_patient(source, secret)
    copied = 0
    for number, person in enumerate(sorted(people), start=1):
        case = f"{prefix}-{number:04d}"
        done = 0
        for file in people[person]:
            place = target / case / f"image-{done + 1:04d}.dcm"
            place.parent.mkdir(parents=True, exist_ok=True)
            try:
                deidentify(file, place, identity=case, secret=secret)
            except SpinesegError as error:
                left_out[error.problem] += 1
            else:
                done += 1
        copied += done
        if not done:
            (target / case).rmdir()
    if not copied:
        raise SpinesegError(
            "no picture could be copied", path=source, found=dict(left_out)
        )
    return Cleaned(copied, len(list(target.glob("*/image-0001.dcm"))), dict(left_out))


def _by_patient(
    source: Path, secret: str
) -> tuple[dict[str, list[Path]], Counter[str]]:
    """Group files by a hash of the patient's number; without one, each by itself."""
    people: dict[str, list[Path]] = defaultdict(list)
    left_out: Counter[str] = Counter()
    for file in sorted(path for path in source.rglob("*") if path.is_file()):
        if not is_dicom(file):
            left_out["no DICOM file"] += 1
            continue
        try:
            header = read_dicom(file).header
        except SpinesegError as error:
            left_out[error.problem] += 1
            continue
        who = str(element(header, "PatientID", "")) or str(file)
        people[hashlib.sha256(f"{secret}\0{who}".encode()).hexdigest()].append(file)
    return people, left_out
