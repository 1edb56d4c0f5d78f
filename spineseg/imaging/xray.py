"""From path lengths to what the detector reads: scatter, exposure, noise, blur.

The signal is counted in detected quanta a pixel. A pixel that expects N of them reads
a number of mean N and variance N (Poisson); the scintillator then spreads each quantum
over its neighbourhood, and the electronics add noise of their own.

Simplifications, on purpose: every detected quantum counts the same (a real panel
weighs it by its energy), and scatter is a blurred copy of where photons were lost,
not a simulation of paths.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from spineseg.core.errors import SpinesegError
from spineseg.imaging.beam import CORTICAL, METAL, SOFT, TRABECULAR, beam
from spineseg.imaging.filters import block_means, blurred, enlarged
from spineseg.imaging.texture import texture

Picture = NDArray[np.float32]

BODY_MM = 20.0  # a ray with more tissue than this goes through the patient
SCATTER_MM = ((0.7, 28.0), (0.3, 70.0))  # share and sigma of the two bells
_SCATTER_GRID_MM = 8.0
_FEW_QUANTA = 30.0  # below this the bell curve is a poor likeness of Poisson
_LEAST_BLUR_PX = 0.25  # less than this costs 12 % of contrast at the finest lines


@dataclass(frozen=True)
class Exposure:
    """Settings of the tube, the grid and the detector.

    kvp: tube voltage. copper_mm: added filter. quanta_per_mm2: detected quanta behind
    the middle of the patient, what the automatic exposure control aims at.
    scatter_to_primary: behind the grid and the middle of the patient. blur_mm: sigma of
    the scintillator. electronic_quanta: noise of the electronics a pixel. texture: 0
    is smooth, 1 usual.
    """

    kvp: float = 80.0
    copper_mm: float = 0.0
    quanta_per_mm2: float = 4.0e4
    scatter_to_primary: float = 0.45
    blur_mm: float = 0.15
    electronic_quanta: float = 12.0
    texture: float = 1.0

    def __post_init__(self) -> None:
        for name in ("quanta_per_mm2", "kvp"):
            if not getattr(self, name) > 0:
                raise SpinesegError(
                    f"{name} must be positive", found=getattr(self, name)
                )
        for name in ("copper_mm", "scatter_to_primary", "blur_mm"):
            if not getattr(self, name) >= 0:
                raise SpinesegError(
                    f"{name} cannot be negative", found=getattr(self, name)
                )

    @property
    def added(self) -> tuple[tuple[str, float], ...]:
        """Filters beyond the tube's own 3 mm of aluminium."""
        return (("copper", self.copper_mm),) if self.copper_mm else ()


def primary(
    lengths_mm: NDArray[np.float32],
    pitch_mm: float,
    exposure: Exposure,
    random: np.random.Generator,
) -> Picture:
    """Return the share of photons that pass unscattered, with texture.

    Trabeculae are compact bone that comes and goes: their amplitude grows with the
    square root of the path through spongiosa, as a sum of independent pieces does.
    """
    shape = lengths_mm.shape[1:]
    source = beam(exposure.kvp, exposure.added)
    if exposure.texture <= 0:
        return source.primary(lengths_mm)
    grain = texture("trabecular", pitch_mm, shape, random)
    grain = grain * np.sqrt(np.maximum(lengths_mm[TRABECULAR], 0.0))
    grain *= np.float32(0.08 * exposure.texture)
    uneven = texture("soft", pitch_mm, shape, random)
    uneven = 1.0 + np.float32(0.006 * exposure.texture) * uneven
    return source.primary(lengths_mm, uneven, grain)


