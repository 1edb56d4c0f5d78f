"""Axial T2 slices with vertebral body or disc, canal and lamina.

Two layouts are read. *Studies*, as in the Tianchi contest, with ITK-SNAP masks beside
them: ``study001/image1.dcm``, ``masks/study001/image1.nii.gz`` and a points JSON for
a sagittal slice; a study mixes planes, weightings and a localizer. *Mendeley*: the
public labels of Al-Kafri, PNG pairs. The masks of the paper are not public; the
Mendeley classes are near, not the same.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spineseg.core.errors import SpinesegError
from spineseg.core.sample import Sample
from spineseg.datasets.axial_beside import beside_axial, points_entry
from spineseg.datasets.axial_mendeley import MendeleyFolder
from spineseg.datasets.axial_mendeley_twin import MendeleyTwin
from spineseg.datasets.axial_twin import LEVELS, SLICES, AxialPatients
from spineseg.datasets.base import Card, Family, TwinPlan, existing_folder
from spineseg.datasets.folder import check_sizes
from spineseg.datasets.mr_slice import write_slice
from spineseg.io import read_mask, read_series, read_slice, write_mask
from spineseg.io._files import FilePath, atomic_write
from spineseg.io.series import Slice

STUDIES = "lumbar_train150"
POINTS = f"{STUDIES}_annotation.json"
A_STUDY = len(LEVELS) * SLICES
LEAST_T2_ECHO_MS = 60.0
"""A spin echo read out earlier is weighted by T1 or by density."""

CARD = Card(
    name="axial_mri",
    title="Axial lumbar MR, body, canal and lamina",
    paper="wgan_ctm",
    modality="MR, axial T2",
    classes={0: "background", 1: "body or disc", 2: "canal", 3: "lamina"},
    variants=("studies", "mendeley"),
    count=1188,
    format="DICOM studies and NIfTI masks; the public stand-in is PNG",
    licence="Tianchi's terms, unread; the stand-in CC BY 4.0 (reported)",
    access="Tianchi needs an account and has points only; the stand-in is open "
    "(doi:10.17632/zbf6b4pttk.2)",
    citation="Tianchi data set 79463; Liu et al. 2024 (WGAN-CTM); stand-in: Al-Kafri "
    "et al.",
    twin="synthetic patients, six slices each at the lowest three discs, 512 x 512 at "
    "0.3906 mm; beside them three sagittal T2 and T1 slices and a localizer in three "
    "planes; a fat-suppressed series is not drawn",
)


class AxialTwin:
    """Synthetic studies: six axial slices, sagittal ones with points, a localizer."""

    def __init__(self, plan: TwinPlan) -> None:
        self.plan = plan
        self.people = AxialPatients(plan.seed, plan.size_px or 512)
        count = plan.count or CARD.count
        self._ids = tuple(
            f"study{k // A_STUDY + 1:03d}/image{k % A_STUDY + 1}" for k in range(count)
        )

    @property
    def ids(self) -> tuple[str, ...]:
        """Return ``study001/image1``, ...: six slices a study."""
        return self._ids

    @property
    def units(self) -> tuple[str, ...]:
        """Return the studies."""
        return tuple(dict.fromkeys(map(self.patient_of, self._ids)))

    def patient_of(self, name: str) -> str:
        """Return the study."""
        return name.partition("/")[0]

    def load(self, name: str) -> Sample:
        """Draw one slice."""
        study, image = name.split("/")
        drawn = self.people.slice(int(study[5:]), int(image[5:]) - 1)
        return Sample(
            drawn.picture,
            drawn.labels,
            id=name,
            patient=study,
            spacing_mm=drawn.spacing_mm,
            facts={"knobs": drawn.knobs, "level": drawn.level},
        )

    def write(self, unit: str, root: Path) -> dict[str, Any]:
        """Write the axial slices of one study with masks, and what lies beside."""
        images, masks = root / STUDIES / unit, root / "masks" / unit
        images.mkdir(parents=True, exist_ok=True)
        masks.mkdir(parents=True, exist_ok=True)
        files = []
        for name in (name for name in self._ids if self.patient_of(name) == unit):
            image = name.partition("/")[2]
            drawn = self.people.slice(int(unit[5:]), int(image[5:]) - 1)
            write_slice(images / f"{image}.dcm", drawn)
            write_mask(
                masks / f"{image}.nii.gz", drawn.labels, spacing_mm=drawn.spacing_mm
            )
            files += [f"{STUDIES}/{name}.dcm", f"masks/{name}.nii.gz"]
        beside = beside_axial(self.people, int(unit[5:]), A_STUDY + 1)
        for other in beside.slices:
            write_slice(images / f"image{other.number}.dcm", other)
            files.append(f"{STUDIES}/{unit}/image{other.number}.dcm")
        return {
            "files": files,
            "points": points_entry(beside.marked, beside.points),
            "knobs": beside.marked.knobs,
        }

    def finish(self, root: Path, written: Sequence[Mapping[str, Any]]) -> None:
        """Write the points of all studies in the contest's JSON."""
        with atomic_write(root / POINTS) as part:
            part.write_text(json.dumps([one["points"] for one in written], indent=1))


