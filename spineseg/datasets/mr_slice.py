"""Write one MR slice as DICOM: made-up identities, no date, the same bytes each run."""

import hashlib
from pathlib import Path

import numpy as np
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import UID, ExplicitVRLittleEndian, generate_uid

from spineseg.datasets.axial_twin import BITS, DrawnSlice
from spineseg.io._files import atomic_write
from spineseg.io.series import plane_of

MR_IMAGE = UID("1.2.840.10008.5.1.4.1.1.4")
EMPTY = ("StudyDate", "StudyTime", "StudyID", "AccessionNumber", "PatientBirthDate")
EMPTY += ("PatientSex", "ReferringPhysicianName")
"""Elements that the standard asks for and allows to be empty."""


def uids(one: DrawnSlice) -> tuple[str, str, str]:
    """Return the identifiers of study, series and image; they follow from content."""
    digest = hashlib.sha256(one.picture.tobytes()).hexdigest()
    study = ["spineseg", "axial_mri", one.study]
    series = [*study, plane_of(one.axes), one.level]
    if one.contrast != "T2":
        series.append(one.contrast)
    if one.localizer:  # three planes under one identifier, as scanners do
        series = [*study, "localizer"]
    image = [*series, str(one.number), digest]
    return _uid(*study), _uid(*series), _uid(*image)


def _uid(*words: str) -> str:
    return str(generate_uid(entropy_srcs=[*words]))


def write_slice(path: Path, one: DrawnSlice) -> None:
    """Write a 12-bit MR image whose window covers all grey levels, atomically."""
    header = Dataset()
    header.file_meta = FileMetaDataset()
    header.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    header.SOPClassUID = MR_IMAGE
    header.StudyInstanceUID, header.SeriesInstanceUID, header.SOPInstanceUID = uids(one)
    header.file_meta.MediaStorageSOPClassUID = header.SOPClassUID
    header.file_meta.MediaStorageSOPInstanceUID = UID(header.SOPInstanceUID)
    header.PatientID = f"PHANTOM-{one.study}"
    header.PatientName = f"PHANTOM^{one.study}"
    for empty in EMPTY:
        setattr(header, empty, "")
    header.Manufacturer = "spineseg synthetic"
    header.Modality = "MR"
    kind = f"{one.contrast} {plane_of(one.axes)} {one.level}".strip()
    header.SeriesDescription = one.localizer or kind
    if one.localizer == "localizer":
        header.ImageType = ["ORIGINAL", "PRIMARY", "LOCALIZER"]
    header.EchoTime = f"{one.echo_ms:g}"
    header.InstanceNumber = str(one.number)
    _place(header, one)
    _pixels(header, one)
    with atomic_write(path) as part:
        header.save_as(part, enforce_file_format=True)


def _place(header: Dataset, one: DrawnSlice) -> None:
    rows, columns = one.axes  # where rows follow each other: down a column
    header.PixelSpacing = [f"{step:.10g}" for step in one.spacing_mm]
    header.SliceThickness = f"{one.thickness_mm:.10g}"
    header.ImagePositionPatient = [f"{value:.10g}" for value in one.origin_mm]
    header.ImageOrientationPatient = [f"{v:.9f}" for v in (*columns, *rows)]
    header.PatientPosition = "HFS"
    header.FrameOfReferenceUID = _uid("spineseg", "axial_mri", one.study, "frame")
    header.PositionReferenceIndicator = ""


def _pixels(header: Dataset, one: DrawnSlice) -> None:
    stored = np.rint(one.picture.astype(np.float64) * (2**BITS - 1)).astype("<u2")
    header.SamplesPerPixel = 1
    header.PhotometricInterpretation = "MONOCHROME2"
    header.Rows, header.Columns = stored.shape
    header.BitsAllocated, header.BitsStored, header.HighBit = 16, BITS, BITS - 1
    header.PixelRepresentation = 0
    # this window maps 0 to 0 and 2^bits - 1 to 1 exactly
    header.WindowCenter, header.WindowWidth = str(2 ** (BITS - 1)), str(2**BITS)
    header.PixelData = stored.tobytes()
