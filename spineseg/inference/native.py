"""Predictions on the picture's own grid, whatever the preprocessing did to it.

Preprocessing pads, scales and turns; three points that travel with the picture tell
afterwards where each of its pixels went.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.ndimage import affine_transform

from spineseg.core.sample import Sample
from spineseg.datasets.folder import grey_of
from spineseg.inference.predict import Predict, to_labels
from spineseg.io import Volume
from spineseg.io.planes import from_slices, order_of, slices_of

Prepare = Callable[[Sample], Sample]
Clean = Callable[[NDArray[Any]], NDArray[Any]]


def predict_picture(
    picture: NDArray[np.float32],
    spacing_mm: tuple[float, float] | None,
    prepare: Prepare,
    predict: Predict,
    channels: int = 1,
) -> NDArray[np.float32]:
    """Return probabilities (classes, rows, columns) on the grid of the picture.

    Args:
        picture: (rows, columns) in [0, 1].
        spacing_mm: between rows and between columns, or None.
        prepare: preprocessing, as in training.
        predict: gives probabilities.
        channels: that the network takes; the grey picture stands in each.
    """
    rows, columns = picture.shape
    corners = np.array([[0.0, 0.0], [columns, 0.0], [0.0, rows]])
    blank = np.zeros(picture.shape, np.uint8)
    before = Sample(picture, blank, spacing_mm=spacing_mm, points_px=corners)
    after = prepare(before)
    planes = torch.from_numpy(np.array(after.picture, np.float32))
    batch = planes[None, None].expand(1, channels, -1, -1).contiguous()
    with torch.inference_mode():
        found = predict(batch)[0].float().cpu().numpy()
    return np.stack([_pulled_back(plane, after, picture.shape) for plane in found])


def _pulled_back(
    plane: NDArray[np.float32], after: Sample, size: tuple[int, ...]
) -> NDArray[np.float32]:
    """Read a plane of the network's grid at the places of the picture's pixels."""
    rows, columns = size
    start, right, down = after.points_px[:, ::-1]  # arrays are indexed (y, x)
    matrix = np.stack([(down - start) / rows, (right - start) / columns], axis=1)
    # from middles of pixels, (0.5, 0.5), to indices
    offset: Any = start + matrix @ np.array([0.5, 0.5]) - 0.5
    found: Any = affine_transform(
        plane, matrix, offset, output_shape=(rows, columns), order=1, mode="nearest"
    )
    return found


def predict_film(
    picture: NDArray[np.float32],
    spacing_mm: tuple[float, float] | None,
    prepare: Prepare,
    predict: Predict,
    channels: int = 1,
) -> NDArray[np.uint8]:
    """Return the label map of a film on its own grid."""
    found = predict_picture(picture, spacing_mm, prepare, predict, channels)
    return to_labels(torch.from_numpy(found)[None])[0]


def predict_volume(
    volume: Volume,
    prepare: Prepare,
    predict: Predict,
    channels: int = 1,
    plane: str = "sagittal",
) -> Volume:
    """Return the label volume: every slice of a plane by itself, as in training.

    Args:
        volume: of any modality.
        prepare: preprocessing, as in training.
        predict: gives probabilities.
        channels: that the network takes.
        plane: of the slices, ``"sagittal"``, ``"coronal"`` or ``"axial"``.

    Raises:
        SpinesegError: if the volume has other than three axes, or for another plane.
    """
    _, *inside = order_of(plane)
    rows, columns = (volume.spacing_mm[axis] for axis in inside)
    slices = [
        predict_film(grey_of(one), (rows, columns), prepare, predict, channels)
        for one in slices_of(volume.array, plane)
    ]
    return Volume(from_slices(np.stack(slices), plane), volume.grid)
