"""The sequence block and the exchange of levels."""

import pytest
import torch
from torch.nn import functional

from spineseg.blocks.detail_infusion import DetailInfusion, resize
from spineseg.blocks.mamba import Mamba


def test_one_step_by_hand():
    # one channel, one state, no filter memory: h_1 = dt B x, y = (C h + D x) SiLU(z)
    block = Mamba(1, states=1, expand=1, taps=1)
    with torch.no_grad():
        for p in block.parameters():
            p.fill_(1.0)
        block.conv1d.bias.zero_()
        block.dt_proj.bias.zero_()
        out = block(torch.full((1, 1, 1), 2.0)).item()
    x = 2 * torch.sigmoid(torch.tensor(2.0))  # SiLU of the filtered 2
    step = functional.softplus(x)
    y = (x * step * x * x + x) * 2 * torch.sigmoid(torch.tensor(2.0))
    assert out == pytest.approx(y.item(), rel=1e-5)


def test_a_step_does_not_see_those_after_it():
    torch.manual_seed(0)
    block, x = Mamba(8, states=4), torch.randn(2, 9, 8)
    changed = x.clone()
    changed[:, 5:] += 1
    before, after = block(x), block(changed)
    torch.testing.assert_close(before[:, :5], after[:, :5])
    assert not torch.allclose(before[:, 5], after[:, 5])


def test_the_gradient_of_mamba_is_right():
    torch.manual_seed(0)
    block = Mamba(2, states=2).double()
    x = torch.randn(1, 3, 2, dtype=torch.double, requires_grad=True)
    assert torch.autograd.gradcheck(block, (x,))


@pytest.mark.oracle
def test_mamba_is_that_of_transformers():
    transformers = pytest.importorskip("transformers")
    from transformers.models.mamba.modeling_mamba import MambaMixer

    torch.manual_seed(0)
    config = transformers.MambaConfig(hidden_size=32, state_size=4, conv_kernel=4)
    theirs, ours = MambaMixer(config, layer_idx=0).eval(), Mamba(32, states=4)
    # the same names, so its weights load as they are
    ours.load_state_dict(theirs.state_dict())
    x = torch.randn(2, 11, 32)
    with torch.no_grad():
        torch.testing.assert_close(ours(x), theirs(x), rtol=1e-4, atol=1e-5)


def test_a_map_is_shrunk_by_means_and_enlarged_between_its_corners():
    x = torch.arange(16.0).view(1, 1, 4, 4)
    small = resize(x, torch.zeros(1, 1, 2, 2))
    assert small.flatten().tolist() == [2.5, 4.5, 10.5, 12.5]
    large = resize(small, x)
    assert large[0, 0, 0, 0] == 2.5
    assert large[0, 0, -1, -1] == 12.5
    assert resize(x, x) is x


def test_levels_of_ones_times_threes_give_nines():
    # each convolution passes its map on three times as large
    block = DetailInfusion(1, levels=2)
    with torch.no_grad():
        for conv in block.smooth:
            conv.weight.zero_()
            conv.weight[..., 1, 1] = 3
            conv.bias.zero_()
    maps = [torch.ones(1, 1, 4, 4), torch.ones(1, 1, 2, 2)]
    for like in maps:
        torch.testing.assert_close(block(maps, like), torch.full_like(like, 9))


def test_the_gradient_of_the_infusion_is_right():
    torch.manual_seed(0)
    block = DetailInfusion(2, levels=2).double()
    a = torch.randn(1, 2, 4, 4, dtype=torch.double, requires_grad=True)
    b = torch.randn(1, 2, 2, 2, dtype=torch.double, requires_grad=True)
    assert torch.autograd.gradcheck(lambda a, b: block([a, b], a), (a, b))
    assert torch.autograd.gradcheck(lambda a, b: block([a, b], b), (a, b))


def test_the_order_of_the_levels_does_not_matter_if_their_filters_go_along():
    torch.manual_seed(0)
    one, other = DetailInfusion(2, levels=2), DetailInfusion(2, levels=2)
    for i in range(2):
        other.smooth[i].load_state_dict(one.smooth[1 - i].state_dict())
    maps = [torch.randn(1, 2, 4, 4), torch.randn(1, 2, 2, 2)]
    torch.testing.assert_close(one(maps, maps[0]), other(maps[::-1], maps[0]))
