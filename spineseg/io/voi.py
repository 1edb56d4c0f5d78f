"""Which window or table a picture is shown with, and the picture it gives."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from spineseg.core.errors import SpinesegError
from spineseg.io.dicom import DicomImage, field, numbers, short
from spineseg.io.grey import (
    Floats,
    Window,
    apply_window,
    bone_is_dark,
    exact_values,
    look_up,
    lookup_table,
    modality_values,
    padding,
)


@dataclass(frozen=True)
class Shown:
    """A picture in [0, 1] with how it was made.

    window: the window used.  polarity: what decided that it was inverted or not.
    inverted: whether large values became dark.  notes: oddities of the header.
    """

    picture: Floats
    window: Window
    polarity: str
    inverted: bool
    notes: tuple[str, ...]


def show_values(image: DicomImage, window: tuple[float, float] | None = None) -> Shown:
    """Make the picture of one DICOM frame: modality, VOI, polarity, in that order.

    Args:
        image: what :func:`spineseg.io.dicom.read_dicom` returned.
        window: (center, width) to use in place of the file's.

    Raises:
        SpinesegError: if a table, window or slope in the header cannot be used.
    """
    header = image.header
    values = exact_values(image.stored, header)
    pad = padding(image.stored, header)
    notes: list[str] = []
    if window is not None:
        chosen = Window(*window)
        picture = apply_window(values, chosen.center, chosen.width)
    elif field(header, "VOILUTSequence"):
        picture, chosen = _through_table(values, header, notes)
    else:
        chosen = file_window(header, notes) or _default_window(values, image, pad)
        picture = apply_window(values, chosen.center, chosen.width, chosen.function)
    inverted, decided_by = bone_is_dark(header)
    if inverted:
        picture = np.subtract(1, picture, out=picture)
    if pad is not None:
        picture[pad] = 0  # padding is no tissue: it is black in every polarity
    _compare_polarity_tags(header, notes)
    return Shown(picture, chosen, decided_by, inverted, tuple(notes))


def file_window(header: Dataset, notes: list[str]) -> Window | None:
    """Return the first usable window of the header; say what was odd in ``notes``."""
    centers = numbers(header, "WindowCenter")
    widths = numbers(header, "WindowWidth")
    function = str(field(header, "VOILUTFunction", "LINEAR")).upper()
    if function not in ("LINEAR", "LINEAR_EXACT", "SIGMOID"):
        raise SpinesegError("unknown VOI LUT function", found=short(function))
    smallest = 1.0 if function == "LINEAR" else 1e-6
    pairs = list(zip(centers, widths, strict=False))
    usable = [pair for pair in pairs if pair[1] >= smallest]
    if len(usable) < len(pairs):
        notes.append("a window of width zero or less was left out")
    if len(usable) > 1:
        notes.append(f"the file offers {len(usable)} windows; the first is used")
    return Window(*usable[0], function, "file") if usable else None


def _through_table(
    values: NDArray[np.number], header: Dataset, notes: list[str]
) -> tuple[Floats, Window]:
    sequence = field(header, "VOILUTSequence")
    if len(sequence) > 1:
        notes.append(f"the file offers {len(sequence)} VOI LUTs; the first is used")
    table, first, bits = lookup_table(sequence[0], signed=bool(values.min() < 0))
    picture = look_up(values, table, first) / np.float32(2**bits - 1)
    covered = Window(first + table.size / 2, table.size, "LINEAR", "VOI LUT")
    return picture, covered


def _default_window(
    values: NDArray[np.number], image: DicomImage, pad: NDArray[np.bool_] | None
) -> Window:
    """Return the window of a file that has none.

    A film for presentation without a window holds display values over its whole
    stored range; for everything else the values that occur are the only guide.
    """
    header = image.header
    if str(field(header, "PresentationIntentType", "")) == "FOR PRESENTATION":
        bits = int(field(header, "BitsStored", header.BitsAllocated))
        signed = int(field(header, "PixelRepresentation", 0))
        ends = np.array([0, 2**bits - 1]) - signed * 2 ** (bits - 1)
        low, high = np.sort(modality_values(ends, header))
        source = "stored range"
    else:
        real = values if pad is None else values[~pad]
        low, high = real.min(), real.max()
        source = "value range"
    center, width = (float(low) + float(high)) / 2, float(high) - float(low)
    return Window(center, width or 1.0, "LINEAR_EXACT", source)


def _compare_polarity_tags(header: Dataset, notes: list[str]) -> None:
    """Note a second polarity tag that contradicts the photometric interpretation.

    It is not applied: MONOCHROME1 and PresentationLUTShape INVERSE say the same
    thing, and obeying both inverts twice.
    """
    photometric = str(field(header, "PhotometricInterpretation"))
    shape = str(field(header, "PresentationLUTShape", "")).upper()
    agreed = {"MONOCHROME1": "INVERSE", "MONOCHROME2": "IDENTITY"}[photometric]
    if shape in ("INVERSE", "IDENTITY") and shape != agreed:
        notes.append(f"PresentationLUTShape {shape} contradicts {photometric}")
    sign = numbers(header, "PixelIntensityRelationshipSign")
    expected = {"MONOCHROME1": 1, "MONOCHROME2": -1}[photometric]
    if sign and sign[0] in (1, -1) and sign[0] != expected:
        notes.append(
            f"PixelIntensityRelationshipSign {sign[0]:+.0f} contradicts {photometric}"
        )
