import pytest
import torch
from meta_networks import parameters
from torch import nn
from torch.nn import functional

from spineseg import SpinesegError
from spineseg.blocks.clustered import (
    ClusteredSelfAttention,
    cluster_means,
    clustered_attention,
    kmeans,
    kmeans_of_hashes,
)
from spineseg.blocks.critic import Critic
from spineseg.blocks.transformer import SelfAttention, TransformerBlock
from spineseg.blocks.vit import ImageEncoderViT, ViTBlock, WindowAttention, relative


def test_attention_with_equal_scores_is_the_mean_of_the_values():
    block = SelfAttention(4, 2)
    nn.init.zeros_(block.qkv.weight[:8])
    nn.init.zeros_(block.qkv.bias[:8])
    x = torch.randn(1, 5, 4)
    values = functional.linear(x, block.qkv.weight[8:], block.qkv.bias[8:])
    expected = block.proj(values.mean(1, keepdim=True)).expand_as(x)
    torch.testing.assert_close(block(x), expected)


def test_a_transformer_block_does_not_know_the_order_of_its_tokens():
    block, x, order = TransformerBlock(8, 2), torch.randn(2, 6, 8), torch.randperm(6)
    torch.testing.assert_close(block(x[:, order]), block(x)[:, order])


def test_heads_that_do_not_divide_are_refused():
    with pytest.raises(SpinesegError, match="10 channels, 4 heads"):
        SelfAttention(10, 4)


@pytest.mark.oracle
def test_self_attention_agrees_with_that_of_torch():
    ours, theirs = SelfAttention(8, 2), nn.MultiheadAttention(8, 2, batch_first=True)
    pairs = {"in_proj_weight": ours.qkv.weight, "in_proj_bias": ours.qkv.bias}
    pairs |= {"out_proj.weight": ours.proj.weight, "out_proj.bias": ours.proj.bias}
    theirs.load_state_dict(pairs)
    x = torch.randn(2, 5, 8)
    torch.testing.assert_close(ours(x), theirs(x, x, x, need_weights=False)[0])


@pytest.mark.parametrize(
    ("block", "shape"),
    [
        (TransformerBlock(4, 2, hidden=4), (1, 3, 4)),
        (ClusteredSelfAttention(4, 2, 4, clusters=2), (1, 5, 4)),
        (WindowAttention(4, 2, side=2), (1, 2, 3, 4)),
        (ViTBlock(4, 2, side=4, window=2), (1, 3, 3, 4)),
        (Critic(2, (2, 2)), (1, 2, 16, 16)),
    ],
)
def test_the_gradient_is_that_of_finite_differences(block, shape):
    torch.manual_seed(0)
    for p in block.parameters():
        nn.init.normal_(p, std=0.5)
    x = torch.randn(shape, dtype=torch.double, requires_grad=True)
    assert torch.autograd.gradcheck(block.double(), (x,))


def test_kmeans_finds_two_heaps_on_a_line():
    points = torch.tensor([0.0, 0.1, 9.0, 9.1, 0.2, 9.2])[None, :, None]
    found = kmeans(points, 2)[0].tolist()
    assert found == [0, 0, 1, 1, 0, 1]


def test_the_mean_of_an_empty_cluster_is_zero_and_its_size_too():
    points = torch.tensor([[[1.0], [3.0]]])
    means, sizes = cluster_means(points, torch.zeros(1, 2).long(), 2)
    assert means.flatten().tolist() == [2, 0]
    assert sizes.flatten().tolist() == [2, 0]


def test_kmeans_of_hashes_sees_directions_and_no_lengths():
    directions = torch.tensor([[1.0, 0.2], [-1.0, 0.3]]).repeat(3, 1)[None]
    lengths = torch.tensor([1.0, 1, 50, 50, 3, 3])[None, :, None]
    found = kmeans_of_hashes(directions * lengths, 2, torch.eye(2))[0]
    assert found.tolist() == [0, 1, 0, 1, 0, 1]


def test_with_one_cluster_a_query_clustered_attention_is_full_attention():
    q, k, v = (torch.randn(2, 7, 4) for _ in range(3))
    assigned = torch.arange(7).repeat(2, 1)
    full = functional.scaled_dot_product_attention(q, k, v)
    torch.testing.assert_close(clustered_attention(q, k, v, assigned, 7), full)


def test_equal_queries_share_their_answer_without_error():
    q = torch.randn(1, 3, 4).repeat_interleave(4, dim=1)
    k, v = torch.randn(1, 9, 4), torch.randn(1, 9, 4)
    full = functional.scaled_dot_product_attention(q, k, v)
    torch.testing.assert_close(clustered_attention(q, k, v, kmeans(q, 3), 3), full)


