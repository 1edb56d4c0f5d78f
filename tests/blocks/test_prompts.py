import math

import pytest
import torch
from torch import nn

from spineseg.blocks.mask_decoder import MaskDecoder
from spineseg.blocks.prompts import PromptEncoder, RandomPlaces
from spineseg.blocks.two_way import CrossAttention, Perceptron, TwoWayBlock


def test_the_code_of_a_place_by_hand():
    places = RandomPlaces(2)
    places.positional_encoding_gaussian_matrix.copy_(torch.tensor([[0.25], [0.125]]))
    # 2 (x, y) - 1 = (1, 0): a quarter of a turn; (1, -1): an eighth
    found = places(torch.tensor([[1.0, 0.5], [1.0, 0.0]]))
    r = math.sqrt(0.5)
    torch.testing.assert_close(found, torch.tensor([[1.0, 0.0], [r, r]]))


def test_a_pixel_of_the_grid_has_the_code_of_its_middle():
    encoder = PromptEncoder(8)
    grid = encoder.grid(2, 4)
    middle_of_row_0_column_3 = torch.tensor([3.5 / 4, 0.5 / 2])
    torch.testing.assert_close(
        grid[:, 0, 3], encoder.pe_layer(middle_of_row_0_column_3)
    )


def test_an_absent_point_is_the_token_that_stands_behind_all_points():
    encoder = PromptEncoder(8)
    present = torch.tensor([[True, False]])
    tokens = encoder.points(torch.rand(1, 2, 2), present)
    assert tokens.shape == (1, 3, 8)
    assert torch.equal(tokens[0, 1], tokens[0, 2])
    assert not torch.equal(tokens[0, 0], tokens[0, 2])


def test_a_perceptron_of_two_layers_by_hand():
    net = Perceptron(1, 1, 1)
    for layer, weight in zip(net.layers, (-1.0, 3.0), strict=True):
        nn.init.constant_(layer.weight, weight)
        nn.init.constant_(layer.bias, 1.0)
    x = torch.tensor([[2.0], [-2.0]])  # ReLU(1 - x) is 0 and 3
    assert net(x).flatten().tolist() == [1, 10]


@pytest.mark.oracle
def test_cross_attention_agrees_with_that_of_torch():
    ours, theirs = CrossAttention(8, 2), nn.MultiheadAttention(8, 2, batch_first=True)
    three = (ours.q_proj, ours.k_proj, ours.v_proj)
    theirs.load_state_dict(
        {
            "in_proj_weight": torch.cat([p.weight for p in three]),
            "in_proj_bias": torch.cat([p.bias for p in three]),
            "out_proj.weight": ours.out_proj.weight,
            "out_proj.bias": ours.out_proj.bias,
        }
    )
    q, k, v = torch.randn(2, 3, 8), torch.randn(2, 5, 8), torch.randn(2, 5, 8)
    torch.testing.assert_close(ours(q, k, v), theirs(q, k, v, need_weights=False)[0])


@pytest.mark.parametrize("first", [True, False])
def test_the_order_of_tokens_and_of_pixels_does_not_matter(first):
    torch.manual_seed(0)
    block = TwoWayBlock(8, 2, 4, first)
    tokens, pixels = torch.randn(1, 4, 8), torch.randn(1, 6, 8)
    at, where = torch.randn(1, 4, 8), torch.randn(1, 6, 8)
    x, y = block(tokens, pixels, at, where)
    i, j = torch.randperm(4), torch.randperm(6)
    x2, y2 = block(tokens[:, i], pixels[:, j], at[:, i], where[:, j])
    torch.testing.assert_close((x2, y2), (x[:, i], y[:, j]))


@pytest.mark.parametrize("first", [True, False])
def test_the_gradient_of_a_two_way_block_is_that_of_finite_differences(first):
    torch.manual_seed(0)
    block = TwoWayBlock(4, 2, 3, first).double()
    shapes = ((1, 2, 4), (1, 3, 4), (1, 2, 4), (1, 3, 4))
    given = [torch.randn(s, dtype=torch.double, requires_grad=True) for s in shapes]
    assert torch.autograd.gradcheck(block, given)


def test_the_gradient_of_the_mask_decoder_is_that_of_finite_differences():
    torch.manual_seed(0)
    decoder = MaskDecoder(8, masks=1, depth=1, heads=2, hidden=4).double()
    shapes = ((1, 8, 1, 2), (8, 1, 2), (1, 2, 8))
    given = [torch.randn(s, dtype=torch.double, requires_grad=True) for s in shapes]
    assert torch.autograd.gradcheck(decoder, given)


def test_a_mask_prompt_becomes_a_map_of_a_quarter_of_its_size():
    assert PromptEncoder(8).mask(torch.randn(1, 1, 16, 8)).shape == (1, 8, 4, 2)
