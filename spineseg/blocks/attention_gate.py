"""Attention gate: the decoder tells the skip where to look.

g: gating signal from below; x: skip; psi: one weight a pixel, between 0 and 1.
Source: Oktay et al. 2018, arXiv:1804.03999.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from spineseg.blocks.conv import Norm


class AttentionGate(nn.Module):
    """x * sigmoid(psi(ReLU(W_g g + W_x x))), all 1 x 1 convolutions with bias.

    Args:
        c_gate, c_skip: channels of the two inputs (of equal size).
        c_inner: channels of the comparison.
        norm: after each of the three convolutions; None leaves them out.
    """

    def __init__(
        self, c_gate: int, c_skip: int, c_inner: int, norm: Norm | None = None
    ) -> None:
        super().__init__()

        def project(c_in: int, c_out: int) -> nn.Sequential:
            after = [] if norm is None else [norm(c_out)]
            return nn.Sequential(nn.Conv2d(c_in, c_out, 1), *after)

        self.w_g, self.w_x = project(c_gate, c_inner), project(c_skip, c_inner)
        self.psi = project(c_inner, 1)

    def weights(
        self, gate: Float[Tensor, "b g h w"], skip: Float[Tensor, "b c h w"]
    ) -> Float[Tensor, "b 1 h w"]:
        """Return the map of weights, for the picture and for the product."""
        return torch.sigmoid(self.psi(torch.relu(self.w_g(gate) + self.w_x(skip))))

    def forward(
        self, gate: Float[Tensor, "b g h w"], skip: Float[Tensor, "b c h w"]
    ) -> Float[Tensor, "b c h w"]:
        """Weigh the skip."""
        return skip * self.weights(gate, skip)
