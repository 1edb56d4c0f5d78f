"""Damaged files end in one documented error, quickly, and leave nothing behind."""

import gzip
import json
import random
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from spineseg import SpinesegError
from spineseg.io import (
    make_volume,
    read_dicom,
    read_labelme,
    read_mask,
    read_radiograph,
    read_slice,
    read_volume,
    write_mask,
    write_radiograph,
    write_volume,
)

ROUNDS = 60
BLOCK = np.random.default_rng(0).integers(0, 999, (8, 9, 10)).astype(np.int16)


def damage(whole: bytes, dice: random.Random) -> bytes:
    """Cut a file off, or change one to forty of its bytes, mostly near the start."""
    if dice.random() < 0.25:
        return whole[: dice.randrange(len(whole))]
    bytes_ = bytearray(whole)
    for _ in range(dice.choice([1, 1, 3, 10, 40])):
        near = min(len(bytes_), 2500)
        place = dice.randrange(near if dice.random() < 0.8 else len(bytes_))
        flipped = bytes_[place] ^ (1 << dice.randrange(8))
        bytes_[place] = dice.choice([0, 255, dice.randrange(256), flipped])
    return bytes(bytes_)


def survive(reader, whole, path):
    """Read a file damaged in many ways; return how often it was refused."""
    dice = random.Random(path.suffix + reader.__name__)
    refused = 0
    for _ in range(ROUNDS):
        path.write_bytes(damage(whole, dice))
        try:
            reader(path)
        except SpinesegError as error:
            refused += 1
            message = str(error)
            assert "\n" not in message
            assert len(message) < 500 + len(str(path))
    assert [file.name for file in path.parent.iterdir()] == [path.name]
    return refused


@pytest.mark.parametrize(
    ("reader", "name"),
    [
        (read_dicom, "CT_small.dcm"),
        (read_slice, "MR_small.dcm"),
        (read_slice, "MR_small_RLE.dcm"),
        (read_slice, "MR_small_jp2klossless.dcm"),
        (read_slice, "MR_small_jpeg_ls_lossless.dcm"),
        (read_slice, "MR_small_implicit.dcm"),
        (read_radiograph, "dicomdirtests/77654033/CR1/6154"),
    ],
)
def test_damaged_dicom_files(tmp_path, shipped, reader, name):
    assert survive(reader, shipped(name).read_bytes(), tmp_path / "x.dcm") > 0


@pytest.mark.parametrize("ending", [".mha", ".nii", ".nii.gz", ".nrrd"])
@pytest.mark.parametrize("reader", [read_volume, read_mask])
def test_damaged_volumes(tmp_path, reader, ending):
    path = tmp_path / f"x{ending}"
    write_volume(path, make_volume(BLOCK, (4, 1, 1)))
    assert survive(reader, path.read_bytes(), path) > 0


@pytest.mark.parametrize("reader", [read_radiograph, read_mask])
@pytest.mark.parametrize("ending", [".png", ".jpg"])
def test_damaged_pictures(tmp_path, reader, ending):
    path = tmp_path / f"x{ending}"
    Image.fromarray((BLOCK[0] % 256).astype(np.uint8)).save(path)
    assert survive(reader, path.read_bytes(), path) > 0


def test_damaged_labelme_files(tmp_path):
    path = tmp_path / "x.json"
    shapes = [{"label": "L5", "points": [[1, 1], [5, 1], [5, 5]]}]
    content = {"shapes": shapes, "imageHeight": 10, "imageWidth": 20}
    path.write_text(json.dumps(content))
    assert survive(read_labelme, path.read_bytes(), path) > 0


