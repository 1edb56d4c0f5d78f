"""How large a pixel of a radiograph is, and where that size holds.

A radiograph is a shadow: it is larger than the body. The detector's pitch therefore
is no distance in the patient until it is divided by the magnification, and a header
can give either (DICOM PS3.3 10.7.1.3).
"""

from dataclasses import dataclass

from pydicom.dataset import Dataset

from spineseg.io.dicom import field, numbers

KINDS = {
    "calibrated": "in the patient, corrected for magnification",
    "detector": "at the detector; anatomy appears larger than it is",
    "unspecified": "PixelSpacing alone: the file does not say where it holds",
    "scanner": "on a digitised film or a captured screen",
    "unknown": "no spacing in the file",
}


@dataclass(frozen=True)
class Spacing:
    """The size of a pixel and what it means.

    mm: (between rows, between columns), or None.  kind: a key of :data:`KINDS`.
    detector_mm: the detector's pitch where it is given.  magnification: size of the
    shadow over size of the object, where it is given.  calibration: ``"GEOMETRY"`` or
    ``"FIDUCIAL"`` where it is given.  notes: oddities.
    """

    mm: tuple[float, float] | None = None
    kind: str = "unknown"
    detector_mm: tuple[float, float] | None = None
    magnification: float | None = None
    calibration: str | None = None
    notes: tuple[str, ...] = ()

    @property
    def in_patient_mm(self) -> tuple[float, float] | None:
        """Return the spacing in the patient where the file allows to know it."""
        if self.kind == "calibrated":
            return self.mm
        if self.kind == "detector" and self.mm and self.magnification:
            return (self.mm[0] / self.magnification, self.mm[1] / self.magnification)
        return None


def film_spacing(header: Dataset) -> Spacing:
    """Read the spacing of a projection radiograph from its header.

    PixelSpacing wins when it differs from ImagerPixelSpacing or names a calibration;
    equal to it, it was copied and means the detector. Zero counts as missing.
    """
    notes: list[str] = []
    pixel = _pair(header, "PixelSpacing", notes)
    imager = _pair(header, "ImagerPixelSpacing", notes)
    scanner = _pair(header, "NominalScannedPixelSpacing", notes)
    factor = numbers(header, "EstimatedRadiographicMagnificationFactor")
    magnification = factor[0] if factor and factor[0] >= 1 else None
    calibration = field(header, "PixelSpacingCalibrationType")
    calibration = str(calibration) if calibration else None
    if pixel and (calibration or (imager and not _same(pixel, imager))):
        mm, kind = pixel, "calibrated"
    elif imager:
        mm, kind = imager, "detector"
    elif pixel:
        mm, kind = pixel, "unspecified"
    elif scanner:
        mm, kind = scanner, "scanner"
    else:
        mm, kind = None, "unknown"
    if mm == (1.0, 1.0):
        notes.append("a spacing of exactly 1 mm is usually a placeholder")
    ratio = numbers(header, "PixelAspectRatio")
    if mm is None and len(ratio) == 2 and ratio[0] != ratio[1]:
        notes.append(f"pixels are not square ({ratio[0]:g} to {ratio[1]:g})")
    return Spacing(mm, kind, imager, magnification, calibration, tuple(notes))


def _pair(
    header: Dataset, keyword: str, notes: list[str]
) -> tuple[float, float] | None:
    found = numbers(header, keyword)
    if not found:
        return None
    if len(found) != 2 or min(found) <= 0:
        notes.append(f"{keyword} is unusable and left out")
        return None
    return found[0], found[1]


def _same(one: tuple[float, float], other: tuple[float, float]) -> bool:
    return all(abs(a - b) <= 1e-4 * b for a, b in zip(one, other, strict=True))
