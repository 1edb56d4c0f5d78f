import pytest
import torch
from torch import nn

from spineseg.blocks.mixed import MixedAttention, MixedDepthwise, MixedResidual
from spineseg.blocks.standardised import StandardisedBottleneck, StandardisedConv2d


def ones(layer):
    for p in layer.parameters():
        nn.init.ones_(p) if p.ndim > 1 else nn.init.zeros_(p)
    return layer


def test_each_part_of_the_channels_sums_over_its_own_square():
    layer = ones(MixedDepthwise(3, kernels=(1, 3, 5)))
    x = torch.zeros(1, 3, 7, 7)
    x[:, :, 3, 3] = 1
    assert layer(x).sum((0, 2, 3)).tolist() == [1, 9, 25]


def test_the_first_kernel_takes_the_channels_that_are_left_over():
    assert MixedDepthwise(7, kernels=(3, 5, 7)).parts == [3, 2, 2]


def test_mixed_attention_squares_its_value_when_all_weights_are_one():
    layer = ones(MixedAttention(2, kernels=(1, 1)))
    value = 2 * nn.functional.gelu(torch.tensor(6.0))  # two channels of 3, summed
    out = layer(torch.full((1, 2, 1, 1), 3.0))
    expected = (value / 2) * value * 2  # v times the sum of both v, summed again
    torch.testing.assert_close(out, expected.expand_as(out))


def test_a_mixed_module_turns_with_the_picture_when_its_kernels_do():
    block, x = MixedResidual(4, kernels=(3, 5)).eval(), torch.randn(1, 4, 6, 6)
    before = block(x)
    for conv in block.attention.mix.convs:
        conv.weight.data = conv.weight.data.flip(2)
    torch.testing.assert_close(block(x.flip(2)), before.flip(2))


def test_a_standardised_filter_of_two_weights_is_minus_one_and_one():
    conv = StandardisedConv2d(2, 1, 1)
    conv.weight.data = torch.tensor([3.0, 7.0]).reshape(1, 2, 1, 1)
    x = torch.tensor([10.0, 15.0]).reshape(1, 2, 1, 1)
    torch.testing.assert_close(conv(x).flatten(), torch.tensor([5.0]))


def test_scale_and_offset_of_a_filter_do_not_matter():
    conv, x = StandardisedConv2d(3, 2, 3), torch.randn(1, 3, 5, 5)
    before = conv(x)
    conv.weight.data = 30 * conv.weight.data + 2
    torch.testing.assert_close(conv(x), before, rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize(
    "block",
    [
        MixedDepthwise(4, kernels=(1, 3)),
        MixedAttention(4, kernels=(1, 3)),
        MixedResidual(4, kernels=(1, 3), expand=1),
        StandardisedConv2d(4, 2, 3, stride=2),
        StandardisedBottleneck(4, 8, stride=2),
    ],
)
def test_the_gradient_is_that_of_finite_differences(block):
    torch.manual_seed(0)
    x = torch.randn(2, 4, 4, 4, dtype=torch.double, requires_grad=True)
    assert torch.autograd.gradcheck(block.double(), (x,))
