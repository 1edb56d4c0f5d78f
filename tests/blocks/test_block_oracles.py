"""Same weights, same output: our blocks beside those of MONAI, transformers, timm."""

import pytest
import torch
from torch import nn

from spineseg.blocks.attention_gate import AttentionGate
from spineseg.blocks.cbam import ChannelAttention, SpatialAttention
from spineseg.blocks.channel_attention import ECA, SqueezeExcite
from spineseg.blocks.context import ASPP, PyramidPooling
from spineseg.blocks.convnext import ConvNeXt
from spineseg.blocks.critic import Critic
from spineseg.blocks.dense import DenseBlock
from spineseg.blocks.residual import Residual


def copy_in_order(theirs, ours):
    """Give our module the values of theirs; both hold them in the same order."""
    values, names = list(theirs.state_dict().values()), list(ours.state_dict())
    ours.load_state_dict(dict(zip(names, values, strict=True)))


def stir(module):
    """Give every number of a module a value of its own, also those of its norms."""
    for value in module.state_dict().values():
        if value.is_floating_point():
            value.copy_(0.5 + torch.rand_like(value))


@pytest.mark.oracle
def test_squeeze_and_excitation_agrees_with_monai():
    blocks = pytest.importorskip("monai.networks.blocks")
    torch.manual_seed(0)
    theirs, ours = blocks.ChannelSELayer(2, 8, r=4), SqueezeExcite(8, reduction=4)
    copy_in_order(theirs, ours)
    x = torch.randn(2, 8, 5, 6)
    torch.testing.assert_close(ours(x), theirs(x))


@pytest.mark.oracle
def test_the_attention_gate_agrees_with_monai():
    nets = pytest.importorskip("monai.networks.nets.attentionunet")
    torch.manual_seed(0)
    theirs = nets.AttentionBlock(2, f_int=3, f_g=4, f_l=5).eval()
    stir(theirs)
    ours = AttentionGate(4, 5, 3, norm=nn.BatchNorm2d).eval()
    copy_in_order(theirs, ours)
    signal, skip = torch.randn(2, 4, 5, 6), torch.randn(2, 5, 5, 6)
    with torch.no_grad():
        torch.testing.assert_close(ours(signal, skip), theirs(signal, skip))


@pytest.mark.oracle
def test_convnext_agrees_with_transformers():
    transformers = pytest.importorskip("transformers")
    torch.manual_seed(0)
    widths, depths = (4, 8, 12, 16), (1, 2, 1, 1)
    # a scale of one: the usual millionth would hide every block
    config = transformers.ConvNextConfig(
        hidden_sizes=widths, depths=depths, layer_scale_init_value=1.0
    )
    theirs = transformers.ConvNextModel(config).eval()
    theirs.layernorm = nn.Identity()  # behind the last stage, for a classifier
    ours = ConvNeXt(3, widths, depths).eval()
    steps = zip(ours.downsample_layers, ours.stages, strict=True)
    own = [p for step in steps for part in step for p in own_first(part)]
    with torch.no_grad():
        for mine, other in zip(own, own_first(theirs), strict=True):
            mine.copy_(other)
        x = torch.randn(1, 3, 64, 96)
        expected = theirs(x).last_hidden_state
        torch.testing.assert_close(ours(x)[-1], expected, rtol=1e-4, atol=1e-5)


def own_first(module):
    """Return all parameters, a block's own before those of its layers."""
    return [p for part in module.modules() for p in part.parameters(recurse=False)]


@pytest.mark.oracle
@pytest.mark.parametrize("channels", [4, 6])
def test_the_residual_block_agrees_with_monai(channels):
    nets = pytest.importorskip("monai.networks.nets.resnet")
    torch.manual_seed(0)
    shortcut = None
    if channels != 4:
        shortcut = nn.Sequential(nn.Conv2d(4, channels, 1), nn.BatchNorm2d(channels))
    theirs = nets.ResNetBlock(4, channels, 2, downsample=shortcut, act="relu").eval()
    stir(theirs)
    ours = Residual(4, channels, shortcut_norm=True, bias=False).eval()
    copy_in_order(theirs, ours)
    x = torch.randn(2, 4, 5, 6)
    with torch.no_grad():
        torch.testing.assert_close(ours(x), theirs(x))


@pytest.mark.oracle
def test_the_dense_block_agrees_with_monai():
    nets = pytest.importorskip("monai.networks.nets.densenet")
    torch.manual_seed(0)
    theirs = nets._DenseBlock(2, 3, 4, 4, 2, 0.0, act="relu").eval()
    stir(theirs)
    ours = DenseBlock(4, layers=3, growth=2).eval()
    copy_in_order(theirs, ours)
    x = torch.randn(2, 4, 5, 6)
    with torch.no_grad():
        torch.testing.assert_close(ours(x), theirs(x))


