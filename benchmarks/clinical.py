"""How far are angles, slips and heights from the truth, and what does a Dice cost?

Part one measures synthetic patients from exact masks: Cobb angles on frontal films,
slips, wedges and discs on midline slices, and the last three again on lateral films,
where a body is a silhouette. Differences from the patient's truth are given as mean
(bias) and limits of agreement, which hold about 95 % of them.

Part two spoils the masks until their Dice is 0.95 or 0.90 and measures again, against
what the exact masks gave. ``eroded`` has its outline drawn in, ``smoothed`` its corners
rounded, ``shifted`` every body of its own moved in a random direction, ``ragged`` an
outline that wanders at random.
"""

import json
import os
import platform
from collections.abc import Callable, Iterator
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path
from statistics import mean

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before numpy is imported

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from tqdm import tqdm

from spineseg import metrics as m
from spineseg.anatomy.patient import Patient
from spineseg.anatomy.sample import sample_patient
from spineseg.core.errors import SpinesegError
from spineseg.core.rng import rng
from spineseg.imaging.film import FILMS
from spineseg.imaging.mri import render_mri
from spineseg.imaging.vertebral_bodies import (
    WHOLE_SPINE,
    film_bodies,
    film_masks,
    midline_bodies,
)
from spineseg.stats.agreement import bland_altman

RESULT = Path(__file__).resolve().parent / "results" / "clinical.json"
PATIENTS, SPOILT = 40, 12
SEEN = (*(f"T{k}" for k in range(4, 13)), *(f"L{k}" for k in range(1, 6)))
LUMBAR = SEEN[-5:]
DICES = (0.95, 0.90)
UNITS = {"cobb": "degrees", "cobb, ends given": "degrees", "slip": "%", "wedge": ""}
UNITS |= {"disc": "mm", "anterior height": "mm", "posterior height": "mm"}
Mask = NDArray[np.bool_]
Spoil = Callable[[Mask, float, np.random.Generator], Mask]
Values = dict[tuple[str, str], float]


def eroded(mask: Mask, by: float, _: np.random.Generator) -> Mask:
    return ndimage.distance_transform_edt(mask) > by + 0.5


def smoothed(mask: Mask, by: float, _: np.random.Generator) -> Mask:
    soft = ndimage.gaussian_filter(mask.astype(np.float32), 2 * by)
    # the level that keeps the area: rounded, not smaller
    return soft > np.quantile(soft, 1 - mask.mean())


def shifted(mask: Mask, by: float, random: np.random.Generator) -> Mask:
    way = random.uniform(0, 2 * np.pi)
    step = by * np.sin(way), by * np.cos(way)
    return ndimage.shift(mask.astype(np.float32), step, order=1) > 0.5


def ragged(mask: Mask, by: float, random: np.random.Generator) -> Mask:
    away = ndimage.distance_transform_edt(mask) - ndimage.distance_transform_edt(~mask)
    waves = ndimage.gaussian_filter(random.normal(size=mask.shape), 4.0)
    return away + by * waves / waves.std() > 0


SPOILERS: dict[str, Spoil] = {
    spoil.__name__: spoil for spoil in (eroded, smoothed, shifted, ragged)
}


def tuned(mask: Mask, how: str, dice: float, stream: tuple) -> Mask:
    """Return one body's mask, spoilt until its Dice has fallen to the value."""
    rows, columns = np.nonzero(mask)
    room = 12  # pixels around it, no more is needed
    box = np.s_[
        max(rows.min() - room, 0) : rows.max() + room + 1,
        max(columns.min() - room, 0) : columns.max() + room + 1,
    ]
    crop, low, high = mask[box], 0.0, 12.0
    for _ in range(12):
        middle = (low + high) / 2
        wrong = SPOILERS[how](crop, middle, rng(*stream, how))  # same way each time
        low, high = (middle, high) if m.dice(wrong, crop) > dice else (low, middle)
    wrong = SPOILERS[how](crop, high, rng(*stream, how))
    pieces, _ = ndimage.label(wrong, np.ones((3, 3)))
    whole = np.zeros_like(mask)
    whole[box] = pieces == np.argmax(np.bincount(pieces.ravel())[1:]) + 1
    return whole


