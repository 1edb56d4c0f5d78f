"""The selective scan (S6), one call with three engines.

b: sequences; d: channels; l: steps; n: states a channel ("d_state"); g: groups of
channels that share B and C; u: input; delta: step size; A, B, C, D: the system.

    h_t = exp(delta_t A) h_(t-1) + delta_t B_t u_t        h_0 = 0
    y_t = C_t . h_t + D u_t

The call is that of mamba-ssm's ``selective_scan_fn``. The plain loop is the
definition; every other engine is tested against it.

Source: Gu and Dao 2023, arXiv:2312.00752, Algorithm 2; cvmunet Sec. 3.3.
"""

import importlib.util
from collections.abc import Callable
from typing import Any

import torch
from einops import rearrange, reduce, repeat
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional

from spineseg.blocks.scan_kernels import BLOCK, kernels, parts, run
from spineseg.core.errors import SpinesegError

Core = Callable[[Tensor, Tensor, Tensor, Tensor, Tensor], Tensor]


def loop(
    u: Float[Tensor, "b d l"],
    delta: Float[Tensor, "b d l"],
    A: Float[Tensor, "d n"],
    B: Float[Tensor, "b g n l"],
    C: Float[Tensor, "b g n l"],
) -> Float[Tensor, "b d l"]:
    """Return y without the D term, one step after the other: the definition."""
    groups = B.shape[1]

    def steps(x: Tensor, pattern: str) -> tuple[Tensor, ...]:
        # unbind, not x[t]: indexing makes the backward pass quadratic in l
        return rearrange(x, pattern, g=groups).unbind(0)

    a = rearrange(A, "(g d) n -> g d n", g=groups)
    h = u.new_zeros(u.shape[0], *a.shape)  # b g d n
    out = []
    for dt, du, b, c in zip(
        steps(delta, "b (g d) l -> l b g d 1"),
        steps(delta * u, "b (g d) l -> l b g d 1"),
        steps(B, "b g n l -> l b g 1 n"),
        steps(C, "b g n l -> l b g n 1"),
        strict=True,
    ):
        h = torch.exp(dt * a) * h + du * b
        out.append(h @ c)  # b g d 1
    return rearrange(torch.stack(out), "l b g d 1 -> b (g d) l")


class _Compiled(torch.autograd.Function):
    """The compiled kernels with their hand-written derivative."""

    @staticmethod
    def forward(
        ctx: Any, u: Tensor, delta: Tensor, A: Tensor, B: Tensor, C: Tensor
    ) -> Tensor:
        # n last: the states of one step lie side by side
        arrays = [x.detach().contiguous() for x in (u, delta, A)]
        arrays += [
            rearrange(x.detach(), "b g n l -> b g l n").contiguous() for x in (B, C)
        ]
        y = torch.empty_like(arrays[0])
        needed = any(ctx.needs_input_grad)
        blocks = -(-u.shape[2] // BLOCK) if needed else 1
        kept = u.new_empty(*u.shape[:2], blocks, A.shape[1])
        run(kernels(A.shape[1])[0], *(x.numpy() for x in (*arrays, y, kept)))
        ctx.save_for_backward(*arrays, kept)
        return y

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor, ...]:
        u, delta, A, B, C, kept = ctx.saved_tensors
        gu, gdelta = torch.empty_like(u), torch.empty_like(u)
        gA = u.new_empty(u.shape[0], *A.shape)
        b, g, length, n = B.shape
        gB, gC = (u.new_zeros(b, g, parts(b * g), length, n) for _ in range(2))
        given = (u, delta, A, B, C, kept, grads[0].detach().contiguous())
        wanted = (gu, gdelta, gA, gB, gC)
        run(kernels(n)[1], *(x.numpy() for x in (*given, *wanted)))
        sums = [reduce(x, "b g parts l n -> b g n l", "sum") for x in (gB, gC)]
        return gu, gdelta, gA.sum(0), sums[0], sums[1]


def compiled(u: Tensor, delta: Tensor, A: Tensor, B: Tensor, C: Tensor) -> Tensor:
    """Return what :func:`loop` returns, by compiled CPU code (float32 or float64)."""
    return _Compiled.apply(u, delta, A, B, C)  # pyright: ignore[reportReturnType]


