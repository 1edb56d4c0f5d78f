"""Coloured words that can be read on the page they stand on.

The hues of the style are for areas and lines. As letters some are too pale for a light
page (orange, sky blue) and some too deep for a dark one (blue). Here such letters move
towards black or white, and no further than the Web Content Accessibility Guidelines
ask (version 2.2, criterion 1.4.3, level AA: a contrast of 4.5). The hue remains, so a
word still names what has its colour.
"""

from typing import Any

import numpy as np
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.text import Text
from numpy.typing import NDArray

LEAST = 4.5
"""Contrast that letters of usual size need."""

_GREYISH = 0.15


def contrast(one: Any, other: Any) -> float:
    """Return the contrast of two opaque colours, 1 (none) to 21 (black on white)."""
    low, high = sorted((_luminance(_rgb(one)), _luminance(_rgb(other))))
    return (high + 0.05) / (low + 0.05)


def legible(fig: Figure, page: str) -> dict[Text, Any]:
    """Give each coloured word of a figure the contrast that it needs, in place.

    Greys are inks and stay; so does what stands on a picture or in a box of its own.

    Args:
        fig: transparent, or on a ground of the colour ``page``.
        page: the colour behind it.

    Returns:
        The words that changed and the colours they had.
    """
    changed: dict[Text, Any] = {}
    on_pictures = {text for ax in fig.axes if ax.images for text in ax.texts}
    for text in fig.findobj(Text):
        boxed = text.get_bbox_patch() is not None
        colour: Any = text.get_color()
        if text in on_pictures or boxed or _is_grey(colour):
            continue
        changed[text] = colour
        text.set_color(readable(colour, page))
    return changed


def readable(colour: Any, page: str) -> tuple[float, float, float, float]:
    """Return the colour of letters, moved from the page until they can be read."""
    end = np.ones(3) if _luminance(_rgb(page)) < 0.18 else np.zeros(3)
    given = _rgb(colour)
    moves = ((1 - share) * given + share * end for share in np.linspace(0, 1, 101))
    found = next((one for one in moves if contrast(one, page) >= LEAST), end)
    red, green, blue = (float(part) for part in found)
    return red, green, blue, float(to_rgba(colour)[3])


def _rgb(colour: Any) -> NDArray[np.float64]:
    return np.array(to_rgba(colour)[:3])


def _is_grey(colour: Any) -> bool:
    return bool(np.ptp(_rgb(colour)) < _GREYISH)


def _luminance(rgb: NDArray[np.float64]) -> float:
    """Return the relative luminance of sRGB, by the guidelines' definition."""
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])
