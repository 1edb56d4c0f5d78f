"""What a reader with a perfect ruler would measure on the finished spine.

The knobs say what was wanted, the truth what came out: both go into the metadata of
every image. All numbers come from end-plate landmarks in world coordinates.
"""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spineseg.anatomy.landmarks import projected_cobb
from spineseg.anatomy.spec import PatientSpec
from spineseg.anatomy.spine import UPWARDS, Spine
from spineseg.anatomy.tables import SACRUM, below

_LEFT, _RIGHT, _FRONT, _BACK = range(4)
_SIDE = np.array([0.0, 1.0, 1.0])


@dataclass(frozen=True)
class Truth:
    """Measured values of one patient; mappings go by level.

    cobb_deg: between the projected plates of cobb_levels (upper, lower). slip_percent:
    forward shift of the back lower corner over the plate below, Meyerding's measure.
    wedge_ratio: anterior over posterior height. disc_height_mm: between the rims in
    the middle, by the vertebra above. canal_depth_mm: bony, front to back.
    """

    cobb_deg: float
    cobb_levels: tuple[str, str]
    lordosis_deg: float
    kyphosis_deg: float
    cervical_lordosis_deg: float
    sacral_slope_deg: float
    pelvic_tilt_deg: float
    slip_percent: dict[str, float]
    wedge_ratio: dict[str, float]
    anterior_height_mm: dict[str, float]
    posterior_height_mm: dict[str, float]
    disc_height_mm: dict[str, float]
    canal_depth_mm: dict[str, float]

    def as_dict(self) -> dict[str, Any]:
        """Return plain dictionaries of numbers, ready for JSON."""
        return asdict(self)


def measure(spec: PatientSpec, spine: Spine) -> Truth:
    """Return the truth about a patient's spine."""
    frames = [spine.frames[level] for level in UPWARDS]
    cobb = projected_cobb(
        np.array([f.origin_mm for f in frames]),
        np.array([f.axes for f in frames]),
        spine.sizes,
        UPWARDS,
    )
    marks = spine.landmarks
    front = {k: _height(marks[k].upper, marks[k].lower, _FRONT) for k in UPWARDS}
    back = {k: _height(marks[k].upper, marks[k].lower, _BACK) for k in UPWARDS}
    sacrum = _pitch_deg(marks[SACRUM].upper)
    return Truth(
        cobb_deg=cobb.angle_deg,
        cobb_levels=(cobb.upper_level, cobb.lower_level),
        lordosis_deg=sacrum - _pitch_deg(marks["L1"].upper),
        kyphosis_deg=_pitch_deg(marks["T4"].upper) - _pitch_deg(marks["T12"].lower),
        cervical_lordosis_deg=(
            _pitch_deg(marks["C7"].lower) - _pitch_deg(marks["C2"].lower)
        ),
        sacral_slope_deg=sacrum,
        pelvic_tilt_deg=spec.alignment.pelvic_incidence_deg - sacrum,
        slip_percent={k: _slip_percent(spine, k) for k in UPWARDS},
        wedge_ratio={k: front[k] / back[k] for k in UPWARDS},
        anterior_height_mm=front,
        posterior_height_mm=back,
        disc_height_mm={k: _disc_height(spine, k) for k in UPWARDS},
        canal_depth_mm={k: spine.sizes[k].canal_depth_mm for k in UPWARDS},
    )


def _height(upper: NDArray, lower: NDArray, corner: int) -> float:
    return float(np.linalg.norm(upper[corner] - lower[corner]))


def _pitch_deg(plate: NDArray) -> float:
    """Return how far a plate tips forward in the sagittal plane."""
    d = plate[_BACK] - plate[_FRONT]
    return float(np.rad2deg(np.arctan2(d[2], d[1])))


def _disc_height(spine: Spine, level: str) -> float:
    """Return the distance of the plates' centres along the mean normal."""
    frame, under = spine.frames[level], spine.frames[below(level)]
    normal = frame.axes[2] + under.axes[2]
    gap = spine.landmarks[level].lower[:2].mean(0)
    gap = gap - spine.landmarks[below(level)].upper[:2].mean(0)
    return float(gap @ normal / np.linalg.norm(normal))


def _slip_percent(spine: Spine, level: str) -> float:
    """Return the shift of the plates' centres along the disc, over the depth below.

    The disc's own direction, halfway between its plates, makes an upright but wedged
    disc read zero; corners would not, because neighbouring plates differ in depth.
    """
    plate, upper = spine.landmarks[below(level)].upper, spine.landmarks[level].lower
    depth = float(np.linalg.norm(plate[_FRONT] - plate[_BACK]))
    forward = _direction(plate) + _direction(upper)
    shift = (upper[_FRONT] + upper[_BACK] - plate[_FRONT] - plate[_BACK]) / 2
    return float(100 * shift @ forward / np.linalg.norm(forward) / depth)


def _direction(plate: NDArray) -> NDArray:
    """Return the unit vector from the back to the front of a plate, seen laterally."""
    along = (plate[_FRONT] - plate[_BACK]) * _SIDE
    return along / np.linalg.norm(along)
