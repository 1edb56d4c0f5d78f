"""What every network of the registry keeps, shown on its small preset."""

import functools
import inspect
import itertools

import pytest
import torch

from spineseg import SpinesegError
from spineseg.models import create_model, list_models
from spineseg.models.presets import small
from spineseg.models.registry import MODELS

SEGMENTERS = [n for n in list_models() if not n.endswith("/critic")]
CHANNELS_AND_CLASSES = list(itertools.product((1, 3), (1, 2, 4)))


@functools.cache
def make(name, in_channels=1, classes=2, seed=0):
    torch.manual_seed(seed)
    return create_model(name, in_channels, classes, **small(name)).eval()


def side(name):
    """Return the smallest side that leaves a few pixels at the bottleneck."""
    return max(2 * make(name).multiple, 16)


def picture(name, batch=2, in_channels=1, longer=1):
    generator = torch.Generator().manual_seed(1)
    shape = (batch, in_channels, side(name), longer * side(name))
    return torch.randn(shape, generator=generator)


@pytest.mark.parametrize("name", SEGMENTERS)
def test_logits_are_as_large_as_the_picture_square_or_not(name):
    for longer in (1, 2):
        x = picture(name, 1, longer=longer)
        with torch.no_grad():
            out = make(name)(x)
        assert out.shape == (1, 2, *x.shape[2:])
        assert out.isfinite().all()


@pytest.mark.parametrize("name", SEGMENTERS)
def test_any_number_of_channels_and_classes(name):
    for in_channels, classes in CHANNELS_AND_CLASSES:
        torch.manual_seed(0)
        model = create_model(name, in_channels, classes, **small(name)).eval()
        with torch.no_grad():
            out = model(picture(name, 1, in_channels))
        assert out.shape[1] == classes
        assert out.isfinite().all()


@pytest.mark.parametrize("name", SEGMENTERS)
def test_an_odd_size_works_or_is_refused_with_its_multiple(name):
    model, x = make(name), picture(name)[..., :-1]
    if model.multiple == 1:
        assert model(x).shape[2:] == x.shape[2:]
    else:
        with pytest.raises(SpinesegError, match=rf"multiples of {model.multiple}\b"):
            model(x)


def silent(name, seed):
    """Return the parameters without a gradient; a single ReLU may be shut by chance."""
    torch.manual_seed(seed)
    model = create_model(name, 1, 2, **small(name)).train()
    heads = getattr(model, "heads", lambda x: {"logits": model(x)})
    x = picture(name)
    prompted = "points" in inspect.signature(heads).parameters
    outputs = (
        heads(x, torch.full((len(x), 1, 2), 5.0)) if prompted else heads(x)
    ).values()
    sum((torch.randn_like(y) * y).sum() for y in outputs).backward()
    wanted = ((n, p.grad) for n, p in model.named_parameters() if p.requires_grad)
    return {n for n, grad in wanted if grad is None or not grad.abs().sum() > 0}


@pytest.mark.parametrize("name", SEGMENTERS)
def test_every_parameter_gets_a_gradient(name):
    without = silent(name, 0)
    for seed in range(1, 20):
        without = without and without & silent(name, seed)
    assert without == set()


@pytest.mark.parametrize("name", SEGMENTERS)
def test_a_network_says_whether_it_has_deep_outputs(name):
    heads = getattr(make(name), "heads", lambda x: {"logits": x})
    with torch.no_grad():
        deep = [key for key in heads(picture(name)) if key.startswith("deep_")]
    assert getattr(MODELS[name], "deep_outputs", False) is bool(deep)


@pytest.mark.parametrize("name", SEGMENTERS)
def test_a_picture_does_not_see_its_neighbours_in_the_batch(name):
    model, pictures = make(name), picture(name)
    with torch.no_grad():
        together = model(pictures)
        one_by_one = torch.cat([model(p[None]) for p in pictures])
    torch.testing.assert_close(together, one_by_one, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("name", SEGMENTERS)
def test_the_same_seed_gives_the_same_output_and_another_seed_another(name):
    x = picture(name, 1)
    torch.manual_seed(0)
    again = create_model(name, 1, 2, **small(name)).eval()
    with torch.no_grad():
        first = make(name)(x)
        assert torch.equal(again(x), first)
        assert not torch.equal(make(name, seed=1)(x), first)


@pytest.mark.parametrize("name", SEGMENTERS)
def test_weights_survive_a_round_trip(name):
    torch.manual_seed(1)
    other = create_model(name, 1, 2, **small(name)).eval()
    other.load_state_dict(make(name).state_dict())
    x = picture(name, 1)
    with torch.no_grad():
        assert torch.equal(other(x), make(name)(x))


@pytest.mark.parametrize("name", list_models())
def test_every_network_says_what_it_is(name):
    from spineseg.models.registry import MODELS

    text = MODELS[name].__doc__
    assert text is not None
    assert text.strip().endswith((".", ")")) or "Args:" in text
