"""Steps of a block: what is written down, and what counts as missing."""

import torch
from torch import nn
from torch.nn import functional

from spineseg.audit.checks.networks import on_meta, shapes_of
from spineseg.audit.checks.operations import first_missing, operations


class Small(nn.Module):
    """Every kind of step once."""

    def __init__(self):
        super().__init__()
        self.deep = nn.Conv2d(4, 4, 5, padding=2, groups=4)
        self.wide = nn.Conv2d(4, 4, 3, padding=4, dilation=4)
        self.line = nn.Conv1d(1, 1, 3, padding=1)
        self.norm = nn.BatchNorm2d(4)

    def forward(self, x):
        y = functional.gelu(self.norm(self.wide(self.deep(x)))) + x
        gate = torch.sigmoid(self.line(y.mean((2, 3))[:, None]))[:, 0, :, None, None]
        return torch.cat([2 * y * gate, functional.max_pool2d(y, 1)], dim=1)


def on_meta_device(block):
    with torch.device("meta"):
        return block()


def test_steps_are_listed_in_order_with_kernels_groups_and_dilation():
    assert operations(on_meta_device(Small), (1, 4, 8, 8)) == [
        "5 x 5 depthwise convolution",
        "3 x 3 convolution dilated by 4",
        "norm",
        "gelu",
        "add",
        "mean",
        "1D convolution of 3",
        "sigmoid",
        "times",
        "maximum pool",
        "join",
    ]


def test_a_part_taken_whole_hides_its_steps():
    with torch.device("meta"):
        block = nn.Sequential(Small(), nn.ReLU())
    assert operations(block, (1, 4, 8, 8), whole=("Small",)) == ["Small", "relu"]


def test_the_hooks_are_gone_afterwards():
    block = on_meta_device(Small)
    operations(block, (1, 4, 8, 8), whole=("Conv2d",))
    assert not any(m._forward_hooks or m._forward_pre_hooks for m in block.modules())


def test_named_steps_must_follow_in_order():
    steps = ["3 x 3 convolution", "norm", "relu", "add"]
    assert first_missing(["convolution", "add"], steps) == ""
    assert first_missing(["3 x 3 convolution", "relu"], steps) == ""
    assert first_missing(["add", "norm"], steps) == "norm"
    assert first_missing(["5 x 5 convolution"], steps) == "5 x 5 convolution"
    assert first_missing(["volution"], steps) == "volution"


def test_shapes_of_parts_are_read_and_a_part_that_does_not_run_gives_nothing():
    with torch.device("meta"):
        block = nn.Sequential(nn.Conv2d(1, 6, 3, stride=2), nn.ReLU())
        block[0].register_module("idle", nn.ReLU())
    sizes = shapes_of(block, ["0", "1", "0.idle"], (1, 1, 9, 9))
    assert sizes == ["6 x 4 x 4", "6 x 4 x 4", "nothing"]


def test_a_network_on_meta_has_no_numbers():
    assert all(p.is_meta for p in on_meta("inception_unet/unet").parameters())
