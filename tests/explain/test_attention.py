"""Attention that is seen as it ran, and rollouts with a pencil."""

import pytest
import torch
from torch import nn
from torch.nn import functional

from spineseg.blocks.transformer import SelfAttention, TransformerBlock
from spineseg.blocks.vit import ImageEncoderViT, ViTBlock
from spineseg.core.errors import SpinesegError
from spineseg.explain import (
    attention_of,
    attention_rollout,
    attention_weights,
    fused,
    grid_attention,
    joined_windows,
    query_map,
)


def weights(*shape, seed=0):
    draw = torch.Generator().manual_seed(seed)
    return torch.randn(*shape, generator=draw, dtype=torch.float64).softmax(-1)


def test_the_weights_give_back_what_the_fused_kernel_returns():
    draw = torch.Generator().manual_seed(0)
    q, k, v = torch.randn(3, 2, 2, 5, 4, generator=draw)
    bias = torch.randn(5, 5, generator=draw)
    for extra in (
        {},
        {"attn_mask": bias},
        {"attn_mask": bias.fill_diagonal_(1) > 0},
        {"is_causal": True},
        {"scale": 0.3},
    ):
        expected = functional.scaled_dot_product_attention(q, k, v, **extra)
        torch.testing.assert_close(attention_weights(q, k, **extra) @ v, expected)


def test_the_attention_of_a_block_is_what_its_output_was_made_of():
    torch.manual_seed(0)
    model = nn.Sequential(SelfAttention(4, 2), nn.Identity())
    x = torch.randn(1, 6, 4)
    seen = attention_of(model, x, ["0"])["0"]
    _, _, v = model[0].qkv(x).chunk(3, dim=-1)
    gathered = seen @ v.view(1, 6, 2, 2).transpose(1, 2)  # b m n d
    by_hand = model[0].proj(gathered.transpose(1, 2).reshape(1, 6, 4))
    torch.testing.assert_close(by_hand, model(x))
    torch.testing.assert_close(seen.sum(-1), torch.ones(1, 2, 6))


def test_looking_at_attention_leaves_mode_hooks_and_output():
    torch.manual_seed(0)
    model = nn.Sequential(TransformerBlock(4, 2), TransformerBlock(4, 1)).train()
    x = torch.randn(1, 6, 4)
    before = model(x)
    seen = attention_of(model, x, ["0.attention", "1"])
    assert [a.shape for a in seen.values()] == [(1, 2, 6, 6), (1, 1, 6, 6)]
    torch.testing.assert_close(model(x), before)
    with pytest.raises(SpinesegError, match="0 times"):
        attention_of(model, x, ["0.mlp"])
    with pytest.raises(SpinesegError, match="no such layer"):
        attention_of(model, x, ["0", "2"])
    assert model.training
    assert not any(m._forward_hooks or m._forward_pre_hooks for m in model.modules())


def test_rollout_of_one_block_is_half_attention_and_half_identity():
    a = weights(1, 1, 4, 4)
    torch.testing.assert_close(
        attention_rollout([a]), (a[:, 0] + torch.eye(4, dtype=a.dtype)) / 2
    )


def test_rollout_of_two_blocks_multiplies_the_later_one_from_the_left():
    # token 0 looks at 1 in the second block, and 1 looked at 0 in the first
    first = torch.tensor([[[[1.0, 0], [1, 0]]]])
    second = torch.tensor([[[[0.0, 1], [0, 1]]]])
    plain = attention_rollout([first, second], residual=False)
    torch.testing.assert_close(plain, torch.tensor([[[1.0, 0], [1, 0]]]))
    mixed = attention_rollout([first, second])
    # (S + I)/2 (F + I)/2 = [[.5, .5], [0, 1]] [[1, 0], [.5, .5]]
    torch.testing.assert_close(mixed, torch.tensor([[[0.75, 0.25], [0.5, 0.5]]]))


def test_a_rollout_of_means_keeps_rows_that_sum_to_one():
    blocks = [weights(2, 3, 9, 9, seed=s) for s in range(4)]
    for fusion in ("mean", "max", "min"):
        rolled = attention_rollout(blocks, fusion, discard=0.5)
        torch.testing.assert_close(rolled.sum(-1), torch.ones(2, 9).double())
    raw = attention_rollout(blocks, "max", normalise=False)
    assert (raw.sum(-1) > 1).all()


def test_uniform_attention_without_shortcut_forgets_where_a_token_was():
    flat = torch.full((1, 2, 5, 5), 0.2)
    rolled = attention_rollout([flat] * 3, residual=False)
    torch.testing.assert_close(rolled, torch.full((1, 5, 5), 0.2))


def test_renaming_the_tokens_renames_the_rollout():
    blocks = [weights(1, 2, 6, 6, seed=s) for s in range(3)]
    order = torch.tensor([3, 1, 5, 0, 2, 4])
    renamed = [a[:, :, order][..., order] for a in blocks]
    expected = attention_rollout(blocks)[:, order][..., order]
    torch.testing.assert_close(attention_rollout(renamed), expected)


def test_discarding_keeps_the_largest_weights_of_each_row():
    a = torch.tensor([[[[0.1, 0.2, 0.3, 0.4], [0.4, 0.3, 0.2, 0.1]] * 2]])
    rolled = attention_rollout([a], residual=False, normalise=False, discard=0.5)
    torch.testing.assert_close(rolled[0, 0], torch.tensor([0, 0, 0.3, 0.4]))
    torch.testing.assert_close(rolled[0, 1], torch.tensor([0.4, 0.3, 0, 0]))


