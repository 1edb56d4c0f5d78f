"""Scores with closed forms, and occlusion of networks that are sums."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from spineseg.core.errors import SpinesegError
from spineseg.explain import (
    area_share,
    energy_inside,
    mean_logit,
    occlusion_map,
    pointing_game,
)


def square(size=10, top=2, left=3, side=4):
    truth = torch.zeros(1, size, size, dtype=torch.bool)
    truth[:, top : top + side, left : left + side] = True
    return truth


def test_a_flat_map_scores_the_share_of_the_area():
    flat, truth = torch.ones(1, 10, 10), square()
    assert energy_inside(flat, truth).item() == pytest.approx(0.16)
    assert pointing_game(flat, truth).item() == pytest.approx(0.16)
    assert area_share(truth).item() == pytest.approx(0.16)


def test_one_peak_hits_or_misses():
    heat = torch.zeros(1, 10, 10)
    heat[0, 5, 6] = 2
    assert pointing_game(heat, square()).item() == 1
    assert energy_inside(heat, square()).item() == 1
    assert pointing_game(heat, ~square()).item() == 0


def test_tolerance_counts_a_peak_two_pixels_beside_the_truth():
    heat = torch.zeros(1, 10, 10)
    heat[0, 7, 8] = 1  # the truth ends at row 5, column 6
    assert pointing_game(heat, square(), tolerance_px=1).item() == 0
    assert pointing_game(heat, square(), tolerance_px=2).item() == 1


def test_an_empty_map_and_an_empty_truth_have_no_score():
    for score in (energy_inside, pointing_game):
        assert math.isnan(score(torch.zeros(1, 10, 10), square()).item())
        assert math.isnan(score(torch.ones(1, 10, 10), square() & False).item())


@given(st.integers(0, 1000), st.floats(0.01, 100))
def test_scores_do_not_know_the_scale_of_a_map(seed, factor):
    heat = torch.rand(1, 10, 10, generator=torch.Generator().manual_seed(seed))
    for score in (energy_inside, pointing_game):
        torch.testing.assert_close(
            score(heat * factor, square()), score(heat, square())
        )


def test_inside_and_outside_share_the_energy():
    heat = torch.rand(1, 10, 10, generator=torch.Generator().manual_seed(1))
    both = energy_inside(heat, square()) + energy_inside(heat, ~square())
    torch.testing.assert_close(both, torch.ones(1))


@pytest.mark.parametrize(
    ("heat", "says"),
    [
        (-torch.ones(1, 10, 10), "not negative"),
        (torch.full((1, 10, 10), math.nan), "finite"),
        (torch.ones(1, 9, 10), "do not fit"),
    ],
)
def test_a_map_without_a_score_is_refused(heat, says):
    with pytest.raises(SpinesegError, match=says):
        energy_inside(heat, square())


class Total(nn.Module):
    """Every logit is the sum of the picture times a weight for each pixel."""

    def __init__(self, weight):
        super().__init__()
        self.weight = nn.Parameter(weight)

    def forward(self, x):
        return (x * self.weight).sum((2, 3), keepdim=True).expand_as(x)


ANY = mean_logit(0, torch.ones(6, 6, dtype=torch.bool))


def test_occluding_a_sum_pixel_by_pixel_gives_its_terms():
    draw = torch.Generator().manual_seed(0)
    weight, x = (
        torch.randn(6, 6, generator=draw),
        torch.rand(2, 1, 6, 6, generator=draw),
    )
    model = Total(weight).train()
    heat = occlusion_map(model, x, ANY, fill=0.0, patch_px=1, stride_px=1)
    torch.testing.assert_close(heat, x[:, 0] * weight, atol=1e-5, rtol=1e-5)
    assert model.training


def test_covering_with_the_picture_itself_changes_nothing():
    x = torch.rand(1, 1, 6, 6, generator=torch.Generator().manual_seed(0))
    heat = occlusion_map(Total(torch.ones(6, 6)), x, ANY, fill=x, patch_px=4)
    assert (heat == 0).all()


def test_every_pixel_is_covered_when_strides_do_not_divide_the_picture():
    x = torch.ones(1, 1, 6, 6)
    heat = occlusion_map(Total(torch.ones(6, 6)), x, ANY, 0.0, patch_px=4, stride_px=4)
    torch.testing.assert_close(heat, torch.full((1, 6, 6), 16.0))


@pytest.mark.parametrize("sizes", [(7, 1), (2, 3), (2, 0)])
def test_patches_that_leave_gaps_are_refused(sizes):
    with pytest.raises(SpinesegError, match="do not cover"):
        occlusion_map(Total(torch.ones(6, 6)), torch.ones(1, 1, 6, 6), ANY, 0.0, *sizes)
