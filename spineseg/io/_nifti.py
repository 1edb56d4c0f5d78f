"""Is a NIfTI file whole? ITK fills a truncated one with zeros and says nothing."""

import gzip
import struct
import zlib
from pathlib import Path
from typing import BinaryIO, cast

from spineseg.core.errors import SpinesegError

CHUNK = 1 << 20


def check_nifti_length(file: Path) -> None:
    """Compare the bytes of a NIfTI file with what its header promises.

    A ``.nii.gz`` is unpacked once to the end for it, which also checks its CRC.

    Raises:
        SpinesegError: if the file ends early, is damaged or is no NIfTI.
    """
    packed = file.name.lower().endswith(".gz")
    try:
        with cast(BinaryIO, (gzip.open if packed else open)(file, "rb")) as stream:
            head = stream.read(544)
            promised = _promised_bytes(head, file)
            found = len(head)
            while chunk := stream.read(CHUNK):
                found += len(chunk)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise SpinesegError(
            f"the compressed file is damaged or cut off ({error})", path=file
        ) from error
    if found < promised:
        raise SpinesegError(
            "the file is cut off",
            path=file,
            found=f"{found} bytes",
            expected=f"{promised}",
        )


def _promised_bytes(head: bytes, file: Path) -> int:
    """Return offset + voxels from a NIfTI-1 or NIfTI-2 header of either byte order."""
    for order in "<>":
        if len(head) >= 348 and struct.unpack_from(order + "i", head)[0] == 348:
            dims = struct.unpack_from(order + "8h", head, 40)
            bits = struct.unpack_from(order + "h", head, 72)[0]
            offset = int(struct.unpack_from(order + "f", head, 108)[0])
            break
        if len(head) >= 540 and struct.unpack_from(order + "i", head)[0] == 540:
            dims = struct.unpack_from(order + "8q", head, 16)
            bits = struct.unpack_from(order + "h", head, 14)[0]
            offset = struct.unpack_from(order + "q", head, 168)[0]
            break
    else:
        raise SpinesegError("this is no NIfTI file", path=file)
    if not 1 <= dims[0] <= 7 or min(dims[1 : dims[0] + 1]) < 1 or bits < 1:
        raise SpinesegError("the NIfTI header is broken", path=file, found=str(dims))
    voxels = 1
    for size in dims[1 : dims[0] + 1]:
        voxels *= size
    return offset + voxels * bits // 8
