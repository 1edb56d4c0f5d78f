"""The same U-Nets under the names of other papers, whose tables print no counts.

Two papers' "U-Net" are two rows, so each has its own name; these rows cite the network
without a variant, and the learned rises of the original are taken.
"""

from collections.abc import Callable, Sequence

from torch import nn

from spineseg.models.baselines.attention_unet import AttentionUNet
from spineseg.models.baselines.residual_unet import ResidualUNet
from spineseg.models.registry import register
from spineseg.models.unet import WIDTHS, UNet

ROWS: dict[str, tuple[Callable[..., nn.Module], int, int]] = {
    "cervspinenet/unet": (UNet, 3, 1),
    "mdwcnet/unet": (UNet, 1, 2),
    "mdwcnet/resunet": (ResidualUNet, 1, 2),
    "mdwcnet/attention_unet": (AttentionUNet, 1, 2),
}
"""Network, channels and classes of each row."""


def _row(name: str) -> Callable[..., nn.Module]:
    network, channels, output = ROWS[name]

    def make(
        in_channels: int = channels,
        classes: int = output,
        widths: Sequence[int] = WIDTHS,  # paper silent, or 64 at the top
    ) -> nn.Module:
        return network(in_channels, classes, widths)

    make.__doc__ = f"Return the {network.__name__} that this paper compares with."
    return make


for _name in ROWS:
    register(_name)(_row(_name))
