"""Lumbar MR in SPIDER's layout: volumes, masks, ``overview.csv`` with its quirks.

``images/<id>_<t1|t2|t2_SPACE>.mha`` and the same names under ``masks``. Labels: 1 to 25
vertebrae from the lowest up, 100 canal, 101 to 125 vertebrae cut by the border, 201 to
225 discs. Samples are the middle sagittal slice, whatever axis order a file has.
"""

import csv
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spineseg.core.errors import SpinesegError
from spineseg.core.sample import Sample
from spineseg.datasets.base import Card, Family, TwinPlan, existing_folder
from spineseg.datasets.folder import grey_of
from spineseg.datasets.spider_twin import (
    PATIENTS,
    SPACE,
    WITH_SPACE,
    SpinePatients,
    table_row,
)
from spineseg.datasets.splits import split_by_shares
from spineseg.io import Volume, check_same_grid, read_mask, read_volume
from spineseg.io import write_volume as write_image
from spineseg.io._files import atomic_write
from spineseg.io.tables import read_csv

FILE = re.compile(r"^(\d+)_(t1|t2|t2_SPACE)$")
BINARY, FOUR = ("t1", "t2", "space"), ("t1_four", "t2_four", "space_four")
CLASSES = {0: "background", 1: "vertebrae", 2: "canal", 3: "discs"}

CARD = Card(
    name="spider",
    title="SPIDER, lumbar spine MR",
    paper="inception_unet",
    modality="MR, sagittal",
    classes=CLASSES,
    variants=(*BINARY, *FOUR, "t1_labels", "t2_labels", "space_labels"),
    count=196,
    format=".mha volumes and masks, overview.csv",
    licence="CC BY 4.0",
    access="open (doi:10.5281/zenodo.10159290)",
    citation="van der Graaf et al. 2024, Sci Data 11:264, "
    "doi:10.1038/s41597-024-03090-w",
    twin="T1 and T2 of synthetic patients; 15 slices; one file in seven has its slices "
    "on the first axis, as in the original; 41 of 218 patients have T2_SPACE besides; "
    "every patient has T1 and T2 (the original lacks some); vertebrae cut by the "
    "border keep labels 101 to 125 in training masks, where the original has none",
)


def contrast_of(variant: str) -> str:
    """Return the series of a variant as file names call it."""
    word = variant.partition("_")[0]
    return SPACE if word == "space" else word


def classes_of(labels: NDArray[np.integer], variant: str) -> NDArray[np.uint8]:
    """Return binary, four-class or raw labels of a variant.

    Binary is what Inception U-Net segments: vertebrae, discs and canal together.
    """
    if variant.endswith("_labels"):
        return labels.astype(np.uint8)
    if variant in BINARY:
        return (labels > 0).astype(np.uint8)
    out = np.zeros(labels.shape, np.uint8)
    out[((labels >= 1) & (labels <= 25)) | ((labels >= 101) & (labels <= 125))] = 1
    out[labels == 100] = 2
    out[(labels >= 201) & (labels <= 225)] = 3
    return out


def middle_sample(
    image: Volume, labels: Volume, name: str, variant: str, facts: Mapping[str, Any]
) -> Sample:
    """Return the middle sagittal slice of a volume and its labels."""
    check_same_grid(image, labels)
    middle = image.array.shape[0] // 2
    return Sample(
        grey_of(image.array[middle]),
        classes_of(labels.array[middle], variant),
        id=name,
        patient=name.partition("_")[0],
        spacing_mm=image.spacing_mm[1:],
        facts={"slice": middle, **facts},
    )


