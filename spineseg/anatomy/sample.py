"""Draw patients from a population.

Sagittal alignment follows published means and spreads: pelvic incidence 55 +- 10.6
(Vialle 2005), lordosis 32.9 + 0.60 PI - 0.23 age (Hasegawa 2016), recumbent lordosis
13 degrees less (627 volunteers, Asian Spine J 2019). Frequencies of disease are those
of a spine clinic, not of the street: a data set of healthy backs teaches little.
"""

from dataclasses import dataclass

import numpy as np

from spineseg.anatomy.spec import (
    APICES,
    HARDWARE,
    Alignment,
    Anatomy,
    Hardware,
    Pathology,
    PatientSpec,
    Posture,
)
from spineseg.anatomy.tables import LEVELS
from spineseg.core.errors import SpinesegError

_LOW_DISCS = LEVELS[LEVELS.index("T11") :]
_NECK_DISCS = ("C4", "C5", "C6")
_BEARS = {"L4": 1.0, "L5": 1.0, "L3": 0.75, "C5": 0.9, "C6": 0.8}
_FRACTURED = ("T11", "T12", "L1", "L1", "L2")


@dataclass(frozen=True)
class Population:
    """Who may be drawn. Chances are shares of patients, ranges are (low, high).

    curve_shares: of Cobb angles in 0 to 8, 10 to 25 and 25 to 50 degrees.
    """

    age_years: tuple[float, float] = (20.0, 88.0)
    female: float = 0.5
    posture: Posture = "standing"
    curve_shares: tuple[float, float, float] = (0.45, 0.30, 0.25)
    slip: float = 0.14
    wedge: float = 0.12
    stenosis: float = 0.12
    herniation: float = 0.15
    hardware: float = 0.08

    def __post_init__(self) -> None:
        for name in ("female", "slip", "wedge", "stenosis", "herniation", "hardware"):
            if not 0 <= getattr(self, name) <= 1:
                raise SpinesegError(
                    f"{name} is a share",
                    found=getattr(self, name),
                    expected="0 to 1",
                )
        if min(self.curve_shares) < 0 or abs(sum(self.curve_shares) - 1) > 1e-6:
            raise SpinesegError(
                "curve_shares must add up to 1", found=self.curve_shares
            )


HEALTHY = Population(
    age_years=(20, 40),
    curve_shares=(1.0, 0.0, 0.0),
    slip=0,
    wedge=0,
    stenosis=0,
    herniation=0,
    hardware=0,
)


def sample_patient(
    rng: np.random.Generator, population: Population | None = None
) -> PatientSpec:
    """Return the specification of one patient of a population.

    The patient's own seed is drawn from the generator too, so that one generator
    state is one patient, whatever is later made of it.
    """
    people = population or Population()
    seed = int(rng.integers(2**31))
    anatomy = _anatomy(rng, people)
    alignment = _alignment(rng, people, anatomy.age_years)
    return PatientSpec(seed, anatomy, alignment, _pathology(rng, people, anatomy))


def _anatomy(rng: np.random.Generator, people: Population) -> Anatomy:
    age = float(rng.uniform(*people.age_years))
    female = bool(rng.random() < people.female)
    density = 0.185 - 0.0011 * (age - 25) - 0.018 * (female and age > 52)
    return Anatomy(
        sex="female" if female else "male",
        age_years=round(age, 1),
        scale=_near(rng, 1.0, 0.045, 0.86, 1.14),
        fat=float(np.clip(np.exp(0.22 * rng.normal()), 0.7, 1.8)),
        bone_density=_near(rng, density, 0.018, 0.055, 0.22),
        asymmetry=_near(rng, 1.0, 0.25, 0.3, 1.8),
    )


