"""Aggregation by contrast: what is foreground and what is background weighs a window.

c: channels; k: side of a window; heads share the channels.
Source: Lei et al. 2025 (ConDSeg), arXiv:2412.08345, section on CDFA; the weights of a
window come from its centre, as in Yuan et al. 2022 (VOLO), arXiv:2106.13112.
"""

import torch
from einops import rearrange
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional


class ContrastAggregation(nn.Module):
    """Window by window: values, mixed by the foreground, then by the background.

    At every pixel the k x k values around it are mixed by a k^2 x k^2 matrix made from
    the foreground, then by one made from the background; windows overlap and are added.

    Args:
        channels: of the map and of both guides.
        heads: divide the channels.
        window: k, odd.
    """

    def __init__(self, channels: int, heads: int = 4, window: int = 3) -> None:
        super().__init__()
        self.heads, self.window = heads, window
        self.value = nn.Linear(channels, channels)
        self.foreground = nn.Linear(channels, heads * window**4)
        self.background = nn.Linear(channels, heads * window**4)
        self.project = nn.Linear(channels, channels)

    def weights(
        self, layer: nn.Module, guide: Float[Tensor, "b c h w"]
    ) -> Float[Tensor, "b n l k k"]:
        """Return one matrix a head and pixel; its rows add up to one."""
        made = layer(rearrange(guide, "b c h w -> b (h w) c"))
        k = self.window**2
        pattern = "b l (n i j) -> b n l i j"
        return rearrange(made, pattern, n=self.heads, i=k, j=k).softmax(-1)

    def forward(
        self,
        x: Float[Tensor, "b c h w"],
        foreground: Float[Tensor, "b c h w"],
        background: Float[Tensor, "b c h w"],
    ) -> Float[Tensor, "b c h w"]:
        """Return the map, its windows weighed twice."""
        size, k = (x.shape[2], x.shape[3]), self.window
        v = self.value(rearrange(x, "b c h w -> b h w c"))
        v = rearrange(v, "b h w c -> b c h w")
        v = functional.unfold(v, k, padding=k // 2)
        v = rearrange(v, "b (n d k) l -> b n l k d", n=self.heads, k=k * k)
        v = self.weights(self.foreground, foreground) @ v
        v = self.weights(self.background, background) @ v
        v = rearrange(v, "b n l k d -> b (n d k) l")
        y = functional.fold(v, size, k, padding=k // 2)
        y = self.project(rearrange(y, "b c h w -> b h w c"))
        return rearrange(y, "b h w c -> b c h w")


def join(parts: list[Tensor], like: Tensor) -> Tensor:
    """Bring maps to one size, bilinearly, and set them side by side."""
    size = like.shape[2:]
    same = [
        x
        if x.shape[2:] == size
        else functional.interpolate(x, size=size, mode="bilinear", align_corners=True)
        for x in parts
    ]
    return torch.cat(same, dim=1)
