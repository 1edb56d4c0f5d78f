import numpy as np
import pydicom
import pytest
from pydicom.sr.codedict import codes

from spineseg import SpinesegError
from spineseg.io import Acquisition, write_radiograph, write_segmentation

hd = pytest.importorskip("highdicom")

UPPER, LOWER = np.zeros((64, 48), bool), np.zeros((64, 48), bool)
UPPER[5:22, 5:20] = True
LOWER[18:40, 5:20] = True  # they overlap, as vertebrae on a film do


@pytest.fixture
def film(tmp_path):
    path = tmp_path / "film.dcm"
    write_radiograph(path, np.zeros((64, 48)), Acquisition((0.14, 0.14), 1.2))
    return path


def test_overlapping_masks_are_segments_of_their_own(tmp_path, film):
    path = tmp_path / "seg.dcm"
    write_segmentation(path, {"L4": UPPER, "L5": LOWER}, film)
    written = pydicom.dcmread(path)
    frames = written.pixel_array
    np.testing.assert_array_equal(frames[0], UPPER)
    np.testing.assert_array_equal(frames[1], LOWER)
    names = [segment.SegmentLabel for segment in written.SegmentSequence]
    assert names == ["L4", "L5"]


def test_a_shadow_has_a_pixel_size_and_no_thickness_and_highdicom_reads_it(
    tmp_path, film
):
    path = tmp_path / "seg.dcm"
    write_segmentation(path, {"L4": UPPER, "L5": LOWER}, film)
    written = pydicom.dcmread(path)
    shared = written.SharedFunctionalGroupsSequence[0].PixelMeasuresSequence[0]
    assert shared.PixelSpacing == pytest.approx([0.14 / 1.2] * 2)
    assert "SliceThickness" not in shared
    assert "FrameOfReferenceUID" not in written  # with it, a thickness would be due
    frames = hd.imread(path).get_frames()
    np.testing.assert_array_equal(frames, [UPPER, LOWER])


def test_the_segmentation_refers_to_its_film(tmp_path, film):
    path = tmp_path / "seg.dcm"
    write_segmentation(path, {"L4": UPPER}, film)
    written, source = pydicom.dcmread(path), pydicom.dcmread(film)
    series = written.ReferencedSeriesSequence[0]
    reference = series.ReferencedInstanceSequence[0]
    assert reference.ReferencedSOPInstanceUID == source.SOPInstanceUID
    assert written.StudyInstanceUID == source.StudyInstanceUID
    assert written.SeriesInstanceUID != source.SeriesInstanceUID


def test_equal_masks_get_equal_identifiers_and_other_masks_others(tmp_path, film):
    found = []
    for number, mask in enumerate([UPPER, UPPER, LOWER]):
        path = tmp_path / f"{number}.dcm"
        write_segmentation(path, {"L4": mask}, film)
        found.append(pydicom.dcmread(path).SOPInstanceUID)
    assert found[0] == found[1] != found[2]


@pytest.mark.parametrize(
    ("masks", "message"),
    [
        ({}, "no mask"),
        ({"L4": UPPER[1:]}, "does not fit"),
        ({"L4": UPPER.astype(float)}, "does not fit"),
    ],
)
def test_masks_that_do_not_fit_are_refused(tmp_path, film, masks, message):
    with pytest.raises(SpinesegError, match=message):
        write_segmentation(tmp_path / "seg.dcm", masks, film)
    assert not (tmp_path / "seg.dcm").exists()


def test_a_film_that_cannot_carry_a_segmentation_is_refused(tmp_path, film):
    header = pydicom.dcmread(film)
    del header.StudyInstanceUID
    header.save_as(film)
    with pytest.raises(SpinesegError, match="lacks"):
        write_segmentation(tmp_path / "seg.dcm", {"L4": UPPER}, film)


def test_the_codes_are_those_of_the_dictionaries(tmp_path, film):
    path = tmp_path / "seg.dcm"
    write_segmentation(path, {"L4": UPPER}, film)
    segment = pydicom.dcmread(path).SegmentSequence[0]
    algorithm = segment.SegmentationAlgorithmIdentificationSequence[0]
    for sequence, code in (
        (segment.SegmentedPropertyCategoryCodeSequence, codes.SCT.AnatomicalStructure),
        (segment.SegmentedPropertyTypeCodeSequence, codes.SCT.Vertebra),
        (algorithm.AlgorithmFamilyCodeSequence, codes.DCM.ArtificialIntelligence),
    ):
        assert (sequence[0].CodeValue, sequence[0].CodeMeaning) == (
            code.value,
            code.meaning,
        )
