"""Fill the shapes of LabelMe: which pixels a polygon, circle or line covers.

Polygons are filled as LabelMe itself does (Pillow, outline included), so that a mask
made here equals the one LabelMe exports.
"""

import base64
import io
import math

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from spineseg.core.errors import SpinesegError

TYPES = (
    "polygon",
    "rectangle",
    "circle",
    "line",
    "linestrip",
    "point",
    "points",
    "mask",
    "oriented_rectangle",
)
LINE_WIDTH_PX = 10
POINT_RADIUS_PX = 5
FEWEST_POINTS = {
    "rectangle": 2,
    "circle": 2,
    "line": 2,
    "linestrip": 2,
    "oriented_rectangle": 4,
    "mask": 2,
}


def fill(
    kind: str,
    points_px: NDArray[np.float64],
    size: tuple[int, int],
    patch: NDArray[np.bool_] | None = None,
) -> NDArray[np.bool_]:
    """Return the pixels a shape covers, in a picture of ``size`` (rows, columns).

    Polygons of two points become lines one pixel wide, of one point a pixel. What
    leaves the picture is cut off.

    Raises:
        SpinesegError: if the kind is unknown or has too few points.
    """
    if kind not in TYPES:
        raise SpinesegError("unknown shape", found=kind, expected=", ".join(TYPES))
    if len(points_px) < FEWEST_POINTS.get(kind, 1):
        raise SpinesegError(f"a {kind} with too few points", found=len(points_px))
    if kind == "mask":
        return _place(patch, points_px, size)
    canvas = Image.new("1", (size[1], size[0]), 0)
    _draw(ImageDraw.Draw(canvas), kind, [(float(x), float(y)) for x, y in points_px])
    return np.array(canvas, bool)


def _draw(
    draw: ImageDraw.ImageDraw, kind: str, points: list[tuple[float, float]]
) -> None:
    if kind in ("polygon", "oriented_rectangle"):
        if len(points) >= 3:
            draw.polygon(points, outline=1, fill=1)
        elif len(points) == 2:
            draw.line(points, fill=1)
        else:
            draw.point(points, fill=1)
    elif kind == "rectangle":
        (x0, y0), (x1, y1) = points[:2]
        box = [min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)]
        draw.rectangle(box, outline=1, fill=1)
    elif kind == "circle":
        (x, y), rim = points[0], points[1]
        radius = math.hypot(rim[0] - x, rim[1] - y)
        draw.ellipse([x - radius, y - radius, x + radius, y + radius], fill=1)
    elif kind in ("line", "linestrip"):
        draw.line(points, fill=1, width=LINE_WIDTH_PX)
    else:
        r = POINT_RADIUS_PX
        for x, y in points:
            draw.ellipse([x - r, y - r, x + r, y + r], fill=1)


def _place(
    patch: NDArray[np.bool_] | None,
    points_px: NDArray[np.float64],
    size: tuple[int, int],
) -> NDArray[np.bool_]:
    if patch is None:
        raise SpinesegError("a mask shape without its mask")
    whole = np.zeros(size, bool)
    left, top = np.rint(points_px.min(axis=0)).astype(int)
    rows = slice(max(top, 0), min(top + patch.shape[0], size[0]))
    columns = slice(max(left, 0), min(left + patch.shape[1], size[1]))
    if rows.start < rows.stop and columns.start < columns.stop:
        whole[rows, columns] = patch[
            rows.start - top : rows.stop - top,
            columns.start - left : columns.stop - left,
        ]
    return whole


def decode_picture(text: str) -> Image.Image:
    """Open a picture embedded as base64 text.

    Raises:
        SpinesegError: if the text or the picture is broken.
    """
    try:
        opened = Image.open(io.BytesIO(base64.b64decode(text, validate=False)))
        opened.load()
        opened.info.pop("transparency", None)  # no part of an annotation
    except Exception as error:
        raise SpinesegError("the embedded picture is broken") from error
    return opened
