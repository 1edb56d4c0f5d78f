"""Parameter counts by arithmetic, against the printed ones and against PyTorch."""

import pytest
import torch
from torch import nn

from spineseg.audit import counted_models
from spineseg.audit.counters import batch_norm, conv, conv_macs, linear


def trained(module: nn.Module) -> int:
    return sum(p.numel() for p in module.parameters())


def test_layers_have_pytorchs_number_of_parameters():
    assert conv(3, 7, 5).total == trained(nn.Conv2d(3, 7, 5))
    assert conv(3, 7, 5, bias=False).total == trained(nn.Conv2d(3, 7, 5, bias=False))
    assert linear(11, 4).total == trained(nn.Linear(11, 4))
    norm = nn.BatchNorm2d(9)
    assert batch_norm(9).trained == trained(norm)
    assert batch_norm(9).fixed == norm.running_mean.numel() + norm.running_var.numel()


def test_a_convolution_multiplies_once_for_each_weight_and_place():
    assert conv_macs(4, 6, 3, 10, 8) == conv(4, 6, 3, bias=False).total * 10 * 8
    assert conv_macs(4, 4, 3, 10, 8, groups=4) == 3 * 3 * 4 * 10 * 8


@pytest.mark.parametrize(
    ("size", "total", "fixed"),
    [
        (counted_models.inception_unet, 31_475_396, 12_256),
        (counted_models.unet, 31_050_114, 9_728),
        (counted_models.resunet, 32_461_634, 17_664),
        (counted_models.attention_unet, 31_753_414, 11_776),
        (counted_models.transunet, 23_979_010, 9_728),
    ],
)
def test_five_printed_counts_follow_from_the_layers(size, total, fixed):
    assert (size().total, size().fixed) == (total, fixed)


def test_the_encoder_of_sam_has_its_published_count():
    assert counted_models.sam_vit_b_encoder().total == 89_670_912


def test_the_decoder_has_the_count_of_its_layers_in_pytorch():
    layers, inputs = [], 256
    for width in (128, 64, 32, 16):
        layers += [nn.Conv2d(inputs, width, 3), nn.Conv2d(width, width, 3)]
        layers += [nn.Conv2d(width, width, 3)]
        layers += [nn.Linear(width, width // 16, bias=False)]
        layers += [nn.Linear(width // 16, width, bias=False)]
        inputs = width
    layers.append(nn.Conv2d(inputs, 1, 1))
    with torch.device("meta"):
        assert counted_models.cervspinenet_decoder().total == sum(map(trained, layers))
