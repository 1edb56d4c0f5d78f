"""The selective scan compiled for the CPU: forward, and backward by hand.

d: channels; g: groups of channels that share B and C; l: steps; n: states a channel.

    h_t = exp(delta_t A) h_(t-1) + delta_t u_t B_t,    y_t = C_t . h_t

The states of one channel stay in registers. For the backward pass only every
``BLOCK``-th state is kept; the states between are computed again, a block at a time,
so that nothing of size l x n per channel is ever stored.
"""

import math
import threading
from collections.abc import Callable
from functools import lru_cache

import numba
import numpy as np
import torch
from numba import njit, prange, types
from numba.extending import overload

BLOCK = 64
"""Steps between two kept states."""

# sums may be reordered and products fused, which lets the states fill a vector
_FAST = {"reassoc", "contract", "nsz", "arcp"}
# numba's simplest thread pool may not be entered twice at once
# not get_num_threads(): asking starts the threads, and that changes torch's number
_MOST_THREADS: int = numba.config.NUMBA_NUM_THREADS  # pyright: ignore
_LOCK = threading.Lock()

_LOG2_E = np.float32(1.4426950408889634)
_LN2_HIGH, _LN2_LOW = np.float32(0.693359375), np.float32(-2.12194440e-4)
_C2, _C3, _C4 = np.float32(1 / 2), np.float32(1 / 6), np.float32(1 / 24)
_C5, _C6 = np.float32(1 / 120), np.float32(1 / 720)
_ONE, _HALF = np.float32(1), np.float32(0.5)
_LOWEST, _HIGHEST = np.float32(-87.0), np.float32(88.0)


def exp(x: float) -> float:
    """Return e to the x; the compiled single-precision form fits into vectors."""
    return math.exp(x)


@overload(exp)
def _exp(x):
    # 2^k times a polynomial on [-ln 2 / 2, ln 2 / 2]: relative error below 3e-7
    def single(x):
        x = min(max(x, _LOWEST), _HIGHEST)
        k = np.floor(x * _LOG2_E + _HALF)
        r = (x - k * _LN2_HIGH) - k * _LN2_LOW
        p = _ONE + r * (_ONE + r * (_C2 + r * (_C3 + r * (_C4 + r * (_C5 + r * _C6)))))
        return p * np.int32((np.int32(k) + np.int32(127)) << np.int32(23)).view(
            np.float32
        )

    def double(x):
        return math.exp(x)

    return single if x == types.float32 else double


@lru_cache(maxsize=8)
def kernels(states: int) -> tuple[Callable[..., None], Callable[..., None]]:
    """Return (forward, backward) for a number of states, compiled once and cached.

    The number is a constant of the compiled code: only then do the loops over the
    states become straight vector code.
    """
    N = states

    @njit(parallel=True, fastmath=_FAST, cache=True)
    def forward(u, delta, A, B, C, y, kept):
        batch, channels, length = u.shape
        per_group = channels // B.shape[1]
        for task in prange(batch * channels):
            q, c = task // channels, task % channels
            group = c // per_group
            a, h = A[c].copy(), np.zeros(N, u.dtype)
            for t in range(length):
                if t % BLOCK == 0 and t // BLOCK < kept.shape[2]:
                    for n in range(N):
                        kept[q, c, t // BLOCK, n] = h[n]
                s = delta[q, c, t]
                su = s * u[q, c, t]
                total = u.dtype.type(0)
                for n in range(N):
                    h[n] = exp(s * a[n]) * h[n] + su * B[q, group, t, n]
                    total += h[n] * C[q, group, t, n]
                y[q, c, t] = total

    @njit(parallel=True, fastmath=_FAST, cache=True)
    def backward(u, delta, A, B, C, kept, gy, gu, gdelta, gA, gB, gC):
        # gB, gC: batch, groups, parts, l, n: each task adds into a part of its own
        batch, channels, length = u.shape
        groups, parts = gB.shape[1], gB.shape[2]
        per_group = channels // groups
        for task in prange(batch * groups * parts):
            q, rest = task // (groups * parts), task % (groups * parts)
            group, part = rest // parts, rest % parts
            inner, decay = (
                np.empty((BLOCK + 1, N), u.dtype),
                np.empty((BLOCK, N), u.dtype),
            )
            g, ga = np.empty(N, u.dtype), np.empty(N, u.dtype)
            for c in range(group * per_group + part, (group + 1) * per_group, parts):
                a = A[c].copy()
                for n in range(N):
                    g[n] = 0
                    ga[n] = 0
                for block in range(kept.shape[2] - 1, -1, -1):
                    start = block * BLOCK
                    stop = min(start + BLOCK, length)
                    for n in range(N):
                        inner[0, n] = kept[q, c, block, n]
                    for i in range(stop - start):
                        t = start + i
                        s = delta[q, c, t]
                        su = s * u[q, c, t]
                        for n in range(N):
                            decay[i, n] = exp(s * a[n])
                            inner[i + 1, n] = (
                                decay[i, n] * inner[i, n] + su * B[q, group, t, n]
                            )
                    for i in range(stop - start - 1, -1, -1):
                        t = start + i
                        s, ut, gyt = delta[q, c, t], u[q, c, t], gy[q, c, t]
                        su = s * ut
                        to_delta, to_input = u.dtype.type(0), u.dtype.type(0)
                        for n in range(N):
                            gC[q, group, part, t, n] += gyt * inner[i + 1, n]
                            now = g[n] + gyt * C[q, group, t, n]
                            before = now * decay[i, n]
                            to_state = before * inner[i, n]
                            to_delta += to_state * a[n]
                            ga[n] += to_state * s
                            to_input += now * B[q, group, t, n]
                            gB[q, group, part, t, n] += now * su
                            g[n] = before
                        gu[q, c, t] = to_input * s
                        gdelta[q, c, t] = to_delta + to_input * ut
                for n in range(N):
                    gA[q, c, n] = ga[n]

    return forward, backward


def run(kernel: Callable[..., None], *arrays: np.ndarray) -> None:
    """Run a kernel on torch's number of threads; two callers wait for each other."""
    with _LOCK:
        threads = torch.get_num_threads()
        numba.set_num_threads(_threads())
        try:
            kernel(*arrays)
        finally:
            # numba's OpenMP layer changes the number that torch reads: what runs
            # after a scan would sum in another order than what ran before it
            torch.set_num_threads(threads)


def parts(tasks: int) -> int:
    """Return into how many parts each group is split so that no thread idles."""
    return max(1, -(-_threads() // tasks))


def _threads() -> int:
    return min(torch.get_num_threads(), _MOST_THREADS)
