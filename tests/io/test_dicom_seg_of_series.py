"""A segmentation of a series lies where its slices lie, and names nobody new."""

import numpy as np
import pydicom
import pytest
from pydicom.uid import generate_uid

from spineseg import SpinesegError
from spineseg.io import read_series, write_stack_segmentation

hd = pytest.importorskip("highdicom")

TILT = [float(value) for value in (np.cos(0.3), 0, -np.sin(0.3))]
PLANES = {
    "axial": [1, 0, 0, 0, 1, 0],
    "tilted": [*TILT, 0, 1, 0],
    "sagittal": [0, 1, 0, 0, 0, -1],
    "upside down": [0, 1, 0, 0, 0, 1],
}
PATIENT = {"PatientID": "P1", "PatientName": "One^P", "PatientSex": "F"}


@pytest.fixture
def series(tmp_path, make_slice):
    """Return a function that writes five slices in no order and reads their stack."""

    def write(cosines=PLANES["axial"], count=5, **tags):
        across = np.cross(cosines[:3], cosines[3:])
        given = {
            "SOPClassUID": "1.2.840.10008.5.1.4.1.1.4",
            "StudyInstanceUID": generate_uid(entropy_srcs=["study"]),
            "FrameOfReferenceUID": generate_uid(entropy_srcs=["frame"]),
            "SliceThickness": 3.0,
            **tags,
        }
        for name, k in zip("cadbe", range(count), strict=False):
            make_slice(name, [*(4.0 * k * across + (10, 20, 30))], cosines, k, **given)
        (stack,) = read_series(tmp_path).stacks
        return stack

    return write


def masks_of(stack):
    """Return two masks that overlap; one slice stays empty, one holds one of them."""
    shape = (len(stack.slices), *stack.slices[0].picture.shape)
    bone, disc = np.zeros(shape, bool), np.zeros(shape, bool)
    bone[0, 1:3, 2:7] = bone[1:4, 0, 5] = True
    disc[1, :2, 4:6] = True
    return {"bone": bone, "disc": disc}


def places(header, position, pixels):
    """Return patient coordinates of pixels, from a header alone (PS3.3 C.7.6.2)."""
    row_step, column_step = (float(step) for step in header.PixelSpacing)
    across, down = np.array(header.ImageOrientationPatient, float).reshape(2, 3)
    rows, columns = np.nonzero(pixels)
    inside = np.outer(columns * column_step, across) + np.outer(rows * row_step, down)
    return {tuple(np.round(p, 3) + 0.0) for p in inside + np.array(position, float)}


def read_places(path):
    """Return, by name, the patient coordinates of a segmentation's pixels."""
    seg = pydicom.dcmread(path)
    shared = seg.SharedFunctionalGroupsSequence[0]
    geometry = shared.PixelMeasuresSequence[0]
    geometry.update(shared.PlaneOrientationSequence[0])
    found = {segment.SegmentLabel: set() for segment in seg.SegmentSequence}
    frames = seg.pixel_array.reshape(-1, seg.Rows, seg.Columns)
    for frame, own in zip(frames, seg.PerFrameFunctionalGroupsSequence, strict=True):
        number = own.get("SegmentIdentificationSequence", None)
        number = number or shared.SegmentIdentificationSequence
        name = seg.SegmentSequence[number[0].ReferencedSegmentNumber - 1].SegmentLabel
        position = own.PlanePositionSequence[0].ImagePositionPatient
        found[name] |= places(geometry, position, frame)
    return found


@pytest.mark.parametrize("plane", PLANES)
def test_every_pixel_comes_back_to_its_place_in_the_patient(series, tmp_path, plane):
    stack = series(PLANES[plane])
    masks = masks_of(stack)
    write_stack_segmentation(tmp_path / "seg.dcm", masks, stack)
    expected = {
        name: set().union(
            *(
                places(one.header, one.header.ImagePositionPatient, pixels)
                for one, pixels in zip(stack.slices, mask, strict=True)
            )
        )
        for name, mask in masks.items()
    }
    assert read_places(tmp_path / "seg.dcm") == expected