def test_more_clusters_come_closer_to_full_attention():
    make = torch.Generator().manual_seed(0)
    q, k, v = (torch.randn(1, 64, 4, generator=make) for _ in range(3))
    full = functional.scaled_dot_product_attention(q, k, v)
    errors = [
        (clustered_attention(q, k, v, kmeans(q, c), c) - full).norm().item()
        for c in (1, 8, 32, 64)
    ]
    assert errors == sorted(errors, reverse=True)
    assert errors[-1] < 1e-5


def test_relative_positions_of_three_tokens_by_hand():
    table = torch.arange(5.0)[:, None]  # entry 2 is distance zero
    assert relative(table, 3)[..., 0].tolist() == [[2, 1, 0], [3, 2, 1], [4, 3, 2]]


def test_relative_positions_are_stretched_for_a_larger_grid():
    table = torch.linspace(-1, 1, 5)[:, None]
    stretched = relative(table, 6)[..., 0]
    assert stretched.shape == (6, 6)
    assert stretched.diagonal().abs().max() < 1e-6
    assert (stretched[0].diff() <= 0).all()


def test_windows_do_not_see_each_other():
    torch.manual_seed(0)
    block, x = ViTBlock(4, 2, side=4, window=2), torch.randn(1, 4, 4, 4)
    before = block(x)
    x[0, 0, 0, 0] += 5
    changed = (block(x) != before).any(-1)[0]
    assert changed.nonzero().max() <= 1
    assert changed[:2, :2].all()


def test_an_attention_over_all_tokens_sees_everything():
    torch.manual_seed(0)
    block, x = ViTBlock(4, 2, side=4, window=0), torch.randn(1, 4, 4, 4)
    before = block(x)
    x[0, 0, 0, 0] += 5
    assert (block(x) != before).any(-1).all()


def test_the_encoder_of_sam_vit_b_has_89670912_parameters():
    with torch.device("meta"):
        encoder = ImageEncoderViT()
        assert parameters(encoder) == 89_670_912
        assert encoder(torch.zeros(1, 3, 1024, 1024)).shape == (1, 256, 64, 64)


SMALL = {"channels": 8, "depth": 2, "heads": 2, "out": 4, "size": 64, "window": 3}


def test_the_names_of_the_weights_are_those_of_the_published_checkpoint():
    names = set(ImageEncoderViT(**SMALL, global_blocks=(1,)).state_dict())
    block = ("norm1", "attn.qkv", "attn.proj", "norm2", "mlp.lin1", "mlp.lin2")
    expected = {"pos_embed", "neck.0.weight", "neck.2.weight"}
    both = ["patch_embed.proj", "neck.1", "neck.3"]
    both += [f"blocks.{i}.{part}" for i in (0, 1) for part in block]
    expected |= {f"{name}.{kind}" for name in both for kind in ("weight", "bias")}
    expected |= {f"blocks.{i}.attn.rel_pos_{a}" for i in (0, 1) for a in "hw"}
    assert names == expected


@pytest.mark.parametrize(("height", "width"), [(64, 64), (96, 48), (32, 64)])
def test_the_encoder_takes_sizes_other_than_its_own(height, width):
    encoder = ImageEncoderViT(**SMALL, global_blocks=(1,))
    out = encoder(torch.randn(1, 3, height, width))
    assert out.shape == (1, 4, height // 16, width // 16)
    assert out.isfinite().all()


@pytest.mark.oracle
def test_the_encoder_agrees_with_that_of_segment_anything(meta_package):
    torch.manual_seed(0)
    ours = ImageEncoderViT(**SMALL, global_blocks=(1,)).eval()
    for p in ours.parameters():
        nn.init.normal_(p, std=0.3)
    other = meta_package.ImageEncoderViT(
        img_size=64, patch_size=16, embed_dim=8, depth=2, num_heads=2, out_chans=4,
        qkv_bias=True, use_rel_pos=True, window_size=3, global_attn_indexes=(1,),
        norm_layer=lambda c: nn.LayerNorm(c, eps=1e-6),
    ).eval()  # fmt: skip
    other.load_state_dict(ours.state_dict())
    x = torch.randn(2, 3, 64, 64)
    torch.testing.assert_close(ours(x), other(x), atol=1e-5, rtol=1e-5)


def test_the_critic_turns_512_into_eight():
    with torch.device("meta"):
        assert Critic(4)(torch.zeros(2, 4, 512, 512)).shape == (2, 1, 8, 8)


def test_the_critic_judges_each_label_map_alone():
    critic, maps = Critic(2, (4, 4, 4)), torch.randn(3, 2, 64, 64)
    one_by_one = torch.cat([critic(m[None]) for m in maps])
    torch.testing.assert_close(critic(maps), one_by_one, rtol=1e-4, atol=1e-5)
