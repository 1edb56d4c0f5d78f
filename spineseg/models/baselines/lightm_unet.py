"""LightM-UNet as cvmunet's Table 3 counts it: 380,812 parameters, printed as 0.05 M.

The printed number leaves out the Mamba blocks, whose fused call a counter of layers
does not see, the group norms and the scales: 47,700 are left.

What the paper says: the layers and their order, separable convolutions, added skips.
What the counts decide, against the paper or where it is silent: 8 filters instead of
32, one layer norm for two uses, no bias but in the last convolution.
RVM: residual vision Mamba layer; s: its learned scale.
Source: Liao et al. 2024, arXiv:2403.05246, Secs. 2.2 to 2.4.
"""

from collections.abc import Sequence

import torch
from einops import rearrange
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from spineseg.blocks.conv import DepthwiseSeparable
from spineseg.blocks.mamba import Mamba
from spineseg.models.registry import register
from spineseg.models.unet import check_multiple

DEPTHS = (1, 2, 2, 4)


def _norm(channels: int) -> nn.GroupNorm:
    return nn.GroupNorm(8, channels)


class RVM(nn.Module):
    """Linear(LN(Mamba(LN(x)) + s x)) on the pixels, row by row; one LN for both.

    Args:
        c_in: channels before.
        c_out: channels after.
        states: of Mamba.
    """

    def __init__(self, c_in: int, c_out: int, states: int = 16) -> None:
        super().__init__()
        # one norm, used twice: with two the count would not be the printed one
        self.norm, self.mamba = nn.LayerNorm(c_in), Mamba(c_in, states)
        self.proj = nn.Linear(c_in, c_out)
        self.scale = nn.Parameter(torch.ones(1))

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b d h w"]:
        """Return the map with c_out channels."""
        tokens = rearrange(x, "b c h w -> b (h w) c")
        y = self.mamba(self.norm(tokens)) + self.scale * tokens
        y = self.proj(self.norm(y))
        return rearrange(y, "b (h w) d -> b d h w", h=x.shape[2])


class ResidualRVM(nn.Module):
    """x plus two layers, each behind a group norm and ReLU."""

    def __init__(self, channels: int, states: int = 16) -> None:
        super().__init__()
        self.norms = nn.ModuleList(_norm(channels) for _ in range(2))
        self.layers = nn.ModuleList(RVM(channels, channels, states) for _ in range(2))

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b c h w"]:
        """Add what the layers find."""
        y = x
        for norm, layer in zip(self.norms, self.layers, strict=True):
            y = layer(functional.relu(norm(y)))
        return x + y


class Refine(nn.Module):
    """ReLU(norm(separable convolution of ReLU(norm(x)) + s x))."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.before, self.after = _norm(channels), _norm(channels)
        self.conv = DepthwiseSeparable(channels, channels)
        self.scale = nn.Parameter(torch.ones(1))

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b c h w"]:
        """Return the refined map."""
        y = self.conv(functional.relu(self.before(x))) + self.scale * x
        return functional.relu(self.after(y))


class Rise(nn.Sequential):
    """1 x 1 convolution to half the channels, then bilinear to twice the size."""

    def __init__(self, channels: int) -> None:
        super().__init__(
            nn.Conv2d(channels, channels // 2, 1, bias=False),
            nn.Upsample(scale_factor=2, mode="bilinear", align_corners=False),
        )


@register("cvmunet/lightm_unet")
class LightMUNet(nn.Module):
    """Mamba layers going down, separable convolutions going up; skips are added.

    Args:
        in_channels: of the picture.
        classes: channels of the output.
        filters: channels of the finest level, doubled at each halving; a multiple of
            8. The paper says 32; only 8 gives the printed numbers.
        depths: residual pairs at each level.
        states: of Mamba.
    """

    def __init__(
        self,
        in_channels: int = 3,
        classes: int = 1,
        filters: int = 8,
        depths: Sequence[int] = DEPTHS,
        states: int = 16,
    ) -> None:
        super().__init__()
        self.multiple = 2 ** (len(depths) - 1)
        widths = [filters * 2**i for i in range(len(depths))]
        self.stem = DepthwiseSeparable(in_channels, filters)
        self.sinks = nn.ModuleList(RVM(c // 2, c, states) for c in widths[1:])
        self.levels = nn.ModuleList(
            nn.Sequential(*(ResidualRVM(c, states) for _ in range(depth)))
            for c, depth in zip(widths, depths, strict=True)
        )
        self.rises = nn.ModuleList(Rise(c) for c in reversed(widths[1:]))
        self.refines = nn.ModuleList(Refine(c) for c in reversed(widths[:-1]))
        self.norm = _norm(filters)
        self.head = DepthwiseSeparable(filters, classes, 1, bias=True)

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b k h w"]:
        """Return logits.

        Raises:
            SpinesegError: if rows or columns do not halve at every level.
        """
        check_multiple(x, self.multiple)
        x = self.levels[0](self.stem(x))
        maps = []
        for sink, level in zip(self.sinks, list(self.levels)[1:], strict=True):
            maps.append(x)
            x = level(functional.max_pool2d(sink(x), 2))
        for rise, refine in zip(self.rises, self.refines, strict=True):
            x = refine(rise(x) + maps.pop())
        return self.head(functional.relu(self.norm(x)))
