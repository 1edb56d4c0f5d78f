"""Convolution, norm and activation, in the few orders that the papers use.

b: pictures of a batch; c: channels; h, w: rows and columns. "Same" padding
throughout: a convolution of stride 1 keeps rows and columns.
"""

from collections.abc import Callable

from jaxtyping import Float
from torch import Tensor, nn

Norm = Callable[[int], nn.Module]


def same(kernel: int, dilation: int = 1) -> int:
    """Return the padding that keeps the size under an odd kernel."""
    return dilation * (kernel // 2)


class ConvNormAct(nn.Sequential):
    """Convolution, norm, activation.

    Args:
        c_in: channels before.
        c_out: channels after.
        kernel: odd side of the kernel.
        stride: of the convolution.
        dilation: distance between the kernel's taps.
        norm: makes a norm for a number of channels; None leaves it out.
        act: makes the activation; None leaves it out.
        bias: of the convolution.
    """

    def __init__(
        self,
        c_in: int,
        c_out: int,
        kernel: int = 3,
        stride: int = 1,
        dilation: int = 1,
        norm: Norm | None = nn.BatchNorm2d,
        act: Callable[[], nn.Module] | None = nn.ReLU,
        bias: bool = False,
    ) -> None:
        pad = same(kernel, dilation)
        parts: list[nn.Module] = [
            nn.Conv2d(c_in, c_out, kernel, stride, pad, dilation, bias=bias)
        ]
        parts += [] if norm is None else [norm(c_out)]
        parts += [] if act is None else [act()]
        super().__init__(*parts)


class DepthwiseSeparable(nn.Module):
    """One filter a channel (depthwise), then a mix of channels (pointwise).

    k * k * c + c * c_out weights instead of k * k * c * c_out.
    Source: Chollet 2017, doi:10.1109/CVPR.2017.195.

    Args:
        c_in: channels before.
        c_out: channels after.
        kernel: odd side of the depthwise kernel.
        dilation: distance between its taps.
        bias: of both convolutions.
    """

    def __init__(
        self,
        c_in: int,
        c_out: int,
        kernel: int = 3,
        dilation: int = 1,
        bias: bool = False,
    ) -> None:
        super().__init__()
        pad = same(kernel, dilation)
        self.depthwise = nn.Conv2d(
            c_in, c_in, kernel, 1, pad, dilation, groups=c_in, bias=bias
        )
        self.pointwise = nn.Conv2d(c_in, c_out, 1, bias=bias)

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b d h w"]:
        """Filter each channel, then mix them."""
        return self.pointwise(self.depthwise(x))
