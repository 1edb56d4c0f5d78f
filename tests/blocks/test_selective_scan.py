import math
import subprocess
import sys

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from spineseg import SpinesegError
from spineseg.blocks.scan_kernels import BLOCK
from spineseg.blocks.selective_scan import choose_engine, selective_scan

CPU_ENGINES = ("loop", "compiled")


def draw(b=2, g=2, d=3, n=4, length=7, dtype=torch.float64, seed=0):
    make = torch.Generator().manual_seed(seed)

    def normal(*shape):
        return torch.randn(*shape, generator=make, dtype=dtype)

    return {
        "u": normal(b, g * d, length),
        "delta": 0.5 * normal(b, g * d, length),
        "A": -torch.exp(normal(g * d, n)),
        "B": normal(b, g, n, length),
        "C": normal(b, g, n, length),
        "D": normal(g * d),
        "z": normal(b, g * d, length),
        "delta_bias": normal(g * d),
        "delta_softplus": True,
    }


@pytest.mark.parametrize("engine", CPU_ENGINES)
def test_three_steps_by_hand(engine):
    # decay 1/2 a step: h = 1, 1/2 + 2, 5/4 + 3
    one = torch.ones(1, 1, 3, dtype=torch.float64)
    u = torch.tensor([[[1.0, 2.0, 3.0]]], dtype=torch.float64)
    A = torch.tensor([[-math.log(2)]], dtype=torch.float64)
    y = selective_scan(u, one, A, one, one, engine=engine)
    assert y[0, 0].tolist() == pytest.approx([1, 2.5, 4.25])


@pytest.mark.parametrize("engine", CPU_ENGINES)
def test_without_decay_the_scan_is_a_cumulative_sum(engine):
    u = torch.randn(2, 3, 100, dtype=torch.float64)
    one = torch.ones(2, 1, 100, dtype=torch.float64)
    y = selective_scan(
        u, torch.ones_like(u), torch.zeros(3, 1).double(), one, one, engine=engine
    )
    torch.testing.assert_close(y, u.cumsum(-1))


@pytest.mark.parametrize("engine", CPU_ENGINES)
def test_a_constant_system_is_a_convolution_with_its_impulse_response(engine):
    length, decay, step = 50, 0.3, 0.7
    u = np.random.default_rng(0).standard_normal(length)
    t = torch.full((1, 1, length), step, dtype=torch.float64)
    A = torch.tensor([[-decay]], dtype=torch.float64)
    b, c = torch.tensor([[2.0]]).double(), torch.tensor([[3.0]]).double()
    y = selective_scan(torch.tensor(u)[None, None], t, A, b, c, engine=engine)
    response = 3 * 2 * step * np.exp(-decay * step * np.arange(length))
    expected = np.convolve(u, response)[:length]
    np.testing.assert_allclose(y[0, 0].numpy(), expected, rtol=1e-10)


@pytest.mark.parametrize("engine", CPU_ENGINES)
def test_output_t_ignores_inputs_after_t(engine):
    given = draw(length=2 * BLOCK + 3)
    before = selective_scan(**given, engine=engine)
    t = BLOCK + 1
    for name in ("u", "delta", "B", "C", "z"):
        given[name][..., t:] += 1
    after = selective_scan(**given, engine=engine)
    torch.testing.assert_close(after[..., :t], before[..., :t], rtol=0, atol=0)
    assert (after[..., t:] != before[..., t:]).all()


@pytest.mark.parametrize("length", [1, 5, BLOCK, 2 * BLOCK + 5])
@pytest.mark.parametrize(("b", "g", "n"), [(1, 1, 1), (2, 2, 4), (3, 1, 16)])
def test_compiled_equals_loop_with_all_gradients(length, b, g, n):
    results = {}
    for engine in CPU_ENGINES:
        given = draw(b, g, 5, n, length)
        leaves = [
            v.requires_grad_() for v in given.values() if isinstance(v, torch.Tensor)
        ]
        y = selective_scan(**given, engine=engine)
        weight = torch.linspace(-1, 1, y.numel(), dtype=y.dtype).view_as(y)
        results[engine] = (y, *torch.autograd.grad((weight * y).sum(), leaves))
    for ours, truth in zip(*(results[e] for e in CPU_ENGINES), strict=True):
        torch.testing.assert_close(ours, truth, rtol=1e-9, atol=1e-9)


@pytest.mark.oracle
@pytest.mark.parametrize("engine", CPU_ENGINES)
def test_the_scan_and_its_gradients_agree_with_mambapy(engine):
    pscan = pytest.importorskip("mambapy.pscan", reason='pip install -e ".[oracles]"')
    given = draw(g=1, d=6, length=50)
    given = {name: given[name] for name in ("u", "delta", "A", "B", "C")}
    given["delta"] = given["delta"].abs()
    leaves = [x.requires_grad_() for x in given.values()]
    ours = selective_scan(**given, engine=engine)
    # theirs: states b l d n from decays and inputs
    u, step = (given[name].transpose(1, 2)[..., None] for name in ("u", "delta"))
    b, c = (given[name].permute(0, 3, 1, 2) for name in ("B", "C"))
    states = pscan.pscan(torch.exp(step * given["A"]), step * u * b)
    theirs = (states * c).sum(-1).transpose(1, 2)
    torch.testing.assert_close(ours, theirs)
    grads = (torch.autograd.grad(y.square().sum(), leaves) for y in (ours, theirs))
    torch.testing.assert_close(*grads)


