"""CervSpineNet: the image encoder of SAM ViT-B under a small convolutional decoder.

F: features of 256 channels at a sixteenth of the size; four stages double the size.
The decoder's widths are not printed; 128, 64, 32, 16 give the printed 345 MB (MiB).

Source: Sawant et al. 2026, Eqs. 1 to 7, Fig. 3, Table 4.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise
from os import PathLike
from typing import Any

import torch
from einops import repeat
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from spineseg.blocks.channel_attention import SqueezeExcite
from spineseg.blocks.conv import ConvNormAct
from spineseg.blocks.updown import UpBilinear
from spineseg.blocks.vit import ImageEncoderViT
from spineseg.core.errors import SpinesegError
from spineseg.models.registry import register
from spineseg.models.unet import check_multiple

WIDTHS = (128, 64, 32, 16)


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


def _check_channels(in_channels: int) -> None:
    if in_channels not in (1, 3):
        raise SpinesegError(
            "the encoder sees pictures of three channels; one is copied to three",
            found=in_channels,
            expected="1 or 3",
        )


@register("cervspinenet/cervspinenet")
def cervspinenet(
    in_channels: int = 3,
    classes: int = 1,
    widths: Sequence[int] = WIDTHS,  # paper silent
    se_bias: bool = False,  # paper silent
    frozen: bool = False,
    encoder: dict[str, Any] | None = None,
) -> CervSpineNet:
    """Return CervSpineNet with fresh weights; :func:`load_sam_encoder` loads SAM's.

    Args:
        in_channels: 1 or 3.
        classes: channels of the output.
        widths: of the decoder's stages.
        se_bias: biases in squeeze and excitation.
        frozen: the encoder learns nothing.
        encoder: arguments of :class:`ImageEncoderViT`; ViT-B unless given.
    """
    _check_channels(in_channels)
    vit = ImageEncoderViT(**(encoder or {}))

    def stage(c_in: int, c_out: int) -> nn.Module:
        return Stage(c_in, c_out, se_bias)

    return CervSpineNet(vit, _channels(vit), stage, widths, classes, frozen)


def _channels(encoder: ImageEncoderViT) -> int:
    return encoder.neck[0].out_channels  # pyright: ignore[reportReturnType]


@register("cervspinenet/vit_basic")
def vit_basic(
    in_channels: int = 3,
    classes: int = 1,
    widths: Sequence[int] = WIDTHS,
    encoder: dict[str, Any] | None = None,
) -> CervSpineNet:
    """Return the ablation row "ViT-B + basic decoder" (Table 4)."""
    _check_channels(in_channels)
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
    _check_channels(in_channels)
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
    _check_channels(in_channels)
    cnn = ConvolutionalEncoder(3, encoder_widths)
    return CervSpineNet(cnn, encoder_widths[-1], Stage, widths, classes)


def load_sam_encoder(model: CervSpineNet, path: str | PathLike[str]) -> None:
    """Load the image encoder's weights from a published SAM checkpoint.

    Args:
        model: whose encoder takes them.
        path: of the checkpoint; its other parts are not looked at.

    Raises:
        SpinesegError: if names or shapes do not fit; the model stays as it was.
    """
    prefix = "image_encoder."
    given = torch.load(path, map_location="cpu", weights_only=True)
    weights = {
        k.removeprefix(prefix): v for k, v in given.items() if k.startswith(prefix)
    }
    wanted = {k: v.shape for k, v in model.encoder.state_dict().items()}
    wrong = sorted(
        k
        for k in wanted.keys() | weights.keys()
        if k not in weights or wanted.get(k) != weights[k].shape
    )
    if wrong:
        raise SpinesegError(
            "this checkpoint is not of this encoder",
            path=path,
            found=f"{len(wrong)} weights that do not fit, among them {wrong[0]}",
            expected=f"{len(wanted)} weights under {prefix}*",
        )
    model.encoder.load_state_dict(weights)
