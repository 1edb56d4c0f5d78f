"""From a file to the file with its prediction; the ending chooses the format."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spineseg.core.errors import SpinesegError
from spineseg.inference.codes import codes_of
from spineseg.inference.native import Prepare, predict_film, predict_volume
from spineseg.inference.predict import Predict
from spineseg.inference.series import SLICES, is_slice, kind_of, read_stack, volume_of
from spineseg.io import (
    Volume,
    read_radiograph,
    read_volume,
    write_mask,
    write_segmentation,
    write_stack_segmentation,
)
from spineseg.io._files import suffix_of
from spineseg.io.radiograph import is_dicom
from spineseg.io.turning import rearranged
from spineseg.io.volume import ORIENTATION, SUFFIXES, WRITABLE

FILMS = (".dcm", ".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", "")


@dataclass(frozen=True)
class Reader:
    """A trained network with what stands before and behind it.

    prepare: preprocessing, as in training.  predict: gives probabilities.  clean: of
    the label map.  names: label number to name.  channels: that the network takes.
    algorithm: name for the files.  plane: of the slices of a volume that it was
    trained on, ``"sagittal"`` or ``"axial"``; None for films.
    """

    prepare: Prepare
    predict: Predict
    clean: Callable[[NDArray[Any]], NDArray[Any]]
    names: Mapping[int, str]
    channels: int = 1
    algorithm: str = "spineseg"
    plane: str | None = None

    def masks(self, labels: NDArray[Any]) -> dict[str, NDArray[np.bool_]]:
        """Return the pixels of every label but the background, by its name."""
        return {name: labels == label for label, name in self.names.items() if label}


def predict_file(source: Path, target: Path, reader: Reader) -> None:
    """Predict one film or volume and write what was found, atomically.

    Args:
        source: a film (DICOM, PNG, JPEG, TIFF), a volume (NIfTI, .mha, .nrrd), or a
            folder with the DICOM slices of one series.
        target: ``.png`` or a volume's ending for label numbers, ``.dcm`` for a DICOM
            segmentation of a DICOM film or of a folder of slices.
        reader: the network.

    Raises:
        SpinesegError: if the file cannot be read, or not be written in that format.
    """
    suffix = suffix_of(target)
    if source.is_dir() or suffix_of(source) in SUFFIXES:
        _predict_volume(source, target, reader)
        return
    film = read_radiograph(source)
    if suffix == ".dcm" and not is_dicom(source):
        raise _wrong(target, "a DICOM segmentation needs a DICOM film", [".png"])
    if suffix not in (".dcm", ".png", *WRITABLE):
        raise _wrong(target, "unknown format", [".png", ".nii.gz", ".dcm"])
    labels = predict_film(
        film.picture, film.spacing_mm, reader.prepare, reader.predict, reader.channels
    )
    labels = reader.clean(labels)
    if suffix == ".dcm":
        masks = reader.masks(labels)
        name, codes = reader.algorithm, codes_of(masks)
        write_segmentation(target, masks, source, codes=codes, algorithm=name)
    else:
        write_mask(target, labels.astype(np.uint8), spacing_mm=film.spacing_mm)


def _predict_volume(source: Path, target: Path, reader: Reader) -> None:
    suffix = suffix_of(target)
    if suffix == ".dcm" and not source.is_dir():
        problem = "a DICOM segmentation needs a folder of DICOM slices"
        raise _wrong(target, problem, sorted(WRITABLE))
    if suffix not in (".dcm", *WRITABLE):
        raise _wrong(target, "a volume becomes a volume", sorted(WRITABLE))
    stack = read_stack(source, reader.plane) if source.is_dir() else None
    volume = volume_of(stack, source) if stack else read_volume(source)
    plane = reader.plane or "sagittal"
    found = predict_volume(
        volume, reader.prepare, reader.predict, reader.channels, plane=plane
    )
    labels = reader.clean(found.array)
    if stack and suffix == ".dcm":
        masks = reader.masks(rearranged(labels, ORIENTATION, volume.stored_as))
        name, codes = reader.algorithm, codes_of(masks)
        write_stack_segmentation(target, masks, stack, codes=codes, algorithm=name)
    else:
        write_mask(target, Volume(labels, found.grid))


def _wrong(target: Path, problem: str, expected: list[str]) -> SpinesegError:
    return SpinesegError(
        problem, path=target, found=target.suffix or "no ending", expected=expected
    )


def files_of(source: Path) -> list[Path]:
    """Return the file itself, or the films and volumes of a folder by name.

    A folder of MR or CT slices is one volume and comes back as it is; so does one that
    holds nothing to read but folders of slices. Segmentations, which may lie beside
    what they belong to, are passed over.

    Raises:
        SpinesegError: if there is nothing to read, or slices lie among films.
    """
    if not source.is_dir():
        return [source]
    endings = {*FILMS, *SUFFIXES} - {""}
    inside = sorted(source.iterdir())
    kinds = {path: kind_of(path) for path in inside}
    slices = [path for path in inside if kinds[path] in SLICES]
    found = [p for p in inside if suffix_of(p) in endings and kinds[p] != "SEG"]
    others = [path.name for path in found if kinds[path] not in SLICES]
    if slices and others:
        raise SpinesegError(
            "the folder holds slices among films or volumes",
            path=source,
            found=f"{len(slices)} slices beside {', '.join(others[:3])}",
            remedy="Put the slices of one series into a folder of their own",
        )
    if slices or (not found and any(map(is_slice, source.rglob("*")))):
        return [source]
    if not found:
        raise SpinesegError(
            "the folder holds no film and no volume", path=source, expected=endings
        )
    return found
