"""What the canvases of a built page need: compact data, a still, its weight.

A still is the figure at its start. It stands on paper, without a script, and in a
front end that knows no canvas of ours.
"""

import base64
import io
import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from IPython.display import display
from matplotlib.figure import Figure
from numpy.typing import ArrayLike, NDArray
from PIL import Image

from spineseg.core.errors import SpinesegError
from spineseg.notebook.figures import demand_alt
from spineseg.notebook.live import MOST_BYTES, STATIC, on_film, show_widgets

LIVE_MIME = "application/vnd.spineseg.live+json"
MOST_STEPS = 25
_STILL_DPI = 110
_STILL_COLOURS = 128


@dataclass(frozen=True)
class Words:
    """What is said about a figure.

    alt: what is seen at the start and how it changes.  caption: plain text; gives the
    figure a number.  name: label for ``{numref}`` and for the address of its state.
    """

    alt: str
    caption: str | None = None
    name: str | None = None


def control(
    name: str, label: str, values: Sequence[str], start: int, kind: str = "range"
) -> dict[str, Any]:
    """Describe a slider (``"range"``) or a group of buttons (``"choice"``)."""
    return {
        "name": name,
        "label": label,
        "values": list(values),
        "default": start,
        "kind": kind,
    }


def show_live(
    kind: str,
    spec: Mapping[str, Any],
    draw: Callable[..., Figure],
    values: Mapping[str, Sequence[Any]],
    words: Words,
) -> None:
    """Display a canvas for pages, or sliders where a kernel runs.

    Args:
        kind: the part of the page's script that paints it.
        spec: all that this part needs; its ``"controls"`` say where each one starts.
        draw: called with one keyword per control, returns a new figure.
        values: what ``draw`` is called with at each stop of each control.
        words: alternative text, caption, name.

    Raises:
        SpinesegError: if the alternative text says too little, a name has no caption,
            or data and still weigh more than 300 kB.
    """
    demand_alt(words.alt)
    if words.name and not words.caption:
        raise SpinesegError("a numbered figure needs a caption", found=repr(words.name))
    start = {c["name"]: values[c["name"]][c["default"]] for c in spec["controls"]}
    if not os.environ.get(STATIC):
        labels = {c["name"]: c["label"] for c in spec["controls"]}
        return show_widgets(draw, values, start, labels)
    still = still_of(draw(**start))
    weigh(json.dumps(spec), still)
    page = {
        "kind": kind,
        "spec": dict(spec),
        "still": still,
        "alt": words.alt,
        "caption": words.caption,
        "name": words.name,
    }
    names = ", ".join(c["label"] for c in spec["controls"])
    text = f"[live figure: {names}. {words.alt}]"
    display(
        {LIVE_MIME: page, "image/png": still, "text/plain": text},
        raw=True,
        metadata={"image/png": {"alt": words.alt}},
    )


def weigh(*parts: str) -> None:
    """Refuse what is too heavy for a page.

    Raises:
        SpinesegError: if the parts have more than 300 kB.
    """
    weight = sum(map(len, parts))
    if weight > MOST_BYTES:
        raise SpinesegError(
            "this figure weighs too much for a page",
            found=f"{weight} bytes",
            expected=f"at most {MOST_BYTES}",
            remedy="Give it smaller pictures, or fewer of them",
        )


def still_of(fig: Figure) -> str:
    """Return the figure as base64 PNG on the dark frame of films, and close it."""
    on_film(fig)
    buffer = io.BytesIO()
    fig.savefig(buffer, format="png", dpi=_STILL_DPI, facecolor=fig.get_facecolor())
    plt.close(fig)
    picture = Image.open(buffer).convert("RGB").quantize(_STILL_COLOURS)
    small = io.BytesIO()
    picture.save(small, "PNG", optimize=True)
    return base64.b64encode(small.getvalue()).decode()


def grey(picture: ArrayLike) -> NDArray[np.uint8]:
    """Return grey levels in [0, 1] as bytes; 0.5 and more stays 128 and more.

    Raises:
        SpinesegError: if the array is not (H, W), not finite, or leaves [0, 1].
    """
    levels = np.asarray(picture, dtype=float)
    if levels.ndim != 2 or not levels.size:
        raise SpinesegError(
            "this is no picture", found=f"shape {levels.shape}", expected="(H, W)"
        )
    low, high = float(levels.min()), float(levels.max())
    if not (low >= 0 and high <= 1):
        raise SpinesegError(
            "grey levels and probabilities lie between 0 and 1",
            found=f"{low:.3g} to {high:.3g}",
            remedy="Scale the picture, or take the sigmoid of logits",
        )
    return np.floor(levels * 255 + 0.5).astype(np.uint8)


def packed(levels: NDArray[np.uint8]) -> str:
    """Return bytes as base64, row by row."""
    return base64.b64encode(np.ascontiguousarray(levels).tobytes()).decode()


def runs(mask: NDArray[np.bool_]) -> list[int]:
    """Return the lengths of the runs of a mask, row by row, background first."""
    flat = np.concatenate([[False], mask.ravel()])
    turns = np.flatnonzero(flat[1:] != flat[:-1])
    ends = np.concatenate([turns, [mask.size]])
    return np.diff(ends, prepend=0).tolist()
