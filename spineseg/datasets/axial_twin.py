"""The synthetic patients of the axial twin, and their axial slices."""

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spineseg.anatomy.patient import Patient
from spineseg.anatomy.sample import Population, sample_patient
from spineseg.anatomy.tissue import Region
from spineseg.anatomy.tissue_patient import tissue_regions
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


@dataclass(frozen=True)
class DrawnSlice:
    """One slice and where it lies.

    picture: in [0, 1], as 12 bits give it back.  axes: (2, 3) patient directions in
    which rows and columns follow each other.  contrast, echo_ms: the weighting.
    localizer: what the scanner calls it where it is one.
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
    contrast: str = "T2"
    echo_ms: float = 100.0
    localizer: str = ""


class AxialPatients:
    """Patients by number; a level's slices are rendered together."""

    def __init__(self, seed: int, size_px: int) -> None:
        self.seed, self.size_px = seed, size_px
        self._level = lru_cache(maxsize=1)(self._render_level)
        # the tissues of one patient serve all of its series
        self._body = lru_cache(maxsize=1)(self._build)

    def __reduce__(self) -> tuple[type["AxialPatients"], tuple[int, int]]:
        """Leave the caches behind on the way to another process."""
        return type(self), (self.seed, self.size_px)

    def patient(self, number: int) -> Patient:
        """Return the patient of a study."""
        return self._body(number)[0]

    def regions(self, number: int) -> list[Region]:
        """Return the patient's tissues in the order they are laid down."""
        return self._body(number)[1]

    def study(self, number: int) -> str:
        """Return what the study's identifiers are made of."""
        return f"{self.seed}-{number:03d}"

    def slice(self, number: int, index: int) -> DrawnSlice:
        """Return slice 0 to 5 of a study: two at each of three discs."""
        level = LEVELS[index // SLICES]
        series = self._level(number, level)
        return drawn_slice(
            series, index % SLICES, self.study(number), index + 1, level=level
        )

    def _build(self, number: int) -> tuple[Patient, list[Region]]:
        random = rng(self.seed, "axial_mri", number)
        patient = Patient(sample_patient(random, PEOPLE))
        return patient, tissue_regions(patient)

    def _render_level(self, number: int, level: str) -> MriVolume:
        return render_mri(
            self.patient(number),
            "axial",
            "t2",
            regions=self.regions(number),
            level=level,
            slices=SLICES,
            matrix=self.size_px,
        )


def drawn_slice(
    series: MriVolume, k: int, study: str, number: int, **kind: Any
) -> DrawnSlice:
    """Return slice ``k`` of a series, scaled to its 99.8th percentile and 12 bits.

    Args:
        series: as rendered.
        k: which slice of it.
        study: what the study's identifiers are made of.
        number: of the image in the study, from 1.
        **kind: level, contrast, echo_ms or localizer of :class:`DrawnSlice`.
    """
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
        knobs=plain(
            {"patient": series.metadata["patient"], "plane": series.metadata["plane"]}
        ),
        **kind,
    )