class SpiderTwin:
    """Synthetic patients with a T1 and a T2 series each."""

    def __init__(self, plan: TwinPlan) -> None:
        self.plan, self.variant = plan, plan.variant or "t1"
        self.people = SpinePatients(plan.seed, plan.size_px or 448)
        self.contrast = contrast_of(self.variant)
        kept = WITH_SPACE if self.contrast == SPACE else frozenset(PATIENTS)
        numbers = [n for n in PATIENTS if n in kept]
        self._units = tuple(str(n) for n in numbers[: plan.count or CARD.count])

    @property
    def ids(self) -> tuple[str, ...]:
        """Return ``1_t1``, ``2_t1``, ...: series of the variant's contrast."""
        return tuple(f"{unit}_{self.contrast}" for unit in self._units)

    @property
    def units(self) -> tuple[str, ...]:
        """Return the patients' numbers."""
        return self._units

    def patient_of(self, name: str) -> str:
        """Return the number in front of the name."""
        return name.partition("_")[0]

    def subset_of(self, name: str) -> str:
        """Return training or validation, as ``overview.csv`` says."""
        return self.people.subset(int(self.patient_of(name)))

    def load(self, name: str) -> Sample:
        """Draw one series' middle slice (the whole stack is rendered)."""
        drawn = self.people.series(int(self.patient_of(name)), self.contrast)
        facts = {"knobs": drawn.knobs, "subset": self.subset_of(name)}
        return middle_sample(drawn.image, drawn.labels, name, self.variant, facts)

    def write(self, unit: str, root: Path) -> dict[str, Any]:
        """Write the series of a patient and their masks."""
        files, rows = [], []
        knobs: Mapping[str, Any] = {}
        for folder in ("images", "masks"):
            (root / folder).mkdir(parents=True, exist_ok=True)
        for contrast in self.people.contrasts(int(unit)):
            drawn = self.people.series(int(unit), contrast)
            names = [f"{kind}/{unit}_{contrast}.mha" for kind in ("images", "masks")]
            order = drawn.orientation
            write_image(root / names[0], drawn.image, orientation=order)
            write_image(root / names[1], drawn.labels, orientation=order)
            files += names
            rows.append(table_row(f"{unit}_{contrast}", drawn, self.subset_of(unit)))
            knobs = drawn.knobs
        return {"files": files, "rows": rows, "knobs": dict(knobs)}

    def finish(self, root: Path, written: Sequence[Mapping[str, Any]]) -> None:
        """Write ``overview.csv``, sorted as text as in the original."""
        rows = [dict(row) for one in written for row in one["rows"]]
        rows.sort(key=lambda row: row["new_file_name"])
        with (
            atomic_write(root / "overview.csv") as part,
            part.open("w", newline="", encoding="utf-8") as stream,
        ):
            writer = csv.DictWriter(stream, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)


class SpiderFolder:
    """The original's folders, or a materialised twin."""

    def __init__(self, root: Path, variant: str = "t1") -> None:
        self.root = existing_folder(root, "images, masks and overview.csv")
        self.variant = variant
        contrast = contrast_of(variant)
        found = []
        for file in existing_folder(self.root / "images", ".mha volumes").glob("*.mha"):
            match = FILE.match(file.stem)
            if match and match[2] == contrast and self._mask(file.stem).is_file():
                found.append((int(match[1]), file.stem))
        if not found:
            raise SpinesegError(
                f"no {contrast} volume with a mask was found",
                path=root,
                expected=f"images/<number>_{contrast}.mha and masks of the same name",
            )
        self._ids = tuple(name for _, name in sorted(found))
        self.table = read_overview(self.root / "overview.csv")

    def _mask(self, name: str) -> Path:
        return self.root / "masks" / f"{name}.mha"

    @property
    def ids(self) -> tuple[str, ...]:
        """Return the series of the variant's contrast, by patient number."""
        return self._ids

    def patient_of(self, name: str) -> str:
        """Return the number in front of the name."""
        return name.partition("_")[0]

    def subset_of(self, name: str) -> str:
        """Return training or validation, as ``overview.csv`` says.

        Raises:
            SpinesegError: if the table is missing or does not know the series.
        """
        row = self.table.get(name)
        if row is None or not row.get("subset"):
            raise SpinesegError(
                f"the table says nothing about {name}", path=self.root / "overview.csv"
            )
        return row["subset"]

    def load(self, name: str) -> Sample:
        """Read a volume, its mask, and take the middle sagittal slice."""
        image = read_volume(self.root / "images" / f"{name}.mha")
        labels = read_mask(self._mask(name)).volume
        facts = {"stored_as": image.stored_as, **self.table.get(name, {})}
        return middle_sample(image, labels, name, self.variant, facts)


def read_overview(path: Path) -> dict[str, dict[str, str]]:
    """Return the useful columns of ``overview.csv`` by series, or nothing.

    ``sex`` holds ``"F "`` with a space; ``birth_date`` is an age in years, mostly
    empty; both are tidied.
    """
    if not path.is_file():
        return {}
    head, rows = read_csv(path)
    if not {"new_file_name", "subset"} <= set(head):
        raise SpinesegError(
            "this is no SPIDER table",
            path=path,
            expected="columns new_file_name and subset",
        )
    return {
        row["new_file_name"]: {
            "sex": (row.get("sex") or "").strip(),
            "age_years": (row.get("birth_date") or "").strip(),
            "subset": (row.get("subset") or "").strip(),
        }
        for row in rows
        if "new_file_name" in row
    }


def _official(source: Any) -> dict[str, tuple[str, ...]]:
    """Return training cut 9:1 by patient, and the validation subset as the test."""
    where = {name: source.subset_of(name) for name in source.ids}
    held = tuple(name for name in source.ids if where[name] == "validation")
    rest = [name for name in source.ids if where[name] != "validation"]
    shares = {"train": 0.9, "val": 0.1}
    parts = split_by_shares(rest, source.patient_of, shares, 0, "spider")
    return {**parts, "test": held}


FAMILY = Family(
    CARD,
    SpiderTwin,
    SpiderFolder,
    {"paper": {"train": 0.64, "val": 0.16, "test": 0.2}, "official": _official},
)
"""80 to 20, and 20 percent of the 80 for validation, as printed; by patient."""
