"""UNet++ as cvmunet's Table 3 counts it: 47,176,132 parameters.

x_(i, j): node of row i (0 is the finest) and column j; it joins all nodes of its row
before it with the enlarged node below left. The widths are twice those of the cited
paper, rises are 4 x 4 transposed convolutions, and the decoder has no norms.
Source: Zhou et al. 2018, doi:10.1007/978-3-030-00889-5_1; the variant follows from
the count.
"""

from collections.abc import Sequence
from itertools import pairwise

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from spineseg.models.registry import register
from spineseg.models.unet import WIDTHS, DoubleConv, check_multiple


@register("cvmunet/unet_plus_plus")
class UNetPlusPlus(nn.Module):
    """Nested U-Net; the mean of the heads of the finest row is the output.

    Args:
        in_channels: of the picture.
        classes: channels of the output.
        widths: of the rows.
    """

    def __init__(
        self, in_channels: int = 3, classes: int = 1, widths: Sequence[int] = WIDTHS
    ) -> None:
        super().__init__()
        self.rows = len(widths)
        both = (nn.BatchNorm2d, nn.BatchNorm2d)
        self.encoder = nn.ModuleList(
            DoubleConv(a, b, b, both, bias=True)
            for a, b in pairwise((in_channels, *widths))
        )
        self.ups, self.nodes = nn.ModuleDict(), nn.ModuleDict()
        for i, j in self.grid():
            c, below = widths[i], widths[i + 1]
            self.ups[f"{i}_{j}"] = nn.ConvTranspose2d(below, c, 4, stride=2, padding=1)
            joined = (j + 1) * c
            self.nodes[f"{i}_{j}"] = DoubleConv(joined, c, c, (None, None), bias=True)
        self.finals = nn.ModuleList(
            nn.Conv2d(widths[0], classes, 1) for _ in range(self.rows - 1)
        )
        self.multiple = 2 ** (self.rows - 1)

    def grid(self) -> list[tuple[int, int]]:
        """Return row and column of every node right of the encoder, column first."""
        n = self.rows
        return [(i, j) for j in range(1, n) for i in range(n - j)]

    def heads(self, x: Float[Tensor, "b c h w"]) -> dict[str, Tensor]:
        """Return the logits of each column and their mean, "logits".

        Raises:
            SpinesegError: if rows or columns are no multiple of ``self.multiple``.
        """
        check_multiple(x, self.multiple)
        row: list[list[Tensor]] = []
        for i, level in enumerate(self.encoder):
            x = level(functional.max_pool2d(x, 2) if i else x)
            row.append([x])
        for i, j in self.grid():
            key = f"{i}_{j}"
            up = self.ups[key](row[i + 1][j - 1])
            row[i].append(self.nodes[key](torch.cat([*row[i], up], dim=1)))
        out = {
            f"column_{j}": final(row[0][j]) for j, final in enumerate(self.finals, 1)
        }
        return {"logits": torch.stack(list(out.values())).mean(0)} | out

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b k h w"]:
        """Return the mean logits."""
        return self.heads(x)["logits"]
