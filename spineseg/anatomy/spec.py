"""What makes one patient differ from another: every knob, with its unit and range.

A specification is all that is needed to build the patient again; it is written into
every image's metadata. Mappings go from a level (``"L4"``) to a number and leave
healthy levels out.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from spineseg.anatomy.tables import LEVELS, check_level
from spineseg.core.errors import SpinesegError

Sex = Literal["female", "male"]
Posture = Literal["standing", "supine"]
Side = Literal["left", "right"]
Levels = Mapping[str, float]

LUMBAR = ("L1", "L2", "L3", "L4", "L5")
DISCS = LEVELS[1:]
APICES = ("T5", "T6", "T7", "T8", "T9", "T10", "T11", "T12", "L1", "L2", "L3")
HARDWARE = {"acdf": ("C5", "C6"), "screws": ("L4", "L5"), "cage": ("L4", "L5")}
"""Kinds of hardware and the levels they span when none are named."""


@dataclass(frozen=True)
class Anatomy:
    """The body itself.

    scale: stature relative to the mean of the patient's sex. fat: thickness of
    subcutaneous fat relative to the mean. bone_density: share of compact bone in
    spongiosa (0.06 osteoporotic, 0.20 dense). asymmetry: 0 is a mirror image, 1 usual.
    """

    sex: Sex = "female"
    age_years: float = 45.0
    scale: float = 1.0
    fat: float = 1.0
    bone_density: float = 0.16
    asymmetry: float = 1.0

    def __post_init__(self) -> None:
        _one_of("sex", self.sex, ("female", "male"))
        _within("age_years", self.age_years, 18, 100)
        _within("scale", self.scale, 0.75, 1.25)
        _within("fat", self.fat, 0.5, 2.5)
        _within("bone_density", self.bone_density, 0.03, 0.30)
        _within("asymmetry", self.asymmetry, 0, 3)


@dataclass(frozen=True)
class Alignment:
    """The shape of the healthy spine in the sagittal plane.

    lordosis: L1 to S1. kyphosis: T4 to T12. cervical_lordosis: C2 to C7, lower
    end-plates. Slips, wedges and worn discs change the angles that are measured.
    """

    pelvic_incidence_deg: float = 53.0
    lordosis_deg: float = 52.0
    kyphosis_deg: float = 38.0
    cervical_lordosis_deg: float = 16.0
    posture: Posture = "standing"

    def __post_init__(self) -> None:
        _within("pelvic_incidence_deg", self.pelvic_incidence_deg, 20, 95)
        _within("lordosis_deg", self.lordosis_deg, 0, 95)
        _within("kyphosis_deg", self.kyphosis_deg, 0, 90)
        _within("cervical_lordosis_deg", self.cervical_lordosis_deg, -40, 60)
        _one_of("posture", self.posture, ("standing", "supine"))


@dataclass(frozen=True)
class Hardware:
    """Metal between two levels: ``acdf`` (plate and screws), ``screws``, ``cage``."""

    kind: str
    top: str
    bottom: str

    def __post_init__(self) -> None:
        _one_of("hardware", self.kind, tuple(HARDWARE))
        check_level(self.top)
        check_level(self.bottom)
        if LEVELS.index(self.top) >= LEVELS.index(self.bottom):
            raise SpinesegError(
                "hardware must run from an upper to a lower level",
                found=f"{self.top}-{self.bottom}",
            )


@dataclass(frozen=True)
class Pathology:
    """What is not as it should be.

    cobb_deg: angle of the main curve between projected end-plates; apex and side say
    where and to which side it bulges. slip: forward shift over the depth of the
    end-plate below. wedge: share of the anterior height that is lost. pars_gap_mm:
    width of a defect on both sides. disc_loss: share of the disc's height, by the
    vertebra above the disc. stenosis: share of the canal's depth. herniation_mm: how
    far the disc below the level reaches into the canal.
    """

    cobb_deg: float = 0.0
    apex: str = "L1"
    side: Side = "left"
    slip: Levels = field(default_factory=dict)
    wedge: Levels = field(default_factory=dict)
    pars_gap_mm: Levels = field(default_factory=dict)
    disc_loss: Levels = field(default_factory=dict)
    stenosis: Levels = field(default_factory=dict)
    herniation_mm: Levels = field(default_factory=dict)
    hardware: tuple[Hardware, ...] = ()

    def __post_init__(self) -> None:
        _within("cobb_deg", self.cobb_deg, 0, 70)
        check_level(self.apex, APICES)
        _one_of("side", self.side, ("left", "right"))
        _levels_within("slip", self.slip, DISCS, -0.3, 0.8)
        _levels_within("wedge", self.wedge, LEVELS[2:], 0, 0.7)
        _levels_within("pars_gap_mm", self.pars_gap_mm, LUMBAR, 0, 8)
        _levels_within("disc_loss", self.disc_loss, DISCS, 0, 0.9)
        _levels_within("stenosis", self.stenosis, DISCS, 0, 0.7)
        _levels_within("herniation_mm", self.herniation_mm, DISCS, 0, 12)


@dataclass(frozen=True)
class PatientSpec:
    """One patient: a seed for everything individual, and the knobs above."""

    seed: int = 0
    anatomy: Anatomy = field(default_factory=Anatomy)
    alignment: Alignment = field(default_factory=Alignment)
    pathology: Pathology = field(default_factory=Pathology)

    def __post_init__(self) -> None:
        if self.seed < 0:
            raise SpinesegError(
                "a seed cannot be negative", found=self.seed, expected=">= 0"
            )

    def as_dict(self) -> dict[str, Any]:
        """Return the knobs as plain dictionaries, ready for JSON."""
        return asdict(self)


def _within(name: str, value: float, low: float, high: float) -> None:
    if not low <= value <= high:  # also catches nan
        raise SpinesegError(
            f"{name} is out of range", found=value, expected=f"{low} to {high}"
        )


def _one_of(name: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        raise SpinesegError(
            f"unknown {name}", found=repr(value), expected=" or ".join(known)
        )


def _levels_within(
    name: str, values: Levels, among: tuple[str, ...], low: float, high: float
) -> None:
    for level, value in values.items():
        check_level(level, among)
        _within(f"{name} of {level}", value, low, high)
