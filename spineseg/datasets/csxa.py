"""Cervical laterals: CSXA's layout with stylus tracings of the spinous processes.

``datasets-PNG/NNNNGAA.png`` and ``datasets-JSON/NNNNGAA.json`` as CSXA has them (23
landmarks as LabelMe points); ``tracings/NNNNGAA.png``, the film with red lines, as
CervSpineNet's annotators made them. The real tracings are not public: a real CSXA
folder without them gives the vertebral bodies of C3 to C7 from its corner points.
"""

import re
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from spineseg.anatomy.patient import Patient
from spineseg.anatomy.sample import Population
from spineseg.core.errors import SpinesegError
from spineseg.core.rng import rng
from spineseg.core.sample import Sample
from spineseg.datasets.base import Card, Family, TwinPlan, existing_folder, quantised
from spineseg.datasets.csxa_files import (
    CURVATURE,
    LANDMARKS,
    SHEET,
    NeckLandmarks,
    bodies_from_landmarks,
    bone_is_darker,
    lordosis_deg,
    read_measures,
    read_neck,
)
from spineseg.datasets.films import Shot, film_patient, shoot, upright_film
from spineseg.datasets.stylus import stylus_mask, traced
from spineseg.imaging.radiograph import camera_of
from spineseg.io import (
    Shape,
    read_radiograph,
    write_labelme,
    write_radiograph,
)
from spineseg.io._files import atomic_write
from spineseg.io.radiograph import open_picture
from spineseg.io.tables import Cell, write_sheet

NAME = re.compile(r"^\d{7}$")
PEOPLE = Population(age_years=(18, 80), female=0.5)
ODDITIES = (0.05, 0.01, 0.02, 0.02)
"""Shares of films with polygons, a repeated corner, a turned size, dark bone."""
ANGLE = "C2-C7 angle (degrees)"

CARD = Card(
    name="csxa_spinous",
    title="Cervical lateral radiographs with spinous processes",
    paper="cervspinenet",
    modality="radiograph",
    classes={0: "background", 1: "spinous processes"},
    variants=("original", "clahe", "augmented", "bodies"),
    count=500,
    format="PNG, red tracings as PNG, LabelMe JSON with 23 landmarks, .xlsx sheet",
    licence="of CSXA not confirmed, read the record's page; the masks are not public",
    access="CSXA V3.0 is open (doi:10.57760/sciencedb.15391); for the 500 tracings no "
    "download was found",
    citation="Ran et al. 2024, Sci Data, doi:10.1038/s41597-024-03383-0; masks: Sawant "
    "et al. 2026 (CervSpineNet)",
    twin="films of synthetic patients, lines drawn along the exact edge of the shadows "
    "of C2 to C7; a human hand trembles more",
)


class NeckTwin:
    """Synthetic cervical films in CSXA's names and files."""

    def __init__(self, plan: TwinPlan) -> None:
        self.plan = plan
        self.bodies = plan.variant == "bodies"
        count = min(plan.count or CARD.count, 9999)
        self._ids = tuple(self._name(number) for number in range(1, count + 1))

    @property
    def ids(self) -> tuple[str, ...]:
        """Return NNNNGAA: case number, a sex digit, age in years."""
        return self._ids

    units = ids

    def _name(self, number: int) -> str:
        random = rng(self.plan.seed, "csxa", number)
        body = film_patient(random, "normal", PEOPLE).anatomy
        return f"{number:04d}{int(body.sex == 'female')}{int(body.age_years):02d}"

    def patient_of(self, name: str) -> str:
        """Return the case number: CSXA has one picture a patient."""
        return name[:4]

    def load(self, name: str) -> Sample:
        """Draw one film; the mask is what the red line gives, exact is the truth."""
        shot, picture, points = self._shot(name)
        exact = _spinous(shot)
        mask = stylus_mask(traced(picture, exact))
        if self.bodies:
            mask = bodies_from_landmarks(points, exact.shape)
        return Sample(
            picture,
            mask,
            id=name,
            patient=self.patient_of(name),
            points_px=points,
            layers={"exact": exact},
            facts={"knobs": shot.knobs, "landmarks": LANDMARKS},
        )

    def write(self, unit: str, root: Path) -> dict[str, Any]:
        """Write film, tracing and landmarks."""
        shot, picture, points = self._shot(unit)
        for folder in ("datasets-PNG", "datasets-JSON", "tracings"):
            (root / folder).mkdir(parents=True, exist_ok=True)
        files = [
            f"datasets-PNG/{unit}.png",
            f"tracings/{unit}.png",
            f"datasets-JSON/{unit}.json",
        ]
        turned = self._oddities(unit)[3]
        # some later films of the original have bone dark
        write_radiograph(root / files[0], 1 - picture if turned else picture)
        with atomic_write(root / files[1]) as part:
            Image.fromarray(traced(picture, _spinous(shot))).save(part, format="PNG")
        self._write_landmarks(root / files[2], unit, points, picture.shape)
        return {
            "files": files,
            "knobs": shot.knobs,
            "row": _measures(shot, unit, points),
        }

    def _oddities(self, unit: str) -> tuple[bool, ...]:
        """Draw which oddities a film has: polygons, a repeat, a turned size, dark bone.

        They are those that readers found in the real files; how often is our guess.
        """
        random = rng(self.plan.seed, "csxa", "oddities", unit)
        return tuple(bool(hit) for hit in random.random(4) < ODDITIES)

    def _write_landmarks(
        self, path: Path, unit: str, points: NDArray[Any], size: tuple[int, ...]
    ) -> None:
        """Write 23 points with the film's oddities."""
        odd, twice, turned, _ = self._oddities(unit)
        kind = "polygon" if odd else "point"
        shapes = [
            Shape(label, point[None], kind)
            for label, point in zip(LANDMARKS, points, strict=True)
        ]
        if twice:  # one real file holds a corner twice
            shapes.append(shapes[LANDMARKS.index("C3 top right")])
        rows, columns = size[:2][::-1] if turned else size[:2]
        write_labelme(path, shapes, (rows, columns), image_path=f"{unit}.png")

    def finish(self, root: Path, written: Sequence[Mapping[str, Any]]) -> None:
        """Write the sheet, its head in the second row as in the original."""
        rows = [one["row"] for one in written if "row" in one]
        head = ["Number", "Sex", "Age", "Pixel equivalent", CURVATURE, ANGLE]
        write_sheet(root / SHEET, [["Synthetic films"], head, *rows])

    def _shot(self, name: str) -> tuple[Shot, NDArray[np.float32], NDArray[np.float64]]:
        random = rng(self.plan.seed, "csxa", int(name[:4]))
        spec = film_patient(random, "normal", PEOPLE)
        settings = upright_film(random, "cervical")
        rows = self.plan.size_px or 512
        shot = shoot(spec, "cervical", (rows, round(0.85 * rows)), settings)
        picture = quantised(shot.film.picture, 8)
        patient = Patient(spec)
        camera = camera_of(patient, settings, picture.shape)
        middle = camera.project(_landmarks_mm(patient))[:, :2]
        # the camera counts from the middle of the first pixel, points from its corner
        return shot, picture, np.round(middle + 0.5, 2)


