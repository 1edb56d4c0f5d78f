"""One look for every figure of the book: colours, inks and matplotlib settings.

The hues are those of Okabe and Ito (2008), which readers with the common colour
vision deficiencies can tell apart; each stands for one thing in the whole book.
"""

from typing import Any, cast

import matplotlib as mpl
import numpy as np
from cycler import cycler
from matplotlib.artist import Artist
from matplotlib.colors import is_color_like, to_rgba
from matplotlib.figure import Figure

RGB = tuple[float, float, float]

COLOURS = {
    "vertebra": "#0072B2",
    "disc": "#E69F00",
    "canal": "#009E73",
    "lamina": "#CC79A7",
    "spinous": "#D55E00",
    "prediction": "#56B4E9",
    "error": "#F0E442",
    "truth": "#FFFFFF",
    "false_positive": "#D55E00",
    "false_negative": "#0072B2",
}
"""What each colour means; the truth is a white outline on a film."""

INK = "#1c1b1a"
MUTED = "#5f5c57"
FAINT = "#d8d4cc"
FILM = "#0b0b0d"
"""Inks of a figure on a light page, and the frame of a film on any page."""

PAGES = {"light": "#fdfcfa", "dark": "#161617"}
"""What lies behind a figure, by theme."""

_DARK = {INK: "#ece9e2", MUTED: "#a9a59c", FAINT: "#3f3d3a"}

RC: dict[Any, Any] = {
    "axes.edgecolor": MUTED,
    "axes.facecolor": "none",
    "axes.grid": False,
    "axes.labelcolor": INK,
    "axes.linewidth": 0.8,
    "axes.prop_cycle": cycler(
        color=["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9"]
    ),
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlecolor": INK,
    "axes.titlelocation": "left",
    "axes.titlesize": 11,
    "figure.constrained_layout.use": True,
    "figure.dpi": 110,
    "figure.facecolor": "none",
    "figure.figsize": (7.0, 4.0),
    "font.family": "DejaVu Sans",
    "font.size": 10,
    "grid.color": FAINT,
    "image.cmap": "gray",
    "image.interpolation": "antialiased",
    "legend.frameon": False,
    "legend.labelcolor": INK,
    "lines.linewidth": 1.8,
    "lines.solid_capstyle": "round",
    "savefig.facecolor": "none",
    "text.color": INK,
    "xtick.color": MUTED,
    "xtick.labelcolor": INK,
    "ytick.color": MUTED,
    "ytick.labelcolor": INK,
}


def use_style() -> None:
    """Make the book's look the default of this process."""
    mpl.rcParams.update(RC)


def darken(fig: Figure) -> None:
    """Replace the inks of a light page by those of a dark one, in place.

    Only colours that equal an ink change; every other colour means something and
    stays as it is.
    """
    pairs = {_rgb(to_rgba(light)): dark for light, dark in _DARK.items()}
    for artist in fig.findobj():
        for name in _PROPERTIES:
            _swap(artist, name, pairs)


_PROPERTIES = (
    "color",
    "facecolor",
    "edgecolor",
    "markerfacecolor",
    "markeredgecolor",
)


def _swap(artist: Artist, name: str, pairs: dict[RGB, str]) -> None:
    getter = getattr(artist, f"get_{name}", None)
    setter = getattr(artist, f"set_{name}", None)
    if getter is None or setter is None:
        return
    value: Any = getter()
    if isinstance(value, np.ndarray) and value.ndim == 2:
        if any(_rgb(row) in pairs for row in value):
            setter([_inked(row, pairs) for row in value])
    elif value is not None and is_color_like(value):
        rgba = to_rgba(cast(Any, value))
        if _rgb(rgba) in pairs:
            setter(_inked(rgba, pairs))


def _rgb(colour: Any) -> RGB:
    red, green, blue = (float(part) for part in colour[:3])
    return red, green, blue


def _inked(rgba: Any, pairs: dict[RGB, str]) -> Any:
    dark = pairs.get(_rgb(rgba))
    return rgba if dark is None else (*to_rgba(dark)[:3], float(rgba[3]))
