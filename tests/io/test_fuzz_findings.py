"""What damaged inputs found once (``scripts/fuzz_readers.py``), one test a fault."""

import json

import numpy as np
import pytest
import SimpleITK
from PIL import Image

from spineseg.core.errors import SpinesegError
from spineseg.datasets import create_dataset
from spineseg.datasets.folder import grey_of
from spineseg.datasets.spider import read_overview
from spineseg.datasets.splits import Split, read_split, write_split
from spineseg.io import (
    apply_window,
    make_volume,
    read_label_names,
    read_labelme,
    read_mask,
    read_radiograph,
    read_volume,
    write_radiograph,
    write_volume,
)


def test_a_side_that_is_true_is_no_number_of_pixels(tmp_path):
    shapes = [{"label": "L5", "points": [[1, 1], [5, 1], [5, 5]]}]
    content = {"shapes": shapes, "imageHeight": True, "imageWidth": 20}
    (tmp_path / "x.json").write_text(json.dumps(content))
    with pytest.raises(SpinesegError, match="impossible size"):
        read_labelme(tmp_path / "x.json")


def test_a_table_with_foreign_letters_is_read_and_other_rows_stay(tmp_path):
    table = tmp_path / "overview.csv"
    table.write_bytes(b"new_file_name,sex,subset\n1_t1,\xe7,training\n2_t1,F,x\n")
    assert read_overview(table)["2_t1"]["sex"] == "F"


def test_a_table_that_the_csv_module_refuses_is_refused_with_its_name(tmp_path):
    table = tmp_path / "overview.csv"
    cell = "A" * 200_000
    table.write_text(f"new_file_name,sex,subset\n{cell},F,training\n")
    with pytest.raises(SpinesegError, match=r"overview\.csv"):
        read_overview(table)


def test_a_picture_whose_name_no_disk_can_hold_is_not_there(tmp_path):
    shapes = [{"label": "L5", "points": [[1, 1], [5, 1], [5, 5]]}]
    content = {"shapes": shapes, "imageHeight": 9, "imageWidth": 20}
    content["imagePath"] = "A" * 9999
    (tmp_path / "x.json").write_text(json.dumps(content))
    assert read_labelme(tmp_path / "x.json").picture_path is None
    (tmp_path / "samples.csv").write_text(f"image,mask\n{'A' * 999},b.png\n")
    with pytest.raises(SpinesegError, match="line 2"):
        create_dataset("own_folder", "all", root=tmp_path)
    with pytest.raises(SpinesegError, match="no such file"):
        read_mask(tmp_path / ("A" * 999 + ".png"))


def test_transparent_entries_of_a_palette_change_no_grey_level(tmp_path):
    grey = np.arange(64, dtype=np.uint8).reshape(8, 8)
    picture = Image.fromarray(grey)
    picture.putpalette([level for level in range(256) for _ in range(3)])
    picture.save(tmp_path / "x.png", transparency=bytes([0, 9, 99]))
    got = read_radiograph(tmp_path / "x.png").picture
    np.testing.assert_allclose(got * 255, grey, atol=1e-4)


def test_digits_that_are_no_decimals_are_no_label_number(tmp_path):
    (tmp_path / "x.txt").write_text('² 0 0 0 0 0 0 "Clear"\n', encoding="utf-8")
    with pytest.raises(SpinesegError, match="line 1"):
        read_label_names(tmp_path / "x.txt")


def test_digits_that_are_no_decimals_are_no_seed(tmp_path):
    path = tmp_path / "x.txt"
    write_split(path, Split("spider", "paper", 0, {"train": ("a",)}))
    path.write_text(path.read_text().replace("seed: 0", "seed: ²"), encoding="utf-8")
    with pytest.raises(SpinesegError, match="seed"):
        read_split(path)


@pytest.mark.parametrize("place", [80, 280], ids=["spacing", "direction"])
def test_a_volume_that_lies_nowhere_is_refused_in_silence(tmp_path, capfd, place):
    path = tmp_path / "x.nii"
    block = np.zeros((4, 5, 6), np.int16)
    write_volume(path, make_volume(block, (4, 1, 1)))
    whole = bytearray(path.read_bytes())
    whole[252:256] = b"\0\0\1\0"  # the direction comes from the matrix
    whole[place : place + 4] = np.float32(np.nan).tobytes()
    path.write_bytes(whole)
    with pytest.raises(SpinesegError, match=r"x\.nii"):
        read_volume(path)
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize(
    ("line", "instead"),
    [
        ("NDims = 3", "NDims = 30000 30000 30000"),
        ("NDims = 3", "NDims = 11"),
        ("DimSize = 6 5 4", "DimSize = 6 5 4 9 9 9 9 9 9 9 9 9 9"),
        ("DimSize = 6 5 4", "DimSize = 6 5 400"),
        ("Offset = 0 0 0", "Offset = 0 nan 0"),
        ("TransformMatrix = ", "TransformMatrix = 1 0 0 "),
        ("ObjectType = Image", "ObjectType = Image\nNDims = 4"),
        ("ObjectType = Image", "Comment = " + "A" * 9000),
    ],
)
def test_a_header_that_would_end_the_process_is_refused_first(tmp_path, line, instead):
    # MetaIO writes past its arrays when a header names more than ten dimensions
    path = tmp_path / "x.mha"
    block = np.zeros((4, 5, 6), np.int16)
    SimpleITK.WriteImage(SimpleITK.GetImageFromArray(block), str(path))
    whole = path.read_bytes()
    assert line.encode() in whole
    path.write_bytes(whole.replace(line.encode(), instead.encode(), 1))
    with pytest.raises(SpinesegError, match=r"x\.mha"):
        read_volume(path)


def test_a_sequence_in_place_of_a_word_is_refused(tmp_path):
    # its items are parsed when they are looked at: in the middle of a comparison once
    path = tmp_path / "x.dcm"
    write_radiograph(path, np.zeros((8, 8)))
    word = b"\x08\x00\x68\x00CS\x10\x00FOR PRESENTATION"
    item = b"\xfe\xff\x00\xe0\x08\x00\x00\x00EN\x41\x00TI\x00\x00"
    whole = path.read_bytes()
    assert word in whole
    sequence = b"\x08\x00\x68\x00SQ\x00\x00\x10\x00\x00\x00" + item
    path.write_bytes(whole.replace(word, sequence))
    with pytest.raises(SpinesegError, match=r"x\.dcm.*PresentationIntentType"):
        read_radiograph(path)


@pytest.mark.parametrize("window", [(1e39, 10), (0, 1e39), (float("nan"), 9)])
def test_a_window_beyond_all_numbers_is_refused(window):
    with pytest.raises(SpinesegError, match="unusable window"):
        apply_window(np.zeros((2, 2), np.float32), *window)


@pytest.mark.parametrize("tag", ["RescaleSlope", "RescaleIntercept"])
def test_a_rescale_beyond_all_numbers_is_refused(film, tag):
    with pytest.raises(SpinesegError, match="absurd"):
        read_radiograph(film(**{"RescaleSlope": 1, tag: "1e39"}))


def test_a_slice_with_values_that_are_no_numbers_gives_no_picture():
    values = np.zeros((3, 3), np.float32)
    values[1, 1] = np.nan
    with pytest.raises(SpinesegError, match="no numbers"):
        grey_of(values)
