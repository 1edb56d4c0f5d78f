import pytest
import torch
from torch import nn

from spineseg.blocks.global_upsample import GlobalAttentionUpsample
from spineseg.blocks.swin import (
    PatchExpanding,
    PatchMerging,
    SwinBlock,
    WindowBiasAttention,
    offsets,
    regions,
)


def test_offsets_of_a_window_of_two_by_hand():
    # tokens 0 1 / 2 3; row offset times three plus column offset, both from 0 to 2
    expected = [[4, 3, 1, 0], [5, 4, 2, 1], [7, 6, 4, 3], [8, 7, 5, 4]]
    assert offsets(2).tolist() == expected


def test_six_tokens_shifted_by_one_in_windows_of_three_come_from_three_places():
    assert regions(6, 3, 1).tolist() == [0, 0, 0, 1, 1, 2]


def test_attention_with_equal_scores_is_the_mean_of_the_window():
    block = WindowBiasAttention(4, 2, side=2)
    nn.init.zeros_(block.qkv.weight[:8])
    nn.init.zeros_(block.qkv.bias[:8])
    nn.init.zeros_(block.table)
    x = torch.randn(1, 3, 4, 4)
    values = nn.functional.linear(x, block.qkv.weight[8:], block.qkv.bias[8:])
    expected = block.proj(values.mean(2, keepdim=True)).expand_as(x)
    torch.testing.assert_close(block(x), expected)


def reach(shift):
    """Return which tokens of an 8 x 8 map the token at (3, 3) sees."""
    torch.manual_seed(0)
    x = torch.randn(1, 8, 8, 4, requires_grad=True)
    SwinBlock(4, 2, side=4, shift=shift)(x)[0, 3, 3].sum().backward()
    return (x.grad[0].abs().sum(-1) > 0).nonzero().aminmax(dim=0)


def test_a_token_sees_its_own_window_and_after_a_shift_another():
    first, last = reach(0)
    assert (first.tolist(), last.tolist()) == ([0, 0], [3, 3])
    first, last = reach(2)
    assert (first.tolist(), last.tolist()) == ([2, 2], [5, 5])


def test_tokens_of_opposite_borders_do_not_meet_after_a_shift():
    x = torch.randn(1, 8, 8, 4, requires_grad=True)
    SwinBlock(4, 2, side=4, shift=2)(x)[0, 0, 0].sum().backward()
    seen = x.grad[0].abs().sum(-1) > 1e-20  # exp(-100) is not nothing
    assert seen[:2, :2].all()
    assert int(seen.sum()) == 4


def test_a_map_that_moves_by_whole_windows_moves_the_result():
    block, x = SwinBlock(4, 2, side=2), torch.randn(1, 6, 6, 4)
    moved = block(x.roll((2, 4), (1, 2)))
    torch.testing.assert_close(moved, block(x).roll((2, 4), (1, 2)))


def test_four_neighbours_merge_column_by_column():
    merge = PatchMerging(1)
    merge.norm = nn.Identity()
    nn.init.eye_(merge.reduction.weight)  # 2 x 4: the first two of the four
    x = torch.arange(4.0).reshape(1, 2, 2, 1)
    assert merge(x).flatten().tolist() == [0, 2]


def test_one_token_expands_to_its_rows_then_its_columns():
    expand = PatchExpanding(4, 1)
    expand.norm = nn.Identity()
    nn.init.eye_(expand.expand.weight)
    x = torch.arange(4.0).reshape(1, 1, 1, 4)
    assert expand(x).flatten().tolist() == [0, 1, 2, 3]


def test_the_weight_of_a_skips_channel_by_hand():
    block = GlobalAttentionUpsample(1, 2).eval()
    nn.init.zeros_(block.up[0].weight)
    nn.init.dirac_(block.refine[0].weight)
    block.weigh[0].weight.data = torch.tensor([3.0, 1.0]).reshape(2, 1, 1, 1)
    skip = torch.full((1, 2, 4, 4), 2.0)
    out = block(torch.ones(1, 1, 2, 2), skip)
    # 3 and 1 have mean 2 and deviation 1: after the norm 1 and -1, after ReLU 1 and 0
    expected = torch.tensor([2.0, 0.0]).reshape(1, 2, 1, 1).expand_as(skip)
    torch.testing.assert_close(out, expected, rtol=1e-4, atol=1e-4)


def test_a_skip_is_weighed_the_same_wherever_the_map_below_has_its_mass():
    block, skip = GlobalAttentionUpsample(3, 2).eval(), torch.randn(1, 2, 8, 8)
    nn.init.zeros_(block.up[0].weight)
    below = torch.randn(1, 3, 4, 4)
    torch.testing.assert_close(block(below.flip(2), skip), block(below, skip))


@pytest.mark.parametrize(
    ("block", "shapes"),
    [
        (WindowBiasAttention(4, 2, side=2), [(1, 2, 4, 4)]),
        (SwinBlock(4, 2, side=2, shift=1), [(1, 3, 5, 4)]),
        (PatchMerging(2), [(1, 2, 4, 2)]),
        (PatchExpanding(4, 2), [(1, 2, 2, 4)]),
        (GlobalAttentionUpsample(3, 2), [(1, 3, 2, 2), (1, 2, 4, 4)]),
    ],
)
def test_the_gradient_is_that_of_finite_differences(block, shapes):
    torch.manual_seed(0)
    inputs = [torch.randn(s, dtype=torch.double, requires_grad=True) for s in shapes]
    assert torch.autograd.gradcheck(block.double(), inputs)
