"""Figures that a reader can turn the knobs of, with a kernel or without one.

With a kernel an explorer is a set of ipywidgets sliders. A built page has no kernel:
there the same figure steps through frames that were drawn when the page was made.
"""

import base64
import itertools
import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
from IPython.display import Image, clear_output, display
from matplotlib.figure import Figure

from spineseg.core.errors import SpinesegError
from spineseg.notebook.figures import demand_alt, web_picture
from spineseg.notebook.legible import legible
from spineseg.notebook.style import FILM, darken

STEPS_MIME = "application/vnd.spineseg.steps+json"
STATIC = "SPINESEG_STATIC"
"""Environment variable set while pages are built or tested: frames, no widgets."""

MOST_FRAMES = 25
MOST_BYTES = 300_000
_FRAME_DPI = 110
_FRAME_QUALITY = 70

Draw = Callable[..., Figure]


def explorer(
    draw: Draw,
    controls: Mapping[str, Sequence[Any]],
    default: Mapping[str, Any] | None = None,
    *,
    alt: str,
    labels: Mapping[str, str] | None = None,
    caption: str | None = None,
    name: str | None = None,
) -> None:
    """Show a figure for every combination of the controls' values.

    Args:
        draw: called with one keyword per control, returns a new figure.
        controls: the values of each control, in the order of the slider.
        default: the value each control starts at; the first where it is silent.
        alt: what is seen at the start and how it changes with the controls.
        labels: how a control is called on the page.
        caption: plain text; gives the figure a number.
        name: label for ``{numref}``.

    Raises:
        SpinesegError: if there are more than 25 combinations, the frames weigh more
            than 300 kB, or a default is none of the values.
    """
    demand_alt(alt)
    start = _start(controls, default or {})
    names = {key: (labels or {}).get(key, key) for key in controls}
    if os.environ.get(STATIC):
        _show_frames(draw, controls, start, names, (alt, caption, name))
    else:
        show_widgets(draw, controls, start, names)


def _start(
    controls: Mapping[str, Sequence[Any]], default: Mapping[str, Any]
) -> dict[str, Any]:
    start = {key: default.get(key, values[0]) for key, values in controls.items()}
    for key, value in start.items():
        if value not in controls[key]:
            raise SpinesegError(
                f"the default of {key!r} is none of its values",
                found=value,
                expected=list(controls[key]),
            )
    return start


def _show_frames(
    draw: Draw,
    controls: Mapping[str, Sequence[Any]],
    start: Mapping[str, Any],
    names: Mapping[str, str],
    words: tuple[str, str | None, str | None],
) -> None:
    combinations = list(itertools.product(*controls.values()))
    if len(combinations) > MOST_FRAMES:
        raise SpinesegError(
            "too many combinations for a page without a kernel",
            found=len(combinations),
            expected=f"at most {MOST_FRAMES}",
            remedy="Give the controls fewer values",
        )
    frames = [_frame(draw, dict(zip(controls, c, strict=True))) for c in combinations]
    weight = sum(map(len, frames)) * 3 // 4
    if weight > MOST_BYTES:
        raise SpinesegError(
            "the frames weigh too much for a page",
            found=f"{weight} bytes",
            expected=f"at most {MOST_BYTES}",
            remedy="Draw a smaller figure or give the controls fewer values",
        )
    alt, caption, name = words
    page = {
        "alt": alt,
        "caption": caption,
        "name": name,
        "controls": [
            {
                "name": key,
                "label": names[key],
                "values": [_plain(v) for v in values],
                "default": list(values).index(start[key]),
            }
            for key, values in controls.items()
        ],
        "frames": frames,
        "start": combinations.index(tuple(start.values())),
    }
    text = f"[explorer: {', '.join(names.values())}. {alt}]"
    display({STEPS_MIME: page, "text/plain": text}, raw=True)


def _frame(draw: Draw, values: Mapping[str, Any]) -> str:
    fig = on_film(draw(**values))
    frame = web_picture(fig, _FRAME_DPI, _FRAME_QUALITY)
    plt.close(fig)
    return frame


def on_film(fig: Figure) -> Figure:
    """Put a figure on the dark frame that films keep on light and dark pages."""
    darken(fig)
    legible(fig, FILM)
    fig.set_facecolor(FILM)
    return fig


def _plain(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else value


def show_widgets(
    draw: Draw,
    controls: Mapping[str, Sequence[Any]],
    start: Mapping[str, Any],
    names: Mapping[str, str],
) -> None:
    """Show sliders that redraw the figure; needs a kernel."""
    import ipywidgets as widgets

    sliders = {
        key: widgets.SelectionSlider(
            options=list(values),
            value=start[key],
            description=names[key],
            continuous_update=False,
            style={"description_width": "initial"},
            layout=widgets.Layout(width="32rem"),
        )
        for key, values in controls.items()
    }
    screen = widgets.Output()

    def redraw(_: Any = None) -> None:
        fig = on_film(draw(**{key: s.value for key, s in sliders.items()}))
        picture = base64.b64decode(web_picture(fig, _FRAME_DPI))
        plt.close(fig)
        with screen:
            clear_output(wait=True)
            display(Image(data=picture, format="webp", embed=True))

    for slider in sliders.values():
        slider.observe(redraw, names="value")
    redraw()
    display(widgets.VBox([*sliders.values(), screen]))
