"""Cervical laterals: CSXA's layout with stylus tracings of the spinous processes.

``datasets-PNG/NNNNGAA.png`` and ``datasets-JSON/NNNNGAA.json`` as CSXA has them (23
landmarks as LabelMe points); ``tracings/NNNNGAA.png``, the film with red lines, as
CervSpineNet's annotators made them. The real tracings are not public: a real CSXA
folder without them gives the vertebral bodies of C3 to C7 from its corner points.
"""

import re
from collections.abc import Mapping, Sequence
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
from spineseg.datasets.films import Shot, film_patient, shoot, upright_film
from spineseg.datasets.stylus import stylus_mask, traced
from spineseg.imaging.radiograph import camera_of
from spineseg.io import (
    Shape,
    read_labelme,
    read_radiograph,
    write_labelme,
    write_radiograph,
)
from spineseg.io._files import atomic_write
from spineseg.io.radiograph import open_picture

CORNERS = ("top left", "top right", "bottom left", "bottom right")
LANDMARKS = (
    "C2 centroid",
    "C2 bottom left",
    "C2 bottom right",
    *(f"C{n} {corner}" for n in range(3, 8) for corner in CORNERS),
)
"""CSXA's 23 labels; left and right are those of the picture."""

NAME = re.compile(r"^\d{7}$")
PEOPLE = Population(age_years=(18, 80), female=0.5)

CARD = Card(
    name="csxa_spinous",
    title="Cervical lateral radiographs with spinous processes",
    paper="cervspinenet",
    modality="radiograph",
    classes={0: "background", 1: "spinous processes"},
    variants=("original", "clahe", "augmented", "bodies"),
    count=500,
    format="PNG, red tracings as PNG, LabelMe JSON with 23 landmarks",
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
        write_radiograph(root / files[0], picture)
        with atomic_write(root / files[1]) as part:
            Image.fromarray(traced(picture, _spinous(shot))).save(part, format="PNG")
        self._write_landmarks(root / files[2], unit, points, picture.shape)
        return {"files": files, "knobs": shot.knobs}

    def _write_landmarks(
        self, path: Path, unit: str, points: NDArray[Any], size: tuple[int, ...]
    ) -> None:
        """Write 23 points, with the oddities that readers found in the real files."""
        random = rng(self.plan.seed, "csxa", "oddities", unit)
        odd, twice, turned = random.random(3) < (0.05, 0.01, 0.02)
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
        """Nothing belongs to the whole folder: the sheet of measures is not made."""

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


def bodies_from_landmarks(
    points_px: NDArray[np.float64], size: tuple[int, ...]
) -> NDArray[np.uint8]:
    """Return the quadrilaterals of C3 to C7 as a mask; missing corners leave one out.

    The order is top left, top right, bottom right, bottom left: taken as CSXA lists
    them the corners make a bow tie.
    """
    shape = size[0], size[1]
    mask = np.zeros(shape, np.uint8)
    for n in range(5):
        corners = points_px[3 + 4 * n : 7 + 4 * n][[0, 1, 3, 2]]
        if np.isfinite(corners).all():
            mask |= Shape(f"C{n + 3}", corners).mask(shape).astype(np.uint8)
    return mask


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

    def load(self, name: str) -> Sample:
        """Read film, landmarks where there are some, and the mask."""
        film = self.root / "datasets-PNG" / f"{name}.png"
        picture = read_radiograph(film).picture
        points = np.full((len(LANDMARKS), 2), np.nan)
        notes = self.root / "datasets-JSON" / f"{name}.json"
        if notes.is_file():
            points = read_landmarks(notes, film)
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
            facts={"landmarks": LANDMARKS},
        )


def read_landmarks(path: Path, film: Path) -> NDArray[np.float64]:
    """Return (23, 2) points in the order of :data:`LANDMARKS`, nan where one lacks.

    A label that was set twice counts once (its first). The size is the film's, the
    JSON's own is not to be trusted.
    """
    notes = read_labelme(path, picture=film, trust_picture=True)
    found = np.full((len(LANDMARKS), 2), np.nan)
    for row, label in enumerate(LANDMARKS):
        points = notes.points(label)
        if len(points):
            found[row] = points[0]
    return found


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
