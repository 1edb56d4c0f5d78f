"""DICOM files: header and stored pixel values, decoded once and checked.

Nothing here interprets the numbers; :mod:`spineseg.io.grey` makes a picture of them.
Compressed pixels are decoded by GDCM alone, so that one file gives one array
whatever other decoders happen to be installed.
"""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileDataset
from pydicom.encaps import get_frame
from pydicom.errors import InvalidDicomError
from pydicom.filereader import read_partial
from pydicom.multival import MultiValue
from pydicom.pixels.decoders.base import get_decoder
from pydicom.sequence import Sequence
from pydicom.uid import UID

from spineseg.core.errors import SpinesegError
from spineseg.io._files import FilePath, existing_file, quiet_codecs, quiet_pydicom
from spineseg.io._jpeg import check_jpeg, check_jpeg2000

DECODERS = {
    "1.2.840.10008.1.2": "",
    "1.2.840.10008.1.2.1": "",
    "1.2.840.10008.1.2.1.99": "",
    "1.2.840.10008.1.2.2": "",
    "1.2.840.10008.1.2.5": "pydicom",
    "1.2.840.10008.1.2.4.50": "gdcm",
    "1.2.840.10008.1.2.4.57": "gdcm",
    "1.2.840.10008.1.2.4.70": "gdcm",
    "1.2.840.10008.1.2.4.80": "gdcm",
    "1.2.840.10008.1.2.4.81": "gdcm",
    "1.2.840.10008.1.2.4.90": "gdcm",
    "1.2.840.10008.1.2.4.91": "gdcm",
}
"""Transfer syntaxes that are read, and who decodes them ("" means uncompressed).

JPEG Extended (.51) is left out on purpose: 12-bit files of that kind came out shifted
or not at all from the decoders that were tried.
"""

JPEGS = {syntax for syntax in DECODERS if ".4." in syntax and syntax[-2:] < "90"}
"""Those whose frames are JPEG or JPEG-LS streams; JPEG 2000 is another thing."""

MODALITY = 0x00080060
"""Tag of what a file was made with; elements stand in the order of their tags."""

MAX_PIXELS = 400_000_000
"""Larger frames are refused before memory is asked for (a film has about 10^7)."""


@dataclass(frozen=True)
class DicomImage:
    """One decoded frame and its header.

    path: where it came from.  header: all elements but the pixels.
    stored: (rows, columns) integers of BitsStored bits, sign and padding as stored.
    """

    path: Path
    header: Dataset
    stored: NDArray[np.integer]


def read_dicom(path: FilePath) -> DicomImage:
    """Read one grey-level DICOM frame.

    Raises:
        SpinesegError: if the file is not DICOM, has no pixels, holds colour or several
            frames, uses a transfer syntax that is not read, or is broken.
    """
    file = existing_file(path)
    with quiet_pydicom():
        header = _header(file)
        check_pixel_header(header, file)
        stored = _decode(header, file)
    del header.PixelData
    return DicomImage(file, header, stored)


def modality_of(path: FilePath) -> str:
    """Return ``"MR"``, ``"DX"``, ... from a file's first elements and read no others.

    Raises:
        SpinesegError: if the file is not DICOM or its beginning is broken.
    """
    file = existing_file(path)
    with quiet_pydicom(), _named(file), file.open("rb") as stream:
        header = read_partial(stream, lambda tag, *_: tag > MODALITY)
    return str(field(header, "Modality", ""))


def read_whole(path: FilePath) -> FileDataset:
    """Read all elements of a DICOM file, the pixels still compressed.

    Raises:
        SpinesegError: if the file is not DICOM or is broken.
    """
    with quiet_pydicom():
        return _header(existing_file(path))


def field(header: Dataset, keyword: str, default: Any = None) -> Any:
    """Return an element's value, or ``default`` when it is absent or empty.

    Raises:
        SpinesegError: if the element is there but cannot be read.
    """
    try:
        with quiet_pydicom():
            value = header.get(keyword)
            if isinstance(value, Sequence):
                str(value)  # broken items raise only when they are looked at
    except Exception as error:
        raise SpinesegError(f"the element {keyword} cannot be read") from error
    return default if value is None or value == "" else value


def short(value: object) -> str:
    """Return a header's value for a message: one line, printable, not long.

    A broken header can put anything into any element, other people's names included.
    """
    text = str(value)
    return text if len(text) <= 64 and text.isprintable() else "something unreadable"


def numbers(header: Dataset, keyword: str) -> list[float]:
    """Return the finite numbers of an element, an empty list when it has none.

    Raises:
        SpinesegError: if the element holds something that is no number.
    """
    value = field(header, keyword)
    if value is None:
        return []
    parts = value if isinstance(value, (list, tuple, MultiValue)) else [value]
    try:
        found = [float(part) for part in parts if part not in (None, "")]
    except (TypeError, ValueError) as error:
        raise SpinesegError(
            f"the element {keyword} is no number", found=short(value)
        ) from error
    return [number for number in found if np.isfinite(number)]


def _header(file: Path) -> FileDataset:
    with _named(file):
        return pydicom.dcmread(file)


@contextmanager
def _named(file: Path) -> Iterator[None]:
    """Turn whatever stops the reading of a header into one error about the file."""
    try:
        yield
    except InvalidDicomError as error:
        raise SpinesegError(
            "this is not a DICOM file",
            path=file,
            expected="128 bytes and the letters DICM at its start",
        ) from error
    except Exception as error:
        raise SpinesegError(
            f"the DICOM header is broken ({type(error).__name__})", path=file
        ) from error


