"""Is a volume file whole and undamaged? ITK does not always say so.

It fills a truncated NIfTI with zeros, and takes a damaged compressed MetaImage as it
comes out of the decompressor; both without a word. Here a compressed volume is unpacked
once to its end, in pieces, which also compares its checksum; of a MetaImage it does to
compare ITK's voxels with the checksum at the file's end.
"""

import gzip
import math
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

from spineseg.core.errors import SpinesegError

CHUNK = 1 << 20
TRUSTED = 256 << 20
"""Bytes that a header may promise, however little stands behind it."""
META_BYTES = {
    "MET_CHAR": 1,
    "MET_UCHAR": 1,
    "MET_SHORT": 2,
    "MET_USHORT": 2,
    "MET_INT": 4,
    "MET_UINT": 4,
    "MET_LONG": 4,
    "MET_ULONG": 4,
    "MET_LONG_LONG": 8,
    "MET_ULONG_LONG": 8,
    "MET_FLOAT": 4,
    "MET_DOUBLE": 8,
}
LINE = 2048
"""Bytes of the longest header line; MetaIO's own buffers hold 4096."""
META_MATRICES = ("TransformMatrix", "Rotation", "Orientation")
META_LISTS = (
    *META_MATRICES,
    *("Offset", "Position", "Origin", "CenterOfRotation"),
    *("ElementSpacing", "ElementSize"),
)


def check_whole(file: Path, suffix: str) -> None:
    """Compare a volume's bytes with what its header promises, and its checksums.

    Raises:
        SpinesegError: if the file ends early, is damaged or is not of its kind.
    """
    try:
        if suffix in (".nii", ".nii.gz"):
            _check_nifti(file)
        elif suffix in (".mha", ".mhd"):
            _check_meta(file)
        else:
            _check_nrrd(file)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise SpinesegError(
            f"the compressed data is damaged or cut off ({error})", path=file
        ) from error


def seal_of(file: Path, suffix: str) -> int | None:
    """Return the checksum at the end of a compressed .mha, where ITK may unpack first.

    Unpacking is most of reading, so it should happen once: who has the voxels compares
    them with the seal (zlib's Adler-32), and needs :func:`check_whole` only where they
    differ. None stands for every other file, and for one longer than its header says.

    Raises:
        SpinesegError: if the header is broken.
    """
    if suffix != ".mha":
        return None
    with open(file, "rb") as stream:
        fields = _meta_fields(stream, file)
        promised = _meta_bytes(fields, file)
        start, rest = stream.tell(), file.stat().st_size - stream.tell()
        packed = fields.get("CompressedData", "False").lower() == "true"
        if not packed or fields["ElementDataFile"].upper() != "LOCAL" or rest < 8:
            return None
        if fields.get("CompressedDataSize", "") != str(rest) or stream.read(1) != b"x":
            return None  # "x" opens a zlib stream; gzip ends in another checksum
        if promised > max(TRUSTED, 64 * rest):
            return None  # a damaged size: ITK would ask for its memory
        stream.seek(start + rest - 4)
        return int.from_bytes(stream.read(4), "big")


def _check_nifti(file: Path) -> None:
    opener = gzip.open if file.name.lower().endswith(".gz") else open
    with cast(BinaryIO, opener(file, "rb")) as stream:
        head = stream.read(544)
        promised = _nifti_bytes(head, file)
        found = len(head) + sum(map(len, iter(lambda: stream.read(CHUNK), b"")))
    _compare(found, promised, file)


def _nifti_bytes(head: bytes, file: Path) -> int:
    """Return offset + voxels from a NIfTI-1 or NIfTI-2 header of either byte order."""
    for order in "<>":
        if len(head) >= 348 and struct.unpack_from(order + "i", head)[0] == 348:
            dims = struct.unpack_from(order + "8h", head, 40)
            bits = struct.unpack_from(order + "h", head, 72)[0]
            offset = struct.unpack_from(order + "f", head, 108)[0]
            steps = struct.unpack_from(order + "3f", head, 80)
            break
        if len(head) >= 540 and struct.unpack_from(order + "i", head)[0] == 540:
            dims = struct.unpack_from(order + "8q", head, 16)
            bits = struct.unpack_from(order + "h", head, 14)[0]
            offset = struct.unpack_from(order + "q", head, 168)[0]
            steps = struct.unpack_from(order + "3d", head, 112)
            break
    else:
        raise SpinesegError("this is no NIfTI file", path=file)
    sizes = dims[1 : dims[0] + 1] if 1 <= dims[0] <= 7 else ()
    usable = sizes and min(sizes) >= 1 and bits >= 1 and 0 <= offset < 1e9
    if not usable or not all(map(math.isfinite, steps)):  # ITK takes 1 mm for nan
        raise SpinesegError("the NIfTI header is broken", path=file)
    return int(offset) + math.prod(sizes) * bits // 8


