"""Is a volume file whole and undamaged? ITK does not always say so.

It fills a truncated NIfTI with zeros, and takes a damaged compressed MetaImage as it
comes out of the decompressor; both without a word. Here a compressed volume is unpacked
once to its end, in pieces, which also compares its checksum; what need not be unpacked
for that says :mod:`spineseg.io._seal`.
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
NRRD_BYTES = {
    name: size
    for size, names in {
        1: "signed char,int8,int8_t,uchar,unsigned char,uint8,uint8_t",
        2: "short,short int,signed short,signed short int,int16,int16_t,"
        "ushort,unsigned short,unsigned short int,uint16,uint16_t",
        4: "int,signed int,int32,int32_t,uint,unsigned int,uint32,uint32_t,float",
        8: "longlong,long long,long long int,signed long long,"
        "signed long long int,int64,int64_t,ulonglong,unsigned long long,"
        "unsigned long long int,uint64,uint64_t,double",
    }.items()
    for name in names.split(",")
}
NRRD_ELSEWHERE = {"datafile", "lineskip", "byteskip"}
"""Fields, without their spaces, of data that do not follow the header at once."""
BROKEN = (EOFError, gzip.BadGzipFile, zlib.error)
"""What unpacking raises where the data is damaged or cut off."""
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
    except BROKEN as error:
        raise SpinesegError(
            f"the compressed data is damaged or cut off ({error})", path=file
        ) from error


def _check_nifti(file: Path) -> None:
    opener = gzip.open if file.name.lower().endswith(".gz") else open
    with cast(BinaryIO, opener(file, "rb")) as stream:
        head = stream.read(544)
        offset, promised = nifti_layout(head, file)
        found = len(head) + sum(map(len, iter(lambda: stream.read(CHUNK), b"")))
    _compare(found, offset + promised, file)


def nifti_layout(head: bytes, file: Path) -> tuple[int, int]:
    """Return bytes before the voxels and of them, in NIfTI-1 or -2 of either order.

    Raises:
        SpinesegError: if the header is broken.
    """
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
    return int(offset), math.prod(sizes) * bits // 8


def _check_meta(file: Path) -> None:
    with open(file, "rb") as stream:
        fields = meta_fields(stream, file)
        promised = meta_bytes(fields, file)
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


def meta_fields(stream: BinaryIO, file: Path) -> dict[str, str]:
    """Return the fields of a MetaImage header, refusing one that is no such.

    Raises:
        SpinesegError: if the header is broken.
    """
    fields: dict[str, str] = {}
    while "ElementDataFile" not in fields:
        line = stream.readline(LINE)
        key, equals, value = line.decode("latin-1").partition("=")
        key = key.strip()
        if not equals or not line.endswith(b"\n") or key in fields or len(fields) > 200:
            raise SpinesegError("the MetaImage header is broken", path=file)
        fields[key] = value.strip()
    return fields


def meta_bytes(fields: dict[str, str], file: Path) -> int:
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
        fields = nrrd_fields(stream)
        if fields.get("encoding") not in ("gzip", "gz"):
            return
        with gzip.GzipFile(fileobj=stream) as unpacked:
            found = sum(map(len, iter(lambda: unpacked.read(CHUNK), b"")))
    _compare(found, nrrd_bytes(fields) or 0, file)


def nrrd_fields(stream: BinaryIO) -> dict[str, str]:
    """Return the fields of a NRRD header, without spaces in their names."""
    lines = iter(lambda: stream.readline(4096).strip(), b"")
    pairs = (line.decode("latin-1").partition(":") for line in lines)
    return {key.replace(" ", "").lower(): value.strip() for key, _, value in pairs}


def nrrd_bytes(fields: dict[str, str]) -> int | None:
    """Return the bytes that follow a NRRD header packed by gzip; None for others."""
    sizes = fields.get("sizes", "").split()
    known = fields.get("type") in NRRD_BYTES and all(map(str.isdecimal, sizes))
    if not known or not sizes or NRRD_ELSEWHERE & set(fields):
        return None
    if fields.get("encoding") not in ("gzip", "gz"):
        return None
    return math.prod(map(int, sizes)) * NRRD_BYTES[fields["type"]]


def _compare(found: int, promised: int, file: Path) -> None:
    if found < promised:
        raise SpinesegError(
            "the file is cut off",
            path=file,
            found=f"{found} bytes",
            expected=str(promised),
        )
