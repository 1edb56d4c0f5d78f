"""Synthetic films for the twins: who is drawn, how the film is taken."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spineseg.anatomy.patient import Patient
from spineseg.anatomy.sample import HEALTHY, Population, sample_patient
from spineseg.anatomy.spec import Pathology, PatientSpec
from spineseg.imaging.film import Film, sample_film
from spineseg.imaging.radiograph import Radiograph, plain, render_radiograph

CONDITIONS = ("normal", "scoliosis", "wedge", "spondylolisthesis", "spondylolysis")


def film_patient(
    random: np.random.Generator, condition: str, people: Population = HEALTHY
) -> PatientSpec:
    """Return a patient with one condition and nothing else (worn discs aside)."""
    spec = sample_patient(random, people)
    worn = spec.pathology.disc_loss
    bent = float(random.uniform(10, 45))
    broken = str(random.choice(("T11", "T12", "L1", "L2", "L3")))
    lost = float(random.uniform(0.18, 0.5))
    slipped, by = str(random.choice(("L4", "L5"))), float(random.uniform(0.08, 0.4))
    gap = float(random.uniform(1.5, 4.0))
    found: dict[str, Any] = {
        "normal": {},
        "scoliosis": {"cobb_deg": bent},
        "wedge": {"wedge": {broken: lost}},
        "spondylolisthesis": {"slip": {slipped: by}},
        "spondylolysis": {"pars_gap_mm": {"L5": gap}},
    }[condition]
    base = replace(Pathology(), disc_loss=worn)
    keep = {"apex": spec.pathology.apex, "side": spec.pathology.side}
    return replace(spec, pathology=replace(base, **keep, **found))


def upright_film(random: np.random.Generator, view: str) -> Film:
    """Return a film's settings with bone white.

    Negative pictures are a matter of how a file is stored; the writers see to it.
    """
    drawn = sample_film(random, view)
    return replace(drawn, presentation=replace(drawn.presentation, inverted=False))


@dataclass(frozen=True)
class Shot:
    """A rendered film and what it was made from."""

    film: Radiograph
    spec: PatientSpec
    knobs: dict[str, Any]

    @property
    def spacing_mm(self) -> tuple[float, float]:
        """Return (between rows, between columns) at the middle of the patient."""
        return self.film.spacing_mm, self.film.spacing_mm

    @property
    def vertebrae(self) -> NDArray[np.uint8]:
        """Return 1 where any vertebra from C1 to L5 is."""
        return self.film.masks.vertebrae.astype(np.uint8)


def shoot(spec: PatientSpec, view: str, shape: tuple[int, int], settings: Film) -> Shot:
    """Render one film; the knobs hold everything that decided it."""
    film = render_radiograph(Patient(spec), view, shape, settings=settings)
    knobs = {
        "view": view,
        "shape": list(shape),
        "patient": plain(film.metadata["patient"]),
        "film": plain(film.metadata["film"]),
        "truth": plain(film.metadata["truth"]),
    }
    return Shot(film, spec, knobs)
