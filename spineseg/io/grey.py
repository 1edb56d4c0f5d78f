"""From stored values to a picture: modality step, window or LUT, polarity.

The order is DICOM's (PS3.3 C.11 and PS3.4 N.2): rescale or modality LUT, VOI LUT or
window, then the inversion that MONOCHROME1 asks for. It is written out here because
the common helpers differ: one leaves MONOCHROME1 as stored, one inverts it, and one
flips the picture when the rescale slope is negative.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from spineseg.core.errors import SpinesegError
from spineseg.io.dicom import field, numbers

Floats = NDArray[np.float32]

HUGE = 1e30
"""No window or rescale of a picture comes near; float32 ends at 3e38."""


@dataclass(frozen=True)
class Window:
    """The range of values that is spread from black to white.

    source: ``"file"``, ``"VOI LUT"``, ``"stored range"``, ``"value range"`` or
    ``"caller"``.  function: LINEAR, LINEAR_EXACT or SIGMOID as DICOM defines them.
    """

    center: float
    width: float
    function: str = "LINEAR"
    source: str = "caller"


def apply_window(
    values: NDArray[np.number], center: float, width: float, function: str = "LINEAR"
) -> Floats:
    """Map values to [0, 1] by a window, as DICOM PS3.3 C.11.2.1.2 writes it.

    LINEAR runs from ``center - 0.5 - (width - 1) / 2`` to ``center - 0.5 + (width - 1)
    / 2``; LINEAR_EXACT from ``center - width / 2`` to ``center + width / 2``; SIGMOID
    is the logistic curve of slope ``4 / width``.

    Raises:
        SpinesegError: if the width is too small or the function unknown.
    """
    smallest = 1.0 if function == "LINEAR" else np.finfo(np.float32).tiny
    # the first comparison also is false for nan, the last keeps float32 from overflow
    if not (abs(center) < HUGE and smallest <= width < HUGE):
        raise SpinesegError(
            "unusable window", found=f"center {center:g}, width {width:g}"
        )
    if function == "SIGMOID":
        # the exponent is bounded so that far values give 0 and 1, not an overflow
        work = values.astype(np.float32)
        exponent = np.clip(-4.0 * (work - center) / width, -80, 80)
        return (1.0 / (1.0 + np.exp(exponent))).astype(np.float32)
    if function == "LINEAR":
        if width == 1:
            return (values.astype(np.float32) > center - 0.5).astype(np.float32)
        center, width = center - 0.5, width - 1.0
    elif function != "LINEAR_EXACT":
        raise SpinesegError("unknown VOI LUT function", found=function)
    return _spread(values, np.float32(center), np.float32(width))


def _spread(values: NDArray[Any], center: np.float32, width: np.float32) -> Floats:
    """Return (values - center) / width + 1/2 in [0, 1], in one array of its own."""
    if values.dtype == np.float32:
        shifted = values - center
    else:
        shifted = values.astype(np.float32)
        shifted -= center  # in place: a film has ten million pixels
    shifted /= width
    shifted += np.float32(0.5)
    return np.clip(shifted, 0, 1, out=shifted)


def modality_values(stored: NDArray[np.integer], header: Dataset) -> Floats:
    """Turn stored integers into the values that windows are given in.

    A Modality LUT wins over slope and intercept; with neither the values stay.

    Raises:
        SpinesegError: if the slope is zero or the table is broken.
    """
    return exact_values(stored, header).astype(np.float32, copy=False)


def exact_values(
    stored: NDArray[np.integer], header: Dataset
) -> NDArray[np.integer] | Floats:
    """Do as :func:`modality_values`, but leave integers that stay what they are.

    A film is spared a pass over its pixels: the window turns them into reals anyway.

    Raises:
        SpinesegError: if the slope is zero or the table is broken.
    """
    sequence = field(header, "ModalityLUTSequence")
    if sequence:
        table, first, _ = lookup_table(sequence[0], signed=bool(stored.min() < 0))
        return look_up(stored, table, first)
    slope = (numbers(header, "RescaleSlope") or [1.0])[0]
    intercept = (numbers(header, "RescaleIntercept") or [0.0])[0]
    if max(abs(slope), abs(intercept)) > HUGE:
        raise SpinesegError("RescaleSlope or RescaleIntercept is absurd")
    if slope == 0:
        raise SpinesegError("RescaleSlope is zero: every pixel would be the same")
    if (slope, intercept) == (1, 0):
        return stored  # 16 bits fit exactly into float32
    return (stored * np.float64(slope) + intercept).astype(np.float32)


def lookup_table(item: Dataset, *, signed: bool) -> tuple[Floats, int, int]:
    """Return (table, first input value, bits) of a DICOM lookup table.

    Raises:
        SpinesegError: if the descriptor and the data do not fit together.
    """
    descriptor = [int(number) for number in numbers(item, "LUTDescriptor")]
    data = field(item, "LUTData")
    if len(descriptor) != 3 or data is None:
        raise SpinesegError("broken lookup table", found=f"descriptor {descriptor}")
    count = descriptor[0] or 65536  # 0 stands for 2^16, which has no 16-bit number
    first, bits = descriptor[1], descriptor[2]
    if first >= 32768 and signed:
        first -= 65536  # written as unsigned although the input has a sign
    table = _table_entries(data, count)
    if table.size != count or not 1 <= bits <= 16:
        raise SpinesegError(
            "broken lookup table",
            found=f"{table.size} entries of {bits} bits",
            expected=f"{count} entries of 8 to 16 bits",
        )
    # some writers state fewer bits than the entries use
    return table, first, max(bits, int(table.max()).bit_length())


def _table_entries(data: object, count: int) -> Floats:
    if isinstance(data, bytes):
        kind = np.uint8 if len(data) in (count, count + 1) and count > 1 else "<u2"
        whole = data[: len(data) // np.dtype(kind).itemsize * np.dtype(kind).itemsize]
        return np.frombuffer(whole, kind)[:count].astype(np.float32)
    return np.atleast_1d(np.asarray(data, np.float32))


def look_up(values: NDArray[np.number], table: Floats, first: int) -> Floats:
    """Send values through a table; what lies outside takes the nearest entry."""
    index = np.rint(np.asarray(values, np.float64)) - first
    return table[np.clip(index, 0, table.size - 1).astype(np.int64)]


def padding(stored: NDArray[np.integer], header: Dataset) -> NDArray[np.bool_] | None:
    """Mark the pixels that are padding (PixelPaddingValue and its range limit)."""
    value = numbers(header, "PixelPaddingValue")
    if not value:
        return None
    other = numbers(header, "PixelPaddingRangeLimit") or value
    low, high = sorted((value[0], other[0]))
    marked = (stored >= low) & (stored <= high)
    return marked if marked.any() and not marked.all() else None


def bone_is_dark(header: Dataset) -> tuple[bool, str]:
    """Say whether small values stand for bone, and by what the answer was found.

    A film made for presentation: MONOCHROME1 shows small values white, and films are
    shown with white bone, so MONOCHROME1 means that bone has the small values. A raw
    one (FOR PROCESSING) says it by physics where PixelIntensityRelationshipSign is
    given: +1, bone lets little through and is small; -1, bone is large.
    """
    photometric = str(field(header, "PhotometricInterpretation"))
    sign = numbers(header, "PixelIntensityRelationshipSign")
    raw = str(field(header, "PresentationIntentType", "")) == "FOR PROCESSING"
    if raw and sign and sign[0] in (1, -1):
        return sign[0] == 1, f"PixelIntensityRelationshipSign {sign[0]:+.0f}"
    return photometric == "MONOCHROME1", photometric
