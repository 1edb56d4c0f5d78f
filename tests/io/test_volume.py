import numpy as np
import pytest

from spineseg import SpinesegError
from spineseg.io import check_same_grid, make_volume, read_volume, write_volume

sitk = pytest.importorskip("SimpleITK")

SHAPE, SPACING = (5, 7, 9), (4.0, 1.5, 0.5)


def numbered():
    """Give every voxel a value that tells where it is."""
    array = np.arange(np.prod(SHAPE), dtype=np.int16).reshape(SHAPE)
    return make_volume(array, SPACING, (20.0, -30.0, 40.0))


@pytest.mark.parametrize("ending", [".mha", ".nii.gz", ".nii", ".nrrd"])
@pytest.mark.parametrize("orientation", ["PIR", "LPS", "RAS", "LAS", "PSR", "SAL"])
def test_the_axis_order_of_the_file_changes_nothing(tmp_path, ending, orientation):
    file = tmp_path / f"volume{ending}"
    write_volume(file, numbered(), orientation=orientation)
    read = read_volume(file)
    assert read.stored_as == orientation
    assert read.array.dtype == np.int16
    np.testing.assert_array_equal(read.array, numbered().array)
    assert read.grid.differences(numbered().grid) == []
    assert read.spacing_mm == pytest.approx(SPACING)


def test_the_first_slice_is_the_patients_left_and_the_first_row_the_head():
    x_left, y_back, z_up = np.meshgrid(
        np.arange(4), np.arange(5), np.arange(6), indexing="ij"
    )
    code = (x_left * 100 + y_back * 10 + z_up).astype(np.int16)
    volume = make_volume(code, (1, 2, 3), (0, 0, 0), np.eye(3))
    assert volume.array.shape == (4, 6, 5)
    assert volume.array[0, 0, 0] == 305  # leftmost, highest, most anterior
    assert volume.array[-1, -1, -1] == 40
    assert volume.spacing_mm == (1, 3, 2)
    assert volume.grid.origin_mm == pytest.approx((3, 0, 15))


def test_planes_are_shown_as_radiologists_look_at_them():
    volume = numbered()
    axial, coronal = volume.plane("axial", 0), volume.plane("coronal", 0)
    np.testing.assert_array_equal(volume.plane("sagittal"), volume.array[2])
    np.testing.assert_array_equal(volume.sagittal_middle(), volume.array[2])
    # top left of an axial slice: front, patient's right
    assert axial[0, 0] == volume.array[-1, 0, 0]
    assert coronal[-1, -1] == volume.array[0, -1, 0]
    assert axial.shape == (9, 5)
    assert coronal.shape == (7, 5)


def test_an_unknown_plane_or_slice_is_refused():
    with pytest.raises(SpinesegError, match="no such plane"):
        numbered().plane("diagonal")
    with pytest.raises(SpinesegError, match="0 to 4"):
        numbered().plane("sagittal", 5)


def test_a_mask_on_another_grid_is_refused_and_every_difference_named():
    image = numbered()
    shifted = make_volume(image.array[:, :-1], (4.0, 1.5, 0.6), (20.0, -30.0, 41.0))
    check_same_grid(image, numbered())
    with pytest.raises(SpinesegError) as caught:
        check_same_grid(image, shifted)
    for word in ("shape", "spacing_mm", "origin_mm", "nearest neighbour"):
        assert word in str(caught.value)


def test_four_dimensions_and_vectors_are_refused(tmp_path):
    file = tmp_path / "volume.nii"
    sitk.WriteImage(sitk.Image([4, 4, 4, 2], sitk.sitkInt16), str(file))
    with pytest.raises(SpinesegError, match="three dimensions"):
        read_volume(file)
    sitk.WriteImage(sitk.Image([4, 4, 4], sitk.sitkVectorUInt8, 3), str(file))
    with pytest.raises(SpinesegError, match="one value a voxel"):
        read_volume(file)


@pytest.mark.parametrize("length", [1, 60, 200, 500])
@pytest.mark.parametrize("ending", [".mha", ".nii.gz", ".nii", ".nrrd"])
def test_a_truncated_volume_is_refused(tmp_path, ending, length):
    file = tmp_path / f"volume{ending}"
    noise = np.random.default_rng(0).integers(0, 9999, (9, 9, 9)).astype(np.int16)
    write_volume(file, make_volume(noise, (1, 1, 1)))
    file.write_bytes(file.read_bytes()[:length])
    with pytest.raises(SpinesegError):
        read_volume(file)


def test_a_file_that_is_not_there_and_one_of_another_kind_are_refused(tmp_path):
    with pytest.raises(SpinesegError, match="no such file"):
        read_volume(tmp_path / "none.mha")
    other = tmp_path / "notes.txt"
    other.write_text("hello")
    with pytest.raises(SpinesegError, match="not read from this format"):
        read_volume(other)
    with pytest.raises(SpinesegError, match="not written in this format"):
        write_volume(other, numbered())
    with pytest.raises(SpinesegError, match="orientation code"):
        write_volume(tmp_path / "x.mha", numbered(), orientation="UP")


@pytest.mark.parametrize(
    ("shape", "spacing", "axes"),
    [
        ((4, 4), (1, 1, 1), None),
        ((4, 4, 0), (1, 1, 1), None),
        ((4, 4, 4), (1, 0, 1), None),
        ((4, 4, 4), (1, 1, np.nan), None),
        ((4, 4, 4), (1, 1, 1), np.ones((3, 3))),
    ],
)
def test_an_impossible_volume_is_refused(shape, spacing, axes):
    with pytest.raises(SpinesegError):
        make_volume(np.zeros(shape), spacing, axes=axes)


def test_equal_volumes_are_equal_files(tmp_path):
    for name in ("a.nii.gz", "b.nii.gz", "a.mha", "b.mha"):
        write_volume(tmp_path / name, numbered())
    for ending in ("nii.gz", "mha"):
        first, second = [(tmp_path / f"{n}.{ending}").read_bytes() for n in "ab"]
        assert first == second


def test_an_oblique_volume_is_turned_by_the_nearest_axes_and_not_resampled():
    angle = np.deg2rad(20)
    axes = np.array(
        [
            [1, 0, 0],
            [0, np.cos(angle), np.sin(angle)],
            [0, -np.sin(angle), np.cos(angle)],
        ]
    )
    array = np.arange(60, dtype=np.int16).reshape(3, 4, 5)
    volume = make_volume(array, (1, 1, 1), axes=axes)
    assert sorted(volume.array.ravel()) == list(range(60))
    assert volume.grid.axes[2] @ [0, 1, 0] > 0.9


@pytest.mark.shared
def test_two_axis_orders_of_one_scan_give_the_same_middle_slice(shared):
    folder = shared / "data" / "mha_spider_layout"
    images = [read_volume(folder / "images" / f"900{n}_t2.mha") for n in (1, 2)]
    masks = [read_volume(folder / "masks" / f"900{n}_t2.mha") for n in (1, 2)]
    assert [image.stored_as for image in images] == ["LPS", "PIR"]
    np.testing.assert_array_equal(*[image.sagittal_middle() for image in images])
    np.testing.assert_array_equal(*[mask.sagittal_middle() for mask in masks])
    check_same_grid(images[0], masks[1])
    naive = [
        sitk.GetArrayFromImage(sitk.ReadImage(str(folder / "images" / name)))
        for name in ("9001_t2.mha", "9002_t2.mha")
    ]
    middles = [array[len(array) // 2] for array in naive]
    assert middles[0].shape != middles[1].shape  # the trap: an axial cut
