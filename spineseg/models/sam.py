"""The full SAM baseline: picture and points in, masks out.

b: pictures; n: points of a picture; k: classes. The prompt is an input of its own, so
the contract of all networks is widened by one argument:

- ``heads(x, points)`` returns "logits" and "quality"; ``points`` are (x, y) in pixels,
  the middle of the first pixel is (0.5, 0.5), and a row of nan means no point there.
- ``forward(x, points)`` returns the logits.
- Without points SAM gets the token that says "no point", and nothing else.

:func:`spineseg.models.point_prompts.centroids` makes the paper's points from a mask:
they come from the truth, in the test too (claim: an oracle prompt).

Source: Sawant et al. 2026, Sec. 2.5.3; Kirillov et al. 2023, arXiv:2304.02643.
"""

from typing import Any

import torch
from einops import rearrange, repeat
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from spineseg.blocks.mask_decoder import MaskDecoder
from spineseg.blocks.prompts import POSITIVE, PromptEncoder
from spineseg.blocks.vit import ImageEncoderViT
from spineseg.core.errors import SpinesegError
from spineseg.models.registry import register
from spineseg.models.unet import check_multiple

FAR = -1e4
"""Logit of a mask that no point asked for; finite, so that losses stay finite."""


class SAM(nn.Module):
    """Image encoder, prompt encoder and mask decoder; ViT-B has 93,735,472 parameters.

    All points of a picture go in together: one prompt, one mask a class.

    Args:
        image_encoder: from three channels to features at a sixteenth of the size.
        prompt_encoder: makes tokens of points.
        mask_decoder: with at least as many masks as classes; the first ones are used.
        classes: channels of the output.
    """

    multiple = 16

    def __init__(
        self,
        image_encoder: nn.Module,
        prompt_encoder: PromptEncoder,
        mask_decoder: MaskDecoder,
        classes: int,
    ) -> None:
        super().__init__()
        self.image_encoder, self.prompt_encoder = image_encoder, prompt_encoder
        self.mask_decoder, self.classes = mask_decoder, classes
        self._freeze_what_no_point_reaches()

    def _freeze_what_no_point_reaches(self) -> None:
        encoder, decoder = self.prompt_encoder, self.mask_decoder
        encoder.mask_downscaling.requires_grad_(False)
        for i, kind in enumerate(encoder.point_embeddings):
            kind.requires_grad_(i == POSITIVE)
        for head in decoder.output_hypernetworks_mlps[self.classes :]:
            head.requires_grad_(False)

    def decode(
        self, features: Float[Tensor, "b c h w"], tokens: Float[Tensor, "b n c"]
    ) -> tuple[Float[Tensor, "b k y x"], Float[Tensor, "b k"]]:
        """Return the masks of the classes, and their quality, for one prompt each."""
        places = self.prompt_encoder.grid(*features.shape[2:])
        seen = features + self.prompt_encoder.no_mask()
        masks, quality = self.mask_decoder(seen, places, tokens)
        return masks[:, : self.classes], quality[:, : self.classes]

    def answer(
        self,
        features: Float[Tensor, "b c h w"],
        places: Float[Tensor, "b n 2"],
        present: Tensor,
    ) -> tuple[Float[Tensor, "b k y x"], Float[Tensor, "b k"]]:
        """Return the masks for all points of a picture together."""
        return self.decode(features, self.prompt_encoder.points(places, present))

    def heads(
        self, x: Float[Tensor, "b c h w"], points: Float[Tensor, "b n 2"] | None = None
    ) -> dict[str, Tensor]:
        """Return "logits" and "quality", SAM's guess of each mask's overlap.

        Args:
            x: pictures; a grey one is copied to three channels.
            points: on the objects, in pixels; nan for no point.

        Raises:
            SpinesegError: if the sides are no multiples of 16, or if a point lies
                outside.
        """
        check_multiple(x, self.multiple)
        size = x.shape[2:]
        if points is None:
            points = x.new_zeros(len(x), 0, 2)
        places, present = _scaled(points, size)
        if x.shape[1] == 1:
            x = repeat(x, "b 1 h w -> b 3 h w")
        masks, quality = self.answer(self.image_encoder(x), places, present)
        logits = functional.interpolate(
            masks, size=size, mode="bilinear", align_corners=False
        )
        return {"logits": logits, "quality": quality}

    def forward(
        self, x: Float[Tensor, "b c h w"], points: Float[Tensor, "b n 2"] | None = None
    ) -> Float[Tensor, "b k h w"]:
        """Return the logits; see :meth:`heads`."""
        return self.heads(x, points)["logits"]