@pytest.mark.parametrize("engine", CPU_ENGINES)
def test_the_gradient_is_that_of_finite_differences(engine):
    given = draw(b=1, g=2, d=1, n=2, length=5)
    del given["delta_softplus"]
    leaves = [v.requires_grad_() for v in given.values()]

    def scan(*values):
        named = dict(zip(given, values, strict=True))
        return selective_scan(**named, delta_softplus=True, engine=engine)

    assert torch.autograd.gradcheck(scan, leaves)


@pytest.mark.parametrize("length", [100, 1000])
def test_single_precision_agrees_with_double_to_a_millionth(length):
    given = draw(b=1, g=2, d=4, n=16, length=length)
    truth = selective_scan(**given, engine="loop")
    single = {k: v.float() if k != "delta_softplus" else v for k, v in given.items()}
    for engine in CPU_ENGINES:
        y = selective_scan(**single, engine=engine)
        assert (y - truth).abs().max() / truth.abs().max() < 2e-6


def test_single_precision_gradients_agree_with_double():
    grads = {}
    for dtype in (torch.float32, torch.float64):
        given = draw(b=1, g=1, d=4, n=16, length=200)
        leaves = [
            v.to(dtype).requires_grad_() if isinstance(v, torch.Tensor) else v
            for v in given.values()
        ]
        y = selective_scan(**dict(zip(given, leaves, strict=True)), engine="compiled")
        grads[dtype] = torch.autograd.grad(y.square().sum(), leaves[:-1])
    for single, double in zip(*grads.values(), strict=True):
        assert (single - double).abs().max() / double.abs().max() < 5e-6


@settings(deadline=None, max_examples=25)
@given(st.integers(1, 3), st.integers(1, 3), st.integers(1, 90), st.integers(0, 99))
def test_every_engine_gives_the_same_for_any_size(g, d, length, seed):
    given = draw(1, g, d, 3, length, seed=seed)
    loop, compiled = (selective_scan(**given, engine=e) for e in CPU_ENGINES)
    torch.testing.assert_close(compiled, loop)


def test_a_step_that_forgets_everything_starts_anew():
    given = draw(b=1, g=1, d=2, n=3, length=20, dtype=torch.float32)
    given["delta"][..., 10] = 1e6  # the decay of this step is zero
    given["u"][..., 10] = 0
    y = selective_scan(**given)
    given["u"][..., :10] += 5
    torch.testing.assert_close(selective_scan(**given)[..., 11:], y[..., 11:])


def test_groups_are_separate_scans():
    given = draw(b=1, g=2, d=3)
    whole = selective_scan(**given)
    first = {k: v[:, :3] for k, v in given.items() if k in ("u", "delta", "z")}
    first |= {k: given[k][:3] for k in ("A", "D", "delta_bias")}
    first |= {k: given[k][:, 0] for k in ("B", "C")}
    torch.testing.assert_close(
        selective_scan(**first, delta_softplus=True), whole[:, :3]
    )


def test_the_input_of_a_scan_need_not_be_contiguous():
    given = draw()
    y = selective_scan(**given)
    given["u"] = given["u"].transpose(1, 2).contiguous().transpose(1, 2)
    torch.testing.assert_close(selective_scan(**given), y)


def test_auto_looks_at_the_tensor():
    assert choose_engine(torch.zeros(1)) == "compiled"
    assert choose_engine(torch.zeros(1, dtype=torch.bfloat16)) == "loop"
    assert choose_engine(torch.zeros(1, device="meta")) == "loop"


def test_on_the_meta_device_there_is_only_a_shape():
    given = {k: v.to("meta") if k != "delta_softplus" else v for k, v in draw().items()}
    y = selective_scan(**given)
    assert y.is_meta
    assert y.shape == (2, 6, 7)


def test_an_unknown_engine_and_clashing_shapes_are_refused():
    given = draw()
    with pytest.raises(SpinesegError, match=r"unknown engine.*fast.*loop, compiled"):
        selective_scan(**given, engine="fast")
    with pytest.raises(SpinesegError, match="B does not fit"):
        selective_scan(**(given | {"B": given["B"][..., :-1]}))
    with pytest.raises(SpinesegError, match="do not fit"):
        selective_scan(**(given | {"A": given["A"][:-1]}))


@pytest.mark.parametrize("threads", [1, 2])
def test_a_scan_leaves_the_number_of_threads_as_it_was(threads):
    # numba's OpenMP layer would change it for all that torch computes afterwards
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        u = torch.randn(1, 2, 8, requires_grad=True)
        b = torch.randn(1, 1, 3, 8)
        y = selective_scan(u, torch.rand(1, 2, 8), -torch.rand(2, 3), b, b)
        y.sum().backward()
        assert torch.get_num_threads() == threads
    finally:
        torch.set_num_threads(before)


def test_importing_the_networks_leaves_the_number_of_threads_as_it_was():
    code = (
        "import torch; torch.set_num_threads(1); import spineseg.models;"
        "import spineseg.blocks.scan_kernels as k; k.kernels(4); k.parts(3);"
        "print(torch.get_num_threads())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "1"