@pytest.mark.oracle
def test_aspp_agrees_with_transformers():
    models = pytest.importorskip("transformers.models.mobilevit.modeling_mobilevit")
    torch.manual_seed(0)
    config = models.MobileViTConfig(
        neck_hidden_sizes=(8, 6, 8), aspp_out_channels=5, atrous_rates=(1, 2, 3)
    )
    theirs = models.MobileViTASPP(config).eval()
    stir(theirs)
    ours = ASPP(6, 5, rates=(1, 2, 3), mean_norm=True).eval()
    copy_in_order(theirs, ours)
    x = torch.randn(2, 6, 8, 9)
    with torch.no_grad():
        torch.testing.assert_close(ours(x), theirs(x))


@pytest.mark.oracle
def test_pyramid_pooling_agrees_with_transformers():
    models = pytest.importorskip("transformers.models.upernet.modeling_upernet")
    torch.manual_seed(0)
    theirs = models.UperNetPyramidPoolingModule((1, 2, 3, 6), 8, 2, False).eval()
    stir(theirs)
    ours = PyramidPooling(8, mean_norm=True).eval()
    copy_in_order(theirs, ours)
    x = torch.randn(2, 8, 12, 14)
    with torch.no_grad():
        torch.testing.assert_close(ours(x), torch.cat([x, *theirs(x)], dim=1))


@pytest.mark.oracle
def test_eca_agrees_with_timm():
    layers = pytest.importorskip("timm.layers", reason="not an extra: see CONTRIBUTING")
    torch.manual_seed(0)
    for channels in (8, 256):
        theirs, ours = layers.EcaModule(channels), ECA(channels)
        copy_in_order(theirs, ours)
        x = torch.randn(2, channels, 5, 6)
        torch.testing.assert_close(ours(x), theirs(x))


@pytest.mark.oracle
def test_spatial_attention_agrees_with_timm():
    cbam = pytest.importorskip(
        "timm.layers.cbam", reason="not an extra: see CONTRIBUTING"
    )
    torch.manual_seed(0)
    theirs, ours = cbam.SpatialAttn(kernel_size=7).eval(), SpatialAttention().eval()
    theirs.conv.bn = nn.Identity()  # there, a norm follows the convolution
    ours.conv.load_state_dict(theirs.conv.conv.state_dict())
    x = torch.randn(2, 4, 9, 9)
    torch.testing.assert_close(ours(x), theirs(x))


@pytest.mark.oracle
def test_channel_attention_of_cbam_agrees_with_timm():
    cbam = pytest.importorskip(
        "timm.layers.cbam", reason="not an extra: see CONTRIBUTING"
    )
    torch.manual_seed(0)
    theirs = cbam.ChannelAttn(16, rd_ratio=1 / 4, rd_divisor=1)
    ours = ChannelAttention(16, reduction=4, bias=False)
    ours.mlp[0].weight.data = theirs.fc1.weight.data.flatten(1)
    ours.mlp[2].weight.data = theirs.fc2.weight.data.flatten(1)
    x = torch.randn(2, 16, 5, 6)
    torch.testing.assert_close(ours(x), theirs(x))


def test_aspp_on_one_pixel_adds_what_its_three_branches_see():
    block = ASPP(1, 1, rates=(2,)).eval()
    for parameter in block.parameters():
        nn.init.constant_(parameter, float(parameter.dim() > 1))
    for norm in (m for m in block.modules() if isinstance(m, nn.BatchNorm2d)):
        nn.init.ones_(norm.weight)
        norm.eps = 0.0
    # the pixel itself, the middle of a 3 x 3 kernel, the mean: 2 + 2 + 2
    out = block(torch.full((1, 1, 1, 1), 2.0))
    torch.testing.assert_close(out, torch.full((1, 1, 1, 1), 6.0))


def test_a_critic_of_two_layers_by_hand():
    critic = Critic(1, widths=(1,), norm=None)
    for parameter in critic.parameters():
        nn.init.constant_(parameter, float(parameter.dim() > 1))
    # sums over 2 x 2, 2 x 3, 3 x 2 and 3 x 3 pixels of minus one, a fifth by the slope
    out = critic(-torch.ones(1, 1, 4, 4))
    expected = -0.2 * (4 + 6 + 6 + 9)
    torch.testing.assert_close(out, torch.full((1, 1, 1, 1), expected))


def test_the_gradient_of_the_critic_is_that_of_finite_differences():
    torch.manual_seed(0)
    critic = Critic(2, widths=(2, 2)).double()
    x = torch.randn(1, 2, 16, 16, dtype=torch.double, requires_grad=True)
    assert torch.autograd.gradcheck(critic, (x,))
