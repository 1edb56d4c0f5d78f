"""Segment Anything's mask decoder: each mask is a product of a token and the pixels.

k: masks; c: channels of a token. The names of the weights are those of the published
checkpoints.

Source: Kirillov et al. 2023, arXiv:2304.02643, Sec. 3 and its appendix on the model.
"""

import torch
from einops import rearrange, repeat
from jaxtyping import Float
from torch import Tensor, nn

from spineseg.blocks.norm import LayerNorm2d
from spineseg.blocks.two_way import Perceptron, TwoWayTransformer


class MaskDecoder(nn.Module):
    """Tokens for masks and quality go through the two-way transformer with the prompts.

    Mask m is the product of perceptron m, applied to token m, with the pixels enlarged
    four times. SAM has four: one for a clear prompt, three for a doubtful one.

    Args:
        channels: of a token; an eighth of it for a pixel of the mask.
        masks: how many.
        depth: two-way blocks.
        heads: of each attention.
        hidden: of the transformer's perceptrons.
    """

    def __init__(
        self,
        channels: int = 256,
        masks: int = 4,
        depth: int = 2,
        heads: int = 8,
        hidden: int = 2048,
    ) -> None:
        super().__init__()
        c = channels
        self.transformer = TwoWayTransformer(depth, c, heads, hidden)
        self.iou_token, self.mask_tokens = nn.Embedding(1, c), nn.Embedding(masks, c)
        self.output_upscaling = nn.Sequential(
            nn.ConvTranspose2d(c, c // 4, 2, stride=2),
            LayerNorm2d(c // 4),
            nn.GELU(),
            nn.ConvTranspose2d(c // 4, c // 8, 2, stride=2),
            nn.GELU(),
        )
        self.output_hypernetworks_mlps = nn.ModuleList(
            Perceptron(c, c, c, c // 8) for _ in range(masks)
        )
        self.iou_prediction_head = Perceptron(c, c, c, masks)

    def forward(
        self,
        features: Float[Tensor, "b c h w"],
        places: Float[Tensor, "c h w"],
        prompts: Float[Tensor, "b n c"],
    ) -> tuple[Float[Tensor, "b k y x"], Float[Tensor, "b k"]]:
        """Return the masks' logits at four times the map's size, and their quality.

        Args:
            features: of the picture, the mask prompt added.
            places: code of each pixel's place.
            prompts: tokens of the points.
        """
        own = torch.cat([self.iou_token.weight, self.mask_tokens.weight])
        tokens = torch.cat([repeat(own, "t c -> b t c", b=len(prompts)), prompts], 1)
        pixels = rearrange(features, "b c h w -> b (h w) c")
        pixel_places = rearrange(places, "c h w -> 1 (h w) c").expand_as(pixels)
        tokens, pixels = self.transformer(tokens, pixels, pixel_places)
        fine = self.output_upscaling(
            rearrange(pixels, "b (h w) c -> b c h w", h=features.shape[2])
        )
        heads = enumerate(self.output_hypernetworks_mlps, start=1)
        filters = torch.stack([head(tokens[:, i]) for i, head in heads], dim=1)
        masks = torch.einsum("b k c, b c y x -> b k y x", filters, fine)
        return masks, self.iou_prediction_head(tokens[:, 0])
