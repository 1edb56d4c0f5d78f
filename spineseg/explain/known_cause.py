"""Pictures whose labels have a cause that we planted, to ask whether a map finds it.

Half of the pictures get one round marker at a random place, and that alone decides:
with it the structure is to be segmented, without it the mask is empty. The structure
itself looks the same in both.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float
from numpy import ndarray

from spineseg.core.errors import SpinesegError


class Planted(NamedTuple):
    """Pictures with a cause.

    Attributes:
        pictures: with their markers.
        masks: the structure where there is a marker, else nothing.
        causes: the marker's pixels; of the decoy, if there is one.
        marked: which pictures have the marker.
    """

    pictures: Float[ndarray, "n h w"]
    masks: Bool[ndarray, "n h w"]
    causes: Bool[ndarray, "n h w"]
    marked: Bool[ndarray, "n"]


def plant_cause(
    pictures: Float[ndarray, "n h w"],
    masks: Bool[ndarray, "n h w"],
    draw: np.random.Generator,
    radius_px: int = 3,
    value: float = 1.0,
    decoy: float | None = None,
) -> Planted:
    """Plant a marker that decides the label into each picture.

    Half of the pictures, by the draw, get it. It never touches the structure: its
    centre is at least ``2 * radius_px`` rows or columns away from it.

    Args:
        pictures: not changed.
        masks: of the structure.
        draw: where the places come from.
        radius_px: of the marker.
        value: grey value of the marker.
        decoy: grey value of a marker in the other pictures; None leaves them bare.
            With a decoy there are two ways to solve the task, "if the marker" and
            "unless the decoy", and only the first makes the marker the cause.

    Raises:
        SpinesegError: if shapes differ, or a picture has no room for the marker.
    """
    if pictures.shape != masks.shape or masks.dtype != bool:
        raise SpinesegError(
            "pictures and masks do not fit together",
            found=f"{pictures.shape}, {masks.shape} of {masks.dtype}",
        )
    count, height, width = pictures.shape
    marked = draw.permutation(np.arange(count) % 2 == 0)
    rows, columns = np.mgrid[:height, :width]
    causes = np.zeros_like(masks)
    for index, mask in enumerate(masks):
        row, column = _place(mask, radius_px, draw)
        if marked[index] or decoy is not None:
            near = (rows - row) ** 2 + (columns - column) ** 2 <= radius_px**2
            causes[index] = near
    grey = np.where(marked, value, decoy or 0.0)[:, None, None]
    shown = np.where(causes, grey, pictures).astype(pictures.dtype)
    return Planted(shown, masks & marked[:, None, None], causes, marked)


def _place(
    mask: Bool[ndarray, "h w"], radius_px: int, draw: np.random.Generator
) -> tuple[int, int]:
    """Draw a centre whose marker is whole and clear of the mask."""
    free = np.zeros_like(mask)
    inner = [slice(radius_px, side - radius_px) for side in mask.shape]
    free[inner[0], inner[1]] = True
    reach = 2 * radius_px
    for row, column in np.argwhere(mask):
        top, left = max(row - reach + 1, 0), max(column - reach + 1, 0)
        free[top : row + reach, left : column + reach] = False
    places = np.argwhere(free)
    if not len(places):
        raise SpinesegError(
            "no room for the marker beside the structure",
            found=f"radius {radius_px} in {mask.shape}",
            remedy="Take a larger crop or a smaller marker",
        )
    row, column = places[draw.integers(len(places))]
    return int(row), int(column)
