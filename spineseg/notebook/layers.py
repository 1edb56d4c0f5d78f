"""Heat maps of several layers, patients and targets over their pictures, live."""

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike, NDArray
from PIL import Image

from spineseg.core.errors import SpinesegError
from spineseg.metrics.inputs import Mask, mask_of
from spineseg.notebook.canvas import Words, control, grey, packed, runs, show_live
from spineseg.notebook.figures import film
from spineseg.notebook.style import COLOURS

Key = tuple[str, str, str]
AXES = ("layer", "patient", "target")
HEAT = "cividis"
MOST_CELLS = 64
OPACITIES = tuple(range(0, 101, 10))
_START_OPACITY = 50


def layer_picker(
    pictures: Mapping[str, ArrayLike],
    maps: Mapping[Key, ArrayLike],
    *,
    alt: str,
    truths: Mapping[str, Mask] | None = None,
    start: Key | None = None,
    caption: str | None = None,
    name: str | None = None,
) -> None:
    """Lay the heat map of one layer, patient and target over the patient's picture.

    Each map has its own scale, from zero to its greatest value, which stands at the
    colour bar. A map keeps the size the layer gives it, so coarse maps look coarse;
    one of more than 64 cells along a side is averaged down to 64.

    Args:
        pictures: (H, W) grey levels in [0, 1] by the name of the patient.
        maps: (h, w) heat, zero or more, by layer, patient and target: every
            combination of the names that occur. ``h`` and ``w`` are the layer's own.
        alt: what is seen at the start and how it changes with the choices.
        truths: (H, W) bool by patient, drawn as a white contour.
        start: layer, patient and target shown first; the first of each where silent.
        caption: plain text; gives the figure a number.
        name: label for ``{numref}``; needs a caption.

    Raises:
        SpinesegError: if a map is missing, negative or not finite, a patient has no
            picture, or the data weigh more than 300 kB.
    """
    axes = _axes(maps, pictures)
    heat = {key: _heat(maps[key], key) for key in _keys(axes)}
    first: Key = start or next(iter(heat))
    if first not in heat:
        raise SpinesegError("there is no such map to start with", found=first)
    outlines = {p: mask_of(t, f"truth of {p}") for p, t in (truths or {}).items()}
    spec = _spec(axes, heat, first)
    spec["shape"] = _one_shape([pictures[p] for p in axes["patient"]])
    spec["patients"] = [_patient(pictures[p], outlines.get(p)) for p in axes["patient"]]

    def draw(layer: str, patient: str, target: str, opacity: int) -> Figure:
        shown = heat[layer, patient, target]
        picture = np.asarray(pictures[patient])
        return _draw(picture, outlines.get(patient), shown, opacity / 100)

    values: dict[str, Sequence[Any]] = {**axes, "opacity": OPACITIES}
    show_live("layers", spec, draw, values, Words(alt, caption, name))


def _axes(
    maps: Mapping[Key, ArrayLike], pictures: Mapping[str, ArrayLike]
) -> dict[str, list[str]]:
    """Return the names along each axis, in the order of their first map."""
    if not maps:
        raise SpinesegError("there is no heat map to show", found="no maps")
    names = zip(*maps, strict=True)
    axes = {axis: list(dict.fromkeys(n)) for axis, n in zip(AXES, names, strict=True)}
    missing = [key for key in _keys(axes) if key not in maps]
    if missing:
        raise SpinesegError(
            "a heat map is missing",
            found=f"none for {missing[0]}",
            expected="one for every layer, patient and target",
        )
    without = [p for p in axes["patient"] if p not in pictures]
    if without:
        raise SpinesegError("a patient has no picture", found=without[0])
    return axes


def _keys(axes: Mapping[str, list[str]]) -> list[Key]:
    """Return every combination, the last axis fastest."""
    return list(itertools.product(axes["layer"], axes["patient"], axes["target"]))


def _heat(values: ArrayLike, key: Key) -> NDArray[np.float64]:
    heat = np.asarray(values, dtype=float)
    if heat.ndim != 2 or not np.isfinite(heat).all() or heat.min() < 0:
        raise SpinesegError(
            f"the heat map of {', '.join(key)} cannot be shown",
            found=f"shape {heat.shape}, least value {np.min(heat, initial=0):.3g}",
            expected="(h, w), finite, zero or more",
        )
    return _at_most(heat, MOST_CELLS)


def _at_most(heat: NDArray[np.float64], cells: int) -> NDArray[np.float64]:
    """Return the map averaged over areas, where it has more cells along a side."""
    height, width = (min(side, cells) for side in heat.shape)
    if (height, width) == heat.shape:
        return heat
    whole = Image.fromarray(heat.astype(np.float32))
    return np.asarray(whole.resize((width, height), Image.Resampling.BOX), dtype=float)


def _spec(
    axes: Mapping[str, list[str]],
    heat: Mapping[Key, NDArray[np.float64]],
    first: Key,
) -> dict[str, Any]:
    colours = (mpl.colormaps[HEAT](np.arange(256))[:, :3] * 255).round()
    controls = [
        control(axis, axis.capitalize(), names, names.index(at), "choice")
        for (axis, names), at in zip(axes.items(), first, strict=True)
    ]
    percents = [str(o) for o in OPACITIES]
    fade = control(
        "opacity", "Opacity of the map (%)", percents, OPACITIES.index(_START_OPACITY)
    )
    return {
        "controls": [*controls, fade],
        "opacities": [o / 100 for o in OPACITIES],
        "ramp": packed(colours.astype(np.uint8)),
        "maps": [
            {
                "shape": list(h.shape),
                "levels": packed(grey(h / (h.max() or 1.0))),
                "most": f"{h.max():.2g}",
            }
            for h in heat.values()
        ],
        "colours": {"truth": COLOURS["truth"]},
    }


def _one_shape(pictures: Sequence[ArrayLike]) -> list[int]:
    shapes = {np.shape(picture) for picture in pictures}
    if len(shapes) > 1:
        raise SpinesegError(
            "the pictures do not have one shape",
            found=" and ".join(map(str, sorted(shapes))),
            remedy="Resample them, or show each in a figure of its own",
        )
    return list(shapes.pop())


def _patient(picture: ArrayLike, truth: Mask | None) -> dict[str, Any]:
    levels = grey(picture)
    if truth is not None and truth.shape != levels.shape:
        raise SpinesegError(
            "picture and truth do not lie on one grid",
            found=f"shapes {levels.shape} and {truth.shape}",
        )
    return {
        "picture": packed(levels),
        "truth": None if truth is None else runs(truth),
    }


def _draw(
    picture: NDArray[Any],
    truth: Mask | None,
    heat: NDArray[np.float64],
    opacity: float,
) -> Figure:
    fig, ax = plt.subplots(figsize=(4.6, 3.8))
    film(ax, picture)
    height, width = picture.shape
    shown = ax.imshow(
        heat,
        cmap=HEAT,
        vmin=0,
        vmax=heat.max() or 1.0,
        alpha=opacity,
        extent=(-0.5, width - 0.5, height - 0.5, -0.5),
        interpolation="nearest",
    )
    bar = fig.colorbar(shown, ax=ax, shrink=0.8)
    bar.set_ticks([0, float(heat.max())], labels=["0", f"{heat.max():.2g}"])
    if truth is not None:
        ax.contour(truth, [0.5], colors=COLOURS["truth"], linewidths=1)
    return fig
