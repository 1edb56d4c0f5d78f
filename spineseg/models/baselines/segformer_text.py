"""The text-guided SegFormer that cervspinenet compares with.

A frozen vector t stands for the prompt; a linear map of it scales the channels of the
last level (Sec. 2.5.4). t: see :mod:`spineseg.models.text_prompts`. The paper's vector
comes from MedCLIP, whose weights are not here: a fixed random unit vector stands in.
With one prompt for all pictures any vector other than zero does the same, as the
linear map learns its channel factors freely; the text tells the network nothing.

Source: Sawant et al. 2026, Sec. 2.5.4; Xie et al. 2021, arXiv:2105.15203. Neither the
size of SegFormer nor how the scale starts is printed: B0, and 1 + W t.
"""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from spineseg.blocks.conv import ConvNormAct
from spineseg.blocks.mix_transformer import MixTransformer
from spineseg.core.errors import SpinesegError
from spineseg.models.registry import register
from spineseg.models.text_prompts import stand_in
from spineseg.models.unet import check_multiple

PROMPT = "cervical spinous processes on a lateral X-ray"  # paper silent on the words


class AllMLPDecoder(nn.Module):
    """A linear map of each level, all at the finest size, mixed.

    Args:
        widths: channels of the levels.
        channels: of each mapped level, and of the mix.
    """

    def __init__(self, widths: Sequence[int], channels: int) -> None:
        super().__init__()
        self.maps = nn.ModuleList(nn.Conv2d(c, channels, 1) for c in widths)
        self.mix = ConvNormAct(len(widths) * channels, channels, 1)
        self.dropout = nn.Dropout(0.1)

    def forward(self, maps: Sequence[Tensor]) -> Float[Tensor, "b c h w"]:
        """Return the mixed map."""
        size = maps[0].shape[2:]
        same = [
            functional.interpolate(
                layer(x), size=size, mode="bilinear", align_corners=False
            )
            for layer, x in zip(self.maps, maps, strict=True)
        ]
        # coarsest first, as in the published weights
        return self.dropout(self.mix(torch.cat(same[::-1], dim=1)))


@register("cervspinenet/segformer_text")
class TextSegFormer(nn.Module):
    """MiT encoder, last level scaled by the prompt, all-MLP decoder.

    Args:
        in_channels: of the picture.
        classes: channels of the output.
        widths: of the encoder's levels.
        depths: of the encoder's levels.
        heads: of the encoder's levels.
        channels: of the decoder.
        embedding: vector of the prompt; a stand-in of 512 numbers for
            :data:`PROMPT` unless given. It is saved with the weights, never trained.
    """

    multiple = 32
    prompt: Tensor

    def __init__(
        self,
        in_channels: int = 3,
        classes: int = 1,
        widths: Sequence[int] = (32, 64, 160, 256),
        depths: Sequence[int] = (2, 2, 2, 2),
        heads: Sequence[int] = (1, 2, 5, 8),
        channels: int = 256,
        embedding: Sequence[float] | Tensor | None = None,
    ) -> None:
        super().__init__()
        t = stand_in(PROMPT) if embedding is None else torch.as_tensor(embedding)
        if t.ndim != 1 or not t.norm() > 0:
            raise SpinesegError(
                "a prompt is one vector other than zero", found=f"shape {t.shape}"
            )
        self.encoder = MixTransformer(in_channels, widths, depths, heads)
        self.scale = nn.Linear(len(t), widths[-1])
        unit = functional.normalize(t.float(), dim=0)
        # where the weights are: a network may be made on the meta device
        self.register_buffer("prompt", unit.to(self.scale.weight.device))
        self.decoder = AllMLPDecoder(widths, channels)
        self.head = nn.Conv2d(channels, classes, 1)

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b k h w"]:
        """Return logits.

        Raises:
            SpinesegError: if rows or columns are no multiple of 32.
        """
        check_multiple(x, self.multiple)
        *fine, coarse = self.encoder(x)
        # 1 + ..., so that a fresh network keeps its features
        factor = 1 + self.scale(self.prompt)
        maps = [*fine, coarse * factor[None, :, None, None]]
        return functional.interpolate(
            self.head(self.decoder(maps)),
            size=x.shape[2:],
            mode="bilinear",
            align_corners=False,
        )
