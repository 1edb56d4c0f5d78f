"""How long is one training step of each network, and how much memory does it take?

One picture of the paper's size, forward and backward, all outputs; libraries' twins of
the same size stand beside ours. Each network runs in a process of its own, so that its
peak of memory is its own: weights, gradients and activations, without an optimiser.
A first step on a small picture compiles and warms; then the fastest of up to three
counts. Seconds are those of the processor, on one thread: other work on the machine
does not lengthen them, and on a quiet one they are those of the clock. Where a step
takes more than five minutes or 16 GiB, the picture is halved until it does not, and the
table says so.

Needs Linux, which tells the peak of memory.

Interrupt it and run it again: what is measured stays, unless its parameters changed.
``python benchmarks/networks.py cervspinenet`` measures the names that begin so;
``--again`` measures anew.
"""

import argparse
import inspect
import json
import os
import platform
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import torch
from measuring.memory import forget_peak, memory_gib
from torch import nn

from spineseg.cli.models import OWN_SIDES, PROPOSED, SIDES
from spineseg.models import create_model, list_models
from spineseg.models.registry import MODELS

RESULT = Path(__file__).resolve().parent / "results" / "networks.json"
LIMIT_S, LIMIT_GIB = 300, 16
TOO_LARGE = 3
FIXED = "transformers SAM"  # these take 1024 x 1024 and nothing else


