"""Which channels matter: squeeze-and-excitation and its cheap successor ECA.

z: one number a channel (its mean over the picture); s: one weight a channel, in (0, 1).
"""

import math

import torch
from einops import rearrange
from jaxtyping import Float
from torch import Tensor, nn


class SqueezeExcite(nn.Module):
    """s = sigmoid(W_2 ReLU(W_1 z)); x * s.

    Source: Hu, Shen, Sun 2018, doi:10.1109/CVPR.2018.00745; cervspinenet Eqs. 4 to 6.

    Args:
        channels: before and after.
        reduction: W_1 has channels // reduction rows, at least one.
        bias: of both matrices (cervspinenet is silent).
    """

    def __init__(self, channels: int, reduction: int = 16, bias: bool = True) -> None:
        super().__init__()
        inner = max(channels // reduction, 1)
        self.w_1 = nn.Linear(channels, inner, bias=bias)
        self.w_2 = nn.Linear(inner, channels, bias=bias)

    def weights(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b c"]:
        """Return one weight a channel."""
        z = x.mean((2, 3))
        return torch.sigmoid(self.w_2(torch.relu(self.w_1(z))))

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b c h w"]:
        """Weigh the channels."""
        return x * rearrange(self.weights(x), "b c -> b c 1 1")


def eca_kernel(channels: int, gamma: float = 2, b: float = 1) -> int:
    """Return ECA's odd kernel size, |log2(C) / gamma + b / gamma|, up if even.

    Source: Wang et al. 2020, doi:10.1109/CVPR42600.2020.01155, Eq. 12.
    """
    size = int(abs((math.log2(channels) + b) / gamma))
    return size if size % 2 else size + 1


class ECA(nn.Module):
    """s = sigmoid(1-D convolution of z along the channels); x * s.

    Three to five weights in all, where squeeze-and-excitation has 2 c^2 / r. The price:
    a channel sees only its neighbours in the order of the channels.

    Args:
        channels: before and after.
        kernel: odd; :func:`eca_kernel` unless given.
    """

    def __init__(self, channels: int, kernel: int | None = None) -> None:
        super().__init__()
        size = kernel or eca_kernel(channels)
        self.conv = nn.Conv1d(1, 1, size, padding=size // 2, bias=False)

    def weights(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b c"]:
        """Return one weight a channel."""
        z = rearrange(x.mean((2, 3)), "b c -> b 1 c")
        return torch.sigmoid(self.conv(z)).squeeze(1)

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b c h w"]:
        """Weigh the channels."""
        return x * rearrange(self.weights(x), "b c -> b c 1 1")
