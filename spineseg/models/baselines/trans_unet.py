"""TransUNet as cvmunet's Table 3 counts it: 68,787,313 parameters.

A short residual encoder to a sixteenth of the size, a transformer over its pixels, a
bilinear decoder. That is not the cited network (ResNet-50, ViT-B/16, 105 M; see
``mdwcnet/trans_unet``) but a smaller one in its spirit: four levels, widths 128 to
1024, eight blocks that norm after each sum.

The printed 67.86 M and 115.56 G are those of this network with one more 1024 x 1024
matrix, without bias, on the 900 tokens; the counts cannot say where it stands. The
900 positions and the class token are raw parameters and missing in the printed count.
Sources: Chen et al. 2021, arXiv:2102.04306 (the idea); the public variant
github.com/mkara44/transunet_pytorch (MIT) fixes the widths, but multiplies the
attention's scores by d / 2 where Vaswani et al. divide them by the root of d; here
they are divided.
"""

import torch
from einops import rearrange
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from spineseg.blocks.conv import ConvNormAct
from spineseg.blocks.transformer import SelfAttention
from spineseg.models.registry import register
from spineseg.models.unet import check_multiple, normed_double


class ResidualDown(nn.Module):
    """1 x 1, 3 x 3 of stride 2, 1 x 1, beside a 1 x 1 of stride 2; ReLU of the sum."""

    def __init__(self, c_in: int, c_out: int) -> None:
        super().__init__()
        self.main = nn.Sequential(
            ConvNormAct(c_in, c_out, 1),
            ConvNormAct(c_out, c_out, 3, stride=2),
            ConvNormAct(c_out, c_out, 1, act=None),
        )
        self.shortcut = ConvNormAct(c_in, c_out, 1, stride=2, act=None)

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b d h2 w2"]:
        """Return half as many rows and columns."""
        return functional.relu(self.main(x) + self.shortcut(x))


class PostNormBlock(nn.Module):
    """LN(x + MHA(x)), then LN(y + MLP(y)): the order of Vaswani et al. 2017."""

    def __init__(self, channels: int, heads: int, hidden: int, dropout: float) -> None:
        super().__init__()
        self.attention = SelfAttention(channels, heads, bias=False)
        self.norm1, self.norm2 = nn.LayerNorm(channels), nn.LayerNorm(channels)
        self.mlp = nn.Sequential(
            nn.Linear(channels, hidden),
            nn.GELU(),
            nn.Dropout(dropout),
            nn.Linear(hidden, channels),
        )
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Float[Tensor, "b n c"]) -> Float[Tensor, "b n c"]:
        """Return tokens that know of one another."""
        x = self.norm1(x + self.dropout(self.attention(x)))
        return self.norm2(x + self.dropout(self.mlp(x)))


def stretch(
    positions: Float[Tensor, "n c"], side: int, height: int, width: int
) -> Float[Tensor, "m c"]:
    """Return the positions of a side x side map for one of height x width."""
    if height == width == side:
        return positions
    grid = rearrange(positions, "(h w) c -> 1 c h w", h=side)
    size = (height, width)
    grid = functional.interpolate(grid, size, mode="bicubic", align_corners=False)
    return rearrange(grid, "1 c h w -> (h w) c")


class PixelTransformer(nn.Module):
    """Every pixel of a map is a token; a class token goes along and is dropped.

    Args:
        channels: of a token.
        side: of the map that the positions are made for; others are interpolated.
        depth: blocks.
        heads: of each attention.
        hidden: width of the perceptrons.
        dropout: in training.
        mixed: one more matrix, on the pixels' tokens at the end (see the module).
    """

    def __init__(
        self,
        channels: int,
        side: int,
        depth: int,
        heads: int,
        hidden: int,
        dropout: float = 0.1,
        mixed: bool = True,
    ) -> None:
        super().__init__()
        self.side = side
        self.project = nn.Linear(channels, channels)
        self.token = nn.Parameter(torch.randn(1, 1, channels))
        self.positions = nn.Parameter(0.02 * torch.randn(side**2 + 1, channels))
        self.dropout = nn.Dropout(dropout)
        self.blocks = nn.Sequential(
            *(PostNormBlock(channels, heads, hidden, dropout) for _ in range(depth))
        )
        self.mix: nn.Module = nn.Identity()
        if mixed:
            self.mix = nn.Linear(channels, channels, bias=False)

    def place(self, height: int, width: int) -> Float[Tensor, "n c"]:
        """Return the class token's position and those of the pixels."""
        grid = stretch(self.positions[1:], self.side, height, width)
        return torch.cat([self.positions[:1], grid])

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b c h w"]:
        """Return pixels that know of one another."""
        height, width = x.shape[2:]
        pixels = self.project(rearrange(x, "b c h w -> b (h w) c"))
        tokens = torch.cat([self.token.expand(len(x), -1, -1), pixels], dim=1)
        tokens = self.blocks(self.dropout(tokens + self.place(height, width)))
        return rearrange(self.mix(tokens[:, 1:]), "b (h w) c -> b c h w", h=height)


@register("cvmunet/trans_unet")
class TransUNet(nn.Module):
    """Residual encoder, transformer at a sixteenth, bilinear decoder.

    Args:
        in_channels: of the picture.
        classes: channels of the output.
        width: of the first level; 2, 4 and 8 times as many below.
        depth: blocks of the transformer.
        heads: of each attention.
        hidden: width of the perceptrons.
        size: of the pictures that the positions are made for.
        mixed: the 1024 x 1024 matrix that the printed counts ask for; without it
            they are 66.82 M and 114.62 G.
    """

    multiple = 16

    def __init__(
        self,
        in_channels: int = 3,
        classes: int = 1,
        width: int = 128,
        depth: int = 8,
        heads: int = 4,
        hidden: int = 512,
        size: int = 480,
        mixed: bool = True,  # claim cvmunet-T3-row-trans-unet; not located
    ) -> None:
        super().__init__()
        c, deep = width, 8 * width
        self.stem = ConvNormAct(in_channels, c, 7, stride=2)
        self.encoder = nn.ModuleList(ResidualDown(k * c, 2 * k * c) for k in (1, 2, 4))
        self.transformer = PixelTransformer(
            deep, size // 16, depth, heads, hidden, mixed=mixed
        )
        self.narrow = ConvNormAct(deep, deep // 2, bias=True)
        self.up = nn.Upsample(scale_factor=2, mode="bilinear", align_corners=True)
        steps = ((8 * c, 2 * c), (4 * c, c), (2 * c, c // 2), (c // 2, c // 8))
        self.decoder = nn.ModuleList(normed_double(a, b) for a, b in steps)
        self.head = nn.Conv2d(c // 8, classes, 1)

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b k h w"]:
        """Return logits.

        Raises:
            SpinesegError: if rows or columns are no multiple of 16.
        """
        check_multiple(x, self.multiple)
        maps = [self.stem(x)]
        for level in self.encoder:
            maps.append(level(maps[-1]))
        x = self.narrow(self.transformer(maps[-1]))
        for level, skip in zip(self.decoder, [*maps[-2::-1], None], strict=True):
            x = self.up(x)
            x = level(x if skip is None else torch.cat([skip, x], dim=1))
        return self.head(x)
