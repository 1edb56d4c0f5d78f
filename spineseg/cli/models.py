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
    "cervspinenet/deeplab_v3_plus": "ResNet-50: BSD-3-Clause",
    "cvmunet/condseg": "ResNet-50: BSD-3-Clause",
    "cvmunet/convnext_unet": "ConvNeXt-T: Apache-2.0",
    "cvmunet/convnext_unet_res_relu": "ConvNeXt-T: Apache-2.0",
    "cvmunet/convnext_unet_scsa": "ConvNeXt-T: Apache-2.0",
    "cvmunet/convnext_unet_vss": "ConvNeXt-T: Apache-2.0",
    "cvmunet/cvm_unet": "ConvNeXt-T: Apache-2.0",
    "cvmunet/meta_unet": "ResNet-34: BSD-3-Clause",
    "cvmunet/swin_unet": "Swin-T (with depths 2, 2, 6, 2): MIT",
    "mdwcnet/deeplab_v3_plus": "ResNet-50: BSD-3-Clause",
    "mdwcnet/fcn_8s": "VGG-16: BSD-3-Clause",
    "mdwcnet/pspnet": "ResNet-50: BSD-3-Clause",
    "wgan_ctm/deeplab_v3_plus": "ResNet-50: BSD-3-Clause",
    "wgan_ctm/segnet": "VGG-16 with norms: BSD-3-Clause",
}
"""Of published weights that a loader here reads from a file of the user's.

Where several publish an encoder: torchvision's for ResNet and VGG, the authors' models
on Hugging Face for SAM and ConvNeXt, the authors' repository for Swin.
"""

FRESH = (
    "All begin with random weights; published ones come from a file of yours only: "
    "spineseg.models.load_encoder(model, FILE)."
)

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
    from a file. In Python, spineseg.models.load_encoder does that; for SAM's it is
    load_sam and load_sam_encoder of spineseg.models.sam_weights.
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
