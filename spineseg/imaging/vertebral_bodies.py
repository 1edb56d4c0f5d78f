"""Masks of single vertebral bodies, taken from the labels of a rendered picture.

What a reader measures on is one body: without its arch on a sagittal slice, without
the slivers that a pedicle's root cuts off on a film.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from spineseg.anatomy.patient import Patient
from spineseg.anatomy.tables import LEVELS, check_level
from spineseg.anatomy.tissue import DISC_LABEL
from spineseg.core.errors import SpinesegError
from spineseg.imaging.film import FILMS, Film
from spineseg.imaging.masks import Masks
from spineseg.imaging.radiograph import camera_of, detail_for, shadows

Mask = NDArray[np.bool_]

WHOLE_SPINE: Film = replace(
    FILMS["ap"], centre="T11", offset_mm=(0.0, 0.0, 0.0), field_mm=640.0
)
"""A frontal film from T4 to the sacrum."""
_TOUCHING = np.ones((3, 3), bool)
_BODY_SHARE = 0.25


def film_masks(patient: Patient, settings: Film, rows: int) -> tuple[Masks, float]:
    """Return the exact masks of a square film and its spacing in mm, no picture.

    As :func:`spineseg.imaging.radiograph.render_radiograph`, in a tenth of the time.
    """
    camera = camera_of(patient, settings, (rows, rows))
    scene = patient.scene(settings.region, detail_for(camera.spacing_mm))
    return shadows(scene, camera)[1], camera.spacing_mm


def film_bodies(masks: Masks, levels: Sequence[str]) -> dict[str, Mask]:
    """Return the silhouettes of bodies on a film by level, the largest piece of each.

    Raises:
        SpinesegError: if a body is not in the picture.
    """
    return {level: _largest(masks.body(level), level) for level in levels}


def midline_bodies(labels: NDArray[np.uint8], levels: Sequence[str]) -> dict[str, Mask]:
    """Return bodies on the slice of a sagittal series that cuts them in the middle.

    The slice is where the discs at the bodies' ends have their middle. A vertebra is
    cut into a body and a spinous process there; the body is the piece in front.

    Args:
        labels: (slices, rows, columns) of a rendered series, numbered from L5 up.
        levels: one level, or neighbours that must lie on one slice.

    Raises:
        SpinesegError: if a level is unknown or not in the series.
    """
    numbers = {level: _number(level) for level in levels}
    discs = {n + step + DISC_LABEL for n in numbers.values() for step in (0, 1)}
    sizes = np.isin(labels, list(discs)).sum(axis=(1, 2))
    if not sizes.any():
        raise SpinesegError(
            "no disc of these levels is in the series", found=", ".join(levels)
        )
    middle = labels[round(float(np.average(np.arange(len(sizes)), weights=sizes)))]
    return {level: _foremost(middle == n, level) for level, n in numbers.items()}


def _number(level: str) -> int:
    check_level(level)
    return len(LEVELS) - LEVELS.index(level)


def _pieces(mask: Mask, level: str) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    found: Any = ndimage.label(mask, _TOUCHING)
    pieces, count = found
    if not count:
        raise SpinesegError("a vertebral body is not in the picture", found=level)
    sizes = np.bincount(pieces.ravel())
    sizes[0] = 0
    return pieces, sizes


def _largest(mask: Mask, level: str) -> Mask:
    pieces, sizes = _pieces(mask, level)
    return pieces == sizes.argmax()


def _foremost(mask: Mask, level: str) -> Mask:
    """Return the large piece that is farthest to the left, where the front is."""
    pieces, sizes = _pieces(mask, level)
    large = np.flatnonzero(sizes > _BODY_SHARE * sizes.max())
    column = [float(np.nonzero(pieces == k)[1].mean()) for k in large]
    return pieces == large[int(np.argmin(column))]
