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

OWN_SIDES = {
    "cervspinenet/deeplab_v3_plus": 512,
    "cervspinenet/segformer_text": 512,
    "cervspinenet/unet": 512,
    "cvmunet/dense_unet": 448,
    "cvmunet/meta_unet": 448,
    "cvmunet/swin_unet": 448,
    "cvmunet/vm_unet_v2": 448,
    "wgan_ctm/segnet": 256,  # printed as 256 x 246
    "wgan_ctm/unet": 256,
}
"""Rows that their papers feed, or count (cvmunet, Table 3), at another size."""

PAPERS = {
    "cervspinenet": "Sawant 2026",
    "cvmunet": "Xue 2025",
    "inception_unet": "Silveira 2025",
    "mdwcnet": "Gu 2025",
    "wgan_ctm": "Liu 2024",
}
"""First author and year, as in the book's references."""

LICENCES = {
    "cervspinenet/cervspinenet": "SAM encoder: Apache-2.0",
    "cervspinenet/vit_basic": "SAM encoder: Apache-2.0",
    "cervspinenet/sam": "SAM ViT-B: Apache-2.0",
    "cervspinenet/sam_one_by_one": "SAM ViT-B: Apache-2.0",
}
"""Of published weights that a loader here reads from a file of the user's."""

FRESH = "All begin with random weights; published ones come from a file of yours only."

COLUMNS = (
    *("name", "paper", "role", "side"),
    *("parameters", "MACs", "memory", "multiple", "weights"),
)
WIDTHS = 34, 13, 8, 5, 12, 10, 9, 8
LEFT = 3
"""So many columns begin at the left, like words; the others end at the right."""


@app.command()
def models(
    paper: Annotated[
        str | None,
        typer.Argument(help="Only this paper's, such as cvmunet.", show_default=False),
    ] = None,
) -> None:
    """List networks: parameters, multiply-accumulates, memory of the weights.

    Counted for one picture of the paper's size, channels and classes, without computing
    it; side: its rows and columns. Memory is that of the weights in single precision;
    rows and columns of a picture must divide by the multiple. No weights are shipped or
    downloaded: the last column names the licence of published ones that can be loaded
    from a file.
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
    typer.echo(FRESH)


def _row(name: str) -> tuple[str, ...]:
    import torch

    from spineseg.audit.counters_true import count
    from spineseg.models import create_model

    channels, classes = _paper_sizes(name)
    with torch.device("meta"):
        model = create_model(name, channels, classes)
    paper = name.split("/")[0]
    side = OWN_SIDES.get(name, SIDES[paper])
    counted = count(model, (1, channels, side, side))
    return (
        name,
        PAPERS[paper],
        "proposed" if name in PROPOSED else "compared",
        str(side),
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
    sized = list(zip(cells[:-1], WIDTHS, strict=True))
    left = [cell.ljust(width) for cell, width in sized[:LEFT]]
    right = [cell.rjust(width) for cell, width in sized[LEFT:]]
    return " ".join((*left, *right, cells[-1]))
