"""Fine structure that no mesh carries: trabeculae in bone, unevenness of soft tissue.

Textures are periodic tiles of zero mean and unit variance, made once for each pixel
size by shaping noise in the Fourier plane, and cut out at a random place.
"""

from functools import lru_cache
from typing import Literal

import numba as nb
import numpy as np
from numpy.typing import NDArray

from spineseg.core.rng import rng

Kind = Literal["trabecular", "soft"]

TILE_MM = 160.0
_LARGEST_PX = 1024


def texture(
    kind: Kind, pitch_mm: float, shape: tuple[int, int], random: np.random.Generator
) -> NDArray[np.float32]:
    """Return a piece of texture, mirrored and shifted at random.

    ``trabecular`` holds structures of 0.4 to 2.5 mm, a little longer up and down, as
    the load-bearing trabeculae of a vertebra are; ``soft`` is noise whose power falls
    as 1/f^2.6. What is finer than two pixels is not in it.
    """
    tile = _tile(kind, _rounded(pitch_mm))
    down, across = random.integers(0, len(tile), 2)
    out = np.empty(shape, np.float32)
    _cut(tile, down, across, out)
    return out[:, ::-1] if random.random() < 0.5 else out


def _rounded(pitch_mm: float) -> float:
    # a tile serves all pixel sizes within 5 %, so that a population of random
    # geometries does not make one tile each
    return float(np.round(1.05 ** np.round(np.log(pitch_mm) / np.log(1.05)), 6))


@lru_cache(maxsize=16)
def _tile(kind: Kind, pitch_mm: float) -> NDArray[np.float32]:
    size = int(np.clip(2 ** np.ceil(np.log2(TILE_MM / pitch_mm)), 128, _LARGEST_PX))
    random = rng(0, "texture", kind, size)
    down = np.fft.fftfreq(size, pitch_mm)[:, None]
    across = np.fft.rfftfreq(size, pitch_mm)[None]
    if kind == "soft":
        bands = [(1.0, _power_law(down, across))]
    else:
        bands = [
            (1.0, _bell(down, across, 1.1, 0.45) - _bell(down, across, 2.6, 2.0)),
            (0.6, _bell(down, across, 0.45, 1.0) - _bell(down, across, 2.0, 2.0)),
            (0.9, _bell(down, across, 0.42, 0.16) - _bell(down, across, 0.9, 0.7)),
        ]
    tile = np.zeros((size, size))
    for weight, band in bands:
        tile += weight * _shaped(band, size, random)
    return np.asarray(tile / tile.std(), np.float32)


def _bell(
    down: NDArray[np.floating],
    across: NDArray[np.floating],
    tall_mm: float,
    wide_mm: float,
) -> NDArray[np.floating]:
    """Return the transfer function of a Gaussian blur, frequencies in 1/mm."""
    return np.exp(-2 * np.pi**2 * ((down * tall_mm) ** 2 + (across * wide_mm) ** 2))


def _power_law(
    down: NDArray[np.floating], across: NDArray[np.floating]
) -> NDArray[np.floating]:
    frequency = np.hypot(down, across)
    frequency[0, 0] = np.inf
    return frequency**-1.3


def _shaped(
    band: NDArray[np.floating], size: int, random: np.random.Generator
) -> NDArray[np.floating]:
    noise = np.fft.rfft2(random.standard_normal((size, size)))
    shaped = np.fft.irfft2(noise * band, s=(size, size))
    shaped -= shaped.mean()
    return shaped / shaped.std()


@nb.njit(cache=True, nogil=True, error_model="numpy")
def _cut(
    tile: NDArray[np.float32], down: int, across: int, out: NDArray[np.float32]
) -> None:
    """Copy a piece of the periodic tile that starts at (down, across)."""
    size = len(tile)
    for r in range(out.shape[0]):
        source, target = tile[(r + down) % size], out[r]
        for start in range(-across, out.shape[1], size):
            for c in range(max(start, 0), min(start + size, out.shape[1])):
                target[c] = source[c - start]
