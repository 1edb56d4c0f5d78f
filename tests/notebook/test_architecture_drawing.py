import matplotlib.pyplot as plt
import pytest
import torch
from matplotlib.patches import Rectangle
from torch import nn

from spineseg import SpinesegError
from spineseg.models import create_model
from spineseg.notebook.drawings.architecture import trace, u_drawing

KINDS = {
    "encoder.0": "Inception",
    "encoder.1": "convolutions",
    "encoder.2": "convolutions",
    "decoder.0": "convolutions",
    "decoder.1": "convolutions",
    "head": "head",
}


@pytest.fixture
def network():
    with torch.device("meta"):
        return create_model("inception_unet/inception_unet", 1, 2, widths=[4, 8, 16])


def test_sizes_and_counts_come_from_the_network(network):
    found = trace(network, torch.zeros(1, 1, 32, 48, device="meta"), KINDS)
    assert (found["encoder.1"].channels, found["encoder.1"].rows) == (8, 16)
    assert found["encoder.1"].columns == 24
    count = sum(p.numel() for p in network.encoder[2].parameters())
    assert found["encoder.2"].parameters == count
    assert found["head"].channels == 2


def test_hooks_are_taken_off_again(network):
    trace(network, torch.zeros(1, 1, 32, 32, device="meta"), KINDS)
    assert not any(module._forward_hooks for module in network.modules())


def test_a_block_that_does_not_run_and_an_unknown_kind_are_named(network):
    picture = torch.zeros(1, 1, 32, 32, device="meta")
    network.idle = nn.Conv2d(1, 1, 1, device="meta")
    with pytest.raises(SpinesegError, match="did not run; found idle"):
        trace(network, picture, {"idle": "head"})
    with pytest.raises(SpinesegError, match="unknown kind"):
        trace(network, picture, {"head": "magic"})


def test_a_drawing_has_a_box_for_every_stage_and_head(network):
    found = trace(network, torch.zeros(1, 1, 32, 32, device="meta"), KINDS)
    down = [found[f"encoder.{k}"] for k in range(3)]
    up = [found["decoder.0"], found["decoder.1"]]
    fig = u_drawing(down, up, {"main": (4, found["head"]), "small": (2, found["head"])})
    (ax,) = fig.axes
    boxes = [p for p in ax.patches if isinstance(p, Rectangle)]
    assert len(boxes) == 5 + 2
    words = " ".join(text.get_text() for text in ax.texts)
    assert "16 × 8 × 8" in words
    assert "small\n2 × 32 × 32" in words
    plt.close(fig)
