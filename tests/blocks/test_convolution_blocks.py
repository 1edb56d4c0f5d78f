import pytest
import torch
from meta_networks import parameters
from torch import nn

from spineseg.blocks.conv import ConvNormAct, DepthwiseSeparable
from spineseg.blocks.convnext import ConvNeXt, ConvNeXtBlock
from spineseg.blocks.dense import DenseBlock
from spineseg.blocks.inception import Inception
from spineseg.blocks.norm import LayerNorm2d
from spineseg.blocks.residual import Residual, ResReLU
from spineseg.blocks.updown import DilatedResidualDown, UpBilinear


def zero(module):
    for parameter in module.parameters():
        nn.init.zeros_(parameter)
    return module


def test_a_three_by_three_mean_of_ones_is_smaller_at_the_border():
    conv = ConvNormAct(1, 1, norm=None, act=None)
    nn.init.ones_(conv[0].weight)
    out = conv(torch.ones(1, 1, 3, 3))
    assert out[0, 0].tolist() == [[4, 6, 4], [6, 9, 6], [4, 6, 4]]


def test_a_convolution_moves_with_its_picture():
    conv = ConvNormAct(2, 3).eval()
    x = torch.zeros(1, 2, 12, 12)
    x[..., 4:7, 4:7] = torch.randn(2, 3, 3)
    moved = conv(x.roll((2, 1), dims=(2, 3)))
    torch.testing.assert_close(moved, conv(x).roll((2, 1), dims=(2, 3)))


def test_a_separable_convolution_is_a_full_one_of_rank_one():
    block = DepthwiseSeparable(3, 2, kernel=3, bias=False)
    depth, point = block.depthwise.weight, block.pointwise.weight
    full = torch.einsum("oi,ihw->oihw", point[:, :, 0, 0], depth[:, 0])
    x = torch.randn(1, 3, 5, 5)
    expected = nn.functional.conv2d(x, full, padding=1)
    torch.testing.assert_close(block(x), expected)
    assert parameters(block) == 9 * 3 + 3 * 2


def test_layer_norm_makes_every_pixel_mean_zero_and_variance_one():
    out = LayerNorm2d(8)(3 + 5 * torch.randn(2, 8, 3, 4))
    torch.testing.assert_close(out.mean(1), torch.zeros(2, 3, 4), atol=1e-6, rtol=0)
    torch.testing.assert_close(out.var(1, correction=0), torch.ones(2, 3, 4))


def test_layer_norm_forgets_the_brightness_of_a_pixel():
    x = torch.randn(1, 8, 3, 3)
    norm = LayerNorm2d(8, eps=0)
    torch.testing.assert_close(norm(7 * x + 2), norm(x), atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("block", [Residual(2, 2), ResReLU(2), ResReLU(2, layers=3)])
def test_a_residual_block_without_weights_is_relu(block):
    x = torch.randn(2, 2, 4, 4)
    torch.testing.assert_close(zero(block)(x), x.relu())


def test_res_relu_that_keeps_its_own_relu_never_lowers_a_pixel():
    x = torch.randn(2, 2, 4, 4)
    assert (ResReLU(2, relu_after_sum=False)(x) >= x).all()


@pytest.mark.parametrize("project", [False, True])
def test_a_shortcut_is_projected_only_where_asked_or_needed(project):
    same = Residual(4, 4, project=project)
    assert isinstance(same.shortcut, nn.Identity) is not project
    assert not isinstance(Residual(4, 8).shortcut, nn.Identity)


def test_a_dense_block_passes_its_input_on_untouched():
    block = DenseBlock(3, layers=2, growth=4)
    x = torch.randn(2, 3, 4, 4)
    out = block(x)
    assert block.c_out == out.shape[1] == 3 + 2 * 4
    assert torch.equal(out[:, :3], x)


def test_inception_shows_its_four_branches_in_order():
    block = Inception(2, (1, 2, 3, 1, 2, 4), norm=None)
    x = torch.randn(1, 2, 5, 5)
    out = block(x)
    assert out.shape[1] == block.c_out == 1 + 3 + 2 + 4
    assert torch.equal(out[:, :1], block.branch1(x))
    assert torch.equal(out[:, 1:4], block.branch3(x))
    assert torch.equal(out[:, 6:], block.pooled(x))


def test_inception_3a_on_one_channel_has_the_parameters_counted_by_hand():
    convs = (1 * 64 + 64) + (96 + 96) + (9 * 96 * 128 + 128)
    convs += (16 + 16) + (25 * 16 * 32 + 32) + (32 + 32)
    assert parameters(Inception(1)) == convs + 2 * 368


def test_a_new_convnext_block_is_almost_the_identity():
    x = torch.randn(1, 4, 8, 8)
    block = ConvNeXtBlock(4)
    assert 0 < (block(x) - x).abs().max() < 1e-4


def test_convnext_tiny_has_the_published_number_of_parameters():
    with torch.device("meta"):
        assert parameters(ConvNeXt()) == 27_818_592


def test_convnext_halves_after_a_stem_of_four():
    maps = ConvNeXt(1, widths=(4, 4, 8, 8), depths=(1, 1, 1, 1))(
        torch.randn(1, 1, 64, 32)
    )
    sizes = [tuple(m.shape[1:]) for m in maps]
    assert sizes == [(4, 16, 8), (4, 8, 4), (8, 4, 2), (8, 2, 1)]


@pytest.mark.oracle
def test_convnext_agrees_with_timm():
    timm = pytest.importorskip("timm", reason="not an extra: see CONTRIBUTING")
    theirs = timm.create_model("convnext_tiny", num_classes=0, features_only=True)
    ours = ConvNeXt()
    # timm keeps the halving inside the stage that follows it
    steps = zip(ours.downsample_layers, ours.stages, strict=True)
    own = [p for step in steps for part in step for p in part.parameters()]
    with torch.no_grad():
        for mine, other in zip(own, theirs.parameters(), strict=True):
            mine.copy_(other)
    x = torch.randn(1, 3, 64, 64)
    for mine, other in zip(ours.eval()(x), theirs.eval()(x), strict=True):
        torch.testing.assert_close(mine, other, atol=2e-5, rtol=1e-4)


def test_bilinear_enlargement_keeps_corners_and_a_straight_ramp():
    ramp = torch.arange(4.0)[None, None, None].repeat(1, 1, 2, 1)
    out = UpBilinear(2)(ramp)
    torch.testing.assert_close(out[0, 0, 0], torch.linspace(0, 3, 8))


@pytest.mark.parametrize(("rate", "field"), [(1, 5), (2, 9), (4, 17), (8, 33)])
def test_two_dilated_convolutions_see_four_rates_and_one(rate, field):
    down = DilatedResidualDown(1, 1, rate).eval()
    for parameter in down.parameters():
        nn.init.ones_(parameter)
    x = torch.ones(1, 1, 64, 64, requires_grad=True)
    down.main(x)[0, 0, 32, 32].backward()
    seen = (x.grad[0, 0] != 0).any(0).nonzero().flatten()
    assert seen[-1] - seen[0] + 1 == field
