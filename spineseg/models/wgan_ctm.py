"""wgan_ctm: a residual U-Net with clustered attention, trained against a critic.

Four encoder layers with dilations 1, 2, 4, 8; clustered transformer module (CTM) on
the tokens of the lowest level; residual decoder.

Source: Liu et al. 2024, Figs. 2 to 5, Table 6. Widths, clusters, heads and the place
of the CTM are not in the text (specification, Sec. 8).
"""

from collections.abc import Callable, Sequence
from itertools import pairwise

import torch
from jaxtyping import Float
from torch import Tensor, nn

from spineseg.blocks.clustered import ClusteredSelfAttention
from spineseg.blocks.conv import ConvNormAct
from spineseg.blocks.critic import Critic
from spineseg.blocks.residual import Residual
from spineseg.blocks.transformer import SelfAttention
from spineseg.blocks.updown import DilatedResidualDown
from spineseg.models.registry import register
from spineseg.models.unet import WIDTHS, check_multiple

RATES = (1, 2, 4, 8)


class PlainDown(nn.Module):
    """Two 3 x 3 convolutions, then half the size: the layer without residual link."""

    def __init__(self, c_in: int, c_out: int) -> None:
        super().__init__()
        self.main = nn.Sequential(ConvNormAct(c_in, c_out), ConvNormAct(c_out, c_out))

    def forward(
        self, x: Float[Tensor, "b c h w"]
    ) -> tuple[Float[Tensor, "b d h w"], Float[Tensor, "b d h2 w2"]]:
        """Return the skip and the halved map."""
        skip = self.main(x)
        return skip, nn.functional.max_pool2d(skip, 2)


class TokenMixer(nn.Module):
    """x + attention(LN(x)), then x + MLP(LN(x)), on the pixels of a map.

    Args:
        channels: before and after.
        attention: on tokens b n c.
        hidden: width of the MLP.
    """

    def __init__(self, channels: int, attention: nn.Module, hidden: int) -> None:
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(channels), nn.LayerNorm(channels)
        self.attention = attention
        self.mlp = nn.Sequential(
            nn.Linear(channels, hidden), nn.GELU(), nn.Linear(hidden, channels)
        )

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b c h w"]:
        """Return the map with its pixels told of one another."""
        tokens = x.flatten(2).transpose(1, 2)  # b n c
        tokens = tokens + self.attention(self.norm1(tokens))
        tokens = tokens + self.mlp(self.norm2(tokens))
        return tokens.transpose(1, 2).unflatten(2, x.shape[2:])


class Generator(nn.Module):
    """The U-shape that all rows share.

    Args:
        downs: return (skip, halved map).
        bottleneck: on the lowest map.
        decoder: makes a block from (c_in, c_out).
        widths: of the levels.
        classes: channels of the output.
    """

    def __init__(
        self,
        downs: Sequence[nn.Module],
        bottleneck: nn.Module,
        decoder: Callable[[int, int], nn.Module],
        widths: Sequence[int],
        classes: int,
    ) -> None:
        super().__init__()
        rises = list(pairwise(reversed(widths)))
        self.downs, self.bottleneck = nn.ModuleList(downs), bottleneck
        self.ups = nn.ModuleList(nn.ConvTranspose2d(a, b, 2, 2) for a, b in rises)
        self.decoder = nn.ModuleList(decoder(2 * b, b) for _, b in rises)
        self.head = nn.Conv2d(widths[0], classes, 1)
        self.multiple = 2 ** len(rises)

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b k h w"]:
        """Return logits.

        Raises:
            SpinesegError: if rows or columns are no multiple of ``self.multiple``.
        """
        check_multiple(x, self.multiple)
        skips: list[Tensor] = []
        for down in self.downs:
            skip, x = down(x)
            skips.append(skip)
        x = self.bottleneck(x)
        for up, block, skip in zip(
            self.ups, self.decoder, reversed(skips), strict=True
        ):
            x = block(torch.cat([skip, up(x)], dim=1))
        return self.head(x)


def _plain(c_in: int, c_out: int) -> nn.Module:
    return nn.Sequential(ConvNormAct(c_in, c_out), ConvNormAct(c_out, c_out))


@register("wgan_ctm/generator")
def generator(
    in_channels: int = 1,
    classes: int = 4,  # background, vertebral body, foramen, lamina
    widths: Sequence[int] = WIDTHS,  # paper silent
    rates: Sequence[int] = RATES,
    residual: bool = True,
    attention: str = "clustered",
    heads: int = 4,  # paper silent
    inner: int = 256,  # paper silent
    clusters: int = 100,  # paper silent
) -> Generator:
    """Return the proposed generator, or an ablation row of it (Table 6).

    Args:
        in_channels: of the picture.
        classes: channels of the output.
        widths: of the levels.
        rates: dilations of the encoder's layers.
        residual: links around the blocks.
        attention: "clustered" (CTM), "full" (TM) or "none".
        heads: of the attention.
        inner: channels of all heads together.
        clusters: of the queries.
    """
    block: Callable[[int, int], nn.Module] = Residual if residual else _plain
    steps = list(pairwise((in_channels, *widths[:-1])))
    downs: list[nn.Module] = [PlainDown(a, b) for a, b in steps]
    if residual:
        pairs = zip(steps, rates, strict=False)
        downs = [DilatedResidualDown(a, b, rate) for (a, b), rate in pairs]
    low = [block(widths[-2], widths[-1])]
    if attention != "none":
        c = widths[-1]
        mix = SelfAttention(c, heads, inner)
        if attention == "clustered":
            mix = ClusteredSelfAttention(c, heads, inner, clusters)
        low.append(TokenMixer(c, mix, 4 * inner))
    return Generator(downs, nn.Sequential(*low), block, widths, classes)


@register("wgan_ctm/res_unet_ctm_dconv")
def res_unet_ctm_dconv(
    in_channels: int = 1, classes: int = 4, widths: Sequence[int] = WIDTHS
) -> nn.Module:
    """Return the row "ResUNet + CTM + Dconv" (Table 6): the generator without a critic.

    The last row, "Our Model", is ``wgan_ctm/generator``, the same network, trained
    against ``wgan_ctm/critic``.
    """
    return generator(in_channels, classes, widths)


def _row(residual: bool, attention: str) -> Callable[..., nn.Module]:
    def make(
        in_channels: int = 1, classes: int = 4, widths: Sequence[int] = WIDTHS
    ) -> nn.Module:
        rates = (1,) * (len(widths) - 1)
        return generator(in_channels, classes, widths, rates, residual, attention)

    links = "with" if residual else "without"
    make.__doc__ = f"Return a row: {links} residual links, {attention} attention."
    return make


register("wgan_ctm/unet")(_row(residual=False, attention="none"))
register("wgan_ctm/res_unet")(_row(residual=True, attention="none"))
register("wgan_ctm/unet_tm")(_row(residual=False, attention="full"))
register("wgan_ctm/unet_ctm")(_row(residual=False, attention="clustered"))
register("wgan_ctm/res_unet_ctm")(_row(residual=True, attention="clustered"))


@register("wgan_ctm/critic")
def critic(
    in_channels: int = 4,
    classes: int = 1,
    widths: Sequence[int] = (64, 128, 256, 512, 512),  # paper silent
) -> Critic:
    """Return the critic of label maps; 512 x 512 gives 8 x 8 scores.

    Args:
        in_channels: classes of the label map.
        classes: scores of a patch.
        widths: of the first five convolutions.
    """
    return Critic(in_channels, widths, out_channels=classes)
