import numpy as np
import pytest
from PIL import Image

from spineseg import SpinesegError
from spineseg.io import (
    check_same_grid,
    make_volume,
    read_label_names,
    read_mask,
    write_mask,
)

SQUARE = np.zeros((6, 8), bool)
SQUARE[2:4, 3:6] = True
LABELS = np.arange(48, dtype=np.uint8).reshape(6, 8) % 5


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA"])
def test_a_binary_mask_is_zero_and_one_in_every_png_mode(tmp_path, mode):
    file = tmp_path / "mask.png"
    grey = Image.fromarray(SQUARE.astype(np.uint8) * np.uint8(255))
    if mode == "P":
        grey = Image.fromarray(SQUARE.astype(np.uint8))
        grey.putpalette([0, 0, 0, 200, 10, 10])
        grey.save(file)
    else:
        grey.convert(mode).save(file)
    mask = read_mask(file)
    np.testing.assert_array_equal(mask.labels, SQUARE)
    assert mask.labels.dtype == np.uint8
    assert mask.present == (1,)
    assert mask.spacing_mm is None


def test_a_palette_mask_gives_indices_and_not_colours(tmp_path):
    write_mask(tmp_path / "mask.png", LABELS)
    with Image.open(tmp_path / "mask.png") as opened:
        assert opened.mode == "P"
        assert opened.convert("RGB").getpixel((1, 0)) == (0, 114, 178)
    np.testing.assert_array_equal(read_mask(tmp_path / "mask.png").labels, LABELS)


def test_labels_above_255_survive_in_a_png(tmp_path):
    labels = LABELS.astype(np.uint16) * 100
    write_mask(tmp_path / "mask.png", labels)
    np.testing.assert_array_equal(read_mask(tmp_path / "mask.png").labels, labels)


@pytest.mark.parametrize("ending", [".nii.gz", ".mha", ".nrrd", ".nii"])
def test_a_flat_mask_written_as_one_slice_comes_back_flat(tmp_path, ending):
    pytest.importorskip("SimpleITK")
    file = tmp_path / f"film{ending}"
    write_mask(file, LABELS, spacing_mm=(0.2, 0.1))
    mask = read_mask(file)
    np.testing.assert_array_equal(mask.labels, LABELS)
    assert mask.spacing_mm == pytest.approx((0.2, 0.1))
    assert mask.grid is None
    with pytest.raises(SpinesegError, match="no volume"):
        _ = mask.volume


def test_a_volume_mask_lies_on_the_grid_of_its_image(tmp_path):
    pytest.importorskip("SimpleITK")
    image = make_volume(np.zeros((3, 4, 5), np.int16), (4, 1, 1), (1.0, 2.0, 3.0))
    labels = make_volume(
        np.arange(60).reshape(3, 4, 5).astype(np.float64), (4, 1, 1), (1.0, 2.0, 3.0)
    )
    write_mask(tmp_path / "mask.nii.gz", labels)
    mask = read_mask(tmp_path / "mask.nii.gz")
    assert mask.labels.dtype == np.uint8
    np.testing.assert_array_equal(mask.labels, labels.array)
    check_same_grid(image, mask.volume)


def test_real_numbers_are_labels_only_when_whole(tmp_path):
    sitk = pytest.importorskip("SimpleITK")
    file = tmp_path / "mask.nii"
    whole = np.arange(60.0).reshape(3, 4, 5)
    sitk.WriteImage(sitk.GetImageFromArray(whole), str(file))
    assert read_mask(file).labels.dtype == np.uint8
    file = tmp_path / "mask.mha"  # not NIfTI: its library turns NaN into 0
    for bad in (whole + 0.5, whole - 1, np.where(whole == 3, np.nan, whole)):
        sitk.WriteImage(sitk.GetImageFromArray(bad), str(file))
        with pytest.raises(SpinesegError, match="no labels"):
            read_mask(file)


def test_a_jpeg_and_a_colour_picture_are_no_masks(tmp_path):
    Image.fromarray(SQUARE.astype(np.uint8) * np.uint8(255)).save(tmp_path / "m.jpg")
    with pytest.raises(SpinesegError, match="JPEG"):
        read_mask(tmp_path / "m.jpg")
    Image.new("RGB", (4, 4), (10, 20, 30)).save(tmp_path / "m.png")
    with pytest.raises(SpinesegError, match="colour"):
        read_mask(tmp_path / "m.png")


def test_itk_snap_label_names_are_read(tmp_path):
    file = tmp_path / "labels.txt"
    file.write_text(
        "################\n# ITK-SnAP Label Description File\n################\n"
        '    0     0    0    0        0  0  0    "Clear Label"\n'
        '    1   255    0    0        1  1  1    "L5 body"\n'
    )
    assert read_label_names(file) == {0: "Clear Label", 1: "L5 body"}
    write_mask(tmp_path / "mask.png", SQUARE)
    assert read_mask(tmp_path / "mask.png", names=file).names[1] == "L5 body"
    file.write_text("1 L5\n")
    with pytest.raises(SpinesegError, match="line 1"):
        read_label_names(file)


def test_what_is_no_mask_is_not_written(tmp_path):
    for mask, name in [
        (SQUARE[0], "a.png"),
        (SQUARE, "a.jpg"),
        (-LABELS.astype(np.int16), "a.png"),
        (LABELS + 0.5, "a.png"),
    ]:
        with pytest.raises(SpinesegError):
            write_mask(tmp_path / name, mask)
    assert list(tmp_path.iterdir()) == []
