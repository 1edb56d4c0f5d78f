"""Cut a volume's array into the slices of a plane, and put slices together again.

The array's axes are those of :mod:`spineseg.io.volume`: slices from the patient's left
to the right, rows from head to feet, columns from front to back. Cut as radiologists
look at them, axial slices have the front up and coronal ones the head, both with the
patient's right on the left.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from spineseg.core.errors import SpinesegError

ORDER = {"sagittal": (0, 1, 2), "coronal": (2, 1, 0), "axial": (1, 2, 0)}
"""Axes of the array that a plane's slices, rows and columns follow each other along."""
MIRRORED = {"coronal", "axial"}
"""Planes whose columns run against their axis, so that the right is on the left."""


def slices_of(array: NDArray[Any], plane: str) -> NDArray[Any]:
    """Return a view of a volume's array as (slices, rows, columns) of a plane.

    Args:
        array: three axes, left to right, head to feet, front to back.
        plane: ``"sagittal"``, ``"coronal"`` or ``"axial"``.

    Raises:
        SpinesegError: if there is no such plane, or the array has not three axes.
    """
    slices = _three(array).transpose(order_of(plane))
    return slices[:, :, ::-1] if plane in MIRRORED else slices


def from_slices(slices: NDArray[Any], plane: str) -> NDArray[Any]:
    """Return the array whose :func:`slices_of` these are, as a view.

    Raises:
        SpinesegError: if there is no such plane, or the array has not three axes.
    """
    straight = _three(slices)
    if plane in MIRRORED:
        straight = straight[:, :, ::-1]
    return straight.transpose(np.argsort(order_of(plane)))


def order_of(plane: str) -> tuple[int, int, int]:
    """Return the array's axes of a plane's slices, rows and columns.

    Raises:
        SpinesegError: if there is no such plane.
    """
    if plane not in ORDER:
        raise SpinesegError("no such plane", found=plane, expected=", ".join(ORDER))
    return ORDER[plane]


def _three(array: NDArray[Any]) -> NDArray[Any]:
    if array.ndim != 3:
        raise SpinesegError("a volume has three axes", found=f"shape {array.shape}")
    return array