def check_pixel_header(header: Dataset, file: Path) -> None:
    """Refuse what is no single grey-level frame of a readable transfer syntax."""
    if "PixelData" not in header:
        kind = UID(str(field(header, "SOPClassUID", ""))).name
        raise SpinesegError(
            "this DICOM object holds no picture", path=file, found=short(kind) or None
        )
    _check_syntax(header, file)
    photometric = str(field(header, "PhotometricInterpretation", "nothing"))
    if photometric not in ("MONOCHROME1", "MONOCHROME2"):
        raise SpinesegError(
            "only grey-level pictures are read",
            path=file,
            found=f"PhotometricInterpretation {short(photometric)}",
            expected="MONOCHROME1 or MONOCHROME2",
        )
    wanted = {
        "SamplesPerPixel": ({1}, 1),
        "NumberOfFrames": ({1}, 1),
        "BitsAllocated": ({8, 16}, None),
        "PixelRepresentation": ({0, 1}, 0),
    }
    for keyword, (allowed, default) in wanted.items():
        found = _integer(header, keyword, default, file)
        if found not in allowed:
            expected = " or ".join(str(item) for item in sorted(allowed))
            raise SpinesegError(
                f"{keyword} is not read", path=file, found=found, expected=expected
            )
    _check_size(header, file)


def _check_syntax(header: Dataset, file: Path) -> None:
    meta = getattr(header, "file_meta", None)
    syntax = None if meta is None else meta.get("TransferSyntaxUID")
    if syntax is None:
        raise SpinesegError("the file does not name its transfer syntax", path=file)
    if str(syntax) not in DECODERS:
        raise SpinesegError(
            "this transfer syntax is not read",
            path=file,
            found=f"{short(syntax.name)} ({short(syntax)})",
            expected="uncompressed, RLE, JPEG baseline or lossless, JPEG-LS, JPEG 2000",
            remedy="Convert it with: gdcmconv --raw IN OUT",
        )


def _check_size(header: Dataset, file: Path) -> None:
    rows = _integer(header, "Rows", None, file)
    columns = _integer(header, "Columns", None, file)
    allocated = _integer(header, "BitsAllocated", None, file)
    stored = _integer(header, "BitsStored", allocated, file)
    high = _integer(header, "HighBit", stored - 1, file)
    if min(rows, columns) < 1 or rows * columns > MAX_PIXELS:
        raise SpinesegError("impossible size", path=file, found=f"{rows} x {columns}")
    if not (1 <= stored <= allocated and stored - 1 <= high < allocated):
        raise SpinesegError(
            "the bit depth contradicts itself",
            path=file,
            found=f"BitsAllocated {allocated}, BitsStored {stored}, HighBit {high}",
        )


def _integer(header: Dataset, keyword: str, default: int | None, file: Path) -> int:
    value = field(header, keyword, default)
    try:
        return int(value)
    except (TypeError, ValueError) as error:
        raise SpinesegError(
            f"the header has no usable {keyword}", path=file, found=short(value)
        ) from error


def _decode(header: Dataset, file: Path) -> NDArray[np.integer]:
    syntax = UID(str(header.file_meta.TransferSyntaxUID))
    plugin = DECODERS[str(syntax)]
    try:
        decoder: Any = get_decoder(syntax)
        if plugin == "gdcm":
            check = check_jpeg if str(syntax) in JPEGS else check_jpeg2000
            packed = get_frame(header.PixelData, 0, number_of_frames=1)
            check(packed, header.Rows, header.Columns, header.BitsAllocated)
        # pydicom's own cut assumes HighBit = BitsStored - 1; keep_stored_bits does not
        options = {"decoding_plugin": plugin, "correct_unused_bits": plugin == "gdcm"}
        with quiet_codecs() if plugin == "gdcm" else nullcontext():
            frame, _ = decoder.as_array(header, raw=True, index=0, **options)
    except SpinesegError as error:
        raise SpinesegError(error.problem, path=file, found=error.found) from error
    except Exception as error:
        said = str(error).rpartition("plugins:")[2].partition(" - the dataset")[0]
        reason = " ".join(said.split())[:160]
        if "NoneType" in reason:
            reason = "the compressed data is broken"  # GDCM returned nothing
        raise SpinesegError(
            f"the pixels cannot be decoded ({reason})", path=file
        ) from error
    if plugin == "gdcm":
        return frame  # the codec knows its own depth: there are no spare bits
    return keep_stored_bits(frame, header)


def keep_stored_bits(frame: NDArray[Any], header: Dataset) -> NDArray[np.integer]:
    """Cut BitsStored bits out of each word and give them their sign back.

    Old scanners put overlays into the spare high bits; read as they stand, those
    pixels are far above every true value.
    """
    allocated = int(header.BitsAllocated)
    stored = int(field(header, "BitsStored", allocated))
    high = int(field(header, "HighBit", stored - 1))
    if stored == allocated:
        return frame
    if high == stored - 1 and int(field(header, "PixelRepresentation", 0)) == 0:
        return frame & frame.dtype.type((1 << stored) - 1)
    words = frame.astype(np.int32) >> (high - stored + 1)
    words &= (1 << stored) - 1
    if int(field(header, "PixelRepresentation", 0)) == 1:
        words -= (words >> (stored - 1)) << stored
    return words.astype(frame.dtype)
