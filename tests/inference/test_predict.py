import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from spineseg import SpinesegError
from spineseg.inference import (
    largest_components,
    padded,
    probabilities,
    tiled,
    to_labels,
    with_flips,
)
from spineseg.inference.predict import starts
from spineseg.models import create_model


def blur():
    """A network whose answer at a pixel depends on its 3 x 3 neighbours only."""
    layer = nn.Conv2d(1, 2, 3, padding=1, padding_mode="replicate")
    return layer.requires_grad_(False)


def test_any_size_goes_through_a_network_that_wants_multiples_of_four():
    torch.manual_seed(0)
    model = create_model("cvmunet/unet", 1, 1, widths=(4, 8, 16)).eval()
    predict = padded(model)
    for size in ((16, 8), (15, 9), (3, 21), (1, 1)):
        assert predict(torch.zeros(2, 1, *size)).shape == (2, 1, *size)


def test_padding_leaves_a_fitting_picture_alone_and_mirrors_at_the_end():
    seen = []

    def spy(x):
        seen.append(x)
        return x

    ramp = torch.arange(5.0).expand(1, 1, 5, 5)
    assert torch.equal(padded(spy, 5)(ramp), ramp)
    assert torch.equal(padded(spy, 4)(ramp), ramp)
    assert seen[0].shape[-1] == 5
    assert seen[1][0, 0, 0].tolist() == [0, 1, 2, 3, 4, 3, 2, 1]


@given(st.integers(1, 60), st.integers(1, 20), st.integers(0, 19))
def test_tiles_cover_every_pixel_and_stay_inside(length, tile, overlap):
    step = max(1, tile - overlap)
    begins = starts(length, tile, step)
    covered = {k for begin in begins for k in range(begin, begin + tile)}
    assert set(range(length)) <= covered
    assert begins[-1] + tile <= max(length, tile)
    assert begins == sorted(set(begins))


def test_tiles_of_a_pixelwise_function_blend_to_the_whole():
    x = torch.randn(2, 1, 37, 23)
    torch.testing.assert_close(tiled(torch.tanh, 8, 3)(x), torch.tanh(x))


def test_a_tiled_network_agrees_with_the_whole_away_from_the_seams():
    x, model = torch.randn(1, 1, 12, 30), blur()
    whole, parts = model(x), tiled(model, 12, 4)(x)
    inner = slice(13, 16)  # tiles begin at 0, 8, 16 and 18
    torch.testing.assert_close(parts[..., :7], whole[..., :7])
    torch.testing.assert_close(parts[..., inner], whole[..., inner])
    assert not torch.allclose(parts, whole)


def test_a_picture_of_one_tile_is_not_cut():
    x, model = torch.randn(1, 1, 12, 9), blur()
    assert torch.equal(tiled(model, 12, 4)(x), model(x))


def test_flips_make_the_prediction_symmetric():
    model, x = blur(), torch.randn(1, 1, 6, 7)
    predict = with_flips(probabilities(model), ("none", "horizontal"))
    torch.testing.assert_close(predict(x.flip(-1)).flip(-1), predict(x))
    assert not torch.allclose(model(x.flip(-1)).flip(-1), model(x))
    both = with_flips(torch.tanh, ("none", "horizontal", "vertical", "both"))
    torch.testing.assert_close(both(x), torch.tanh(x))


def test_probabilities_are_a_sigmoid_or_add_up_to_one():
    x = torch.randn(1, 3, 4, 4)
    one = probabilities(lambda x: x)(x[:, :1])
    torch.testing.assert_close(one, x[:, :1].sigmoid())
    torch.testing.assert_close(
        probabilities(lambda x: x)(x).sum(1), torch.ones(1, 4, 4)
    )


def test_labels_are_thresholded_or_the_likeliest():
    single = torch.tensor([[[[0.5, 0.51, 0.2]]]])
    assert to_labels(single).tolist() == [[[0, 1, 0]]]
    assert to_labels(single, 0.1).tolist() == [[[1, 1, 1]]]
    many = torch.tensor([0.2, 0.5, 0.3]).view(1, 3, 1, 1)
    assert to_labels(many).tolist() == [[[1]]]
    assert to_labels(many).dtype == np.uint8


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: tiled(torch.tanh, 4, 4),
        lambda: with_flips(torch.tanh, ("diagonal",)),
        lambda: with_flips(torch.tanh, ()),
        lambda: largest_components(np.zeros((2, 2), int), keep=0),
    ],
)
def test_impossible_wishes_are_refused(wrong):
    with pytest.raises(SpinesegError):
        wrong()


def test_the_largest_piece_of_each_label_stays():
    labels = np.array(
        [
            [1, 1, 0, 2, 0],
            [0, 1, 0, 0, 2],
            [0, 0, 0, 0, 0],
            [1, 0, 2, 0, 1],
        ]
    )
    found = largest_components(labels)
    assert found.tolist() == [
        [1, 1, 0, 2, 0],
        [0, 1, 0, 0, 2],
        [0, 0, 0, 0, 0],
        [0, 0, 0, 0, 0],
    ]
    assert (largest_components(labels, keep=3) == labels).all()
    assert (largest_components(labels, keep=3, smallest_px=2) == found).all()
    assert largest_components(labels > 0).dtype == bool
