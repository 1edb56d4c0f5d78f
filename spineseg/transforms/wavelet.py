"""Wavelet denoising in a few lines of NumPy.

scikit-image's ``denoise_wavelet`` is a wrapper of PyWavelets and does not run without
it; the filter bank below needs no further library. Orthogonal Daubechies wavelet with
two vanishing moments (db2), periodic borders, soft BayesShrink thresholds (Chang, Yu,
Vetterli 2000): the noise is taken from the finest diagonal details by their median.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from spineseg.core.errors import SpinesegError
from spineseg.core.sample import Sample
from spineseg.transforms.base import register

Plane = NDArray[np.float64]

_ROOT = np.sqrt(3.0)
LOW = np.array([1 + _ROOT, 3 + _ROOT, 3 - _ROOT, 1 - _ROOT]) / (4 * np.sqrt(2.0))
"""db2's scaling filter."""
HIGH = LOW[::-1] * np.array([1, -1, 1, -1])

_MEDIAN_OF_NORMAL = 0.6744897501960817


@register
def wavelet_denoise(sample: Sample, levels: int = 3) -> Sample:
    """Shrink small wavelet coefficients; the noise is measured on the picture itself.

    Args:
        sample: picture.
        levels: scales that are cleaned, 1 to 6.
    """
    if not 1 <= levels <= 6:
        raise SpinesegError("1 to 6 levels are cleaned", found=levels)
    picture = sample.picture
    if picture.ndim == 3:
        parts = [denoised(picture[..., k], levels) for k in range(picture.shape[2])]
        return replace(sample, picture=np.stack(parts, axis=-1))
    return replace(sample, picture=denoised(picture, levels))


def denoised(picture: NDArray[np.floating], levels: int) -> NDArray[np.float32]:
    """Return the picture with soft-thresholded details."""
    rows, columns = picture.shape
    block = 2**levels
    # mirrored up to a multiple of the coarsest block, cut off again at the end
    wide = np.pad(
        picture.astype(np.float64),
        ((0, -rows % block), (0, -columns % block)),
        mode="symmetric",
    )
    clean = _shrunk(wide, levels, None)[:rows, :columns]
    return clean.astype(np.float32)


def _shrunk(plane: Plane, levels: int, noise: float | None) -> Plane:
    if levels == 0:
        return plane
    coarse, details = analyse(plane)
    if noise is None:
        noise = float(np.median(np.abs(details[2])) / _MEDIAN_OF_NORMAL)
    kept = tuple(_soft(detail, noise) for detail in details)
    return synthesise(_shrunk(coarse, levels - 1, noise), kept)


def _soft(detail: Plane, noise: float) -> Plane:
    signal = np.sqrt(max(float(np.mean(detail**2)) - noise**2, 0.0))
    if signal == 0.0:
        return np.zeros_like(detail)
    threshold = noise**2 / signal
    return np.sign(detail) * np.maximum(np.abs(detail) - threshold, 0)


def analyse(plane: Plane) -> tuple[Plane, tuple[Plane, Plane, Plane]]:
    """Return the coarse half and the details along rows, columns and diagonals."""
    low, high = _split(plane, 0)
    coarse, across = _split(low, 1)
    down, diagonal = _split(high, 1)
    return coarse, (across, down, diagonal)


def synthesise(coarse: Plane, details: tuple[Plane, ...]) -> Plane:
    """Undo :func:`analyse`."""
    across, down, diagonal = details
    return _join(_join(coarse, across, 1), _join(down, diagonal, 1), 0)


def _split(plane: Plane, axis: int) -> tuple[Plane, Plane]:
    moved = np.moveaxis(plane, axis, 0)
    taps = [np.roll(moved, -k, 0)[::2] for k in range(4)]
    low = sum(weight * tap for weight, tap in zip(LOW, taps, strict=True))
    high = sum(weight * tap for weight, tap in zip(HIGH, taps, strict=True))
    return np.moveaxis(np.asarray(low), 0, axis), np.moveaxis(np.asarray(high), 0, axis)


def _join(low: Plane, high: Plane, axis: int) -> Plane:
    low, high = np.moveaxis(low, axis, 0), np.moveaxis(high, axis, 0)
    out = np.zeros((2 * low.shape[0], *low.shape[1:]))
    for k in range(4):
        part = np.zeros_like(out)
        part[::2] = LOW[k] * low + HIGH[k] * high
        out += np.roll(part, k, 0)
    return np.moveaxis(out, 0, axis)
