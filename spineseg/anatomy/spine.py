"""The chain of vertebra frames from the sacrum up to the atlas.

Origin of the world: centre of the first sacral end-plate. Every body sits on the disc
below it; a disc turns the chain by its angle, a body by its wedge. The Cobb knob is
the angle that a reader would measure on the radiograph, so the frames' tilt is solved
for it on projected landmarks: with axial rotation the two differ by up to a tenth.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spineseg.anatomy.curve import coronal_profile_deg
from spineseg.anatomy.landmarks import Landmarks, endplate_landmarks, projected_cobb
from spineseg.anatomy.sizes import Sizes, diseased_sizes, individual_sizes
from spineseg.anatomy.spec import Alignment, PatientSpec
from spineseg.anatomy.tables import DISC_ANGLE_DEG, LEVELS, SACRUM

UPWARDS = LEVELS[:0:-1]
"""The 23 vertebrae that sit on a disc, from L5 to C2."""

_ROW = {level: k for k, level in enumerate(UPWARDS)}
_BASE_ANGLE = np.array([DISC_ANGLE_DEG[level] for level in UPWARDS])

ATLAS_LIFT_MM = 7.5
"""Ring of the atlas above the upper end of the axis' body, mean patient."""


@dataclass(frozen=True)
class Frame:
    """Where a vertebra is: origin (3,) in world mm; rows of axes = left, back, up."""

    origin_mm: NDArray[np.float64]
    axes: NDArray[np.float64]

    def to_world(self, local_mm: ArrayLike) -> NDArray[np.float64]:
        """Return local points (..., 3) in world coordinates."""
        return np.asarray(local_mm, float) @ self.axes + self.origin_mm

    def to_local(self, world_mm: ArrayLike) -> NDArray[np.float64]:
        """Return world points (..., 3) in this frame."""
        return (np.asarray(world_mm, float) - self.origin_mm) @ self.axes.T


@dataclass(frozen=True)
class Spine:
    """Frames and sizes of one patient's spine.

    frames: by level, and ``"S1"`` for the sacrum (origin at the centre of its
    end-plate, up along its normal). The origin of C2 to L5 is the centre of the body;
    that of C1 lies at the dens axis at the height of the ring.
    sizes: with pathology; healthy: without.
    """

    frames: dict[str, Frame]
    sizes: Sizes
    healthy: Sizes
    sacral_slope_deg: float

    @cached_property
    def landmarks(self) -> dict[str, Landmarks]:
        """End-plate corners in world coordinates, C2 to L5 and the sacrum's upper."""
        return {
            level: endplate_landmarks(self.frames[level], level, self.sizes)
            for level in (*UPWARDS, SACRUM)
        }

    def line(self, offset_mm: ArrayLike = (0, 0, 0)) -> NDArray[np.float64]:
        """Return one local point in every frame as (25, 3), from S1 up to C1."""
        levels = (SACRUM, *UPWARDS, "C1")
        return np.array([self.frames[level].to_world(offset_mm) for level in levels])


def build_spine(spec: PatientSpec) -> Spine:
    """Return the spine of a patient: standing or lying, curved, slipped and worn."""
    healthy = individual_sizes(spec)
    sizes = diseased_sizes(healthy, spec.pathology)
    bend = _Bend(spec, healthy, sizes)
    slope = _balanced_slope(spec.alignment, bend)
    tilt, turn = coronal_profile_deg(spec.pathology, UPWARDS)
    share = _solve_cobb(bend, slope, tilt, turn, spec.pathology.cobb_deg)
    frames = bend.frames(slope, share * tilt, turn)
    return Spine(frames, sizes, healthy, slope)


