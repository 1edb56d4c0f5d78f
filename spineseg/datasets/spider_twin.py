"""The synthetic patients of the SPIDER twin: series, axis orders, table rows."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import zoom

from spineseg.anatomy.patient import Patient
from spineseg.anatomy.sample import Population, sample_patient
from spineseg.core.rng import rng
from spineseg.imaging.mri import MriVolume, render_mri_set
from spineseg.imaging.radiograph import plain
from spineseg.io import Volume, make_volume
from spineseg.io.volume import as_type

SERIES = ("t1", "t2")
SPACE = "t2_SPACE"
"""A 3-D series of thin slices, which 41 of the 218 patients have besides."""
SHARE_FIRST = 50 / 360
"""Of the original's training volumes 50 of 360 have their slices on the first axis."""
SHARE_UNEQUAL = 201 / 310
"""Of the others 201 of 310 have unequal spacing in the plane."""

PEOPLE = Population(
    posture="supine", curve_shares=(0.85, 0.15, 0.0), hardware=0.0, wedge=0.06
)
GREY_MAX = 1200.0
"""Stored value of fat, about; MR numbers mean nothing by themselves."""

_COLUMNS = """
new_file_name num_vertebrae num_discs sex birth_date subset AngioFlag BodyPartExamined
DeviceSerialNumber EchoNumbers EchoTime EchoTrainLength FlipAngle ImagedNucleus
ImagingFrequency InPlanePhaseEncodingDirection MRAcquisitionType MagneticFieldStrength
Manufacturer ManufacturerModelName NumberOfPhaseEncodingSteps PercentPhaseFieldOfView
PercentSampling PhotometricInterpretation PixelBandwidth PixelSpacing RepetitionTime SAR
SamplesPerPixel ScanningSequence SequenceName SeriesDescription SliceThickness
SoftwareVersions SpacingBetweenSlices SpecificCharacterSet TransmitCoilName WindowCenter
WindowWidth
"""
COLUMNS = tuple(_COLUMNS.split())
"""The columns of the released ``overview.csv``, in its order."""


def _numbers() -> tuple[int, ...]:
    """Return 218 of the numbers 1 to 257: the rest are the hidden patients."""
    kept = rng(0, "spider", "gaps").permutation(257)[:218] + 1
    return tuple(sorted(int(number) for number in kept))


PATIENTS = _numbers()
WITH_SPACE = frozenset(
    int(n) for n in rng(0, "spider", "space").permutation(PATIENTS)[:41]
)


@dataclass(frozen=True)
class Drawn:
    """One series: volume and labels in one orientation, and how it is stored."""

    image: Volume
    labels: Volume
    orientation: str
    knobs: dict[str, Any]
    sex: str
    age_years: float


class SpinePatients:
    """Patients by number; series are rendered when asked for."""

    def __init__(self, seed: int, size_px: int) -> None:
        self.seed, self.size_px = seed, size_px
        # one patient kept: both of its series come from one geometry pass
        self._rendered = lru_cache(maxsize=1)(self._render)
        self._thin = lru_cache(maxsize=1)(self._render_thin)

    def __reduce__(self) -> tuple[type["SpinePatients"], tuple[int, int]]:
        """Leave the caches behind on the way to another process."""
        return type(self), (self.seed, self.size_px)

    def subset(self, number: int) -> str:
        """Return training (179 of 218 patients) or validation."""
        held = rng(0, "spider", "subset").permutation(PATIENTS)[: 218 - 179]
        return "validation" if number in held else "training"

    def series(self, number: int, contrast: str) -> Drawn:
        """Return one series of a patient; see :meth:`contrasts`."""
        if contrast == SPACE:
            return self._thin(number)
        return self._rendered(number)[contrast]

    def contrasts(self, number: int) -> tuple[str, ...]:
        """Return which series a patient has."""
        return (*SERIES, SPACE) if number in WITH_SPACE else SERIES

    def _render_thin(self, number: int) -> Drawn:
        """Render slices 1 mm apart, the same body as in the other series."""
        spec = sample_patient(rng(self.seed, "spider", number), PEOPLE)
        stack = {
            "matrix": self.size_px,
            "slices": 61 if self.size_px > 200 else 9,
            "fov_mm": 280.0,
            "thickness_mm": 0.9,
            "gap": 1 / 9,
            "samples": 1,
        }
        found = render_mri_set(Patient(spec), "sagittal", ("t2",), **stack)["t2"]
        knobs = plain({"patient": spec.as_dict(), "stack": stack, "ratio": 1.0})
        body = spec.anatomy
        return Drawn(*_stored(found, 1.0), "LPS", knobs, body.sex, body.age_years)

    def _render(self, number: int) -> dict[str, Drawn]:
        random = rng(self.seed, "spider", number)
        spec = sample_patient(random, PEOPLE)
        first = bool(random.random() < SHARE_FIRST)
        unequal = bool(random.random() < SHARE_UNEQUAL) and not first
        ratio = float(random.choice((0.8, 0.7))) if unequal else 1.0
        stack = {
            "matrix": self.size_px,
            "slices": 15 if self.size_px > 200 else 5,
            "fov_mm": round(float(random.uniform(260, 300)), 1),
        }
        found = render_mri_set(Patient(spec), "sagittal", SERIES, **stack)
        knobs = plain({"patient": spec.as_dict(), "stack": stack, "ratio": ratio})
        code = "PIR" if first else "LPS"
        body = spec.anatomy
        return {
            name: Drawn(*_stored(series, ratio), code, knobs, body.sex, body.age_years)
            for name, series in found.items()
        }


