"""What a clinician measures on a spine, from masks of its vertebral bodies.

===================== ====================================================== =======
name                  what it is                                             unit
===================== ====================================================== =======
``cobb_angle``        largest angle between two end-plates (Cobb 1948)       degrees
``slip_percent``      shift of a body over the depth of the plate below,     %
                      for Meyerding's grades (Meyerding 1932)
``wedge_ratio``       anterior over posterior height, for Genant's grades
                      (Genant 1993, doi:10.1002/jbmr.5650080915)
``disc_height_mm``    gap between two plates' middles, across the disc       mm
===================== ====================================================== =======

``measure(mask, ...)`` finds the body first; ``measure_of(body, ...)`` takes one that is
there already, found by :func:`spineseg.metrics.body.body_of` or built from end-plate
lines that somebody drew. Where a picture is taken from the side, ``front`` says on
which side of it the patient's front is. What lies between a picture and the patient
(magnification, tilted bodies whose rims do not coincide) is in the numbers as it is in
a reader's; ``benchmarks/clinical.py`` measures how much.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from spineseg.core.errors import SpinesegError
from spineseg.metrics.body import Body, Plate, body_of
from spineseg.metrics.inputs import Mask, Spacing

Front = Literal["left", "right"]
Vector = NDArray[np.float64]


@dataclass(frozen=True)
class Cobb:
    """A Cobb angle and the bodies whose end-plates are its arms.

    angle_deg: never negative. rising, falling: names of the bodies whose plates rise
    and fall most towards the right of the picture.
    """

    angle_deg: float
    rising: str
    falling: str


def cobb_angle(masks: Mapping[str, Mask], spacing_mm: Spacing) -> Cobb:
    """Return the largest angle between two end-plates of the bodies, by name.

    Args:
        masks: one mask a body, all on one grid, of a frontal picture for a scoliosis.
        spacing_mm: size of a pixel.

    Raises:
        SpinesegError: if there are fewer than two bodies, or one cannot be measured.
    """
    return cobb_angle_of({name: body_of(m, spacing_mm) for name, m in masks.items()})


def cobb_angle_of(bodies: Mapping[str, Body]) -> Cobb:
    """Return the largest angle between two end-plates, upper or lower, of the bodies.

    The largest of many noisy angles is too large on average: with n bodies, 2 n plates
    compete. :func:`cobb_between_deg` takes the end vertebrae as given.
    """
    if len(bodies) < 2:
        raise SpinesegError(
            "a Cobb angle lies between two bodies", found=f"{len(bodies)}"
        )
    tilts = [
        (plate.tilt_deg, name)
        for name, body in bodies.items()
        for plate in (body.upper, body.lower)
    ]
    high, low = max(tilts), min(tilts)
    return Cobb(high[0] - low[0], high[1], low[1])


def cobb_between_deg(one: Plate, other: Plate) -> float:
    """Return the angle between two given end-plates, never negative."""
    return abs(one.tilt_deg - other.tilt_deg)


def wedge_ratio(mask: Mask, spacing_mm: Spacing, front: Front = "left") -> float:
    """Return the anterior over the posterior height of a body, 1 for a rectangle.

    Raises:
        SpinesegError: if the body cannot be measured.
    """
    return wedge_ratio_of(body_of(mask, spacing_mm), front)


def wedge_ratio_of(body: Body, front: Front = "left") -> float:
    """Return the anterior over the posterior height, from rim to rim."""
    anterior, posterior = heights_mm_of(body, front)
    return anterior / posterior


def heights_mm_of(body: Body, front: Front = "left") -> tuple[float, float]:
    """Return the anterior and the posterior height of a body."""
    (front_up, back_up), (front_low, back_low) = (
        _front_and_back(plate, front) for plate in (body.upper, body.lower)
    )
    return _length(front_up - front_low), _length(back_up - back_low)


def slip_percent(
    above: Mask, below: Mask, spacing_mm: Spacing, front: Front = "left"
) -> float:
    """Return the forward shift of a body on the one below, see ``slip_percent_of``.

    Raises:
        SpinesegError: if a body cannot be measured, or they stand the wrong way round.
    """
    return slip_percent_of(
        body_of(above, spacing_mm), body_of(below, spacing_mm), front
    )


def slip_percent_of(above: Body, below: Body, front: Front = "left") -> float:
    """Return the shift of a plate's middle along the disc, in % of the depth below.

    Positive forwards. The direction halfway between both plates makes an upright but
    wedged disc read zero; middles do so for plates of unequal depth, where corners
    would show a step.
    """
    shift, forward, _ = _across(above, below, front)
    return 100 * float(shift @ forward) / _length(np.subtract(*_ends(below.upper)))


def disc_height_mm(above: Mask, below: Mask, spacing_mm: Spacing) -> float:
    """Return the height of the disc between two bodies, see ``disc_height_mm_of``.

    Raises:
        SpinesegError: if a body cannot be measured, or they stand the wrong way round.
    """
    return disc_height_mm_of(body_of(above, spacing_mm), body_of(below, spacing_mm))


def disc_height_mm_of(above: Body, below: Body) -> float:
    """Return the distance of the plates' middles along their common normal.

    Rims count, not the hollows of the plates; negative where the outlines overlap.
    """
    shift, _, upwards = _across(above, below, "left")
    return float(shift @ upwards)


def _across(above: Body, below: Body, front: Front) -> tuple[Vector, Vector, Vector]:
    """Return the shift of ``above``, and the disc's directions forwards and upwards."""
    if _middle(above.upper)[1] >= _middle(below.lower)[1]:
        raise SpinesegError(
            "the bodies stand the wrong way round",
            found="the first body lower in the picture than the second",
            remedy="Give the upper body first",
        )
    along = np.zeros(2)
    for plate in (above.lower, below.upper):
        ahead, behind = _front_and_back(plate, front)
        along += (ahead - behind) / _length(ahead - behind)
    along /= _length(along)
    sideways = 1 if along[0] > 0 else -1
    upwards = sideways * np.array([along[1], -along[0]])  # y runs down
    return _middle(above.lower) - _middle(below.upper), along, upwards


def _front_and_back(plate: Plate, front: Front) -> tuple[Vector, Vector]:
    if front not in get_args(Front):
        raise SpinesegError(
            "the patient's front is on one side of the picture",
            found=repr(front),
            expected=" or ".join(get_args(Front)),
        )
    left, right = _ends(plate)
    return (left, right) if front == "left" else (right, left)


def _ends(plate: Plate) -> tuple[Vector, Vector]:
    return np.array(plate.left_mm), np.array(plate.right_mm)


def _middle(plate: Plate) -> Vector:
    return np.mean(_ends(plate), axis=0)


def _length(vector: Vector) -> float:
    return float(np.hypot(*vector))
