"""A block knows left and right by its kernels alone: mirror both, mirror the result."""

from copy import deepcopy

import pytest
import torch
from torch import nn

from spineseg.blocks.attention_gate import AttentionGate
from spineseg.blocks.cbam import CBAM
from spineseg.blocks.context import ASPP, PyramidPooling
from spineseg.blocks.conv import DepthwiseSeparable
from spineseg.blocks.convnext import ConvNeXtBlock
from spineseg.blocks.critic import Critic
from spineseg.blocks.dense import DenseBlock
from spineseg.blocks.inception import Inception
from spineseg.blocks.mdwc import BIEB, DFCB, MSCAW
from spineseg.blocks.residual import Residual, ResReLU
from spineseg.blocks.updown import DilatedResidualDown, UpBilinear, UpConv
from spineseg.blocks.vss import VSS, VSSWithECA

BLOCKS = {
    "residual": lambda: Residual(4, 6, shortcut_norm=True),
    "res relu": lambda: ResReLU(4),
    "dense": lambda: DenseBlock(4, 2, growth=2),
    "gate": lambda: AttentionGate(4, 4, 2),
    "cbam": lambda: CBAM(4),
    "aspp": lambda: ASPP(4, 4, rates=(1, 2)),
    "pyramid": lambda: PyramidPooling(4),
    "inception": lambda: Inception(4, (1, 2, 2, 1, 2, 2)),
    "convnext": lambda: ConvNeXtBlock(4, layer_scale=1.0),
    "separable": lambda: DepthwiseSeparable(4, 4),
    "mscaw": lambda: MSCAW(4, 4),
    "dfcb": lambda: DFCB(4, 4, 4),
    "bieb": lambda: BIEB(4),
    "dilated down": lambda: DilatedResidualDown(4, 4, rate=2),
    "up bilinear": UpBilinear,
    "up convolution": lambda: UpConv(4, 4),
}
TWO_INPUTS = {"gate", "dfcb"}


def turned(block, *dims):
    """Return a copy whose kernels are mirrored along dims."""
    copy = deepcopy(block)
    for conv in (m for m in copy.modules() if isinstance(m, nn.Conv2d)):
        conv.weight.data = conv.weight.data.flip(dims)
    return copy


def last(found):
    """Return the output, or the last of several."""
    return found[-1] if isinstance(found, tuple) else found


def wide(block):
    """Whether a kernel is wider than a pixel."""
    convs = (m for m in block.modules() if isinstance(m, nn.Conv2d))
    return any(m.kernel_size[1] > 1 for m in convs)


@pytest.mark.parametrize("name", BLOCKS)
def test_mirrored_kernels_on_a_mirrored_picture_mirror_the_result(name):
    torch.manual_seed(0)
    block = BLOCKS[name]().eval()
    given = [torch.randn(1, 4, 12, 12) for _ in range(1 + (name in TWO_INPUTS))]
    expected = last(block(*given)).flip(3)
    mirrored = [x.flip(3) for x in given]
    found = last(turned(block, 3)(*mirrored))
    torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-5)
    # else the test would say nothing about the kernels
    same = torch.allclose(last(block(*mirrored)), expected, rtol=1e-4, atol=1e-5)
    assert same is not wide(block)


def test_mirrored_rows_have_mirrored_scores():
    # an odd side: strides of two meet the same rows from above and from below
    torch.manual_seed(0)
    critic, x = Critic(2, widths=(3, 4), norm=None), torch.randn(1, 2, 25, 25)
    found = turned(critic, 2)(x.flip(2)).flip(2)
    torch.testing.assert_close(found, critic(x), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("make", [VSS, VSSWithECA])
def test_with_equal_weights_on_all_paths_half_a_turn_turns_the_result(make):
    torch.manual_seed(0)
    block = make(4, states=2).eval()
    scan = block.ss2d
    with torch.no_grad():
        for p in (scan.x_proj_weight, scan.dt_projs_weight, scan.dt_projs_bias):
            p.copy_(p[:1].expand_as(p))
    x = torch.randn(1, 4, 6, 5)
    found = turned(block, 2, 3)(x.flip(2, 3)).flip(2, 3)
    torch.testing.assert_close(found, block(x), rtol=1e-4, atol=1e-5)
