"""Steps that change grey levels and leave geometry and masks alone."""

from dataclasses import replace
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spineseg.core.errors import SpinesegError
from spineseg.core.sample import Sample
from spineseg.transforms.base import register


@register
def clahe(sample: Sample, clip_limit: float = 2.0, tiles: int = 8) -> Sample:
    """Contrast-limited adaptive histogram equalisation, OpenCV's, on 8 bits.

    Args:
        sample: picture in [0, 1].
        clip_limit: in multiples of a flat histogram. OpenCV's own default is 40, and
            a paper that says "standard" may mean it; Cvm-UNet states 2.0.
        tiles: number in each direction.
    """
    cv2 = _opencv("CLAHE")
    worker = cv2.createCLAHE(clipLimit=float(clip_limit), tileGridSize=(tiles, tiles))
    return _per_channel(sample, worker.apply)


@register
def non_local_means(
    sample: Sample, strength: float = 10.0, template_px: int = 7, search_px: int = 21
) -> Sample:
    """Non-local means denoising, OpenCV's fastNlMeansDenoising, on 8 bits.

    Args:
        sample: picture in [0, 1].
        strength: filter strength h, in 8-bit grey levels.
        template_px: side of the patches that are compared.
        search_px: side of the window in which they are looked for.
    """
    cv2 = _opencv("non-local means")

    def denoise(grey: NDArray[np.uint8]) -> NDArray[np.uint8]:
        return cv2.fastNlMeansDenoising(
            grey, None, float(strength), template_px, search_px
        )

    return _per_channel(sample, denoise)


@register
def z_score(sample: Sample) -> Sample:
    """Make the mean 0 and the standard deviation 1; a flat picture becomes 0."""
    values = sample.picture.astype(np.float64)
    spread = float(values.std())
    centred = values - values.mean()
    # what is left of a constant picture is rounding
    scaled = centred / spread if spread > 1e-9 else np.zeros_like(centred)
    return replace(sample, picture=scaled.astype(np.float32))


@register
def clip_percentiles(sample: Sample, low: float = 5.0, high: float = 95.0) -> Sample:
    """Spread the values between two percentiles over 0 to 1 and cut off the rest."""
    if not 0 <= low < high <= 100:
        raise SpinesegError("percentiles are out of order", found=f"{low} and {high}")
    bottom, top = np.percentile(sample.picture, [low, high])
    return _spread(sample, float(bottom), float(top))


@register
def to_unit(sample: Sample) -> Sample:
    """Spread the values from smallest to largest over 0 to 1."""
    picture = sample.picture
    return _spread(sample, float(picture.min()), float(picture.max()))


@register
def to_8_bit(sample: Sample) -> Sample:
    """Round to 256 grey levels, as storing an 8-bit file does; stays in [0, 1]."""
    return _per_channel(sample, lambda grey: grey)


@register
def threshold_to_zero(sample: Sample, level: float) -> Sample:
    """Set values below a level to 0, the rest stays."""
    kept = np.where(sample.picture < np.float32(level), 0, sample.picture)
    return replace(sample, picture=kept.astype(np.float32))


def _spread(sample: Sample, bottom: float, top: float) -> Sample:
    if not top > bottom:  # a flat picture has no contrast to spread
        return replace(sample, picture=np.zeros_like(sample.picture))
    values = (sample.picture.astype(np.float64) - bottom) / (top - bottom)
    return replace(sample, picture=np.clip(values, 0, 1).astype(np.float32))


def _per_channel(sample: Sample, change: Any) -> Sample:
    grey = eight_bit(sample.picture, sample.id)
    if grey.ndim == 3:
        changed = np.stack([change(grey[..., k].copy()) for k in range(3)], axis=-1)
    else:
        changed = change(grey)
    return replace(sample, picture=changed.astype(np.float32) / np.float32(255))


def eight_bit(picture: NDArray[np.floating], name: str = "") -> NDArray[np.uint8]:
    """Return grey levels 0 to 255.

    Raises:
        SpinesegError: if the picture is not in [0, 1].
    """
    low, high = float(picture.min()), float(picture.max())
    if not (low >= 0 and high <= 1):
        raise SpinesegError(
            f"this step needs {name or 'a picture'} in [0, 1]",
            found=f"{low:g} to {high:g}",
            remedy="Put it before the z-score, or spread the values with to_unit",
        )
    return np.rint(picture * np.float32(255)).astype(np.uint8)


def _opencv(what_for: str) -> ModuleType:
    try:
        import cv2
    except ImportError as error:
        raise SpinesegError(
            f"{what_for} needs the library opencv-python-headless",
            remedy='Install it with: pip install "spineseg[data]"',
        ) from error
    return cv2
