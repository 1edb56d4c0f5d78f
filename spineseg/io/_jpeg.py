"""Look through a JPEG's tables before a decoder written in C does.

GDCM's JPEG code trusts them: a damaged precision or Huffman table can end the whole
process. What is checked here is what ITU-T T.81 (and T.87 for JPEG-LS) demands.
"""

import struct

from spineseg.core.errors import SpinesegError

LOSSLESS = 0xC3
JPEG_LS = 0xF7
FRAMES = {0xC0, 0xC1, 0xC2, LOSSLESS, JPEG_LS}
OTHER_FRAMES = {0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF}
NO_LENGTH = {0x01, *range(0xD0, 0xD9)}
SCAN = 0xDA


def check_jpeg(data: bytes, rows: int, columns: int, bits: int) -> None:
    """Refuse a JPEG stream whose header a decoder could not trust.

    Args:
        data: the compressed frame.
        rows: rows by the DICOM header.
        columns: columns by the DICOM header.
        bits: bits allocated by the DICOM header; the precision may not exceed them.

    Raises:
        SpinesegError: if it is no JPEG, contradicts the header or has broken tables.
    """
    if data[:2] != b"\xff\xd8":
        raise SpinesegError("the compressed data is no JPEG")
    place, frame = 2, 0
    while True:
        marker, body, place = _segment(data, place)
        if marker in FRAMES:
            frame = marker
            _check_frame(body, rows, columns, bits)
        elif marker in OTHER_FRAMES:
            raise SpinesegError("this kind of JPEG is not read", found=f"FF{marker:X}")
        elif marker == 0xC4:
            _check_huffman(body, 16 if frame in (0, LOSSLESS) else 255)
        elif marker == 0xDB:
            _check_quantiser(body)
        elif marker == SCAN:
            _check_scan(body, frame, bits)
            return


def _segment(data: bytes, place: int) -> tuple[int, bytes, int]:
    """Return the next marker, its body and where the one after it begins."""
    while True:
        head = data[place : place + 2]
        if len(head) < 2 or head[0] != 0xFF:
            raise SpinesegError("the JPEG header is broken or cut off")
        if head[1] == 0xFF:
            place += 1  # fill bytes before a marker are allowed
            continue
        if head[1] not in NO_LENGTH:
            break
        place += 2
    size = int.from_bytes(data[place + 2 : place + 4], "big")
    body = data[place + 4 : place + 2 + size]
    if size < 2 or len(body) != size - 2:
        raise SpinesegError("the JPEG header is broken or cut off")
    return head[1], body, place + 2 + size


def _check_frame(body: bytes, rows: int, columns: int, bits: int) -> None:
    if len(body) != 9:
        raise SpinesegError("the JPEG does not hold one grey channel")
    precision, height, width, channels = struct.unpack(">BHHB", body[:6])
    if channels != 1 or body[7] >> 4 not in (1, 2) or body[7] & 15 not in (1, 2):
        raise SpinesegError("the JPEG does not hold one grey channel")
    if (height, width) != (rows, columns):
        raise SpinesegError(
            "JPEG and header disagree about the size",
            found=f"{height} x {width} and {rows} x {columns}",
        )
    if not 2 <= precision <= bits:
        raise SpinesegError("impossible JPEG precision", found=precision)


def _check_huffman(body: bytes, largest: int) -> None:
    """A table holds 16 counts and as many symbols; its codes must fit their lengths."""
    while body:
        counts = body[1:17]
        symbols = body[17 : 17 + sum(counts)]
        room = sum(count << (16 - bits) for bits, count in enumerate(counts, 1))
        usable = (
            body[0] & 0xEC == 0  # class 0 or 1, number 0 to 3
            and len(counts) == 16
            and 1 <= sum(counts) <= 256
            and len(symbols) == sum(counts)
            and room < 1 << 16
        )
        if usable and body[0] < 0x10:
            usable = max(symbols) <= min(largest, 16)
        if not usable:
            raise SpinesegError("a Huffman table of the JPEG is broken")
        body = body[17 + len(symbols) :]


def _check_quantiser(body: bytes) -> None:
    while body:
        size = 1 + 64 * (1 + (body[0] >> 4))
        if body[0] & 0xEC or len(body) < size:
            raise SpinesegError("a quantisation table of the JPEG is broken")
        body = body[size:]


def _check_scan(body: bytes, frame: int, bits: int) -> None:
    if not frame or len(body) != 6 or body[0] != 1:
        raise SpinesegError("the JPEG's scan header is broken")
    tables, first, shift = body[2], body[3], body[5] & 15
    if frame == LOSSLESS:
        usable = tables & 0xCC == 0 and 1 <= first <= 7 and shift < bits
    elif frame == JPEG_LS:
        usable = shift < bits
    else:
        usable = tables & 0xCC == 0 and first <= 63
    if not usable:
        raise SpinesegError("the JPEG's scan header is broken")


def check_jpeg2000(data: bytes, rows: int, columns: int, bits: int) -> None:
    """Refuse a JPEG 2000 stream whose size record (ISO 15444-1 A.5.1) is absurd.

    Args:
        data: the compressed frame.
        rows: rows by the DICOM header.
        columns: columns by the DICOM header.
        bits: bits allocated by the DICOM header; the precision may not exceed them.

    Raises:
        SpinesegError: if there is no such record or it contradicts the header.
    """
    start = data.find(b"\xff\x4f\xff\x51", 0, 512)  # JP2 boxes may stand before it
    record = data[start + 6 : start + 6 + 39]
    if start < 0 or len(record) != 39:
        raise SpinesegError("the compressed data is no JPEG 2000")
    _, x1, y1, x0, y0, tile_x, tile_y, _, _, channels = struct.unpack(
        ">H8IH", record[:36]
    )
    depth, step_x, step_y = record[36:39]
    if channels != 1 or (step_x, step_y) != (1, 1):
        raise SpinesegError("the JPEG 2000 does not hold one grey channel")
    if (y1 - y0, x1 - x0) != (rows, columns):
        raise SpinesegError(
            "JPEG 2000 and header disagree about the size",
            found=f"{y1 - y0} x {x1 - x0} and {rows} x {columns}",
        )
    if (depth & 127) + 1 > bits or min(tile_x, tile_y) < 1:
        raise SpinesegError("impossible JPEG 2000 precision or tiles")
