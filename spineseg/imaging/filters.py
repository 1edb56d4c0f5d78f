"""Small compiled filters on float32 pictures: halving, doubling, Gaussian blur.

The border is continued by its nearest pixel everywhere.
"""

import numba as nb
import numpy as np
from numpy.typing import NDArray
from scipy.special import ive

Picture = NDArray[np.float32]


def gaussian_weights(sigma_px: float) -> NDArray[np.float32]:
    """Return the weights of a Gaussian blur, an odd number of them, summing to 1.

    Samples of the bell curve from 0.8 pixels on. Below, where samples have the wrong
    width, ``exp(-t) I_k(t)`` with t = sigma^2 (the discrete Gaussian of Lindeberg
    1990): its variance is exact, the finest lines lose a little less than they should.
    """
    offsets = np.arange(-int(4.0 * sigma_px) - 2, int(4.0 * sigma_px) + 3)
    if sigma_px < 0.8:
        weights = ive(np.abs(offsets), sigma_px**2)
    else:
        weights = np.exp(-0.5 * (offsets / sigma_px) ** 2)
    return (weights / weights.sum()).astype(np.float32)


def blurred(picture: Picture, sigma_px: float) -> Picture:
    """Return the picture convolved with a Gaussian of sigma_px pixels."""
    if sigma_px <= 0:
        return picture.copy()
    weights = gaussian_weights(sigma_px)
    out = np.empty_like(picture)
    _separable(np.ascontiguousarray(picture, np.float32), weights, out)
    return out


def halved(picture: Picture) -> Picture:
    """Return means of 2 x 2 pixels; an odd border counts its last pixel twice."""
    height, width = picture.shape
    out = np.empty(((height + 1) // 2, (width + 1) // 2), np.float32)
    _halve(picture, out)
    return out


def add_doubled(coarse: Picture, fine: Picture) -> None:
    """Add the bilinear enlargement of ``coarse`` to ``fine``, in place.

    ``coarse`` has the shape of :func:`halved` of ``fine``.
    """
    _add_doubled(coarse, fine)


def block_means(picture: Picture, size: int) -> Picture:
    """Return means of size x size pixels; the last row and column may be cut off."""
    height, width = (max(n // size, 1) for n in picture.shape)
    out = np.empty((height, width), np.float32)
    _block_means(picture, min(size, *picture.shape), out)
    return out


def enlarged(coarse: Picture, size: int, shape: tuple[int, int]) -> Picture:
    """Return ``coarse`` enlarged ``size`` times by bilinear interpolation."""
    out = np.empty(shape, np.float32)
    _enlarge(coarse, size, out)
    return out


@nb.njit(cache=True, nogil=True, error_model="numpy")
def _separable(picture: Picture, weights: NDArray[np.float32], out: Picture) -> None:
    height, width = picture.shape
    radius = len(weights) // 2
    line = np.empty(width + 2 * radius, np.float32)
    for r in range(height):
        line[:] = 0.0
        for k in range(-radius, radius + 1):
            source = picture[min(max(r + k, 0), height - 1)]
            weight = weights[k + radius]
            for c in range(width):
                line[c + radius] += weight * source[c]
        line[:radius] = line[radius]
        line[width + radius :] = line[width + radius - 1]
        target = out[r]
        target[:] = 0.0
        for k in range(len(weights)):
            weight = weights[k]
            for c in range(width):
                target[c] += weight * line[c + k]


@nb.njit(cache=True, nogil=True, error_model="numpy")
def _halve(picture: Picture, out: Picture) -> None:
    height, width = picture.shape
    for r in range(out.shape[0]):
        upper, lower = picture[2 * r], picture[min(2 * r + 1, height - 1)]
        for c in range(width // 2):
            pair = upper[2 * c] + upper[2 * c + 1] + lower[2 * c] + lower[2 * c + 1]
            out[r, c] = np.float32(0.25) * pair
        if width % 2:
            out[r, width // 2] = np.float32(0.5) * (upper[width - 1] + lower[width - 1])


@nb.njit(cache=True, nogil=True, error_model="numpy")
def _add_doubled(coarse: Picture, fine: Picture) -> None:
    height, width = fine.shape
    rows, columns = coarse.shape
    near, far = np.float32(0.75), np.float32(0.25)
    line = np.empty(columns + 2, np.float32)
    for r in range(height):
        i = r // 2
        other = max(i - 1, 0) if r % 2 == 0 else min(i + 1, rows - 1)
        for j in range(columns):
            line[j + 1] = near * coarse[i, j] + far * coarse[other, j]
        line[0], line[columns + 1] = line[1], line[columns]
        target = fine[r]
        for j in range(width // 2):
            target[2 * j] += near * line[j + 1] + far * line[j]
            target[2 * j + 1] += near * line[j + 1] + far * line[j + 2]
        if width % 2:
            target[width - 1] += near * line[columns] + far * line[columns - 1]


@nb.njit(cache=True, nogil=True, error_model="numpy")
def _block_means(picture: Picture, size: int, out: Picture) -> None:
    share = np.float32(1.0 / (size * size))
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            total = np.float32(0.0)
            for r in range(i * size, (i + 1) * size):
                for c in range(j * size, (j + 1) * size):
                    total += picture[r, c]
            out[i, j] = total * share


@nb.njit(cache=True, nogil=True, error_model="numpy")
def _enlarge(coarse: Picture, size: int, out: Picture) -> None:
    rows, columns = coarse.shape
    width = out.shape[1]
    line = np.empty(columns + 1, np.float32)
    left, part = np.empty(width, np.int64), np.empty(width, np.float32)
    for c in range(width):
        x = min(max((c + 0.5) / size - 0.5, 0.0), columns - 1.0)
        left[c], part[c] = int(x), np.float32(x - int(x))
    for r in range(out.shape[0]):
        y = min(max((r + 0.5) / size - 0.5, 0.0), rows - 1.0)
        upper, lower = coarse[int(y)], coarse[min(int(y) + 1, rows - 1)]
        below = np.float32(y - int(y))
        for j in range(columns):
            line[j] = upper[j] + below * (lower[j] - upper[j])
        line[columns] = line[columns - 1]
        target = out[r]
        for c in range(width):
            j = left[c]
            target[c] = line[j] + part[c] * (line[j + 1] - line[j])
