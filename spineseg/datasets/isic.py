"""Skin lesions in ISIC 2016's layout, from a simple generator that says so.

``ISBI2016_ISIC_Part1_{Training,Test}_Data/ISIC_*.jpg`` and
``..._GroundTruth/ISIC_*_Segmentation.png`` (0 and 255). The twin's lesions are blurred
brown blobs with hairs: enough to test the plumbing and to show that a network learns,
not a model of skin.
"""

import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from scipy.ndimage import gaussian_filter, zoom

from spineseg.core.errors import SpinesegError
from spineseg.core.rng import rng
from spineseg.core.sample import Sample
from spineseg.datasets.base import Card, Family, TwinPlan, existing_folder
from spineseg.datasets.folder import check_sizes
from spineseg.datasets.splits import split_by_shares
from spineseg.io import read_mask, write_mask
from spineseg.io._files import atomic_write

PART = "ISBI2016_ISIC_Part1"
COUNTS = {"Training": 900, "Test": 379}
QUALITY = 90

CARD = Card(
    name="isic2016",
    title="ISIC 2016 task 1, skin lesions",
    paper="mdwcnet",
    modality="dermoscopy",
    classes={0: "skin", 1: "lesion"},
    variants=("all",),
    count=1279,
    format="JPEG and PNG masks",
    licence="CC0 (reported by a public reader, not confirmed here)",
    access="open",
    citation="Gutman et al. 2016, arXiv:1605.01397",
    twin="brown blobs and hairs on skin: it tests the plumbing, is no model of skin",
)


class SkinTwin:
    """Synthetic lesions; every fourth or so belongs to the test part, as in the set."""

    def __init__(self, plan: TwinPlan) -> None:
        self.plan = plan
        places = sorted(
            ((number + 0.5) / total, kind)
            for kind, total in COUNTS.items()
            for number in range(total)
        )[: plan.count]
        self.kinds = {f"ISIC_{k:07d}": kind for k, (_, kind) in enumerate(places)}

    @property
    def ids(self) -> tuple[str, ...]:
        """Return ``ISIC_0000000``, ..."""
        return tuple(self.kinds)

    units = ids

    def patient_of(self, name: str) -> str:
        """Return the name: patients are not known in this set."""
        return name

    def part_of(self, name: str) -> str:
        """Return Training or Test."""
        return self.kinds[name]

    def load(self, name: str) -> Sample:
        """Draw one lesion; the picture goes through JPEG as the files do."""
        data, mask, knobs = self._draw(name)
        picture = _decoded(io.BytesIO(data))
        return Sample(picture, mask, id=name, patient=name, facts={"knobs": knobs})

    def write(self, unit: str, root: Path) -> dict[str, Any]:
        """Write picture and mask."""
        data, mask, knobs = self._draw(unit)
        base = f"{PART}_{self.kinds[unit]}"
        files = [
            f"{base}_Data/{unit}.jpg",
            f"{base}_GroundTruth/{unit}_Segmentation.png",
        ]
        for name in files:
            (root / name).parent.mkdir(parents=True, exist_ok=True)
        with atomic_write(root / files[0]) as part:
            part.write_bytes(data)
        write_mask(root / files[1], mask > 0)
        return {"files": files, "knobs": knobs}

    def finish(self, root: Path, written: Sequence[Mapping[str, Any]]) -> None:
        """Nothing belongs to the whole folder."""

    def _draw(self, name: str) -> tuple[bytes, NDArray[np.uint8], dict[str, Any]]:
        random = rng(self.plan.seed, "isic2016", name)
        rows = self.plan.size_px or 384
        picture, mask, knobs = lesion(random, (rows, round(rows * 4 / 3)))
        buffer = io.BytesIO()
        Image.fromarray(picture).save(buffer, format="JPEG", quality=QUALITY)
        return buffer.getvalue(), mask, knobs