def _measures(shot: Shot, unit: str, points: NDArray[Any]) -> list[str | float]:
    """Return a row of the sheet; how the original sorts curves is not ours to know."""
    angle = round(lordosis_deg(points), 1)
    curve = 1 if angle >= 10 else 5 if angle <= -4 else 2
    body, spacing = shot.spec.anatomy, round(shot.spacing_mm[0], 4)
    return [
        float(unit[:4]),
        body.sex,
        float(body.age_years),
        spacing,
        float(curve),
        angle,
    ]


def _spinous(shot: Shot) -> NDArray[np.uint8]:
    return shot.film.masks.spinous.astype(np.uint8)


def _landmarks_mm(patient: Patient) -> NDArray[np.float64]:
    """Return the 23 points; the patient looks to the left, so left is the front."""
    marks = patient.spine.landmarks
    front, back = 2, 3
    points = [
        patient.spine.frames["C2"].origin_mm,
        marks["C2"].lower[front],
        marks["C2"].lower[back],
    ]
    for n in range(3, 8):
        upper, lower = marks[f"C{n}"].upper, marks[f"C{n}"].lower
        points += [upper[front], upper[back], lower[front], lower[back]]
    return np.array(points)


class NeckFolder:
    """A CSXA folder, with or without tracings."""

    def __init__(self, root: Path, variant: str = "original") -> None:
        self.root = existing_folder(root, "datasets-PNG with CSXA's films")
        films = existing_folder(root / "datasets-PNG", "CSXA's films")
        self.tracings = variant != "bodies"
        names = sorted(p.stem for p in films.glob("*.png") if NAME.match(p.stem))
        if self.tracings:
            names = [n for n in names if (root / "tracings" / f"{n}.png").is_file()]
        if not names:
            raise SpinesegError(
                "no film with a label was found",
                path=root,
                expected="NNNNGAA.png in datasets-PNG and in tracings",
                remedy='The real tracings are not public; variant="bodies" makes masks '
                "of the landmarks",
            )
        self._ids = tuple(names)

    @property
    def ids(self) -> tuple[str, ...]:
        """Return the names of the labelled films."""
        return self._ids

    def patient_of(self, name: str) -> str:
        """Return the case number."""
        return name[:4]

    @cached_property
    def measures(self) -> dict[str, dict[str, Cell]]:
        """Return the sheet's rows by case number, or nothing without the sheet."""
        sheet = self.root / SHEET
        return read_measures(sheet) if sheet.is_file() else {}

    def load(self, name: str) -> Sample:
        """Read film, landmarks where there are some, and the mask.

        A film whose bone is dark, by its landmarks, is turned over; ``facts`` say so,
        and what was odd about the landmarks.
        """
        film = self.root / "datasets-PNG" / f"{name}.png"
        picture = read_radiograph(film).picture
        neck = NeckLandmarks(np.full((len(LANDMARKS), 2), np.nan))
        notes = self.root / "datasets-JSON" / f"{name}.json"
        if notes.is_file():
            neck = read_neck(notes, film)
        points, facts = neck.points_px, {"landmarks": LANDMARKS, **neck.oddities}
        if bone_is_darker(picture, points):
            picture, facts["inverted"] = 1 - picture, True
        if self.measures:
            facts["measures"] = self.measures.get(self.patient_of(name), {})
        if self.tracings:
            lines = open_picture(self.root / "tracings" / f"{name}.png")
            mask = stylus_mask(np.asarray(lines.convert("RGB")))
        else:
            mask = bodies_from_landmarks(points, picture.shape)
        return Sample(
            picture,
            mask,
            id=name,
            patient=self.patient_of(name),
            points_px=points,
            facts=facts,
        )


def read_landmarks(path: Path, film: Path) -> NDArray[np.float64]:
    """Return (23, 2) points in the order of :data:`LANDMARKS`, nan where one lacks."""
    return read_neck(path, film).points_px


FAMILY = Family(
    CARD,
    NeckTwin,
    NeckFolder,
    {
        "paper": {"train": 0.72, "val": 0.08, "test": 0.2},
        "paper_without_val": {"train": 0.8, "test": 0.2},
    },
)
"""400 and 100 as printed; 40 of the 400 become the validation part."""
