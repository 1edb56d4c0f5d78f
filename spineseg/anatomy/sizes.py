"""One patient's own sizes: the table, times sex, stature and individual spread.

Women are 0.86 to 0.88 of men in width and 0.93 to 0.97 in height, and within one sex
sizes spread by 6 to 8 percent (802 abdominal CTs, CTSpinoPelvic1K level gradients).
"""

from dataclasses import astuple, dataclass, fields

import numpy as np
from numpy.typing import NDArray

from spineseg.anatomy.spec import Pathology, PatientSpec
from spineseg.anatomy.tables import DIMENSIONS, LENGTHS, LEVELS, Dimensions
from spineseg.core.rng import rng

_COLUMNS = {f.name: k for k, f in enumerate(fields(Dimensions))}
_BASE = np.array([astuple(DIMENSIONS[level]) for level in LEVELS])


@dataclass(frozen=True)
class _Group:
    """Columns that grow together; how much men exceed the mean; spread of people."""

    columns: tuple[str, ...]
    male: float
    spread: float
    level_spread: float = 0.02


_GROUPS = (
    _Group(("upper_width_mm", "lower_width_mm"), 0.070, 0.048),
    _Group(("upper_depth_mm", "lower_depth_mm"), 0.055, 0.040),
    _Group(("anterior_height_mm", "posterior_height_mm"), 0.025, 0.035),
    _Group(("canal_width_mm",), 0.030, 0.060),
    _Group(("canal_depth_mm",), 0.010, 0.080, 0.03),
    _Group(("pedicle_width_mm",), 0.060, 0.080, 0.03),
    _Group(("pedicle_height_mm",), 0.050, 0.050),
    _Group(("spinous_length_mm",), 0.050, 0.050, 0.03),
    _Group(("transverse_span_mm",), 0.055, 0.050, 0.03),
    _Group(("disc_height_mm",), 0.025, 0.100, 0.05),
    # neighbours share a joint, so no spread between levels
    _Group(("upper_facet_mm", "lower_facet_mm"), 0.045, 0.030, 0.0),
)

_SACRUM_MM = (49.0, 33.0)


@dataclass(frozen=True)
class Sizes:
    """Sizes of all vertebrae of one patient, and of the first sacral end-plate."""

    levels: dict[str, Dimensions]
    sacrum_width_mm: float
    sacrum_depth_mm: float

    def __getitem__(self, level: str) -> Dimensions:
        return self.levels[level]

    def column(self, name: str, levels: tuple[str, ...]) -> NDArray[np.float64]:
        """Return one column of the table for the levels named."""
        return np.array([getattr(self.levels[level], name) for level in levels])


def individual_sizes(spec: PatientSpec) -> Sizes:
    """Return the sizes of the patient before anything was worn, broken or slipped."""
    draw = rng(spec.seed, "patient", "sizes")
    sign = 1 if spec.anatomy.sex == "male" else -1
    table = _BASE.copy()
    for column in LENGTHS:
        table[:, _COLUMNS[column]] *= spec.anatomy.scale
    for group in _GROUPS:
        person = (1 + sign * group.male) * np.exp(group.spread * draw.normal())
        levels = np.exp(group.level_spread * draw.normal(size=len(LEVELS)))
        for column in group.columns:
            table[:, _COLUMNS[column]] *= person * levels
    table[:, _COLUMNS["spinous_drop_deg"]] += 3 * draw.normal()
    rows = {level: Dimensions(*row) for level, row in zip(LEVELS, table, strict=True)}
    grown = table[-1] / _BASE[-1]
    return Sizes(
        levels=rows,
        sacrum_width_mm=_SACRUM_MM[0] * grown[_COLUMNS["lower_width_mm"]],
        sacrum_depth_mm=_SACRUM_MM[1] * grown[_COLUMNS["lower_depth_mm"]],
    )


def diseased_sizes(healthy: Sizes, pathology: Pathology) -> Sizes:
    """Return the sizes with wedged bodies, worn discs and narrowed canals.

    A wedged body loses the share named in front and 0.15 of that share behind, as
    osteoporotic fractures do.
    """
    levels = dict(healthy.levels)
    for level, lost in pathology.wedge.items():
        levels[level] = levels[level].times(
            anterior_height_mm=1 - lost, posterior_height_mm=1 - 0.15 * lost
        )
    for level, lost in pathology.disc_loss.items():
        levels[level] = levels[level].times(disc_height_mm=1 - lost)
    for level, lost in pathology.stenosis.items():
        levels[level] = levels[level].times(canal_depth_mm=1 - _BONY_SHARE * lost)
    return Sizes(levels, healthy.sacrum_width_mm, healthy.sacrum_depth_mm)


_BONY_SHARE = 0.35
"""Part of a stenosis that is bone; the rest is disc and ligament."""
