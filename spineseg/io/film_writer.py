"""Write a radiograph as DICOM or PNG."""

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import UID, ExplicitVRLittleEndian, generate_uid

from spineseg.core.errors import SpinesegError
from spineseg.io._files import FilePath, atomic_write, suffix_of

DX_FOR_PRESENTATION = UID("1.2.840.10008.5.1.4.1.1.1.1")

ORIENTATIONS = {"AP": ["L", "F"], "PA": ["L", "F"], "LL": ["P", "F"], "RL": ["A", "F"]}
"""Where columns and rows of a film run to, for the views that are written."""


@dataclass(frozen=True)
class Acquisition:
    """How a film was taken, for its DICOM header.

    detector_mm: detector pitch (between rows, between columns).
    magnification: size of the shadow over size of the spine; PixelSpacing becomes
    ``detector_mm / magnification`` with the calibration type GEOMETRY.
    source_detector_mm: distance of tube and detector; with the magnification it
    gives the distance to the patient.
    view: ``"AP"``, ``"PA"``, ``"LL"`` or ``"RL"``.  laterality: ``"U"`` for a spine.
    body_part: such as ``"LSPINE"``, ``"TLSPINE"``, ``"CSPINE"``.
    kvp: tube voltage in kilovolts.  identity: made-up patient name and number.
    """

    detector_mm: tuple[float, float] | None = None
    magnification: float | None = None
    source_detector_mm: float | None = None
    view: str = "AP"
    laterality: str = "U"
    body_part: str = "SPINE"
    kvp: float | None = None
    identity: str = "PHANTOM-0000"


def write_radiograph(
    path: FilePath,
    picture: NDArray[np.floating],
    acquisition: Acquisition | None = None,
    *,
    bits: int | None = None,
    photometric: str = "MONOCHROME2",
) -> None:
    """Write a film with bone bright; the ending of ``path`` chooses the format.

    ``.dcm``: a DX image for presentation, 12 (the default) or 16 bits; UIDs depend on
    the content only, and no date or time is written, so that equal calls give equal
    bytes. ``.png``: 8 (the default) or 16 bits; a PNG keeps no acquisition.

    Args:
        path: file to write, atomically; an existing one is replaced.
        picture: (rows, columns) in [0, 1].
        acquisition: how it was taken.
        bits: bits a pixel.
        photometric: ``"MONOCHROME2"``, or ``"MONOCHROME1"`` to store it negative.

    Raises:
        SpinesegError: if picture, bits, ending or folder cannot be used.
    """
    check_unit_picture(picture, path)
    suffix = suffix_of(path)
    taken = acquisition or Acquisition()
    if suffix == ".png":
        _write_png(path, picture, bits or 8)
    elif suffix in (".dcm", ".dicom"):
        stored = _quantise(picture, bits or 12, (12, 16), path)
        if photometric == "MONOCHROME1":
            stored = (2 ** (bits or 12) - 1 - stored).astype(np.uint16)
        elif photometric != "MONOCHROME2":
            raise SpinesegError(
                "unknown photometric interpretation",
                path=path,
                found=photometric,
                expected="MONOCHROME1 or MONOCHROME2",
            )
        header = _header(stored, taken, bits or 12, photometric)
        with atomic_write(path) as part:
            header.save_as(part, enforce_file_format=True)
    else:
        raise SpinesegError(
            "a film is not written in this format",
            path=path,
            found=suffix or "no ending",
            expected=".dcm or .png",
        )


def check_unit_picture(picture: NDArray[np.floating], path: FilePath) -> None:
    """Refuse what is no finite (rows, columns) picture in [0, 1]."""
    if picture.ndim != 2 or 0 in picture.shape:
        raise SpinesegError(
            "a film has rows and columns", path=path, found=f"shape {picture.shape}"
        )
    low, high = float(picture.min()), float(picture.max())
    if not (low >= 0 and high <= 1):
        raise SpinesegError(
            "a film's values must lie in [0, 1]",
            path=path,
            found=f"{low:g} to {high:g}",
        )


def _quantise(
    picture: NDArray[np.floating], bits: int, allowed: tuple[int, ...], path: FilePath
) -> NDArray[np.uint16]:
    if bits not in allowed:
        expected = " or ".join(map(str, allowed))
        raise SpinesegError(
            "unknown bit depth", path=path, found=bits, expected=expected
        )
    scaled = np.rint(picture.astype(np.float64) * (2**bits - 1))
    return scaled.astype(np.uint16)


