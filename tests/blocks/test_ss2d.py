import pytest
import torch
from meta_networks import parameters
from torch import nn

from spineseg.blocks.ss2d import SS2D, cross_merge, cross_scan, step_bias
from spineseg.blocks.vss import VSS, VSSWithECA


def test_the_four_paths_over_six_pixels():
    picture = torch.tensor([[0, 1, 2], [3, 4, 5]])[None, None]
    paths = cross_scan(picture)[0, :, 0].tolist()
    assert paths == [
        [0, 1, 2, 3, 4, 5],
        [0, 3, 1, 4, 2, 5],
        [5, 4, 3, 2, 1, 0],
        [5, 2, 4, 1, 3, 0],
    ]


def test_merging_what_was_scanned_gives_four_times_the_picture():
    picture = torch.randn(2, 3, 4, 5)
    torch.testing.assert_close(cross_merge(cross_scan(picture), 4, 5), 4 * picture)


@pytest.mark.parametrize("c", [16, 96, 192, 384])
def test_ss2d_has_seven_c_squared_and_424_c_parameters(c):
    with torch.device("meta"):
        assert parameters(SS2D(c)) == 7 * c * c + 424 * c


def test_steps_start_between_a_thousandth_and_a_tenth():
    steps = nn.functional.softplus(step_bias(1000))
    assert steps.min() >= 0.00099
    assert steps.max() <= 0.101


def test_one_pixel_by_hand():
    # all weights one: u = B = C = s, h = step * s * s, y = s * h + D * s, four times
    block = SS2D(1, states=1, expand=1, gate=False)
    block.register_module("out_norm", nn.Identity())  # it would make one channel zero
    for name, p in block.named_parameters():
        nn.init.constant_(p, float("bias" not in name))
    s = nn.functional.silu(torch.tensor(2.0))
    expected = 4 * (nn.functional.softplus(s) * s**3 + s)
    out = block(torch.full((1, 1, 1, 1), 2.0))
    torch.testing.assert_close(out.flatten(), expected[None])


def test_with_equal_weights_on_all_paths_turning_the_picture_turns_the_result():
    torch.manual_seed(0)
    block = SS2D(16, states=4, gate=False)
    d = block.conv.in_channels
    with torch.no_grad():
        for p in (block.x_proj_weight, block.dt_projs_weight, block.dt_projs_bias):
            p.copy_(p[:1].expand_as(p))
    assert torch.equal(block.A_logs[:d], block.A_logs[d : 2 * d])
    x = torch.randn(1, d, 6, 6)
    turned = block.scan(x.rot90(2, dims=(2, 3))).rot90(2, dims=(2, 3))
    torch.testing.assert_close(turned, block.scan(x), rtol=1e-4, atol=1e-5)
    mirrored = block.scan(x.transpose(2, 3)).transpose(2, 3)
    torch.testing.assert_close(mirrored, block.scan(x), rtol=1e-4, atol=1e-5)


def test_every_pixel_of_ss2d_sees_every_other():
    torch.manual_seed(0)
    block = SS2D(8, states=4).double()
    x = torch.randn(1, 5, 5, 8, dtype=torch.double, requires_grad=True)
    block(x)[0, 2, 1].sum().backward()
    assert (x.grad.abs().sum(-1) > 0).all()


@pytest.mark.parametrize("engine", ["loop", "compiled"])
def test_the_gradient_of_ss2d_is_that_of_finite_differences(engine):
    torch.manual_seed(0)
    block = SS2D(2, states=2, engine=engine).double()
    x = torch.randn(1, 2, 3, 2, dtype=torch.double, requires_grad=True)
    assert torch.autograd.gradcheck(block, (x,))


@pytest.mark.parametrize("make", [VSS, VSSWithECA])
def test_the_gradient_of_a_vss_block_is_that_of_finite_differences(make):
    torch.manual_seed(0)
    block = make(2, states=2).double()
    x = torch.randn(2, 2, 2, 3, dtype=torch.double, requires_grad=True)
    assert torch.autograd.gradcheck(block, (x,))


def test_a_vss_block_whose_last_weights_are_zero_is_the_identity():
    block, x = VSS(4, states=2), torch.randn(1, 4, 3, 3)
    nn.init.zeros_(block.ss2d.out_proj.weight)
    assert torch.equal(block(x), x)


@pytest.mark.parametrize(("sum_with", "more"), [("A", 0), ("Z", 2 * 8 * 8)])
def test_the_two_readings_of_an_impossible_sum(sum_with, more):
    block = VSSWithECA(8, sum_with=sum_with)
    assert parameters(block) == parameters(VSSWithECA(8)) + more
    assert block(torch.randn(2, 8, 4, 5)).shape == (2, 8, 4, 5)


@pytest.mark.parametrize("gate", [False, True])
def test_the_gate_costs_a_second_projection(gate):
    assert parameters(SS2D(16, gate=gate)) == 7 * 256 + 424 * 16 - (not gate) * 2 * 256
