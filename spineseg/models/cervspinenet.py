"""CervSpineNet: the image encoder of SAM ViT-B under a small convolutional decoder.

F: features of 256 channels at a sixteenth of the size; four stages double the size.
The decoder's widths are not printed; 128, 64, 32, 16 give the printed 345 MB (MiB).

Source: Sawant et al. 2026, Eqs. 1 to 7, Fig. 3, Table 4.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

from einops import repeat
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from spineseg.blocks.channel_attention import SqueezeExcite
from spineseg.blocks.conv import ConvNormAct
from spineseg.blocks.updown import UpBilinear
from spineseg.blocks.vit import ImageEncoderViT
from spineseg.models.registry import register
from spineseg.models.sam import check_channels
from spineseg.models.sam_engines import public_encoder
from spineseg.models.sam_weights import load_sam_encoder
from spineseg.models.unet import check_multiple

WIDTHS = (128, 64, 32, 16)

__all__ = [
    "CervSpineNet",
    "cervspinenet",
    "cnn_basic",
    "cnn_full",
    "load_sam_encoder",
    "vit_basic",
]


class Stage(nn.Module):
    """Convolution, residual pair, squeeze and excitation, twice the size.

    F_o = ReLU(K * F); F_r = F_o + ReLU(K_2 * ReLU(K_1 * F_o)); Eqs. 2 to 7, no norms.

    Args:
        c_in: channels before.
        c_out: channels after.
        se_bias: of squeeze and excitation; paper silent.
    """

    def __init__(self, c_in: int, c_out: int, se_bias: bool = False) -> None:
        super().__init__()
        self.conv = nn.Conv2d(c_in, c_out, 3, padding=1)
        self.k_1 = nn.Conv2d(c_out, c_out, 3, padding=1)
        self.k_2 = nn.Conv2d(c_out, c_out, 3, padding=1)
        self.se = SqueezeExcite(c_out, bias=se_bias)
        self.up = UpBilinear(align_corners=False)

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b d h2 w2"]:
        """Return the stage's output at twice the size."""
        x = functional.relu(self.conv(x))
        x = x + functional.relu(self.k_2(functional.relu(self.k_1(x))))
        return self.up(self.se(x))


class BasicStage(nn.Sequential):
    """The ablation's: convolution, ReLU, twice the size."""

    def __init__(self, c_in: int, c_out: int) -> None:
        super().__init__(
            nn.Conv2d(c_in, c_out, 3, padding=1),
            nn.ReLU(),
            UpBilinear(align_corners=False),
        )


class ConvolutionalEncoder(nn.Sequential):
    """The ablation's: convolution, norm, ReLU, halving, four times, to 256 channels."""

    patch = 16

    def __init__(
        self, in_channels: int = 3, widths: Sequence[int] = (32, 64, 128, 256)
    ):
        blocks = (
            nn.Sequential(ConvNormAct(a, b), nn.MaxPool2d(2))
            for a, b in pairwise((in_channels, *widths))
        )
        super().__init__(*blocks)


class CervSpineNet(nn.Module):
    """Encoder, four stages, a 1 x 1 convolution; no skips.

    Args:
        encoder: from three channels to features at a sixteenth of the size.
        c_encoder: channels of its features.
        stage: makes a stage from (c_in, c_out).
        widths: of the stages.
        classes: channels of the output.
        frozen: the encoder learns nothing.
    """

    multiple = 16

    def __init__(
        self,
        encoder: nn.Module,
        c_encoder: int,
        stage: Callable[[int, int], nn.Module],
        widths: Sequence[int],
        classes: int,
        frozen: bool = False,
    ) -> None:
        super().__init__()
        self.encoder = encoder.requires_grad_(not frozen)
        self.decoder = nn.Sequential(
            *(stage(a, b) for a, b in pairwise((c_encoder, *widths)))
        )
        self.head = nn.Conv2d(widths[-1], classes, 1)

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b k h w"]:
        """Return logits; a grey picture is copied to three channels.

        Raises:
            SpinesegError: if rows or columns are no multiple of 16.
        """
        check_multiple(x, self.multiple)
        if x.shape[1] == 1:
            x = repeat(x, "b 1 h w -> b 3 h w")
        return self.head(self.decoder(self.encoder(x)))


@register("cervspinenet/cervspinenet")
def cervspinenet(
    in_channels: int = 3,
    classes: int = 1,
    widths: Sequence[int] = WIDTHS,  # paper silent
    se_bias: bool = False,  # paper silent
    frozen: bool = False,
    encoder: dict[str, Any] | None = None,
    engine: str = "spineseg",
) -> CervSpineNet:
    """Return CervSpineNet with fresh weights; :func:`load_sam_encoder` loads SAM's.

    The paper takes its encoder from the package segment-anything; all engines compute
    the same and load the same checkpoint.

    Args:
        in_channels: 1 or 3.
        classes: channels of the output.
        widths: of the decoder's stages.
        se_bias: biases in squeeze and excitation.
        frozen: the encoder learns nothing.
        encoder: arguments of :class:`ImageEncoderViT`; ViT-B unless given.
        engine: "spineseg"; or a name of :func:`public_encoder`, always ViT-B for
            pictures of 1024 x 1024.
    """
    check_channels(in_channels)
    if engine == "spineseg":
        vit: nn.Module = ImageEncoderViT(**(encoder or {}))
    else:
        vit = public_encoder(engine, encoder)

    def stage(c_in: int, c_out: int) -> nn.Module:
        return Stage(c_in, c_out, se_bias)

    return CervSpineNet(vit, _channels(vit), stage, widths, classes, frozen)


def _channels(encoder: nn.Module) -> int:
    # in every package the neck comes last and ends with its 3 x 3 convolution
    convolutions = [m for m in encoder.modules() if isinstance(m, nn.Conv2d)]
    return convolutions[-1].out_channels


@register("cervspinenet/vit_basic")
def vit_basic(
    in_channels: int = 3,
    classes: int = 1,
    widths: Sequence[int] = WIDTHS,
    encoder: dict[str, Any] | None = None,
) -> CervSpineNet:
    """Return the ablation row "ViT-B + basic decoder" (Table 4)."""
    check_channels(in_channels)
    vit = ImageEncoderViT(**(encoder or {}))
    return CervSpineNet(vit, _channels(vit), BasicStage, widths, classes)


@register("cervspinenet/cnn_basic")
def cnn_basic(
    in_channels: int = 3,
    classes: int = 1,
    widths: Sequence[int] = WIDTHS,
    encoder_widths: Sequence[int] = (32, 64, 128, 256),  # paper: 3 to 256
) -> CervSpineNet:
    """Return the ablation row "CNN + basic decoder" (Table 4)."""
    check_channels(in_channels)
    cnn = ConvolutionalEncoder(3, encoder_widths)
    return CervSpineNet(cnn, encoder_widths[-1], BasicStage, widths, classes)


@register("cervspinenet/cnn_full")
def cnn_full(
    in_channels: int = 3,
    classes: int = 1,
    widths: Sequence[int] = WIDTHS,
    encoder_widths: Sequence[int] = (32, 64, 128, 256),
) -> CervSpineNet:
    """Return the ablation row "CNN + full decoder" (Table 4)."""
    check_channels(in_channels)
    cnn = ConvolutionalEncoder(3, encoder_widths)
    return CervSpineNet(cnn, encoder_widths[-1], Stage, widths, classes)
