"""What shapes each bone of one patient: sizes, age, wear, chance.

Everything is drawn from one stream in one order, whatever is asked for later, so that
a level looks the same in every view, region and level of detail.
"""

import numpy as np
from numpy.typing import NDArray

from spineseg.anatomy.spec import PatientSpec
from spineseg.anatomy.spine import Spine
from spineseg.anatomy.tables import (
    DIMENSIONS,
    LEVELS,
    SACRUM,
    Dimensions,
    above,
    region_of,
)
from spineseg.anatomy.warp import WARP, WAVES
from spineseg.core.rng import rng

BONES = (*LEVELS, SACRUM)
"""Order of the records: C1 to L5, then the sacrum."""

ROW = {level: row for row, level in enumerate(BONES)}

_WAVE_MM = 14.0
_WAVE_AMPLITUDE_MM = 0.45
_SACRUM_MEAN = Dimensions(
    *(49.0, 49.0, 33.0, 33.0, 30.0, 30.0, 28.0, 16.0),
    *(20.0, 20.0, 40.0, 106.0, 0.0, 20.0),
)
_PARS_OPENING = 0.935
"""Gap per millimetre of shift, because the shift leaves out the sideways part."""


def bone_records(spec: PatientSpec, spine: Spine) -> NDArray:
    """Return one record of dtype :data:`WARP` for each of :data:`BONES`."""
    records = np.zeros(len(BONES), WARP)
    draw = rng(spec.seed, "patient", "shape")
    chance = draw.standard_normal((len(BONES), 40))
    luck = draw.random((len(BONES), 8))
    for row, level in enumerate(BONES):
        b = records[row]
        _place(b, spine, level)
        _measure(b, DIMENSIONS.get(level, _SACRUM_MEAN))
        _grow(b, spine, level)
        if level[0] != "S" and level != "C1":
            _age(b, spec, level, chance[row, 30:], luck[row])
    _shape(records, chance, spec.anatomy.asymmetry)
    np.clip(records["spur"], 0, 7, out=records["spur"])
    np.clip(records["swell"], 0, 4, out=records["swell"])
    np.maximum(records["sink"], -0.6, out=records["sink"])
    for level in {*spec.pathology.wedge, *spec.pathology.pars_gap_mm}:
        _break(records[ROW[level]], spec, spine, level)
    return records


def _place(b: NDArray, spine: Spine, level: str) -> None:
    b["origin"] = spine.frames[level].origin_mm
    b["axes"] = spine.frames[level].axes


def _measure(b: NDArray, mean: Dimensions) -> None:
    b["wall"] = mean.depth_mm / 2
    b["arch"] = mean.depth_mm / 2 + mean.canal_depth_mm
    b["tip"] = mean.depth_mm / 2 + mean.spinous_length_mm
    b["half_canal"] = mean.canal_width_mm / 2
    b["half_span"] = mean.transverse_span_mm / 2
    b["half_width"] = (mean.upper_width_mm + mean.lower_width_mm) / 4
    b["half_height"] = mean.height_mm / 2


def _grow(b: NDArray, spine: Spine, level: str) -> None:
    """Fill in the ratios of the patient's sizes to the mean adult's."""
    if level in (SACRUM, "C1"):  # these keep their proportions
        grown = (
            spine.sizes.sacrum_width_mm / _SACRUM_MEAN.upper_width_mm
            if level == SACRUM
            else spine.sizes["C2"].lower_width_mm / DIMENSIONS["C2"].lower_width_mm
        )
        for name in ("width", "depth", "canal_width", "canal_depth", "spinous"):
            b[name] = grown
        for name in ("span", "front_height", "back_height", "arch_height"):
            b[name] = grown
        return
    own, healthy, mean = spine.sizes[level], spine.healthy[level], DIMENSIONS[level]
    b["width"] = (own.upper_width_mm + own.lower_width_mm) / (
        mean.upper_width_mm + mean.lower_width_mm
    )
    b["depth"] = own.depth_mm / mean.depth_mm
    b["canal_width"] = own.canal_width_mm / mean.canal_width_mm
    b["canal_depth"] = own.canal_depth_mm / mean.canal_depth_mm
    own_behind = own.spinous_length_mm - own.canal_depth_mm
    b["spinous"] = own_behind / (mean.spinous_length_mm - mean.canal_depth_mm)
    b["span"] = own.transverse_span_mm / mean.transverse_span_mm
    b["front_height"] = own.anterior_height_mm / mean.anterior_height_mm
    b["back_height"] = own.posterior_height_mm / mean.posterior_height_mm
    b["arch_height"] = healthy.height_mm / mean.height_mm