def _stored(series: MriVolume, ratio: float) -> tuple[Volume, Volume]:
    """Return image and labels as whole numbers.

    With a ratio below 1 columns lie closer than rows, and as many are kept as there
    are rows: a square matrix over a rectangle of the body, the usual case of unequal
    spacing. A plain resize to a square then stretches the patient.
    """
    array, labels = series.array, series.labels
    slice_mm, row_mm, column_mm = series.spacing_mm
    rows = array.shape[1]
    columns = round(array.shape[2] / ratio)
    column_mm = column_mm * array.shape[2] / columns
    left = (columns - rows) // 2
    if columns != array.shape[2]:
        array = _columns(array, columns, 1)[:, :, left : left + rows]
        labels = _columns(labels, columns, 0)[:, :, left : left + rows]
    grey = np.clip(np.rint(array * GREY_MAX), 0, 32767).astype(np.int16)
    corner = series.origin_mm + left * column_mm * np.asarray(series.direction)[2]
    x, y, z = (round(float(v), 4) for v in corner)
    spacing = slice_mm, row_mm, column_mm
    image = make_volume(grey, spacing, (x, y, z), series.direction)
    mask = make_volume(labels, spacing, (x, y, z), series.direction)
    return image, as_type(mask, np.uint8)


def _columns(array: NDArray[Any], columns: int, order: int) -> NDArray[Any]:
    factor = (1.0, 1.0, columns / array.shape[2])
    return np.asarray(
        zoom(array, factor, order=order, mode="nearest", grid_mode=True), array.dtype
    )


def table_row(name: str, drawn: Drawn, subset: str) -> dict[str, str]:
    """Return one row of ``overview.csv`` with the original's columns and quirks.

    Those are: a space behind some letters of ``sex``; an age in ``birth_date``, mostly
    empty; about half of the rows without the columns that one maker leaves out; no
    body part and no software in a 3-D series; a spacing without its leading zero.
    """
    labels = np.unique(drawn.labels.array)
    number, _, contrast = name.partition("_")
    kind, thin = int(number), contrast == SPACE
    steps = [f"{round(step, 5):g}" for step in drawn.image.spacing_mm[1:]]
    if kind % 8 == 0:  # 58 of the original's 447 rows
        steps = [step.removeprefix("0") for step in steps]
    t1 = contrast == "t1"
    known = {
        "new_file_name": name,
        "num_vertebrae": str(int(((labels >= 1) & (labels <= 25)).sum())),
        "num_discs": str(int(((labels >= 201) & (labels <= 225)).sum())),
        "sex": drawn.sex[0].upper() + (" " if kind % 3 == 0 else ""),
        "birth_date": f"{drawn.age_years:.0f}.0" if thin or kind % 5 == 1 else "",
        "subset": subset,
        "BodyPartExamined": "" if thin else "LSPINE",
        "EchoNumbers": "1",
        "EchoTime": "10.0" if t1 else "105.0",
        "FlipAngle": "90",
        "ImagedNucleus": "1H",
        "MRAcquisitionType": "3D" if thin else "2D",
        "Manufacturer": "spineseg synthetic",
        "MagneticFieldStrength": "1.5",
        "PhotometricInterpretation": "MONOCHROME2",
        "PixelSpacing": f"[{', '.join(steps)}]",
        "RepetitionTime": "560.0" if t1 else "3600.0",
        "SamplesPerPixel": "1",
        "ScanningSequence": "SE",
        "SliceThickness": f"{drawn.image.spacing_mm[0] / (10 / 9 if thin else 1.1):g}",
        "SoftwareVersions": "" if thin else "spineseg",
        "SpacingBetweenSlices": f"{drawn.image.spacing_mm[0]:g}",
        "SpecificCharacterSet": "ISO_IR 100",
    }
    if kind % 2:  # one maker's columns, empty in 211 of the original's 447 rows
        known |= {"AngioFlag": "N", "TransmitCoilName": "Body"}
        known["SeriesDescription"] = f"SAG {contrast.upper().replace('_', ' ')}"
    return {column: known.get(column, "") for column in COLUMNS}
