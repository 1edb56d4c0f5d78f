"""Sizes of vertebrae, discs and their angles: one table each, with its source.

Canal, pedicle, end-plate and spinous columns follow Panjabi et al. 1991 (Spine
16:861, 16:888) and 1992 (Spine 17:299); body heights are those of the living
(Bonczar et al. 2024, Surg Radiol Anat 47:22), who are taller than dry bones; disc
heights are taken at the concave centre (Shin 2024, Bach 2019). Columns that no source
gives were chosen so that radiographs look right: transverse span of the thorax,
inclination of the spinous processes, disc angles.
"""

from dataclasses import dataclass, fields, replace

from spineseg.core.errors import SpinesegError


@dataclass(frozen=True)
class Dimensions:
    """Sizes of one vertebra and of the disc below it; mm and degrees.

    Widths are left to right, depths front to back. The spinous length runs from the
    posterior wall of the body to the tip; the spinous drop is its inclination below
    the horizontal in the vertebra's own frame. The facet columns are half the
    distance between the centres of the upper and lower facet joints (lumbar only).
    """

    upper_width_mm: float
    lower_width_mm: float
    upper_depth_mm: float
    lower_depth_mm: float
    anterior_height_mm: float
    posterior_height_mm: float
    canal_width_mm: float
    canal_depth_mm: float
    pedicle_width_mm: float
    pedicle_height_mm: float
    spinous_length_mm: float
    transverse_span_mm: float
    disc_height_mm: float
    spinous_drop_deg: float
    upper_facet_mm: float = 0.0
    lower_facet_mm: float = 0.0

    @property
    def depth_mm(self) -> float:
        """Mean depth of the two end-plates."""
        return (self.upper_depth_mm + self.lower_depth_mm) / 2

    @property
    def height_mm(self) -> float:
        """Mean of the anterior and posterior body height."""
        return (self.anterior_height_mm + self.posterior_height_mm) / 2

    def times(self, **factors: float) -> "Dimensions":
        """Return a copy with the named sizes multiplied."""
        return replace(self, **{k: getattr(self, k) * f for k, f in factors.items()})


LEVELS = (
    *(f"C{i}" for i in range(1, 8)),
    *(f"T{i}" for i in range(1, 13)),
    *(f"L{i}" for i in range(1, 6)),
)
"""The 24 vertebrae from the head down."""

SACRUM = "S1"
"""Name of the frame that sits on the first sacral end-plate."""

_ROWS = """
C1 20.0 20.0 14.0 14.0 12.0 12.0 30.0 20.0  8.0  9.0 33.0 74  0.0  4
C2 17.0 17.5 15.0 15.6 21.0 19.5 24.5 19.0  8.0  9.5 33.5 55  5.2 18
C3 15.8 17.2 15.0 15.6 13.6 13.6 22.9 16.2  5.6  7.4 29.6 52  5.4 24
C4 17.2 17.0 15.3 15.9 13.2 13.4 24.7 16.0  5.4  7.4 30.3 52  5.5 22
C5 17.5 19.4 15.2 16.6 12.6 13.2 24.9 16.0  5.6  7.0 30.5 53  5.6 18
C6 18.5 22.0 16.4 17.4 12.6 13.4 25.8 16.2  6.0  7.3 36.2 55  5.8 16
C7 21.8 23.4 17.2 16.8 14.0 14.6 24.5 16.0  6.6  7.5 47.7 66  5.2 14
T1 24.5 27.8 18.5 19.7 15.2 16.0 21.8 16.4  8.0  9.5 50.1 75  4.6 20
T2 24.9 27.4 19.6 21.6 16.4 17.4 19.5 15.7  7.6 11.2 51.0 70  4.2 30
T3 24.6 25.9 22.7 23.3 16.6 17.6 18.3 15.8  6.6 11.8 52.0 64  4.0 38
T4 24.5 26.0 23.3 24.5 17.0 18.2 17.0 16.2  5.6 12.0 53.0 62  4.0 44
T5 24.9 27.0 24.3 25.8 17.2 18.6 17.3 16.2  5.5 11.9 55.0 62  4.0 50
T6 26.2 28.2 26.0 26.9 17.8 19.2 17.3 16.1  5.8 12.2 56.0 61  4.2 52
T7 27.8 29.1 27.4 28.5 18.4 19.8 17.3 15.9  6.2 12.3 56.0 61  4.4 52
T8 29.5 30.5 27.9 29.4 18.9 20.2 17.7 15.9  6.6 12.7 55.0 60  4.6 48
T9 30.6 33.0 29.3 31.0 19.6 21.0 17.9 15.7  7.2 13.9 54.0 59  4.9 40
T10 31.9 35.4 30.5 31.6 20.6 22.0 18.2 15.5 8.0 15.0 54.0 58  5.2 30
T11 34.9 39.1 31.9 31.8 21.6 23.2 19.4 16.0 8.8 16.6 54.0 52  5.6 22
T12 39.0 42.1 32.8 33.4 23.0 24.6 22.2 17.6 8.8 16.4 56.0 48  6.2 15
L1 41.2 43.3 34.1 35.3 24.9 26.6 23.7 17.4  8.4 15.6 65.0 72  7.2 12
L2 42.6 45.5 34.6 34.9 26.0 27.0 23.8 16.6  8.6 15.2 68.0 79  8.4 11
L3 44.1 48.0 35.2 34.8 26.9 26.7 24.3 16.0 10.2 14.8 69.0 90  9.4 11
L4 46.6 49.5 35.5 34.6 27.2 25.8 25.4 16.6 12.6 14.8 66.0 86 10.2 12
L5 47.3 49.4 34.9 34.0 28.4 24.1 27.4 17.4 16.4 14.6 56.0 92  9.4 14
"""

