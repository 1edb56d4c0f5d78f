"""MDWC-Net's three blocks: MSCAW, DFCB and BIEB.

Source: Gu, Wang, Chen 2025, doi:10.3389/fphys.2025.1651296, Sec. 2.4 to 2.6. The text
at hand has the prose but not the formulas; what follows is reconstructed from the
prose, and each class says which part is a guess.
"""

from collections.abc import Sequence

import torch
from einops import rearrange
from jaxtyping import Float
from torch import Tensor, nn

from spineseg.blocks.conv import ConvNormAct, DepthwiseSeparable


class MSCAW(nn.Module):
    """Multi-scale convolution with a learned weight for each branch and channel.

    F_k = depthwise separable k x k of X;  Y = ReLU(BN(1 x 1 [w_1 F_1; ...; w_7 F_7])).
    The paper calls the weights dynamic; they are parameters that the loss moves, so
    they stand still at inference. Guessed: one weight a channel, 1 at the start, and
    the merge by a 1 x 1 convolution.

    Args:
        c_in: channels before.
        c_out: channels after.
        kernels: sides of the branches.
        weighted: learn the weights; otherwise they stay 1 (the row "multi-scale only").
    """

    def __init__(
        self,
        c_in: int,
        c_out: int,
        kernels: Sequence[int] = (1, 3, 5, 7),
        weighted: bool = True,
    ) -> None:
        super().__init__()
        self.branches = nn.ModuleList(
            DepthwiseSeparable(c_in, c_out, k) for k in kernels
        )
        ones = torch.ones(len(kernels), c_out)
        self.weights = nn.Parameter(ones, requires_grad=weighted)
        self.merge = ConvNormAct(len(kernels) * c_out, c_out, 1)

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b d h w"]:
        """Weigh the branches and merge them."""
        weights = rearrange(self.weights, "k d -> k d 1 1")
        seen = [w * f(x) for w, f in zip(weights, self.branches, strict=True)]
        return self.merge(torch.cat(seen, dim=1))


class DFCB(nn.Module):
    """Encoder and decoder map look at each other before they are joined.

    E' and D': 1 x 1 convolution, norm, ReLU. G = sigmoid(1 x 1 of E' * D').
    Y = 1 x 1 of [E' + E' G; D' + D' G]. Guessed: the exponential that the text names
    is read as this sigmoid.

    Args:
        c_encoder: channels of the map from above.
        c_decoder: channels of the map from below, of equal size.
        c_out: channels after.
    """

    def __init__(self, c_encoder: int, c_decoder: int, c_out: int) -> None:
        super().__init__()
        self.encoder = ConvNormAct(c_encoder, c_out, 1)
        self.decoder = ConvNormAct(c_decoder, c_out, 1)
        self.gate = nn.Conv2d(c_out, c_out, 1)
        self.fuse = nn.Conv2d(2 * c_out, c_out, 1)

    def forward(
        self, encoder: Float[Tensor, "b e h w"], decoder: Float[Tensor, "b d h w"]
    ) -> Float[Tensor, "b c h w"]:
        """Return the joined map."""
        e, d = self.encoder(encoder), self.decoder(decoder)
        g = torch.sigmoid(self.gate(e * d))
        return self.fuse(torch.cat([e + e * g, d + d * g], dim=1))


class Upper(nn.Module):
    """X * sigmoid(MLP(mean) + MLP(maximum)), one MLP for both.

    Args:
        channels: before and after.
        reduction: of the MLP's inner width.
    """

    def __init__(self, channels: int, reduction: int = 16) -> None:
        super().__init__()
        inner = max(channels // reduction, 1)
        self.mlp = nn.Sequential(
            nn.Linear(channels, inner), nn.ReLU(), nn.Linear(inner, channels)
        )

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b c h w"]:
        """Weigh the channels."""
        weights = torch.sigmoid(self.mlp(x.mean((2, 3))) + self.mlp(x.amax((2, 3))))
        return x * rearrange(weights, "b c -> b c 1 1")


class Lower(nn.Module):
    """Two 3 x 3 convolutions, each with a shortcut; a learned weight a channel."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.first = ConvNormAct(channels, channels)
        self.second = ConvNormAct(channels, channels)
        self.weight = nn.Parameter(torch.ones(channels, 1, 1))

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b c h w"]:
        """Return the weighted second sum."""
        x = self.first(x) + x
        return self.weight * (self.second(x) + x)


class BIEB(nn.Module):
    """Bottleneck of two branches: channels above, surroundings below.

    Y = 1 x 1 of [upper; lower]; a single branch stands alone. Guessed: the formulas of
    both branches and the fusion.

    Args:
        channels: before and after.
        branches: "upper", "lower" or both.
    """

    def __init__(
        self, channels: int, branches: Sequence[str] = ("upper", "lower")
    ) -> None:
        super().__init__()
        made = {"upper": Upper, "lower": Lower}
        self.branches = nn.ModuleList(made[name](channels) for name in branches)
        self.fuse: nn.Module = nn.Identity()
        if len(branches) > 1:
            self.fuse = nn.Conv2d(len(branches) * channels, channels, 1)

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b c h w"]:
        """Return the fused branches."""
        return self.fuse(torch.cat([branch(x) for branch in self.branches], dim=1))