class Segformer(nn.Module):
    """transformers' SegFormer-B0, its logits enlarged to the picture."""

    def __init__(self) -> None:
        from transformers import SegformerConfig, SegformerForSemanticSegmentation

        super().__init__()
        self.net = SegformerForSemanticSegmentation(SegformerConfig(num_labels=1))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return logits."""
        logits = self.net(pixel_values=x).logits
        return nn.functional.interpolate(logits, size=x.shape[2:], mode="bilinear")


class Sam(nn.Module):
    """transformers' SAM ViT-B, one positive point, one mask."""

    def __init__(self) -> None:
        from transformers import SamConfig, SamModel

        super().__init__()
        self.net = SamModel(SamConfig())

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return logits at a quarter of the size."""
        points = torch.full((len(x), 1, 1, 2), 100.0)
        out = self.net(pixel_values=x, input_points=points, multimask_output=False)
        return out.pred_masks


def dynunet() -> nn.Module:
    from monai.networks.nets import DynUNet

    widths = (32, 64, 128, 256, 512, 512, 512, 512)
    strides = [1, *(2 for _ in widths[1:])]
    norm = ("instance", {"affine": True})
    return DynUNet(
        2, 1, 4, [3] * 8, strides, strides[1:], filters=widths, norm_name=norm
    )


def attention_unet() -> nn.Module:
    from monai.networks.nets import AttentionUnet

    return AttentionUnet(2, 3, 1, (64, 128, 256, 512, 1024), (2, 2, 2, 2))


def public_cervspinenet() -> nn.Module:
    return create_model("cervspinenet/cervspinenet", 3, 1, engine="transformers")


TWINS: dict[str, tuple[str, Callable[[], nn.Module], str]] = {
    "MONAI DynUNet": ("wgan_ctm/nnunet", dynunet, "monai"),
    "MONAI AttentionUnet": ("cvmunet/attention_unet", attention_unet, "monai"),
    "transformers SegFormer-B0": (
        "cervspinenet/segformer_text",
        Segformer,
        "transformers",
    ),
    "transformers SAM ViT-B": ("cervspinenet/sam", Sam, "transformers"),
    "transformers SAM encoder, our decoder": (
        "cervspinenet/cervspinenet",
        public_cervspinenet,
        "transformers",
    ),
}
"""Library's network: ours beside which it stands, how it is made, its package.
AttentionUnet has gates and decoder of its own; the others compute what ours do."""


def sizes(name: str) -> tuple[int, int, int]:
    """Return channels, classes and side as the paper of a network has them."""
    known = inspect.signature(MODELS[name]).parameters
    side = OWN_SIDES.get(name, SIDES[name.split("/")[0]])
    return known["in_channels"].default, known["classes"].default, side


def build(name: str) -> nn.Module:
    if name in TWINS:
        return TWINS[name][1]()
    return create_model(name, *sizes(name)[:2])


def step(model: nn.Module, x: torch.Tensor) -> float:
    """Return the seconds of one forward and backward pass through all outputs."""
    ours = inspect.ismethod(getattr(model, "heads", None))  # MONAI's are a list
    heads = model.heads if ours else lambda y: {"logits": model(y)}
    given = [x]
    if "points" in inspect.signature(heads).parameters:
        given.append(torch.full((1, 7, 2), 10.0))  # seven processes
    model.zero_grad(set_to_none=True)
    start = time.process_time()
    sum(y.square().mean() for y in heads(*given).values()).backward()
    return time.process_time() - start


def measure(name: str, side: int) -> None:
    """Print seconds and peak memory of one network as JSON."""
    space = LIMIT_GIB * 2**30
    resource.setrlimit(resource.RLIMIT_DATA, (space, space))
    channels = sizes(TWINS[name][0] if name in TWINS else name)[0]
    torch.manual_seed(0)
    base = memory_gib("VmRSS")
    forget_peak()
    try:
        model = build(name).train()
        fixed = name.startswith(FIXED)
        small = max(2 * int(getattr(model, "multiple", 128)), 64)
        if not fixed and small < side:
            step(model, torch.randn(1, channels, small, small))
        # the system ends the process when its step takes longer
        limit = int(time.process_time()) + LIMIT_S
        resource.setrlimit(resource.RLIMIT_CPU, (limit, limit))
        x, times = torch.randn(1, channels, side, side), []
        while len(times) < 3 and sum(times) < 2:
            times.append(step(model, x))
    except (MemoryError, RuntimeError) as error:
        if isinstance(error, MemoryError) or "allocate" in str(error):
            sys.exit(TOO_LARGE)
        raise
    print(json.dumps({"seconds": min(times), "gib": memory_gib("VmHWM") - base}))


def run(name: str, side: int) -> dict[str, float] | None:
    """Return what a process of its own measured; None if it takes too much."""
    call = [sys.executable, __file__, "--child", name, str(side)]
    child = subprocess.run(call, stdout=subprocess.PIPE, text=True, check=False)
    if child.returncode in (TOO_LARGE, -signal.SIGKILL, -signal.SIGXCPU):
        return None
    if child.returncode:
        raise RuntimeError(f"{name} at {side}: exit {child.returncode}")
    return json.loads(child.stdout)


def line_of(name: str, wanted: int) -> dict[str, object]:
    """Return the line of one network, at the largest size that fits."""
    ours = TWINS[name][0] if name in TWINS else name
    side, found = wanted, run(name, wanted)
    while found is None and side > 64 and not name.startswith(FIXED):
        side //= 2
        found = run(name, side)
    line = {"name": name, "beside": ours, "parameters": parameters(name)}
    line |= {"paper_side": sizes(ours)[2], "side": side if found else None}
    line |= {"proposed": name in PROPOSED, "load": round(os.getloadavg()[0], 1)}
    return line | {k: round(v, 4) for k, v in (found or {}).items()}


def parameters(name: str) -> int:
    with torch.device("meta"):
        return sum(p.numel() for p in build(name).parameters())


def machine() -> dict[str, object]:
    packages = {}
    for name in ("torch", "numba", "monai", "transformers"):
        try:
            packages[name] = version(name)
        except PackageNotFoundError:
            packages[name] = None
    return {
        "system": platform.system(),
        "machine": platform.machine(),
        "cores": os.cpu_count(),
        "threads": 1,
        "python": platform.python_version(),
        "packages": packages,
    }


def plan(beginning: str) -> list[str]:
    """Return the networks: first the proposed, then those with a twin, the rest."""
    paired = {ours for ours, _, _ in TWINS.values()}
    found = sorted(list_models(), key=lambda n: (n not in PROPOSED, n not in paired, n))
    there = {t: v for t, v in TWINS.items() if machine()["packages"].get(v[2])}
    with_twins = [[n, *(t for t, v in there.items() if v[0] == n)] for n in found]
    chosen = [n for group in with_twins for n in group]
    return [
        n for n in chosen if (TWINS[n][0] if n in TWINS else n).startswith(beginning)
    ]


def load(anew: list[str]) -> dict[str, dict[str, object]]:
    """Return what is known, by name, without what is to be measured anew."""
    if not RESULT.exists():
        return {}
    lines = json.loads(RESULT.read_text())["lines"]
    return {line["name"]: line for line in lines if line["name"] not in anew}


def save(lines: dict[str, dict[str, object]]) -> None:
    order = [n for n in plan("") if n in lines]
    value = {"machine": machine(), "lines": [lines[n] for n in order]}
    part = RESULT.with_suffix(".part")
    part.write_text(json.dumps(value, indent=1) + "\n")
    part.replace(RESULT)


def main(beginning: str, again: bool) -> None:
    """Measure what is not measured yet; print the table; keep each line at once."""
    lines = load(plan(beginning) if again else [])
    print(f"{'network':38} {'side':>5} {'paper':>5} {'seconds':>8} {'GiB':>6}")
    for name in plan(beginning):
        known = lines.get(name)
        if known is None or known["parameters"] != parameters(name):
            # a twin beside ours at the size that ours could do, where it can
            alone = name not in TWINS or name.startswith(FIXED)
            wanted = sizes(TWINS[name][0] if name in TWINS else name)[2]
            side = wanted if alone else lines[TWINS[name][0]]["side"]
            lines[name] = line_of(name, side or wanted)
            save(lines)
        line = lines[name]
        mark = " " if line["side"] == line["paper_side"] else "*"
        row = f"{name:38} {line['side'] or '-':>5} {line['paper_side']:>5}"
        print(
            f"{row} {line.get('seconds', float('nan')):8.2f} "
            f"{line.get('gib', float('nan')):6.2f}{mark}",
            flush=True,
        )
    print("* smaller than the paper's: a step there takes over five minutes or 16 GiB")


if __name__ == "__main__":
    known = argparse.ArgumentParser(description=__doc__)
    known.add_argument("beginning", nargs="?", default="")
    known.add_argument("--again", action="store_true")
    known.add_argument("--child", nargs=2, metavar=("NAME", "SIDE"))
    given = known.parse_args()
    if given.child:
        torch.set_num_threads(1)
        measure(given.child[0], int(given.child[1]))
    else:
        main(given.beginning, given.again)