def test_heads_are_fused_as_named():
    a = torch.tensor([[[[0.2, 0.8]], [[0.6, 0.4]]]])
    torch.testing.assert_close(fused(a, "mean"), torch.tensor([[[0.4, 0.6]]]))
    torch.testing.assert_close(fused(a, "max"), torch.tensor([[[0.6, 0.8]]]))
    torch.testing.assert_close(fused(a, "min"), torch.tensor([[[0.2, 0.4]]]))


def test_joined_windows_are_blocks_of_zero_between_windows():
    windows = weights(2 * 4, 1, 4, 4)  # 2 pictures of 4 x 4 tokens, windows 2 x 2
    full = joined_windows(windows, 4, 4, 2)
    assert full.shape == (2, 1, 16, 16)
    torch.testing.assert_close(full.sum(-1), torch.ones(2, 1, 16).double())
    # token (0, 3) is in the second window, as its token 1; (1, 2) is its token 2
    assert full[1, 0, 3, 6] == windows[4 + 1, 0, 1, 2]
    assert full[0, 0, 3, 1] == 0


def test_padding_of_windows_leaves_with_its_weight():
    flat = torch.full((4, 1, 4, 4), 0.25)  # a 3 x 3 grid padded to 4 x 4
    full = joined_windows(flat, 3, 3, 2)
    assert full.shape == (1, 1, 9, 9)
    assert full[0, 0, 0].sum() == 1  # a whole window
    assert full[0, 0, 8].sum() == 0.25  # three of its four tokens were padding


@pytest.mark.parametrize("side", [4, 5])
def test_joined_windows_of_a_sam_block_are_what_the_block_gathered(side):
    torch.manual_seed(0)
    block = ViTBlock(4, 2, side, window=2).eval()
    x = torch.randn(2, side, side, 4)
    seen = joined_windows(attention_of(block, x, ["attn"])["attn"], side, side, 2)
    # the values of the padding are those of zeros: the projection's bias
    v = block.attn.qkv(block.norm1(x))[..., 8:].reshape(2, side**2, 2, 2)
    bias = block.attn.qkv.bias[8:].view(1, 1, 2, 2)
    gathered = torch.einsum("bmqk,bkmd->bqmd", seen, v)
    gathered = gathered + (1 - seen.sum(-1)).transpose(1, 2)[..., None] * bias
    by_hand = block.attn.proj(gathered.flatten(2)).view(2, side, side, 4)
    torch.testing.assert_close(by_hand, block.gather(block.norm1(x)))


class Tokens(nn.Module):
    """SAM's encoder up to its last block, on a grid of 4 x 4 with windows of 3."""

    def __init__(self, *global_blocks):
        super().__init__()
        torch.manual_seed(0)
        self.encoder = ImageEncoderViT(
            1, 8, 3, 2, 4, size=64, window=3, global_blocks=global_blocks
        ).double()
        self.sides = {
            f"encoder.blocks.{i}": 3 * (i not in global_blocks) for i in range(3)
        }

    def forward(self, x):
        x = self.encoder.patch_embed(x) + self.encoder.pos_embed
        for block in self.encoder.blocks:
            x = block(x)
        return x.flatten(1, 2)  # b n c


@pytest.mark.parametrize("global_blocks", [(), (1,), (0, 2)])
def test_a_rollout_of_sams_blocks_is_zero_where_nothing_can_pass(global_blocks):
    model = Tokens(*global_blocks)
    x = torch.rand(1, 1, 64, 64, dtype=torch.float64)
    rolled = attention_rollout(grid_attention(model, x, model.sides, 4, 4))[0]
    torch.testing.assert_close(rolled.sum(-1), torch.ones(16).double())
    slopes = torch.autograd.functional.jacobian(lambda p: model(p)[0].sum(-1), x)
    patches = slopes[:, 0, 0].unfold(1, 16, 16).unfold(2, 16, 16)  # q i j 16 16
    heard = patches.abs().sum((-1, -2)).flatten(1) > 0  # q k
    assert torch.equal(rolled > 0, heard)
    assert heard.all() == bool(global_blocks)


def test_a_query_map_is_its_row_laid_out_as_the_grid():
    a = torch.arange(49.0).view(1, 7, 7)
    assert query_map(a, 2, 2, 3, skip=1).tolist() == [[[15, 16, 17], [18, 19, 20]]]


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: attention_rollout([]), "cannot be rolled out"),
        (
            lambda: attention_rollout([weights(1, 1, 4, 4), weights(1, 1, 5, 5)]),
            "joined_windows",
        ),
        (lambda: attention_rollout([weights(1, 1, 4, 4)], discard=1.0), "discard"),
        (lambda: attention_rollout([weights(1, 1, 4, 4)], "sum"), "unknown fusion"),
        (lambda: joined_windows(weights(3, 1, 4, 4), 4, 4, 2), "do not fit"),
        (lambda: query_map(weights(1, 4, 4), 4, 2, 2), "query or the grid"),
        (lambda: query_map(weights(1, 4, 4), 0, 2, 3), "query or the grid"),
    ],
)
def test_misuse_is_said(call, says):
    with pytest.raises(SpinesegError, match=says):
        call()
