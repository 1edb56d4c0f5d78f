"""All settings of one film, by view, and their random variation.

The ranges are those of clinical practice (EUR 16260 for voltages and distances; the
other sources stand in the chapter on radiographs).
"""

from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from spineseg.core.errors import SpinesegError
from spineseg.imaging.artefacts import (
    Artefacts,
    Collimation,
    Double,
    GridLines,
    Marker,
    Motion,
)
from spineseg.imaging.camera import Projection
from spineseg.imaging.presentation import Presentation
from spineseg.imaging.xray import Exposure

View = Literal["ap", "lateral", "cervical"]


@dataclass(frozen=True)
class Film:
    """What decides how a patient is pictured, apart from the patient.

    region: part of the body that is built. centre: level in the middle of the film.
    offset_mm: world shift (x, y, z) of the aim from that level. field_mm: height of
    the detector that is read out.
    """

    region: str
    centre: str
    offset_mm: tuple[float, float, float]
    field_mm: float
    projection: Projection
    exposure: Exposure
    presentation: Presentation
    artefacts: Artefacts = field(default_factory=Artefacts)


FILMS: dict[str, Film] = {
    "ap": Film(
        region="thoracolumbar",
        centre="L1",
        offset_mm=(0.0, 0.0, 0.0),
        field_mm=430.0,
        projection=Projection("ap", 1150.0, 160.0),
        exposure=Exposure(kvp=80.0, quanta_per_mm2=6e4, scatter_to_primary=0.45),
        presentation=Presentation(compression=0.72, low_percent=0.4),
    ),
    "lateral": Film(
        region="thoracolumbar",
        centre="L3",
        offset_mm=(0.0, 14.0, 8.0),
        field_mm=430.0,
        projection=Projection("lateral", 1150.0, 320.0),
        exposure=Exposure(kvp=90.0, quanta_per_mm2=5e4, scatter_to_primary=0.6),
        presentation=Presentation(
            compression=0.84,
            coarse_mm=26.0,
            sharpening=0.62,
            low_percent=2.0,
            slope=4.0,
        ),
    ),
    "cervical": Film(
        region="cervical",
        centre="C4",
        offset_mm=(0.0, 6.0, -6.0),
        field_mm=240.0,
        projection=Projection("lateral", 1500.0, 300.0),
        exposure=Exposure(kvp=70.0, quanta_per_mm2=1.2e5, scatter_to_primary=0.3),
        presentation=Presentation(
            compression=0.80, coarse_mm=18.0, high_percent=99.8, slope=3.7
        ),
    ),
}
"""The usual film of each view."""


def film(view: str) -> Film:
    """Return the usual film of a view.

    Raises:
        SpinesegError: if the view is none of ``ap``, ``lateral``, ``cervical``.
    """
    if view not in FILMS:
        raise SpinesegError(
            "unknown radiograph view",
            found=repr(view),
            expected=" or ".join(FILMS),
        )
    return FILMS[view]


def sample_film(random: np.random.Generator, view: str) -> Film:
    """Return a film as it may come from any hospital: geometry, dose, look, faults.

    Raises:
        SpinesegError: as :func:`film`.
    """
    usual = film(view)
    dx, dy, dz = random.uniform(-15, 15, 3)
    x, y, z = usual.offset_mm
    return replace(
        usual,
        offset_mm=(x + dx, y + dy, z + dz),
        field_mm=usual.field_mm * random.uniform(0.85, 1.0),
        projection=_sample_projection(random, usual.projection),
        exposure=_sample_exposure(random, usual.exposure),
        presentation=_sample_presentation(random, usual.presentation),
        artefacts=sample_artefacts(random, usual.field_mm, view == "ap"),
    )


def sample_artefacts(
    random: np.random.Generator, field_mm: float, frontal: bool = True
) -> Artefacts:
    """Return the faults of one film; most films have blades and a marker only.

    On a frontal film the letter lies on the side that it names: L to the right.
    """
    blades = Collimation(
        half_width_mm=field_mm * random.uniform(0.34, 0.52),
        half_height_mm=field_mm * random.uniform(0.44, 0.52),
        offset_mm=tuple(random.normal(0, 3, 2)),
        roll_deg=random.normal(0, 0.6),
    )
    side = str(random.choice(["L", "R"]))
    rightwards = side == "L" if frontal else random.random() < 0.5
    away = random.uniform(0.12, 0.2)
    marker = Marker(
        text=side,
        u=1.0 - away if rightwards else away,
        v=random.uniform(0.06, 0.2),
        size_mm=random.uniform(10, 16),
    )
    chance = random.random(7)
    return Artefacts(
        collimation=blades if chance[0] < 0.8 else None,
        marker=marker if chance[1] < 0.8 else None,
        grid=GridLines(random.uniform(0.005, 0.02), random.uniform(3.3, 6.0))
        if chance[2] < 0.08
        else None,
        motion=Motion(random.uniform(0.8, 3.0), random.uniform(60, 120))
        if chance[3] < 0.06
        else None,
        double=Double(random.uniform(0.1, 0.3), *random.uniform(-20, 20, 2))
        if chance[4] < 0.01
        else None,
        over_exposure=random.uniform(2.0, 6.0) if chance[5] < 0.08 else 1.0,
        ghost=random.uniform(0.005, 0.03) if chance[6] < 0.05 else 0.0,
    )


def _sample_projection(random: np.random.Generator, usual: Projection) -> Projection:
    return replace(
        usual,
        sid_mm=usual.sid_mm * random.uniform(0.92, 1.2),
        object_detector_mm=usual.object_detector_mm * random.uniform(0.9, 1.1),
        rotation_deg=random.normal(0, 1.5),
        tube_angle_deg=random.normal(0, 2.0),
        roll_deg=random.normal(0, 1.0),
    )


def _sample_exposure(random: np.random.Generator, usual: Exposure) -> Exposure:
    return replace(
        usual,
        kvp=usual.kvp + random.uniform(-5, 5),
        quanta_per_mm2=usual.quanta_per_mm2 * 10 ** random.uniform(-1.0, 0.3),
        scatter_to_primary=usual.scatter_to_primary * random.uniform(0.5, 1.7),
        blur_mm=random.uniform(0.10, 0.25),
        texture=random.uniform(0.6, 1.3),
    )


def _sample_presentation(
    random: np.random.Generator, usual: Presentation
) -> Presentation:
    return replace(
        usual,
        compression=min(0.9, usual.compression * random.uniform(0.82, 1.1)),
        sharpening=random.uniform(0.2, 0.9),
        slope=random.uniform(3.2, 4.8),
        low_percent=random.uniform(0.2, 2.5),
        inverted=bool(random.random() < 0.05),
    )
