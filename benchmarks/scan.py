"""How fast and how small is the selective scan on a CPU, and does time grow as length?

Engines: the plain loop (the definition), the compiled engine, and the usual way of
writing the scan in PyTorch, which stores exp(delta A) and delta B u for all steps and
indexes them (mamba-ssm's and VMamba's reference functions have this form; this one is
our own). mambapy's parallel scan joins in where it is installed.

Two pictures, four paths, 384 channels, 16 states. Each line runs in a process of its
own, so that its peak of memory is its own. The engines take turns, ROUNDS times, and
the fastest of all turns counts: what else the machine does hits all of them alike.
One thread each: two threads wait for each other when the machine has other work, and
that is no question of the scan.
What is left out, and why, stands in the result.
"""

import importlib.util
import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import numba
import torch
from measuring.memory import forget_peak, memory_gib
from torch import Tensor

from spineseg.blocks.selective_scan import compiled, loop

RESULT = Path(__file__).resolve().parent / "results" / "scan.json"
PICTURES, PATHS, CHANNELS, STATES = 2, 4, 384, 16
ROUNDS, SECONDS_A_TURN = 2, 4
LENGTHS = (900, 3600, 14400)
MODES = ("forward", "both")
PUBLIC = ("indexing", "parallel")
LEFT_OUT = {
    ("indexing", 900, "both"): "grows with the square of the length: took minutes",
    ("indexing", 3600, "both"): "grows with the square of the length: over an hour",
    ("indexing", 14400, "forward"): "needs 13 GiB",
    ("indexing", 14400, "both"): "grows with the square of the length",
    ("parallel", 14400, "forward"): "needs 14 GiB or more",
    ("parallel", 14400, "both"): "needs 28 GiB",
    ("loop", 14400, "both"): "needs 18 GiB",
}


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


def measure(engine: str, length: int, mode: str) -> dict[str, float]:
    """Return the fastest seconds of one turn and the peak of memory over the inputs."""
    torch.set_num_threads(1)
    numba.set_num_threads(1)
    run, given = ENGINES[engine], draw(length, mode == "both")
    if engine == "compiled":  # compile before the clock starts
        short = draw(8, mode == "both")
        y = run(*short)
        _ = torch.autograd.grad(y.sum(), short) if mode == "both" else None
    base, best, begun = memory_gib("VmRSS"), float("inf"), time.perf_counter()
    forget_peak()
    while time.perf_counter() - begun < SECONDS_A_TURN:
        start = time.perf_counter()
        if mode == "both":
            torch.autograd.grad(run(*given).sum(), given)
        else:
            with torch.no_grad():
                run(*given)
        best = min(best, time.perf_counter() - start)
    return {"seconds": best, "gib_above_inputs": memory_gib("VmHWM") - base}


def turn(engine: str, length: int, mode: str) -> dict[str, float]:
    """Measure in a process of its own."""
    call = [sys.executable, __file__, engine, str(length), mode]
    done = subprocess.run(call, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def machine() -> dict[str, object]:
    names = ["numba", "numpy", "torch"]
    names += ["mambapy"] if "parallel" in present() else []
    return {
        "system": platform.system(),
        "machine": platform.machine(),
        "cores": os.cpu_count(),
        "threads": 1,
        "load_at_start": round(os.getloadavg()[0], 1),
        "python": platform.python_version(),
        "packages": {name: version(name) for name in names},
    }


def present() -> list[str]:
    """Return the engines that can run here."""
    there = importlib.util.find_spec("mambapy") is not None
    return [e for e in ENGINES if e != "parallel" or there]


def compare(length: int, mode: str) -> list[dict[str, object]]:
    """Let the engines take turns; return one line each."""
    engines = [e for e in present() if (e, length, mode) not in LEFT_OUT]
    turns: dict[str, list[dict[str, float]]] = {e: [] for e in engines}
    for _ in range(ROUNDS):
        for engine in engines:
            turns[engine].append(turn(engine, length, mode))
    lines: list[dict[str, object]] = []
    for engine in engines:
        seconds = min(t["seconds"] for t in turns[engine])
        gib = max(t["gib_above_inputs"] for t in turns[engine])
        line = {"engine": engine, "length": length, "mode": mode}
        lines.append(line | {"seconds": seconds, "gib_above_inputs": gib})
        print(f"{engine:10} {length:7} {mode:8} {seconds:9.3f} {gib:6.2f}", flush=True)
    return lines


def ratio(lines: list[dict[str, object]]) -> float | None:
    """Return seconds of the fastest public engine over those of the compiled one."""
    seconds = {str(x["engine"]): float(str(x["seconds"])) for x in lines}
    public = [seconds[e] for e in PUBLIC if e in seconds]
    return min(public) / seconds["compiled"] if public else None


def main() -> None:
    """Run all lengths and modes; print the table; write the result."""
    facts, lines, ratios = machine(), [], {}
    if "parallel" not in present():
        print("mambapy is not installed: the parallel scan is missing (pip install it)")
    print(f"{'engine':10} {'length':>7} {'mode':8} {'seconds':>9} {'GiB':>6}")
    for length in LENGTHS:
        for mode in MODES:
            some = compare(length, mode)
            lines += some
            found = ratio(some)
            if found is not None:
                ratios[f"{length} {mode}"] = round(found, 1)
                print(f"fastest public / compiled: {found:.1f}", flush=True)
    facts["load_at_end"] = round(os.getloadavg()[0], 1)
    left_out = [" ".join(map(str, k)) + ": " + why for k, why in LEFT_OUT.items()]
    left_out += [] if "parallel" in present() else ["parallel: no mambapy here"]
    result = {"machine": facts, "fastest_public_over_compiled": ratios}
    result |= {"lines": lines, "left_out": left_out}
    RESULT.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    if len(sys.argv) == 4:
        print(json.dumps(measure(sys.argv[1], int(sys.argv[2]), sys.argv[3])))
    else:
        main()
