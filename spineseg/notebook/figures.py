"""Figures that cannot be shown without saying in words what is seen in them."""

import base64
import io
from typing import Any, Literal

import matplotlib.pyplot as plt
import numpy as np
from IPython.display import display
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke
from numpy.typing import ArrayLike
from PIL import Image

from spineseg.core.errors import SpinesegError
from spineseg.notebook.legible import legible
from spineseg.notebook.style import FILM, PAGES, darken

FIGURE_MIME = "application/vnd.spineseg.figure+json"
"""What a built page reads; a live front end shows the ``image/png`` beside it."""

_WEB_DPI = 168
_LIVE_DPI = 100
_SHORTEST_ALT = 25
_FLAT = 0.9


def figure(
    fig: Figure,
    alt: str,
    caption: str | None = None,
    name: str | None = None,
    width: Literal["text", "wide"] = "text",
) -> None:
    """Display a figure, once for light pages and once for dark ones, and close it.

    Args:
        fig: a matplotlib figure; transparent, drawn in the inks of the style.
        alt: what is seen and what it means, one or two sentences.
        caption: plain text; gives the figure a number.
        name: label for ``{numref}``; needs a caption.
        width: ``"text"`` keeps to the column, ``"wide"`` may use the margin.

    Raises:
        SpinesegError: if the alternative text says too little, or a name has no
            caption.
    """
    demand_alt(alt)
    if name and not caption:
        raise SpinesegError("a numbered figure needs a caption", found=repr(name))
    _settle(fig)
    changed = legible(fig, PAGES["light"])
    live = _encode(fig, _LIVE_DPI, "png")
    light = web_picture(fig)
    for word, colour in changed.items():
        word.set_color(colour)
    darken(fig)
    legible(fig, PAGES["dark"])
    inches = fig.get_size_inches()
    page = {
        "alt": alt,
        "caption": caption,
        "name": name,
        "width": width,
        "width_px": round(float(inches[0]) * 96),
        "light": light,
        "dark": web_picture(fig),
    }
    plt.close(fig)
    bundle = {
        "image/png": live,
        FIGURE_MIME: page,
        "text/plain": f"[figure: {alt}]",
    }
    display(bundle, raw=True, metadata={"image/png": {"alt": alt}})


def film(
    ax: Axes,
    picture: ArrayLike,
    *,
    spacing_mm: float | tuple[float, float] | None = None,
    title: str | None = None,
) -> Axes:
    """Show a radiograph or a slice in grey on its own dark frame.

    Args:
        ax: the axes to fill.
        picture: (H, W) grey levels in [0, 1], or (H, W, 3).
        spacing_mm: size of a pixel, one number or (row, column); draws a scale bar.
        title: stands above the film.
    """
    pixels = np.asarray(picture)
    rows, columns = _pair(spacing_mm)
    ax.imshow(pixels, cmap="gray", vmin=0, vmax=1, aspect=rows / columns)
    ax.set(xticks=[], yticks=[])
    ax.set_facecolor(FILM)
    for spine in ax.spines.values():
        spine.set(visible=True, edgecolor=FILM, linewidth=3)
    if title:
        ax.set_title(title)
    if spacing_mm is not None:
        _scale_bar(ax, pixels.shape[:2], columns)
    return ax


def demand_alt(alt: str) -> None:
    """Refuse an alternative text that says nothing.

    Raises:
        SpinesegError: if it is shorter than 25 characters or begins with a word
            that only says that there is a picture.
    """
    opening = alt.strip().lower()
    if len(opening) < _SHORTEST_ALT or opening.startswith(
        ("figure of", "image of", "picture of", "plot of")
    ):
        raise SpinesegError(
            "the alternative text does not say what is seen",
            found=repr(alt),
            expected="one or two sentences on what is seen and what it means",
        )


def web_picture(fig: Figure, dpi: int = _WEB_DPI, quality: int = 85) -> str:
    """Return the figure as base64 WebP: lossless for drawings, lossy for films."""
    usual = fig.get_dpi()
    fig.set_dpi(dpi)
    pixels, size = FigureCanvasAgg(fig).print_to_buffer()
    fig.set_dpi(usual)
    picture = Image.frombytes("RGBA", size, pixels)
    drawing = _flatness(np.asarray(picture)) > _FLAT
    encoded = io.BytesIO()
    picture.save(encoded, "WEBP", lossless=drawing, quality=quality, method=4)
    return base64.b64encode(encoded.getvalue()).decode()


def _settle(fig: Figure) -> None:
    """Lay a figure out as often as it takes: a title finds its height when drawn.

    The layout before knows nothing of that height, and the one that does moves the
    title again; unsettled, the first picture of a row of films loses its titles' tops.
    """
    for _ in range(2):
        fig.draw_without_rendering()


def _flatness(pixels: np.ndarray) -> float:
    """Return the share of pixels that equal their right neighbour: high in drawings."""
    return float((pixels[:, 1:] == pixels[:, :-1]).all(axis=-1).mean())


def _encode(fig: Figure, dpi: int, form: str) -> str:
    buffer = io.BytesIO()
    # a live front end may be light or dark: paper keeps the inks readable on both
    fig.savefig(buffer, format=form, dpi=dpi, facecolor=PAGES["light"])
    return base64.b64encode(buffer.getvalue()).decode()


def _pair(spacing_mm: float | tuple[float, float] | None) -> tuple[float, float]:
    if spacing_mm is None:
        return 1.0, 1.0
    if isinstance(spacing_mm, int | float | np.floating):
        return float(spacing_mm), float(spacing_mm)
    rows, columns = spacing_mm
    return float(rows), float(columns)


def _scale_bar(ax: Axes, shape: Any, spacing_mm: float) -> None:
    height, width = shape
    extent_mm = width * spacing_mm
    length_mm = max(
        s for s in (1, 2, 5, 10, 20, 50, 100) if s <= extent_mm / 4 or s == 1
    )
    right, low = 0.95 * width, 0.95 * height
    left = right - length_mm / spacing_mm
    rim = [withStroke(linewidth=4, foreground=FILM)]  # fat on a slice is white, too
    ax.plot(
        [left, right],
        [low, low],
        color="white",
        linewidth=2,
        clip_on=False,
        path_effects=rim,
    )
    label = f"{length_mm} mm" if length_mm < 10 else f"{length_mm // 10} cm"
    ax.text(
        (left + right) / 2,
        low - 0.015 * height,
        label,
        color="white",
        ha="center",
        va="bottom",
        fontsize=8,
        path_effects=rim,
    )
