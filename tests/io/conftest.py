"""DICOM files made to order: one tag different from a plain film."""

from pathlib import Path

import numpy as np
import pytest
from pydicom.data import get_testdata_file
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, generate_uid

RAMP = np.arange(4096, dtype=np.uint16).reshape(64, 64)


def make_film(path, stored=RAMP, **tags):
    """Write a 12-bit CR film; tags given as None are left out."""
    header = Dataset()
    header.file_meta = FileMetaDataset()
    header.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    header.SOPClassUID = "1.2.840.10008.5.1.4.1.1.1"
    header.SOPInstanceUID = generate_uid(entropy_srcs=[str(path)])
    header.PixelRepresentation = int(stored.dtype.kind == "i")
    bits = stored.dtype.itemsize * 8
    given = {
        "Modality": "CR",
        "SamplesPerPixel": 1,
        "PhotometricInterpretation": "MONOCHROME2",
        "Rows": stored.shape[0],
        "Columns": stored.shape[1],
        "BitsAllocated": bits,
        "BitsStored": min(bits, 12),
        "HighBit": min(bits, 12) - 1,
        "PixelData": stored.tobytes(),
        **tags,
    }
    for keyword, value in given.items():
        if value is not None:
            setattr(header, keyword, value)
    header.file_meta.MediaStorageSOPClassUID = header.SOPClassUID
    header.file_meta.MediaStorageSOPInstanceUID = header.SOPInstanceUID
    header.save_as(path, enforce_file_format=True)
    return path


@pytest.fixture
def film(tmp_path):
    """Return a function that writes a film with the tags given and names its path."""
    return lambda stored=RAMP, **tags: make_film(tmp_path / "film.dcm", stored, **tags)


@pytest.fixture
def make_slice(tmp_path):
    """Return a function that writes one MR slice of 6 x 8 pixels into a folder."""

    def make(name, position, cosines=(0, 1, 0, 0, 0, -1), value=0, **tags):
        given = {
            "Modality": "MR",
            "PixelSpacing": [0.5, 0.6],
            "ImageOrientationPatient": list(cosines),
            "ImagePositionPatient": position,
            "SeriesInstanceUID": "1.2.3",
            "EchoTime": 100,
            **tags,
        }
        stored = np.full((6, 8), value, np.uint16)
        return make_film(tmp_path / f"{name}.dcm", stored, **given)

    return make


@pytest.fixture(scope="session")
def shipped():
    """Return a function that finds a file inside the pydicom wheel, never online."""

    def find(name: str) -> Path:
        path = get_testdata_file(name, download=False)
        assert path is not None, f"pydicom no longer ships {name}"
        return Path(path)

    return find