def test_highdicom_reads_the_masks_back_as_a_volume(series, tmp_path):
    stack = series(PLANES["tilted"])
    masks = masks_of(stack)
    write_stack_segmentation(tmp_path / "seg.dcm", masks, stack)
    seg = hd.seg.segread(tmp_path / "seg.dcm")
    images = [one.header.SOPInstanceUID for one in stack.slices]
    got = seg.get_pixels_by_source_instance(
        images, assert_missing_frames_are_empty=True
    )
    np.testing.assert_array_equal(got[..., 0], masks["bone"])
    np.testing.assert_array_equal(got[..., 1], masks["disc"])
    volume = seg.get_volume(combine_segments=False, rescale_fractional=False)
    assert volume.spacing == pytest.approx((4.0, 0.5, 0.6))


def test_each_frame_names_the_slice_that_it_was_made_from(series, tmp_path):
    stack = series()
    write_stack_segmentation(tmp_path / "seg.dcm", masks_of(stack), stack)
    seg = pydicom.dcmread(tmp_path / "seg.dcm")
    lies_at = {
        one.header.SOPInstanceUID: list(one.header.ImagePositionPatient)
        for one in stack.slices
    }
    for frame in seg.PerFrameFunctionalGroupsSequence:
        (source,) = frame.DerivationImageSequence[0].SourceImageSequence
        position = frame.PlanePositionSequence[0].ImagePositionPatient
        assert list(position) == lies_at[source.ReferencedSOPInstanceUID]
    (referenced,) = seg.ReferencedSeriesSequence
    images = referenced.ReferencedInstanceSequence
    assert {image.ReferencedSOPInstanceUID for image in images} == set(lies_at)
    first = stack.slices[0].header
    assert referenced.SeriesInstanceUID == first.SeriesInstanceUID
    assert seg.StudyInstanceUID == first.StudyInstanceUID
    assert seg.FrameOfReferenceUID == first.FrameOfReferenceUID
    measures = seg.SharedFunctionalGroupsSequence[0].PixelMeasuresSequence[0]
    assert (measures.SliceThickness, measures.SpacingBetweenSlices) == (3, 4)


@pytest.mark.parametrize("carried", [{}, PATIENT])
def test_the_file_says_of_the_patient_what_the_slices_say(series, tmp_path, carried):
    stack = series(**carried, InstitutionName="Clinic", OperatorsName="Op^O")
    write_stack_segmentation(tmp_path / "seg.dcm", masks_of(stack), stack)
    seg = pydicom.dcmread(tmp_path / "seg.dcm")
    said = {e.keyword: str(e.value) for e in seg.group_dataset(0x0010) if e.value}
    assert said == carried
    names = [e for e in seg.iterall() if e.VR == "PN" and e.keyword not in carried]
    assert not any(e.value for e in names)
    dates = ("StudyDate", "StudyTime", "StudyID", "AccessionNumber")
    assert not any(seg.get(keyword) for keyword in dates)


def test_where_nothing_was_found_every_slice_has_its_empty_frame(series, tmp_path):
    stack = series()
    empty = np.zeros((5, 6, 8), bool)
    write_stack_segmentation(tmp_path / "seg.dcm", {"bone": empty}, stack)
    seg = pydicom.dcmread(tmp_path / "seg.dcm")
    assert seg.NumberOfFrames == 5
    assert not seg.pixel_array.any()


def test_the_slices_are_left_as_they_were_read(series, tmp_path):
    stack = series()
    write_stack_segmentation(tmp_path / "seg.dcm", masks_of(stack), stack)
    assert "PatientID" not in stack.slices[0].header


@pytest.mark.parametrize(
    ("missing", "said"),
    [
        ("FrameOfReferenceUID", r"c\.dcm: the slices do not name the frame.*nii.gz"),
        ("SliceThickness", "how thick"),
        ("StudyInstanceUID", "lacks what a segmentation needs .*StudyInstanceUID"),
    ],
)
def test_slices_that_do_not_say_where_they_lie_are_refused(
    series, tmp_path, missing, said
):
    stack = series(**{missing: None})
    with pytest.raises(SpinesegError, match=said):
        write_stack_segmentation(tmp_path / "seg.dcm", masks_of(stack), stack)
    assert not (tmp_path / "seg.dcm").exists()


def test_masks_of_other_slices_are_refused(series, tmp_path):
    stack = series()
    masks = {name: mask[1:] for name, mask in masks_of(stack).items()}
    with pytest.raises(SpinesegError, match=r"'bone' does not fit.*bool \(5, 6, 8\)"):
        write_stack_segmentation(tmp_path / "seg.dcm", masks, stack)