# The superior process of one vertebra and the inferior one of its upper neighbour
# share a joint: one number for both, or they would intersect or gape.
_FACETS_MM = {
    "L1": (12.6, 13.4),
    "L2": (13.4, 14.2),
    "L3": (14.2, 15.8),
    "L4": (15.8, 18.6),
    "L5": (18.6, 22.5),
}


def _read_rows() -> dict[str, Dimensions]:
    table = {}
    for line in _ROWS.strip().splitlines():
        level, *numbers = line.split()
        sizes: tuple[float, ...] = tuple(float(n) for n in numbers)
        table[level] = Dimensions(*sizes, *_FACETS_MM.get(level, ()))
    return table


DIMENSIONS: dict[str, Dimensions] = _read_rows()
"""Mean adult of both sexes, by level."""

LENGTHS = tuple(f.name for f in fields(Dimensions) if f.name.endswith("_mm"))
"""The columns of :class:`Dimensions` that grow with the patient."""

_DISC_ANGLES = """
L5 15 L4 12.5 L3 9.5 L2 7.5 L1 5.5
T12 2.5 T11 0.5 T10 -0.4 T9 -0.6 T8 -0.9 T7 -1.1
T6 -1.0 T5 -0.8 T4 -0.6 T3 -0.2 T2 0.4 T1 1.2
C7 2.6 C6 2.6 C5 3.4 C4 3.4 C3 3.0 C2 2.6 C1 0
"""


def _read_angles() -> dict[str, float]:
    words = _DISC_ANGLES.split()
    return dict(zip(words[::2], map(float, words[1::2]), strict=True))


DISC_ANGLE_DEG: dict[str, float] = _read_angles()
"""Lordosis (+) or kyphosis (-) of the disc below each level in the mean patient."""


def region_of(level: str) -> str:
    """Return ``"C"``, ``"T"`` or ``"L"``.

    Raises:
        SpinesegError: if there is no such vertebra.
    """
    return check_level(level)[0]


def check_level(level: str, among: tuple[str, ...] = LEVELS) -> str:
    """Return the level if it is one of those meant.

    Raises:
        SpinesegError: if it is not; the message lists those that are.
    """
    if level not in among:
        raise SpinesegError(
            "no such vertebra here",
            found=repr(level),
            expected=f"one of {', '.join(among)}",
        )
    return level


def above(level: str) -> str:
    """Return the next vertebra towards the head (``S1`` gives ``L5``)."""
    index = len(LEVELS) if level == SACRUM else LEVELS.index(level)
    return LEVELS[index - 1]


def below(level: str) -> str:
    """Return the next vertebra towards the pelvis (``L5`` gives ``S1``)."""
    return (*LEVELS, SACRUM)[LEVELS.index(level) + 1]
