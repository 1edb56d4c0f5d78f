"""Magnetic resonance of a patient: slices, weightings, labels.

One geometry pass gives water, fat and pulsating signal for every weighting; each
slice is then measured (:mod:`spineseg.imaging.mri_scanner`).
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spineseg.anatomy.tissue import PARTIAL_LABEL, Region
from spineseg.anatomy.tissue_disc import lower_neighbour, pfirrmann
from spineseg.anatomy.tissue_frames import spine_curve
from spineseg.anatomy.tissue_patient import ImagedPatient, disc_states, tissue_regions
from spineseg.core.errors import SpinesegError
from spineseg.core.rng import rng
from spineseg.imaging.mri_coil import Coil
from spineseg.imaging.mri_geometry import Painting, paint
from spineseg.imaging.mri_scanner import Scanner, acquire
from spineseg.imaging.mri_signal import PROTOCOLS, Protocol
from spineseg.imaging.mri_stack import Stack

Image = NDArray[np.float32]


@dataclass(frozen=True)
class MriVolume:
    """One series and its truth.

    array: (slices, rows, columns) float32, arbitrary units.  labels: uint8 of the same
    shape: SPIDER's for sagittal stacks, body or disc, canal and lamina for axial ones.
    spacing_mm: along slices, rows, columns.  direction: (3, 3), row k is the patient
    direction in which array axis k runs.  origin_mm: centre of the first voxel.
    metadata: every knob and the truth by level.
    """

    array: Image
    labels: NDArray[np.uint8]
    spacing_mm: tuple[float, float, float]
    direction: NDArray[np.float64]
    origin_mm: NDArray[np.float64]
    metadata: dict[str, Any]


def sagittal_stack(
    patient: ImagedPatient,
    *,
    slices: int = 15,
    matrix: int = 448,
    fov_mm: float = 290.0,
    thickness_mm: float = 4.0,
    gap: float = 0.1,
    samples: int = 2,
) -> Stack:
    """Stack of a lumbar examination, centred on L3 and following the spine's middle."""
    curve = spine_curve(patient.spine)
    row = curve.names.index("L3")
    centre = curve.origins[row].copy()
    lumbar = curve.origins[curve.names.index("S1") : curve.names.index("T12") + 1]
    centre[0] = float(lumbar[:, 0].mean())
    centre[1] += 14.0 * curve.scale
    axes = np.array([[0.0, 1, 0], [0, 0, -1], [-1, 0, 0]])
    return Stack(
        centre,
        axes,
        fov_mm / matrix,
        matrix,
        slices,
        thickness_mm,
        thickness_mm * (1 + gap),
        "sagittal",
        samples,
    )


def axial_stack(
    patient: ImagedPatient,
    level: str = "L4",
    *,
    slices: int = 1,
    matrix: int = 512,
    fov_mm: float = 200.0,
    thickness_mm: float = 4.0,
    gap: float = 0.1,
    samples: int = 4,
) -> Stack:
    """Stack along the disc below ``level``, tilted with it as a technician tilts it."""
    curve = spine_curve(patient.spine)
    if level not in curve.names[4:]:
        raise SpinesegError(
            "no axial slice there", found=level, expected=", ".join(curve.names[4:])
        )
    lower = lower_neighbour(level)
    rows = [curve.names.index(name) for name in (level, lower)]
    up = curve.axes[rows, 2].sum(0)
    up[0] *= 0.3  # the table does not tilt sideways as far as a curved spine does
    up /= np.linalg.norm(up)
    right = np.array([1.0, 0, 0]) - up[0] * up
    right /= np.linalg.norm(right)
    axes = np.array([right, np.cross(up, right), up])
    centre = curve.at(curve.q(level, -0.5))[0][0] + 22.0 * curve.scale * axes[1]
    return Stack(
        centre,
        axes,
        fov_mm / matrix,
        matrix,
        slices,
        thickness_mm,
        thickness_mm * (1 + gap),
        "axial",
        samples,
    )