def lesion(
    random: np.random.Generator, size: tuple[int, int]
) -> tuple[NDArray[np.uint8], NDArray[np.uint8], dict[str, Any]]:
    """Return a colour picture, its mask and the knobs of one made-up lesion."""
    rows, columns = size
    radius = float(random.uniform(0.12, 0.36)) * rows
    middle = random.uniform(0.38, 0.62, 2) * size
    waves = random.normal(0, [0.10, 0.07, 0.05, 0.03], (2, 4))
    darkness = float(random.uniform(0.25, 0.7))
    y, x = np.mgrid[:rows, :columns] - middle[:, None, None]
    angle, k = np.arctan2(y, x), np.arange(2, 6)
    rim = 1 + np.tensordot(waves[0], np.cos(k[:, None, None] * angle), 1)
    rim += np.tensordot(waves[1], np.sin(k[:, None, None] * angle), 1)
    mask = (np.hypot(y, x) < radius * np.maximum(rim, 0.4)).astype(np.uint8)
    soft = gaussian_filter(mask.astype(np.float32), 0.012 * rows)
    skin = np.array([0.86, 0.68, 0.58]) * random.uniform(0.9, 1.08)
    brown = skin * (1 - darkness * np.array([0.75, 1.0, 1.05]))
    weight = (soft * (0.85 + 0.3 * _cloud(random, size)))[..., None].clip(0, 1)
    colour = skin * (1 - weight) + brown * weight
    colour = colour * (1 + 0.05 * (_cloud(random, size) - 0.5))[..., None]
    hairs = int(random.integers(0, 9))
    picture = Image.fromarray((colour.clip(0, 1) * 255).astype(np.uint8))
    _draw_hairs(picture, random, hairs)
    knobs = {"radius_px": radius, "darkness": darkness, "hairs": hairs}
    return np.asarray(picture), mask, knobs


def _cloud(random: np.random.Generator, size: tuple[int, int]) -> NDArray[np.float64]:
    coarse = random.random((9, 12))
    fine = zoom(coarse, (size[0] / 9, size[1] / 12), order=1)
    return np.asarray(fine, np.float64)[: size[0], : size[1]]


def _draw_hairs(picture: Image.Image, random: np.random.Generator, count: int) -> None:
    pen = ImageDraw.Draw(picture)
    for _ in range(count):
        start, end = random.random((2, 2)) * picture.size
        bow = (start + end) / 2 + random.normal(0, 0.1 * picture.size[0], 2)
        t = np.linspace(0, 1, 24)[:, None]
        line = (1 - t) ** 2 * start + 2 * t * (1 - t) * bow + t**2 * end
        pen.line([(float(a), float(b)) for a, b in line], (52, 36, 30), width=2)


def _decoded(file: Any) -> NDArray[np.float32]:
    # the challenge's page says: ignore EXIF tags; the masks lie on the stored pixels
    try:
        with Image.open(file) as opened:
            return np.asarray(opened.convert("RGB"), np.float32) / np.float32(255)
    except (OSError, Image.DecompressionBombError) as error:
        raise SpinesegError("the picture is broken", path=str(file)) from error


class SkinFolder:
    """The four folders of the challenge, as unpacked."""

    def __init__(self, root: Path, variant: str = "all") -> None:
        self.root = existing_folder(root, f"{PART}_Training_Data and so on")
        self.files: dict[str, tuple[Path, Path, str]] = {}
        for kind in COUNTS:
            masks = self.root / f"{PART}_{kind}_GroundTruth"
            for film in sorted((self.root / f"{PART}_{kind}_Data").glob("ISIC_*.jpg")):
                mask = masks / f"{film.stem}_Segmentation.png"
                if mask.is_file():
                    self.files[film.stem] = film, mask, kind
        self.files = dict(sorted(self.files.items()))
        if not self.files:
            raise SpinesegError(
                "no picture with a mask was found",
                path=root,
                expected=f"{PART}_Training_Data and {PART}_Training_GroundTruth",
            )

    @property
    def ids(self) -> tuple[str, ...]:
        """Return the pictures that have masks."""
        return tuple(self.files)

    def patient_of(self, name: str) -> str:
        """Return the name: patients are not known in this set."""
        return name

    def part_of(self, name: str) -> str:
        """Return Training or Test."""
        return self.files[name][2]

    def load(self, name: str) -> Sample:
        """Read picture and mask."""
        film, path, _ = self.files[name]
        picture, mask = _decoded(film), read_mask(path).foreground.astype(np.uint8)
        check_sizes(picture, mask, path)
        return Sample(picture, mask, id=name, patient=name)


def _official(source: Any) -> dict[str, tuple[str, ...]]:
    """Return the challenge's 900 / 379, a tenth of the 900 for validation."""
    test = tuple(name for name in source.ids if source.part_of(name) == "Test")
    rest = tuple(name for name in source.ids if source.part_of(name) == "Training")
    shares = {"train": 0.9, "val": 0.1}
    parts = split_by_shares(rest, source.patient_of, shares, 0, "isic2016")
    return {**parts, "test": test}


FAMILY = Family(
    CARD,
    SkinTwin,
    SkinFolder,
    {"paper": {"train": 0.7, "val": 0.1, "test": 0.2}, "official": _official},
)
