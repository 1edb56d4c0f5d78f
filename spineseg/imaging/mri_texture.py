"""Periodic patterns that stand for what is finer than the meshes of a patient.

Each texture is a square tile that repeats without a seam; a slice takes it at its own
offset. Grain textures have mean zero and unit deviation, the others lie in [0, 1].
"""

from collections.abc import Callable
from functools import lru_cache

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from spineseg.core.rng import rng

Tile = NDArray[np.float32]
Noise = Callable[[float, float], Tile]


def smooth_noise(
    size: int, rows_px: float, columns_px: float, generator: np.random.Generator
) -> Tile:
    """Periodic normal noise, smoothed by a Gaussian of the given deviations."""
    white = generator.standard_normal((size, size), dtype=np.float32)
    rows = np.exp(-2 * (np.pi * np.fft.fftfreq(size) * rows_px) ** 2)
    columns = np.exp(-2 * (np.pi * np.fft.rfftfreq(size) * columns_px) ** 2)
    weight = (rows[:, None] * columns[None]).astype(np.float32)
    spectrum = np.asarray(scipy.fft.rfft2(white)) * weight
    noise = np.asarray(scipy.fft.irfft2(spectrum, s=white.shape))
    return ((noise - noise.mean()) / noise.std()).astype(np.float32)


@lru_cache(maxsize=64)
def texture(name: str, pixel_mm: float, plane: str, size: int) -> Tile:
    """One tile of a texture of :data:`spineseg.anatomy.tissue.TEXTURES`.

    Args:
        name: of the texture.
        pixel_mm: size of a pixel; structures keep their millimetres.
        plane: ``"sagittal"`` or ``"axial"``; strands run along the body.
        size: pixels a side, a power of two.
    """
    generator = rng(20240, "texture", name, plane)

    def noise(rows_mm: float, columns_mm: float) -> Tile:
        return smooth_noise(size, rows_mm / pixel_mm, columns_mm / pixel_mm, generator)

    makers = {
        "marrow": lambda: _unit(
            0.55 * noise(1.1, 1.1) + noise(0.5, 0.5) * 0.5 + 0.6 * noise(4, 4)
        ),
        "fine": lambda: _ramp(noise(0.45, 0.45), 0.2, 1.4),
        "blotch": lambda: _ramp(noise(3.2, 3.2) + 0.3 * noise(0.9, 0.9), 0.0, 2.4),
        "fibre": lambda: _ramp(_bent(noise(0.8, 7.0), noise(9, 9)), 0.0, 1.2),
        "patch": lambda: _ramp(noise(5.5, 5.5) + 0.2 * noise(1, 1), -0.75, 0.05),
        "septa": lambda: _net(noise),
        "streak": lambda: _strands(noise, plane),
    }
    return makers[name]()


def _unit(tile: NDArray) -> Tile:
    return ((tile - tile.mean()) / tile.std()).astype(np.float32)


def _ramp(tile: NDArray, low: float, high: float) -> Tile:
    return np.clip((tile - low) / (high - low), 0, 1).astype(np.float32)


def _bent(tile: NDArray, bend: NDArray) -> Tile:
    """Shift every column by a smooth amount so that stripes are not straight."""
    return _unit(tile + 0.5 * bend)


def _net(noise: Noise) -> Tile:
    """Thin walls where a smooth field crosses zero, thicker in some places."""
    jagged = 0.16 * noise(0.8, 0.8)
    coarse, side = noise(3.0, 6.5) + jagged, noise(1.9, 2.4) + jagged
    walls = np.exp(-((coarse / 0.13) ** 2)) + 0.7 * np.exp(-((side / 0.08) ** 2))
    there = _ramp(noise(3.5, 5.0), -0.9, 1.9)
    return np.clip(walls * there, 0, 1).astype(np.float32)


def _strands(noise: Noise, plane: str) -> Tile:
    """Fat between muscle fibres: along them on sagittal, islands on axial pictures."""
    patchy = noise(5.5, 5.5)
    if plane == "sagittal":
        strands = noise(4.5, 0.55)
        return _ramp(strands + 0.75 * patchy, 1.25, 2.5)
    spots, veils = noise(0.75, 0.75), noise(1.7, 0.55)
    tilted = np.abs(noise(2.6, 2.6))
    lines = np.exp(-((tilted / 0.06) ** 2)) * _ramp(patchy, 0.1, 1.4)
    islands = _ramp(np.maximum(spots, veils) + 0.75 * patchy, 1.7, 2.9)
    return np.clip(islands + 0.75 * lines, 0, 1).astype(np.float32)
