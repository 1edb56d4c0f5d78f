"""Synthetic slices in the layout of the public axial labels (Al-Kafri)."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from spineseg.anatomy.patient import Patient
from spineseg.anatomy.sample import sample_patient
from spineseg.core.rng import rng
from spineseg.core.sample import Sample
from spineseg.datasets.axial_mendeley import SPACING_MM, VALUES
from spineseg.datasets.axial_twin import PEOPLE
from spineseg.datasets.base import TwinPlan, quantised
from spineseg.imaging.mri import render_mri
from spineseg.imaging.radiograph import plain
from spineseg.io import write_radiograph
from spineseg.io._files import atomic_write

DISCS = {"D3": "L3", "D4": "L4", "D5": "L5"}
"""Disc to the vertebra above it; that D5 is the lowest disc is our reading."""

PEOPLE_COUNT = 515
SIZE_PX = 320
OTHER = 250
FILMS = "04_Intermediary_Ground_Truth_Data/T2_Output"
LABELS = "05_Final_Ground_Truth_Data/Label_Images"


class MendeleyTwin:
    """One slice at each of three discs a patient; 200 (the area between) is absent."""

    def __init__(self, plan: TwinPlan) -> None:
        self.plan = plan
        count = plan.count or PEOPLE_COUNT * len(DISCS)
        discs = tuple(DISCS)
        self._ids = tuple(f"{k // 3 + 1:04d}_{discs[k % 3]}" for k in range(count))

    @property
    def ids(self) -> tuple[str, ...]:
        """Return ``0001_D3``, ``0001_D4``, ...: patient and disc."""
        return self._ids

    units = ids

    def patient_of(self, name: str) -> str:
        """Return the patient's number."""
        return name.partition("_")[0]

    def load(self, name: str) -> Sample:
        """Draw one slice, its contrast stretched to 8 bits as in the original."""
        number, disc = name.split("_")
        random = rng(self.plan.seed, "axial_mendeley", int(number))
        size = self.plan.size_px or SIZE_PX
        drawn = render_mri(
            Patient(sample_patient(random, PEOPLE)),
            "axial",
            "t2",
            level=DISCS[disc],
            matrix=size,
            fov_mm=size * SPACING_MM,
        )
        grey = drawn.array[0]
        top = float(np.quantile(grey, 0.998)) or 1.0
        return Sample(
            quantised(np.clip(grey / top, 0, 1), 8),
            drawn.labels[0],
            id=name,
            patient=number,
            spacing_mm=(SPACING_MM, SPACING_MM),
            facts={"knobs": plain({"patient": drawn.metadata["patient"]})},
        )

    def write(self, unit: str, root: Path) -> dict[str, Any]:
        """Write ``T2_<patient>_<disc>.png`` and ``L1_<patient>_<disc>.png``."""
        sample = self.load(unit)
        film, labels = f"{FILMS}/T2_{unit}.png", f"{LABELS}/L1_{unit}.png"
        for folder in (FILMS, LABELS):
            (root / folder).mkdir(parents=True, exist_ok=True)
        write_radiograph(root / film, sample.picture)
        stored = np.full(sample.mask.shape, OTHER, np.uint8)
        for value, number in VALUES.items():
            stored[sample.mask == number] = value
        with atomic_write(root / labels) as part:
            Image.fromarray(stored).save(part, format="PNG")
        return {"files": [film, labels], "knobs": sample.facts["knobs"]}

    def finish(self, root: Path, written: Sequence[Mapping[str, Any]]) -> None:
        """Do nothing: the layout has no table."""
