import torch

from spineseg.models.baselines.unext import TokenizedMLP, shift


def test_five_channels_are_shifted_by_minus_two_to_two():
    x = torch.zeros(1, 5, 1, 5)
    x[..., 2] = 1
    rows = shift(x, axis=3)[0, :, 0]
    assert torch.equal(rows, torch.eye(5))


def test_what_is_shifted_out_is_lost_and_zeros_come_in():
    x = torch.ones(1, 5, 3, 1)
    lost = 3 - shift(x, axis=2)[0, :, :, 0].sum(1)
    assert lost.tolist() == [2, 1, 0, 1, 2]


def test_the_gradient_of_the_tokenized_perceptron_is_right():
    torch.manual_seed(0)
    x = torch.randn(1, 5, 3, 3, dtype=torch.double, requires_grad=True)
    assert torch.autograd.gradcheck(TokenizedMLP(5).double(), (x,))


def test_the_perceptron_sees_three_pixels_to_each_side():
    # two by the shift along an axis, one by the depthwise convolution
    torch.manual_seed(0)
    x = torch.randn(1, 5, 15, 15, requires_grad=True)
    TokenizedMLP(5)(x)[0, :, 7, 7].sum().backward()
    rows, columns = (x.grad[0].abs().sum(0) > 0).nonzero(as_tuple=True)
    assert (rows.min(), rows.max()) == (4, 10)
    assert (columns.min(), columns.max()) == (4, 10)
