"""Read a radiograph from DICOM, PNG, JPEG or TIFF: one picture, bone bright."""

import warnings
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError
from pydicom.dataset import Dataset

from spineseg.core.errors import SpinesegError
from spineseg.io._files import FilePath, existing_file, quiet_pydicom
from spineseg.io.dicom import DicomImage, read_dicom
from spineseg.io.dicom import field as element
from spineseg.io.grey import Window
from spineseg.io.spacing import Spacing, film_spacing
from spineseg.io.voi import show_values

SECTIONS = ("CT", "MR", "PT", "NM", "US", "SEG", "RTDOSE")
"""Modalities that are no projection of X-rays: bone is not bright in them as a rule."""

FRONTAL = ("AP", "PA")
LATERAL = ("LL", "RL", "LAT", "LLD", "RLD", "LATERAL")


@dataclass(frozen=True)
class Radiograph:
    """A radiograph with bone bright.

    picture: (rows, columns) float32 in [0, 1].
    spacing: size of a pixel and where it holds; ``spacing_mm`` is a short form.
    view: ``"AP"``, ``"PA"``, ``"LL"``, ... as the file says, or None.
    laterality: ``"R"``, ``"L"``, ``"B"``, ``"U"`` or None.
    modality, body_part: as the file says, or None.
    window: what was spread from black to white.  polarity: what decided it;
    ``"assumed"`` where the file cannot say.  inverted: whether large stored values
    became dark.  notes: oddities that a careful reader wants to know.
    """

    picture: NDArray[np.float32]
    spacing: Spacing = field(default_factory=Spacing)
    view: str | None = None
    laterality: str | None = None
    modality: str | None = None
    body_part: str | None = None
    window: Window | None = None
    polarity: str = "assumed"
    inverted: bool = False
    notes: tuple[str, ...] = ()

    @property
    def spacing_mm(self) -> tuple[float, float] | None:
        """Return (between rows, between columns), or None; see ``spacing.kind``."""
        return self.spacing.mm

    @property
    def view_kind(self) -> str | None:
        """Return ``"frontal"``, ``"lateral"`` or None, from the view position."""
        if self.view in FRONTAL:
            return "frontal"
        return "lateral" if self.view in LATERAL else None


def read_radiograph(
    path: FilePath,
    *,
    window: tuple[float, float] | None = None,
    inverted: bool = False,
) -> Radiograph:
    """Read a film so that equal films give equal pictures whatever their encoding.

    What is known and what is guessed: in a DICOM file for presentation the
    photometric interpretation decides the polarity, under the convention that films
    are shown with white bone; nothing in DICOM promises that convention, and a film
    that a user inverted for display comes out inverted. In a raw DICOM file (FOR
    PROCESSING) the sign of the intensity relation decides, where given. A PNG or JPEG
    says nothing: bone is assumed bright, unless ``inverted``. View and laterality are
    the header's words and are not checked against the picture.

    Args:
        path: a DICOM, PNG, JPEG, TIFF or BMP file.
        window: (center, width) in place of the file's; DICOM only.
        inverted: turn the picture over once more, for a file known to be negative.

    Raises:
        SpinesegError: if the file is broken, is no radiograph or is not supported.
    """
    file = existing_file(path)
    film = _from_dicom(file, window) if is_dicom(file) else Radiograph(read_grey(file))
    if not inverted:
        return film
    return replace(film, picture=1 - film.picture, inverted=not film.inverted)


def is_dicom(path: FilePath) -> bool:
    """Say whether the file carries DICOM's mark after its 128-byte preamble."""
    with open(path, "rb") as stream:
        return stream.read(132)[128:] == b"DICM"


def read_grey(path: FilePath) -> NDArray[np.float32]:
    """Read a PNG, JPEG, TIFF or BMP as grey levels in [0, 1], upright by its EXIF.

    8 bits are divided by 255, 16 bits by 65535. Palette and colour pictures become
    luminance.

    Raises:
        SpinesegError: if it is no such picture, is broken, or has 1 bit (a mask).
    """
    file = existing_file(path)
    try:
        return grey_levels(open_picture(file))
    except SpinesegError as error:
        raise with_path(error, file) from error


