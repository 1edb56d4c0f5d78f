"""What a JPEG header may hold before a decoder is trusted with it."""

import io

import numpy as np
import pytest
from PIL import Image

from spineseg import SpinesegError
from spineseg.io._jpeg import check_jpeg

ROWS, COLUMNS = 16, 24


def stream(mode="L"):
    noise = np.random.default_rng(0).integers(0, 256, (ROWS, COLUMNS)).astype(np.uint8)
    target = io.BytesIO()
    Image.fromarray(noise).convert(mode).save(target, "JPEG")
    return bytearray(target.getvalue())


def changed(marker, offset, value):
    data = stream()
    data[data.index(bytes([0xFF, marker])) + offset] = value
    return bytes(data)


def test_a_sound_stream_passes():
    check_jpeg(bytes(stream()), ROWS, COLUMNS, 8)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "no JPEG"),
        (b"\xff\xd8", "cut off"),
        (bytes(stream())[:60], "cut off"),
        (bytes(stream("RGB")), "one grey channel"),
        (changed(0xC0, 4, 239), "precision"),
        (changed(0xC0, 6, ROWS + 1), "disagree"),
        (changed(0xC0, 1, 0xC9), "kind of JPEG"),
        (changed(0xC4, 5, 3), "Huffman"),  # three codes of one bit
        (changed(0xC4, 4, 0x77), "Huffman"),  # table number 7
        (changed(0xC4, 22, 99), "Huffman"),  # 99 bits of difference
        (changed(0xDB, 4, 0x44), "quantisation"),
        (changed(0xDA, 4, 3), "scan header"),
    ],
)
def test_a_header_that_cannot_be_trusted_is_refused(data, message):
    with pytest.raises(SpinesegError, match=message):
        check_jpeg(data, ROWS, COLUMNS, 8)


@pytest.mark.parametrize("bits", [4, 7])
def test_more_precision_than_the_header_allocates_is_refused(bits):
    with pytest.raises(SpinesegError, match="precision"):
        check_jpeg(bytes(stream()), ROWS, COLUMNS, bits)
