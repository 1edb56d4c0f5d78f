"""Facts about real files that come inside the pydicom wheel."""

import numpy as np
import pytest

from spineseg import SpinesegError
from spineseg.io import read_dicom, read_radiograph, read_slice

CERVICAL = "dicomdirtests/77654033/CR{}"


def test_the_real_cervical_lateral_is_read_through_its_density_scale(shipped):
    film = read_radiograph(shipped("dicomdirtests/77654033/CR1/6154"))
    image = read_dicom(shipped("dicomdirtests/77654033/CR1/6154"))
    density = image.stored * 0.684 + 200
    by_hand = 1 - np.clip((density - 1599.5) / 2799 + 0.5, 0, 1)
    np.testing.assert_allclose(film.picture, by_hand, atol=1e-5)
    assert (film.view, film.body_part, film.inverted) == ("LL", "CSPINE", True)
    assert (film.spacing_mm, film.spacing.kind) == ((0.1, 0.1), "detector")


@pytest.mark.parametrize("name", ["CR2/6247", "CR3/6278"])
def test_an_oblique_film_labelled_ap_is_noticed(shipped, name):
    film = read_radiograph(shipped(f"dicomdirtests/77654033/{name}"))
    assert film.view == "AP"
    assert any("oblique" in note for note in film.notes)


@pytest.mark.parametrize(
    "name",
    [
        "MR_small_RLE.dcm",
        "MR_small_bigendian.dcm",
        "MR_small_expb.dcm",
        "MR_small_implicit.dcm",
        "MR_small_jp2klossless.dcm",
        "MR_small_jpeg_ls_lossless.dcm",
        "MR_small_padded.dcm",
    ],
)
def test_one_slice_in_eight_encodings_is_one_picture(shipped, name):
    plain, other = read_slice(shipped("MR_small.dcm")), read_slice(shipped(name))
    np.testing.assert_array_equal(other.values, plain.values)
    np.testing.assert_array_equal(other.picture, plain.picture)


def test_of_two_windows_the_first_is_used_and_overlays_stay_out(shipped):
    one = read_slice(shipped("examples_overlay.dcm"))
    assert (one.window.center, one.window.width) == (450, 790)
    assert any("2 windows" in note for note in one.notes)
    assert one.values.max() < 4096


def test_a_slice_whose_jpeg_and_header_disagree_about_the_sign(shipped):
    one = read_slice(shipped("J2K_pixelrep_mismatch.dcm"))
    assert one.values.min() == -2000  # the scanner's value outside its circle
    assert one.plane == "axial"
    assert np.isfinite(one.picture).all()


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("JPGExtended.dcm", "transfer syntax"),
        ("JPEG-lossy.dcm", "transfer syntax"),
        ("MR_truncated.dcm", "cannot be decoded"),
        ("meta_missing_tsyntax.dcm", "transfer syntax"),
        ("no_meta.dcm", "not a DICOM file"),
        ("ExplVR_LitEndNoMeta.dcm", "not a DICOM file"),
        ("rtplan.dcm", "no picture"),
        ("test-SR.dcm", "no picture"),
        ("waveform_ecg.dcm", "no picture"),
        ("dicomdirtests/DICOMDIR", "no picture"),
        ("examples_palette.dcm", "PALETTE COLOR"),
        ("SC_rgb_rle.dcm", "RGB"),
        ("examples_ybr_color.dcm", "YBR_FULL_422"),
        ("liver_1frame.dcm", "BitsAllocated"),
        ("rtdose.dcm", "NumberOfFrames"),
        ("badVR.dcm", "NumberOfFrames"),
        ("rtdose_1frame.dcm", "BitsAllocated"),
        ("README.txt", "not a DICOM file"),
    ],
)
def test_what_is_no_single_grey_frame_is_refused_with_its_reason(
    shipped, name, message
):
    with pytest.raises(SpinesegError, match=message):
        read_dicom(shipped(name))


def test_every_shipped_file_is_read_or_refused_and_never_crashes(shipped):
    folder = shipped("MR_small.dcm").parent
    files = [
        file
        for file in sorted(folder.rglob("*"))
        if file.is_file() and file.suffix != ".pyc"
    ]
    read, messages = 0, {}
    for file in files:
        try:
            read += read_dicom(file).stored.ndim == 2
        except SpinesegError as error:
            messages[file] = str(error)
    assert read + len(messages) == len(files)
    assert read >= 40
    assert all(str(file) in message for file, message in messages.items())
    assert not any("\n" in message for message in messages.values())