def _shape(bones: NDArray, chance: NDArray, asymmetry: float) -> None:
    """Fill in individual asymmetry of all bones; 30 numbers of chance each."""
    bones["span"] *= 1 + asymmetry * 0.035 * chance[:, 0:2]
    bones["tip_shift"] = asymmetry * np.array([2.0, 1.2]) * chance[:, 2:4]
    bones["wing"] = asymmetry * np.array([2.0, 1.2, 2.0, 1.2]) * chance[:, 4:8]
    bones["lamina"] = np.array([0.06, 0.4, 0.06]) * chance[:, 8:11]
    wave = chance[:, 9 : 9 + 7 * WAVES].reshape(-1, WAVES, 7)
    bones["wave"][..., :3] = wave[..., :3] / _WAVE_MM
    bones["wave"][..., 3] = 2.4 * wave[..., 3]
    bones["wave"][..., 4:] = asymmetry * _WAVE_AMPLITUDE_MM * wave[..., 4:]


def _age(
    b: NDArray, spec: PatientSpec, level: str, chance: NDArray, luck: NDArray
) -> None:
    """Fill in end-plates, Schmorl nodes, osteophytes and facets by age and wear."""
    age, loss = spec.anatomy.age_years, spec.pathology.disc_loss
    brittle = min(max((0.115 - spec.anatomy.bone_density) / 0.05, 0.0), 1.0)
    loaded = region_of(level) != "C"
    b["sink"] = 0.35 * chance[:2] + (0.9 + 0.5 * chance[2]) * brittle * 2.2 * loaded
    b["sink_y"] = 0.12 + 0.10 * chance[3]
    years = min(max((age - 38) / 40, 0.0), 1.3)
    discs = (loss.get(above(level), 0.0) if level != "C2" else 0.0, loss.get(level, 0))
    for side, disc in enumerate(discs):
        amount = years * _SPUR_MM[level] + 3.2 * disc
        grown = amount * np.exp(0.45 * chance[4 + side])
        b["spur"][side] = grown * _lobes(level, luck)
        if level[0] == "L":
            swell = (1.6 * years + 2.0 * disc) * (1 + 0.5 * chance[6:8])
            b["swell"][2 * side : 2 * side + 2] = swell
        if loaded and luck[4 + side] < 0.03 + 0.02 * years:
            b["node"][side] = (
                *(0.22 * b["half_width"] * chance[8:9]),
                b["wall"] * (0.15 + 0.2 * chance[9]),
                2.0 + 3.0 * luck[6],
                3.0 + 2.5 * luck[7],
            )
    _joints(b, level)


def _lobes(level: str, luck: NDArray) -> NDArray:
    """Return the relative length of the four osteophytes, right to left.

    In the thorax they grow on the right: the pulsating aorta keeps the left free.
    """
    return (_THORACIC if level[0] == "T" else _USUAL) * (0.55 + 0.8 * luck[:4])


def _joints(b: NDArray, level: str) -> None:
    mean = DIMENSIONS[level]
    depth = b["wall"] + 0.93 * mean.canal_depth_mm
    b["joint"][0] = (mean.upper_facet_mm, depth, mean.height_mm / 2 + 4)
    b["joint"][1] = (mean.lower_facet_mm, depth, -mean.height_mm / 2 - 6)


def _break(b: NDArray, spec: PatientSpec, spine: Spine, level: str) -> None:
    """Fill in the edge of a fractured plate and the shift of a freed arch."""
    lost = spec.pathology.wedge.get(level, 0.0)
    if lost > 0.1:
        b["spur"][0, 1:3] += 4.0 * lost
        b["sink"][0] += 2.5 * lost
    gap = spec.pathology.pars_gap_mm.get(level, 0.0)
    if gap > 0:
        back = np.array([0.0, 0.663, -0.749]) * gap / _PARS_OPENING
        slip = spec.pathology.slip.get(level, 0.0) * spine.sizes[level].lower_depth_mm
        b["loose"] = back + np.array([0, 0.85, 0]) * max(slip, 0)


_USUAL = np.array([0.9, 0.8, 0.8, 0.9])
_THORACIC = _USUAL * [1.2, 1.1, 0.5, 0.25]


def _spur_table() -> dict[str, float]:
    table = {level: {"C": 1.0, "T": 1.6, "L": 2.6}[level[0]] for level in LEVELS}
    table.update({"C5": 2.4, "C6": 2.6, "C4": 1.8, "C7": 1.6})
    table.update({"T8": 2.4, "T9": 2.8, "T10": 2.6, "T11": 2.2, "L3": 3.2, "L4": 3.4})
    return table


_SPUR_MM = _spur_table()
"""Osteophytes of an eighty-year-old, mm: most where the spine bends and bears most."""
