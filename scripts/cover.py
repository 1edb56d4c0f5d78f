"""Make the cover's two pictures: a film and the truth that lies over it.

    python scripts/cover.py

Writes ``book/_static/cover/film.webp`` and ``mask.webp`` from a synthetic patient
with fixed knobs. Run it again when the patient or the X-ray chain has changed.
"""

import os
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageColor
from scipy import ndimage

from spineseg.anatomy.patient import Patient
from spineseg.anatomy.spec import Pathology, PatientSpec
from spineseg.anatomy.tables import LEVELS
from spineseg.imaging.film import film
from spineseg.imaging.radiograph import Radiograph, render_radiograph
from spineseg.notebook.style import COLOURS

COVER = Path(__file__).resolve().parents[1] / "book" / "_static" / "cover"
SHAPE = (1152, 864)
QUALITY = 82
FILL = 0.28  # share of the vertebra's colour over the bone
OUTLINE_PX = 2


def patient() -> Patient:
    """Nobody: an adult with a curve of 32 degrees, convex to the right."""
    curve = Pathology(cobb_deg=32.0, apex="T11", side="right")
    return Patient(PatientSpec(seed=7, pathology=curve))


def radiograph() -> Radiograph:
    """The patient's frontal film, aimed a little above the usual."""
    usual = film("ap")
    settings = replace(usual, offset_mm=(0.0, 0.0, 18.0))
    return render_radiograph(patient(), "ap", SHAPE, settings=settings, detail_mm=1.2)


def overlay(masks: list[NDArray[np.bool_]]) -> NDArray[np.uint8]:
    """Return (H, W, 4) RGBA: the masks' union tinted, each with a white outline."""
    picture = np.zeros((*masks[0].shape, 4), np.uint8)
    tint = ImageColor.getrgb(COLOURS["vertebra"])
    picture[np.any(masks, axis=0)] = (*tint, round(255 * FILL))
    for mask in masks:
        inner = ndimage.binary_erosion(mask, iterations=OUTLINE_PX)
        picture[mask & ~inner] = (*ImageColor.getrgb(COLOURS["truth"]), 235)
    return picture


def write(picture: Image.Image, name: str) -> None:
    """Save beside, then replace, so that no half picture is ever there."""
    COVER.mkdir(parents=True, exist_ok=True)
    beside = COVER / f"{name}.new"
    picture.save(beside, "WEBP", quality=QUALITY, method=6)
    os.replace(beside, COVER / name)


def main() -> int:
    """Render, overlay, write; say how large the files are."""
    seen = radiograph()
    levels = [level for level in LEVELS if level in seen.masks.present]
    grey = np.round(np.clip(seen.picture, 0, 1) * 255).astype(np.uint8)
    write(Image.fromarray(grey), "film.webp")
    truth = overlay([seen.masks.level(level) for level in levels])
    write(Image.fromarray(truth), "mask.webp")
    sizes = {path.name: path.stat().st_size for path in sorted(COVER.glob("*.webp"))}
    print(f"{levels[0]} to {levels[-1]};", sizes)
    return 0


if __name__ == "__main__":
    sys.exit(main())
