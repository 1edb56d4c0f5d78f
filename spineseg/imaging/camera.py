"""Where source and detector stand, and where a point of the patient lands.

World axes are the patient's: x left, y back, z head. On a frontal film (AP) the
reader faces the patient, so the patient's left is on the right of the picture; on a
lateral film the patient looks to the left of the picture.
"""

from dataclasses import dataclass
from typing import Literal

import numba as nb
import numpy as np
from numpy.typing import ArrayLike, NDArray

from spineseg.core.errors import SpinesegError

Direction = Literal["ap", "lateral"]

# rows: to the right of the picture, down the picture, along the beam
_AXES = {
    "ap": np.array([[1.0, 0.0, 0.0], [0.0, 0.0, -1.0], [0.0, 1.0, 0.0]]),
    "lateral": np.array([[0.0, 1.0, 0.0], [0.0, 0.0, -1.0], [-1.0, 0.0, 0.0]]),
}


@dataclass(frozen=True)
class Projection:
    """How the patient stands between tube and detector.

    sid_mm: source to detector. object_detector_mm: object centre to detector.
    rotation_deg: turn of the beam about the patient's long axis (a badly turned
    patient). tube_angle_deg: tilt of the beam, positive towards the feet; tube and
    detector tilt together. roll_deg: turn of the picture in its plane, clockwise.
    """

    direction: Direction = "ap"
    sid_mm: float = 1150.0
    object_detector_mm: float = 160.0
    rotation_deg: float = 0.0
    tube_angle_deg: float = 0.0
    roll_deg: float = 0.0

    def __post_init__(self) -> None:
        if self.direction not in _AXES:
            raise SpinesegError(
                "unknown direction of the beam",
                found=repr(self.direction),
                expected=" or ".join(_AXES),
            )
        if not 0 <= self.object_detector_mm < self.sid_mm:
            raise SpinesegError(
                "the object must stand between source and detector",
                found=f"{self.object_detector_mm} mm from the detector",
                expected=f"0 to {self.sid_mm} mm",
            )

    @property
    def magnification(self) -> float:
        """Size on the detector over size at the object's centre."""
        return self.sid_mm / (self.sid_mm - self.object_detector_mm)

    def axes(self) -> NDArray[np.float64]:
        """Return rows right, down and forward of the picture in world coordinates."""
        axes = _AXES[self.direction] @ _about("z", self.rotation_deg).T
        axes = _about("x", self.tube_angle_deg) @ axes
        return _about("z", self.roll_deg) @ axes


@dataclass(frozen=True)
class Camera:
    """A point source and a flat detector at right angles to the central ray.

    source_mm: (3,).  axes: (3, 3) rows right, down, forward.  pitch_mm: detector
    pixel.  shape: rows and columns; the central ray hits the middle of the picture.
    """

    source_mm: NDArray[np.float64]
    axes: NDArray[np.float64]
    sid_mm: float
    object_detector_mm: float
    pitch_mm: float
    shape: tuple[int, int]

    @property
    def spacing_mm(self) -> float:
        """Size of a pixel at the object's centre: what a film's user measures with."""
        return self.pitch_mm * (1.0 - self.object_detector_mm / self.sid_mm)

    @property
    def centre_px(self) -> tuple[float, float]:
        """Where the central ray lands: (u, v)."""
        return (self.shape[1] - 1) / 2, (self.shape[0] - 1) / 2

    def project(self, points_mm: ArrayLike) -> NDArray[np.float64]:
        """Return u_px, v_px and depth_mm (along the central ray) of points (n, 3).

        Raises:
            SpinesegError: if a point lies at or behind the source.
        """
        points = np.ascontiguousarray(points_mm)
        out = np.empty(points.shape, np.float64)
        u, v = self.centre_px
        scale = self.sid_mm / self.pitch_mm
        nearest = _project(points, self.source_mm, self.axes, scale, u, v, out)
        if not nearest > 0.0:
            raise SpinesegError(
                "a point lies behind the source",
                found=f"{nearest:.1f} mm in front of it",
                remedy="Increase sid_mm or move the object towards the detector",
            )
        return out

    def obliquity(self) -> NDArray[np.float32]:
        """Return length along each ray over depth along the central ray, (H, W)."""
        u, v = self.centre_px
        step = self.pitch_mm / self.sid_mm
        across = ((np.arange(self.shape[1]) - u) * step) ** 2
        down = ((np.arange(self.shape[0]) - v) * step) ** 2
        return np.sqrt(1.0 + across + down[:, None]).astype(np.float32)


def aimed_at(
    centre_mm: ArrayLike,
    projection: Projection,
    pitch_mm: float,
    shape: tuple[int, int],
) -> Camera:
    """Return the camera whose central ray passes through a point of the patient.

    Raises:
        SpinesegError: if the pixel or the picture has no size.
    """
    if not pitch_mm > 0 or min(shape) < 1:
        raise SpinesegError(
            "a detector needs pixels of positive size",
            found=f"{shape[0]} x {shape[1]} pixels of {pitch_mm} mm",
        )
    axes = projection.axes()
    to_object = projection.sid_mm - projection.object_detector_mm
    return Camera(
        source_mm=np.asarray(centre_mm, float) - axes[2] * to_object,
        axes=axes,
        sid_mm=projection.sid_mm,
        object_detector_mm=projection.object_detector_mm,
        pitch_mm=pitch_mm,
        shape=shape,
    )


def _about(axis: Literal["x", "z"], angle_deg: float) -> NDArray[np.float64]:
    """Return the rotation matrix about x or z."""
    cosine, sine = np.cos(np.deg2rad(angle_deg)), np.sin(np.deg2rad(angle_deg))
    if axis == "x":
        return np.array([[1, 0, 0], [0, cosine, -sine], [0, sine, cosine]])
    return np.array([[cosine, -sine, 0], [sine, cosine, 0], [0, 0, 1]])


@nb.njit(cache=True, nogil=True, error_model="numpy")
def _project(
    points: NDArray[np.floating],
    source: NDArray[np.float64],
    axes: NDArray[np.float64],
    scale: float,
    u: float,
    v: float,
    out: NDArray[np.float64],
) -> float:
    """Fill ``out`` and return the smallest depth."""
    nearest = np.inf
    for i in range(len(points)):
        x, y = points[i, 0] - source[0], points[i, 1] - source[1]
        z = points[i, 2] - source[2]
        depth = axes[2, 0] * x + axes[2, 1] * y + axes[2, 2] * z
        zoom = scale / depth
        out[i, 0] = (axes[0, 0] * x + axes[0, 1] * y + axes[0, 2] * z) * zoom + u
        out[i, 1] = (axes[1, 0] * x + axes[1, 1] * y + axes[1, 2] * z) * zoom + v
        out[i, 2] = depth
        nearest = depth if not depth >= nearest else nearest
    return nearest
