"""Copy a DICOM picture without the patient.

An allow-list, not a block-list: what is not known to be needed for the picture is left
behind, free text and private elements first of all. What may identify a person is
listed in DICOM PS3.15, Annex E.
"""

import hashlib
from pathlib import Path

from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import UID, generate_uid

from spineseg.core.errors import SpinesegError
from spineseg.io._files import FilePath, atomic_write, existing_file, quiet_pydicom
from spineseg.io.dicom import check_pixel_header, field, read_whole
from spineseg.io.series import is_localizer

KEPT = frozenset(
    [
        "SOPClassUID",
        "Modality",
        "ImageType",
        "PresentationIntentType",
        "ConversionType",
        "BodyPartExamined",
        "ViewPosition",
        "Laterality",
        "ImageLaterality",
        "PatientOrientation",
        "KVP",
        "DistanceSourceToDetector",
        "DistanceSourceToPatient",
        "EstimatedRadiographicMagnificationFactor",
        "ImagerPixelSpacing",
        "PixelSpacing",
        "NominalScannedPixelSpacing",
        "PixelSpacingCalibrationType",
        "PixelAspectRatio",
        "SliceThickness",
        "SpacingBetweenSlices",
        "ImagePositionPatient",
        "ImageOrientationPatient",
        "EchoTime",
        "RepetitionTime",
        "InversionTime",
        "FlipAngle",
        "EchoTrainLength",
        "MagneticFieldStrength",
        "ScanningSequence",
        "SequenceVariant",
        "MRAcquisitionType",
        "SeriesNumber",
        "InstanceNumber",
        "SamplesPerPixel",
        "PhotometricInterpretation",
        "NumberOfFrames",
        "Rows",
        "Columns",
        "BitsAllocated",
        "BitsStored",
        "HighBit",
        "PixelRepresentation",
        "PixelPaddingValue",
        "PixelPaddingRangeLimit",
        "SmallestImagePixelValue",
        "LargestImagePixelValue",
        "PixelIntensityRelationship",
        "PixelIntensityRelationshipSign",
        "RescaleIntercept",
        "RescaleSlope",
        "RescaleType",
        "WindowCenter",
        "WindowWidth",
        "VOILUTFunction",
        "PresentationLUTShape",
        "ModalityLUTSequence",
        "VOILUTSequence",
        "LUTDescriptor",
        "LUTData",
        "LossyImageCompression",
        "LossyImageCompressionRatio",
        "LossyImageCompressionMethod",
        "PixelData",
    ]
)
"""Elements that are copied. Descriptions, dates, devices and overlays are not."""

LINKS = (
    "SOPInstanceUID",
    "SeriesInstanceUID",
    "StudyInstanceUID",
    "FrameOfReferenceUID",
)


def deidentify(
    source: FilePath, target: FilePath, *, identity: str, secret: str
) -> None:
    """Write a copy that shows the same picture and names no one.

    Identifiers of study, series and image become hashes of the old ones with
    ``secret``: files that belonged together still do, and nobody without the secret
    can find out which they were.

    Args:
        source: a DICOM picture with one grey-level frame.
        target: file to write, atomically; never the source itself.
        identity: the new name and number, such as ``"CASE-0001"``.
        secret: any text; keep it to make the same copy again, and to yourself.

    Raises:
        SpinesegError: if the source cannot be read or says that text is burned into
            its pixels, or target and source are one file.
    """
    file = existing_file(source)
    if Path(target).exists() and file.samefile(target):
        raise SpinesegError("source and target are one file", path=target)
    if not identity or not secret:
        raise SpinesegError("a new identity and a secret are needed", path=source)
    header = read_whole(file)
    with quiet_pydicom():
        check_pixel_header(header, file)
        if str(field(header, "BurnedInAnnotation", "")).upper() == "YES":
            raise SpinesegError(
                "text is burned into the pixels: no header can take it out",
                path=source,
                remedy="Blank it by hand and set BurnedInAnnotation to NO",
            )
        copy = _copy(header, identity, secret)
    with atomic_write(target) as part, quiet_pydicom():
        copy.save_as(part, enforce_file_format=True)


def _copy(header: Dataset, identity: str, secret: str) -> Dataset:
    copy = Dataset()
    copy.file_meta = FileMetaDataset()
    copy.file_meta.TransferSyntaxUID = header.file_meta.TransferSyntaxUID
    for element in header:
        if element.keyword in KEPT:
            copy.add(element)
    for sequence in ("ModalityLUTSequence", "VOILUTSequence"):
        for item in copy.get(sequence, []):
            for element in list(item):
                if element.keyword not in KEPT:
                    del item[element.tag]  # explanations are free text
    for keyword in LINKS:
        if field(header, keyword):
            setattr(copy, keyword, _hashed(str(header.get(keyword)), secret))
    if is_localizer(header):  # its name is free text and goes; a coded word stays
        copy.ImageType = ["DERIVED", "PRIMARY", "LOCALIZER"]
    copy.PatientName = copy.PatientID = identity
    for empty in ("PatientBirthDate", "PatientSex", "StudyDate", "StudyTime"):
        setattr(copy, empty, "")
    copy.PatientIdentityRemoved = "YES"
    copy.DeidentificationMethod = "spineseg: picture elements kept, all others left out"
    copy.file_meta.MediaStorageSOPClassUID = UID(str(copy.SOPClassUID))
    copy.file_meta.MediaStorageSOPInstanceUID = UID(str(copy.SOPInstanceUID))
    return copy


def _hashed(uid: str, secret: str) -> str:
    digest = hashlib.sha256(f"{secret}\0{uid}".encode()).hexdigest()
    return str(generate_uid(entropy_srcs=[digest]))
