"""U-Net, in the two forms that the papers' tables are about.

b: pictures of a batch; c: channels; h, w: rows and columns; widths: channels of the
levels from the top down.

Source: Ronneberger, Fischer, Brox 2015, doi:10.1007/978-3-319-24574-4_28. Both forms
keep the size of a picture ("same" padding), where the original loses a border.
"""

from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from spineseg.core.errors import SpinesegError
from spineseg.models.registry import register

Norm = Callable[[int], nn.Module]
WIDTHS = (64, 128, 256, 512, 1024)


class DoubleConv(nn.Sequential):
    """Twice a 3 x 3 convolution, a norm and ReLU.

    Args:
        c_in, c_mid, c_out: channels before, between and after the convolutions.
        norms: one for each convolution; None leaves it out.
        bias: whether the convolutions have one.
    """

    def __init__(
        self,
        c_in: int,
        c_mid: int,
        c_out: int,
        norms: tuple[Norm | None, Norm | None],
        bias: bool,
    ) -> None:
        parts: list[nn.Module] = []
        for (before, after), norm in zip(
            pairwise((c_in, c_mid, c_out)), norms, strict=True
        ):
            parts.append(nn.Conv2d(before, after, 3, padding=1, bias=bias))
            parts += [] if norm is None else [norm(after)]
            parts.append(nn.ReLU())
        super().__init__(*parts)


class UShape(nn.Module):
    """The walk that all U-Nets share; what it meets on the way is given.

    Args:
        encoder: one block a level, from the top down; the last is the bottleneck.
        ups: from each level to the one above, from the bottom up.
        decoder: one block a level after the skip is joined, from the bottom up.
        head: to the classes.
    """

    def __init__(
        self,
        encoder: Sequence[nn.Module],
        ups: Sequence[nn.Module],
        decoder: Sequence[nn.Module],
        head: nn.Module,
    ) -> None:
        super().__init__()
        self.encoder, self.ups = nn.ModuleList(encoder), nn.ModuleList(ups)
        self.decoder, self.head = nn.ModuleList(decoder), head
        self.multiple = 2 ** len(ups)

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b k h w"]:
        """Return logits.

        Raises:
            SpinesegError: if rows or columns are no multiple of ``self.multiple``.
        """
        check_multiple(x, self.multiple)
        *skips, x = descend(self.encoder, x)
        for up, block, skip in zip(
            self.ups, self.decoder, reversed(skips), strict=True
        ):
            x = block(torch.cat([skip, up(x)], dim=1))
        return self.head(x)


def normed_double(c_in: int, c_out: int) -> DoubleConv:
    """Return the double convolution with biases and batch norms."""
    return DoubleConv(c_in, c_out, c_out, (nn.BatchNorm2d, nn.BatchNorm2d), bias=True)


def descend(levels: Iterable[nn.Module], x: Float[Tensor, "b c h w"]) -> list[Tensor]:
    """Return each level's map from the top down; 2 x 2 maxima lead to the next."""
    maps: list[Tensor] = []
    for level in levels:
        x = level(functional.max_pool2d(x, 2) if maps else x)
        maps.append(x)
    return maps


def check_multiple(x: Tensor, multiple: int) -> None:
    """Refuse a picture whose sides the network cannot halve often enough.

    Raises:
        SpinesegError: naming the multiple.
    """
    height, width = x.shape[-2:]
    if height % multiple or width % multiple:
        raise SpinesegError(
            "this size cannot be halved down to the bottleneck",
            found=f"{height} x {width}",
            expected=f"rows and columns that are multiples of {multiple}",
            remedy="Pad the picture; spineseg.inference does it by itself",
        )


class UNet(UShape):
    """U-Net with learned upsampling: a 2 x 2 transposed convolution of stride 2.

    Args:
        in_channels: of the picture.
        classes: channels of the output.
        widths: of the levels.
    """

    def __init__(
        self, in_channels: int = 1, classes: int = 1, widths: Sequence[int] = WIDTHS
    ) -> None:
        rises = list(pairwise(reversed(widths)))
        super().__init__(
            [normed_double(a, b) for a, b in pairwise((in_channels, *widths))],
            [nn.ConvTranspose2d(a, b, 2, stride=2) for a, b in rises],
            [normed_double(2 * b, b) for _, b in rises],
            nn.Conv2d(widths[0], classes, 1),
        )


class BilinearUNet(UShape):
    """U-Net with bilinear upsampling, its channels halved below each rise.

    With three channels and one class it has the 17,262,977 parameters of cvmunet's
    Table 3 (17.26 M).

    Args:
        in_channels: of the picture.
        classes: channels of the output.
        widths: of the levels; the lowest is halved, as nothing else reduces it.
    """

    def __init__(
        self, in_channels: int = 3, classes: int = 1, widths: Sequence[int] = WIDTHS
    ) -> None:
        own = (*widths[:-1], widths[-1] // 2)
        both = (nn.BatchNorm2d, nn.BatchNorm2d)
        encoder = [
            DoubleConv(a, b, b, both, bias=False)
            for a, b in pairwise((in_channels, *own))
        ]
        outs = [*(w // 2 for w in reversed(widths[1:-1])), widths[0]]
        decoder = []
        below = own[-1]
        for skip, out in zip(reversed(own[:-1]), outs, strict=True):
            c_in = below + skip
            decoder.append(DoubleConv(c_in, c_in // 2, out, both, bias=False))
            below = out
        ups = [
            nn.Upsample(scale_factor=2, mode="bilinear", align_corners=True)
            for _ in decoder
        ]
        super().__init__(encoder, ups, decoder, nn.Conv2d(widths[0], classes, 1))


register("cvmunet/unet")(BilinearUNet)
