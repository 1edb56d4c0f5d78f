"""From a red line drawn on a film to a mask: the labelling step of CervSpineNet.

The paper (Sec. 2.1, Fig. 2) thresholds the hue bands 0-10 and 160-180, joins them and
fills the contours found. OpenCV's 8-bit hue counts 0 to 179 in steps of two degrees,
so 180 is out of range and the upper band is 160 to 179 (320 to 358 degrees).
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import binary_erosion

from spineseg.core.errors import SpinesegError
from spineseg.io._files import extra

HUE_BANDS = ((0, 10), (160, 179))
RED = (230, 20, 25)


def stylus_mask(
    rgb: NDArray[np.uint8],
    *,
    bands: tuple[tuple[int, int], ...] = HUE_BANDS,
    least_saturation: int = 100,
    least_value: int = 60,
) -> NDArray[np.uint8]:
    """Return 1 inside every closed red line, the line included.

    Args:
        rgb: (rows, columns, 3) uint8.
        bands: hue from, hue to, both included, in OpenCV's units (0 to 179).
        least_saturation: of 255; the paper names no limit, but without one every grey
            pixel counts as red, because grey has hue 0.
        least_value: of 255; likewise against dark noise.

    Raises:
        SpinesegError: if the picture is no 8-bit colour picture, or a band is outside
            0 to 179.
    """
    if rgb.ndim != 3 or rgb.shape[2] != 3 or rgb.dtype != np.uint8:
        raise SpinesegError(
            "a tracing is an 8-bit colour picture",
            found=f"{rgb.dtype}, shape {rgb.shape}",
        )
    for low, high in bands:
        if not 0 <= low <= high <= 179:
            raise SpinesegError(
                "hue bands are given in OpenCV's units",
                found=f"{low} to {high}",
                expected="within 0 to 179, two degrees each",
            )
    cv2: Any = extra("cv2", "reading tracings")
    hsv = cv2.cvtColor(np.ascontiguousarray(rgb), cv2.COLOR_RGB2HSV)
    red = np.zeros(rgb.shape[:2], np.uint8)
    for low, high in bands:
        floor = np.array([low, least_saturation, least_value])
        red |= cv2.inRange(hsv, floor, np.array([high, 255, 255]))
    outlines, _ = cv2.findContours(red, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    filled = np.zeros_like(red)
    cv2.drawContours(filled, outlines, -1, color=1, thickness=cv2.FILLED)
    return filled


def traced(
    picture: NDArray[np.floating], mask: NDArray[Any], width_px: int = 2
) -> NDArray[np.uint8]:
    """Return a colour picture with a red line along the inner edge of the mask.

    The line lies inside, as wide as given, so that the filled outline is the mask
    again wherever it has no hole.
    """
    grey = np.rint(np.asarray(picture) * 255).astype(np.uint8)
    rgb = np.repeat(grey[..., None], 3, axis=2)
    inside = np.asarray(mask) > 0
    # beyond the picture counts as outside: a shadow cut by the border is closed there
    core = binary_erosion(inside, iterations=width_px, border_value=0)
    rgb[inside & np.logical_not(core)] = RED
    return rgb
