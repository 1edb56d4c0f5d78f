"""Masks: label numbers from PNG (1 bit, grey, palette) and from volumes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from spineseg.core.errors import SpinesegError
from spineseg.io._files import FilePath, atomic_write, existing_file, extra, suffix_of
from spineseg.io.radiograph import open_picture
from spineseg.io.volume import (
    SUFFIXES,
    Grid,
    Volume,
    load_sitk,
    read_image,
    write_volume,
)

PALETTE = (
    (0, 0, 0),
    (0, 114, 178),
    (230, 159, 0),
    (0, 158, 115),
    (204, 121, 167),
    (213, 94, 0),
    (86, 180, 233),
    (240, 228, 66),
)
"""Colours of written label masks (Okabe and Ito's), repeated from the second on."""


@dataclass(frozen=True)
class Mask:
    """Label numbers, 0 for background.

    labels: (rows, columns), or (slices, rows, columns) oriented like every
    :class:`~spineseg.io.volume.Volume`; unsigned integers.
    spacing_mm: in the order of the axes, or None.
    grid: where the voxels of a volume lie; None for a flat mask.
    names: label number to name, where a label file gave them.
    """

    labels: NDArray[np.unsignedinteger]
    spacing_mm: tuple[float, ...] | None = None
    grid: Grid | None = None
    names: Mapping[int, str] = field(default_factory=dict)

    @property
    def foreground(self) -> NDArray[np.bool_]:
        """Return where any label is."""
        return self.labels > 0

    @property
    def present(self) -> tuple[int, ...]:
        """Return the labels that occur, background left out."""
        return tuple(int(label) for label in np.unique(self.labels) if label)

    @property
    def volume(self) -> Volume:
        """Return a mask of three dimensions as a Volume, to compare grids with.

        Raises:
            SpinesegError: if the mask is flat.
        """
        if self.grid is None:
            raise SpinesegError("a flat mask is no volume")
        return Volume(self.labels, self.grid)


def read_mask(path: FilePath, *, names: FilePath | None = None) -> Mask:
    """Read a mask; numbers are label numbers.

    1 bit, and 8-bit grey with 0 and 255 only, become 0 and 1. A palette PNG gives its
    indices, not its colours. A volume may be stored as real numbers when they are all
    whole. A volume of one slice (a film painted in ITK-SNAP) becomes flat, rows down.

    Args:
        path: PNG, TIFF, BMP, .mha, .nrrd or NIfTI.
        names: an ITK-SNAP label description file.

    Raises:
        SpinesegError: if it is a JPEG, a colour picture, broken, or holds numbers
            that are no labels.
    """
    known = {} if names is None else read_label_names(names)
    if suffix_of(path) in SUFFIXES:
        return _from_volume(path, known)
    file = existing_file(path)
    picture = open_picture(file)
    if file.read_bytes()[:3] == b"\xff\xd8\xff":
        raise SpinesegError(
            "a JPEG cannot hold a mask: its compression blurs the labels",
            path=path,
            remedy="Save masks as PNG",
        )
    return Mask(_labels_of_picture(picture, file), names=known)


def _labels_of_picture(picture: Image.Image, file: Path) -> NDArray[np.unsignedinteger]:
    if picture.mode in ("1", "P"):
        return np.asarray(picture).astype(np.uint8)
    pixels = np.asarray(picture)
    if pixels.ndim == 3:
        if not (pixels[..., :3] == pixels[..., :1]).all() or pixels.shape[2] < 3:
            raise SpinesegError(
                "a colour picture is no mask",
                path=file,
                remedy="Save label numbers as grey levels or palette indices",
            )
        pixels = pixels[..., 0]
    if set(np.unique(pixels)) <= {0, 255}:
        return (pixels > 0).astype(np.uint8)
    return as_labels(pixels, file)


def as_labels(array: NDArray[Any], path: FilePath) -> NDArray[np.unsignedinteger]:
    """Return whole, non-negative numbers as the smallest unsigned type that holds them.

    Raises:
        SpinesegError: if a number is negative, broken or not whole.
    """
    if array.dtype.kind == "f" and not (
        np.isfinite(array).all() and (array == np.rint(array)).all()
    ):
        raise SpinesegError(
            "these numbers are no labels: some are not whole",
            path=path,
            remedy="Resample masks with nearest neighbour only",
        )
    if array.size and (array.min() < 0 or array.max() > 65535):
        raise SpinesegError(
            "these numbers are no labels",
            path=path,
            found=f"{array.min()} to {array.max()}",
            expected="0 to 65535",
        )
    small = not array.size or array.max() < 256
    return array.astype(np.uint8 if small else np.uint16)


def _from_volume(path: FilePath, names: Mapping[int, str]) -> Mask:
    image = load_sitk(path)
    size = image.GetSize()
    flat = image.GetDimension() == 2 or (len(size) == 3 and size[2] == 1)
    if image.GetNumberOfComponentsPerPixel() != 1 or len(size) not in (2, 3):
        raise SpinesegError(
            "only masks of two or three dimensions are read",
            path=path,
            found=f"size {size}",
        )
    if flat:
        # rows and columns as drawn: a film has no place in the patient to turn to
        pixels = extra("SimpleITK", "reading masks").GetArrayFromImage(image)
        pixels = pixels[0] if pixels.ndim == 3 else pixels
        spacing = (float(image.GetSpacing()[1]), float(image.GetSpacing()[0]))
        return Mask(as_labels(pixels, path), spacing, names=names)
    volume = read_image(image, path)
    labels = as_labels(volume.array, path)
    return Mask(labels, volume.spacing_mm, volume.grid, names)


def read_label_names(path: FilePath) -> dict[int, str]:
    """Read an ITK-SNAP label description: ``IDX R G B A VIS MSH "LABEL"``.

    Raises:
        SpinesegError: at the first line that is neither a comment nor of that form.
    """
    file = existing_file(path)
    found: dict[int, str] = {}
    text = file.read_text(encoding="utf-8", errors="replace")
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        head, _, rest = line.partition('"')
        columns = head.split()
        if len(columns) != 7 or not columns[0].isdecimal() or not rest.endswith('"'):
            raise SpinesegError(
                f"line {number} is no label description",
                path=path,
                expected='IDX R G B A VIS MSH "LABEL"',
            )
        found[int(columns[0])] = rest[:-1]
    return found


def write_mask(
    path: FilePath,
    mask: NDArray[Any] | Volume,
    *,
    spacing_mm: tuple[float, float] | None = None,
) -> None:
    """Write a mask atomically; the ending of ``path`` chooses the format.

    ``.png``: booleans as 0 and 255, numbers as palette indices (above 255 as 16-bit
    grey). ``.mha``, ``.nrrd``, ``.nii``, ``.nii.gz``: a Volume, or a flat mask as one
    slice with ``spacing_mm`` (between rows, between columns).

    Raises:
        SpinesegError: if shape, numbers, ending or folder cannot be used.
    """
    suffix = suffix_of(path)
    if isinstance(mask, Volume):
        labels = as_labels(np.asarray(mask.array), path)
        write_volume(path, Volume(labels, mask.grid))
        return
    if mask.ndim != 2 or 0 in mask.shape:
        raise SpinesegError(
            "a flat mask has rows and columns; give a Volume for more",
            path=path,
            found=f"shape {mask.shape}",
        )
    if suffix == ".png":
        _write_png(path, mask)
    elif suffix in SUFFIXES:
        _write_flat(path, as_labels(mask, path), spacing_mm or (1.0, 1.0))
    else:
        raise SpinesegError(
            "masks are not written in this format",
            path=path,
            found=suffix or "no ending",
            expected=".png, .mha, .nrrd, .nii or .nii.gz",
        )


def _write_png(path: FilePath, mask: NDArray[Any]) -> None:
    if mask.dtype == np.bool_:
        picture = Image.fromarray(mask.astype(np.uint8) * np.uint8(255))
    else:
        labels = as_labels(mask, path)
        picture = Image.fromarray(labels)
        if labels.dtype == np.uint8:
            colours = [PALETTE[0], *(PALETTE[1 + i % 7] for i in range(255))]
            picture.putpalette([part for colour in colours for part in colour])
    with atomic_write(path) as part:
        picture.save(part, format="PNG")


def _write_flat(
    path: FilePath, labels: NDArray[Any], spacing_mm: tuple[float, float]
) -> None:
    sitk = extra("SimpleITK", "writing masks")
    image = sitk.GetImageFromArray(labels[None])
    image.SetSpacing((float(spacing_mm[1]), float(spacing_mm[0]), 1.0))
    with atomic_write(path) as part:
        sitk.WriteImage(image, str(part), useCompression=True)