def _check_meta(file: Path) -> None:
    with open(file, "rb") as stream:
        fields = _meta_fields(stream, file)
        promised = _meta_bytes(fields, file)
        local = fields["ElementDataFile"].upper() == "LOCAL"
        if fields.get("CompressedData", "False").lower() != "true":
            if local:
                _compare(file.stat().st_size - stream.tell(), promised, file)
            return  # ITK counts the bytes of a second file itself
        if not local:
            raise SpinesegError(
                "compressed data outside the .mhd is not read", path=file
            )
        size = fields.get("CompressedDataSize", "")
        if not size.isdecimal():  # ITK would take the header for the data's beginning
            raise SpinesegError(
                "compressed data without its CompressedDataSize is not read", path=file
            )
        _compare(file.stat().st_size - stream.tell(), int(size), file)
        unpacker = zlib.decompressobj(wbits=47)  # zlib or gzip, by its header
        found = sum(map(len, _unpacked(stream, unpacker, int(size))))
    if not unpacker.eof:
        raise SpinesegError("the compressed data is cut off", path=file)
    _compare(found, promised, file)


def _unpacked(
    stream: BinaryIO, unpacker: "zlib._Decompress", left: int
) -> Iterator[bytes]:
    """Yield the unpacked data in pieces, so that memory stays small.

    Not more than ``left`` bytes are read: ITK reads no more either.
    """
    packed = stream.read(min(CHUNK, left))
    left -= len(packed)
    while packed and not unpacker.eof:
        yield unpacker.decompress(packed, CHUNK)
        packed = unpacker.unconsumed_tail
        if not packed:
            packed = stream.read(min(CHUNK, left))
            left -= len(packed)
    if not unpacker.eof:
        yield unpacker.flush()


def _meta_fields(stream: BinaryIO, file: Path) -> dict[str, str]:
    fields: dict[str, str] = {}
    while "ElementDataFile" not in fields:
        line = stream.readline(LINE)
        key, equals, value = line.decode("latin-1").partition("=")
        key = key.strip()
        if not equals or not line.endswith(b"\n") or key in fields or len(fields) > 200:
            raise SpinesegError("the MetaImage header is broken", path=file)
        fields[key] = value.strip()
    return fields


def _meta_bytes(fields: dict[str, str], file: Path) -> int:
    """Return the bytes that sizes and type promise, once they can be trusted.

    MetaIO copies as many numbers as NDims says into arrays of ten: what is absurd here
    would overwrite its memory.
    """
    try:
        axes = int(fields["NDims"])
        sizes = [int(size) for size in fields["DimSize"].split()]
        channels = int(fields.get("ElementNumberOfChannels", "1"))
        lists = {key: fields.get(key, "").split() for key in META_LISTS}
        usable = 2 <= axes <= 4 and len(sizes) == axes and 1 <= channels <= 16
        usable &= all(1 <= size <= 1 << 20 for size in sizes)
        for key, numbers in lists.items():
            wanted = axes**2 if key in META_MATRICES else axes
            usable &= len(numbers) in (0, wanted)
            usable &= all(math.isfinite(float(number)) for number in numbers)
        if not usable:
            raise SpinesegError("the MetaImage header is broken", path=file)
        return math.prod(sizes) * channels * META_BYTES[fields["ElementType"]]
    except (KeyError, ValueError) as error:
        raise SpinesegError("the MetaImage header is broken", path=file) from error


def _check_nrrd(file: Path) -> None:
    """Unpack a gzip NRRD; ITK counts the bytes of the other encodings itself."""
    with open(file, "rb") as stream:
        lines = list(iter(lambda: stream.readline(4096).strip(), b""))
        if any(
            line.replace(b" ", b"") in (b"encoding:gzip", b"encoding:gz")
            for line in lines
        ):
            with gzip.GzipFile(fileobj=stream) as unpacked:
                while unpacked.read(CHUNK):
                    pass


def _compare(found: int, promised: int, file: Path) -> None:
    if found < promised:
        raise SpinesegError(
            "the file is cut off",
            path=file,
            found=f"{found} bytes",
            expected=str(promised),
        )
