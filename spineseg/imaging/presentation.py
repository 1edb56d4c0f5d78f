"""From the detector's numbers to a picture that a reader likes: "for presentation".

Log, then a pyramid of details by size (as clinical multi-scale processing does): the
coarsest part, which is the patient's thickness, is compressed; fine details are
raised; a sigmoid table spreads the rest over the grey levels. Bone is white.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spineseg.core.errors import SpinesegError
from spineseg.imaging.filters import add_doubled, halved

Picture = NDArray[np.float32]

_SAMPLES = 40_000  # pixels from which the window's percentiles are taken
_BODY_SHARE = 0.5  # of the open beam; what reads less lies behind the patient
_WHITE_CAP = 2.5
_OPEN_DEPTH = 0.1  # -ln of what counts as open beam
_FINE_MM, _MIDDLE_MM = 1.1, 4.5  # sizes of the details that are raised


@dataclass(frozen=True)
class Presentation:
    """How a film is processed for the reader.

    compression: share of the coarse brightness that is taken away, 0 to 1.
    coarse_mm: size from which a structure counts as coarse. sharpening: rise of fine
    details. low_percent, high_percent: percentiles of the body that become black and
    white. slope: steepness of the sigmoid. inverted: bone black, as a hanging film
    looks on a light box turned round.
    """

    compression: float = 0.70
    coarse_mm: float = 22.0
    sharpening: float = 0.55
    low_percent: float = 0.5
    high_percent: float = 99.9
    slope: float = 3.8
    inverted: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.compression < 1:
            raise SpinesegError(
                "compression must leave something",
                found=self.compression,
                expected="0 to below 1",
            )
        if not 0 <= self.low_percent < self.high_percent <= 100:
            raise SpinesegError(
                "the window's percentiles are out of order",
                found=f"{self.low_percent} to {self.high_percent}",
            )
        if self.slope <= 0 or self.coarse_mm <= 0:
            raise SpinesegError("slope and coarse_mm must be positive")


def presented(
    signal: Picture,
    pitch_mm: float,
    open_beam: float,
    look: Presentation,
    field: Picture | None = None,
) -> Picture:
    """Return the picture for the reader, float32 in [0, 1].

    Args:
        signal: (H, W) detector reading in quanta.
        pitch_mm: detector pixel.
        open_beam: reading where nothing stands in the beam.
        look: the processing.
        field: (H, W) 0 to 1, what the collimator let through. It is laid over the
            finished picture, else a halo would run along its edges.
    """
    depth = np.log(np.float32(open_beam) / np.maximum(signal, 1.0))
    body = depth > -np.log(_BODY_SHARE)
    if field is not None:
        body &= field > 0.5
    sample = _sample(depth, body)
    # air is cut off before the pyramid, else its edge would shine into the body
    thin = np.float32(np.percentile(sample, 1.0)) - np.float32(0.15)
    details = balanced(np.maximum(depth, thin), pitch_mm, look)
    low, high = _window(_sample(details, body), look)
    picture = _sigmoid(details, low, max(high - low, 1e-6), look.slope)
    # and darkened afterwards, from the clipping level down to the open beam
    depth -= np.float32(_OPEN_DEPTH)
    depth *= np.float32(1 / max(thin - _OPEN_DEPTH, 0.1))
    picture *= np.clip(depth, 0.0, 1.0, out=depth)
    if field is not None:
        picture *= field
    return np.subtract(1.0, picture, out=picture) if look.inverted else picture


def balanced(depth: Picture, pitch_mm: float, look: Presentation) -> Picture:
    """Return the log picture with each size of detail weighted by its gain."""
    levels = [depth]
    while 2 ** len(levels) * pitch_mm < look.coarse_mm and min(levels[-1].shape) > 8:
        levels.append(halved(levels[-1]))
    out = np.float32(1.0 - look.compression) * levels[-1]
    for k in range(len(levels) - 2, -1, -1):
        gain = np.float32(gain_at(2**k * pitch_mm, look))
        out -= gain * levels[k + 1]
        coarse, out = out, gain * levels[k]
        add_doubled(coarse, out)
    return out


def gain_at(size_mm: float, look: Presentation) -> float:
    """Return the factor on details of a size; 1 leaves them as they are."""
    fine = 0.45 / (1 + (size_mm / _FINE_MM) ** 2)
    middle = 0.55 / (1 + (size_mm / _MIDDLE_MM) ** 2)
    coarse = 1 / (1 + (look.coarse_mm / size_mm) ** 2)
    return 1.0 + look.sharpening * (fine + middle) - look.compression * coarse


def _window(sample: Picture, look: Presentation) -> tuple[float, float]:
    """Return the values that become black and white.

    White lies at most 2.5 times as far above the middle as the 95th percentile does:
    without that cap a metal screw would darken all the rest.
    """
    low, middle, bright, high = np.percentile(
        sample, [look.low_percent, 50.0, 95.0, look.high_percent]
    )
    return float(low), float(min(high, middle + _WHITE_CAP * (bright - middle)))


def _sample(picture: Picture, where: NDArray[np.bool_]) -> Picture:
    """Return about 40000 values of the body, or of everything when there is none."""
    step = max(1, picture.size // _SAMPLES) | 1  # odd: not always the same column
    values, chosen = picture.ravel()[::step], where.ravel()[::step]
    return values[chosen] if chosen.any() else values


def _sigmoid(values: Picture, low: float, width: float, slope: float) -> Picture:
    """Return a sigmoid from 0 at ``low`` to 1 at ``low + width``, clipped."""
    rim = 1.0 / (1.0 + np.exp(slope / 2))
    values -= np.float32(low + width / 2)
    values *= np.float32(-slope / width)
    np.exp(np.minimum(values, 60.0, out=values), out=values)
    values += np.float32(1.0)
    np.divide(np.float32(1 / (1 - 2 * rim)), values, out=values)
    values -= np.float32(rim / (1 - 2 * rim))
    return np.clip(values, 0.0, 1.0, out=values)