def scattered(
    primary_share: Picture,
    lengths_mm: NDArray[np.float32],
    pitch_mm: float,
    scatter_to_primary: float,
    field: Picture | None = None,
) -> Picture:
    """Return the share of photons that arrive from elsewhere, (H, W).

    Where much tissue lies in the beam many photons change their way; they land up to
    a hand's breadth off. Behind the body in the middle third of the picture, where a
    physicist would put the beam stop, mean scatter is ``scatter_to_primary`` times mean
    primary. ``field`` (0 to 1) is what the collimator lets through.
    """
    if scatter_to_primary <= 0:
        return np.zeros_like(primary_share)
    size = max(1, round(_SCATTER_GRID_MM / pitch_mm))
    direct = block_means(primary_share, size)
    thickness = block_means(lengths_mm[SOFT], size)
    thickness += block_means(lengths_mm[CORTICAL], size)
    np.maximum(thickness, 0.0, out=thickness)
    # photons that left the beam on the way: nearly all of them behind 20 cm
    born = direct * -np.expm1(-thickness / 50.0)
    middle = chamber(direct.shape)
    body = thickness[middle] > BODY_MM
    coarse = _spread(born, size * pitch_mm)
    landed = float(coarse[middle][body].sum())
    if landed <= 0:
        return np.zeros_like(primary_share)
    scale = scatter_to_primary * float(direct[middle][body].sum()) / landed
    if field is not None:  # the share is that of the open field
        coarse = _spread(born * block_means(field, size), size * pitch_mm)
    coarse *= scale
    return enlarged(coarse, size, primary_share.shape)


def _spread(born: Picture, spacing_mm: float) -> Picture:
    """Return where the photons land that left the beam at each place."""
    landed = np.zeros_like(born)
    for share, sigma_mm in SCATTER_MM:
        sigma_px = sigma_mm / spacing_mm
        landed += share * gaussian_filter(born, sigma_px, mode="constant")
    return landed


def chamber(shape: tuple[int, ...]) -> tuple[slice, slice]:
    """Return the middle third of a picture, where the exposure is controlled."""
    rows, columns = (slice(n // 3, max(2 * n // 3, n // 3 + 1)) for n in shape)
    return rows, columns


def open_beam_quanta(
    share: Picture, lengths_mm: NDArray[np.float32], pitch_mm: float, exposure: Exposure
) -> float:
    """Return the quanta a pixel in the open beam that the exposure control asks for.

    The control looks at the :func:`chamber`, as far as it lies behind the patient; an
    empty picture is exposed for all that reaches the chamber.
    """
    middle = chamber(share.shape)
    seen = share[middle]
    behind = lengths_mm[SOFT][middle] > BODY_MM
    behind &= lengths_mm[METAL][middle] <= 0
    mean = float(seen[behind].mean() if behind.any() else seen.mean())
    return exposure.quanta_per_mm2 * pitch_mm**2 / max(mean, 1e-9)


def detected(
    expected: Picture,
    pitch_mm: float,
    exposure: Exposure,
    random: np.random.Generator,
) -> Picture:
    """Return a reading of the detector for the expected quanta of each pixel.

    Quantum noise passes through the scintillator and is blurred with the picture, the
    electronic noise is not. Where the blur is under a quarter of a pixel it is left
    out and the two noises, then both white, are drawn as one.
    """
    sigma_px = exposure.blur_mm / pitch_mm
    if sigma_px < _LEAST_BLUR_PX:
        return with_noise(expected, random, exposure.electronic_quanta)
    reading = blurred(with_noise(expected, random), sigma_px)
    if exposure.electronic_quanta > 0:
        noise = random.standard_normal(expected.shape, dtype=np.float32)
        noise *= np.float32(exposure.electronic_quanta)
        reading += noise
    return reading


def with_noise(
    expected: Picture, random: np.random.Generator, electronic_quanta: float = 0.0
) -> Picture:
    """Return counts of mean ``expected`` and variance ``expected`` + electronic^2.

    Poisson below 30 expected quanta, its normal approximation above.
    """
    few = expected < _FEW_QUANTA
    reading = random.standard_normal(expected.shape, dtype=np.float32)
    reading *= np.sqrt(expected + np.float32(electronic_quanta**2))
    reading += expected
    if few.any():
        counts = random.poisson(np.maximum(expected[few], 0.0)).astype(np.float32)
        noise = random.standard_normal(counts.shape, dtype=np.float32)
        reading[few] = counts + np.float32(electronic_quanta) * noise
    return reading
