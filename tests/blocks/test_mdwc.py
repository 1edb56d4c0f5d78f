import pytest
import torch
from torch import nn

from spineseg.blocks.mdwc import BIEB, DFCB, MSCAW, Lower, Upper


@pytest.mark.parametrize(
    "make",
    [lambda: MSCAW(2, 3, (1, 3)), lambda: BIEB(2), lambda: Upper(2), lambda: Lower(2)],
)
def test_the_gradient_is_that_of_finite_differences(make):
    torch.manual_seed(0)
    x = torch.randn(2, 2, 4, 4, dtype=torch.double, requires_grad=True)
    assert torch.autograd.gradcheck(make().double(), (x,))


def test_the_gradient_of_dfcb_is_right_for_both_maps():
    torch.manual_seed(0)
    e = torch.randn(1, 2, 3, 3, dtype=torch.double, requires_grad=True)
    d = torch.randn(1, 3, 3, 3, dtype=torch.double, requires_grad=True)
    assert torch.autograd.gradcheck(DFCB(2, 3, 2).double(), (e, d))


def test_a_branch_of_mscaw_with_weight_zero_does_not_matter():
    block, x = MSCAW(2, 4).eval(), torch.randn(1, 2, 6, 6)
    with torch.no_grad():
        block.weights[3] = 0
        before = block(x)
        block.branches[3].pointwise.weight.add_(5)
        assert torch.equal(block(x), before)
        block.branches[2].pointwise.weight.add_(5)
        assert not torch.equal(block(x), before)


def test_the_weights_of_mscaw_do_not_depend_on_the_picture_but_are_learned():
    block = MSCAW(1, 2)
    assert torch.equal(block.weights, torch.ones(4, 2))
    assert block.weights.requires_grad
    assert not MSCAW(1, 2, weighted=False).weights.requires_grad


def test_dfcb_with_a_shut_gate_joins_the_reduced_maps():
    block = DFCB(2, 3, 2).eval()
    nn.init.zeros_(block.gate.weight)
    nn.init.constant_(block.gate.bias, -1000)
    e, d = torch.randn(1, 2, 4, 4), torch.randn(1, 3, 4, 4)
    expected = block.fuse(torch.cat([block.encoder(e), block.decoder(d)], dim=1))
    torch.testing.assert_close(block(e, d), expected)


def test_one_branch_of_bieb_stands_alone():
    block, x = BIEB(4, branches=("lower",)).eval(), torch.randn(1, 4, 5, 5)
    assert torch.equal(block(x), block.branches[0](x))
    assert isinstance(block.fuse, nn.Identity)


def test_the_upper_branch_without_weights_halves():
    block, x = Upper(4), torch.randn(1, 4, 3, 3)
    for p in block.parameters():
        nn.init.zeros_(p)
    torch.testing.assert_close(block(x), 0.5 * x)
