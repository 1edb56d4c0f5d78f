"""A radiograph of a patient by the name of its view, with masks and all knobs.

Geometry, texture and noise have random streams of their own: another noise seed does
not change the anatomy, and another patient does not change the film.
"""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spineseg.anatomy.patient import Patient
from spineseg.anatomy.scene import Scene
from spineseg.core.errors import SpinesegError
from spineseg.core.rng import rng
from spineseg.imaging import artefacts, presentation, xray
from spineseg.imaging.camera import Camera, aimed_at
from spineseg.imaging.film import Film, film
from spineseg.imaging.masks import Masks, surface_bits
from spineseg.imaging.raster import trace

Picture = NDArray[np.float32]

MOST_PX = 8192
"""Rows or columns; a film of this side takes some gigabytes while it is made."""


@dataclass(frozen=True)
class Radiograph:
    """One film.

    picture: (H, W) float32 in [0, 1], processed for the reader, bone white unless
    inverted. raw: (H, W) float32, detected quanta a pixel before processing.
    spacing_mm: pixel at the middle of the patient. metadata: every knob and every
    measured value, ready for JSON.
    """

    picture: Picture
    raw: Picture
    spacing_mm: float
    masks: Masks
    metadata: dict[str, Any]


@dataclass(frozen=True)
class Exposed:
    """What the physics gives before the reader's processing.

    reading: quanta. open_beam: quanta sent to a pixel. air: what a pixel reads in the
    open beam, less when the detector is full. body_quanta: of a pixel in the exposure
    control's chamber. scatter_to_primary: over the whole picture, as it came out.
    """

    reading: Picture
    open_beam: float
    air: float
    body_quanta: float
    scatter_to_primary: float
    field: Picture | None


def render_radiograph(
    patient: Patient,
    view: str = "ap",
    size_px: int | tuple[int, int] = 480,
    seed: int | None = None,
    settings: Film | None = None,
    detail_mm: float | None = None,
) -> Radiograph:
    """Return the radiograph of a patient.

    Args:
        patient: whom to picture.
        view: ``"ap"``, ``"lateral"`` (both thoracolumbar) or ``"cervical"`` (lateral).
        size_px: rows and columns, or one number for both.
        seed: of texture and noise; the patient's own when None.
        settings: geometry, exposure, look and faults; the view's usual ones when None.
        detail_mm: size of the surfaces' triangles; chosen for the pixels when None.

    Raises:
        SpinesegError: if the view or the size is not possible.
    """
    chosen = film(view) if settings is None else settings
    rows, columns = (size_px, size_px) if isinstance(size_px, int) else size_px
    if min(rows, columns) < 16 or max(rows, columns) > MOST_PX:
        raise SpinesegError(
            f"a radiograph has 16 to {MOST_PX} rows and columns",
            found=f"{rows} x {columns}",
        )
    seed = patient.spec.seed if seed is None else seed
    camera = camera_of(patient, chosen, (rows, columns))
    detail = detail_for(camera.spacing_mm) if detail_mm is None else detail_mm
    lengths, masks = shadows(patient.scene(chosen.region, detail), camera)
    exposed = expose(lengths, camera.pitch_mm, chosen, seed)
    picture = presentation.presented(
        exposed.reading,
        camera.pitch_mm,
        exposed.air,
        chosen.presentation,
        exposed.field,
    )
    raw = exposed.reading
    if exposed.field is not None:
        raw = raw * np.maximum(exposed.field, np.float32(0.004))
    metadata = _metadata(patient, view, seed, chosen, camera, masks, exposed)
    metadata["detail_mm"] = detail
    return Radiograph(picture, raw, camera.spacing_mm, masks, metadata)


def camera_of(patient: Patient, settings: Film, shape: tuple[int, int]) -> Camera:
    """Return the camera that a film's settings and a patient's spine define."""
    aim = patient.spine.frames[settings.centre].origin_mm
    return aimed_at(
        aim + np.asarray(settings.offset_mm),
        settings.projection,
        settings.field_mm / shape[0],
        shape,
    )


def detail_for(spacing_mm: float) -> float:
    """Return the size of triangles whose facets a picture does not show."""
    return 2.0 if spacing_mm > 0.3 else 1.2


def shadows(scene: Scene, camera: Camera) -> tuple[NDArray[np.float32], Masks]:
    """Return path lengths (4, H, W) in mm along the rays, and the bones' masks."""
    bits = surface_bits(scene.structures, scene.parts)
    bits[scene.jumps[:, 1] < 0] = (
        0  # inside of the cortex: the outline is there already
    )
    lengths, mask = trace(
        camera.project(scene.vertices),
        scene.triangles,
        scene.surface,
        scene.jumps,
        bits,
        camera.shape,
    )
    lengths *= camera.obliquity()
    return lengths, Masks(mask)


def expose(
    lengths_mm: NDArray[np.float32], pitch_mm: float, settings: Film, seed: int
) -> Exposed:
    """Return the detector's reading for path lengths (4, H, W) in mm."""
    exposure, faults = settings.exposure, settings.artefacts
    shape = lengths_mm.shape[1:]
    grain, noise = rng(seed, "radiograph", "texture"), rng(seed, "radiograph", "noise")
    direct = xray.primary(lengths_mm, pitch_mm, exposure, grain)
    if faults.marker is not None:
        direct = artefacts.stamped(direct, faults.marker, pitch_mm)
    field = None
    if faults.collimation is not None:
        field = artefacts.collimated_field(faults.collimation, pitch_mm, shape)
    stray = xray.scattered(
        direct, lengths_mm, pitch_mm, exposure.scatter_to_primary, field
    )
    ratio = float(stray.sum(dtype=float) / max(direct.sum(dtype=float), 1e-12))
    direct += stray
    open_beam = xray.open_beam_quanta(direct, lengths_mm, pitch_mm, exposure)
    direct *= np.float32(open_beam)
    body = exposure.quanta_per_mm2 * pitch_mm**2
    expected = artefacts.applied(direct, faults, pitch_mm, body)
    reading = xray.detected(expected, pitch_mm, exposure, noise)
    full = artefacts.FULL_AT * body
    np.minimum(reading, np.float32(full), out=reading)
    sent = open_beam * faults.over_exposure
    return Exposed(reading, sent, min(sent, full), body, ratio, field)


def _metadata(
    patient: Patient,
    view: str,
    seed: int,
    settings: Film,
    camera: Camera,
    masks: Masks,
    exposed: Exposed,
) -> dict[str, Any]:
    """Return every knob and every measured value, in plain numbers and lists."""
    measured = {
        "pitch_mm": camera.pitch_mm,
        "spacing_mm": camera.spacing_mm,
        "magnification": settings.projection.magnification,
        "source_mm": camera.source_mm,
        "axes": camera.axes,
        "open_beam_quanta": exposed.open_beam,
        "body_quanta": exposed.body_quanta,
        "scatter_over_field": exposed.scatter_to_primary,
        "masks_present": masks.present,
    }
    return plain(
        {
            "view": view,
            "seed": seed,
            "shape": camera.shape,
            "patient": asdict(patient.spec),
            "truth": asdict(patient.truth),
            "film": asdict(settings),
            "measured": measured,
        }
    )


def plain(value: Any) -> Any:
    """Return the value in what JSON knows: dict, list, str, float, int, bool, None."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value.item() if isinstance(value, np.generic) else value
