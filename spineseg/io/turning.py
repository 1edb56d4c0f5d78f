"""Turn a volume to another axis order without resampling it, by NumPy alone.

ITK's ``DICOMOrient`` gives the same voxels in the same places (a test compares them) in
several passes over the memory; here they are copied once.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spineseg.core.errors import SpinesegError
from spineseg.io._files import extra

TOWARDS = {"L": (0, 1), "R": (0, -1), "P": (1, 1), "A": (1, -1), "S": (2, 1)}
TOWARDS |= {"I": (2, -1)}
"""Letter of an ITK code to (patient axis, sign): L runs to the patient's left, +x."""


@dataclass(frozen=True)
class Turned:
    """A volume in the axis order that was asked for.

    array: (slices, rows, columns), contiguous, with memory of its own.  code: the
    axis order of the file.  The rest follows ITK's order (columns, rows, slices):
    spacing_mm, origin_mm of the first voxel, and directions, one column an axis.
    """

    array: NDArray[Any]
    code: str
    spacing_mm: tuple[float, float, float]
    origin_mm: tuple[float, float, float]
    directions: NDArray[np.float64]


def turn(image: Any, wanted: str) -> Turned:
    """Permute and flip the axes of a three-dimensional SimpleITK image.

    Args:
        image: real voxels; oblique directions count as the axes nearest to them.
        wanted: an ITK code of three letters, such as ``"PIR"``.

    Raises:
        SpinesegError: if the voxels are complex numbers.
    """
    sitk = extra("SimpleITK", "reading volumes")
    finder = sitk.DICOMOrientImageFilter
    code = finder.GetOrientationFromDirectionCosines(image.GetDirection())
    order, flipped = moves(code, wanted)
    voxels = sitk.GetArrayViewFromImage(image)
    if voxels.dtype.kind not in "biuf":
        raise SpinesegError(
            "only volumes of real numbers are read", found=str(voxels.dtype)
        )
    array = np.array(rearranged(voxels, code, wanted), order="C")
    spacing = np.array(image.GetSpacing())[order]
    directions = np.array(image.GetDirection()).reshape(3, 3)[:, order]
    # a flip moves the first voxel to where the last one was
    last = np.where(flipped, np.array(image.GetSize())[order] - 1, 0)
    origin = image.GetOrigin() + (directions * spacing) @ last
    directions = directions * np.where(flipped, -1, 1) + 0.0  # no minus zero
    return Turned(array, code, _three(spacing), _three(origin), directions)


def rearranged(array: NDArray[Any], code: str, wanted: str) -> NDArray[Any]:
    """Return a view of an array in another axis order.

    Args:
        array: (slices, rows, columns); ITK's codes name these axes backwards.
        code: of the array as it is.
        wanted: of the array to return.
    """
    order, flipped = moves(code, wanted)
    backwards = [slice(None, None, -1 if flip else 1) for flip in flipped]
    view = array.transpose([2 - axis for axis in reversed(order)])
    return view[tuple(reversed(backwards))]


def moves(code: str, wanted: str) -> tuple[list[int], list[bool]]:
    """Return which axes of ``code`` make those of ``wanted``, and which are flipped."""
    here = {TOWARDS[letter][0]: place for place, letter in enumerate(code)}
    order = [here[TOWARDS[letter][0]] for letter in wanted]
    return order, [
        code[axis] != letter for axis, letter in zip(order, wanted, strict=True)
    ]


def _three(values: NDArray[np.float64]) -> tuple[float, float, float]:
    x, y, z = (float(value) for value in values)
    return x, y, z