class SAMOneByOne(SAM):
    """One mask for each point, joined by the maximum: the other reading of the paper.

    SAM takes all points of a prompt for one object; a picture has seven processes.
    """

    def answer(
        self,
        features: Float[Tensor, "b c h w"],
        places: Float[Tensor, "b n 2"],
        present: Tensor,
    ) -> tuple[Float[Tensor, "b k y x"], Float[Tensor, "b k"]]:
        """Return the maximum over the points' masks; no point, no mask."""
        if places.shape[1] == 0:
            return super().answer(features, places, present)
        n = places.shape[1]
        tokens = self.prompt_encoder.points(
            rearrange(places, "b n d -> (b n) 1 d"),
            rearrange(present, "b n -> (b n) 1"),
        )
        each = repeat(features, "b c h w -> (b n) c h w", n=n)
        masks, quality = self.decode(each, tokens)
        masks = rearrange(masks, "(b n) k y x -> b n k y x", n=n)
        quality = rearrange(quality, "(b n) k -> b n k", n=n)
        there = present[..., None]
        count = there.sum(1).clamp(min=1)
        mean = torch.where(there, quality, 0).sum(1) / count
        return torch.where(there[..., None, None], masks, FAR).amax(1), mean


def _scaled(points: Tensor, size: torch.Size) -> tuple[Tensor, Tensor]:
    """Return places in [0, 1] and which points are there.

    Raises:
        SpinesegError: if one lies outside.
    """
    height, width = size
    present = points.isfinite().all(-1)
    side = points.new_tensor([width, height])
    places = torch.where(present[..., None], points, 0) / side
    if not points.is_meta and bool(((places < 0) | (places > 1)).any()):
        raise SpinesegError(
            "a point lies outside the picture",
            found=f"up to {(places.max(1).values.max(0).values * side).tolist()}",
            expected=f"x in 0 to {width}, y in 0 to {height}, or nan for no point",
        )
    return places, present


def check_channels(in_channels: int) -> None:
    """Refuse what SAM's encoder cannot see.

    Raises:
        SpinesegError: unless pictures have one or three channels.
    """
    if in_channels not in (1, 3):
        raise SpinesegError(
            "the encoder sees pictures of three channels; one is copied to three",
            found=in_channels,
            expected="1 or 3",
        )


def _parts(
    in_channels: int,
    classes: int,
    encoder: dict[str, Any] | None,
    decoder: dict[str, Any] | None,
) -> tuple[ImageEncoderViT, PromptEncoder, MaskDecoder]:
    check_channels(in_channels)
    vit = ImageEncoderViT(**(encoder or {}))
    c = int(vit.neck[0].out_channels)  # pyright: ignore[reportArgumentType]
    heads = MaskDecoder(c, max(4, classes), **(decoder or {}))
    return vit, PromptEncoder(c), heads


@register("cervspinenet/sam")
def sam(
    in_channels: int = 3,
    classes: int = 1,
    encoder: dict[str, Any] | None = None,
    decoder: dict[str, Any] | None = None,
) -> SAM:
    """Return SAM ViT-B with fresh weights; :func:`load_sam` loads the published ones.

    The paper is silent on whether the points of a picture are one prompt (this) or one
    each (``cervspinenet/sam_one_by_one``).

    Args:
        in_channels: 1 or 3.
        classes: channels of the output; SAM itself has one, more are ours.
        encoder: arguments of :class:`ImageEncoderViT`; ViT-B unless given.
        decoder: arguments of :class:`MaskDecoder`; SAM's unless given.
    """
    return SAM(*_parts(in_channels, classes, encoder, decoder), classes)


@register("cervspinenet/sam_one_by_one")
def sam_one_by_one(
    in_channels: int = 3,
    classes: int = 1,
    encoder: dict[str, Any] | None = None,
    decoder: dict[str, Any] | None = None,
) -> SAMOneByOne:
    """Return SAM ViT-B that makes one mask a point and joins them by the maximum."""
    return SAMOneByOne(*_parts(in_channels, classes, encoder, decoder), classes)
