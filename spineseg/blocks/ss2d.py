"""SS2D: the selective scan on a picture, along four paths.

c: channels; d: inner channels, ``expand`` times c; n: states; r: rank of the step
size, c / 16; k: the four paths: rows, columns, and both backwards; l: h * w steps.
With expand 2 and 16 states the block has 7 c^2 + 424 c parameters.

Sources: Liu et al. 2024 (VMamba), arXiv:2401.10166; cvmunet Sec. 3.3, Fig. 4.
"""

import math

import torch
from einops import rearrange
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from spineseg.blocks.selective_scan import selective_scan


def cross_scan(x: Float[Tensor, "b d h w"]) -> Float[Tensor, "b 4 d l"]:
    """Read a picture by rows, by columns, and both from the end."""
    rows = rearrange(x, "b d h w -> b d (h w)")
    columns = rearrange(x, "b d h w -> b d (w h)")
    forward = torch.stack([rows, columns], dim=1)
    return torch.cat([forward, forward.flip(-1)], dim=1)


def cross_merge(
    y: Float[Tensor, "b 4 d l"], height: int, width: int
) -> Float[Tensor, "b d h w"]:
    """Put the four readings back where they came from and add them."""
    both = y[:, :2] + y[:, 2:].flip(-1)  # b 2 d l
    rows = rearrange(both[:, 0], "b d (h w) -> b d h w", h=height, w=width)
    columns = rearrange(both[:, 1], "b d (w h) -> b d h w", h=height, w=width)
    return rows + columns


def step_bias(channels: int, low: float = 1e-3, high: float = 0.1) -> Tensor:
    """Return biases whose softplus is spread evenly in log from low to high."""
    steps = torch.exp(torch.empty(channels).uniform_(math.log(low), math.log(high)))
    return steps + torch.log(-torch.expm1(-steps))  # the inverse of softplus


class SS2D(nn.Module):
    """Project, filter, scan four ways, merge, gate, project back.

    Args:
        channels: before and after.
        states: n.
        expand: d / c.
        gate: multiply by the SiLU of a branch of its own (VMamba's first form).
        engine: of the scan.
    """

    def __init__(
        self,
        channels: int,
        states: int = 16,
        expand: float = 2,
        gate: bool = True,
        engine: str = "auto",
    ) -> None:
        super().__init__()
        d, r = int(expand * channels), math.ceil(channels / 16)
        self.rank, self.states, self.gate, self.engine = r, states, gate, engine
        self.in_proj = nn.Linear(channels, 2 * d if gate else d, bias=False)
        self.conv = nn.Conv2d(d, d, 3, padding=1, groups=d)
        self.x_proj_weight = nn.Parameter(
            torch.empty(4, r + 2 * states, d).uniform_(-(d**-0.5), d**-0.5)
        )
        self.dt_projs_weight = nn.Parameter(
            torch.empty(4, d, r).uniform_(-(r**-0.5), r**-0.5)
        )
        self.dt_projs_bias = nn.Parameter(step_bias(4 * d).view(4, d))
        # A = -1, -2, ..., -n for every channel at the start
        self.A_logs = nn.Parameter(torch.arange(1.0, states + 1).log().repeat(4 * d, 1))
        self.Ds = nn.Parameter(torch.ones(4 * d))
        self.out_norm = nn.LayerNorm(d)
        self.out_proj = nn.Linear(d, channels, bias=False)

    def scan(self, x: Float[Tensor, "b d h w"]) -> Float[Tensor, "b d h w"]:
        """Return the sum of the four scans; steps, B and C come from the input."""
        xs = cross_scan(x)  # b 4 d l
        made = torch.einsum("bkdl,kcd->bkcl", xs, self.x_proj_weight)
        dts, B, C = made.split([self.rank, self.states, self.states], dim=2)
        dts = torch.einsum("bkrl,kdr->bkdl", dts, self.dt_projs_weight)
        y = selective_scan(
            rearrange(xs, "b k d l -> b (k d) l"),
            rearrange(dts, "b k d l -> b (k d) l"),
            -torch.exp(self.A_logs),
            B,
            C,
            self.Ds,
            delta_bias=self.dt_projs_bias.flatten(),
            delta_softplus=True,
            engine=self.engine,
        )
        return cross_merge(rearrange(y, "b (k d) l -> b k d l", k=4), *x.shape[2:])

    def forward(self, x: Float[Tensor, "b h w c"]) -> Float[Tensor, "b h w c"]:
        """Return the map; channels last, as the layer norm before it leaves them."""
        x = self.in_proj(x)
        u = x
        if self.gate:
            x, u = x.chunk(2, dim=-1)
        x = functional.silu(self.conv(rearrange(x, "b h w d -> b d h w")))
        y = self.out_norm(rearrange(self.scan(x), "b d h w -> b h w d"))
        return self.out_proj(y * functional.silu(u) if self.gate else y)
