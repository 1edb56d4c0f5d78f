"""A folder with the DICOM slices of one series, as the volume that they make."""

from pathlib import Path

from spineseg.core.errors import SpinesegError
from spineseg.io import Series, Stack, Volume, read_series
from spineseg.io.dicom import modality_of
from spineseg.io.radiograph import is_dicom, with_path

SLICES = ("MR", "CT")
"""Modalities whose pictures are slices of a volume."""


def is_slice(path: Path) -> bool:
    """Say whether this is a DICOM file of MR or CT, by its beginning alone."""
    return kind_of(path) in SLICES


def kind_of(path: Path) -> str:
    """Return the modality that a DICOM file begins with, and nothing of other files."""
    if not path.is_file() or not is_dicom(path):
        return ""
    try:
        return modality_of(path)
    except SpinesegError:
        return ""


def read_stack(folder: Path, plane: str | None) -> Stack:
    """Return the only series of a folder; localizers beside it are left out.

    Args:
        folder: with slices, also in folders below.
        plane: of the slices that the network was trained on; None for films.

    Raises:
        SpinesegError: if there are several series or none, if a slice cannot be read,
            or if the network does not know such slices.
    """
    series = read_series(folder)
    _check_complete(folder, series)
    stacks = list(series.stacks)
    if not stacks:
        raise SpinesegError("the folder holds nothing but localizers", path=folder)
    if len(stacks) > 1:
        raise SpinesegError(
            "the folder holds several series",
            path=folder,
            found="; ".join(map(_told, stacks)),
            remedy="Copy the slices of one of them into a folder of its own",
        )
    stack = stacks[0]
    if plane is None:
        raise SpinesegError(
            "this network was trained on films",
            path=folder,
            found=_told(stack),
            remedy="Give a run that was trained on MR slices",
        )
    if stack.plane != plane:
        raise SpinesegError(
            "this network reads other slices",
            path=folder,
            found=f"a {stack.plane} series",
            expected=f"{plane} slices",
        )
    return stack


def volume_of(stack: Stack, folder: Path) -> Volume:
    """Return the volume of a folder's stack; errors name the folder."""
    try:
        return stack.volume()
    except SpinesegError as error:
        raise with_path(error, folder) from error


def _check_complete(folder: Path, series: Series) -> None:
    reasons = dict(series.left_out)
    for path in sorted(folder.rglob("*")):
        reason = reasons.get(path.name, "localizer")
        if reason != "localizer" and is_slice(path):
            raise SpinesegError(
                f"a slice cannot be read ({reason})",
                path=path,
                remedy="Mend it or take it away: a volume needs every slice",
            )


def _told(stack: Stack) -> str:
    name = f" ({stack.description})" if stack.description else ""
    return f"{len(stack.slices)} {stack.plane}{name}"
