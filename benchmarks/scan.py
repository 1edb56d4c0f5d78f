"""How fast and how small is the selective scan on a CPU, and does time grow as length?

Engines: the plain loop (the definition), the compiled engine, and the usual way of
writing the scan in PyTorch, which stores exp(delta A) and delta B u for all steps and
indexes them (mamba-ssm's and VMamba's reference functions have this form; this one is
our own). mambapy's parallel scan joins in where it is installed.

Two pictures, four paths, 384 channels, 16 states. Each line runs in a process of its
own, so that its peak of memory is its own; the fastest of up to five rounds counts.
One thread each: two threads wait for each other when the machine has other work, and
that is no question of the scan.
Backward passes of the indexing form grow with the square of the length and are left
out: 900 steps took minutes.
"""

import importlib.util
import json
import os
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import numba
import torch
from torch import Tensor

from spineseg.blocks.selective_scan import compiled, loop

RESULT = Path(__file__).resolve().parent / "results" / "scan.json"
PICTURES, PATHS, CHANNELS, STATES = 2, 4, 384, 16
GIB = 2**20  # ru_maxrss is in KiB
PLAN = [
    *((e, n, m) for n in (900, 3600) for e in ("indexing",) for m in ("forward",)),
    *((e, n, m) for n in (900, 3600) for e in ("loop",) for m in ("forward", "both")),
    *(("compiled", n, m) for n in (900, 3600, 14400) for m in ("forward", "both")),
]


def indexing(u: Tensor, delta: Tensor, A: Tensor, B: Tensor, C: Tensor) -> Tensor:
    """Return the scan the usual way: everything stored, then indexed."""
    groups = B.shape[1]
    B, C = (x.repeat_interleave(u.shape[1] // groups, dim=1) for x in (B, C))
    decay = torch.exp(delta[..., None] * A[:, None])  # b d l n
    inputs = (delta * u)[..., None] * B.transpose(2, 3)
    h, out = inputs.new_zeros(inputs[:, :, 0].shape), []
    for t in range(u.shape[2]):
        h = decay[:, :, t] * h + inputs[:, :, t]
        out.append((h * C[..., t]).sum(-1))
    return torch.stack(out, dim=2)


def parallel(u: Tensor, delta: Tensor, A: Tensor, B: Tensor, C: Tensor) -> Tensor:
    """Return the scan by mambapy's parallel prefix sum."""
    from mambapy.pscan import pscan

    share = u.shape[1] // B.shape[1]
    B, C = (x.repeat_interleave(share, dim=1).permute(0, 3, 1, 2) for x in (B, C))
    step = delta.transpose(1, 2)[..., None]  # b l d 1
    h = pscan(torch.exp(step * A), step * u.transpose(1, 2)[..., None] * B)
    return (h * C).sum(-1).transpose(1, 2)


ENGINES: dict[str, Callable[..., Tensor]] = {
    "indexing": indexing,
    "parallel": parallel,
    "loop": loop,
    "compiled": compiled,
}


def draw(length: int, grad: bool) -> list[Tensor]:
    """Return inputs as a fresh SS2D makes them."""
    torch.manual_seed(0)
    wide = (PICTURES, PATHS * CHANNELS, length)
    small = (PICTURES, PATHS, STATES, length)
    steps = 0.001 + 0.099 * torch.rand(wide)
    A = -torch.arange(1.0, STATES + 1).repeat(PATHS * CHANNELS, 1)
    given = [torch.randn(wide), steps, A, torch.randn(small), torch.randn(small)]
    return [x.requires_grad_(grad) for x in given]


def measure(engine: str, length: int, mode: str) -> None:
    """Print seconds and peak memory of one line as JSON."""
    run, given = ENGINES[engine], draw(length, mode == "both")
    if engine == "compiled":  # compile before the clock starts
        short = draw(8, mode == "both")
        y = run(*short)
        _ = torch.autograd.grad(y.sum(), short) if mode == "both" else None
    base, best, begun = peak_gib(), float("inf"), time.perf_counter()
    for _ in range(5):
        start = time.perf_counter()
        if mode == "both":
            torch.autograd.grad(run(*given).sum(), given)
        else:
            with torch.no_grad():
                run(*given)
        best = min(best, time.perf_counter() - start)
        if time.perf_counter() - begun > 10:
            break
    print(json.dumps({"seconds": best, "gib_above_inputs": peak_gib() - base}))


def peak_gib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / GIB


def machine() -> dict[str, object]:
    return {
        "system": platform.system(),
        "machine": platform.machine(),
        "cores": os.cpu_count(),
        "threads": 1,
        "load_at_start": round(os.getloadavg()[0], 1),
        "python": platform.python_version(),
        "packages": {name: version(name) for name in ("numba", "numpy", "torch")},
    }


def main() -> None:
    """Run every line in a process of its own; print the table; write the result."""
    plan, facts = list(PLAN), machine()
    if importlib.util.find_spec("mambapy"):
        plan += [("parallel", n, "both") for n in (900, 3600)]
    lines = []
    print(f"{'engine':10} {'length':>7} {'mode':8} {'seconds':>9} {'GiB':>6}")
    for engine, length, mode in plan:
        call = [sys.executable, __file__, engine, str(length), mode]
        done = subprocess.run(call, capture_output=True, text=True, check=True)
        line = {"engine": engine, "length": length, "mode": mode}
        line |= json.loads(done.stdout)
        lines.append(line)
        taken = f"{line['seconds']:9.3f} {line['gib_above_inputs']:6.2f}"
        print(f"{engine:10} {length:7} {mode:8} {taken}", flush=True)
    RESULT.write_text(json.dumps({"machine": facts, "lines": lines}, indent=1) + "\n")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        torch.set_num_threads(1)
        numba.set_num_threads(1)
        measure(sys.argv[1], int(sys.argv[2]), sys.argv[3])
    else:
        main()
