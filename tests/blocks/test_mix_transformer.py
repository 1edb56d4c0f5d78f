import pytest
import torch
from torch import nn

from spineseg.blocks.mix_transformer import MiTBlock, MixTransformer, ReducedAttention
from spineseg.blocks.transformer import SelfAttention


def test_equal_scores_give_the_mean_of_the_reduced_values():
    block = ReducedAttention(2, 1, reduction=2)
    block.norm = nn.Identity()
    nn.init.zeros_(block.q.weight)
    nn.init.zeros_(block.q.bias)
    for layer in (block.v, block.proj):
        nn.init.eye_(layer.weight)
        nn.init.zeros_(layer.bias)
    nn.init.constant_(
        block.reduce.weight, 0.25
    )  # mean of 4 pixels, both channels added
    nn.init.zeros_(block.reduce.bias)
    x = torch.zeros(1, 8, 2)  # a map of 2 x 4: two fields
    x[0, :, 0] = torch.tensor([1.0, 1, 5, 5, 1, 1, 5, 5])
    assert block(x, height=2)[0].tolist() == [[3, 3]] * 8


@pytest.mark.oracle
def test_without_reduction_it_is_plain_self_attention():
    ours, plain = ReducedAttention(8, 2, reduction=1), SelfAttention(8, 2)
    for kind in ("weight", "bias"):
        three = [getattr(layer, kind) for layer in (ours.q, ours.k, ours.v)]
        getattr(plain.qkv, kind).data.copy_(torch.cat(three))
    plain.proj.load_state_dict(ours.proj.state_dict())
    x = torch.randn(2, 6, 8)
    torch.testing.assert_close(ours(x, height=2), plain(x))


def test_the_gradient_is_that_of_finite_differences():
    torch.manual_seed(0)
    block = MiTBlock(4, 2, reduction=2, widening=1).double()
    x = torch.randn(1, 8, 4, dtype=torch.double, requires_grad=True)
    assert torch.autograd.gradcheck(lambda x: block(x, height=2), (x,))


def test_mirroring_the_kernels_mirrors_the_features():
    """No position is added: what tells left from right are the kernels alone."""
    torch.manual_seed(0)
    net = MixTransformer(1, (4, 4), (1, 1), (1, 1), (2, 1)).eval()
    x = torch.randn(1, 1, 33, 33)  # odd, so that strided patches mirror onto patches
    net.stages[0].blocks[0].attention.reduce = None
    before = net(x)
    for module in net.modules():
        if isinstance(module, nn.Conv2d):
            module.weight.data = module.weight.data.flip(3)
    after = net(x.flip(3))
    torch.testing.assert_close([y.flip(3) for y in after], before)


def test_the_levels_are_a_fourth_to_a_thirty_second():
    with torch.device("meta"):
        maps = MixTransformer()(torch.zeros(1, 3, 512, 512))
    found = [tuple(y.shape[1:]) for y in maps]
    assert found == [(32, 128, 128), (64, 64, 64), (160, 32, 32), (256, 16, 16)]
