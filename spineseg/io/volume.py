"""Volumes (.mha, NIfTI) in one orientation, whatever the file's axis order.

Axes of every array here: slices from the patient's left to the right, rows from head
to feet, columns from front to back. ``array[k]`` therefore is a sagittal picture with
the head up and the face to the left. ITK calls this orientation PIR.
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spineseg.core.errors import SpinesegError
from spineseg.io._files import (
    FilePath,
    atomic_write,
    existing_file,
    extra,
    quiet_codecs,
    suffix_of,
)
from spineseg.io._seal import seal_of
from spineseg.io._whole import check_whole
from spineseg.io.planes import slices_of
from spineseg.io.turning import turn

ORIENTATION = "PIR"
DEFAULT_AXES = ((-1.0, 0.0, 0.0), (0.0, 0.0, -1.0), (0.0, 1.0, 0.0))
SUFFIXES = (".mha", ".mhd", ".nii", ".nii.gz", ".nrrd")
WRITABLE = (".mha", ".nii", ".nii.gz", ".nrrd")


@dataclass(frozen=True)
class Grid:
    """Where the voxels lie. All tuples follow the array's axes: slice, row, column.

    shape: voxels along each axis.  spacing_mm: distance between them.
    origin_mm: patient coordinates (left, posterior, superior) of voxel [0, 0, 0].
    axes: (3, 3), row a is the patient direction in which array axis a runs.
    """

    shape: tuple[int, int, int]
    spacing_mm: tuple[float, float, float]
    origin_mm: tuple[float, float, float]
    axes: NDArray[np.float64]

    def differences(self, other: "Grid", tolerance_mm: float = 0.01) -> list[str]:
        """Say in words how two grids differ; an empty list means that they agree."""
        found = []
        if self.shape != other.shape:
            found.append(f"shape {self.shape} and {other.shape}")
        for name in ("spacing_mm", "origin_mm"):
            mine, its = getattr(self, name), getattr(other, name)
            if not np.allclose(mine, its, rtol=0, atol=tolerance_mm):
                found.append(f"{name} {_round(mine)} and {_round(its)}")
        if not np.allclose(self.axes, other.axes, rtol=0, atol=1e-3):
            found.append("directions")
        return found


@dataclass(frozen=True)
class Volume:
    """A volume in the orientation of this module.

    array: (slices, rows, columns).  grid: where its voxels lie.
    stored_as: the orientation code of the file, e.g. ``"LPS"``.
    """

    array: NDArray[Any]
    grid: Grid
    stored_as: str = ORIENTATION

    @property
    def spacing_mm(self) -> tuple[float, float, float]:
        """Return the distance between slices, rows and columns."""
        return self.grid.spacing_mm

    def sagittal_middle(self) -> NDArray[Any]:
        """Return the middle slice from left to right: rows down, columns back.

        With an even number of slices it is the one right of the middle.
        """
        return self.array[self.array.shape[0] // 2]

    def plane(self, name: str, index: int | None = None) -> NDArray[Any]:
        """Return one slice: ``"sagittal"``, ``"coronal"`` or ``"axial"``.

        They are turned as radiologists look at them (:mod:`spineseg.io.planes`).
        ``index`` counts left to right, front to back, head to feet.

        Raises:
            SpinesegError: if there is no such plane or slice.
        """
        stack = slices_of(self.array, name)
        chosen = len(stack) // 2 if index is None else index
        if not 0 <= chosen < len(stack):
            raise SpinesegError(
                "no such slice", found=chosen, expected=f"0 to {len(stack) - 1}"
            )
        return stack[chosen]


def _round(values: tuple[float, ...]) -> tuple[float, ...]:
    return tuple(round(value, 3) for value in values)


def check_same_grid(image: Volume, mask: Volume, tolerance_mm: float = 0.01) -> None:
    """Refuse a mask whose voxels do not lie where the image's do.

    Raises:
        SpinesegError: naming every difference.
    """
    differences = image.grid.differences(mask.grid, tolerance_mm)
    if differences:
        raise SpinesegError(
            "image and mask do not lie on the same grid",
            found="; ".join(differences),
            remedy="Resample the mask onto the image with nearest neighbour",
        )


def read_volume(path: FilePath) -> Volume:
    """Read a .mha, .mhd, .nrrd or NIfTI volume and turn it by its direction cosines.

    Values are kept as stored (after the file's own scaling). Oblique scans are turned
    by the nearest permutation of axes, never resampled.

    Raises:
        SpinesegError: if the file is broken or is not three-dimensional.
    """
    image = load_sitk(path)
    if image.GetDimension() != 3 or image.GetNumberOfComponentsPerPixel() != 1:
        raise SpinesegError(
            "only volumes of three dimensions with one value a voxel are read",
            path=path,
            found=f"size {image.GetSize()}, {image.GetNumberOfComponentsPerPixel()} "
            "values a voxel",
        )
    return read_image(image, path)


def read_image(image: Any, path: FilePath) -> Volume:
    """Make a Volume of what SimpleITK read from a file; errors name the file."""
    try:
        return from_sitk(image)
    except SpinesegError as error:
        raise SpinesegError(error.problem, path=path, found=error.found) from error


def from_sitk(image: Any) -> Volume:
    """Make a Volume of a SimpleITK image with three dimensions.

    Raises:
        SpinesegError: if it does not lie anywhere (a number of its place is none), or
            its voxels are complex numbers.
    """
    place = (*image.GetSpacing(), *image.GetOrigin(), *image.GetDirection())
    if not np.isfinite(place).all() or min(image.GetSpacing()) <= 0:
        raise SpinesegError("the volume's spacing, origin or directions are no numbers")
    turned = turn(image, ORIENTATION)
    slices, rows, columns = turned.array.shape
    x, y, z = turned.spacing_mm
    axes = turned.directions.T[::-1]
    grid = Grid((slices, rows, columns), (z, y, x), turned.origin_mm, axes)
    return Volume(turned.array, grid, turned.code)


def load_sitk(path: FilePath) -> Any:
    """Read a file with SimpleITK; every failure becomes one SpinesegError."""
    file = existing_file(path)
    if suffix_of(file) not in SUFFIXES:
        raise SpinesegError(
            "volumes are not read from this format",
            path=path,
            found=suffix_of(file) or "no ending",
            expected=", ".join(SUFFIXES),
        )
    seal = seal_of(file, suffix_of(file))
    if seal is None:
        check_whole(file, suffix_of(file))
    sitk = extra("SimpleITK", "reading volumes")
    # ITK's warnings go to the terminal past every Python filter
    sitk.ProcessObject.SetGlobalWarningDisplay(False)
    try:
        with quiet_codecs():
            image = sitk.ReadImage(str(file))
    except Exception as error:
        check_whole(file, suffix_of(file))  # says it better where the data is damaged
        lines = [line.strip() for line in str(error).splitlines() if line.strip()]
        reason = lines[-1].split("ITK ERROR:")[-1].strip() if lines else "no reason"
        raise SpinesegError(
            f"the volume cannot be read ({reason[:160]})", path=path
        ) from error
    if seal is not None and not seal(sitk.GetArrayViewFromImage(image)):
        check_whole(file, suffix_of(file))
    return image


def make_volume(
    array: NDArray[Any],
    spacing_mm: tuple[float, float, float],
    origin_mm: tuple[float, float, float] = (0.0, 0.0, 0.0),
    axes: NDArray[np.floating] | None = None,
) -> Volume:
    """Make a Volume of an array and the patient directions of its axes.

    Args:
        array: any three axes.
        spacing_mm: distance of voxels along each of them, in the array's order.
        origin_mm: patient coordinates (left, posterior, superior) of voxel [0, 0, 0].
        axes: (3, 3), row a the patient direction of array axis a; None means that
            the array is in the orientation of this module already.

    Raises:
        SpinesegError: if the shape, the spacing or the directions are impossible.
    """
    directions = np.asarray(DEFAULT_AXES if axes is None else axes, np.float64)
    if array.ndim != 3 or 0 in array.shape:
        raise SpinesegError("a volume has three axes", found=f"shape {array.shape}")
    if len(spacing_mm) != 3 or not all(0 < step < np.inf for step in spacing_mm):
        raise SpinesegError("impossible spacing", found=str(spacing_mm))
    if directions.shape != (3, 3) or not np.allclose(
        directions @ directions.T, np.eye(3), atol=1e-3
    ):
        raise SpinesegError(
            "the axes are not perpendicular unit vectors", found=directions.tolist()
        )
    shape = (array.shape[0], array.shape[1], array.shape[2])
    as_given = Volume(array, Grid(shape, spacing_mm, origin_mm, directions))
    return as_given if axes is None else from_sitk(_to_sitk(as_given))


def write_volume(
    path: FilePath, volume: Volume, *, orientation: str = ORIENTATION
) -> None:
    """Write a volume as .mha, .nrrd or NIfTI, compressed, atomically.

    Args:
        path: file to write; the ending chooses the format.
        volume: what to write; its voxel type is kept.
        orientation: axis order in the file, an ITK code such as ``"LPS"`` (slices
            last in the file) or ``"PIR"`` (slices first when read as an array).

    Raises:
        SpinesegError: if the ending, the code or the folder cannot be used.
    """
    if suffix_of(path) not in WRITABLE:
        raise SpinesegError(
            "volumes are not written in this format",
            path=path,
            found=suffix_of(path) or "no ending",
            expected=", ".join(WRITABLE),
        )
    sitk = extra("SimpleITK", "writing volumes")
    try:
        image = sitk.DICOMOrient(_to_sitk(volume), orientation)
    except Exception as error:
        raise SpinesegError("unknown orientation code", found=orientation) from error
    with atomic_write(path) as part:
        try:
            sitk.WriteImage(image, str(part), useCompression=True)
        except Exception as error:
            raise SpinesegError("the volume cannot be written", path=path) from error


def _to_sitk(volume: Volume) -> Any:
    sitk = extra("SimpleITK", "writing volumes")
    array = volume.array
    if array.dtype == np.bool_:
        array = array.astype(np.uint8)
    try:
        image = sitk.GetImageFromArray(np.ascontiguousarray(array))
    except Exception as error:
        raise SpinesegError(
            "volumes of this type are not written", found=str(array.dtype)
        ) from error
    image.SetSpacing([float(step) for step in reversed(volume.grid.spacing_mm)])
    image.SetOrigin([float(value) for value in volume.grid.origin_mm])
    image.SetDirection(volume.grid.axes[::-1].T.ravel().tolist())
    return image


def as_type(volume: Volume, dtype: Any) -> Volume:
    """Return the same volume with another voxel type."""
    return replace(volume, array=volume.array.astype(dtype))
