"""Lungs on chest films: the Montgomery and Shenzhen layouts, both lungs united.

Montgomery: one mask file a lung (``leftMask`` holds the lung on the left of the
picture, the patient's right). Shenzhen: one file for both. The synthetic patients'
lungs are those of the phantom; they have no tuberculosis, so every name ends in 0.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.ndimage import binary_fill_holes, label

from spineseg.anatomy.patient import Patient
from spineseg.anatomy.sample import Population
from spineseg.core.errors import SpinesegError
from spineseg.core.rng import rng
from spineseg.core.sample import Sample
from spineseg.datasets.base import Card, Family, TwinPlan, existing_folder, quantised
from spineseg.datasets.films import Shot, film_patient, shoot, upright_film
from spineseg.datasets.folder import check_sizes
from spineseg.imaging.film import Film
from spineseg.imaging.radiograph import camera_of
from spineseg.imaging.raster import path_lengths
from spineseg.io import read_mask, read_radiograph
from spineseg.io._files import atomic_write

COUNTS = {"MCUCXR": 138, "CHNCXR": 566}
"""Pictures with masks: Montgomery, and those of Shenzhen's 662 that have one."""

SAME_PATIENT = {113: 117, 162: 170, 166: 170}
"""Montgomery names that are one patient (reported by a careful audit)."""

PEOPLE = Population(age_years=(18, 85), female=0.5)

CARD = Card(
    name="chest_xray",
    title="Montgomery and Shenzhen chest films with lung masks",
    paper="mdwcnet",
    modality="radiograph",
    classes={0: "background", 1: "lungs"},
    variants=("both", "montgomery", "shenzhen"),
    count=704,
    format="PNG; masks of 1 bit (Montgomery, one file a lung) or 8 bits (Shenzhen)",
    licence="no licence text found; the NLM asks for citation",
    access="open; the Shenzhen masks through an account at Kaggle",
    citation="Jaeger et al. 2014; Candemir et al. 2014",
    twin="frontal chest films of synthetic patients; healthy lungs only; shoulders and "
    "arms simpler than real ones",
)


class ChestTwin:
    """Synthetic chest films in both layouts."""

    def __init__(self, plan: TwinPlan) -> None:
        self.plan = plan
        wanted = {"montgomery": ("MCUCXR",), "shenzhen": ("CHNCXR",)}
        kinds = wanted.get(plan.variant, tuple(COUNTS))
        places = [
            ((k + 0.5) / COUNTS[kind], f"{kind}_{number:04d}_0")
            for kind in kinds
            for k, number in enumerate(_numbers(kind))
        ]
        self._ids = tuple(name for _, name in sorted(places))[: plan.count]

    @property
    def ids(self) -> tuple[str, ...]:
        """Return ``MCUCXR_0001_0``, ``CHNCXR_0001_0``, ..., both mixed evenly."""
        return self._ids

    units = ids

    def patient_of(self, name: str) -> str:
        """Return the patient; the twin repeats the original's repeated patients."""
        return patient_of_name(name)

    def load(self, name: str) -> Sample:
        """Draw one film."""
        shot, picture, lungs = self._shot(name)
        return Sample(
            picture,
            (lungs[0] | lungs[1]).astype(np.uint8),
            id=name,
            patient=self.patient_of(name),
            facts={"knobs": shot.knobs},
        )

    def write(self, unit: str, root: Path) -> dict[str, Any]:
        """Write one film and its masks."""
        shot, picture, lungs = self._shot(unit)
        grey = Image.fromarray(np.rint(picture * 255).astype(np.uint8))
        if unit.startswith("CHN"):  # most of Shenzhen's films are palette pictures
            grey.putpalette([level for level in range(256) for _ in range(3)])
            both = Image.fromarray(((lungs[0] | lungs[1]) * 255).astype(np.uint8))
            files = {f"CXR_png/{unit}.png": grey, f"mask/{unit}_mask.png": both}
        else:
            masks = [Image.fromarray(lung) for lung in lungs]
            base = "MontgomerySet/ManualMask"
            files = {
                f"MontgomerySet/CXR_png/{unit}.png": grey,
                f"{base}/leftMask/{unit}.png": masks[0],
                f"{base}/rightMask/{unit}.png": masks[1],
            }
        for name, picture_file in files.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            with atomic_write(root / name) as part:
                picture_file.save(part, format="PNG")
        return {"files": list(files), "knobs": shot.knobs}

    def finish(self, root: Path, written: Sequence[Mapping[str, Any]]) -> None:
        """Nothing belongs to the whole folder."""

    def _shot(
        self, name: str
    ) -> tuple[Shot, NDArray[np.float32], list[NDArray[np.bool_]]]:
        person = rng(self.plan.seed, "chest_xray", self.patient_of(name))
        random = rng(self.plan.seed, "chest_xray", "film", name)
        spec = film_patient(person, "normal", PEOPLE)
        settings = _chest_film(random)
        rows = self.plan.size_px or 512
        upright = random.random() < 0.7
        shape = (rows, round(rows * 0.82)) if upright else (round(rows * 0.82), rows)
        shot = shoot(spec, "ap", shape, settings)
        return shot, quantised(shot.film.picture, 8), lung_fields(spec, settings, shape)


