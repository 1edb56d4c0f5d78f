import pytest
import torch

from spineseg import SpinesegError
from spineseg.models import create_model, list_models

SMALL = (4, 8, 16)
NAMES = ("cvmunet/unet", "inception_unet/unet")


def small(name, **more):
    torch.manual_seed(0)
    return create_model(name, **({"widths": SMALL} | more))


def keras_count(model):
    """Parameters and the running statistics, as Keras prints them."""
    buffers = [b for b in model.buffers() if b.dim()]
    return sum(t.numel() for t in (*model.parameters(), *buffers))


def test_the_bilinear_unet_has_the_parameters_of_cvmunets_table_3():
    with torch.device("meta"):
        model = create_model("cvmunet/unet", in_channels=3, classes=1)
    assert sum(p.numel() for p in model.parameters()) == 17_262_977


def test_the_transposed_unet_has_the_three_numbers_of_inception_unets_table_8():
    with torch.device("meta"):
        model = create_model("inception_unet/unet", in_channels=1, classes=2)
    trainable = sum(p.numel() for p in model.parameters())
    assert (keras_count(model), trainable) == (31_050_114, 31_050_114 - 9_728)


def test_both_norms_in_the_bottleneck_add_four_numbers_a_channel():
    counts = []
    for norms in (1, 2):
        with torch.device("meta"):
            model = create_model("inception_unet/unet", 1, 2, bottleneck_norms=norms)
        counts.append(keras_count(model))
    assert counts[1] - counts[0] == 4 * 1024


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("classes", [1, 2, 4])
def test_logits_have_the_size_of_the_picture(name, channels, classes):
    model = small(name, in_channels=channels, classes=classes)
    out = model(torch.randn(2, channels, 16, 8))
    assert out.shape == (2, classes, 16, 8)
    assert out.isfinite().all()


@pytest.mark.parametrize("name", NAMES)
def test_an_odd_size_is_refused_with_the_multiple_that_it_needs(name):
    with pytest.raises(SpinesegError, match=r"15 x 16.*multiples of 4"):
        small(name, in_channels=1)(torch.zeros(1, 1, 15, 16))


@pytest.mark.parametrize("name", NAMES)
def test_every_parameter_gets_a_gradient(name):
    model = small(name, in_channels=1)
    model(torch.randn(2, 1, 16, 16)).square().mean().backward()
    assert all(
        p.grad is not None and p.grad.abs().sum() > 0 for p in model.parameters()
    )


@pytest.mark.parametrize("name", NAMES)
def test_a_picture_does_not_see_its_neighbours_in_the_batch(name):
    model = small(name, in_channels=1).eval()
    pictures = torch.randn(3, 1, 16, 16)
    one_by_one = torch.cat([model(p[None]) for p in pictures])
    torch.testing.assert_close(model(pictures), one_by_one)


@pytest.mark.parametrize("name", NAMES)
def test_weights_survive_a_round_trip_and_decide_the_output(name):
    first, x = small(name, in_channels=1).eval(), torch.randn(1, 1, 8, 8)
    torch.manual_seed(1)
    second = create_model(name, in_channels=1, widths=SMALL).eval()
    assert not torch.equal(first(x), second(x))
    second.load_state_dict(first.state_dict())
    assert torch.equal(first(x), second(x))


def test_the_names_are_listed_and_a_wrong_one_says_which_there_are():
    assert set(NAMES) <= set(list_models())
    with pytest.raises(SpinesegError, match=r"unknown model.*perhaps cvmunet/unet"):
        create_model("cvmunet/unte")
    with pytest.raises(SpinesegError, match=r"no such argument; found depth.*widths"):
        create_model("cvmunet/unet", depth=3)