class Case:
    """One patient's masks, made once, and what is measured on them."""

    def __init__(self, number: int) -> None:
        self.number = number
        patient = Patient(sample_patient(rng(11, "clinical", number)))
        self.truth = patient.truth
        masks, self.frontal_mm = film_masks(patient, WHOLE_SPINE, 1000)
        self.frontal = film_bodies(masks, SEEN)
        masks, self.lateral_mm = film_masks(patient, FILMS["lateral"], 860)
        self.lateral = film_bodies(masks, LUMBAR)
        volume = render_mri(patient, "sagittal")
        self.slice_mm = volume.spacing_mm[1]
        self.single = {k: midline_bodies(volume.labels, [k])[k] for k in LUMBAR}
        self.pairs = {k: midline_bodies(volume.labels, k) for k in pairwise(LUMBAR)}

    def spoilt(self, mask: Mask, level: str, how: str, dice: float) -> Mask:
        """Return a mask as it is, or spoilt until its Dice has fallen."""
        if not how:
            return mask
        return tuned(mask, how, dice, (self.number, "spoilt", level))

    def frontal_values(self, how: str = "", dice: float = 1.0) -> Iterator[tuple]:
        """Yield (measure, place, value, truth) of the frontal film."""
        ends = self.truth.cobb_levels
        if not set(ends) <= set(SEEN):
            return  # the curve ends above the film
        found = {
            level: self.measured(self.spoilt(mask, level, how, dice), self.frontal_mm)
            for level, mask in self.frontal.items()
        }
        bodies = {level: body for level, body in found.items() if body}
        cobb = m.cobb_angle_of(bodies).angle_deg if len(bodies) > 1 else np.nan
        yield "cobb", "", cobb, self.truth.cobb_deg
        given = {level: bodies[level] for level in ends if level in bodies}
        between = m.cobb_angle_of(given).angle_deg if len(given) == 2 else np.nan
        yield "cobb, ends given", "", between, self.truth.cobb_deg

    def midline_values(self, how: str = "", dice: float = 1.0) -> Iterator[tuple]:
        """Yield the same of midline slices."""
        for level, mask in self.single.items():
            wrong = self.spoilt(mask, level, how, dice)
            body = self.measured(wrong, self.slice_mm)
            yield from self.body_values(level, body)
        for pair, masks in self.pairs.items():
            both = [
                self.measured(self.spoilt(mask, level, how, dice), self.slice_mm)
                for level, mask in masks.items()
            ]
            yield from self.pair_values(pair[0], *both)

    def lateral_values(self) -> Iterator[tuple]:
        """Yield the same of the lateral film."""
        bodies = {
            level: self.measured(mask, self.lateral_mm)
            for level, mask in self.lateral.items()
        }
        for level, body in bodies.items():
            yield from self.body_values(level, body)
        for above, below in pairwise(LUMBAR):
            yield from self.pair_values(above, bodies[above], bodies[below])

    @staticmethod
    def measured(mask: Mask, spacing_mm: float) -> m.Body | None:
        """Return the body of a mask, None if it is refused: counted as such."""
        try:
            return m.body_of(mask, spacing_mm)
        except SpinesegError:
            return None

    def body_values(self, level: str, body: m.Body | None) -> Iterator[tuple]:
        """Yield wedge and heights of one body."""
        front, back = m.heights_mm_of(body) if body else (np.nan, np.nan)
        yield "wedge", level, front / back, self.truth.wedge_ratio[level]
        yield "anterior height", level, front, self.truth.anterior_height_mm[level]
        yield "posterior height", level, back, self.truth.posterior_height_mm[level]

    def pair_values(
        self, level: str, above: m.Body | None, below: m.Body | None
    ) -> Iterator[tuple]:
        """Yield slip and disc of two neighbours."""
        slip = disc = np.nan
        if above and below:
            slip = m.slip_percent_of(above, below)
            disc = m.disc_height_mm_of(above, below)
        yield "slip", level, slip, self.truth.slip_percent[level]
        yield "disc", level, disc, self.truth.disc_height_mm[level]


