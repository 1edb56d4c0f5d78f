"""Randomised weights and labels, planted causes, and maps of the book's networks."""

import math

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

from spineseg import rng
from spineseg.blocks.ss2d import SS2D
from spineseg.core.errors import SpinesegError
from spineseg.explain import (
    channels_last,
    energy_inside,
    exchanged_labels,
    grad_cam,
    hires_cam,
    layers_as_run,
    mean_logit,
    occlusion_map,
    plant_cause,
    pointing_game,
    randomised,
    rank_similarity,
    weight_cascade,
)
from spineseg.models import create_model
from spineseg.models.presets import small


class Crossed(nn.Module):
    """Two layers that run in the other order than they are written."""

    def __init__(self):
        super().__init__()
        self.last = nn.Conv2d(2, 1, 1)
        self.first = nn.Conv2d(1, 2, 3, padding=1)

    def forward(self, x):
        return self.last(self.first(x).relu())


def crossed():
    torch.manual_seed(0)
    return Crossed(), torch.rand(1, 1, 8, 8, generator=torch.Generator().manual_seed(0))


def test_layers_are_listed_as_they_run():
    model, x = crossed()
    assert layers_as_run(model, x) == ["first", "last"]


def test_the_cascade_goes_from_the_output_to_the_input_and_spares_the_model():
    model, x = crossed()
    before = {k: v.clone() for k, v in model.state_dict().items()}
    changed = [
        (
            name,
            [k for k, v in copy.state_dict().items() if not torch.equal(v, before[k])],
        )
        for name, copy in randomised(model, x, rng(0, "cascade"))
    ]
    assert [name for name, _ in changed] == ["last", "first"]
    # a bias of one number has no spread and stays
    assert changed[0][1] == ["last.weight"]
    assert changed[1][1] == ["last.weight", "first.weight", "first.bias"]
    assert all(torch.equal(v, before[k]) for k, v in model.state_dict().items())


def test_a_map_that_ignores_the_network_passes_the_cascade_unchanged():
    model, x = crossed()
    steps = weight_cascade(lambda _: x[:, 0], model, x, rng(0, "cascade"))
    assert all(step.similarity.item() == pytest.approx(1) for step in steps)


def test_the_same_seed_gives_the_same_cascade():
    model, x = crossed()
    target = mean_logit(0, torch.ones(8, 8, dtype=torch.bool))

    def explain(net):
        return hires_cam(net, x, target, "first")

    one, two = (
        [s.similarity.item() for s in weight_cascade(explain, model, x, rng(3, "c"))]
        for _ in range(2)
    )
    np.testing.assert_equal(one, two)


def test_rank_similarity_sees_order_only():
    a = torch.rand(1, 5, 5, generator=torch.Generator().manual_seed(0))
    assert rank_similarity(a, a**3).item() == pytest.approx(1)
    assert rank_similarity(a, -a).item() == pytest.approx(-1)
    assert math.isnan(rank_similarity(a, torch.zeros(1, 5, 5)).item())
    with pytest.raises(SpinesegError, match="different sizes"):
        rank_similarity(a, a[:, 1:])


@pytest.mark.parametrize("count", [2, 3, 10, 101])
def test_exchanged_labels_leave_nobody_their_own(count):
    labels = torch.arange(count)
    other = exchanged_labels(labels, rng(count, "labels"))
    assert (other != labels).all()
    assert other.sort().values.equal(labels)


def test_one_label_cannot_be_exchanged():
    with pytest.raises(SpinesegError, match="two or more"):
        exchanged_labels(torch.zeros(1, 4, 4), rng(0, "labels"))


def pictures(count=20, size=32):
    mask = np.zeros((count, size, size), bool)
    mask[:, 12:20, 10:22] = True
    return (0.3 + 0.2 * mask).astype(np.float32), mask


def test_the_planted_marker_alone_decides_the_label():
    x, mask = pictures()
    planted = plant_cause(x, mask, rng(0, "plant"))
    assert planted.marked.sum() == 10
    assert (planted.causes.any((1, 2)) == planted.marked).all()
    assert (planted.masks.any((1, 2)) == planted.marked).all()
    assert (planted.pictures[planted.causes] == 1).all()
    same = planted.pictures == x
    assert (same == ~planted.causes).all()
    assert not (planted.causes & mask).any()
    assert set(planted.causes.sum((1, 2))) == {0, 29}  # a disc of radius 3


def test_a_decoy_stands_where_no_marker_does():
    x, mask = pictures()
    planted = plant_cause(x, mask, rng(0, "plant"), decoy=0.0)
    assert planted.causes.any((1, 2)).all()
    assert (
        planted.pictures[~planted.marked][planted.causes[~planted.marked]] == 0
    ).all()


def test_planting_is_repeatable_and_says_when_there_is_no_room():
    x, mask = pictures()
    one, two = (plant_cause(x, mask, rng(5, "plant")) for _ in range(2))
    assert all(np.array_equal(a, b) for a, b in zip(one, two, strict=True))
    with pytest.raises(SpinesegError, match="no room"):
        plant_cause(x, np.ones_like(mask), rng(0, "plant"))


