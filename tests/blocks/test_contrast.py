"""Aggregation by contrast."""

import torch

from spineseg.blocks.contrast import ContrastAggregation, join


def _plain(channels=1, window=3):
    """Return a block that passes values on and weighs every place alike."""
    block = ContrastAggregation(channels, heads=1, window=window)
    with torch.no_grad():
        for p in block.parameters():
            p.zero_()
        block.value.weight.copy_(torch.eye(channels))
        block.project.weight.copy_(torch.eye(channels))
    return block


def test_equal_weights_spread_one_pixel_by_hand():
    # each of nine windows holds the 9 once: its mean is 1; a pixel adds what the
    # windows around it give: all nine at the centre, four two rows and columns away
    x = torch.zeros(1, 1, 7, 7)
    x[0, 0, 3, 3] = 9
    with torch.no_grad():
        y = _plain()(x, x, x)[0, 0]
    wanted = torch.tensor([0.0, 1, 2, 3, 2, 1, 0])
    torch.testing.assert_close(y, torch.outer(wanted, wanted))


def test_a_window_of_one_pixel_changes_nothing():
    x = torch.randn(1, 2, 3, 4)
    torch.testing.assert_close(_plain(2, window=1)(x, x, x), x)


def test_the_gradient_is_right_for_map_and_guides():
    torch.manual_seed(0)
    block = ContrastAggregation(2, heads=2).double()
    inputs = tuple(
        torch.randn(1, 2, 3, 3, dtype=torch.double, requires_grad=True)
        for _ in range(3)
    )
    assert torch.autograd.gradcheck(block, inputs)


def test_a_change_reaches_two_pixels_and_no_further():
    torch.manual_seed(0)
    block, guide = ContrastAggregation(2, heads=1), torch.randn(1, 2, 9, 9)
    x = torch.randn(1, 2, 9, 9)
    changed = x.clone()
    changed[..., 4, 4] += 1
    moved = (block(x, guide, guide) - block(changed, guide, guide)).abs().sum(1)[0]
    rows, columns = (moved > 1e-6).nonzero(as_tuple=True)
    assert (rows.min(), rows.max()) == (2, 6)
    assert (columns.min(), columns.max()) == (2, 6)


def test_maps_are_joined_at_the_size_of_one():
    parts = [torch.ones(1, 1, 4, 4), torch.full((1, 2, 2, 2), 3.0)]
    joined = join(parts, parts[0])
    assert joined.shape == (1, 3, 4, 4)
    assert joined.sum() == 16 + 2 * 3 * 16
