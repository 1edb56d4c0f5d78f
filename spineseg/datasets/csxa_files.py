"""CSXA's own files: the grammar of its 23 landmarks, its sheet, its inverted films.

What readers of all 4,963 files report: a point may be called a polygon, one file holds
``C3 top right`` twice, sizes in the JSON are not those of the film, some later films
have bone dark, and the age in a name need not be the sheet's (join on the first four
digits only).
"""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import binary_dilation

from spineseg.core.errors import SpinesegError
from spineseg.io import Shape, read_labelme
from spineseg.io.tables import Cell, read_sheet

CORNERS = ("top left", "top right", "bottom left", "bottom right")
LANDMARKS = (
    "C2 centroid",
    "C2 bottom left",
    "C2 bottom right",
    *(f"C{n} {corner}" for n in range(3, 8) for corner in CORNERS),
)
"""CSXA's 23 labels; left and right are those of the picture. C2 has no top corners."""

SHEET = "datasets.xlsx"
CURVES = {1: "lordotic", 2: "straight", 3: "sigmoid1", 4: "sigmoid2", 5: "kyphotic"}
CURVATURE = "Curvature: 1.Lordotic, 2.Straight, 3.Sigmoid1, 4.Sigmoid2, 5.Kyphotic"
"""The head of the sheet's column, as it is written there."""


@dataclass(frozen=True)
class NeckLandmarks:
    """The landmarks of one film and what was odd about them.

    points_px: (23, 2) in the order of :data:`LANDMARKS`, nan where one is missing.
    missing: labels without a point.  repeated: labels with several; the first counts.
    unknown: labels that CSXA does not have.  crossed: vertebrae whose corners do not
    lie as their names say.
    """

    points_px: NDArray[np.float64]
    missing: tuple[str, ...] = ()
    repeated: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    crossed: tuple[str, ...] = ()

    @property
    def oddities(self) -> dict[str, tuple[str, ...]]:
        """Return what is odd, by kind; empty for a film as it should be."""
        kinds = ("missing", "repeated", "unknown", "crossed")
        return {kind: getattr(self, kind) for kind in kinds if getattr(self, kind)}


def read_neck(path: Path, film: Path) -> NeckLandmarks:
    """Read 23 landmarks; the film gives the size, the JSON's own is not to be trusted.

    Capitals and spaces of a label do not count.

    Raises:
        SpinesegError: if it is no LabelMe file or holds none of CSXA's labels.
    """
    notes = read_labelme(path, picture=film, trust_picture=True)
    known = {label.lower(): row for row, label in enumerate(LANDMARKS)}
    found = np.full((len(LANDMARKS), 2), np.nan)
    seen: Counter[str] = Counter()
    unknown = []
    for shape in notes.shapes:
        row = known.get(" ".join(shape.label.lower().split()))
        if row is None:
            unknown.append(shape.label[:40])
            continue
        if not seen[LANDMARKS[row]]:
            found[row] = shape.points_px[0]
        seen[LANDMARKS[row]] += 1
    if not seen:
        raise SpinesegError(
            "none of CSXA's landmarks is there",
            path=path,
            found=", ".join(unknown[:3]) or "no shape",
            expected=f"{', '.join(LANDMARKS[:3])} and 20 more",
        )
    return NeckLandmarks(
        found,
        tuple(label for label in LANDMARKS if not seen[label]),
        tuple(label for label, times in seen.items() if times > 1),
        tuple(dict.fromkeys(unknown)),
        _crossed(found),
    )


def _crossed(points_px: NDArray[np.float64]) -> tuple[str, ...]:
    """Name the vertebrae whose left is not left or whose top is not above."""
    wrong = []
    for n in range(5):
        corners = points_px[3 + 4 * n : 7 + 4 * n].reshape(2, 2, 2)
        if not np.isfinite(corners).all():
            continue
        rightwards = corners[:, 1, 0] - corners[:, 0, 0]
        downwards = corners[1, :, 1] - corners[0, :, 1]
        if min(rightwards.min(), downwards.min()) <= 0:
            wrong.append(f"C{n + 3}")
    return tuple(wrong)


def bodies_from_landmarks(
    points_px: NDArray[np.float64], size: tuple[int, ...]
) -> NDArray[np.uint8]:
    """Return the quadrilaterals of C3 to C7 as a mask; missing corners leave one out.

    The order is top left, top right, bottom right, bottom left: taken as CSXA lists
    them the corners make a bow tie.
    """
    shape = size[0], size[1]
    mask = np.zeros(shape, np.uint8)
    for n in range(5):
        corners = points_px[3 + 4 * n : 7 + 4 * n][[0, 1, 3, 2]]
        if np.isfinite(corners).all():
            mask |= Shape(f"C{n + 3}", corners).mask(shape).astype(np.uint8)
    return mask


def bone_is_darker(
    picture: NDArray[np.float32], points_px: NDArray[np.float64]
) -> bool | None:
    """Say whether the bodies are darker than what lies beside them; None if unknown.

    Compared are the medians of the bodies' quadrilaterals and of a band around them
    half a body wide: discs, throat and soft tissue let more through than bone.
    """
    bodies = bodies_from_landmarks(points_px, picture.shape).astype(bool)
    if not bodies.any():
        return None
    reach = max(2, round(0.25 * float(np.sqrt(bodies.sum() / 5))))
    beside = binary_dilation(bodies, iterations=reach) & ~bodies
    if not beside.any():
        return None
    return bool(np.median(picture[bodies]) < np.median(picture[beside]))


def read_measures(path: Path) -> dict[str, dict[str, Cell]]:
    """Return the rows of CSXA's sheet by case number, ``"0001"`` and so on.

    The head stands in the second row: it is found by its column ``Number``. A column
    that begins with ``Curvature`` becomes a word under ``"curvature"``.

    Raises:
        SpinesegError: if it is no such sheet.
    """
    rows = read_sheet(path)
    heads = [row for row in rows[:5] if "Number" in row]
    if not heads:
        raise SpinesegError(
            "this is no sheet of CSXA", path=path, expected='a column "Number"'
        )
    head = [str(cell or "").strip() for cell in heads[0]]
    found: dict[str, dict[str, Cell]] = {}
    for row in rows[rows.index(heads[0]) + 1 :]:
        named = {k: v for k, v in zip(head, row, strict=False) if k and v is not None}
        case = _case(named.pop("Number", None))
        if case is not None:
            found.setdefault(case, {**named, **_curve(named)})
    return found


def _case(number: Cell) -> str | None:
    text = f"{number:.0f}" if isinstance(number, float) else str(number or "").strip()
    return f"{int(text):04d}" if re.fullmatch(r"[0-9]{1,6}", text) else None


def _curve(row: Mapping[str, Cell]) -> dict[str, Cell]:
    for name, value in row.items():
        if name.startswith("Curvature") and isinstance(value, float):
            return {"curvature": CURVES.get(int(value)) if abs(value) < 9 else None}
    return {}


def lordosis_deg(points_px: NDArray[np.float64]) -> float:
    """Return the angle between the lower edges of C2 and C7; lordosis is positive.

    The patient looks to the left of the picture.
    """
    upper, lower = points_px[2] - points_px[1], points_px[22] - points_px[21]
    angles = [np.degrees(np.arctan2(line[1], line[0])) for line in (upper, lower)]
    return float(angles[0] - angles[1])
