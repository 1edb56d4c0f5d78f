"""MR and CT slices: one file, or a folder sorted into stacks.

A folder from a scanner mixes planes, contrasts and localizers, sometimes under one
series identifier. Slices are put together by what they are (orientation, size,
spacing, echo), never by their file names or numbers.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from spineseg.core.errors import SpinesegError
from spineseg.io._files import FilePath, quiet_pydicom
from spineseg.io.dicom import DicomImage, field, numbers, read_dicom
from spineseg.io.grey import Window, modality_values
from spineseg.io.radiograph import is_dicom, with_path
from spineseg.io.voi import show_values
from spineseg.io.volume import Volume, make_volume

PLANES = ("sagittal", "coronal", "axial")
LOCALIZER_WORDS = re.compile(
    r"\b(LOC|LOCA|LOCALI[SZ]ER|SCOUT|SURVEY|PILOT|3[- ]?PL|3[- ]?PLANE)\b"
)
OBLIQUE_DEG = 40.0
"""A slice this far from the nearest plane of the body is called oblique."""


@dataclass(frozen=True)
class Slice:
    """One slice in space.

    picture: float32 in [0, 1], by the file's window.  values: after the modality
    step (HU for CT, arbitrary for MR).  spacing_mm: (between rows, between columns).
    origin_mm: patient coordinates of the first pixel.  axes: (2, 3), the patient
    directions in which rows follow each other and columns follow each other.
    plane: sagittal, coronal, axial or oblique.  thickness_mm: where given.
    header: all elements but the pixels.
    """

    path: Path
    header: Dataset
    picture: NDArray[np.float32]
    values: NDArray[np.float32]
    spacing_mm: tuple[float, float]
    origin_mm: tuple[float, float, float]
    axes: NDArray[np.float64]
    plane: str
    modality: str
    series: str
    description: str
    echo_ms: float | None
    thickness_mm: float | None
    localizer: bool
    window: Window
    notes: tuple[str, ...]

    @property
    def normal(self) -> NDArray[np.float64]:
        """Return the unit vector across the slice, made to point left, back or up."""
        across = np.cross(self.axes[1], self.axes[0])
        return across if across[np.argmax(np.abs(across))] > 0 else -across

    @property
    def position_mm(self) -> float:
        """Return where the slice lies along its normal."""
        return float(np.dot(self.normal, self.origin_mm))


@dataclass(frozen=True)
class Stack:
    """Slices of one kind in order of position.

    slices: ordered along their normal.  gap_mm: distance between neighbours, or None
    for a single slice.  notes: uneven gaps and other oddities.
    """

    slices: tuple[Slice, ...]
    gap_mm: float | None
    notes: tuple[str, ...] = ()

    @property
    def plane(self) -> str:
        """Return sagittal, coronal, axial or oblique."""
        return self.slices[0].plane

    @property
    def description(self) -> str:
        """Return the series description."""
        return self.slices[0].description

    def middle(self) -> Slice:
        """Return the slice in the middle."""
        return self.slices[len(self.slices) // 2]

    def volume(self) -> Volume:
        """Return the stack as a volume of the modality's values.

        Raises:
            SpinesegError: if there is one slice only, or the gaps are uneven.
        """
        if self.gap_mm is None:
            raise SpinesegError("one slice makes no volume")
        if self.notes:
            raise SpinesegError("these slices make no volume", found=self.notes[0])
        first = self.slices[0]
        array = np.stack([one.values for one in self.slices])
        axes = np.vstack([first.normal, first.axes])
        spacing = (self.gap_mm, *first.spacing_mm)
        return make_volume(array, spacing, first.origin_mm, axes)


@dataclass(frozen=True)
class Series:
    """What a folder held: stacks, and what was left out with the reason."""

    stacks: tuple[Stack, ...]
    left_out: tuple[tuple[str, str], ...]

    def plane(self, name: str) -> Stack:
        """Return the largest stack of one plane.

        Raises:
            SpinesegError: if there is none, saying what is there.
        """
        fitting = [stack for stack in self.stacks if stack.plane == name]
        if not fitting:
            there = ", ".join(stack.plane for stack in self.stacks) or "none"
            raise SpinesegError(f"there is no {name} stack", found=there)
        return max(fitting, key=lambda stack: len(stack.slices))


def read_slice(path: FilePath, *, window: tuple[float, float] | None = None) -> Slice:
    """Read one CT or MR slice with its place in the patient.

    Raises:
        SpinesegError: if the file cannot be read or does not say where it lies.
    """
    with quiet_pydicom():
        return _of_image(read_dicom(path), path, window)


def _of_image(
    image: DicomImage, path: FilePath, window: tuple[float, float] | None
) -> Slice:
    header = image.header
    try:
        shown = show_values(image, window)
        spacing, origin, axes = _place(header)
        values = modality_values(image.stored, header)
    except SpinesegError as error:
        raise with_path(error, path) from error
    text = _description(header)
    return Slice(
        path=image.path,
        header=header,
        picture=shown.picture,
        values=values,
        spacing_mm=spacing,
        origin_mm=origin,
        axes=axes,
        plane=plane_of(axes),
        modality=str(field(header, "Modality", "")),
        series=str(field(header, "SeriesInstanceUID", "")),
        description=text,
        echo_ms=next(iter(numbers(header, "EchoTime")), None),
        thickness_mm=next(iter(numbers(header, "SliceThickness")), None),
        localizer=is_localizer(header),
        window=shown.window,
        notes=shown.notes,
    )


def plane_of(axes: NDArray[np.floating]) -> str:
    """Name the plane of a slice from the directions of its rows and columns."""
    across = np.abs(np.cross(axes[0], axes[1]))
    nearest = int(np.argmax(across))
    angle = np.degrees(np.arccos(np.clip(across[nearest], 0, 1)))
    return "oblique" if angle > OBLIQUE_DEG else PLANES[nearest]


def read_series(folder: FilePath, *, keep_localizers: bool = False) -> Series:
    """Read every DICOM slice of a folder and sort it into stacks.

    Slices belong together when they share series, echo time, size, spacing and
    orientation (to 3 degrees). Localizers are left out, named as such, unless
    ``keep_localizers``. Files that are no slice are left out with the reason.

    Raises:
        SpinesegError: if the folder is missing or holds no DICOM slice at all.
    """
    root = Path(folder)
    if not root.is_dir():
        raise SpinesegError("there is no such folder", path=folder)
    files = sorted(path for path in root.rglob("*") if path.is_file())
    read, left_out = _read_all(files)
    if not read:
        raise SpinesegError(
            "the folder holds no readable DICOM slice",
            path=folder,
            found=f"{len(files)} other files",
        )
    if not keep_localizers:
        left_out += [(one.path.name, "localizer") for one in read if one.localizer]
        read = [one for one in read if not one.localizer]
    stacks = [_stack(group) for group in _group(read)]
    return Series(tuple(stacks), tuple(left_out))


def _read_all(files: Iterable[Path]) -> tuple[list[Slice], list[tuple[str, str]]]:
    read: list[Slice] = []
    left_out: list[tuple[str, str]] = []
    for file in files:
        try:
            if not is_dicom(file):
                raise SpinesegError("no DICOM file")
            read.append(read_slice(file))
        except SpinesegError as error:
            left_out.append((file.name, error.problem))
    return read, left_out


def _group(slices: list[Slice]) -> list[list[Slice]]:
    by_kind: dict[tuple[Any, ...], list[Slice]] = defaultdict(list)
    for one in slices:
        key = (one.series, one.echo_ms, one.values.shape, one.spacing_mm)
        by_kind[key].append(one)
    groups: list[list[Slice]] = []
    for kind in by_kind.values():
        by_direction: list[list[Slice]] = []
        for one in kind:
            for group in by_direction:
                if np.allclose(group[0].axes, one.axes, atol=np.sin(np.radians(3))):
                    group.append(one)
                    break
            else:
                by_direction.append([one])
        groups += by_direction
    return groups


def _stack(group: list[Slice]) -> Stack:
    # the axes of the first slice stand for all: they agree to 3 degrees
    normal = group[0].normal
    ordered = sorted(group, key=lambda one: float(np.dot(normal, one.origin_mm)))
    ordered = [replace(one, axes=ordered[0].axes) for one in ordered]
    if len(ordered) == 1:
        return Stack(tuple(ordered), None)
    gaps = np.diff([one.position_mm for one in ordered])
    gap = float(np.median(gaps))
    notes = []
    if gaps.min() < 0.01:
        notes.append("two slices share one position")
    elif gaps.max() - gaps.min() > 0.05 * gap:
        notes.append(f"gaps run from {gaps.min():.2f} to {gaps.max():.2f} mm")
    return Stack(tuple(ordered), gap, tuple(notes))


def _place(
    header: Dataset,
) -> tuple[tuple[float, float], tuple[float, float, float], NDArray[np.float64]]:
    spacing = numbers(header, "PixelSpacing")
    origin = numbers(header, "ImagePositionPatient")
    cosines = numbers(header, "ImageOrientationPatient")
    if len(spacing) != 2 or min(spacing) <= 0:
        raise SpinesegError("the slice has no usable PixelSpacing")
    if len(origin) != 3 or len(cosines) != 6:
        raise SpinesegError("the slice does not say where it lies in the patient")
    along_row, along_column = np.array(cosines[:3]), np.array(cosines[3:])
    lengths = np.linalg.norm([along_row, along_column], axis=1)
    if abs(lengths - 1).max() > 1e-2 or abs(along_row @ along_column) > 1e-2:
        raise SpinesegError("ImageOrientationPatient is broken", found=cosines)
    # rows follow each other along the second triple: the direction down a column
    axes = np.stack([along_column / lengths[1], along_row / lengths[0]])
    return (spacing[0], spacing[1]), (origin[0], origin[1], origin[2]), axes


def _description(header: Dataset) -> str:
    for keyword in ("SeriesDescription", "ProtocolName"):
        text = str(field(header, keyword, "")).strip()
        if text:
            return text
    return ""


def is_localizer(header: Dataset) -> bool:
    """Tell a localizer by its ImageType, or by how the scanner calls the series."""
    kind = str(field(header, "ImageType", "")).upper()
    words = _description(header).upper()
    return "LOCALIZER" in kind or bool(LOCALIZER_WORDS.search(words))
