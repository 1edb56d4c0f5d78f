"""From an image to what the scanner measures, and back: k-space and its artefacts.

Every function takes stacks: the last two axes are rows and columns. Transforms are
orthonormal, so that noise of one standard deviation in k-space has the same standard
deviation in the image. ``axis`` is -2 (rows) or -1 (columns).
"""

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from spineseg.core.errors import SpinesegError


def to_kspace(image: NDArray) -> NDArray[np.complexfloating]:
    """Fourier transform with the zero frequency in the middle of both axes."""
    axes = (-2, -1)
    spectrum = np.asarray(scipy.fft.fft2(image, axes=axes, norm="ortho"))
    return np.fft.fftshift(spectrum, axes)


def to_image(kspace: NDArray) -> NDArray[np.complexfloating]:
    """Inverse of :func:`to_kspace`; the result is complex."""
    axes = (-2, -1)
    lines = np.fft.ifftshift(kspace, axes)
    return np.asarray(scipy.fft.ifft2(lines, axes=axes, norm="ortho"))


def frequencies(size: int) -> NDArray[np.float64]:
    """Cycles per pixel of the lines of k-space, zero in the middle."""
    return np.fft.fftshift(np.fft.fftfreq(size)).astype(np.float64)


def _along(values: NDArray, axis: int) -> NDArray:
    return values[:, None] if axis == -2 else values[None, :]


def shift(kspace: NDArray, pixels: float, axis: int) -> NDArray:
    """Move the image by any number of pixels: a phase ramp, the shift theorem.

    This is the chemical shift when applied to the fat image along the readout axis.
    """
    ramp = np.exp(-2j * np.pi * frequencies(kspace.shape[axis]) * pixels)
    return kspace * _along(ramp.astype(kspace.dtype), axis)


def chemical_shift_px(
    field_tesla: float, bandwidth_hz_per_px: float, parts_per_million: float = 3.5
) -> float:
    """Displacement of fat along the readout axis in pixels.

    Fat precesses 3.5 ppm slower than water: 224 Hz at 1.5 tesla (42.58 MHz per tesla).
    """
    if bandwidth_hz_per_px <= 0:
        raise SpinesegError("bandwidth must be positive", found=bandwidth_hz_per_px)
    return 42.577 * field_tesla * parts_per_million / bandwidth_hz_per_px


def sampled(shape: tuple[int, int], acquired: tuple[float, float]) -> NDArray[np.bool_]:
    """Lines and samples that are measured; the rest of k-space is filled with zeros.

    Args:
        shape: rows and columns of the reconstructed picture.
        acquired: share of each axis that is measured, between 0 and 1.
    """
    if not all(0 < share <= 1 for share in acquired):
        raise SpinesegError(
            "the acquired share of k-space must lie in (0, 1]", found=acquired
        )
    rows, columns = (
        np.abs(frequencies(size)) <= 0.5 * share
        for size, share in zip(shape, acquired, strict=True)
    )
    return rows[:, None] & columns[None, :]


def taper(
    shape: tuple[int, int], acquired: tuple[float, float], start: float = 0.72
) -> NDArray[np.float32]:
    """Filter of the scanner against ringing: one up to ``start``, cosine to the edge.

    The radius is measured in units of the acquired half-width of each axis. ``start``
    of 1 or more gives a filter of ones inside the sampled ellipse.
    """
    rows, columns = (
        frequencies(size) / (0.5 * share)
        for size, share in zip(shape, acquired, strict=True)
    )
    radius = np.hypot(rows[:, None], columns[None, :])
    ramp = np.clip((radius - start) / max(1.45 - start, 1e-6), 0.0, 1.0)
    weight = np.cos(0.5 * np.pi * ramp)
    return (weight * sampled(shape, acquired)).astype(np.float32)


def complex_noise(
    shape: tuple[int, ...], sigma: float, generator: np.random.Generator
) -> NDArray[np.complex64]:
    """Thermal noise: independent normal real and imaginary parts of one SD each."""
    parts = generator.standard_normal((*shape, 2), dtype=np.float32)
    return (np.float32(sigma) * parts).view(np.complex64)[..., 0]


def pulsate(
    kspace: NDArray,
    strength: float,
    cycles: float,
    axis: int,
    phase_rad: float | NDArray = 0.0,
) -> NDArray[np.complexfloating]:
    """What a pulsating structure adds to k-space: ghosts at plus and minus ``cycles``.

    The signal of line j along the phase axis is modulated by
    ``1 + strength cos(2 pi cycles j / N + phase)``, one oscillation for every heart
    beat that passes while N lines are measured. The cosine is two shifts: copies of
    half the strength, ``cycles`` pixels to either side. Only the copies are returned.
    ``phase_rad`` may have one value for each line: an unsteady heart smears the ghosts.
    """
    size = kspace.shape[axis]
    line = np.arange(size) - size // 2
    wave = strength * np.cos(2 * np.pi * cycles * line / size + phase_rad)
    return kspace * _along(wave.astype(np.float32), axis)


def heartbeat(
    lines: int, generator: np.random.Generator, unsteady_rad: float = 0.4
) -> NDArray[np.float64]:
    """Phase of the heart at every line beyond its mean rate: a random walk."""
    start = generator.uniform(0, 2 * np.pi)
    return start + np.cumsum(generator.normal(0, unsteady_rad, lines))


def move(
    kspace: NDArray, displacement_px: NDArray, phase_axis: int, motion_axis: int
) -> NDArray[np.complexfloating]:
    """Rigid displacement while the lines are measured, one value a line.

    Args:
        kspace: stack of pictures in k-space.
        displacement_px: displacement at the moment of each line of ``phase_axis``.
        phase_axis: axis along which one line is measured after the other.
        motion_axis: axis along which the patient moves.
    """
    if len(displacement_px) != kspace.shape[phase_axis]:
        raise SpinesegError(
            "motion needs one displacement for each phase-encoding line",
            found=len(displacement_px),
            expected=kspace.shape[phase_axis],
        )
    along = _along(frequencies(kspace.shape[motion_axis]), motion_axis)
    ramp = np.exp(-2j * np.pi * along * _along(displacement_px, phase_axis))
    return kspace * ramp.astype(kspace.dtype)


def breathing_px(
    lines: int, amplitude_px: float, cycles: float, phase_rad: float = 0.0
) -> NDArray[np.float64]:
    """Displacement of a body that breathes ``cycles`` times in one acquisition."""
    return amplitude_px * np.sin(
        2 * np.pi * cycles * np.arange(lines) / lines + phase_rad
    )