def _write_png(path: FilePath, picture: NDArray[np.floating], bits: int) -> None:
    stored = _quantise(picture, bits, (8, 16), path)
    pixels = stored.astype(np.uint8) if bits == 8 else stored
    with atomic_write(path) as part:
        Image.fromarray(pixels).save(part, format="PNG")


def _header(
    stored: NDArray[np.uint16], taken: Acquisition, bits: int, photometric: str
) -> Dataset:
    header = Dataset()
    header.file_meta = FileMetaDataset()
    header.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    _identify(header, stored, taken, f"{bits} {photometric}")
    header.Modality = "DX"
    header.PresentationIntentType = "FOR PRESENTATION"
    header.ImageType = ["ORIGINAL", "PRIMARY", ""]
    header.BodyPartExamined = taken.body_part
    header.ViewPosition = taken.view
    header.ImageLaterality = taken.laterality
    header.PatientOrientation = ORIENTATIONS.get(taken.view, "")
    header.BurnedInAnnotation = "NO"
    header.LossyImageCompression = "00"
    if taken.kvp is not None:
        header.KVP = _decimal(taken.kvp)
    _describe_geometry(header, taken)
    _describe_pixels(header, stored, bits, photometric)
    return header


def _identify(
    header: Dataset, stored: NDArray[np.uint16], taken: Acquisition, how: str
) -> None:
    digest = hashlib.sha256(stored.tobytes()).hexdigest()
    study = ["spineseg", taken.identity]
    series = [*study, taken.view, taken.body_part]
    header.SOPClassUID = DX_FOR_PRESENTATION
    header.SOPInstanceUID = generate_uid(entropy_srcs=[*series, how, digest])
    header.StudyInstanceUID = generate_uid(entropy_srcs=study)
    header.SeriesInstanceUID = generate_uid(entropy_srcs=series)
    header.file_meta.MediaStorageSOPClassUID = header.SOPClassUID
    header.file_meta.MediaStorageSOPInstanceUID = header.SOPInstanceUID
    header.PatientName = taken.identity.replace("-", "^", 1)
    header.PatientID = taken.identity
    header.Manufacturer = "spineseg synthetic"
    header.SeriesNumber = header.InstanceNumber = "1"
    for empty in (
        "StudyDate",
        "StudyTime",
        "AccessionNumber",
        "ReferringPhysicianName",
        "StudyID",
        "PatientBirthDate",
        "PatientSex",
    ):
        setattr(header, empty, "")  # type 2: must be there, may be empty


def _describe_geometry(header: Dataset, taken: Acquisition) -> None:
    if taken.magnification is not None:
        header.EstimatedRadiographicMagnificationFactor = _decimal(taken.magnification)
    if taken.source_detector_mm is not None:
        header.DistanceSourceToDetector = _decimal(taken.source_detector_mm)
        if taken.magnification is not None:
            distance = taken.source_detector_mm / taken.magnification
            header.DistanceSourceToPatient = _decimal(distance)
    if taken.detector_mm is None:
        return
    header.ImagerPixelSpacing = [_decimal(size) for size in taken.detector_mm]
    if taken.magnification is not None:
        inside = [size / taken.magnification for size in taken.detector_mm]
        header.PixelSpacing = [_decimal(size) for size in inside]
        header.PixelSpacingCalibrationType = "GEOMETRY"
        header.PixelSpacingCalibrationDescription = "detector pitch / magnification"


def _describe_pixels(
    header: Dataset, stored: NDArray[np.uint16], bits: int, photometric: str
) -> None:
    negative = photometric == "MONOCHROME1"
    header.SamplesPerPixel = 1
    header.PhotometricInterpretation = photometric
    header.Rows, header.Columns = stored.shape
    header.BitsAllocated, header.BitsStored, header.HighBit = 16, bits, bits - 1
    header.PixelRepresentation = 0
    header.PixelIntensityRelationship = "DISP"
    header.PixelIntensityRelationshipSign = 1 if negative else -1
    header.RescaleIntercept, header.RescaleSlope = "0", "1"
    header.RescaleType = "US"
    header.PresentationLUTShape = "INVERSE" if negative else "IDENTITY"
    # LINEAR with this pair maps 0 to 0 and 2^bits - 1 to 1 exactly
    header.WindowCenter, header.WindowWidth = str(2 ** (bits - 1)), str(2**bits)
    header.PixelData = stored.astype("<u2").tobytes()


def _decimal(number: float) -> str:
    """Write a DS: at most 16 characters, the same on every machine."""
    return f"{number:.10g}"
