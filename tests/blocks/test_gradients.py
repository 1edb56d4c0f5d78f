"""Every block's derivative, against finite differences in double precision."""

import pytest
import torch

from spineseg.blocks.attention_gate import AttentionGate
from spineseg.blocks.cbam import CBAM, ChannelAttention, SpatialAttention
from spineseg.blocks.channel_attention import ECA, SqueezeExcite
from spineseg.blocks.context import ASPP, PyramidPooling
from spineseg.blocks.conv import ConvNormAct, DepthwiseSeparable
from spineseg.blocks.convnext import ConvNeXtBlock
from spineseg.blocks.dense import DenseBlock
from spineseg.blocks.inception import Inception
from spineseg.blocks.norm import LayerNorm2d
from spineseg.blocks.residual import Residual, ResReLU
from spineseg.blocks.scsa import PCSA, SCSA, SMSA
from spineseg.blocks.updown import DilatedResidualDown, UpBilinear, UpConv

BLOCKS = {
    "conv": lambda: ConvNormAct(2, 3, act=torch.nn.SiLU),
    "depthwise separable": lambda: DepthwiseSeparable(2, 3),
    "layer norm": lambda: LayerNorm2d(3),
    "residual": lambda: Residual(2, 3, project=True, shortcut_norm=True),
    "res relu": lambda: ResReLU(2),
    "dense": lambda: DenseBlock(2, 2, growth=2),
    "squeeze and excitation": lambda: SqueezeExcite(4, reduction=2),
    "eca": lambda: ECA(5),
    "channel attention": lambda: ChannelAttention(4, reduction=2),
    "spatial attention": lambda: SpatialAttention(3),
    "cbam": lambda: CBAM(4, reduction=2, kernel=3),
    "inception": lambda: Inception(2, (1, 1, 2, 1, 1, 1)),
    "smsa": lambda: SMSA(4),
    "pcsa": lambda: PCSA(4, heads=2, window=2),
    "scsa": lambda: SCSA(4, heads=2, window=2),
    "convnext": lambda: ConvNeXtBlock(2, layer_scale=0.5),
    "aspp": lambda: ASPP(2, 2, rates=(1, 2)),
    "pyramid": lambda: PyramidPooling(4, bins=(1, 2)),
    "up bilinear": UpBilinear,
    "up convolution": lambda: UpConv(2, 2),
    "dilated down": lambda: DilatedResidualDown(2, 3, rate=2),
}


CHANNELS = {
    "squeeze and excitation": 4,
    "eca": 5,
    "channel attention": 4,
    "spatial attention": 4,
    "cbam": 4,
    "layer norm": 3,
    "smsa": 4,
    "pcsa": 4,
    "scsa": 4,
    "pyramid": 4,
}


@pytest.mark.parametrize("name", BLOCKS)
def test_the_gradient_is_that_of_finite_differences(name):
    torch.manual_seed(0)
    block = BLOCKS[name]().double()
    x = torch.randn(2, CHANNELS.get(name, 2), 4, 4, dtype=torch.double)
    assert torch.autograd.gradcheck(block, (x.requires_grad_(),))


def test_the_gradient_of_the_attention_gate_is_right_for_both_inputs():
    torch.manual_seed(0)
    gate = AttentionGate(2, 3, 2, norm=torch.nn.BatchNorm2d).double()
    g = torch.randn(1, 2, 3, 3, dtype=torch.double, requires_grad=True)
    x = torch.randn(1, 3, 3, 3, dtype=torch.double, requires_grad=True)
    assert torch.autograd.gradcheck(gate, (g, x))


@pytest.mark.parametrize("name", sorted(set(BLOCKS) - {"up bilinear"}))
def test_every_parameter_gets_a_gradient(name):
    torch.manual_seed(0)
    block = BLOCKS[name]()
    out = block(torch.randn(2, CHANNELS.get(name, 2), 6, 6))
    out = out[0] if isinstance(out, tuple) else out
    (out * torch.randn_like(out)).sum().backward()
    for parameter_name, parameter in block.named_parameters():
        assert parameter.grad is not None, parameter_name
        assert parameter.grad.isfinite().all(), parameter_name
