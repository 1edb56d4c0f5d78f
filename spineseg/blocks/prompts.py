"""Segment Anything's prompt encoder: points, and a mask, as tokens.

n: points of a picture; c: channels of a token. A place (x, y) in [0, 1] becomes
sin and cos of 2 pi G (2 (x, y) - 1) with a fixed random matrix G (Tancik et al. 2020,
arXiv:2006.10739). The names of the weights are those of the published checkpoints.

Source: Kirillov et al. 2023, arXiv:2304.02643, Sec. 3.
"""

import math

import torch
from einops import rearrange, repeat
from jaxtyping import Bool, Float
from torch import Tensor, nn

from spineseg.blocks.norm import LayerNorm2d

POSITIVE = 1
"""Row of ``point_embeddings`` for a point on the object; 0: beside it; 2, 3: corners
of a box."""


class RandomPlaces(nn.Module):
    """Places as sines and cosines of random frequencies."""

    positional_encoding_gaussian_matrix: Tensor

    def __init__(self, channels: int) -> None:
        super().__init__()
        frequencies = torch.randn(2, channels // 2)
        self.register_buffer("positional_encoding_gaussian_matrix", frequencies)

    def forward(self, places: Float[Tensor, "... 2"]) -> Float[Tensor, "... c"]:
        """Return the code of places (x, y) in [0, 1]."""
        turns = (2 * places - 1) @ self.positional_encoding_gaussian_matrix
        angle = 2 * math.pi * turns
        return torch.cat([angle.sin(), angle.cos()], dim=-1)


class PromptEncoder(nn.Module):
    """Points to tokens, and the map that stands for a mask.

    Args:
        channels: of a token.
        inner: channels between the convolutions that read a mask, times four.
    """

    def __init__(self, channels: int = 256, inner: int = 16) -> None:
        super().__init__()
        self.pe_layer = RandomPlaces(channels)
        self.point_embeddings = nn.ModuleList(
            nn.Embedding(1, channels) for _ in range(4)
        )
        self.not_a_point_embed = nn.Embedding(1, channels)
        self.no_mask_embed = nn.Embedding(1, channels)
        self.mask_downscaling = nn.Sequential(
            nn.Conv2d(1, inner // 4, 2, stride=2),
            LayerNorm2d(inner // 4),
            nn.GELU(),
            nn.Conv2d(inner // 4, inner, 2, stride=2),
            LayerNorm2d(inner),
            nn.GELU(),
            nn.Conv2d(inner, channels, 1),
        )

    def points(
        self, places: Float[Tensor, "b n 2"], present: Bool[Tensor, "b n"]
    ) -> Float[Tensor, "b m c"]:
        """Return a token for each point on the object, and one "no point" behind.

        Args:
            places: (x, y) in [0, 1].
            present: False makes a point another "no point".
        """
        here = self.pe_layer(places) + self.point_embeddings[POSITIVE].weight
        absent = self.not_a_point_embed.weight
        tokens = torch.where(present[..., None], here, absent)
        last = repeat(absent, "1 c -> b 1 c", b=len(tokens))
        return torch.cat([tokens, last], dim=1)

    def grid(self, height: int, width: int) -> Float[Tensor, "c h w"]:
        """Return the code of the middle of every pixel of a feature map."""
        like = self.pe_layer.positional_encoding_gaussian_matrix
        rows = (torch.arange(height).to(like) + 0.5) / height
        columns = (torch.arange(width).to(like) + 0.5) / width
        y, x = torch.meshgrid(rows, columns, indexing="ij")
        return rearrange(self.pe_layer(torch.stack([x, y], -1)), "h w c -> c h w")

    def no_mask(self) -> Float[Tensor, "1 c 1 1"]:
        """Return what is added to every pixel when no mask is given."""
        return rearrange(self.no_mask_embed.weight, "1 c -> 1 c 1 1")

    def mask(self, scores: Float[Tensor, "b 1 y x"]) -> Float[Tensor, "b c h w"]:
        """Return the map of a mask four times as large as the feature map."""
        return self.mask_downscaling(scores)
