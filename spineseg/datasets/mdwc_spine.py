"""Spine regions on radiographs: PNG with LabelMe polygons, as MDWC-Net used them.

The original (280 pictures of one hospital) is private. Neither the view nor the exact
border of a "spine region" is stated; the twin takes frontal films and the outline
around all vertebrae with the disc spaces between them.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import binary_closing

from spineseg.anatomy.sample import Population
from spineseg.core.errors import SpinesegError
from spineseg.core.rng import rng
from spineseg.core.sample import Sample
from spineseg.datasets.base import Card, Family, TwinPlan, existing_folder, quantised
from spineseg.datasets.films import Shot, film_patient, shoot, upright_film
from spineseg.datasets.folder import check_sizes
from spineseg.io import (
    LabelMe,
    Shape,
    read_labelme,
    read_labelme_picture,
    read_radiograph,
    write_labelme,
    write_radiograph,
)
from spineseg.io._files import extra

LABEL = "spine"
PICTURES = (".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".dcm")
GAP_MM = 12.0
"""Gaps between vertebrae narrower than this belong to the region: the disc spaces."""

PEOPLE = Population(age_years=(18, 85), female=0.5)

CARD = Card(
    name="mdwc_spine",
    title="Spine Dataset, spine regions on radiographs",
    paper="mdwcnet",
    modality="radiograph",
    classes={0: "background", 1: "spine region"},
    variants=("all",),
    count=280,
    format="PNG and LabelMe JSON with polygons",
    licence="private",
    access='not public; "made available by the authors"',
    citation="Gu, Wang, Chen 2025 (MDWC-Net)",
    twin="frontal films of synthetic patients, half of them with scoliosis; polygons "
    "drawn around the exact shadows of the vertebrae",
)


class SpineTwin:
    """Synthetic frontal films with polygons."""

    def __init__(self, plan: TwinPlan) -> None:
        self.plan = plan
        count = plan.count or CARD.count
        self._ids = tuple(f"spine_{number:04d}" for number in range(1, count + 1))

    @property
    def ids(self) -> tuple[str, ...]:
        """Return ``spine_0001``, ``spine_0002``, ..."""
        return self._ids

    units = ids

    def patient_of(self, name: str) -> str:
        """Return the patient: every film is of another one."""
        return f"patient-{name}"

    def load(self, name: str) -> Sample:
        """Draw one film; the mask is the filled polygons, exact are the vertebrae."""
        shot, picture, shapes = self._shot(name)
        return Sample(
            picture,
            _filled(shapes, picture.shape),
            id=name,
            patient=self.patient_of(name),
            layers={"exact": shot.vertebrae},
            facts={"knobs": shot.knobs},
        )

    def write(self, unit: str, root: Path) -> dict[str, Any]:
        """Write one film and its polygons; LabelMe names the film with backslashes."""
        shot, picture, shapes = self._shot(unit)
        for folder in ("images", "labels"):
            (root / folder).mkdir(parents=True, exist_ok=True)
        files = [f"images/{unit}.png", f"labels/{unit}.json"]
        write_radiograph(root / files[0], picture)
        rows, columns = picture.shape
        windows = f"..\\images\\{unit}.png"
        write_labelme(root / files[1], shapes, (rows, columns), image_path=windows)
        return {"files": files, "knobs": shot.knobs}

    def finish(self, root: Path, written: Sequence[Mapping[str, Any]]) -> None:
        """Nothing belongs to the whole folder."""

    def _shot(self, name: str) -> tuple[Shot, NDArray[np.float32], list[Shape]]:
        random = rng(self.plan.seed, "mdwc_spine", int(name[-4:]))
        condition = str(random.choice(("normal", "scoliosis")))
        spec = film_patient(random, condition, PEOPLE)
        settings = upright_film(random, "ap")
        rows = self.plan.size_px or 512
        shape = rows, round(rows * float(random.uniform(0.4, 0.8)))
        shot = shoot(spec, "ap", shape, settings)
        shapes = outlines(shot.vertebrae, GAP_MM / shot.film.spacing_mm)
        return shot, quantised(shot.film.picture, 8), shapes


def outlines(mask: NDArray[np.uint8], gap_px: float) -> list[Shape]:
    """Return polygons around a mask whose narrow gaps are closed.

    Points lie on pixel centres, at most one pixel beside the true edge.
    """
    reach = max(1, round(gap_px / 2))
    wide = np.pad(mask > 0, reach)
    y, x = np.ogrid[-reach : reach + 1, -reach : reach + 1]
    closed = binary_closing(wide, (x * x + y * y) <= reach * reach)
    region = closed[reach:-reach, reach:-reach].astype(np.uint8)
    cv2: Any = extra("cv2", "drawing outlines")
    found, _ = cv2.findContours(region, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    shapes = []
    for contour in sorted(found, key=cv2.contourArea, reverse=True):
        points = cv2.approxPolyDP(contour, 1.0, True)[:, 0].astype(np.float64)
        if len(points) >= 3:
            shapes.append(Shape(LABEL, points))
    return shapes


def _filled(shapes: list[Shape], size: tuple[int, ...]) -> NDArray[np.uint8]:
    extent = size[0], size[1]
    mask = np.zeros(extent, np.uint8)
    for shape in shapes:
        mask |= shape.mask(extent).astype(np.uint8)
    return mask


class SpineFolder:
    """PNG and LabelMe JSON of the same name, in one folder or in two."""

    def __init__(self, root: Path, variant: str = "all") -> None:
        self.root = existing_folder(root, "LabelMe files")
        found = {p.stem: p for p in sorted(self.root.rglob("*.json"))}
        if not found:
            raise SpinesegError(
                "the folder holds no LabelMe file",
                path=root,
                expected="a .json beside each picture, or in a folder of its own",
            )
        self.files = found

    @property
    def ids(self) -> tuple[str, ...]:
        """Return the names of the annotations without their ending."""
        return tuple(self.files)

    def patient_of(self, name: str) -> str:
        """Return the patient: nothing is known, so every film counts as one."""
        return f"patient-{name}"

    def load(self, name: str) -> Sample:
        """Read a film and fill its polygons, all labels joined."""
        notes = read_labelme(self.files[name])
        picture = _picture_of(notes, self.files[name])
        mask = notes.mask().astype(np.uint8)
        check_sizes(picture, mask, self.files[name])
        return Sample(picture, mask, id=name, patient=self.patient_of(name))


def _picture_of(notes: LabelMe, file: Path) -> NDArray[np.float32]:
    """Return the picture that is named, or embedded, or beside under the same name."""
    if notes.picture_path is not None:
        return read_radiograph(notes.picture_path).picture
    beside = [file.with_suffix(ending) for ending in PICTURES]
    for candidate in beside:
        if candidate.is_file():
            return read_radiograph(candidate).picture
    if not notes.embedded:
        raise SpinesegError(
            "the picture of this annotation is not there",
            path=file,
            expected=f"one of {', '.join(p.name for p in beside)}, or one inside",
        )
    return read_labelme_picture(file)


FAMILY = Family(
    CARD,
    SpineTwin,
    SpineFolder,
    {"paper": {"train": 0.7, "val": 0.1, "test": 0.2}},
)
