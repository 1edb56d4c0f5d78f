"""Convolutional blocks on pictures so small that a pencil gives the same numbers."""

import math

import pytest
import torch
from torch import nn

from spineseg.blocks.cbam import CBAM
from spineseg.blocks.channel_attention import ECA
from spineseg.blocks.context import PyramidPooling
from spineseg.blocks.convnext import ConvNeXtBlock
from spineseg.blocks.dense import DenseBlock
from spineseg.blocks.inception import Inception
from spineseg.blocks.mdwc import BIEB, DFCB, MSCAW, Lower, Upper
from spineseg.blocks.residual import Residual, ResReLU
from spineseg.blocks.updown import DilatedResidualDown, UpConv
from spineseg.blocks.vss import VSSWithECA


def ones(block):
    """Return the block in eval with weights of one, biases of zero, exact norms."""
    for p in block.parameters():
        nn.init.constant_(p, float(p.dim() > 1))
    for norm in (m for m in block.modules() if isinstance(m, nn.BatchNorm2d)):
        nn.init.ones_(norm.weight)
        norm.eps = 0.0
    return block.eval()


def centre(conv, value):
    """Let a convolution of one channel multiply by a number."""
    nn.init.zeros_(conv.weight)
    side = conv.weight.shape[-1]
    conv.weight.data[..., side // 2, side // 2] = value


def picture(*rows):
    """Return one channel as b c h w."""
    return torch.tensor([[rows]], dtype=torch.float32)


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        (Residual(1, 1), [7.0, 0.0]),
        (ResReLU(1), [7.0, 0.0]),
        (ResReLU(1, relu_after_sum=False), [7.0, -1.0]),
    ],
)
def test_three_times_twice_a_pixel_and_the_pixel(block, expected):
    convs = [m for m in ones(block).modules() if isinstance(m, nn.Conv2d)]
    for conv, value in zip(convs, (2.0, 3.0), strict=True):
        centre(conv, value)
    assert block(picture([1.0, -1.0])).flatten().tolist() == expected


def test_a_dense_block_adds_all_before_four_times():
    # 2; four times 2; four times 2 + 8
    out = ones(DenseBlock(1, layers=2, growth=1))(picture([2.0]))
    assert out.flatten().tolist() == [2, 8, 40]


def test_the_four_branches_of_inception_on_nine_ones():
    block = ones(Inception(1, (1, 1, 1, 1, 1, 1), norm=None))
    one, three, five, pooled = block(torch.ones(1, 1, 3, 3))[0]
    assert torch.equal(one, torch.ones(3, 3))
    assert three.tolist() == [[4, 6, 4], [6, 9, 6], [4, 6, 4]]
    assert torch.equal(five, torch.full((3, 3), 9.0))
    assert torch.equal(pooled, torch.ones(3, 3))


def test_convnext_adds_eight_gelus_of_a_normed_pixel():
    block = ones(ConvNeXtBlock(2, layer_scale=1.0))
    nn.init.ones_(block.gamma)
    nn.init.ones_(block.norm.weight)
    centre(block.dwconv, 1.0)
    nn.init.zeros_(block.pwconv1.weight)
    block.pwconv1.weight.data[:, 0] = 1
    x = torch.tensor([3.0, 1.0]).reshape(1, 2, 1, 1)  # normed: 1 and -1
    gelu = 0.5 * (1 + math.erf(math.sqrt(0.5)))
    torch.testing.assert_close(block(x), x + 8 * gelu)


def test_pyramid_pooling_puts_the_mean_beside_the_map():
    out = ones(PyramidPooling(1, bins=(1,)))(picture([1.0, 2.0], [3.0, 6.0]))
    assert out[0].tolist() == [[[1, 2], [3, 6]], [[3, 3], [3, 3]]]


def test_three_channels_under_a_kernel_of_eca():
    block, ln3 = ECA(3, kernel=3), math.log(3)
    block.conv.weight.data = ln3 * torch.tensor([[[-1.0, 1.0, -1.0]]])
    x = torch.tensor([1.0, 2.0, 1.0]).reshape(1, 3, 1, 1)
    expected = torch.tensor([[0.25, 0.5, 0.25]])
    torch.testing.assert_close(block.weights(x), expected)


def test_cbam_weighs_by_mean_and_maximum_twice():
    block = ones(CBAM(1, kernel=1))
    # channel: mean 2 and maximum 3; pixel: mean and maximum are the pixel itself
    first = torch.tensor([1.0, 3.0]) / (1 + math.exp(-5))
    expected = first * torch.sigmoid(2 * first)
    torch.testing.assert_close(block(picture([1.0, 3.0])).flatten(), expected)


def test_mscaw_with_weights_two_and_three_on_nine_ones():
    block = ones(MSCAW(1, 1, kernels=(1, 3)))
    block.weights.data = torch.tensor([[2.0], [3.0]])
    out = block(torch.ones(1, 1, 3, 3))[0, 0]
    # twice the pixel and three times the sum of what the 3 x 3 kernel sees
    assert out.tolist() == [[14, 20, 14], [20, 29, 20], [14, 20, 14]]


def test_dfcb_whose_gate_is_three_quarters_open():
    block = ones(DFCB(1, 1, 1))
    nn.init.constant_(block.gate.weight, math.log(3) / 8)
    out = block(picture([2.0]), picture([4.0]))
    assert out.item() == pytest.approx(1.75 * (2 + 4))


def test_both_branches_of_bieb():
    x = picture([math.log(3) / 2])
    upper, lower = ones(Upper(1)), ones(Lower(1))
    nn.init.constant_(lower.weight, 2.0)
    for conv in (lower.first[0], lower.second[0]):
        centre(conv, 2.0)
    torch.testing.assert_close(upper(x), 0.75 * x)
    torch.testing.assert_close(lower(x), 2 * 9 * x)
    block = ones(BIEB(1))
    block.branches[0], block.branches[1] = upper, lower
    torch.testing.assert_close(block(x), 18.75 * x)


def test_a_pixel_doubled_is_seen_four_times():
    out = ones(UpConv(1, 1))(picture([5.0]))
    assert out[0, 0].tolist() == [[20, 20], [20, 20]]


def test_a_dilated_kernel_on_four_pixels_sees_each_alone():
    skip, low = ones(DilatedResidualDown(1, 1, rate=2))(picture([1.0, 2], [3, 4]))
    assert skip[0, 0].tolist() == [[2, 4], [6, 8]]
    assert low.flatten().tolist() == [8]


def test_the_block_of_cvm_unet_whose_scan_is_silent():
    block = ones(VSSWithECA(1, states=2))
    nn.init.zeros_(block.ss2d.out_proj.weight)
    for phi, value in ((block.phi_1, 2.0), (block.phi_2, 3.0)):
        centre(phi[0], value)
    # A is zero, so Z = [x; 0]; ReLU stands behind both convolutions
    assert block(picture([1.0, -1.0])).flatten().tolist() == [6, 0]
