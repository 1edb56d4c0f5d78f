"""Twice as large, half as large.

Bilinear interpolation has no weights; a transposed convolution learns its own.
"""

from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from spineseg.blocks.conv import ConvNormAct


class UpBilinear(nn.Module):
    """Bilinear interpolation to ``factor`` times the size.

    Args:
        factor: whole number.
        align_corners: corner pixels keep their values (the reading of most U-Nets).
    """

    def __init__(self, factor: int = 2, align_corners: bool = True) -> None:
        super().__init__()
        self.factor, self.align_corners = factor, align_corners

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b c h2 w2"]:
        """Return the enlarged map."""
        return functional.interpolate(
            x,
            scale_factor=self.factor,
            mode="bilinear",
            align_corners=self.align_corners,
        )


class UpConv(nn.Sequential):
    """Enlarge by two with ``mode``, then a 3 x 3 convolution with norm and ReLU."""

    def __init__(
        self, c_in: int, c_out: int, mode: str = "nearest", bias: bool = True
    ) -> None:
        super().__init__(
            nn.Upsample(scale_factor=2, mode=mode), ConvNormAct(c_in, c_out, bias=bias)
        )


class DilatedResidualDown(nn.Module):
    """wgan_ctm's encoder layer: dilated residual pair, then half the size.

    F(x) + x with two 3 x 3 convolutions of dilation ``rate`` (Eqs. 8 and 9). The paper
    prints the fields 3, 7, 15, 31 of the rates 1, 2, 4, 8, which are those of four
    stacked layers of stride 1; pooling between them makes the true fields larger.

    Args:
        c_in: channels before.
        c_out: channels after.
        rate: dilation.
    """

    def __init__(self, c_in: int, c_out: int, rate: int = 1) -> None:
        super().__init__()
        self.main = nn.Sequential(
            ConvNormAct(c_in, c_out, dilation=rate),
            ConvNormAct(c_out, c_out, dilation=rate, act=None),
        )
        self.shortcut: nn.Module = nn.Identity()
        if c_in != c_out:
            self.shortcut = nn.Conv2d(c_in, c_out, 1)

    def features(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b d h w"]:
        """Return the map before it is halved: the skip."""
        return functional.relu(self.main(x) + self.shortcut(x))

    def forward(
        self, x: Float[Tensor, "b c h w"]
    ) -> tuple[Float[Tensor, "b d h w"], Float[Tensor, "b d h2 w2"]]:
        """Return the skip and the halved map."""
        skip = self.features(x)
        return skip, functional.max_pool2d(skip, 2)
