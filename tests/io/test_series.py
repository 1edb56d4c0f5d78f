import numpy as np
import pydicom
import pytest

from spineseg import SpinesegError
from spineseg.io import read_series, read_slice
from spineseg.io.series import plane_of

AXIAL = [1, 0, 0, 0, 1, 0]
CORONAL = [1, 0, 0, 0, 0, -1]


def test_slices_are_ordered_by_position_and_not_by_name_or_number(tmp_path, make_slice):
    for name, x in [("a", 8), ("b", -4), ("c", 4), ("d", 0)]:
        make_slice(name, [x, 0, 0], value=x + 100, InstanceNumber=1)
    stack = read_series(tmp_path).plane("sagittal")
    assert [float(one.values[0, 0]) for one in stack.slices] == [96, 100, 104, 108]
    assert stack.gap_mm == 4
    volume = stack.volume()
    assert volume.array.shape == (4, 6, 8)
    assert volume.array[:, 0, 0].tolist() == [108, 104, 100, 96]  # from the left
    assert volume.spacing_mm == pytest.approx((4, 0.5, 0.6))
    assert volume.grid.origin_mm == pytest.approx((8, 0, 0))


def test_a_folder_of_mixed_planes_and_echoes_is_sorted_apart(tmp_path, make_slice):
    for k in range(3):
        make_slice(f"s{k}", [4 * k, 0, 0])
        make_slice(f"t{k}", [4 * k, 0, 0], EchoTime=10)
        make_slice(f"a{k}", [0, 0, 5 * k], AXIAL)
        make_slice(f"c{k}", [0, 3 * k, 0], CORONAL)
    series = read_series(tmp_path)
    assert sorted(stack.plane for stack in series.stacks) == [
        "axial",
        "coronal",
        "sagittal",
        "sagittal",
    ]
    assert all(len(stack.slices) == 3 for stack in series.stacks)
    assert all(stack.notes == () for stack in series.stacks)


def test_an_axial_stack_becomes_a_volume_in_the_common_orientation(
    tmp_path, make_slice
):
    for k in range(3):
        make_slice(f"a{k}", [0, 0, 5 * k], AXIAL, value=k)
    volume = read_series(tmp_path).plane("axial").volume()
    assert volume.array.shape == (8, 3, 6)
    assert volume.array[0, :, 0].tolist() == [2, 1, 0]  # head first


def test_slices_tilted_by_two_degrees_stay_together_and_by_ten_do_not(
    tmp_path, make_slice
):
    for k, degrees in enumerate([0, 0, 2, 10, 10]):
        tilt = np.radians(degrees)
        cosines = [1, 0, 0, 0, float(np.cos(tilt)), float(np.sin(tilt))]
        make_slice(f"a{k}", [0, 0, 5 * k], cosines)
    sizes = sorted(len(stack.slices) for stack in read_series(tmp_path).stacks)
    assert sizes == [2, 3]


def test_uneven_gaps_and_repeated_positions_are_told_and_make_no_volume(
    tmp_path, make_slice
):
    for k, x in enumerate([0, 4, 8, 13]):
        make_slice(f"s{k}", [x, 0, 0])
    stack = read_series(tmp_path).stacks[0]
    assert "gaps run from 4.00 to 5.00 mm" in stack.notes
    with pytest.raises(SpinesegError, match="no volume"):
        stack.volume()
    make_slice("again", [13, 0, 0])
    assert "share one position" in read_series(tmp_path).stacks[0].notes[0]


def test_localizers_are_left_out_by_type_or_by_name(tmp_path, make_slice):
    make_slice("a", [0, 0, 0])
    make_slice("b", [4, 0, 0], ImageType=["ORIGINAL", "PRIMARY", "LOCALIZER"])
    make_slice("c", [8, 0, 0], SeriesDescription="3-plane loc")
    make_slice("d", [12, 0, 0], SeriesDescription="T2 block")
    (tmp_path / "notes.txt").write_text("hello")
    series = read_series(tmp_path)
    assert dict(series.left_out) == {
        "b.dcm": "localizer",
        "c.dcm": "localizer",
        "notes.txt": "no DICOM file",
    }
    assert len(read_series(tmp_path, keep_localizers=True).left_out) == 1


@pytest.mark.parametrize(
    ("normal_deg", "plane"), [(0, "axial"), (35, "axial"), (45, "oblique")]
)
def test_the_plane_is_the_nearest_one_within_forty_degrees(normal_deg, plane):
    tilt = np.radians(normal_deg)
    axes = np.array([[0, np.cos(tilt), np.sin(tilt)], [1, 0, 0]])
    assert plane_of(axes) == plane


@pytest.mark.parametrize(
    ("tags", "message"),
    [
        ({"ImagePositionPatient": None}, "where it lies"),
        ({"PixelSpacing": [0, 1]}, "PixelSpacing"),
        ({"ImageOrientationPatient": [1, 0, 0, 1, 0, 0]}, "broken"),
    ],
)
def test_a_slice_without_a_place_is_refused(make_slice, tags, message):
    path = make_slice("a", [0, 0, 0])
    header = pydicom.dcmread(path)
    for keyword, value in tags.items():
        setattr(header, keyword, value)
    header.save_as(path)
    with pytest.raises(SpinesegError, match=message):
        read_slice(path)


def test_a_folder_without_slices_is_refused(tmp_path):
    with pytest.raises(SpinesegError, match="no such folder"):
        read_series(tmp_path / "none")
    (tmp_path / "notes.txt").write_text("hello")
    with pytest.raises(SpinesegError, match="no readable DICOM slice"):
        read_series(tmp_path)


def test_one_slice_is_a_stack_but_no_volume(tmp_path, make_slice):
    make_slice("a", [0, 0, 0])
    stack = read_series(tmp_path).stacks[0]
    assert stack.gap_mm is None
    with pytest.raises(SpinesegError, match="one slice"):
        stack.volume()
    with pytest.raises(SpinesegError, match="no axial stack"):
        read_series(tmp_path).plane("axial")


@pytest.mark.shared
def test_the_real_axial_series_is_a_volume_and_the_localizers_are_left_out(shared):
    series = read_series(shared / "data" / "dicom_mr")
    (stack,) = series.stacks
    assert (stack.plane, len(stack.slices)) == ("axial", 6)
    assert [why for _, why in series.left_out].count("localizer") == 3
    assert stack.slices[0].window.source == "value range"  # the file says 0 / 0
    # the header says SpacingBetweenSlices 2 and SliceThickness 5: positions say 7
    assert stack.gap_mm == pytest.approx(7, abs=0.05)
    assert stack.slices[0].thickness_mm == 5
    assert stack.volume().array.shape == (256, 6, 256)
    planes = {
        stack.plane
        for stack in read_series(
            shared / "data" / "dicom_mr" / "localizer_mixed", keep_localizers=True
        ).stacks
    }
    assert planes == {"axial", "coronal", "sagittal"}
