"""SCSA: shared multi-semantic spatial attention, then channel self-attention.

SMSA: which rows and which columns, from profiles filtered at four scales. PCSA: which
channels, by attention between channels on a pooled map.
Source: Si et al. 2024, arXiv:2407.05128; cvmunet Sec. 3.5.
"""

from collections.abc import Sequence

import torch
from einops import rearrange
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from spineseg.core.errors import SpinesegError


class SMSA(nn.Module):
    """x * gate of the rows * gate of the columns.

    Args:
        channels: a multiple of the number of kernels.
        kernels: odd sizes, one for each group of channels; shared by rows and columns.
    """

    def __init__(self, channels: int, kernels: Sequence[int] = (3, 5, 7, 9)) -> None:
        super().__init__()
        if channels % len(kernels):
            raise SpinesegError(
                "the channels do not fall into equal groups",
                found=channels,
                expected=f"a multiple of {len(kernels)}",
            )
        self.part = channels // len(kernels)
        self.convs = nn.ModuleList(
            nn.Conv1d(self.part, self.part, k, padding=k // 2, groups=self.part)
            for k in kernels
        )
        self.norm_h = nn.GroupNorm(len(kernels), channels)
        self.norm_w = nn.GroupNorm(len(kernels), channels)

    def gate(
        self, profile: Float[Tensor, "b c n"], norm: nn.Module
    ) -> Float[Tensor, "b c n"]:
        """Return the weights along one axis."""
        parts = profile.split(self.part, dim=1)
        scales = [conv(part) for conv, part in zip(self.convs, parts, strict=True)]
        return torch.sigmoid(norm(torch.cat(scales, dim=1)))

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b c h w"]:
        """Weigh rows and columns."""
        a_h = rearrange(self.gate(x.mean(3), self.norm_h), "b c h -> b c h 1")
        a_w = rearrange(self.gate(x.mean(2), self.norm_w), "b c w -> b c 1 w")
        return x * a_h * a_w


class PCSA(nn.Module):
    """x * sigmoid(mean over pixels of attention between channels).

    Args:
        channels: a multiple of ``heads``.
        heads: groups of channels that attend to one another.
        window: side of the average pooling before; a smaller map is pooled whole.
        dropout: on the attention.
    """

    def __init__(
        self, channels: int, heads: int = 8, window: int = 7, dropout: float = 0.0
    ) -> None:
        super().__init__()
        if channels % heads:
            raise SpinesegError(
                "the channels do not divide among the heads",
                found=f"{channels} channels, {heads} heads",
            )
        self.heads, self.window = heads, window
        self.norm = nn.GroupNorm(1, channels)
        self.q, self.k, self.v = (
            nn.Conv2d(channels, channels, 1, groups=channels, bias=False)
            for _ in range(3)
        )
        self.dropout = nn.Dropout(dropout)

    def weights(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b c"]:
        """Return one weight a channel."""
        height, width = x.shape[2:]
        window = (min(self.window, height), min(self.window, width))
        y = self.norm(functional.avg_pool2d(x, window))
        q, k, v = (
            rearrange(m(y), "b (n d) h w -> b n d (h w)", n=self.heads)
            for m in (self.q, self.k, self.v)
        )
        # the channels are the tokens here: the scale is their number in a head
        scores = q @ k.transpose(-2, -1) * q.shape[2] ** -0.5
        out = self.dropout(torch.softmax(scores, dim=-1)) @ v
        return torch.sigmoid(rearrange(out.mean(-1), "b n d -> b (n d)"))

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b c h w"]:
        """Weigh the channels."""
        return x * rearrange(self.weights(x), "b c -> b c 1 1")


class SCSA(nn.Sequential):
    """SMSA, then PCSA.

    cvmunet gives neither heads nor window (specification, Sec. 8).
    """

    def __init__(self, channels: int, heads: int = 8, window: int = 7) -> None:
        super().__init__(SMSA(channels), PCSA(channels, heads, window))
