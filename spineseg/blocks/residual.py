"""Residual blocks: learn what is missing, add it to what is there.

Source: He et al. 2016, doi:10.1109/CVPR.2016.90. cvmunet calls the block with ReLU
after each convolution "Res-ReLU" (Sec. 3.4).
"""

from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from spineseg.blocks.conv import ConvNormAct, Norm


class Residual(nn.Module):
    """Two 3 x 3 convolutions with norms; ReLU between them and after the sum.

    Args:
        c_in: channels before.
        c_out: channels after.
        c_mid: channels between the convolutions; c_out unless given.
        norm: makes a norm; None leaves all of them out.
        project: always a 1 x 1 shortcut, even when the channels do not change.
        shortcut_norm: a norm after the 1 x 1 shortcut.
        bias: of the 3 x 3 convolutions; the shortcut always has one.
    """

    def __init__(
        self,
        c_in: int,
        c_out: int,
        c_mid: int | None = None,
        norm: Norm | None = nn.BatchNorm2d,
        project: bool = False,
        shortcut_norm: bool = False,
        bias: bool = True,
    ) -> None:
        super().__init__()
        mid = c_mid or c_out
        self.main = nn.Sequential(
            ConvNormAct(c_in, mid, norm=norm, bias=bias),
            ConvNormAct(mid, c_out, norm=norm, act=None, bias=bias),
        )
        self.shortcut: nn.Module = nn.Identity()
        if project or c_in != c_out:
            after = norm if shortcut_norm else None
            self.shortcut = ConvNormAct(c_in, c_out, 1, norm=after, act=None, bias=True)

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b d h w"]:
        """Add the main path to the shortcut."""
        return functional.relu(self.main(x) + self.shortcut(x))


class ResReLU(nn.Module):
    """cvmunet's skip block: y = F(x) + x with convolution, norm, ReLU in F.

    The paper gives neither the number of layers in F nor whether ReLU follows the
    sum (specification, Sec. 8); ``layers`` and ``relu_after_sum`` are these doubts.

    Args:
        channels: before and after.
        layers: 3 x 3 convolutions in the main path.
        relu_after_sum: ReLU on the sum; without it the last layer keeps its own.
    """

    def __init__(
        self, channels: int, layers: int = 2, relu_after_sum: bool = True
    ) -> None:
        super().__init__()
        self.relu_after_sum = relu_after_sum
        last = None if relu_after_sum else nn.ReLU
        acts = [*[nn.ReLU] * (layers - 1), last]
        self.main = nn.Sequential(
            *(ConvNormAct(channels, channels, act=act, bias=True) for act in acts)
        )

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b c h w"]:
        """Add the main path to the input."""
        y = self.main(x) + x
        return functional.relu(y) if self.relu_after_sum else y