def grey_levels(picture: Image.Image) -> NDArray[np.float32]:
    """Return a decoded picture's grey levels in [0, 1]; see :func:`read_grey`.

    Raises:
        SpinesegError: if it has 1 bit or real numbers.
    """
    if picture.mode == "1":
        raise SpinesegError(
            "a picture of 1 bit is a mask, not a film",
            remedy="Read it with read_mask",
        )
    if picture.mode in ("I;16", "I;16B", "I;16L", "I"):
        deep = np.asarray(picture).astype(np.float32) / np.float32(65535)
        return np.clip(deep, 0, 1)
    if picture.mode == "F":
        raise SpinesegError("a picture of real numbers has no known range")
    return np.asarray(picture.convert("L"), np.float32) / np.float32(255)


def open_picture(file: Path) -> Image.Image:
    """Open and decode a picture with Pillow, turned upright by its EXIF tag.

    Raises:
        SpinesegError: if Pillow cannot decode it or it is absurdly large.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(file) as opened:
                opened.load()
                # Pillow warns when it converts a palette with transparent entries
                opened.info.pop("transparency", None)
                return ImageOps.exif_transpose(opened)
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise SpinesegError("the picture is too large to open", path=file) from error
    except UnidentifiedImageError as error:
        raise SpinesegError(
            "this is neither a DICOM file nor a picture",
            path=file,
            expected="DICOM, PNG, JPEG, TIFF or BMP",
        ) from error
    except Exception as error:
        reason = " ".join(str(error).split())[:120]
        raise SpinesegError(f"the picture is broken ({reason})", path=file) from error


def _from_dicom(file: Path, window: tuple[float, float] | None) -> Radiograph:
    with quiet_pydicom():
        return _of_image(read_dicom(file), file, window)


def _of_image(
    image: DicomImage, file: Path, window: tuple[float, float] | None
) -> Radiograph:
    header = image.header
    try:
        _check_projection(header)
        shown = show_values(image, window)
        spacing = film_spacing(header)
        view = _word(header, "ViewPosition")
        notes = (*shown.notes, *spacing.notes, *_view_notes(header, view))
        side = _word(header, "ImageLaterality") or _word(header, "Laterality")
    except SpinesegError as error:
        raise with_path(error, file) from error
    return Radiograph(
        shown.picture,
        spacing,
        view,
        side if side in ("R", "L", "B", "U") else None,
        _word(header, "Modality"),
        _word(header, "BodyPartExamined"),
        shown.window,
        shown.polarity,
        shown.inverted,
        notes,
    )


def with_path(error: SpinesegError, path: FilePath) -> SpinesegError:
    """Return the same error with the file's name in it."""
    return SpinesegError(
        error.problem,
        path=error.path or path,
        found=error.found,
        expected=error.expected,
        remedy=error.remedy,
    )


def _check_projection(header: Dataset) -> None:
    modality = _word(header, "Modality")
    if modality in SECTIONS:
        raise SpinesegError(
            "this is no radiograph",
            found=f"Modality {modality}",
            expected="CR, DX, RG or another projection",
            remedy="Read slices with read_series or read_slice",
        )


def _view_notes(header: Dataset, view: str | None) -> list[str]:
    notes = []
    runs_to = element(header, "PatientOrientation", "")
    if view in FRONTAL and len(runs_to) == 2 and str(runs_to[0]).upper() == "R":
        notes.append("stored mirrored: columns run to the patient's right")
    described = str(element(header, "SeriesDescription", "")).upper()
    if "OBL" in described and view in (*FRONTAL, *LATERAL):
        notes.append(f"the series is called oblique but ViewPosition says {view}")
    if str(element(header, "BurnedInAnnotation", "")).upper() == "YES":
        notes.append("text is burned into the picture")
    if str(element(header, "LossyImageCompression", "")) == "01":
        notes.append("the pixels went through lossy compression")
    return notes


def _word(header: Dataset, keyword: str) -> str | None:
    value = str(element(header, keyword, "")).strip().upper()
    return value or None