def render_mri(
    patient: ImagedPatient,
    plane: str = "sagittal",
    contrast: str = "t2",
    scanner: Scanner | None = None,
    regions: Sequence[Region] | None = None,
    **stack: Any,
) -> MriVolume:
    """Render one series; see :func:`render_mri_set`."""
    found = render_mri_set(patient, plane, (contrast,), scanner, regions, **stack)
    return found[contrast]


def render_mri_set(
    patient: ImagedPatient,
    plane: str = "sagittal",
    contrasts: Sequence[str] = ("t1", "t2"),
    scanner: Scanner | None = None,
    regions: Sequence[Region] | None = None,
    **stack: Any,
) -> dict[str, MriVolume]:
    """Render several weightings of one patient from one geometry pass.

    Args:
        patient: spine, knobs and surfaces.
        plane: ``"sagittal"`` or ``"axial"``.
        contrasts: names of :data:`spineseg.imaging.mri_signal.PROTOCOLS`.
        scanner: how it is measured; the default is a common 1.5 tesla examination.
        regions: of :func:`tissue_regions` of the same patient, to build them once for
            several calls.
        **stack: arguments of :func:`sagittal_stack` or :func:`axial_stack`.

    Raises:
        SpinesegError: for an unknown plane or contrast.
    """
    scanner = scanner or Scanner(coil=Coil.surface(plane))
    stacks = {"sagittal": sagittal_stack, "axial": axial_stack}
    _known("plane", plane, stacks)
    for name in contrasts:
        _known("contrast", name, PROTOCOLS)
    place = stacks[plane](patient, **stack)
    protocols = [PROTOCOLS[name] for name in contrasts]
    seed = patient.spec.seed
    picture = paint(
        tissue_regions(patient) if regions is None else regions,
        place,
        protocols,
        scanner.field_tesla,
        rng(seed, "mri", plane, "tiles"),
    )
    labels = _finished_labels(picture, place)
    return {
        p.name: _volume(patient, place, scanner, picture, k, p, labels)
        for k, p in enumerate(protocols)
    }


def _known(what: str, name: str, known: Any) -> None:
    if name not in known:
        raise SpinesegError(
            f"unknown {what}", found=repr(name), expected=" or ".join(known)
        )


def _volume(
    patient: ImagedPatient,
    stack: Stack,
    scanner: Scanner,
    picture: Painting,
    row: int,
    protocol: Protocol,
    labels: NDArray[np.uint8],
) -> MriVolume:
    stream = rng(patient.spec.seed, "mri", stack.plane, protocol.name)
    channels = picture.images[..., 3 * row : 3 * row + 3]
    array = acquire(channels, stack, scanner, protocol, stream)
    spacing = (stack.pitch_mm, stack.pixel_mm, stack.pixel_mm)
    metadata = {
        "patient": patient.spec.as_dict(),
        "plane": stack.plane,
        "protocol": asdict(protocol),
        "scanner": asdict(scanner),
        "thickness_mm": stack.thickness_mm,
        "discs": {
            level: asdict(state) | {"pfirrmann": pfirrmann(state.degeneration)}
            for level, state in disc_states(patient.spec).items()
        },
    }
    return MriVolume(
        array, labels, spacing, stack.axes[::-1].copy(), stack.origin_mm, metadata
    )


def _finished_labels(picture: Painting, stack: Stack) -> NDArray[np.uint8]:
    """Labels of the plane; a vertebra that the sagittal picture cuts gets 100 more."""
    if stack.plane == "axial":
        return picture.axial
    labels = picture.sagittal
    border = np.concatenate(
        [labels[:, edge].ravel() for edge in (0, -1)]
        + [labels[:, :, edge].ravel() for edge in (0, -1)]
    )
    for value in np.unique(border):
        if 1 <= value <= 25:
            labels[labels == value] = value + PARTIAL_LABEL
    return labels
