"""Films as files: spacing, words of the header, refusals, and pictures."""

import numpy as np
import pytest
from PIL import Image

from spineseg import SpinesegError
from spineseg.io import read_radiograph

WHOLE = {"WindowCenter": 2048, "WindowWidth": 4096}


@pytest.mark.parametrize(
    ("tags", "mm", "kind", "in_patient"),
    [
        ({}, None, "unknown", None),
        ({"ImagerPixelSpacing": [0.2, 0.1]}, (0.2, 0.1), "detector", None),
        (
            {
                "ImagerPixelSpacing": [0.2, 0.2],
                "EstimatedRadiographicMagnificationFactor": 1.25,
            },
            (0.2, 0.2),
            "detector",
            (0.16, 0.16),
        ),
        ({"PixelSpacing": [0.1, 0.1]}, (0.1, 0.1), "unspecified", None),
        (
            {"PixelSpacing": [0.2, 0.2], "ImagerPixelSpacing": [0.2, 0.2]},
            (0.2, 0.2),
            "detector",
            None,
        ),
        (
            {"PixelSpacing": [0.16, 0.16], "ImagerPixelSpacing": [0.2, 0.2]},
            (0.16, 0.16),
            "calibrated",
            (0.16, 0.16),
        ),
        (
            {"PixelSpacing": [0.2, 0.2], "PixelSpacingCalibrationType": "FIDUCIAL"},
            (0.2, 0.2),
            "calibrated",
            (0.2, 0.2),
        ),
        ({"NominalScannedPixelSpacing": [0.3, 0.3]}, (0.3, 0.3), "scanner", None),
        ({"PixelSpacing": [0, 0]}, None, "unknown", None),
    ],
)
def test_what_a_spacing_means(film, tags, mm, kind, in_patient):
    spacing = read_radiograph(film(**tags)).spacing
    assert (spacing.mm, spacing.kind) == (mm, kind)
    assert spacing.in_patient_mm == (in_patient and pytest.approx(in_patient))


def test_oddities_of_spacing_and_view_are_noted(film):
    notes = read_radiograph(
        film(
            ImagerPixelSpacing=[1, 1],
            SeriesDescription="C-spine OBL left",
            ViewPosition="AP",
            PatientOrientation=["R", "F"],
            BurnedInAnnotation="YES",
            LossyImageCompression="01",
        )
    ).notes
    for word in ("placeholder", "oblique", "mirrored", "burned", "lossy"):
        assert word in " ".join(notes)


def test_view_and_side_are_the_headers_words(film):
    got = read_radiograph(
        film(ViewPosition="LL", ImageLaterality="U", BodyPartExamined="LSPINE")
    )
    assert (got.view, got.view_kind, got.laterality) == ("LL", "lateral", "U")
    assert got.body_part == "LSPINE"
    assert read_radiograph(film()).view_kind is None


@pytest.mark.parametrize(
    ("tags", "message"),
    [
        ({"PixelData": None}, "holds no picture"),
        ({"Modality": "MR"}, "no radiograph"),
        ({"PhotometricInterpretation": "PALETTE COLOR"}, "grey-level"),
        ({"PhotometricInterpretation": None}, "grey-level"),
        ({"SamplesPerPixel": 3}, "SamplesPerPixel"),
        ({"NumberOfFrames": 2}, "NumberOfFrames"),
        ({"Rows": None}, "Rows"),
        ({"Rows": 0}, "impossible size"),
        ({"Rows": 65000, "Columns": 65000}, "impossible size"),
        ({"BitsStored": 17}, "bit depth"),
        ({"HighBit": 4}, "bit depth"),
        ({"BitsAllocated": 32, "BitsStored": 32, "HighBit": 31}, "BitsAllocated"),
        ({"PixelData": b"\0" * 100}, "cannot be decoded"),
        ({"VOILUTFunction": "CUBIC", **WHOLE}, "VOI LUT function"),
    ],
)
def test_what_is_not_supported_is_refused_by_name(film, tags, message):
    with pytest.raises(SpinesegError, match=message) as caught:
        read_radiograph(film(**tags))
    assert "film.dcm" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("length", [0, 1, 131, 132, 140, 300, 600, 2000])
def test_a_truncated_film_is_refused(film, length):
    path = film(**WHOLE)
    path.write_bytes(path.read_bytes()[:length])
    with pytest.raises(SpinesegError):
        read_radiograph(path)


def test_a_folder_and_a_missing_file_are_refused(tmp_path):
    with pytest.raises(SpinesegError, match="folder"):
        read_radiograph(tmp_path)
    with pytest.raises(SpinesegError, match="no such file"):
        read_radiograph(tmp_path / "none.dcm")


@pytest.mark.parametrize("mode", ["L", "RGB", "P", "I;16"])
def test_a_png_film_is_grey_in_every_mode(tmp_path, mode):
    grey = np.arange(256, dtype=np.uint8).reshape(16, 16)
    if mode == "I;16":
        picture = Image.fromarray(grey.astype(np.uint16) * np.uint16(257))
    else:
        picture = Image.fromarray(grey).convert(mode)
    picture.save(tmp_path / "film.png")
    got = read_radiograph(tmp_path / "film.png")
    np.testing.assert_allclose(got.picture, grey / 255, atol=1e-6)
    assert got.picture.dtype == np.float32
    turned = read_radiograph(tmp_path / "film.png", inverted=True)
    np.testing.assert_allclose(turned.picture, 1 - grey / 255, atol=1e-6)
    assert turned.inverted


def test_a_jpeg_is_turned_upright_by_its_exif(tmp_path):
    picture = Image.new("L", (40, 20))
    exif = Image.Exif()
    exif[0x0112] = 6  # a quarter turn
    picture.save(tmp_path / "film.jpg", exif=exif)
    assert read_radiograph(tmp_path / "film.jpg").picture.shape == (40, 20)


def test_a_mask_of_one_bit_is_no_film(tmp_path):
    Image.new("1", (8, 8)).save(tmp_path / "mask.png")
    with pytest.raises(SpinesegError, match="read_mask"):
        read_radiograph(tmp_path / "mask.png")


def test_a_text_file_is_no_film(tmp_path):
    (tmp_path / "film.dcm").write_text("hello " * 100)
    with pytest.raises(SpinesegError, match="expected DICOM, PNG"):
        read_radiograph(tmp_path / "film.dcm")
