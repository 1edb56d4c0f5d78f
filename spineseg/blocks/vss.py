"""Visual state space blocks: the original, and cvmunet's with ECA.

c: channels; SS2D: see that file.
Sources: Liu et al. 2024 (VMamba), arXiv:2401.10166; cvmunet Sec. 3.3, Fig. 5.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from spineseg.blocks.channel_attention import ECA
from spineseg.blocks.conv import ConvNormAct
from spineseg.blocks.ss2d import SS2D


class VSS(nn.Module):
    """x + SS2D(LN(x)).

    Args:
        channels: before and after.
        states: of SS2D.
        expand: of SS2D.
        engine: of the scan.
    """

    def __init__(
        self,
        channels: int,
        states: int = 16,
        expand: float = 2,
        engine: str = "auto",
    ) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(channels)
        self.ss2d = SS2D(channels, states, expand, engine=engine)

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b c h w"]:
        """Add what the scan finds."""
        y = self.ss2d(self.norm(x.permute(0, 2, 3, 1)))
        return x + y.permute(0, 3, 1, 2)


class VSSWithECA(nn.Module):
    """cvmunet's block: A = ECA(SS2D(LN(x))), Z = [x; A], B = phi_2(phi_1(Z)).

    The paper adds B, which its convolutions have reduced to c channels, to Z, which
    has 2c; that cannot be. ``sum_with`` names the two readings that can:

    - "A": y = B + A;
    - "Z": y = B + W Z, with a 1 x 1 convolution W from 2c to c.

    Args:
        channels: before and after.
        kernel: side of phi's kernels; 1 is the reading whose count fits.
        gate: SiLU gate inside SS2D; the text does not say where its branch 1 joins.
        sum_with: "A" or "Z".
        states: of SS2D.
        expand: of SS2D.
        engine: of the scan.
        eca: taps of ECA's filter; the rule of ECA's authors unless given.
    """

    def __init__(
        self,
        channels: int,
        kernel: int = 1,  # paper silent
        gate: bool = True,  # paper silent on where the first branch joins
        sum_with: str = "A",  # paper adds c channels to 2c
        states: int = 16,
        expand: float = 2,
        engine: str = "auto",
        eca: int | None = None,  # paper silent on the rule's constants
    ) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(channels)
        self.ss2d = SS2D(channels, states, expand, gate, engine)
        self.eca = ECA(channels, eca)
        self.phi_1 = ConvNormAct(2 * channels, channels, kernel, bias=True)
        self.phi_2 = ConvNormAct(channels, channels, kernel, bias=True)
        self.project: nn.Module | None = None
        if sum_with == "Z":
            self.project = nn.Conv2d(2 * channels, channels, 1, bias=False)

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b c h w"]:
        """Return B plus what it is added to."""
        scanned = self.ss2d(self.norm(x.permute(0, 2, 3, 1)))
        a = self.eca(scanned.permute(0, 3, 1, 2))
        z = torch.cat([x, a], dim=1)
        b = self.phi_2(self.phi_1(z))
        return b + (a if self.project is None else self.project(z))
