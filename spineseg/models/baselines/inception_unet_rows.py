"""What inception_unet compares with: ResUNet, Attention U-Net and TransUNet.

Each is the reading whose count is that of Table 8 to the last digit. That paper's
TransUNet is not the network it cites: one convolution of the bottleneck gives way to
one transformer block, without positions and without a pretrained encoder. The paper
gives its own network dropout in the deeper layers and is silent on the others: here
all have the same, so that a comparison does not turn on it.
"""

from collections.abc import Callable, Sequence
from functools import partial
from itertools import pairwise

from torch import nn

from spineseg.blocks.attention_gate import AttentionGate
from spineseg.models.keras_unet import (
    DoubleConvReLUNorm,
    KerasUNet,
    ProjectedDouble,
    TransformerBottleneck,
    skip_attention,
)
from spineseg.models.registry import register
from spineseg.models.unet import WIDTHS

Block = Callable[..., nn.Module]
DROPOUT = 0.5


def _unet(
    in_channels: int,
    classes: int,
    widths: Sequence[int],
    block: Block,
    bottleneck: Block,
    skip: Callable[[int], nn.Module],
) -> KerasUNet:
    """Build a row; the bottleneck and the level above it drop out."""
    *shallow, deep, lowest = pairwise((in_channels, *widths))
    encoder = [block(a, b) for a, b in shallow]
    encoder.append(block(*deep, dropout=DROPOUT))
    encoder.append(bottleneck(*lowest, dropout=DROPOUT))
    rises = list(pairwise(reversed(widths)))
    return KerasUNet(
        encoder,
        [skip(b) for _, b in rises],
        [block(2 * b, b) for _, b in rises],
        rises,
        classes,
    )


@register("inception_unet/resunet")
def resunet(
    in_channels: int = 1,
    classes: int = 2,
    widths: Sequence[int] = WIDTHS,
    skips: str = "none",
) -> KerasUNet:
    """Return the U-Net with a projected shortcut around each of its nine blocks."""

    def skip(channels: int) -> nn.Module:
        return skip_attention(skips, channels)

    return _unet(in_channels, classes, widths, ProjectedDouble, ProjectedDouble, skip)


@register("inception_unet/attention_unet")
def attention_unet(
    in_channels: int = 1, classes: int = 2, widths: Sequence[int] = WIDTHS
) -> KerasUNet:
    """Return the U-Net with gates that compare F channels (F/2 would not count)."""

    def gate(channels: int) -> nn.Module:
        return AttentionGate(channels, channels, channels)

    double = DoubleConvReLUNorm
    return _unet(in_channels, classes, widths, double, double, gate)


@register("inception_unet/trans_unet")
def trans_unet(
    in_channels: int = 1,
    classes: int = 2,
    widths: Sequence[int] = WIDTHS,
    inner: int = 512,  # fixed by the count
    heads: int = 8,  # the count cannot tell
    hidden: int = 128,  # fixed by the count
) -> KerasUNet:
    """Return the U-Net with one transformer block at its bottleneck."""
    sizes = {"inner": inner, "heads": heads, "hidden": hidden}
    bottleneck = partial(TransformerBottleneck, **sizes)

    def skip(channels: int) -> nn.Module:
        return nn.Identity()

    double = DoubleConvReLUNorm
    return _unet(in_channels, classes, widths, double, bottleneck, skip)


def _plain(kind: str) -> Callable[..., KerasUNet]:
    def make(
        in_channels: int = 1, classes: int = 2, widths: Sequence[int] = WIDTHS
    ) -> KerasUNet:
        def skip(channels: int) -> nn.Module:
            return skip_attention(kind, channels)

        double = DoubleConvReLUNorm
        return _unet(in_channels, classes, widths, double, double, skip)

    make.__doc__ = f"Return the U-Net with {kind} in its skips (Table 4)."
    return make


def _residual(kind: str) -> Callable[..., nn.Module]:
    def make(
        in_channels: int = 1, classes: int = 2, widths: Sequence[int] = WIDTHS
    ) -> nn.Module:
        return resunet(in_channels, classes, widths, kind)

    make.__doc__ = f"Return the ResUNet with {kind} in its skips (Table 4)."
    return make


for _kind in ("sam", "cbam"):
    register(f"inception_unet/unet_{_kind}")(_plain(_kind))
    register(f"inception_unet/resunet_{_kind}")(_residual(_kind))
