"""The plain two-dimensional network of nnU-Net, as it plans it for 512 x 512.

Two convolutions a level with instance norm and leaky ReLU, halving by stride, 32
features that double up to 512, down to 4 x 4, and a head at every level of the decoder.
nnU-Net is more than this network: it plans, augments, folds and ensembles. The real one
runs on a folder written by :func:`spineseg.datasets.nnunet.export_nnunet`.

Source: Isensee et al. 2021, doi:10.1038/s41592-020-01008-z, Online Methods; the row of
wgan_ctm's Table 1 ("2D U-Net", 512 x 512, 1000 epochs, batch 2).
"""

from collections.abc import Sequence
from itertools import pairwise

import torch
from jaxtyping import Float
from torch import Tensor, nn

from spineseg.models.registry import register
from spineseg.models.unet import check_multiple

WIDTHS = (32, 64, 128, 256, 512, 512, 512, 512)


class ConvInstanceLeaky(nn.Sequential):
    """3 x 3 convolution with bias, instance norm with scale, leaky ReLU (0.01)."""

    def __init__(self, c_in: int, c_out: int, stride: int = 1) -> None:
        super().__init__(
            nn.Conv2d(c_in, c_out, 3, stride, padding=1),
            nn.InstanceNorm2d(c_out, affine=True),
            nn.LeakyReLU(0.01),
        )


class Level(nn.Sequential):
    """Two of them; the first may halve the size."""

    def __init__(self, c_in: int, c_out: int, stride: int = 1) -> None:
        super().__init__(
            ConvInstanceLeaky(c_in, c_out, stride), ConvInstanceLeaky(c_out, c_out)
        )


@register("wgan_ctm/nnunet")
class NNUNet(nn.Module):
    """Strided encoder, transposed convolutions up, skips, deep supervision.

    Args:
        in_channels: of the picture.
        classes: channels of the output.
        widths: of the levels from the top down.
    """

    deep_outputs = True  # of heads(); training gives each a loss

    def __init__(
        self, in_channels: int = 1, classes: int = 4, widths: Sequence[int] = WIDTHS
    ) -> None:
        super().__init__()
        self.encoder = nn.ModuleList(
            Level(a, b, stride=2 if i else 1)
            for i, (a, b) in enumerate(pairwise((in_channels, *widths)))
        )
        rises = list(pairwise(reversed(widths)))
        self.ups = nn.ModuleList(
            nn.ConvTranspose2d(a, b, 2, stride=2) for a, b in rises
        )
        self.decoder = nn.ModuleList(Level(2 * b, b) for _, b in rises)
        self.outputs = nn.ModuleList(nn.Conv2d(b, classes, 1) for _, b in rises)
        self.multiple = 2 ** len(rises)

    def heads(self, x: Float[Tensor, "b c h w"]) -> dict[str, Tensor]:
        """Return "logits", and "deep_1", "deep_2", ...: each half the size before.

        nnU-Net weighs their losses by 1, 1/2, 1/4, ..., the last one by 0, in all 1:
        see :func:`deep_weights`.

        Raises:
            SpinesegError: if rows or columns are no multiple of ``self.multiple``.
        """
        check_multiple(x, self.multiple)
        maps: list[Tensor] = []
        for level in self.encoder:
            x = level(x)
            maps.append(x)
        found: list[Tensor] = []
        steps = zip(self.ups, self.decoder, self.outputs, maps[-2::-1], strict=True)
        for up, level, output, skip in steps:
            x = level(torch.cat([up(x), skip], dim=1))
            found.append(output(x))
        finest, *deep = reversed(found)
        named = {f"deep_{i}": y for i, y in enumerate(deep, start=1)}
        return {"logits": finest} | named

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b k h w"]:
        """Return the logits at the picture's size."""
        return self.heads(x)["logits"]


def deep_weights(outputs: int) -> list[float]:
    """Return the weights of the losses, finest first: halved, the last 0, in all 1."""
    if outputs == 1:
        return [1.0]
    halved = [0.5**i for i in range(outputs - 1)]
    return [*(w / sum(halved) for w in halved), 0.0]
