"""What goes wrong, or is put on purpose, on the way to a film.

A fault is drawn first (a frozen record, written into the metadata) and applied then,
so that any picture can be made again. Faults act on the linear signal, before noise,
as they do in the room; only the shutter also blackens the finished picture.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont
from scipy.ndimage import shift

from spineseg.core.errors import SpinesegError
from spineseg.imaging.filters import blurred

Picture = NDArray[np.float32]

FULL_AT = 60.0
"""Quanta at which a detector is full, in units of those behind the body."""

_LEAD_SHARE = 0.004  # what 1.5 mm of lead lets through, scatter from the air included


@dataclass(frozen=True)
class Collimation:
    """The blades: half width and half height of the field on the detector, in mm.

    offset_mm: (right, down) of the field's centre. roll_deg: the blades stand askew.
    penumbra_mm: blur of their edge by the size of the focal spot.
    """

    half_width_mm: float
    half_height_mm: float
    offset_mm: tuple[float, float] = (0.0, 0.0)
    roll_deg: float = 0.0
    penumbra_mm: float = 1.2


@dataclass(frozen=True)
class Marker:
    """A letter of lead; u and v are shares of the picture's width and height."""

    text: str = "L"
    u: float = 0.9
    v: float = 0.06
    size_mm: float = 14.0


@dataclass(frozen=True)
class GridLines:
    """Shadows of the anti-scatter grid's strips; they alias where pixels are coarse."""

    amplitude: float = 0.02
    lines_per_mm: float = 4.0
    angle_deg: float = 1.0


@dataclass(frozen=True)
class Motion:
    """The patient breathes: the picture is smeared along a line."""

    length_mm: float = 3.0
    angle_deg: float = 90.0


@dataclass(frozen=True)
class Double:
    """A second exposure of the same patient, moved and weaker (share of the dose)."""

    share: float = 0.25
    right_mm: float = 12.0
    down_mm: float = 6.0


@dataclass(frozen=True)
class Artefacts:
    """All faults of one film; None or 1 means absent.

    over_exposure: factor on the dose; from about 4 on thin parts saturate.
    ghost: share of an earlier, turned picture that the detector still remembers.
    """

    collimation: Collimation | None = None
    marker: Marker | None = None
    grid: GridLines | None = None
    motion: Motion | None = None
    double: Double | None = None
    over_exposure: float = 1.0
    ghost: float = 0.0

    def __post_init__(self) -> None:
        if not self.over_exposure > 0 or not 0 <= self.ghost < 1:
            raise SpinesegError(
                "over-exposure must be positive and a ghost a share below 1",
                found=f"{self.over_exposure} and {self.ghost}",
            )


def collimated_field(
    fault: Collimation, pitch_mm: float, shape: tuple[int, int]
) -> Picture:
    """Return 1 where the blades let the beam through, 0 behind them."""
    across = (np.arange(shape[1]) - (shape[1] - 1) / 2) * pitch_mm - fault.offset_mm[0]
    down = (np.arange(shape[0]) - (shape[0] - 1) / 2) * pitch_mm - fault.offset_mm[1]
    cosine, sine = (
        np.cos(np.deg2rad(fault.roll_deg)),
        np.sin(np.deg2rad(fault.roll_deg)),
    )
    u = np.abs(cosine * across + sine * down[:, None]).astype(np.float32)
    v = np.abs(cosine * down[:, None] - sine * across).astype(np.float32)
    slope = np.float32(1.0 / max(fault.penumbra_mm, 0.01))
    inside_u = np.clip((np.float32(fault.half_width_mm) - u) * slope + 0.5, 0.0, 1.0)
    inside_v = np.clip((np.float32(fault.half_height_mm) - v) * slope + 0.5, 0.0, 1.0)
    return inside_u * inside_v


def stamped(share: Picture, fault: Marker, pitch_mm: float) -> Picture:
    """Return the beam behind a letter of lead (a changed copy)."""
    letter = _letter(fault.text, max(8, round(fault.size_mm / pitch_mm)))
    top = round(fault.v * share.shape[0] - letter.shape[0] / 2)
    left = round(fault.u * share.shape[1] - letter.shape[1] / 2)
    top = int(np.clip(top, 0, max(share.shape[0] - letter.shape[0], 0)))
    left = int(np.clip(left, 0, max(share.shape[1] - letter.shape[1], 0)))
    out = share.copy()
    part = out[top : top + letter.shape[0], left : left + letter.shape[1]]
    part *= 1.0 - (1.0 - _LEAD_SHARE) * letter[: part.shape[0], : part.shape[1]]
    return out


def grid_shadow(fault: GridLines, pitch_mm: float, shape: tuple[int, int]) -> Picture:
    """Return the factor that the grid's strips leave, mean 1."""
    angle = np.deg2rad(fault.angle_deg)
    u, v = np.arange(shape[1]) * pitch_mm, np.arange(shape[0]) * pitch_mm
    across = u * np.cos(angle) + v[:, None] * np.sin(angle)
    wave = np.cos(2 * np.pi * fault.lines_per_mm * across)
    return (1.0 + fault.amplitude * wave).astype(np.float32)


def smeared(expected: Picture, fault: Motion, pitch_mm: float) -> Picture:
    """Return the mean over the way that the patient moved, one copy a pixel of way."""
    length = fault.length_mm / pitch_mm
    copies = int(np.ceil(length)) + 1
    angle = np.deg2rad(fault.angle_deg)
    out = np.zeros_like(expected)
    for part in np.linspace(-0.5, 0.5, copies) if copies > 1 else (0.0,):
        out += moved(
            expected, part * length * np.cos(angle), part * length * np.sin(angle)
        )
    return out / np.float32(copies)


def moved(picture: Picture, right_px: float, down_px: float) -> Picture:
    """Return the picture moved by parts of pixels; the border is continued."""
    out = np.empty_like(picture)
    shift(picture, (down_px, right_px), output=out, order=1, mode="nearest")
    return out


def applied(
    expected: Picture, faults: Artefacts, pitch_mm: float, body_quanta: float
) -> Picture:
    """Return the expected quanta with motion, doubling, grid, ghost, over-exposure.

    ``body_quanta`` is what a pixel behind the body receives; an earlier exposure
    leaves its ghost in units of that.
    """
    out = expected
    if faults.motion is not None:
        out = smeared(out, faults.motion, pitch_mm)
    if faults.double is not None:
        right, down = (
            mm / pitch_mm for mm in (faults.double.right_mm, faults.double.down_mm)
        )
        second = np.float32(faults.double.share) * moved(out, right, down)
        out = np.float32(1 - faults.double.share) * out + second
    if faults.grid is not None:
        out = out * grid_shadow(faults.grid, pitch_mm, out.shape)
    if faults.ghost:
        earlier = blurred(out[::-1, ::-1].copy(), 0.5 / pitch_mm)
        np.minimum(earlier, 10 * body_quanta, out=earlier)
        out = out + np.float32(faults.ghost) * earlier
    return out * np.float32(faults.over_exposure) if faults.over_exposure != 1 else out


@lru_cache(maxsize=32)
def _letter(text: str, height_px: int) -> Picture:
    """Return the letters as a picture of 0 to 1."""
    font = ImageFont.load_default(size=height_px)
    left, top, right, bottom = (round(x) for x in font.getbbox(text))
    image = Image.new("L", (max(right - left, 1) + 4, max(bottom - top, 1) + 4), 0)
    ImageDraw.Draw(image).text((2 - left, 2 - top), text, fill=255, font=font)
    return blurred(np.asarray(image, np.float32) / 255.0, 0.4)
