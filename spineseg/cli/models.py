"""``spineseg models``: every network, with its size."""

from typing import TYPE_CHECKING, Annotated

import typer

from spineseg.cli import app
from spineseg.core.errors import SpinesegError

if TYPE_CHECKING:
    from torch import nn

PROPOSED = {
    "cvmunet/cvm_unet",
    "cervspinenet/cervspinenet",
    "inception_unet/inception_unet",
    "mdwcnet/mdwc_net",
    "wgan_ctm/generator",
    "wgan_ctm/critic",
}
SIDES = {
    "cervspinenet": 1024,
    "cvmunet": 480,
    "inception_unet": 128,
    "mdwcnet": 256,
    "wgan_ctm": 512,
}
"""Rows and columns of a picture in each paper."""

LICENCES = {
    "cervspinenet/cervspinenet": "SAM encoder: Apache-2.0",
    "cervspinenet/vit_basic": "SAM encoder: Apache-2.0",
    "cervspinenet/sam": "SAM ViT-B: Apache-2.0",
    "cervspinenet/sam_one_by_one": "SAM ViT-B: Apache-2.0",
}
"""Of published weights that a loader here reads from a file of the user's."""

COLUMNS = "name", "role", "parameters", "MACs", "memory", "multiple", "weights"
WIDTHS = 34, 9, 12, 11, 10, 8


@app.command()
def models(
    paper: Annotated[
        str | None,
        typer.Argument(help="Only this paper's, such as cvmunet.", show_default=False),
    ] = None,
) -> None:
    """List networks: parameters, multiply-accumulates, memory of the weights.

    Counted for one picture of the paper's size, channels and classes, without computing
    it. Memory is that of the weights in single precision; rows and columns of a picture
    must divide by the multiple. No weights are shipped or downloaded: the last column
    names the licence of published ones that can be loaded from a file.
    """
    from spineseg.models import list_models

    names = list_models(paper)
    if not names:
        papers = sorted({n.split("/")[0] for n in list_models()})
        raise SpinesegError(
            "no network of such a paper", found=paper, expected=", ".join(papers)
        )
    typer.echo(_line(COLUMNS))
    for name in names:
        typer.echo(_line(_row(name)))


def _row(name: str) -> tuple[str, ...]:
    import torch

    from spineseg.audit.counters_true import count
    from spineseg.models import create_model

    channels, classes = _paper_sizes(name)
    with torch.device("meta"):
        model = create_model(name, channels, classes)
    side = SIDES[name.split("/")[0]]
    counted = count(model, (1, channels, side, side))
    return (
        name,
        "proposed" if name in PROPOSED else "compared",
        f"{counted.parameters:,}",
        f"{counted.macs / 1e9:.2f} G",
        f"{4 * counted.parameters / 2**20:.1f} MiB",
        str(_multiple(model)),
        LICENCES.get(name, "none shipped"),
    )


def _paper_sizes(name: str) -> tuple[int, int]:
    """Return channels and classes as the paper of this network has them."""
    import inspect

    from spineseg.models.registry import MODELS

    known = inspect.signature(MODELS[name]).parameters
    return known["in_channels"].default, known["classes"].default


def _multiple(model: "nn.Module") -> int:
    return int(getattr(model, "multiple", 1))


def _line(cells: tuple[str, ...]) -> str:
    left = [cell.ljust(w) for cell, w in zip(cells[:2], WIDTHS, strict=False)]
    right = [cell.rjust(w) for cell, w in zip(cells[2:-1], WIDTHS[2:], strict=True)]
    return " ".join((*left, *right, cells[-1]))
