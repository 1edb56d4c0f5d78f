"""Checksums that let ITK unpack a volume first, and say afterwards whether it is whole.

Unpacking is most of reading, so it should happen once. zlib and gzip end in a checksum
of what was packed: it is compared with the voxels that ITK found. Where it differs,
which a scaled or swapped file does, too, :func:`check_whole` has to look; so it has,
and first, wherever a size is not told twice alike: ITK would ask for its memory.
"""

import gzip
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from spineseg.io._whole import (
    BROKEN,
    TRUSTED,
    meta_bytes,
    meta_fields,
    nifti_layout,
    nrrd_bytes,
    nrrd_fields,
)

Seal = Callable[[Any], bool]
"""Says whether voxels (any C-contiguous array) are those that were packed."""

LONGEST_HEAD = 1 << 20
"""Bytes before the voxels of a NIfTI, its extensions included."""


def seal_of(file: Path, suffix: str) -> Seal | None:
    """Return the seal of a compressed volume, where ITK may unpack it first.

    None stands for every other file, and for one that is longer than it says.

    Raises:
        SpinesegError: if the header is broken.
    """
    try:
        if suffix == ".mha":
            return _of_meta(file)
        if suffix == ".nii.gz":
            return _of_nifti(file)
        return _of_nrrd(file) if suffix == ".nrrd" else None
    except BROKEN:
        return None  # check_whole says it better


def _of_meta(file: Path) -> Seal | None:
    with open(file, "rb") as stream:
        fields = meta_fields(stream, file)
        promised = meta_bytes(fields, file)
        start, rest = stream.tell(), file.stat().st_size - stream.tell()
        packed = fields.get("CompressedData", "False").lower() == "true"
        if not packed or fields["ElementDataFile"].upper() != "LOCAL" or rest < 8:
            return None
        if fields.get("CompressedDataSize", "") != str(rest) or stream.read(1) != b"x":
            return None  # "x" opens a zlib stream; gzip ends in another checksum
        if not _plausible(promised, rest):
            return None
        stream.seek(start + rest - 4)
        expected = int.from_bytes(stream.read(4), "big")
    return lambda voxels: zlib.adler32(voxels) == expected


def _of_nifti(file: Path) -> Seal | None:
    with gzip.open(file, "rb") as unpacked:
        head = unpacked.read(544)
        offset, promised = nifti_layout(head, file)
        if offset > LONGEST_HEAD:
            return None
        head = (head + unpacked.read(max(0, offset - len(head))))[:offset]
    return _of_gzip(file, 0, promised, head)


def _of_nrrd(file: Path) -> Seal | None:
    with open(file, "rb") as stream:
        promised = nrrd_bytes(nrrd_fields(stream))
        if promised is None:
            return None
        return _of_gzip(file, stream.tell(), promised)


def _of_gzip(file: Path, start: int, promised: int, head: bytes = b"") -> Seal | None:
    """Return the seal of a gzip stream from ``start`` to the end: head, then voxels."""
    size = file.stat().st_size
    if size < start + 18:  # the shortest gzip stream
        return None
    with open(file, "rb") as stream:
        stream.seek(size - 8)
        expected, length = struct.unpack("<2I", stream.read(8))
    if length != (len(head) + promised) % 2**32 or not _plausible(promised, size):
        return None
    begin = zlib.crc32(head)
    return lambda voxels: zlib.crc32(voxels, begin) == expected


def _plausible(promised: int, packed: int) -> bool:
    return promised <= max(TRUSTED, 64 * packed)
