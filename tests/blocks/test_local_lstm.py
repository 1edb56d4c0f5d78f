import pytest
import torch
from torch import nn

from spineseg import SpinesegError
from spineseg.blocks.local_lstm import LocalLSTM


def test_two_pixels_by_hand():
    """Gates wide open, cell input tanh(x): the state counts what was read."""
    block = LocalLSTM(2, window=2)
    for p in block.lstm.parameters():
        nn.init.zeros_(p)
    for bias in (block.lstm.bias_ih_l0, block.lstm.bias_ih_l0_reverse):
        bias.data.copy_(torch.tensor([50.0, 50.0, 0.0, 50.0]))  # in, forget, cell, out
    block.lstm.weight_ih_l0.data[2, 0] = 1.0
    x = torch.zeros(1, 2, 1, 2)
    x[0, 0] = torch.tensor([[1.0, 2.0]])
    first = torch.tanh(torch.tensor(1.0))
    both = first + torch.tanh(torch.tensor(2.0))
    expected = torch.stack([1 + first.tanh(), 2 + both.tanh()])
    torch.testing.assert_close(block(x)[0, 0, 0], expected)
    assert (block(x)[0, 1] == 0).all()


def test_windows_do_not_see_each_other_and_pixels_of_a_window_do():
    torch.manual_seed(0)
    block, x = LocalLSTM(4, window=2), torch.randn(1, 4, 4, 4)
    before = block(x)
    x[0, :, 3, 3] += 1
    changed = (block(x) != before).any(1)[0]
    assert changed[2:, 2:].all()
    changed[2:, 2:] = False
    assert not changed.any()


def test_a_map_that_is_no_whole_number_of_windows_keeps_its_size():
    x = torch.randn(2, 4, 5, 7)
    assert LocalLSTM(4, window=3)(x).shape == x.shape


def test_the_gradient_is_that_of_finite_differences():
    torch.manual_seed(0)
    x = torch.randn(1, 2, 3, 2, dtype=torch.double, requires_grad=True)
    assert torch.autograd.gradcheck(LocalLSTM(2, window=2).double(), (x,))


def test_an_odd_number_of_channels_is_refused():
    with pytest.raises(SpinesegError, match="expected even"):
        LocalLSTM(3)