class Watchman(nn.Module):
    """By construction: the mean of what is brighter than 0.9 raises every logit."""

    def __init__(self):
        super().__init__()
        self.bright = nn.Conv2d(1, 1, 1)
        nn.init.constant_(self.bright.weight, 10.0)
        nn.init.constant_(self.bright.bias, -9.0)

    def forward(self, x):
        bright = self.bright(x).relu()
        return bright.mean((2, 3), keepdim=True).expand_as(x)


def test_both_maps_find_a_cause_that_the_network_is_built_on():
    x, mask = pictures()
    planted = plant_cause(x, mask, rng(0, "plant"))
    here = planted.marked
    shown = torch.from_numpy(planted.pictures[here])[:, None]
    target = mean_logit(0, torch.from_numpy(mask[here]))
    cause = torch.from_numpy(planted.causes[here])
    for explain in (grad_cam, hires_cam):
        heat = explain(Watchman(), shown, target, "bright")
        assert (energy_inside(heat, cause) == 1).all()
        assert (pointing_game(heat, cause) == 1).all()


class Overview(nn.Module):
    """Sees each pixel, and the strongest feature of the whole picture."""

    def __init__(self):
        super().__init__()
        self.near = nn.Conv2d(1, 8, 3, padding=1)
        self.mix = nn.Sequential(nn.Conv2d(16, 16, 1), nn.ReLU(), nn.Conv2d(16, 1, 1))

    def forward(self, x):
        near = self.near(8 * x - 4).relu()
        far = near.amax((2, 3), keepdim=True).expand_as(near)
        return self.mix(torch.cat([near, far], 1))


def trained(pictures, labels):
    """A small network that has learned these labels, right or wrong."""
    torch.manual_seed(0)
    net = Overview()
    adam, draw = torch.optim.Adam(net.parameters(), 0.02), rng(0, "batches")
    for _ in range(150):
        chosen = draw.integers(0, len(pictures), 16)
        loss = functional.binary_cross_entropy_with_logits(
            net(pictures[chosen]), labels[chosen]
        )
        adam.zero_grad()
        loss.backward()
        adam.step()
    return net.eval(), loss.item()


def test_a_map_loses_the_cause_when_the_labels_are_exchanged():
    """Only who learned that the marker decides can be shown to look at it."""
    x, mask = pictures(64)
    planted = plant_cause(x, mask, rng(0, "plant"))
    shown = torch.from_numpy(planted.pictures)[:, None]
    labels = torch.from_numpy(planted.masks)[:, None].float()
    right, right_loss = trained(shown, labels)
    wrong, wrong_loss = trained(shown, exchanged_labels(labels, rng(0, "labels")))
    assert right_loss < 0.01
    assert wrong_loss > 0.05  # 0.065: the place is known, the presence a coin's
    here = torch.from_numpy(planted.marked)
    target = mean_logit(0, torch.from_numpy(mask)[here])
    cause = torch.from_numpy(planted.causes)[here]
    maps = [
        occlusion_map(net, shown[here], target, 0.3, patch_px=8, stride_px=4).relu()
        for net in (right, wrong)
    ]
    true, false = (energy_inside(field, cause).nanmean() for field in maps)
    chance = energy_inside(torch.ones_like(maps[0]), cause).mean()
    assert true > 3 * chance
    assert false < 1.5 * chance


NETWORKS = [
    ("inception_unet/unet", "encoder.1"),
    ("inception_unet/inception_unet", "encoder.1"),
]


@pytest.mark.parametrize(("name", "layer"), NETWORKS)
def test_the_networks_of_the_book_have_maps_at_named_layers(name, layer):
    torch.manual_seed(0)
    model = create_model(name, 1, 2, **small(name))
    side = model.multiple * 4
    x = torch.rand(1, 1, side, side, generator=torch.Generator().manual_seed(0))
    target = mean_logit(1, torch.ones(side, side, dtype=torch.bool))
    assert grad_cam(model, x, target, layer).shape == (1, side // 2, side // 2)
    assert model.training
    assert all(p.grad is None for p in model.parameters())


def test_a_state_space_block_has_a_map_over_its_features():
    torch.manual_seed(0)

    class Scanned(nn.Module):
        def __init__(self):
            super().__init__()
            self.scan = SS2D(4, states=2, engine="auto")

        def forward(self, x):
            wide = x.expand(-1, 4, -1, -1).permute(0, 2, 3, 1)
            return self.scan(wide).mean(-1)[:, None]

    x = torch.rand(1, 1, 6, 5, generator=torch.Generator().manual_seed(0))
    target = mean_logit(0, torch.ones(6, 5, dtype=torch.bool))
    heat = hires_cam(Scanned(), x, target, "scan", channels_last)
    assert heat.shape == (1, 6, 5)
    assert heat.isfinite().all()
