"""Any picture of a patient by the name of its view."""

from typing import Any

from spineseg.anatomy.patient import Patient
from spineseg.anatomy.spec import PatientSpec
from spineseg.core.errors import SpinesegError
from spineseg.imaging.film import FILMS
from spineseg.imaging.mri import MriVolume, render_mri
from spineseg.imaging.radiograph import Radiograph, render_radiograph

RADIOGRAPHS = tuple(FILMS)
PLANES = ("sagittal", "axial")
VIEWS = (*RADIOGRAPHS, *PLANES)


def render(
    patient: Patient | PatientSpec,
    view: str = "ap",
    size_px: int | None = None,
    *,
    contrast: str = "t2",
    slices: int | None = None,
    level: str = "L4",
) -> Radiograph | MriVolume:
    """Return a radiograph or a magnetic-resonance series with its masks.

    Args:
        patient: a patient or its specification.
        view: ``"ap"``, ``"lateral"``, ``"cervical"`` (radiographs), ``"sagittal"`` or
            ``"axial"`` (magnetic resonance).
        size_px: rows and columns; the view's usual number when None.
        contrast: ``"t1"`` or ``"t2"`` (magnetic resonance).
        slices: of the series; the plane's usual number when None.
        level: vertebra above the disc that an axial series cuts.

    Raises:
        SpinesegError: if the view, the size, the contrast or the level is not possible.
    """
    who = Patient(patient) if isinstance(patient, PatientSpec) else patient
    if view in RADIOGRAPHS:
        return render_radiograph(who, view, 480 if size_px is None else size_px)
    if view not in PLANES:
        raise SpinesegError(
            "unknown view", found=repr(view), expected=" or ".join(VIEWS)
        )
    if size_px is not None and not 16 <= size_px <= 2048:
        raise SpinesegError(
            "a slice has 16 to 2048 rows and columns", found=f"{size_px}"
        )
    stack: dict[str, Any] = {"matrix": size_px, "slices": slices}
    if view == "axial":
        stack["level"] = level
    chosen: dict[str, Any] = {
        name: value for name, value in stack.items() if value is not None
    }
    return render_mri(who, view, contrast, **chosen)
