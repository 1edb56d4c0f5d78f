"""How painted slices are measured: coil, k-space, artefacts, noise, magnitude.

Sagittal stacks read out along the body (fat shifts there, which is what darkens one
end-plate) and encode phase from front to back, where the ghosts of the aorta fall;
axial stacks read out from side to side.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from spineseg.imaging import kspace as ks
from spineseg.imaging.mri_coil import Coil
from spineseg.imaging.mri_signal import Protocol
from spineseg.imaging.mri_stack import Stack
from spineseg.imaging.mri_texture import smooth_noise

Image = NDArray[np.float32]


@dataclass(frozen=True)
class Scanner:
    """How the picture is measured.

    field_tesla: 1.5 or 3.  snr: signal of fat without coil over the noise of one
    pixel.  bandwidth_hz: readout bandwidth a pixel, sets the chemical shift.  acquired:
    share of k-space along readout and phase axis.  ghosts: how strongly pulsation is
    seen.  heart_cycles: beats in one acquisition, the distance of the ghosts.
    motion_px: amplitude of breathing.  coil: sensitivity and saturation band.
    """

    field_tesla: float = 1.5
    snr: float = 40.0
    bandwidth_hz: float = 180.0
    acquired: tuple[float, float] = (0.86, 0.74)
    ghosts: float = 0.4
    heart_cycles: float = 37.0
    motion_px: float = 0.0
    coil: Coil = field(default_factory=Coil)


def acquire(
    channels: Image,
    stack: Stack,
    scanner: Scanner,
    protocol: Protocol,
    generator: np.random.Generator,
) -> Image:
    """Measure painted slices: coil, k-space, noise, magnitude.

    Args:
        channels: (slices, rows, columns, 3) water, fat and pulsating signal.
        stack: where the slices lie.
        scanner: how they are measured.
        protocol: weighting (for its name only; the channels carry the signal).
        generator: noise and coil of this series.
    """
    read, phase = (-2, -1) if stack.plane == "sagittal" else (-1, -2)
    fine, coarse = scanner.acquired
    share = (fine, coarse) if read == -2 else (coarse, fine)
    n = stack.matrix
    window = ks.taper((n, n), share)
    coil = scanner.coil.field(n, stack.pixel_mm, stack.plane)
    coil = coil * np.exp(scanner.coil.ripple * smooth_noise(n, n / 7, n / 7, generator))
    shift_px = ks.chemical_shift_px(scanner.field_tesla, scanner.bandwidth_hz)
    sigma = 0.6 / scanner.snr
    series = np.empty((stack.slices, n, n), np.float32)
    kept = _bounds(window)
    for s in range(stack.slices):
        water, fat, flow = (channels[s, :, :, q] * coil for q in range(3))
        spectrum = ks.to_kspace(water)
        spectrum += ks.shift(ks.to_kspace(fat), shift_px, read)
        beat = ks.heartbeat(n, generator)
        pulse = scanner.heart_cycles * generator.uniform(0.8, 1.25)
        if scanner.ghosts and flow.max() > 0:
            spectrum += ks.pulsate(
                ks.to_kspace(flow), scanner.ghosts, pulse, phase, beat
            )
        if scanner.motion_px:
            way = ks.breathing_px(n, scanner.motion_px, pulse / 4)
            spectrum = ks.move(spectrum, way, phase, phase)
        inside = spectrum[kept]
        inside += ks.complex_noise(inside.shape, sigma, generator)
        series[s] = np.abs(ks.to_image(spectrum * window))
    return series


def _bounds(window: Image) -> tuple[slice, slice]:
    """The block of k-space that is measured."""
    rows, columns = (np.flatnonzero(window.any(axis)) for axis in (1, 0))
    return slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
