"""What a study holds beside its axial slices: sagittal T1 and T2, a localizer, points.

A study of the contest mixes planes and weightings in one folder, and one series may
hold three planes: the localizer's does. A reader has to tell them by their headers.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spineseg.anatomy.patient import Patient
from spineseg.anatomy.tables import below
from spineseg.anatomy.tissue import Region
from spineseg.core.rng import rng
from spineseg.datasets.axial_twin import AxialPatients, DrawnSlice, drawn_slice
from spineseg.datasets.mr_slice import uids
from spineseg.imaging.mri import MriVolume, render_mri_set, sagittal_stack
from spineseg.imaging.mri_coil import Coil
from spineseg.imaging.mri_geometry import paint
from spineseg.imaging.mri_scanner import Scanner, acquire
from spineseg.imaging.mri_signal import Protocol
from spineseg.imaging.mri_stack import Stack

SIDE_SLICES = 3
MARKED = ("L1", "L2", "L3", "L4", "L5")
BULGING_MM = 3.0
"""Herniations from here on are called protrusions (v3) in the points."""

QUICK = Protocol("localizer", tr_ms=1000.0, te_ms=60.0)
QUICK_MM = 8.0
QUICK_FOV_MM = 400.0
QUICK_NAMES = ("localizer", "3-plane loc", "survey")
"""What makers call it; the first kind says so in its ImageType, too."""
QUICK_PLANES = {
    "sagittal": ((0, 1, 0), (0, 0, -1), (-1, 0, 0)),
    "coronal": ((1, 0, 0), (0, 0, -1), (0, 1, 0)),
    "axial": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
}
"""Directions of columns, rows and slices in the patient (left, back, up)."""

Points = dict[str, tuple[str, str, int, int]]
"""Name to kind (``"vertebra"`` or ``"disc"``), grade (``"v1"``, ...), x and y."""


@dataclass(frozen=True)
class Beside:
    """The other pictures of a study.

    slices: sagittal T2, sagittal T1, then three planes of a localizer.  marked: the
    middle T2 slice.  points: on it.
    """

    slices: tuple[DrawnSlice, ...]
    marked: DrawnSlice
    points: Points


def beside_axial(people: AxialPatients, number: int, first: int) -> Beside:
    """Draw what lies beside the axial slices of a study; ``first`` numbers the images.

    It is the same body: bones and tissues are built once for all of it.
    """
    patient, regions = people.patient(number), people.regions(number)
    study = people.study(number)
    series = render_mri_set(
        patient,
        "sagittal",
        ("t1", "t2"),
        regions=regions,
        slices=SIDE_SLICES,
        matrix=max(32, people.size_px // 2),
    )
    slices: list[DrawnSlice] = []
    for contrast, echo_ms in (("T2", 100.0), ("T1", 10.0)):
        volume = series[contrast.lower()]
        for k in range(SIDE_SLICES):
            place = study, first + len(slices)
            kind = {"contrast": contrast, "echo_ms": echo_ms}
            slices.append(drawn_slice(volume, k, *place, **kind))
    matrix = max(32, people.size_px // 4)
    name = QUICK_NAMES[number % len(QUICK_NAMES)]
    for plane in QUICK_PLANES:
        quick = _quick(patient, regions, plane, matrix)
        place = study, first + len(slices)
        kind = {"localizer": name, "echo_ms": QUICK.te_ms}
        slices.append(drawn_slice(quick, 0, *place, **kind))
    marked = slices[SIDE_SLICES // 2]
    return Beside(tuple(slices), marked, _points(patient, marked))


def _quick(
    patient: Patient, regions: list[Region], plane: str, matrix: int
) -> MriVolume:
    """Measure one thick slice through the middle of the lumbar spine."""
    strands = "axial" if plane == "axial" else "sagittal"
    stack = Stack(
        sagittal_stack(patient).centre_mm,
        np.array(QUICK_PLANES[plane], float),
        QUICK_FOV_MM / matrix,
        matrix,
        1,
        QUICK_MM,
        QUICK_MM,
        strands,
    )
    random = rng(patient.spec.seed, "mri", "localizer", plane)
    scanner = Scanner(coil=Coil.body())
    picture = paint(regions, stack, (QUICK,), scanner.field_tesla, random)
    return MriVolume(
        acquire(picture.images, stack, scanner, QUICK, random),
        picture.axial,
        (stack.pitch_mm, stack.pixel_mm, stack.pixel_mm),
        stack.axes[::-1].copy(),
        stack.origin_mm,
        {"patient": patient.spec.as_dict(), "plane": plane, "thickness_mm": QUICK_MM},
    )


def _points(patient: Patient, side: DrawnSlice) -> Points:
    points: Points = {}
    marks = patient.spine.landmarks
    for level in MARKED:
        lower = below(level)
        centre = patient.spine.frames[level].origin_mm
        points[level] = ("vertebra", "v1", *_pixel(side, centre))
        between = (marks[level].lower.mean(0) + marks[lower].upper.mean(0)) / 2
        slipped = patient.spec.pathology.herniation_mm.get(level, 0.0)
        grade = "v3" if slipped >= BULGING_MM else "v1"
        name = f"{level}-{lower.replace('sacrum', 'S1')}"
        points[name] = ("disc", grade, *_pixel(side, between))
    return points


def _pixel(side: DrawnSlice, point_mm: NDArray[np.floating]) -> tuple[int, int]:
    """Return x and y of a point of the patient, as whole pixels."""
    offset = side.axes @ (np.asarray(point_mm, float) - np.array(side.origin_mm))
    row, column = offset / np.array(side.spacing_mm)
    return round(float(column)), round(float(row))


def points_entry(side: DrawnSlice, points: Points) -> dict[str, Any]:
    """Return one study's entry of the contest's JSON."""
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
