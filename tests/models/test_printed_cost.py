"""What the settings at a table's printed cost change, on small networks."""

import pytest
import torch

from spineseg.core.errors import SpinesegError
from spineseg.models import create_model, list_models
from spineseg.models.presets import at_printed_cost, small


def test_two_networks_need_other_numbers_than_their_defaults():
    changed = {name for name in list_models() if at_printed_cost(name)}
    assert changed == {"cvmunet/md_unet", "cvmunet/condseg"}


def test_a_setting_is_a_copy():
    at_printed_cost("cvmunet/condseg")["last"] = 9
    assert at_printed_cost("cvmunet/condseg")["last"] == 1


def test_an_unknown_network_has_no_setting():
    with pytest.raises(SpinesegError, match="md_unet"):
        at_printed_cost("cvmunet/md_unett")


def test_md_unet_that_starts_at_half_the_size_returns_the_whole():
    reading = small("cvmunet/md_unet") | {"modules": (1, 0, 1, 0, 1), "stride": 2}
    model = create_model("cvmunet/md_unet", 3, 2, **reading).eval()
    x = torch.randn(1, 3, 32, 64)
    assert model.encoder[0](x).shape[-2:] == (16, 32)
    assert model(x).shape == (1, 2, 32, 64)
    with pytest.raises(SpinesegError, match="multiples of 32"):
        model(torch.randn(1, 3, 48, 48))


def test_the_decoders_of_condseg_have_their_own_width_and_depth():
    changes = {"decoded": 6, "refine": (1, 3, 2), "last": 1}
    reading = small("cvmunet/condseg") | changes
    model = create_model("cvmunet/condseg", 3, 1, **reading).eval()
    assert [len(d) for d in model.decoders] == [1, 3, 2]
    assert len(model.fuse) == 1
    assert model.head.in_channels == 6
    finest = []
    model.decoders[0].register_forward_hook(lambda _, __, y: finest.append(y))
    assert model(torch.randn(1, 3, 32, 64)).shape == (1, 1, 32, 64)
    assert finest[0].shape == (1, 6, 16, 32)
