"""What the receive coil hears and what the saturation band silences."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Coil:
    """Sensitivity of a coil array under the back, and a saturation band in front.

    skin_mm: distance of the coil behind the middle of the picture.  reach_mm: depth at
    which its gain has halved.  gain: near the coil, on top of ``floor`` everywhere.
    length_mm: half length of the array along the body.  band_mm: border of the
    saturation band relative to the middle of the picture, None without a band.
    band_left: share of the signal that is left inside the band.  ripple: deviation of
    the slow inhomogeneity that every series has.
    """

    skin_mm: float = 110.0
    reach_mm: float = 85.0
    gain: float = 0.85
    floor: float = 0.36
    length_mm: float = 180.0
    band_mm: float | None = None
    band_left: float = 0.16
    ripple: float = 0.05

    @classmethod
    def surface(cls, plane: str) -> "Coil":
        """The usual set-up: with a band on sagittal stacks, without on axial ones."""
        if plane == "sagittal":
            return cls(band_mm=-72.0)
        return cls(skin_mm=85.0, gain=0.75, floor=0.45)

    @classmethod
    def body(cls) -> "Coil":
        """A coil that hears everything alike."""
        return cls(gain=0.0, floor=1.0)

    def field(self, size: int, pixel_mm: float, plane: str) -> NDArray[np.float32]:
        """Factor of the signal at every pixel of a slice.

        Columns run to the back on sagittal slices, rows do on axial ones.
        """
        at = (np.arange(size) - (size - 1) / 2) * pixel_mm
        rows, columns = np.meshgrid(at, at, indexing="ij")
        back, along = (columns, rows) if plane == "sagittal" else (rows, columns)
        depth = np.maximum(self.skin_mm - back, 0.0) / self.reach_mm
        length = np.exp(-((along / self.length_mm) ** 4))
        gain = self.floor + self.gain / (1 + depth**2) * length
        if self.band_mm is not None:
            edge = self.band_mm + 0.10 * along
            open_share = np.clip((back - edge) / 22.0 + 0.5, 0.0, 1.0)
            gain = gain * (self.band_left + (1 - self.band_left) * open_share)
        return gain.astype(np.float32)
