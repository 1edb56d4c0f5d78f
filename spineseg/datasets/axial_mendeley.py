"""The public axial labels (Al-Kafri, doi:10.17632/zbf6b4pttk.2), as unpacked."""

import re
from pathlib import Path

import numpy as np

from spineseg.core.errors import SpinesegError
from spineseg.core.sample import Sample
from spineseg.datasets.base import existing_folder
from spineseg.datasets.folder import check_sizes
from spineseg.io import read_mask, read_radiograph

VALUES = {50: 1, 150: 2, 100: 3}
"""Disc, thecal sac and posterior element stand in for body, canal and lamina; 200 (the
area between) and 250 (other) become background."""

SPACING_MM = 0.6875
NAME = re.compile(r"^L1_(\d+)_(D\d+)\.png$")


class MendeleyFolder:
    """``Label_Images/L1_<patient>_D<n>.png`` with ``T2_Output/T2_...`` below a root."""

    def __init__(self, root: Path) -> None:
        self.root = existing_folder(root, "Label_Images and T2_Output")
        films = {file.name: file for file in root.rglob("T2_Output/T2_*.png")}
        self.files: dict[str, tuple[Path, Path]] = {}
        for mask in sorted(root.rglob("Label_Images/L1_*.png")):
            match = NAME.match(mask.name)
            film = films.get(mask.name.replace("L1_", "T2_", 1))
            if match and film:
                self.files[f"{match[1]}_{match[2]}"] = film, mask
        if not self.files:
            raise SpinesegError(
                "no slice with a label was found",
                path=root,
                expected="Label_Images/L1_*.png and T2_Output/T2_*.png",
            )

    @property
    def ids(self) -> tuple[str, ...]:
        """Return patient and disc, such as ``0001_D3``."""
        return tuple(self.files)

    def patient_of(self, name: str) -> str:
        """Return the patient's number."""
        return name.partition("_")[0]

    def load(self, name: str) -> Sample:
        """Read picture and labels."""
        film, path = self.files[name]
        picture, raw = read_radiograph(film).picture, read_mask(path).labels
        check_sizes(picture, raw, path)
        unknown = set(np.unique(raw)) - {0, 200, 250, *VALUES}
        if unknown:
            raise SpinesegError(
                "unknown label values",
                path=path,
                found=sorted(int(value) for value in unknown),
                expected="50, 100, 150, 200 and 250",
            )
        mask = np.zeros(raw.shape, np.uint8)
        for value, number in VALUES.items():
            mask[raw == value] = number
        return Sample(
            picture,
            mask,
            id=name,
            patient=self.patient_of(name),
            spacing_mm=(SPACING_MM, SPACING_MM),
        )
