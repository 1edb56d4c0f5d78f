"""Sizes that the drawings stand on: one row a vertebra, C2 to L5.

The numbers are typical adult values, rounded, so that the drawings have the right
proportions and curves. They are not meant to be measured against. Lumbar heights
are those of men on radiographs, lumbar widths those of dry bones; the rest is
textbook anatomy.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Level:
    """What is drawn of one vertebra and of the disc below it.

    Attributes:
        name: ``"C2"`` to ``"L5"``.
        width_mm: left to right, at the end plates.
        depth_mm: front to back, mean of both end plates.
        front_mm: height of the body at its front.
        back_mm: height of the body at its back.
        canal_mm: depth of the spinal canal, front to back.
        tip_mm: from the back of the body to the tip of the spinous process.
        drop_deg: how far the spinous process points below the horizontal.
        disc_mm: height of the disc below, at its middle.
        disc_deg: wedge of the disc below, positive when the front is taller.
    """

    name: str
    width_mm: float
    depth_mm: float
    front_mm: float
    back_mm: float
    canal_mm: float
    tip_mm: float
    drop_deg: float
    disc_mm: float
    disc_deg: float

    @property
    def region(self) -> str:
        """``"C"``, ``"T"`` or ``"L"``."""
        return self.name[0]


# name width depth front back canal tip drop disc_mm disc_deg
_TABLE = """
C2 17.0 15.6 19.0 19.0 17.0 33 18 5.0  3.6
C3 16.5 15.6 13.6 13.8 15.5 31 24 5.2  3.9
C4 17.2 15.8 13.3 13.5 15.0 31 22 5.3  4.0
C5 18.4 16.4 13.0 13.4 15.0 32 18 5.4  4.2
C6 20.0 17.4 13.0 13.4 15.0 37 16 5.5  4.2
C7 22.5 17.6 14.4 14.8 15.0 46 14 5.2  2.0
T1 26.0 19.2 15.2 15.8 16.0 47 20 4.4  0.5
T2 26.2 20.6 16.0 17.0 15.7 47 30 4.2  0.0
T3 25.5 23.0 16.4 17.5 15.8 47 38 4.0 -0.5
T4 25.5 24.0 16.8 18.0 16.2 48 44 4.0 -0.7
T5 25.8 25.0 17.2 18.5 16.2 49 50 4.0 -0.8
T6 27.2 26.5 17.7 19.2 16.1 50 52 4.2 -0.9
T7 28.5 28.0 18.2 19.8 15.9 50 52 4.4 -0.8
T8 30.0 28.7 18.8 20.4 15.9 50 48 4.6 -0.6
T9 32.0 30.2 19.5 21.1 15.7 49 40 4.9 -0.3
T10 34.0 31.0 20.6 22.2 15.5 48 30 5.2  0.2
T11 37.0 31.9 22.2 23.7 16.0 49 22 5.5  0.8
T12 40.5 33.1 24.0 25.3 17.0 53 15 6.0  2.0
L1 42.2 34.4 25.4 27.1 17.5 60 14 7.2  5.0
L2 44.0 34.8 27.2 27.0 17.0 63 13 8.4  7.0
L3 46.0 35.0 27.9 27.9 16.6 64 12 9.4  9.0
L4 48.0 34.8 27.4 27.1 17.0 61 12 10.2 12.0
L5 48.4 34.0 28.3 25.7 17.5 50 13 9.6 14.5
"""


def _read(row: str) -> Level:
    """Read one row of the table."""
    name, *numbers = row.split()
    return Level(name, *(float(number) for number in numbers))


LEVELS = {level.name: level for level in map(_read, _TABLE.strip().splitlines())}

SACRAL_SLOPE_DEG = 38.0
"""Tilt of the upper end plate of S1 when standing, front edge lower."""