@pytest.mark.parametrize("ending", [".mha", ".nii.gz", ".nrrd"])
def test_one_flipped_byte_in_compressed_voxels_is_noticed(tmp_path, ending):
    # ITK alone takes a damaged MetaImage as it comes out of the decompressor
    path = tmp_path / f"x{ending}"
    write_volume(path, make_volume(BLOCK, (4, 1, 1)))
    whole = path.read_bytes()
    for part in range(1, 8):
        broken = bytearray(whole)
        broken[len(whole) - part * len(whole) // 12] ^= 0xFF
        path.write_bytes(broken)
        with pytest.raises(SpinesegError):
            read_volume(path)


def packed(path, voxels, **fields):
    """Write a compressed .mha of int16 as other programs do."""
    size = " ".join(map(str, reversed(BLOCK.shape)))
    head = {"ObjectType": "Image", "NDims": 3, "BinaryData": True}
    head |= {"BinaryDataByteOrderMSB": False, "CompressedData": True}
    head |= {"CompressedDataSize": len(voxels), "DimSize": size}
    head |= {"ElementType": "MET_SHORT", **fields, "ElementDataFile": "LOCAL"}
    lines = [f"{key} = {value}" for key, value in head.items() if value is not None]
    path.write_bytes("\n".join([*lines, ""]).encode() + voxels)
    return path


@pytest.mark.parametrize("ending", [".mha", ".nii.gz", ".nrrd"])
def test_a_sound_packed_volume_is_unpacked_once(tmp_path, monkeypatch, ending):
    path = tmp_path / f"x{ending}"
    write_volume(path, make_volume(BLOCK, (4, 1, 1)))
    monkeypatch.setattr("spineseg.io.volume.check_whole", lambda *_: 1 / 0)
    np.testing.assert_array_equal(read_volume(path).array, BLOCK)
    whole = bytearray(path.read_bytes())
    whole[-1 if ending == ".mha" else -5] ^= 1  # of the checksum
    path.write_bytes(whole)
    with pytest.raises(ZeroDivisionError):
        read_volume(path)


@pytest.mark.parametrize(
    ("order", "pack", "fields"),
    [
        (">i2", zlib.compress, {"BinaryDataByteOrderMSB": True}),
        ("<i2", gzip.compress, {}),
        ("<i2", lambda voxels: zlib.compress(voxels + b"more"), {}),
    ],
)
def test_packed_volumes_of_other_programs_are_read(tmp_path, order, pack, fields):
    path = packed(tmp_path / "x.mha", pack(BLOCK.astype(order).tobytes()), **fields)
    assert sorted(read_volume(path).array.ravel()) == sorted(BLOCK.ravel())


@pytest.mark.parametrize("size", [None, "", "many", 20, 9999])
def test_packed_data_whose_length_is_not_told_rightly_is_refused(tmp_path, size):
    # ITK then unpacks something else, or too little, and says nothing
    voxels = zlib.compress(BLOCK.tobytes())
    path = packed(tmp_path / "x.mha", voxels, CompressedDataSize=size)
    with pytest.raises(SpinesegError, match=r"x\.mha: (compressed|the)"):
        read_volume(path)


@pytest.mark.parametrize("size", ["10 9 9", "10 9 16", "30000 30000 30000"])
def test_a_packed_volume_of_fewer_voxels_than_promised_is_cut_off(tmp_path, size):
    # at the last size ITK alone would ask for 54 terabytes
    path = packed(tmp_path / "x.mha", zlib.compress(BLOCK.tobytes()), DimSize=size)
    with pytest.raises(SpinesegError, match=r"x\.mha: the file is cut off"):
        read_volume(path)


@pytest.mark.parametrize(
    ("name", "place", "value"),
    [
        ("MR_small_jp2klossless.dcm", 42, 0xFF),  # precision 128: aborts the process
        ("MR_small_jp2klossless.dcm", 11, 0x41),  # one column more
        ("MR_small_jpeg_ls_lossless.dcm", 6, 0xEF),  # precision 239
        ("MR_small_jpeg_ls_lossless.dcm", 11, 0x03),  # three channels
    ],
)
def test_streams_that_would_end_the_process_are_refused(
    tmp_path, shipped, name, place, value
):
    whole = bytearray(shipped(name).read_bytes())
    mark = b"\xff\x4f\xff\x51" if "jp2k" in name else b"\xff\xd8\xff\xf7"
    whole[whole.index(mark) + place] = value
    (tmp_path / "x.dcm").write_bytes(whole)
    with pytest.raises(SpinesegError, match="JPEG"):
        read_dicom(tmp_path / "x.dcm")


def test_a_packed_nrrd_of_fewer_voxels_than_promised_is_cut_off(tmp_path):
    path = tmp_path / "x.nrrd"
    write_volume(path, make_volume(BLOCK, (4, 1, 1)))
    whole = path.read_bytes()
    head, _, voxels = whole.partition(b"\n\n")
    sizes = next(line for line in head.splitlines() if line.startswith(b"sizes:"))
    huge = head.replace(sizes, b"sizes: 30000 30000 30000")
    path.write_bytes(huge + b"\n\n" + voxels)
    with pytest.raises(SpinesegError, match=r"x\.nrrd: the file is cut off"):
        read_volume(path)  # ITK would ask for 54 terabytes


def test_a_scaled_nifti_is_read_though_its_voxels_are_not_what_was_packed(tmp_path):
    path = tmp_path / "x.nii.gz"
    write_volume(path, make_volume(BLOCK, (4, 1, 1)))
    whole = bytearray(gzip.decompress(path.read_bytes()))
    whole[112:116] = struct.pack("<f", 0.5)  # scl_slope
    path.write_bytes(gzip.compress(whole))
    np.testing.assert_array_equal(read_volume(path).array, 0.5 * BLOCK)


def test_an_absurd_size_is_refused_before_memory_is_asked_for(tmp_path):
    path = tmp_path / "x.nii"
    write_volume(path, make_volume(BLOCK, (4, 1, 1)))
    whole = bytearray(path.read_bytes())
    whole[42:48] = b"\xff\x7f" * 3  # three sides of 32767 voxels
    path.write_bytes(whole)
    with pytest.raises(SpinesegError, match="cut off"):
        read_volume(path)  # ITK would ask for 70 terabytes


def test_nothing_is_written_beside_a_file_that_was_read(tmp_path):
    write_radiograph(tmp_path / "a.png", np.zeros((4, 4)))
    write_mask(tmp_path / "b.png", np.zeros((4, 4), bool))
    read_radiograph(tmp_path / "a.png")
    read_mask(tmp_path / "b.png")
    assert sorted(file.name for file in tmp_path.iterdir()) == ["a.png", "b.png"]


def test_a_header_that_breaks_off_is_not_called_by_an_empty_name(film):
    path = film()
    path.write_bytes(path.read_bytes()[:200])
    with pytest.raises(SpinesegError, match=r"holds no picture\.$"):
        read_dicom(path)
