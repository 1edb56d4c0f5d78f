"""The engine for graphics cards: its call here, its numbers where there is a card."""

import importlib.util
import sys
from types import ModuleType

import pytest
import torch

from spineseg import SpinesegError
from spineseg.blocks.selective_scan import loop, selective_scan

HERE = torch.cuda.is_available() and importlib.util.find_spec("mamba_ssm") is not None


def draw(device="cpu"):
    make = torch.Generator().manual_seed(0)
    shapes = {
        "u": (2, 6, 50),
        "delta": (2, 6, 50),
        "B": (2, 2, 4, 50),
        "C": (2, 2, 4, 50),
    }
    given = {name: torch.randn(shape, generator=make) for name, shape in shapes.items()}
    given["delta"] = 0.1 * given["delta"].abs()
    given["A"] = -torch.exp(torch.randn(6, 4, generator=make))
    return {name: x.to(device).requires_grad_() for name, x in given.items()}


def test_without_the_package_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "mamba_ssm", None)
    with pytest.raises(SpinesegError, match=r"mamba-ssm.*pip install"):
        selective_scan(**draw(), engine="fused")


def test_the_kernel_gets_its_arguments_in_its_order(monkeypatch):
    """A stand-in with the kernel's signature computes by the definition."""
    stand_in = ModuleType("mamba_ssm.ops.selective_scan_interface")
    stand_in.selective_scan_fn = lambda u, delta, A, B, C: loop(u, delta, A, B, C)
    for name in ("mamba_ssm", "mamba_ssm.ops"):
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
    monkeypatch.setitem(sys.modules, stand_in.__name__, stand_in)
    given = draw()
    torch.testing.assert_close(
        selective_scan(**given, engine="fused"), selective_scan(**given, engine="loop")
    )


@pytest.mark.skipif(not HERE, reason="needs a CUDA device and mamba-ssm")
def test_values_and_gradients_are_those_of_the_loop():
    given = draw("cuda")
    found = {}
    for engine in ("fused", "loop"):
        y = selective_scan(**given, engine=engine)
        found[engine] = [y, *torch.autograd.grad(y.square().sum(), given.values())]
    for fast, plain in zip(found["fused"], found["loop"], strict=True):
        torch.testing.assert_close(fast, plain, rtol=1e-3, atol=1e-4)
