"""Thoracolumbar radiographs as Cvm-UNet used them: DICOM, five conditions.

The original (1,174 films of one hospital) is private; the folder layout is ours:
``images/*.dcm``, ``masks/*.nii.gz`` as ITK-SNAP saves them, ``samples.csv``.
The paper gives 657 AP and 517 lateral films, 825 with a finding and 349 without; how
the findings divide among conditions is not given, so they are dealt evenly.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from spineseg.anatomy.sample import Population
from spineseg.core.errors import SpinesegError
from spineseg.core.rng import rng
from spineseg.core.sample import Sample
from spineseg.datasets.base import Card, Family, TwinPlan, quantised
from spineseg.datasets.films import Shot, film_patient, shoot, upright_film
from spineseg.datasets.folder import TABLE, Folder, write_table
from spineseg.io import Acquisition, write_mask, write_radiograph

VIEWS = {"ap": "ap", "ll": "lateral"}
COUNTS = {
    "ap": {"normal": 195, "scoliosis": 462},
    "ll": {"normal": 154, "spondylolysis": 121, "wedge": 121, "spondylolisthesis": 121},
}
PEOPLE = Population(
    age_years=(18, 65),
    female=0.1,
    curve_shares=(1.0, 0.0, 0.0),
    slip=0,
    wedge=0,
    stenosis=0,
    herniation=0,
    hardware=0,
)
"""18 to 65 years and a ratio of sexes of 9:1; that the nine are men is our reading."""

CARD = Card(
    name="cvmunet_xray",
    title="Thoracolumbar radiographs, AP and lateral",
    paper="cvmunet",
    modality="radiograph",
    classes={0: "background", 1: "vertebrae"},
    variants=("all", "ap", "lateral"),
    count=1174,
    format="DICOM (12 or 16 bits, both polarities) and NIfTI masks",
    licence="private",
    access="not public; the authors give it on request after ethics review",
    citation="Xue et al. 2025 (Cvm-UNet)",
    twin="films of synthetic patients; one condition a patient; the private folder "
    "layout is unknown, this one is ours",
)


class FilmTwin:
    """Synthetic films with the counts, sizes and encodings of the original."""

    def __init__(self, plan: TwinPlan) -> None:
        self.plan = plan
        self.conditions = {view: _dealt(plan.seed, view) for view in COUNTS}
        wanted = {"ap": ("ap",), "lateral": ("ll",)}.get(plan.variant, tuple(COUNTS))
        self._ids = _interleaved(wanted)[: plan.count]

    @property
    def ids(self) -> tuple[str, ...]:
        """Return ``ap-0001``, ``ll-0001``, ...: both views mixed evenly."""
        return self._ids

    units = ids

    def patient_of(self, name: str) -> str:
        """Return the patient: every film is of another one."""
        return f"patient-{name}"

    def load(self, name: str) -> Sample:
        """Draw one film."""
        shot, stored = self._shot(name)
        return Sample(
            quantised(shot.film.picture, stored["bits"]),
            shot.vertebrae,
            id=name,
            patient=self.patient_of(name),
            spacing_mm=shot.spacing_mm,
            facts={**_columns(shot, self._condition(name)), "knobs": shot.knobs},
        )

    def write(self, unit: str, root: Path) -> dict[str, Any]:
        """Write one film and its mask."""
        shot, stored = self._shot(unit)
        for folder in ("images", "masks"):
            (root / folder).mkdir(parents=True, exist_ok=True)
        image, mask = f"images/{unit}.dcm", f"masks/{unit}.nii.gz"
        write_radiograph(
            root / image, shot.film.picture, _acquisition(shot, unit), **stored
        )
        write_mask(root / mask, shot.vertebrae, spacing_mm=shot.spacing_mm)
        row = {
            "id": unit,
            "image": image,
            "mask": mask,
            "patient": self.patient_of(unit),
            **_columns(shot, self._condition(unit)),
        }
        return {"files": [image, mask], "row": row, "knobs": shot.knobs | stored}

    def finish(self, root: Path, written: Sequence[Mapping[str, Any]]) -> None:
        """Write ``samples.csv`` and the label description of ITK-SNAP."""
        write_table(root, [dict(one["row"]) for one in written])
        text = '# ITK-SnAP Label Description File\n0 0 0 0 0 0 0 "Clear Label"\n'
        text += '1 0 114 178 1 1 1 "vertebrae"\n'
        (root / "labels.txt").write_text(text, encoding="utf-8")

    def _condition(self, name: str) -> str:
        view, number = name.split("-")
        return self.conditions[view][int(number) - 1]

    def _shot(self, name: str) -> tuple[Shot, dict[str, Any]]:
        view, number = name.split("-")
        random = rng(self.plan.seed, "cvmunet_xray", view, int(number))
        spec = film_patient(random, self._condition(name), PEOPLE)
        settings = upright_film(random, VIEWS[view])
        rows = self.plan.size_px or 480
        # 1223 to 3072 columns at about 3072 rows; a camera needs 16 of them
        columns = max(16, round(rows * float(random.uniform(0.40, 1.0))))
        shape = rows, columns
        stored = {
            "bits": int(random.choice((12, 16))),
            "photometric": str(random.choice(("MONOCHROME1", "MONOCHROME2"))),
        }
        return shoot(spec, VIEWS[view], shape, settings), stored


def _acquisition(shot: Shot, unit: str) -> Acquisition:
    film, measured = shot.film.metadata["film"], shot.film.metadata["measured"]
    frontal = unit.startswith("ap")
    return Acquisition(
        detector_mm=(measured["pitch_mm"], measured["pitch_mm"]),
        magnification=measured["magnification"],
        source_detector_mm=film["projection"]["sid_mm"],
        view="AP" if frontal else "LL",
        body_part="TLSPINE" if frontal else "LSPINE",
        kvp=film["exposure"]["kvp"],
        identity=f"PHANTOM-{unit}",
    )


def _columns(shot: Shot, condition: str) -> dict[str, Any]:
    body = shot.spec.anatomy
    return {
        "view": shot.knobs["view"],
        "condition": condition,
        "sex": body.sex,
        "age_years": str(body.age_years),
    }


@lru_cache(maxsize=8)
def _dealt(seed: int, view: str) -> tuple[str, ...]:
    cards = [name for name, count in COUNTS[view].items() for _ in range(count)]
    rng(seed, "cvmunet_xray", view, "conditions").shuffle(cards)
    return tuple(cards)


def _interleaved(views: tuple[str, ...]) -> tuple[str, ...]:
    totals = {view: sum(COUNTS[view].values()) for view in views}
    places = [
        ((number + 0.5) / total, f"{view}-{number + 1:04d}")
        for view, total in totals.items()
        for number in range(total)
    ]
    return tuple(name for _, name in sorted(places))


class FilmFolder(Folder):
    """The folder that the twin writes, or a hospital's own in the same layout."""

    def __init__(self, root: Path, variant: str = "all") -> None:
        super().__init__(root, "binary")
        if variant != "all":
            kept = {k: r for k, r in self.rows.items() if r.get("view") == variant}
            if not kept:
                views = {row.get("view") or "no view" for row in self.rows.values()}
                raise SpinesegError(
                    f"no {variant} film is named",
                    path=root / TABLE,
                    found=", ".join(sorted(views))[:200],
                    expected=f'"{variant}" in the column view',
                )
            self.rows = kept


FAMILY = Family(
    CARD,
    FilmTwin,
    FilmFolder,
    {
        "paper": {"train": 0.7, "val": 0.1, "test": 0.2},
        "paper_without_val": {"train": 0.8, "test": 0.2},
    },
)
"""8:2 as printed; the validation part that the paper does not name is cut from the 8,
so ``split="train+val"`` is the paper's training part."""
