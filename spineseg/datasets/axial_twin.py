"""The synthetic studies of the axial twin: slices, and points on the sagittal one."""

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spineseg.anatomy.patient import Patient
from spineseg.anatomy.sample import Population, sample_patient
from spineseg.anatomy.tables import below
from spineseg.core.rng import rng
from spineseg.datasets.base import quantised
from spineseg.imaging.mri import MriVolume, render_mri
from spineseg.imaging.radiograph import plain

LEVELS = ("L3", "L4", "L5")
SLICES = 2
BITS = 12
PEOPLE = Population(
    posture="supine", curve_shares=(0.85, 0.15, 0.0), hardware=0.0, wedge=0.03
)
MARKED = ("L1", "L2", "L3", "L4", "L5")
BULGING_MM = 3.0
"""Herniations from here on are called protrusions (v3) in the points."""


@dataclass(frozen=True)
class DrawnSlice:
    """One slice and where it lies.

    picture: in [0, 1], as 12 bits give it back.  axes: (2, 3) patient directions in
    which rows and columns follow each other.
    """

    picture: NDArray[np.float32]
    labels: NDArray[np.uint8]
    spacing_mm: tuple[float, float]
    origin_mm: tuple[float, float, float]
    axes: NDArray[np.float64]
    thickness_mm: float
    study: str
    number: int
    level: str = ""
    knobs: dict[str, Any] = field(default_factory=dict)


class AxialPatients:
    """Patients by number; a level's slices are rendered together."""

    def __init__(self, seed: int, size_px: int) -> None:
        self.seed, self.size_px = seed, size_px
        self._level = lru_cache(maxsize=1)(self._render_level)

    def patient(self, number: int) -> Patient:
        """Return the patient of a study."""
        return Patient(sample_patient(rng(self.seed, "axial_mri", number), PEOPLE))

    def slice(self, number: int, index: int) -> DrawnSlice:
        """Return slice 0 to 5 of a study: two at each of three discs."""
        level = LEVELS[index // SLICES]
        return self._cut(self._level(number, level), number, index, level)

    def _render_level(self, number: int, level: str) -> MriVolume:
        return render_mri(
            self.patient(number),
            "axial",
            "t2",
            level=level,
            slices=SLICES,
            matrix=self.size_px,
        )

    def _cut(
        self, series: MriVolume, number: int, index: int, level: str
    ) -> DrawnSlice:
        k = index % SLICES
        return _drawn(series, k, f"{self.seed}-{number:03d}", index + 1, level)

    def sagittal(
        self, number: int
    ) -> tuple[DrawnSlice, dict[str, tuple[str, str, int, int]]]:
        """Return the middle sagittal slice and its points.

        A point: kind (``"vertebra"`` or ``"disc"``), grade (``"v1"``, ...), x and y.
        """
        patient = self.patient(number)
        series = render_mri(
            patient, "sagittal", "t2", slices=3, matrix=max(32, self.size_px // 2)
        )
        study = f"{self.seed}-{number:03d}"
        side = _drawn(series, 1, study, len(LEVELS) * SLICES + 1, "")
        points: dict[str, tuple[str, str, int, int]] = {}
        frames = patient.spine.frames
        for level in MARKED:
            lower = below(level)
            point = _pixel(side, frames[level].origin_mm)
            points[level] = ("vertebra", "v1", *point)
            marks = patient.spine.landmarks
            between = (marks[level].lower.mean(0) + marks[lower].upper.mean(0)) / 2
            slipped = patient.spec.pathology.herniation_mm.get(level, 0.0)
            grade = "v3" if slipped >= BULGING_MM else "v1"
            name = f"{level}-{lower.replace('sacrum', 'S1')}"
            points[name] = ("disc", grade, *_pixel(side, between))
        return side, points


def _drawn(
    series: MriVolume, k: int, study: str, number: int, level: str
) -> DrawnSlice:
    array = series.array[k]
    top = float(np.quantile(array, 0.998)) or 1.0
    direction = np.asarray(series.direction, float)
    origin = (
        np.asarray(series.origin_mm, float) + k * series.spacing_mm[0] * direction[0]
    )
    x, y, z = (round(float(v), 4) for v in origin)
    return DrawnSlice(
        quantised(np.clip(array / top, 0, 1), BITS),
        series.labels[k],
        (series.spacing_mm[1], series.spacing_mm[2]),
        (x, y, z),
        direction[1:],
        float(series.metadata["thickness_mm"]),
        study,
        number,
        level,
        plain(
            {"patient": series.metadata["patient"], "plane": series.metadata["plane"]}
        ),
    )


def _pixel(side: DrawnSlice, point_mm: NDArray[np.floating]) -> tuple[int, int]:
    """Return x and y of a point of the patient, as whole pixels."""
    offset = side.axes @ (np.asarray(point_mm, float) - np.array(side.origin_mm))
    row, column = offset / np.array(side.spacing_mm)
    return round(float(column)), round(float(row))


def points_entry(
    side: DrawnSlice, points: dict[str, tuple[str, str, int, int]]
) -> dict[str, Any]:
    """Return one study's entry of the contest's JSON."""
    from spineseg.datasets.mr_slice import uids

    study, series, instance = uids(side)
    entries = [
        {
            "tag": {"identification": name, kind: grade},
            "coord": [x, y],
            "zIndex": side.number,
        }
        for name, (kind, grade, x, y) in points.items()
    ]
    note = {"annotator": 0, "data": {"point": entries}}
    image = {"seriesUid": series, "instanceUid": instance, "annotation": [note]}
    return {"studyUid": study, "version": "v0.1", "data": [image]}