def _alignment(
    rng: np.random.Generator, people: Population, age_years: float
) -> Alignment:
    incidence = _near(rng, 54.0, 10.6, 30, 84)
    lying = 13.0 * (people.posture == "supine")
    lordosis = 32.9 + 0.60 * incidence - 0.23 * age_years - lying
    kyphosis = _near(rng, 38 + 0.12 * (age_years - 45), 8.5, 14, 66)
    return Alignment(
        pelvic_incidence_deg=incidence,
        lordosis_deg=_near(rng, lordosis, 7.0, 15, 80),
        kyphosis_deg=kyphosis,
        cervical_lordosis_deg=_near(rng, 16 + 0.5 * (kyphosis - 38), 7.5, -10, 40),
        posture=people.posture,
    )


def _pathology(
    rng: np.random.Generator, people: Population, anatomy: Anatomy
) -> Pathology:
    low, high = ((0, 8), (10, 25), (25, 50))[rng.choice(3, p=people.curve_shares)]
    slip, pars = _slips(rng, people)
    return Pathology(
        cobb_deg=float(rng.uniform(low, high)),
        apex=str(rng.choice(APICES[APICES.index("T8") :])),
        side="left" if rng.random() < 0.5 else "right",
        slip=slip,
        wedge=_wedges(rng, people, anatomy),
        pars_gap_mm=pars,
        disc_loss=_worn_discs(rng, anatomy.age_years),
        stenosis=_one_disc(rng, people.stenosis, 0.1, 0.5),
        herniation_mm=_one_disc(rng, people.herniation, 2.0, 9.0),
        hardware=_hardware(rng, people),
    )


def _slips(
    rng: np.random.Generator, people: Population
) -> tuple[dict[str, float], dict[str, float]]:
    """Return slips and pars gaps: L5 slips with a broken pars, L4 by wear."""
    slips, gap = rng.random(), rng.uniform(1.0, 4.0)
    level = str(rng.choice(["L4", "L5"]))
    amount = float(0.05 + 0.40 * rng.beta(1.2, 3.0))
    broken = rng.random() < (0.7 if level == "L5" else 0.1)
    if slips < people.slip:
        return {level: amount}, ({level: float(gap)} if broken else {})
    without_slip = slips < people.slip + 0.25 * people.slip and level == "L5"
    return {}, ({"L5": float(gap)} if without_slip else {})


def _wedges(
    rng: np.random.Generator, people: Population, anatomy: Anatomy
) -> dict[str, float]:
    """Return fractures: brittle bones break two to three times as often."""
    brittle = np.clip((0.15 - anatomy.bone_density) / 0.04, 0, 1.5)
    chance = people.wedge * (0.5 + 1.2 * brittle)
    level, amount = str(rng.choice(_FRACTURED)), float(rng.uniform(0.15, 0.50))
    return {level: amount} if rng.random() < chance else {}


def _worn_discs(rng: np.random.Generator, age_years: float) -> dict[str, float]:
    """Return lost height: more with age, more below L3 and between C4 and C7."""
    years = np.clip((age_years - 25) / 60, 0, 1)
    worn = {}
    for level in (*_NECK_DISCS, *_LOW_DISCS):
        loss = 1.1 * years * _BEARS.get(level, 0.5) * rng.beta(1.3, 2.4)
        if loss > 0.05:
            worn[level] = float(min(loss, 0.7))
    return worn


def _one_disc(
    rng: np.random.Generator, chance: float, low: float, high: float
) -> dict[str, float]:
    level = str(rng.choice(["L3", "L4", "L4", "L5", "L5"]))
    amount, happens = float(rng.uniform(low, high)), rng.random() < chance
    return {level: amount} if happens else {}


def _hardware(rng: np.random.Generator, people: Population) -> tuple[Hardware, ...]:
    kind, length = str(rng.choice(list(HARDWARE))), int(rng.integers(1, 3))
    has = rng.random() < people.hardware
    if not has:
        return ()
    top, bottom = HARDWARE[kind]
    if kind != "cage":
        top = LEVELS[LEVELS.index(bottom) - length]
    return (Hardware(kind, top, bottom),)


def _near(
    rng: np.random.Generator, mean: float, spread: float, low: float, high: float
) -> float:
    return float(np.clip(rng.normal(mean, spread), low, high))
