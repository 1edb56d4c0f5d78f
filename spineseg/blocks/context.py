"""Context from far away: atrous spatial pyramid pooling and pyramid pooling."""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from spineseg.blocks.conv import ConvNormAct


class PooledBranch(nn.Module):
    """Mean over bins x bins fields, 1 x 1 convolution, back to the size by bilinear.

    Args:
        c_in: channels before.
        c_out: channels after.
        bins: 1 is the mean of the whole picture.
        mean_norm: a batch norm behind the mean of the whole picture, as the originals
            have it. It sees one value a picture, so batches of one cannot be trained;
            no table of the five papers prints a count that would tell.
    """

    def __init__(
        self, c_in: int, c_out: int, bins: int = 1, mean_norm: bool = False
    ) -> None:
        super().__init__()
        norm = None if bins == 1 and not mean_norm else nn.BatchNorm2d
        self.bins = bins
        self.conv = ConvNormAct(c_in, c_out, 1, norm=norm, bias=norm is None)

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b d h w"]:
        """Return the context, as large as the input."""
        pooled = self.conv(functional.adaptive_avg_pool2d(x, self.bins))
        return functional.interpolate(
            pooled, size=x.shape[2:], mode="bilinear", align_corners=False
        )


class ASPP(nn.Module):
    """1 x 1, one dilated 3 x 3 for each rate, and the mean; concatenated, 1 x 1.

    Source: Chen et al. 2018 (DeepLabV3+), doi:10.1007/978-3-030-01234-2_49.

    Args:
        c_in: channels before.
        c_out: channels after.
        rates: dilations.
        mean_norm: see :class:`PooledBranch`.
    """

    def __init__(
        self,
        c_in: int,
        c_out: int = 256,
        rates: Sequence[int] = (6, 12, 18),
        mean_norm: bool = False,
    ) -> None:
        super().__init__()
        self.branches = nn.ModuleList(
            [
                ConvNormAct(c_in, c_out, 1),
                *(ConvNormAct(c_in, c_out, 3, dilation=r) for r in rates),
                PooledBranch(c_in, c_out, mean_norm=mean_norm),
            ]
        )
        self.project = ConvNormAct(len(self.branches) * c_out, c_out, 1)

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b d h w"]:
        """Return the merged branches."""
        return self.project(torch.cat([branch(x) for branch in self.branches], dim=1))


class PyramidPooling(nn.Module):
    """The map beside its means over 1, 2, 3 and 6 fields a side.

    Source: Zhao et al. 2017 (PSPNet), doi:10.1109/CVPR.2017.660.

    Args:
        c_in: channels before; each branch gets c_in // number of bins.
        bins: fields a side.
        mean_norm: see :class:`PooledBranch`.
    """

    def __init__(
        self,
        c_in: int,
        bins: Sequence[int] = (1, 2, 3, 6),
        mean_norm: bool = False,
    ) -> None:
        super().__init__()
        part = c_in // len(bins)
        self.branches = nn.ModuleList(
            PooledBranch(c_in, part, b, mean_norm) for b in bins
        )
        self.c_out = c_in + part * len(bins)

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b d h w"]:
        """Return the map and its pooled versions side by side."""
        return torch.cat([x, *(branch(x) for branch in self.branches)], dim=1)
