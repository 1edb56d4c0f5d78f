"""One picture of any file that the readers know, with the facts beside it."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from spineseg.core.errors import SpinesegError
from spineseg.io._files import FilePath, existing_file, suffix_of
from spineseg.io.dicom import modality_of
from spineseg.io.masks import read_mask
from spineseg.io.radiograph import (
    SECTIONS,
    Radiograph,
    is_dicom,
    open_picture,
    read_radiograph,
)
from spineseg.io.series import Slice, read_series, read_slice
from spineseg.io.spacing import KINDS
from spineseg.io.volume import SUFFIXES, read_volume


@dataclass(frozen=True)
class Preview:
    """What a file shows.

    kind: in words.  picture: (rows, columns) float32 in [0, 1], pixels square where
    the spacing is known.  facts: lines for a reader.  notes: oddities.
    """

    kind: str
    picture: NDArray[np.float32]
    facts: tuple[str, ...]
    notes: tuple[str, ...] = ()


def preview(path: FilePath) -> Preview:
    """Make the picture of a film, a slice, a volume or a DICOM folder.

    A volume shows its middle slice from left to right; a folder the middle slice of
    its sagittal stack, or of its largest one.

    Raises:
        SpinesegError: if the file cannot be read.
    """
    if Path(path).is_dir():
        return _of_folder(path)
    file = existing_file(path)
    if suffix_of(file) in SUFFIXES:
        return _of_volume(file)
    if is_dicom(file):
        if modality_of(file) in SECTIONS:
            return _of_slice(read_slice(file))
        return _of_film(read_radiograph(file))
    if open_picture(file).mode == "1":
        labels = read_mask(file).labels
        return Preview("mask of 1 bit", labels.astype(np.float32), ())
    return _of_film(read_radiograph(file))


def _of_film(film: Radiograph) -> Preview:
    where = KINDS[film.spacing.kind]
    facts = [
        f"view {film.view or 'unknown'}, side {film.laterality or 'unknown'}, "
        f"body part {film.body_part or 'unknown'}",
        f"spacing {_mm(film.spacing_mm)}: {where}",
        f"polarity by {film.polarity}, {'inverted' if film.inverted else 'as stored'}",
    ]
    if film.window is not None:
        facts.append(
            f"window {film.window.center:g} / {film.window.width:g} "
            f"({film.window.function}, from the {film.window.source})"
        )
    picture = square_pixels(film.picture, film.spacing_mm)
    return Preview("radiograph", picture, tuple(facts), film.notes)


def _of_slice(one: Slice) -> Preview:
    facts = (
        f"{one.plane} slice, spacing {_mm(one.spacing_mm)}",
        f"window {one.window.center:g} / {one.window.width:g} "
        f"(from the {one.window.source})",
    )
    picture = square_pixels(one.picture, one.spacing_mm)
    return Preview(f"{one.modality} slice", picture, facts, one.notes)


def _of_volume(file: Path) -> Preview:
    volume = read_volume(file)
    steps = " x ".join(f"{step:.4g}" for step in volume.spacing_mm)
    shape = " x ".join(str(size) for size in volume.array.shape)
    facts = (
        f"{shape} voxels (left-right, head-feet, front-back) of {steps} mm",
        f"stored as {volume.stored_as}",
    )
    picture = stretch(volume.sagittal_middle())
    inside = (volume.spacing_mm[1], volume.spacing_mm[2])
    return Preview(
        "volume, its sagittal middle slice", square_pixels(picture, inside), facts
    )


def _of_folder(folder: FilePath) -> Preview:
    series = read_series(folder)
    notes = tuple(f"left out {name}: {why}" for name, why in series.left_out)
    if not series.stacks:
        raise SpinesegError(
            "the folder holds localizers only", path=folder, found="; ".join(notes)
        )
    sagittal = [stack for stack in series.stacks if stack.plane == "sagittal"]
    chosen = max(sagittal or series.stacks, key=lambda stack: len(stack.slices))
    facts = tuple(
        f"{stack.plane}, {len(stack.slices)} slices: {stack.description or 'unnamed'}"
        for stack in series.stacks
    )
    one = chosen.middle()
    picture = square_pixels(one.picture, one.spacing_mm)
    kind = f"folder, middle {chosen.plane} slice"
    return Preview(kind, picture, facts, (*chosen.notes, *notes))


def stretch(values: NDArray[np.number], percent: float = 0.5) -> NDArray[np.float32]:
    """Spread values to [0, 1] between two percentiles (MR has no unit to window by)."""
    work = np.nan_to_num(values.astype(np.float32), posinf=0, neginf=0)
    low, high = np.percentile(work, [percent, 100 - percent])
    if high <= low:
        low, high = float(work.min()), float(work.max())
    scale = np.float32(high - low) or np.float32(1)
    return np.clip((work - np.float32(low)) / scale, 0, 1)


def square_pixels(
    picture: NDArray[np.float32], spacing_mm: tuple[float, float] | None
) -> NDArray[np.float32]:
    """Enlarge the coarser direction so that a circle in the body looks round.

    Within one per cent of square the picture stays untouched.

    Raises:
        SpinesegError: if the spacings are so unequal that the picture would burst.
    """
    if spacing_mm is None or abs(spacing_mm[0] / spacing_mm[1] - 1) < 0.01:
        return picture
    finest = min(spacing_mm)
    rows, columns = (
        max(1, round(size * step / finest))
        for size, step in zip(picture.shape, spacing_mm, strict=True)
    )
    if max(rows, columns) > 20_000:
        raise SpinesegError(
            "the pixels are too far from square to show", found=_mm(spacing_mm)
        )
    turned = Image.fromarray(picture).resize((columns, rows), Image.Resampling.BILINEAR)
    return np.clip(np.asarray(turned, np.float32), 0, 1)


def _mm(spacing_mm: tuple[float, float] | None) -> str:
    if spacing_mm is None:
        return "unknown"
    return f"{spacing_mm[0]:.4g} x {spacing_mm[1]:.4g} mm"
