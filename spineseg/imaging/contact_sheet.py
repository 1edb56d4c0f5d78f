"""Many patients on one sheet, to judge the population at a glance.

A contact sheet shows what single pictures hide: whether patients differ, and whether
they differ in what patients differ in.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spineseg.anatomy.patient import Patient
from spineseg.anatomy.sample import Population, sample_patient
from spineseg.anatomy.spec import PatientSpec
from spineseg.core.errors import SpinesegError
from spineseg.core.rng import rng
from spineseg.imaging.film import sample_film
from spineseg.imaging.radiograph import render_radiograph

Picture = NDArray[np.float32]

PAIRS = (("ap", "lateral"), ("ap", "cervical"), ("lateral", "cervical"))
"""The two views of a patient; pairs take turns."""
WIDTHS = {"ap": 0.76, "lateral": 0.60, "cervical": 0.82}
"""Width of a picture over its height, by view."""


@dataclass(frozen=True)
class Entry:
    """One patient of a sheet: specification and two pictures with their views."""

    spec: PatientSpec
    views: tuple[str, str]
    pictures: tuple[Picture, Picture]

    @property
    def caption(self) -> str:
        """What is worth knowing about the patient, in a few words."""
        person, illness = self.spec.anatomy, self.spec.pathology
        words = [f"{person.sex[0].upper()} {person.age_years:.0f}"]
        if illness.cobb_deg >= 10:
            words.append(f"Cobb {illness.cobb_deg:.0f}\N{DEGREE SIGN}")
        words += [f"{k} slip {100 * v:.0f} %" for k, v in illness.slip.items()]
        words += [f"{k} wedge {100 * v:.0f} %" for k, v in illness.wedge.items()]
        words += [f"{h.kind} {h.top}-{h.bottom}" for h in illness.hardware]
        return ", ".join(words)


def sheet_entries(
    seed: int,
    count: int = 24,
    height_px: int = 320,
    population: Population | None = None,
) -> list[Entry]:
    """Return patients drawn from a population, each with films as they may come.

    The same seed gives the same patient at every place, however many are asked for.

    Raises:
        SpinesegError: if fewer than one patient is asked for.
    """
    if count < 1:
        raise SpinesegError(
            "a contact sheet needs patients", found=count, expected=">= 1"
        )
    entries = []
    for k in range(count):
        spec = sample_patient(rng(seed, "contact sheet", k, "patient"), population)
        views = PAIRS[k % len(PAIRS)]
        patient = Patient(spec)
        first, second = (
            render_radiograph(
                patient,
                view,
                (height_px, round(WIDTHS[view] * height_px)),
                settings=sample_film(rng(seed, "contact sheet", k, view), view),
            ).picture
            for view in views
        )
        entries.append(Entry(spec, views, (first, second)))
    return entries


def contact_sheet(
    entries: Sequence[Entry], columns: int = 4, gap_px: int = 3
) -> Picture:
    """Return one picture with the patients in rows, black between them.

    Args:
        entries: of :func:`sheet_entries`; all pictures of one height.
        columns: patients in a row.
        gap_px: between pictures; twice as much between patients.
    """
    cells = [_pair(entry.pictures, gap_px) for entry in entries]
    height = max(c.shape[0] for c in cells)
    width = max(c.shape[1] for c in cells)
    rows = -(-len(cells) // columns)
    step_v, step_u = height + 2 * gap_px, width + 2 * gap_px
    sheet = np.zeros((rows * step_v, columns * step_u), np.float32)
    for k, cell in enumerate(cells):
        v, u = (k // columns) * step_v, (k % columns) * step_u
        left = u + (width - cell.shape[1]) // 2
        sheet[v : v + cell.shape[0], left : left + cell.shape[1]] = cell
    return sheet[: -2 * gap_px or None, : -2 * gap_px or None]


def _pair(pictures: tuple[Picture, Picture], gap_px: int) -> Picture:
    first, second = pictures
    gap = np.zeros((first.shape[0], gap_px), np.float32)
    return np.concatenate([first, gap, second], axis=1)
