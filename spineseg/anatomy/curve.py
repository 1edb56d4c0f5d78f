"""The shape of a scoliosis along the levels: frontal tilt and axial turn."""

import numpy as np
from numpy.typing import NDArray

from spineseg.anatomy.spec import Pathology

SPAN = 4
"""Levels from the apex to the end vertebra of the main curve."""

TURN_PER_COBB = 0.45
"""Axial rotation of the apex per degree of Cobb angle."""


def coronal_profile_deg(
    pathology: Pathology, upwards: tuple[str, ...]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return tilt and turn (degrees) of the levels listed from below.

    The tilt rises like a sine from minus to plus half the Cobb angle between the two
    end vertebrae; beyond them it swings back and fades, which puts the head over the
    pelvis again. The spinous processes turn into the hollow of the curve.
    """
    apex = upwards.index(pathology.apex)
    offset = np.arange(len(upwards)) - apex
    s = np.where(offset < 0, offset / min(SPAN, apex), offset / SPAN)
    beyond = np.maximum(np.abs(s) - 1, 0)
    tail = np.cos(np.pi / 2 * np.minimum(beyond, 2) / 1.1) * np.exp(-0.55 * beyond)
    wave = np.where(np.abs(s) <= 1, np.sin(np.pi / 2 * s), np.sign(s) * tail)
    side = 1 if pathology.side == "left" else -1
    # leaning away below and back above the apex pushes the apex to its side
    tilt = -side * wave * pathology.cobb_deg / 2
    turn = side * TURN_PER_COBB * pathology.cobb_deg * np.exp(-1.2 * s * s)
    return tilt, turn