def _numbers(kind: str) -> list[int]:
    """Return the numbers in the names; Montgomery's have gaps, three are one person."""
    if kind == "MCUCXR":
        return [*range(1, COUNTS[kind] - 2), 162, 166, 170]
    return list(range(1, COUNTS[kind] + 1))


def _chest_film(random: np.random.Generator) -> Film:
    drawn = upright_film(random, "ap")
    field = float(random.uniform(390, 430))
    return replace(drawn, centre="T8", field_mm=field)


def lung_fields(
    spec: Any, settings: Film, shape: tuple[int, int]
) -> list[NDArray[np.bool_]]:
    """Return both lungs as a reader outlines them: the one left in the picture first.

    A lung reaches behind the heart and deep behind the liver, where nobody draws it.
    Counted is a pixel beside or above the thickest place of its row and column, or
    one with at least 0.72 (towards the heart) and 0.5 (towards the belly) of it; of
    these the largest piece without holes.
    """
    patient = Patient(spec)
    camera = camera_of(patient, settings, shape)
    scene = patient.scene(settings.region, 2.0)
    projected = camera.project(scene.vertices)
    fields = []
    for side in ("right", "left"):
        chosen = scene.surface == scene.structures.index(f"lung_{side}")
        triangles = scene.triangles[chosen]
        jumps = np.eye(1, 4, dtype=np.float32)
        rows = np.zeros(len(triangles), np.int32)
        depth = path_lengths(projected, triangles, rows, jumps, shape)[0]
        fields.append(_drawn(depth, lateral_is_left=side == "right"))
    return fields


def _drawn(depth_mm: NDArray[np.float32], lateral_is_left: bool) -> NDArray[np.bool_]:
    y, x = np.indices(depth_mm.shape)
    widest, deepest = depth_mm.argmax(1)[:, None], depth_mm.argmax(0)[None]
    lateral = x <= widest if lateral_is_left else x >= widest
    beside = lateral | (depth_mm >= 0.72 * depth_mm.max(1, keepdims=True))
    above = (y <= deepest) | (depth_mm >= 0.5 * depth_mm.max(0, keepdims=True))
    field = (depth_mm > 1.0) & beside & above
    found: Any = label(field)  # (numbered pieces, how many)
    parts, count = found
    if count == 0:
        return field
    largest = parts == 1 + int(np.argmax(np.bincount(parts.ravel())[1:]))
    return np.asarray(binary_fill_holes(largest), np.bool_)


def patient_of_name(name: str) -> str:
    """Return whose film it is; names that are known to be one patient are joined."""
    kind, number, _ = name.split("_")
    joined = SAME_PATIENT.get(int(number), int(number)) if kind == "MCUCXR" else number
    return f"{kind}-{int(joined):04d}"


class ChestFolder:
    """``MontgomerySet/`` and ``CXR_png/`` with ``mask/``, wherever they lie below."""

    def __init__(self, root: Path, variant: str = "both") -> None:
        self.root = existing_folder(root, "MontgomerySet, or CXR_png and mask")
        self.files: dict[str, tuple[Path, list[Path]]] = {}
        if variant != "shenzhen":
            self._montgomery()
        if variant != "montgomery":
            self._shenzhen()
        if not self.files:
            raise SpinesegError(
                "no chest film with a mask was found",
                path=root,
                expected="MontgomerySet/CXR_png and ManualMask, or CXR_png and mask",
            )

    def _montgomery(self) -> None:
        for film in sorted(self.root.rglob("CXR_png/MCUCXR_*_?.png")):
            sides = [
                film.parent.parent / "ManualMask" / side / film.name
                for side in ("leftMask", "rightMask")
            ]
            if all(side.is_file() for side in sides):
                self.files[film.stem] = film, sides

    def _shenzhen(self) -> None:
        for film in sorted(self.root.rglob("CXR_png/CHNCXR_*_?.png")):
            mask = film.parent.parent / "mask" / f"{film.stem}_mask.png"
            if mask.is_file():
                self.files[film.stem] = film, [mask]

    @property
    def ids(self) -> tuple[str, ...]:
        """Return the films that have masks."""
        return tuple(self.files)

    def patient_of(self, name: str) -> str:
        """Return the patient."""
        return patient_of_name(name)

    def load(self, name: str) -> Sample:
        """Read a film and unite its masks."""
        film, masks = self.files[name]
        picture = read_radiograph(film).picture
        both = np.zeros(picture.shape, np.uint8)
        for path in masks:
            lung = read_mask(path)
            check_sizes(picture, lung.labels, path)
            both |= lung.foreground.astype(np.uint8)
        return Sample(picture, both, id=name, patient=self.patient_of(name))


FAMILY = Family(
    CARD,
    ChestTwin,
    ChestFolder,
    {"paper": {"train": 0.7, "val": 0.1, "test": 0.2}},
)
