"""Steps that move pixels: pictures are interpolated, masks keep their numbers.

One coordinate convention: x to the right, y down, from the top left *corner*; the
middle of the first pixel is (0.5, 0.5). Flips, turns and zooms act about the middle
of the picture, so points, masks and pictures move together to a fraction of a pixel.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.ndimage import affine_transform

from spineseg.core.errors import SpinesegError
from spineseg.core.sample import Sample
from spineseg.transforms.base import register

Matrix = NDArray[np.float64]
"""(2, 3): new (x, y) = matrix[:, :2] @ (x, y) + matrix[:, 2]."""

_FILLS = {"zero": "grid-constant", "nearest": "nearest"}
MAX_SIDE = 20_000


@register
def rotate(sample: Sample, angle_deg: float, fill: str = "zero") -> Sample:
    """Turn about the middle, clockwise as seen; the size stays.

    Args:
        sample: what to turn.
        angle_deg: angle.
        fill: ``"zero"`` or ``"nearest"`` (the border is drawn out), for the picture;
            masks are always filled with 0 beyond the border when ``"zero"``, and drawn
            out like the picture when ``"nearest"``.
    """
    cosine, sine = np.cos(np.radians(angle_deg)), np.sin(np.radians(angle_deg))
    return _warp(sample, np.array([[cosine, -sine], [sine, cosine]]), (0, 0), fill)


@register
def shift(
    sample: Sample, right_px: float, down_px: float, fill: str = "zero"
) -> Sample:
    """Move the content to the right and down by pixels."""
    return _warp(sample, np.eye(2), (right_px, down_px), fill)


@register
def zoom(sample: Sample, factor: float, fill: str = "zero") -> Sample:
    """Enlarge the content about the middle; the size of the picture stays."""
    if not factor > 0:
        raise SpinesegError("a zoom factor is positive", found=factor)
    changed = _warp(sample, np.eye(2) * factor, (0, 0), fill)
    if sample.spacing_mm is None:
        return changed
    rows, columns = sample.spacing_mm
    return replace(changed, spacing_mm=(rows / factor, columns / factor))


@register
def flip_horizontal(sample: Sample) -> Sample:
    """Exchange left and right of the picture."""
    width = sample.size[1]
    return _each(
        sample, lambda a: a[:, ::-1], lambda p: p * np.array([-1, 1]) + (width, 0)
    )


@register
def flip_vertical(sample: Sample) -> Sample:
    """Exchange top and bottom of the picture."""
    height = sample.size[0]
    return _each(
        sample, lambda a: a[::-1], lambda p: p * np.array([1, -1]) + (0, height)
    )


@register
def crop(sample: Sample, top: int, left: int, rows: int, columns: int) -> Sample:
    """Cut out a rectangle; what lies beyond the border becomes 0."""
    height, width = sample.size
    if rows < 1 or columns < 1:
        raise SpinesegError("a crop has at least one pixel", found=f"{rows}, {columns}")
    over = (
        (max(0, -top), max(0, top + rows - height)),
        (max(0, -left), max(0, left + columns - width)),
    )

    def cut(array: NDArray[Any]) -> NDArray[Any]:
        wide = np.pad(array, (*over, *((0, 0),) * (array.ndim - 2)))
        y, x = top + over[0][0], left + over[1][0]
        return wide[y : y + rows, x : x + columns]

    return _each(sample, cut, lambda p: p - np.array([left, top]))


@register
def pad_to_square(sample: Sample) -> Sample:
    """Add black rows or columns on both sides until the picture is square."""
    height, width = sample.size
    side = max(height, width)
    return crop(sample, -((side - height) // 2), -((side - width) // 2), side, side)


@register
def resize(sample: Sample, rows: int, columns: int) -> Sample:
    """Scale to a size: picture by area-weighted linear interpolation, masks nearest.

    Shrinking averages over all pixels that fall into a new one, so that fine noise
    does not turn into false patterns.
    """
    if not (1 <= rows <= MAX_SIDE and 1 <= columns <= MAX_SIDE):
        raise SpinesegError("impossible size", found=f"{rows} x {columns}")
    height, width = sample.size
    scale = np.array([columns / width, rows / height])
    spacing = sample.spacing_mm
    if spacing is not None:
        spacing = (spacing[0] / scale[1], spacing[1] / scale[0])
    return replace(
        sample,
        picture=_resampled(sample.picture, (columns, rows)),
        mask=_nearest(sample.mask, rows, columns),
        layers={k: _nearest(m, rows, columns) for k, m in sample.layers.items()},
        points_px=sample.points_px * scale,
        spacing_mm=spacing,
    )


@register
def resize_to_spacing(sample: Sample, spacing_mm: float) -> Sample:
    """Scale so that rows and columns lie this far apart (to half a pixel of size).

    Raises:
        SpinesegError: if the sample's spacing is not known.
    """
    if sample.spacing_mm is None:
        raise SpinesegError(
            f"the spacing of {sample.id or 'this sample'} is not known",
            remedy="Resize it to a number of pixels in place of millimetres",
        )
    rows, columns = (
        max(1, round(n * step / spacing_mm))
        for n, step in zip(sample.size, sample.spacing_mm, strict=True)
    )
    return resize(sample, rows, columns)


@register
def square_pixels(sample: Sample) -> Sample:
    """Scale until rows and columns lie equally far apart, at the finer spacing.

    A sample of unknown spacing is taken to have square pixels already.
    """
    if sample.spacing_mm is None:
        return sample
    return resize_to_spacing(sample, min(sample.spacing_mm))


@register
def fit_and_pad(sample: Sample, side_px: int) -> Sample:
    """Shrink what is larger than a square of this side, pad what is smaller."""
    largest = max(sample.size)
    if largest > side_px:
        rows, columns = (max(1, round(n * side_px / largest)) for n in sample.size)
        sample = resize(sample, rows, columns)
    top, left = ((n - side_px) // 2 for n in sample.size)
    return crop(sample, top, left, side_px, side_px)


def _each(
    sample: Sample,
    move: Callable[[NDArray[Any]], NDArray[Any]],
    move_points: Callable[[NDArray[np.float64]], NDArray[np.float64]],
) -> Sample:
    """Apply an exact rearrangement of pixels to all that a sample holds."""
    return replace(
        sample,
        picture=np.ascontiguousarray(move(sample.picture)),
        mask=np.ascontiguousarray(move(sample.mask)),
        layers={k: np.ascontiguousarray(move(m)) for k, m in sample.layers.items()},
        points_px=move_points(sample.points_px),
    )


def _warp(
    sample: Sample, linear: Matrix, offset_px: tuple[float, float], fill: str
) -> Sample:
    """Apply a linear map about the middle, then an offset (right, down)."""
    if fill not in _FILLS:
        raise SpinesegError(
            "unknown fill", found=repr(fill), expected=" or ".join(_FILLS)
        )
    height, width = sample.size
    middle = np.array([width / 2, height / 2])
    target = middle + np.asarray(offset_px, float)
    back = np.linalg.inv(linear)[::-1, ::-1]  # arrays are indexed (y, x)
    # from corner coordinates to indices: half a pixel on both sides
    start: Any = (middle[::-1] - 0.5) - back @ (target[::-1] - 0.5)

    def warped(array: NDArray[Any], order: int) -> NDArray[Any]:
        if array.ndim == 3:
            channels = [warped(array[..., k], order) for k in range(array.shape[2])]
            return np.stack(channels, axis=-1)
        return affine_transform(
            array, back, start, order=order, mode=_FILLS[fill], cval=0
        )

    return replace(
        sample,
        picture=warped(sample.picture, 1),
        mask=warped(sample.mask, 0),
        layers={name: warped(mask, 0) for name, mask in sample.layers.items()},
        points_px=(sample.points_px - middle) @ linear.T + target,
    )


def _resampled(
    picture: NDArray[np.float32], size: tuple[int, int]
) -> NDArray[np.float32]:
    if picture.ndim == 3:
        parts = [_resampled(picture[..., k], size) for k in range(picture.shape[2])]
        return np.stack(parts, axis=-1)
    image = Image.fromarray(np.ascontiguousarray(picture, np.float32))
    return np.asarray(image.resize(size, Image.Resampling.BILINEAR))


def _nearest(mask: NDArray[Any], rows: int, columns: int) -> NDArray[Any]:
    """Take the label under the middle of each new pixel."""
    y = ((np.arange(rows) + 0.5) * mask.shape[0] / rows).astype(int)
    x = ((np.arange(columns) + 0.5) * mask.shape[1] / columns).astype(int)
    return mask[np.minimum(y, mask.shape[0] - 1)[:, None], x[None]]
