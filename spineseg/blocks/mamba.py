"""Mamba: the selective scan on a sequence, with its projections and its short filter.

c: channels; d: inner channels, 2 c; n: states; r: rank of the step size, c / 16.
A step sees the steps before it and none after it.
Source: Gu and Dao 2023, arXiv:2312.00752, Sec. 3.4.
"""

import math

import torch
from einops import rearrange
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from spineseg.blocks.selective_scan import selective_scan
from spineseg.blocks.ss2d import step_bias


class Mamba(nn.Module):
    """Project to x and z, filter x, scan it, gate it by SiLU(z), project back.

    The names are those of mamba-ssm's checkpoints. The layers only hold weights: like
    that package's fused call, ``forward`` reads them without calling the layers, so a
    counter that watches layers sees nothing of this block (cvmunet, Table 3).

    Args:
        channels: before and after.
        states: n.
        expand: d / c.
        taps: of the causal filter, one filter a channel.
        engine: of the scan.
    """

    def __init__(
        self,
        channels: int,
        states: int = 16,
        expand: int = 2,
        taps: int = 4,
        engine: str = "auto",
    ) -> None:
        super().__init__()
        d, r = expand * channels, math.ceil(channels / 16)
        self.channels, self.states, self.rank, self.engine = d, states, r, engine
        self.in_proj = nn.Linear(channels, 2 * d, bias=False)
        self.conv1d = nn.Conv1d(d, d, taps, padding=taps - 1, groups=d)
        self.x_proj = nn.Linear(d, r + 2 * states, bias=False)
        self.dt_proj = nn.Linear(r, d)
        self.dt_proj.bias = nn.Parameter(step_bias(d))
        # A = -1, -2, ..., -n for every channel at the start
        self.A_log = nn.Parameter(torch.arange(1.0, states + 1).log().repeat(d, 1))
        self.D = nn.Parameter(torch.ones(d))
        self.out_proj = nn.Linear(d, channels, bias=False)

    def filtered(self, x: Float[Tensor, "b d l"]) -> Float[Tensor, "b d l"]:
        """Return SiLU of the causal filter; zeros stand before the first step."""
        f = self.conv1d
        padded = functional.pad(x, (f.kernel_size[0] - 1, 0))
        y = functional.conv1d(padded, f.weight, f.bias, groups=f.groups)
        return functional.silu(y)

    def forward(self, x: Float[Tensor, "b l c"]) -> Float[Tensor, "b l c"]:
        """Return as many steps; step t sees none after t."""
        both = functional.linear(x, self.in_proj.weight)
        x, z = rearrange(both, "b l (two d) -> two b d l", two=2)
        x = self.filtered(x)
        made = functional.linear(rearrange(x, "b d l -> b l d"), self.x_proj.weight)
        dt, B, C = made.split([self.rank, self.states, self.states], dim=-1)
        y = selective_scan(
            x,
            rearrange(functional.linear(dt, self.dt_proj.weight), "b l d -> b d l"),
            -torch.exp(self.A_log),
            rearrange(B, "b l n -> b n l"),
            rearrange(C, "b l n -> b n l"),
            self.D,
            z,
            self.dt_proj.bias,
            delta_softplus=True,
            engine=self.engine,
        )
        return functional.linear(rearrange(y, "b d l -> b l d"), self.out_proj.weight)