def fused(u: Tensor, delta: Tensor, A: Tensor, B: Tensor, C: Tensor) -> Tensor:
    """Return what :func:`loop` returns, by mamba-ssm's fused kernel (CUDA).

    Raises:
        SpinesegError: if mamba-ssm is not installed.
    """
    try:  # an optional package for CUDA machines only
        from mamba_ssm.ops.selective_scan_interface import (  # pyright: ignore[reportMissingImports]
            selective_scan_fn,
        )
    except ImportError as error:
        raise SpinesegError(
            'the engine "fused" needs mamba-ssm',
            found=str(error),
            remedy="pip install --no-build-isolation 'spineseg[cuda]', or take "
            'engine="auto"',
        ) from error
    return selective_scan_fn(u.contiguous(), delta.contiguous(), A.float(), B, C)


def shape_only(u: Tensor, delta: Tensor, A: Tensor, B: Tensor, C: Tensor) -> Tensor:
    """Return a tensor of y's shape; on the meta device there is nothing to compute."""
    return torch.empty_like(u)


ENGINES: dict[str, Core] = {"loop": loop, "compiled": compiled, "fused": fused}


def choose_engine(u: Tensor) -> str:
    """Return the engine that "auto" means for a tensor: by its device and type."""
    if u.is_cuda:
        return "fused" if importlib.util.find_spec("mamba_ssm") else "loop"
    single_or_double = u.dtype in (torch.float32, torch.float64)
    return "compiled" if u.device.type == "cpu" and single_or_double else "loop"


def _groups(x: Tensor, u: Tensor, name: str) -> Tensor:
    """Return B or C as b g n l, from n l per sequence or one matrix for all steps."""
    if x.dim() == 2:  # d n: the same at every step
        return repeat(x, "d n -> b d n l", b=u.shape[0], l=u.shape[2])
    if x.dim() == 3:
        x = rearrange(x, "b n l -> b 1 n l")
    if x.dim() != 4 or x.shape[3] != u.shape[2] or u.shape[1] % x.shape[1]:
        raise SpinesegError(
            f"{name} does not fit the input",
            found=tuple(x.shape),
            expected=f"(b, n, l) or (b, g, n, l) for an input {tuple(u.shape)}",
        )
    return x


def selective_scan(
    u: Float[Tensor, "b d l"],
    delta: Float[Tensor, "b d l"],
    A: Float[Tensor, "d n"],
    B: Tensor,
    C: Tensor,
    D: Float[Tensor, " d"] | None = None,
    z: Float[Tensor, "b d l"] | None = None,
    delta_bias: Float[Tensor, " d"] | None = None,
    delta_softplus: bool = False,
    engine: str = "auto",
) -> Float[Tensor, "b d l"]:
    """Return y_t for every step; step t sees nothing after t.

    Args:
        u: input.
        delta: step sizes before bias and softplus.
        A: decay, negative for a stable system.
        B: (b, n, l), (b, g, n, l), or (d, n) when it does not change.
        C: as B.
        D: passes the input on.
        z: gate; the output is multiplied by SiLU(z).
        delta_bias: added to delta.
        delta_softplus: softplus of delta, which makes it positive.
        engine: "auto", "loop", "compiled" (CPU) or "fused" (CUDA, mamba-ssm).

    Raises:
        SpinesegError: if shapes clash or the engine is unknown.
    """
    if engine not in ("auto", *ENGINES):
        raise SpinesegError(
            "unknown engine", found=engine, expected=", ".join(("auto", *ENGINES))
        )
    if delta.shape != u.shape or A.shape[0] != u.shape[1]:
        raise SpinesegError(
            "input, step sizes and A do not fit",
            found=[tuple(x.shape) for x in (u, delta, A)],
            expected="(b, d, l), (b, d, l) and (d, n)",
        )
    core = ENGINES[choose_engine(u) if engine == "auto" else engine]
    if u.is_meta:
        core = shape_only
    if delta_bias is not None:
        delta = delta + delta_bias[:, None]
    if delta_softplus:
        delta = functional.softplus(delta)
    y = core(u, delta, A, _groups(B, u, "B"), _groups(C, u, "C"))
    y = y if D is None else y + u * D[:, None]
    return y if z is None else y * functional.silu(z)
