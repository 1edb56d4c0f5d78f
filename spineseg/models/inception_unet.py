"""Inception U-Net with dual output, its ablations and its rows with attention.

The first block of a U-Net is an Inception block; a second head sits at the bottleneck
(8 x 8 of 128 x 128) and is trained beside the main one.

Source: Silveira, Girisha, Kundapur 2025, Fig. 2, Tables 3, 4 and 8.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise

from torch import nn

from spineseg.blocks.inception import WIDTHS_3A, Inception
from spineseg.models.keras_unet import DoubleConvReLUNorm, KerasUNet, skip_attention
from spineseg.models.registry import register
from spineseg.models.unet import WIDTHS


@register("inception_unet/inception_unet")
def inception_unet(
    in_channels: int = 1,
    classes: int = 2,
    widths: Sequence[int] = WIDTHS,
    inception: Sequence[int] | None = WIDTHS_3A,
    dual: bool = True,
    skips: str = "none",
    bottleneck_norms: int = 2,
    dropout: float = 0.5,  # "deeper layers": the fourth level and the bottleneck
) -> KerasUNet:
    """Return the proposed network; 31,475,396 numbers in Keras' count (Table 8).

    Args:
        in_channels: of the picture.
        classes: channels of both heads.
        widths: of the levels; the first is the decoder's only when Inception is used.
        inception: widths of its branches; None puts the plain first block back.
        dual: with the auxiliary head.
        skips: attention in the skips: none, se, sam or cbam (Table 4).
        bottleneck_norms: 1 or 2; Table 8 needs two here and one in the plain U-Net.
        dropout: share of the numbers dropped, each by itself, as the layer of that name
            does in the framework whose counts these are.
    """
    first: nn.Module = DoubleConvReLUNorm(in_channels, widths[0])
    top = widths[0]
    if inception is not None:
        first = Inception(in_channels, inception)
        top = first.c_out
    levels = [top, *widths[1:]]
    deep = len(levels) - 2
    encoder = [first]
    for i, (a, b) in enumerate(pairwise(levels), start=1):
        norms = bottleneck_norms if i > deep else 2
        encoder.append(DoubleConvReLUNorm(a, b, norms, dropout if i >= deep else 0.0))
    rises = list(pairwise(reversed(widths)))
    above = list(reversed(levels[:-1]))
    decoder = [
        DoubleConvReLUNorm(b + skip, b)
        for (_, b), skip in zip(rises, above, strict=True)
    ]
    joins = [skip_attention(skips, c) for c in above]
    auxiliary = widths[-1] if dual else None
    return KerasUNet(encoder, joins, decoder, rises, classes, auxiliary)


@register("inception_unet/unet")
def unet(
    in_channels: int = 1,
    classes: int = 2,
    widths: Sequence[int] = WIDTHS,
    bottleneck_norms: int = 1,  # the count of Table 8 is 1,024 channels short of two
    dropout: float = 0.5,  # paper silent; as in the network that is built on it
) -> nn.Module:
    """Return the U-Net that the others are compared with (Tables 2 to 9)."""
    return inception_unet(
        in_channels,
        classes,
        widths,
        inception=None,
        dual=False,
        bottleneck_norms=bottleneck_norms,
        dropout=dropout,
    )


@register("inception_unet/unet_inception")
def unet_inception(
    in_channels: int = 1,
    classes: int = 2,
    widths: Sequence[int] = WIDTHS,
    inception: Sequence[int] = WIDTHS_3A,
) -> nn.Module:
    """Return the ablation row "U-Net + Inception module" (Table 3)."""
    return inception_unet(in_channels, classes, widths, inception, dual=False)


@register("inception_unet/unet_dual_output")
def unet_dual_output(
    in_channels: int = 1,
    classes: int = 2,
    widths: Sequence[int] = WIDTHS,
    bottleneck_norms: int = 1,  # as the U-Net it is built on; no count is printed
) -> nn.Module:
    """Return the ablation row "U-Net + dual-output mechanism" (Table 3)."""
    return inception_unet(
        in_channels,
        classes,
        widths,
        inception=None,
        bottleneck_norms=bottleneck_norms,
    )


def _with_skips(kind: str) -> Callable[..., nn.Module]:
    def make(
        in_channels: int = 1,
        classes: int = 2,
        widths: Sequence[int] = WIDTHS,
        inception: Sequence[int] = WIDTHS_3A,
    ) -> nn.Module:
        return inception_unet(in_channels, classes, widths, inception, skips=kind)

    make.__doc__ = f"Return the proposed network with {kind} in its skips (Table 4)."
    return make


for _kind in ("se", "sam", "cbam"):
    register(f"inception_unet/inception_unet_{_kind}")(_with_skips(_kind))