def agreement(picture: str, measure: str, pairs: list[tuple]) -> dict:
    """Return bias and limits of agreement of (value, reference) pairs."""
    table = np.array(pairs, float)
    seen = ~np.isnan(table).any(axis=1)
    limits = bland_altman(*table[seen].T)
    return {
        "picture": picture,
        "measure": measure,
        "unit": UNITS[measure],
        "n": int(seen.sum()),
        "refused": int((~seen).sum()),
        "bias": limits.bias,
        "low": limits.low,
        "high": limits.high,
        "mean_absolute": float(np.abs(np.subtract(*table[seen].T)).mean()),
        "points": np.round(table[seen], 3).tolist(),
    }


def collected(values: Iterator[tuple]) -> Iterator[tuple[str, tuple]]:
    for measure, _, value, truth in values:
        yield measure, (value, truth)


def part_one(cases: list[Case]) -> list[dict]:
    """Return the agreement of exact masks with the truth."""
    pictures = {
        "frontal film": Case.frontal_values,
        "midline slice": Case.midline_values,
        "lateral film": Case.lateral_values,
    }
    rows = []
    for picture, values in pictures.items():
        found: dict[str, list[tuple]] = {}
        for case in cases:
            for measure, pair in collected(values(case)):
                found.setdefault(measure, []).append(pair)
        rows += [agreement(picture, name, pairs) for name, pairs in found.items()]
    return rows


def keyed(case: Case, how: str = "", dice: float = 1.0) -> Values:
    every = (*case.frontal_values(how, dice), *case.midline_values(how, dice))
    return {(measure, place): value for measure, place, value, _ in every}


def part_two(cases: list[Case]) -> list[dict]:
    """Return what spoiling changes, against the same patient's exact masks."""
    exact = [keyed(case) for case in cases]
    rows = []
    for how in SPOILERS:
        for dice in DICES:
            found: dict[str, list[tuple]] = {}
            for case, before in zip(
                tqdm(cases, desc=how, leave=False), exact, strict=True
            ):
                for key, value in keyed(case, how, dice).items():
                    found.setdefault(key[0], []).append((value, before[key]))
            for measure, pairs in found.items():
                row = agreement(how, measure, pairs)
                row["spoilt"], row["dice"] = row.pop("picture"), dice
                del row["points"]
                rows.append(row)
    return rows


def printed(row: dict, name: str) -> None:
    print(
        f"{name:20} {row['measure']:17} {row['n']:4} {row['refused']:3} "
        f"{row['bias']:8.2f} [{row['low']:7.2f}, {row['high']:6.2f}] {row['unit']}"
    )


def main() -> None:
    """Print both tables and write the result."""
    numbers = tqdm(range(PATIENTS), desc="patients", leave=False)
    cases = [Case(number) for number in numbers]
    truth, spoilt = part_one(cases), part_two(cases[:SPOILT])
    print(f"{'':20} {'measure':17}    n  no     bias  limits of agreement")
    for row in truth:
        printed(row, row["picture"])
    for row in spoilt:
        printed(row, f"{row['spoilt']} {row['dice']:.2f}")
    result = {
        "question": __doc__.splitlines()[0] if __doc__ else "",
        "patients": PATIENTS,
        "spoilt_patients": SPOILT,
        "frontal_mm": mean(case.frontal_mm for case in cases),
        "slice_mm": mean(case.slice_mm for case in cases),
        "machine": {"python": platform.python_version(), "numpy": version("numpy")},
        "agreement": truth,
        "spoilt": spoilt,
    }
    part = RESULT.with_suffix(".part")
    part.write_text(json.dumps(result) + "\n", encoding="utf-8")
    os.replace(part, RESULT)


if __name__ == "__main__":
    main()
