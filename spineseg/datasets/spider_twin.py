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

    def subset(self, number: int) -> str:
        """Return training (179 of 218 patients) or validation."""
        held = rng(0, "spider", "subset").permutation(PATIENTS)[: 218 - 179]
        return "validation" if number in held else "training"

    def series(self, number: int, contrast: str) -> Drawn:
        """Return one series of a patient."""
        return self._rendered(number)[contrast]

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

    Columns that a phantom has no value for stay empty, as many of the original do.
    """
    labels = np.unique(drawn.labels.array)
    row_mm, column_mm = (round(step, 5) for step in drawn.image.spacing_mm[1:])
    odd = (
        int(name.partition("_")[0]) % 3
    )  # some letters carry a space, as they do there
    known = {
        "new_file_name": name,
        "num_vertebrae": str(int(((labels >= 1) & (labels <= 25)).sum())),
        "num_discs": str(int(((labels >= 201) & (labels <= 225)).sum())),
        "sex": drawn.sex[0].upper() + (" " if odd == 0 else ""),
        "birth_date": f"{drawn.age_years:.0f}.0" if odd == 1 else "",
        "subset": subset,
        "BodyPartExamined": "LSPINE",
        "Manufacturer": "spineseg synthetic",
        "MagneticFieldStrength": "1.5",
        "PhotometricInterpretation": "MONOCHROME2",
        "PixelSpacing": f"[{row_mm}, {column_mm}]",
        "SamplesPerPixel": "1",
        "SpacingBetweenSlices": f"{drawn.image.spacing_mm[0]:g}",
    }
    return {column: known.get(column, "") for column in COLUMNS}
