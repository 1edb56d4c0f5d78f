"""Corner points of end-plates and the angle that a reader would draw through them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from spineseg.anatomy.sizes import Sizes
from spineseg.anatomy.tables import SACRUM, Dimensions

if TYPE_CHECKING:
    from spineseg.anatomy.spine import Frame

SOURCE_TO_DETECTOR_MM = 1150.0
SPINE_TO_DETECTOR_MM = 160.0
"""The usual antero-posterior exposure, for which the Cobb knob is solved."""


@dataclass(frozen=True)
class Landmarks:
    """Ends of the two end-plates' axes, world mm; the sacrum has no lower one.

    upper, lower: (4, 3) in the order left, right, front, back.
    """

    upper: NDArray[np.float64]
    lower: NDArray[np.float64]


@dataclass(frozen=True)
class Cobb:
    """Largest angle between two projected end-plates, and whose they are."""

    angle_deg: float
    upper_level: str
    lower_level: str


def endplate_landmarks(frame: "Frame", level: str, sizes: Sizes) -> Landmarks:
    """Return the landmarks of one level."""
    if level == SACRUM:
        plate = _plate(sizes.sacrum_width_mm, sizes.sacrum_depth_mm, (0, 0, 0))
        return Landmarks(frame.to_world(plate), np.full((4, 3), np.nan))
    d = sizes[level]
    upper = _plate(d.upper_width_mm, d.upper_depth_mm, _heights(d, d.upper_depth_mm))
    lower = _plate(d.lower_width_mm, d.lower_depth_mm, _heights(d, d.lower_depth_mm))
    return Landmarks(frame.to_world(upper), frame.to_world(lower * [1, 1, -1]))


def _heights(d: Dimensions, depth_mm: float) -> tuple[float, float, float]:
    """Return the height of an end-plate over the body's centre: middle, front, back."""
    half = (d.anterior_height_mm - d.posterior_height_mm) / 4 * depth_mm / d.depth_mm
    return d.height_mm / 2, d.height_mm / 2 + half, d.height_mm / 2 - half


def _plate(
    width: float, depth: float, height: tuple[float, float, float]
) -> NDArray[np.float64]:
    middle, front, back = height
    return np.array(
        [
            [width / 2, 0, middle],
            [-width / 2, 0, middle],
            [0, -depth / 2, front],
            [0, depth / 2, back],
        ]
    )


def projected_cobb(
    origins: NDArray[np.float64],
    axes: NDArray[np.float64],
    sizes: Sizes,
    upwards: tuple[str, ...],
) -> Cobb:
    """Return the Cobb angle of an antero-posterior radiograph, T1 to L5.

    origins: (n, 3) body centres in world mm; axes: (n, 3, 3); both from below. The
    source stands in front of the spine, on the midline at the height of L1.
    """
    last = upwards.index("T1") + 1
    levels = upwards[:last]
    left = axes[:last, 0]
    middle = sizes.column("height_mm", levels)[:, None] / 2 * axes[:last, 2]
    beam = origins[upwards.index("L1")]
    angles = []
    for side, name in ((1, "upper_width_mm"), (-1, "lower_width_mm")):
        half = sizes.column(name, levels)[:, None] / 2 * left
        centre = origins[:last] + side * middle
        angles.append(_slope_deg(centre - half, centre + half, beam))
    angle = np.concatenate(angles)
    high, low = int(angle.argmax()), int(angle.argmin())
    ends = sorted({high % last, low % last}) or [0]
    return Cobb(float(angle[high] - angle[low]), levels[ends[-1]], levels[ends[0]])


def _slope_deg(right: NDArray, left: NDArray, beam: NDArray) -> NDArray[np.float64]:
    """Return the slope on the detector of lines between points, rising to the left."""
    (ur, vr), (ul, vl) = _project(right, beam), _project(left, beam)
    return np.rad2deg(np.arctan2(vl - vr, ul - ur))


def _project(points: NDArray, beam: NDArray) -> tuple[NDArray, NDArray]:
    to_source = SOURCE_TO_DETECTOR_MM - SPINE_TO_DETECTOR_MM
    magnified = SOURCE_TO_DETECTOR_MM / (points[:, 1] - beam[1] + to_source)
    return points[:, 0] * magnified, (points[:, 2] - beam[2]) * magnified
