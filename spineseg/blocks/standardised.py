"""Weight standardisation: each filter has mean 0 and variance 1 before it is used.

With group norm it replaces batch norm where batches are small.
Source: Qiao et al. 2019, arXiv:1903.10520; Kolesnikov et al. 2020 (BiT),
doi:10.1007/978-3-030-58558-7_29.
"""

from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional


class StandardisedConv2d(nn.Conv2d):
    """Convolution without bias whose filters are standardised at each use."""

    def __init__(self, c_in: int, c_out: int, kernel: int, stride: int = 1) -> None:
        super().__init__(c_in, c_out, kernel, stride, kernel // 2, bias=False)

    def forward(self, input: Float[Tensor, "b c h w"]) -> Float[Tensor, "b d h2 w2"]:
        """Return the map under the standardised filters."""
        variance, mean = torch.var_mean(
            self.weight, (1, 2, 3), correction=0, keepdim=True
        )
        weight = (self.weight - mean) / torch.sqrt(variance + 1e-5)
        return functional.conv2d(input, weight, None, self.stride, self.padding)


def groups(channels: int, most: int = 32) -> nn.GroupNorm:
    """Return a norm over ``most`` groups of channels, or fewer if there are fewer."""
    return nn.GroupNorm(min(most, channels), channels, eps=1e-6)


class StandardisedBottleneck(nn.Module):
    """1 x 1, 3 x 3, 1 x 1 with group norms, beside a shortcut; ReLU of the sum.

    Args:
        c_in: channels before.
        c_out: channels after; a quarter of them between.
        stride: of the 3 x 3 convolution and the shortcut.
    """

    def __init__(self, c_in: int, c_out: int, stride: int = 1) -> None:
        super().__init__()
        mid = c_out // 4
        act: Callable[[], nn.Module] = nn.ReLU
        self.main = nn.Sequential(
            StandardisedConv2d(c_in, mid, 1),
            *(groups(mid), act()),
            StandardisedConv2d(mid, mid, 3, stride),
            *(groups(mid), act()),
            StandardisedConv2d(mid, c_out, 1),
            groups(c_out),
        )
        self.shortcut: nn.Module = nn.Identity()
        if stride > 1 or c_in != c_out:
            self.shortcut = nn.Sequential(
                StandardisedConv2d(c_in, c_out, 1, stride),
                nn.GroupNorm(c_out, c_out),
            )

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b d h2 w2"]:
        """Add the main path to the shortcut."""
        return functional.relu(self.main(x) + self.shortcut(x))
