import math

import pytest
import torch
from torch import nn

from spineseg import SpinesegError
from spineseg.blocks.attention_gate import AttentionGate
from spineseg.blocks.cbam import CBAM, ChannelAttention, SpatialAttention
from spineseg.blocks.channel_attention import ECA, SqueezeExcite, eca_kernel
from spineseg.blocks.context import ASPP, PyramidPooling
from spineseg.blocks.scsa import PCSA, SCSA, SMSA


def zero(module):
    for parameter in module.parameters():
        nn.init.zeros_(parameter)
    return module


@pytest.mark.parametrize(
    ("block", "scale"),
    [
        (SqueezeExcite(4), 0.5),
        (ECA(4), 0.5),
        (ChannelAttention(4), 0.5),
        (SpatialAttention(), 0.5),
        (CBAM(4), 0.25),
        (SMSA(4), 0.25),
        (PCSA(4, heads=2), 0.5),
        (SCSA(4, heads=2), 0.125),
    ],
)
def test_attention_without_weights_halves_what_it_sees(block, scale):
    x = torch.randn(2, 4, 6, 6)
    torch.testing.assert_close(zero(block)(x), scale * x)


def test_a_gate_without_weights_halves_the_skip():
    skip = torch.randn(1, 3, 4, 4)
    gate = zero(AttentionGate(2, 3, 2))
    torch.testing.assert_close(gate(torch.randn(1, 2, 4, 4), skip), 0.5 * skip)


def test_a_gate_computed_by_hand():
    gate = AttentionGate(1, 1, 1)
    for parameter in gate.parameters():
        nn.init.ones_(parameter)
    # ReLU((2 + 1) + (3 + 1)) + 1 = 8
    out = gate(torch.full((1, 1, 1, 1), 2.0), torch.full((1, 1, 1, 1), 3.0))
    assert out.item() == pytest.approx(3 / (1 + math.exp(-8)))


def test_the_gate_of_full_width_has_two_f_squared_and_three_f_and_one_parameters():
    f = 64
    count = sum(p.numel() for p in AttentionGate(f, f, f).parameters())
    assert count == 2 * f * f + 3 * f + 1


def test_squeeze_and_excitation_computed_by_hand():
    block = SqueezeExcite(2, reduction=2, bias=False)
    with torch.no_grad():
        block.w_1.weight.copy_(torch.tensor([[1.0, 2.0]]))
        block.w_2.weight.copy_(torch.tensor([[1.0], [-1.0]]))
    x = torch.stack([torch.full((2, 2), 1.0), torch.tensor([[0.0, 1], [0, 1]])])[None]
    # means 1 and 0.5; hidden 1 + 1 = 2; weights sigmoid(2), sigmoid(-2)
    expected = torch.sigmoid(torch.tensor([[2.0, -2.0]]))
    torch.testing.assert_close(block.weights(x), expected)


@pytest.mark.parametrize(
    ("channels", "kernel"),
    [(8, 3), (16, 3), (64, 3), (128, 5), (256, 5), (512, 5), (1152, 5), (2048, 7)],
)
def test_the_kernel_of_eca_grows_with_the_logarithm(channels, kernel):
    assert eca_kernel(channels) == kernel


def test_eca_sees_neighbouring_channels_only():
    block, x = ECA(9, kernel=3), torch.randn(1, 9, 4, 4)
    nn.init.ones_(block.conv.weight)
    before = block.weights(x)
    x[:, 4] += 10
    changed = (block.weights(x) != before)[0].nonzero().flatten().tolist()
    assert changed == [3, 4, 5]


@pytest.mark.parametrize("block", [SqueezeExcite(8), ECA(8), ChannelAttention(8)])
def test_channel_weights_do_not_know_where_in_the_picture_a_thing_is(block):
    x = torch.randn(2, 8, 4, 4)
    mixed = x.flatten(2)[..., torch.randperm(16)].view_as(x)
    torch.testing.assert_close(block.weights(mixed), block.weights(x))


@pytest.mark.parametrize("block", [SqueezeExcite(8), ECA(8), ChannelAttention(8)])
def test_channel_weights_lie_between_zero_and_one(block):
    weights = block.weights(torch.randn(2, 8, 4, 4))
    assert ((weights > 0) & (weights < 1)).all()


def test_spatial_attention_does_not_know_which_channel_a_thing_is_in():
    block, x = SpatialAttention(), torch.randn(2, 8, 9, 9)
    torch.testing.assert_close(block.weights(x[:, torch.randperm(8)]), block.weights(x))


def test_scsa_on_a_transposed_picture_with_equal_norms_is_transposed():
    block, x = SCSA(8, heads=2), torch.randn(1, 8, 7, 7)
    swapped = block(x.transpose(2, 3)).transpose(2, 3)
    torch.testing.assert_close(swapped, block(x))


def test_the_rows_gate_of_smsa_reaches_four_rows_at_most():
    block, x = SMSA(4), torch.zeros(1, 4, 32)
    norm = nn.Identity()
    base = block.gate(x, norm)
    x[..., 16] = 1
    moved = (block.gate(x, norm) != base)[0]
    reach = [m.nonzero().flatten() for m in moved]
    assert [int(r.max() - r.min()) + 1 for r in reach] == [3, 5, 7, 9]


def test_pcsa_attention_is_a_mean_of_the_other_channels():
    block = PCSA(4, heads=1, window=2)
    for m in (block.q, block.k):
        nn.init.zeros_(m.weight)
    nn.init.ones_(block.v.weight)
    x = torch.randn(1, 4, 4, 4)
    # equal scores: every channel gets the mean of a normalised map, which is zero
    torch.testing.assert_close(block.weights(x), torch.full((1, 4), 0.5))


@pytest.mark.parametrize("make", [lambda: SMSA(6), lambda: PCSA(6, heads=4)])
def test_channels_that_do_not_divide_are_refused(make):
    with pytest.raises(SpinesegError, match="found 6"):
        make()


def test_aspp_and_pyramid_pooling_keep_the_size():
    x = torch.randn(2, 8, 7, 9)
    assert ASPP(8, 4, rates=(1, 2))(x).shape == (2, 4, 7, 9)
    assert PyramidPooling(8)(x).shape == (2, 16, 7, 9)


def test_pyramid_pooling_shows_the_map_itself_first():
    x = torch.randn(1, 8, 6, 6)
    assert torch.equal(PyramidPooling(8)(x)[:, :8], x)


def test_the_whole_picture_branch_is_the_same_everywhere():
    out = PyramidPooling(4, bins=(1,))(torch.randn(1, 4, 5, 5))[:, 4:]
    torch.testing.assert_close(out, out[..., :1, :1].expand_as(out))


def test_aspp_trains_on_a_single_picture():
    out = ASPP(4, 4, rates=(1,)).train()(torch.randn(1, 4, 6, 6))
    assert out.isfinite().all()