class StudyFolder:
    """Studies of DICOM slices with masks of the same name beside them."""

    def __init__(self, root: Path) -> None:
        self.root = existing_folder(root, f"{STUDIES} and masks")
        self.files: dict[str, tuple[Path, Path]] = {}
        for mask in sorted((root / "masks").glob("*/*.nii.gz"), key=_by_number):
            study, image = mask.parent.name, mask.name.removesuffix(".nii.gz")
            films = sorted(root.glob(f"*/{study}/{image}.dcm"))
            if films:
                self.files[f"{study}/{image}"] = films[0], mask
        if not self.files:
            raise SpinesegError(
                "no slice with a mask was found",
                path=root,
                expected=f"{STUDIES}/study*/image*.dcm and masks/study*/image*.nii.gz",
                remedy="The contest has points only; the masks of the paper are not "
                "public",
            )

    @property
    def ids(self) -> tuple[str, ...]:
        """Return the slices that have masks."""
        return tuple(self.files)

    def patient_of(self, name: str) -> str:
        """Return the study: slices of one study never part."""
        return name.partition("/")[0]

    def load(self, name: str) -> Sample:
        """Read slice and mask.

        Raises:
            SpinesegError: if the slice is not axial or a localizer's.
        """
        film, path = self.files[name]
        one, mask = read_slice(film), read_mask(path).labels
        if one.plane != "axial" or one.localizer:
            raise SpinesegError(
                "a mask lies beside a slice that is not axial, or a localizer's",
                path=film,
                found=f"{one.plane} {one.description}".strip()[:60],
            )
        check_sizes(one.picture, mask, path)
        return Sample(
            one.picture,
            mask,
            id=name,
            patient=self.patient_of(name),
            spacing_mm=one.spacing_mm,
        )


def axial_slices(study: FilePath) -> tuple[Slice, ...]:
    """Return the axial T2 slices of a study's folder, by position from the feet up.

    Localizers, other planes and T1 are left out; masks are not needed.

    Raises:
        SpinesegError: if there is none.
    """
    found = [one for stack in read_series(study).stacks for one in stack.slices]
    axial = sorted(filter(_is_axial_t2, found), key=lambda one: one.origin_mm[2])
    if not axial:
        raise SpinesegError(
            "the study holds no axial T2 slice",
            path=study,
            found=", ".join(
                sorted({f"{one.plane} {one.description}" for one in found})
            ),
        )
    return tuple(axial)


def _is_axial_t2(one: Slice) -> bool:
    """Tell by orientation and echo time; by the description where no echo is given."""
    if one.echo_ms is None:
        return one.plane == "axial" and "T1" not in one.description.upper()
    return one.plane == "axial" and one.echo_ms >= LEAST_T2_ECHO_MS


def read_points(path: Path) -> dict[str, dict[str, NDArray[np.float64]]]:
    """Return the contest's points: image UID to label to (x, y) in pixels.

    Raises:
        SpinesegError: if the file is not in the contest's form.
    """
    try:
        studies = json.loads(path.read_text(encoding="utf-8"))
        return {
            image["instanceUid"]: {
                point["tag"]["identification"]: np.array(point["coord"], float)
                for note in image["annotation"]
                for point in note["data"]["point"]
            }
            for study in studies
            for image in study["data"]
        }
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SpinesegError(
            "this is no points file of the contest", path=path
        ) from error


def _by_number(path: Path) -> tuple[str, int, str]:
    digits = "".join(c for c in path.name if c.isdigit())
    return path.parent.name, int(digits or 0), path.name


def _twin(plan: TwinPlan) -> AxialTwin | MendeleyTwin:
    return MendeleyTwin(plan) if plan.variant == "mendeley" else AxialTwin(plan)


def _folder(root: Path, variant: str) -> StudyFolder | MendeleyFolder:
    return MendeleyFolder(root) if variant == "mendeley" else StudyFolder(root)


FAMILY = Family(
    CARD,
    _twin,
    _folder,
    {
        "paper": {"train": 0.6, "val": 0.1, "test": 0.3},
        "paper_slices": {"train": 1018 / 1188, "test": 170 / 1188},
    },
)
"""60/10/30 as one place of the paper says; 1,018 and 170 slices as another does. Whole
studies are dealt, so the second is met only to within one study."""