class _Bend:
    """The chain's fixed quantities (per level, caudal first) and its evaluation."""

    def __init__(self, spec: PatientSpec, healthy: Sizes, sizes: Sizes) -> None:
        sick = spec.pathology
        loss = np.array([sick.disc_loss.get(level, 0.0) for level in UPWARDS])
        angle = healthy_disc_angles_deg(spec.alignment, healthy)
        self.disc_deg = angle * (1 - 0.6 * loss)
        self.body_deg = body_wedge_deg(sizes)
        self.disc_mm = sizes.column("disc_height_mm", UPWARDS)
        self.height_mm = sizes.column("height_mm", UPWARDS)
        depth_below = np.concatenate(
            [[sizes.sacrum_depth_mm], sizes.column("upper_depth_mm", UPWARDS)[:-1]]
        )
        slip = np.array([sick.slip.get(level, 0.0) for level in UPWARDS])
        self.slip_mm = slip * depth_below
        self.sizes = sizes

    def frames(
        self, slope_deg: float, tilt_deg: NDArray, turn_deg: NDArray
    ) -> dict[str, Frame]:
        """Return all frames for a sacral slope, frontal tilts and axial turns."""
        origins, axes = self.chain(slope_deg, tilt_deg, turn_deg)
        found = {SACRUM: Frame(np.zeros(3), _pitch(np.deg2rad(slope_deg)))}
        for row, level in enumerate(UPWARDS):
            found[level] = Frame(origins[row], axes[row])
        return {**found, "C1": self._atlas(found["C2"])}

    def chain(
        self, slope_deg: float, tilt_deg: NDArray, turn_deg: NDArray
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return body centres (23, 3) and axes (23, 3, 3), L5 first."""
        turned = np.cumsum(self.disc_deg + self.body_deg)
        after = slope_deg - turned
        before = np.concatenate([[slope_deg], after[:-1]])
        pitch_disc = np.deg2rad(before - self.disc_deg / 2)
        pitch_body = np.deg2rad(after + self.body_deg / 2)
        tilt = np.deg2rad(tilt_deg)
        lean = np.concatenate([[tilt[0] / 2], (tilt[1:] + tilt[:-1]) / 2])
        disc = _upward(pitch_disc, lean) * self.disc_mm[:, None]
        disc -= _backward(pitch_disc, lean) * self.slip_mm[:, None]
        body = _upward(pitch_body, tilt) * self.height_mm[:, None]
        origins = np.cumsum(disc + body, axis=0) - body / 2
        return origins, _axes(pitch_body, tilt, np.deg2rad(turn_deg))

    def _atlas(self, axis: Frame) -> Frame:
        """Return the frame of C1, which rides on the dens with a slight nod back."""
        grown = self.sizes["C2"].depth_mm / 15.3
        lift = self.sizes["C2"].posterior_height_mm / 2 + ATLAS_LIFT_MM * grown
        return Frame(axis.to_world((0, -0.6, lift)), _pitch(-0.05) @ axis.axes)


def body_wedge_deg(sizes: Sizes) -> NDArray[np.float64]:
    """Return the angle between the end-plates of L5 to C2, lordotic positive."""
    front = sizes.column("anterior_height_mm", UPWARDS)
    back = sizes.column("posterior_height_mm", UPWARDS)
    depth = sizes.column("depth_mm", UPWARDS)
    return np.rad2deg(2 * np.arctan((front - back) / (2 * depth)))


def healthy_disc_angles_deg(
    alignment: Alignment, healthy: Sizes
) -> NDArray[np.float64]:
    """Return disc angles (L5 to C2) with which the healthy spine has its alignment.

    Lumbar angles are scaled, because the lower discs carry most of the lordosis;
    thoracic and cervical ones get the same correction each.
    """
    angle = _BASE_ANGLE.copy()
    body = body_wedge_deg(healthy)
    lumbar, neck = slice(0, 5), slice(_ROW["C6"], _ROW["C2"] + 1)
    angle[lumbar] *= (alignment.lordosis_deg - body[lumbar].sum()) / 50.0
    chest_discs = slice(_ROW["T11"], _ROW["T4"] + 1)
    chest = body[_ROW["T12"] : _ROW["T4"] + 1].sum() + angle[chest_discs].sum()
    angle[chest_discs] -= (alignment.kyphosis_deg + chest) / 8
    bodies_of_neck = body[_ROW["C7"] : _ROW["C3"] + 1].sum()
    wanted = alignment.cervical_lordosis_deg - bodies_of_neck
    angle[neck] += (wanted - angle[neck].sum()) / 5
    return angle


def _balanced_slope(alignment: Alignment, bend: _Bend) -> float:
    """Return the sacral slope: from the incidence, then turned towards balance.

    PT = 0.37 PI - 7 standing (Vialle 2005: 13 +- 6 at a PI of 55) and 4.5 more lying.
    A spine that would lean turns its pelvis: three quarters of the angle by which
    C7 misses the vertical through the middle of the sacral end-plate.
    """
    incidence = alignment.pelvic_incidence_deg
    tilt = 0.37 * incidence - 7 + (4.5 if alignment.posture == "supine" else 0.0)
    slope = incidence - tilt
    still = np.zeros(len(UPWARDS))
    c7 = bend.chain(slope, still, still)[0][_ROW["C7"]]
    lean = np.arctan2(-c7[1], c7[2])
    return float(slope - 0.75 * np.rad2deg(lean))


def _solve_cobb(
    bend: _Bend, slope: float, tilt: NDArray, turn: NDArray, wanted_deg: float
) -> float:
    """Return the factor on the tilt that gives the wanted projected Cobb angle."""
    if wanted_deg == 0:
        return 0.0
    share, other = 1.0, 0.9
    error = _cobb_of(bend, slope, share * tilt, turn) - wanted_deg
    for _ in range(8):
        if abs(error) < 1e-4:
            break
        other_error = _cobb_of(bend, slope, other * tilt, turn) - wanted_deg
        slope_of_error = (error - other_error) / (share - other)
        other, error, share = share, error, share - error / slope_of_error
        error = _cobb_of(bend, slope, share * tilt, turn) - wanted_deg
    return share


def _cobb_of(bend: _Bend, slope: float, tilt: NDArray, turn: NDArray) -> float:
    return projected_cobb(*bend.chain(slope, tilt, turn), bend.sizes, UPWARDS).angle_deg


def _pitch(angle: float) -> NDArray[np.float64]:
    """Return axes (rows) that nod forward by an angle in radians."""
    c, s = np.cos(angle), np.sin(angle)
    return np.array([[1, 0, 0], [0, c, s], [0, -s, c]])


def _axes(pitch: NDArray, tilt: NDArray, turn: NDArray) -> NDArray[np.float64]:
    """Return axes (n, 3, 3): turned about z, pitched about x, tilted about y."""
    (cp, sp), (ct, st), (cu, su) = ((np.cos(a), np.sin(a)) for a in (pitch, tilt, turn))
    left = [ct * cu + st * sp * su, cp * su, -st * cu + ct * sp * su]
    back = [-ct * su + st * sp * cu, cp * cu, st * su + ct * sp * cu]
    up = [st * cp, -sp, ct * cp]
    return np.stack([np.stack(row, axis=-1) for row in (left, back, up)], axis=1)


def _upward(pitch: NDArray, tilt: NDArray) -> NDArray[np.float64]:
    c = np.cos(pitch)
    return np.stack([np.sin(tilt) * c, -np.sin(pitch), np.cos(tilt) * c], axis=-1)


def _backward(pitch: NDArray, tilt: NDArray) -> NDArray[np.float64]:
    s = np.sin(pitch)
    return np.stack([np.sin(tilt) * s, np.cos(pitch), np.cos(tilt) * s], axis=-1)
